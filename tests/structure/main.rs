//! Modules import each other in no circles: of two neighbours, one can be read and understood without the other. And what is
//! public in the contract can grow.
//!
//! For circles, looked at are the direct children of each module, each with everything below it. What does not count: what a module takes
//! from those that it stands in (a child may know its parent's items), re-exports, and test code.
#![expect(clippy::expect_used, reason = "a test's support fails a test by panicking")]

mod circles;
mod growth;
mod modules;
mod uses;

use std::path::{Path, PathBuf};

use modules::Modules;

#[test]
fn modules_import_each_other_in_no_circles() {
    let mut found = Vec::new();
    for member in members() {
        let modules = Modules::read(&member.join("src/lib.rs"));
        assert!(!modules.is_empty(), "no module was read in {}", member.display());
        found.extend(circles::among(&modules));
    }
    assert!(found.is_empty(), "{} circles:\n\n{}", found.len(), found.join("\n"));
}

/// In the contract and in its suite, which adapters of other people stand on.
#[test]
fn public_types_can_grow() {
    let closed: Vec<_> = ["channel-api", "channel-api/conformance"]
        .iter()
        .flat_map(|member| growth::closed(&root().join(member)))
        .collect();
    assert!(closed.is_empty(), "neither `#[non_exhaustive]` nor `Default`:\n{}", closed.join("\n"));
}

/// The folders of the workspace's crates: a crate that comes later is looked at without being asked for.
fn members() -> Vec<PathBuf> {
    let root = root();
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("the workspace has a manifest");
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let members = manifest["workspace"]["members"].as_array().expect("the workspace lists its members");
    members.iter().map(|member| root.join(member.as_str().expect("a member is a path"))).collect()
}

/// The workspace's folder.
fn root() -> PathBuf {
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map(Path::to_owned).expect("the package stands in the workspace")
}
