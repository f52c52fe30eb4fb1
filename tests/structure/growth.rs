//! Types that may grow: what the contract adds to one later breaks nobody. The rule stands in the documentation of `channel-api`.

use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Fields, Item, ItemEnum, ItemImpl, ItemStruct, Type, Visibility};

use crate::uses::for_tests;

/// The public types in a crate's sources that cannot grow.
pub(crate) fn closed(crate_root: &Path) -> Vec<String> {
    let mut closed = Vec::new();
    for file in sources(&crate_root.join("src")) {
        let source = std::fs::read_to_string(&file).expect("a source can be read");
        closed.extend(closed_in(&source).into_iter().map(|name| format!("{}: {name}", file.display())));
    }
    closed
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a crate has sources") {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn closed_in(source: &str) -> Vec<String> {
    let mut types = Types::default();
    types.visit_file(&syn::parse_file(source).expect("a source is Rust"));
    types.closed.retain(|name| !types.with_default.contains(name));
    types.closed
}

#[derive(Default)]
struct Types {
    closed: Vec<String>,
    /// Those with a `Default` of their own.
    with_default: Vec<String>,
}

impl<'ast> Visit<'ast> for Types {
    fn visit_item(&mut self, item: &'ast Item) {
        let tests = matches!(item, Item::Mod(module) if for_tests(&module.attrs));
        if !tests {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        if is_public(&item.vis) && !may_grow(&item.attrs) {
            self.closed.push(item.ident.to_string());
        }
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        // What has a private field is made by its own functions only; a field of a tuple is the type itself.
        let open =
            matches!(&item.fields, Fields::Named(fields) if fields.named.iter().all(|field| is_public(&field.vis)));
        if is_public(&item.vis) && open && !may_grow(&item.attrs) && !derives_default(&item.attrs) {
            self.closed.push(item.ident.to_string());
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let of = |name: &str| item.trait_.as_ref().is_some_and(|(path, _)| path.is_ident(name));
        if let (true, Type::Path(this)) = (of("Default"), &*item.self_ty) {
            self.with_default.extend(this.path.get_ident().map(ToString::to_string));
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn may_grow(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

fn derives_default(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("derive")).any(|attribute| {
        let mut found = false;
        let parsed = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident("Default");
            Ok(())
        });
        parsed.is_ok() && found
    })
}

#[cfg(test)]
mod tests {
    use super::closed_in;

    #[test]
    fn a_type_can_grow_or_is_named() {
        for (source, closed) in [
            ("pub enum E { A }", true),
            ("#[derive(Default)] pub enum E { #[default] A }", true),
            ("#[non_exhaustive] pub enum E { A }", false),
            ("pub struct E { pub a: u8 }", true),
            ("mod inner { pub struct E { pub a: u8 } }", true),
            ("#[derive(Clone, Default)] pub struct E { pub a: u8 }", false),
            ("pub struct E { pub a: u8 } impl Default for E { fn default() -> Self { E { a: 1 } } }", false),
            ("#[non_exhaustive] pub struct E { pub a: u8 }", false),
            ("pub struct E { pub a: u8, b: u8 }", false),
            ("pub struct E(pub u8);", false),
            ("pub(crate) struct E { pub a: u8 }", false),
            ("#[cfg(test)] mod tests { pub enum E { A } }", false),
        ] {
            assert_eq!(closed_in(source), if closed { vec!["E"] } else { vec![] }, "{source}");
        }
    }
}
