//! Circles: a module that imports another, which by some way imports the first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::modules::Modules;

/// Which of a module's children imports which, and where that is written.
type Imports = BTreeMap<usize, BTreeMap<usize, String>>;

/// Every circle among the children of a module, as text: the shortest ones, until each import that is part of a circle has
/// been named.
pub(crate) fn among(modules: &Modules) -> Vec<String> {
    let mut found = BTreeSet::new();
    for imports in imports(modules).values() {
        for (from, to) in imports.iter().flat_map(|(from, to)| to.keys().map(move |to| (*from, *to))) {
            if let Some(mut way) = way(imports, to, from) {
                // A circle has no beginning; each is told once.
                let first = way.iter().enumerate().min_by_key(|(_, module)| **module).map_or(0, |(place, _)| place);
                way.rotate_left(first);
                found.insert(told(modules, imports, &way));
            }
        }
    }
    found.into_iter().collect()
}

/// The imports among the children of each module.
fn imports(modules: &Modules) -> BTreeMap<usize, Imports> {
    let mut imports: BTreeMap<usize, Imports> = BTreeMap::new();
    for (from, module) in modules.iter() {
        for used in &module.uses {
            let to = modules.resolve(from, &used.path);
            let lines = (modules.line(from), modules.line(to));
            // The two that stand side by side. None where one of the two stands in the other.
            let Some((one, other)) = lines.0.iter().zip(&lines.1).find(|(one, other)| one != other) else { continue };
            let parent = modules.get(*one).parent.expect("the crate itself is in every line");
            let place = || format!("{}:{}", module.file.display(), used.line);
            imports.entry(parent).or_default().entry(*one).or_default().entry(*other).or_insert_with(place);
        }
    }
    imports
}

/// The shortest way along imports, both ends in it.
fn way(imports: &Imports, from: usize, to: usize) -> Option<Vec<usize>> {
    let mut before = BTreeMap::from([(from, from)]);
    let mut next = VecDeque::from([from]);
    while let Some(at) = next.pop_front() {
        if at == to {
            let back = std::iter::successors(Some(to), |at| (*at != from).then(|| before[at]));
            let mut way: Vec<_> = back.collect();
            way.reverse();
            return Some(way);
        }
        for step in imports.get(&at).into_iter().flat_map(BTreeMap::keys) {
            before.entry(*step).or_insert_with(|| {
                next.push_back(*step);
                at
            });
        }
    }
    None
}

fn told(modules: &Modules, imports: &Imports, way: &[usize]) -> String {
    let name = |module: &usize| {
        let names: Vec<_> = modules.line(*module).iter().map(|module| modules.get(*module).name.clone()).collect();
        names.join("::")
    };
    let steps = way.iter().zip(way.iter().cycle().skip(1));
    let names: Vec<_> = way.iter().chain(&way[..1]).map(name).collect();
    let told = std::iter::once(names.join(" -> ")).chain(steps.map(|(from, to)| format!("    {}", imports[from][to])));
    told.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::among;
    use crate::modules::Modules;

    fn circles(source: &str) -> Vec<String> {
        among(&Modules::of(source))
    }

    #[test]
    fn two_neighbours_that_import_each_other() {
        let found = circles("mod a { use super::b::B; struct A; }\nmod b {\n    fn b(a: crate::a::A) {}\n}");
        assert_eq!(found, ["it::a -> it::b -> it::a\n    lib.rs:1\n    lib.rs:3\n"]);
    }

    #[test]
    fn a_way_round_is_a_circle_too() {
        let found = circles("mod a { use super::b::B; } mod b { use super::{c, d}; } mod c { use crate::a; } mod d {}");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("it::a -> it::b -> it::c -> it::a\n"), "{found:?}");
    }

    #[test]
    fn what_stands_deeper_counts_for_the_neighbour_that_it_stands_in() {
        let found =
            circles("mod a { mod deep { use crate::b::low::B; } } mod b { mod low { use super::super::a::A; } }");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("it::a -> it::b -> it::a\n"), "{found:?}");
        let found = circles("mod top { mod a { use self::super::b; } mod b { use super::a::A; } }");
        assert!(found[0].starts_with("it::top::a -> it::top::b -> it::top::a\n"), "{found:?}");
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        for place in [
            "fn f() { super::a::f() }",
            "impl super::a::Trait for u8 { type T = crate::a::T; }",
            "fn f<T: super::a::Trait>() {}",
            "fn f() { use super::a::f; f() }",
            "fn f() { vec![1, super::a::f()]; }",
            "#[derive(super::a::Derive)] struct B;",
            "macro_rules! m { () => { $crate::a::f() } }",
            "#[cfg(not(test))] use super::a::A;",
            "#[cfg(any(test, feature = \"x\"))] use super::a::A;",
        ] {
            let found = circles(&format!("mod a {{ use super::b; }} mod b {{ {place} }}"));
            assert_eq!(found.len(), 1, "{place}: {found:?}");
        }
    }

    #[test]
    fn a_parents_item_is_no_neighbour() {
        assert_eq!(
            circles("use a::A; struct P; mod a { use super::P; use super::*; } mod b { use crate::a::A; }"),
            [""; 0]
        );
    }

    #[test]
    fn a_re_export_needs_nothing() {
        assert_eq!(circles("mod a { pub use super::b::B; } mod b { use super::a::A; }"), [""; 0]);
        assert_eq!(circles("mod a { pub(crate) use super::b::B; } mod b { use super::a::A; }"), [""; 0]);
    }

    #[test]
    fn a_name_that_the_parent_re_exports_is_its_owner_s() {
        for parent in ["pub use a::A; pub(crate) use b::B;", "pub use {a::A, self::b::Other as B};"] {
            let found =
                circles(&format!("{parent} mod a {{ use crate::B; struct A; }} mod b {{ use super::A; struct B; }}"));
            assert_eq!(found.len(), 1, "{parent}: {found:?}");
        }
        let through =
            "pub use a::A; mod a { pub use inner::A; mod inner { use crate::b::B; } } mod b { use crate::A; }";
        assert_eq!(circles(through).len(), 1);
    }

    #[test]
    fn test_code_may_import_what_it_tests() {
        for test in [
            "#[cfg(test)] mod tests { use crate::b::B; }",
            "#[cfg(test)] use super::b::B;",
            "#[cfg(all(test, unix))] fn f() { super::b::f() }",
            "impl A { #[cfg(test)] fn f() { super::b::f() } }",
        ] {
            assert_eq!(circles(&format!("mod a {{ {test} }} mod b {{ use super::a::A; }}")), [""; 0], "{test}");
        }
    }
}
