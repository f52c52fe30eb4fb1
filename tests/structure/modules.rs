//! The modules of a crate as its sources write them, without what is compiled for tests only.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::uses::{self, Use};

/// All modules of one crate.
#[derive(Debug, Default)]
pub(crate) struct Modules(Vec<Module>);

/// A module, known by its place in the list. The first is the crate itself.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    pub(crate) parent: Option<usize>,
    pub(crate) children: BTreeMap<String, usize>,
    /// What it names of other modules.
    pub(crate) uses: Vec<Use>,
    /// The names that it re-exports.
    re_exported: BTreeMap<String, Vec<String>>,
}

/// Where a module's items are read from.
struct Source<'a> {
    items: &'a [syn::Item],
    file: &'a Path,
    /// Where the files of its children are.
    folder: &'a Path,
}

impl Modules {
    /// Reads a crate from the file of its root.
    pub(crate) fn read(root: &Path) -> Self {
        let folder = root.parent().expect("a file is in a folder");
        let name = folder.parent().and_then(Path::file_name).expect("a crate has a folder");
        let mut modules = Self::default();
        let items = items(root);
        modules.add(&name.to_string_lossy(), None, &Source { items: &items, file: root, folder });
        modules
    }

    /// A crate that is written in one piece.
    #[cfg(test)]
    pub(crate) fn of(source: &str) -> Self {
        let file = syn::parse_file(source).expect("a test's source is Rust");
        let mut modules = Self::default();
        let nowhere = Path::new("lib.rs");
        modules.add("it", None, &Source { items: &file.items, file: nowhere, folder: nowhere });
        modules
    }

    pub(crate) fn is_empty(&self) -> bool {
        // The root alone is a crate of which nothing has been read.
        self.0.len() < 2
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Module)> {
        self.0.iter().enumerate()
    }

    pub(crate) fn get(&self, module: usize) -> &Module {
        &self.0[module]
    }

    /// A module and those that it stands in, from the crate downwards.
    pub(crate) fn line(&self, module: usize) -> Vec<usize> {
        let mut line: Vec<_> = std::iter::successors(Some(module), |module| self.0[*module].parent).collect();
        line.reverse();
        line
    }

    /// The module that a path leads to, as seen from another: as far as its names are modules, or re-exported from one. What
    /// follows is an item.
    pub(crate) fn resolve(&self, from: usize, path: &[String]) -> usize {
        let mut at = from;
        for (place, name) in path.iter().enumerate() {
            at = match (&**name, self.0[at].children.get(name)) {
                ("crate", _) if place == 0 => 0,
                ("self", _) => at,
                ("super", _) => self.0[at].parent.expect("no path leads out of its crate"),
                (_, Some(child)) => *child,
                (_, None) => match self.0[at].re_exported.get(name) {
                    Some(way) if self.is_here(at, way) => self.resolve(at, way),
                    _ => break,
                },
            };
        }
        at
    }

    /// Whether a path leads into this crate, as seen from a module, and not into another.
    fn is_here(&self, at: usize, path: &[String]) -> bool {
        path.first().is_some_and(|first| uses::begins(first) || self.0[at].children.contains_key(first))
    }

    fn add(&mut self, name: &str, parent: Option<usize>, source: &Source<'_>) -> usize {
        let this = self.0.len();
        self.0.push(Module {
            name: name.to_owned(),
            file: source.file.to_owned(),
            parent,
            children: BTreeMap::new(),
            uses: uses::of(source.items),
            re_exported: uses::re_exported(source.items),
        });
        for item in source.items {
            let syn::Item::Mod(module) = item else { continue };
            if uses::for_tests(&module.attrs) {
                continue;
            }
            let name = module.ident.to_string();
            let folder = source.folder.join(&name);
            let child = if let Some((_, items)) = &module.content {
                self.add(&name, Some(this), &Source { items, file: source.file, folder: &folder })
            } else {
                let beside = source.folder.join(format!("{name}.rs"));
                let file = if beside.is_file() { beside } else { folder.join("mod.rs") };
                self.add(&name, Some(this), &Source { items: &items(&file), file: &file, folder: &folder })
            };
            self.0[this].children.insert(name, child);
        }
        this
    }
}

fn items(file: &Path) -> Vec<syn::Item> {
    let source = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    syn::parse_file(&source).unwrap_or_else(|error| panic!("{}: {error}", file.display())).items
}
