//! The chapters on the disk are what the data says today.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::{perform, reference, trouble};

fn chapters() -> [(&'static str, String); 7] {
    [
        ("capabilities.md", reference::capabilities()),
        ("events.md", reference::events()),
        ("limits.md", reference::limits()),
        ("errors.md", reference::errors()),
        ("troubleshooting.md", trouble::troubleshooting()),
        ("operations.md", perform::operations()),
        ("webhook_fields.md", reference::webhook_fields()),
    ]
}

fn file(name: &str) -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    Path::new(&package).join("docs").join(name)
}

/// The first lines that differ, as in a patch.
fn difference(old: &str, new: &str) -> String {
    const SHOWN: usize = 3;
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let shown = |sign: &str, lines: &[&str]| -> Vec<String> {
        lines.iter().skip(same).take(SHOWN).map(|line| format!("{sign} {line}")).collect()
    };
    let lines = [vec![format!("line {}:", same + 1)], shown("-", &old), shown("+", &new)].concat();
    lines.join("\n") + "\n"
}

#[test]
fn docs_are_current() {
    let mut stale = Vec::new();
    for (name, chapter) in chapters() {
        let path = file(name);
        let written = fs::read_to_string(&path).unwrap_or_default();
        if written == chapter {
            continue;
        }
        if env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, chapter).unwrap();
        } else {
            stale.push(format!("facebook-channel/docs/{name}, {}", difference(&written, &chapter)));
        }
    }
    let command = "UPDATE_DOCS=1 cargo test -p facebook-channel docs";
    assert!(stale.is_empty(), "the documentation is not current; `{command}` writes it anew\n\n{}", stale.join("\n"));
}

#[test]
fn docs_hold_every_entry_of_the_data() {
    let [capabilities, events, limits, errors, trouble, operations, fields] = chapters().map(|(_, chapter)| chapter);
    for (name, permission) in crate::webhook_field::all() {
        assert!(fields.contains(&format!("| `{name}` |")) && fields.contains(permission), "{name}");
    }
    for name in crate::capabilities::CAPABILITIES.sends_templates {
        assert!(capabilities.contains(&format!("`{name}`")), "{name}");
    }
    for (name, field, _) in crate::webhook::EVENTS {
        assert!(events.contains(&format!("| `{name}` | `{field}` |")), "{name}");
    }
    for operation in crate::operations::all() {
        assert!(operations.contains(&format!("## `{}`", operation.name)), "{}", operation.name);
    }
    let counted = [
        crate::limits::ALL,
        crate::limits::PROFILE,
        crate::limits::OPERATIONS,
        crate::limits::CALLS,
        crate::window::LIMITS,
    ]
    .concat();
    for limit in counted {
        assert!(limits.contains(&format!("| `{}` |", limit.name)), "{}", limit.name);
    }
    for rule in crate::graph::error_table() {
        assert!(errors.contains(&format!("| `{rule}` | `{}` |", rule.name).replace("\\|", "|")), "{rule}");
    }
    for title in
        ["Message failed to send", "Webhook verification failed", "App not approved", "Template Errors", "Rate Limited"]
    {
        assert!(trouble.contains(&format!("# {title}")), "{title}");
    }
}

#[test]
fn docs_show_where_they_differ() {
    assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "line 2:\n- b\n- c\n+ x\n+ c\n");
}
