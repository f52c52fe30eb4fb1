//! What the code of one module names of others: in `use`, and wherever a path begins with `crate`, `super` or `self`.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemMod, ItemUse, Meta, UseTree, Visibility};

/// A path into another module, and the line where it stands.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

/// What these items name; not what stands in modules among them.
pub(crate) fn of(items: &[Item]) -> Vec<Use> {
    let mut uses = Uses::default();
    for item in items {
        uses.visit_item(item);
    }
    uses.0
}

/// The names that these items re-export, each with the path that it stands for. What comes with a `*` has no name here.
pub(crate) fn re_exported(items: &[Item]) -> BTreeMap<String, Vec<String>> {
    let mut names = BTreeMap::new();
    for item in items {
        if let Item::Use(item) = item
            && is_re_export(item)
            && !for_tests(&item.attrs)
        {
            renamed(&[], &item.tree, &mut names);
        }
    }
    names
}

fn renamed(before: &[String], tree: &UseTree, names: &mut BTreeMap<String, Vec<String>>) {
    let with = |name: &syn::Ident| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
    match tree {
        UseTree::Path(path) => renamed(&with(&path.ident), &path.tree, names),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string(), with(&name.ident))),
        UseTree::Rename(name) => drop(names.insert(name.rename.to_string(), with(&name.ident))),
        UseTree::Glob(_) => {}
        UseTree::Group(group) => group.items.iter().for_each(|tree| renamed(before, tree, names)),
    }
}

/// A way to a thing, and not a need of it.
fn is_re_export(item: &ItemUse) -> bool {
    !matches!(item.vis, Visibility::Inherited)
}

/// Whether something is compiled for tests only.
pub(crate) fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        let condition = attribute.parse_args::<Meta>().expect("a `cfg` has a condition");
        outside_of_tests(&condition) == Some(false)
    })
}

/// What a condition says where nothing is tested; none if that depends on something else.
fn outside_of_tests(condition: &Meta) -> Option<bool> {
    let Meta::List(list) = condition else { return condition.path().is_ident("test").then_some(false) };
    let parts = list.parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated);
    let mut parts = parts.expect("a condition's parts are conditions").into_iter().map(|part| outside_of_tests(&part));
    if list.path.is_ident("not") {
        parts.next().flatten().map(|part| !part)
    } else if list.path.is_ident("all") {
        parts.any(|part| part == Some(false)).then_some(false)
    } else {
        parts.all(|part| part == Some(false)).then_some(false)
    }
}

#[derive(Default)]
struct Uses(Vec<Use>);

impl Uses {
    fn add(&mut self, path: Vec<String>, line: usize) {
        if path.first().is_some_and(|first| begins(first)) {
            self.0.push(Use { path, line });
        }
    }

    /// A `use` may name several things in several modules.
    fn tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) => self.add(with(&name.ident), name.span().start().line),
            UseTree::Rename(name) => self.add(with(&name.ident), name.span().start().line),
            UseTree::Glob(glob) => self.add(before.to_vec(), glob.span().start().line),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
        }
    }

    /// What a macro is given is not read as Rust, but its paths look like paths.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let Some((token, after)) = rest.split_first() {
            rest = after;
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut path = vec![first.to_string()];
                    while let [TokenTree::Punct(one), TokenTree::Punct(two), TokenTree::Ident(name), after @ ..] = rest
                        && (one.as_char(), two.as_char()) == (':', ':')
                    {
                        path.push(name.to_string());
                        rest = after;
                    }
                    self.add(path, first.span().start().line);
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

pub(crate) fn begins(name: &str) -> bool {
    matches!(name, "crate" | "super" | "self")
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).is_some_and(for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !for_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    /// A module of its own.
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_re_export(item) && item.leading_colon.is_none() {
            self.tree(&[], &item.tree);
        }
    }

    /// Where something may be seen is said by a path, which is no need of it.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add(path.segments.iter().map(|segment| segment.ident.to_string()).collect(), path.span().start().line);
        visit::visit_path(self, path);
    }

    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.tokens(tokens.clone());
    }
}

fn attributes(item: &Item) -> Option<&[Attribute]> {
    Some(match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return None,
    })
}
