//! The profile: what is read, what is refused, what is planned, and the calls on the wire.

mod network;
mod operations;
mod planning;
mod properties;
mod rules;
mod rules_menu;
mod seed;
mod server;
mod shapes;

use channel_api::profile::{Profile, ProfilePlan};
use channel_api::{Issue, Result};
use serde_json::{Value, json};

use super::{judge, plan};

const PAGE: &str = "1098765432100001";

#[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
fn profile(json: Value) -> Profile {
    Profile(json.as_object().unwrap().clone())
}

fn planned(current: Value, desired: Value) -> Result<ProfilePlan> {
    plan(&profile(current), &profile(desired), "v26.0", PAGE)
}

/// The plan of a good document for a Page on which only Get Started is set.
fn good(desired: Value) -> ProfilePlan {
    let shown = desired.to_string();
    planned(started(), desired).unwrap_or_else(|error| panic!("{shown}\nwas refused: {:#?}", error.issues()))
}

fn started() -> Value {
    json!({"get_started": {"payload": "START"}})
}

/// `pointer code` of each issue, sorted, with `actual/limit` where there is one.
fn lines(issues: &[Issue]) -> Vec<String> {
    let line = |issue: &Issue| {
        assert!(!issue.message.is_empty());
        match (issue.actual, issue.limit) {
            (Some(actual), Some(limit)) => format!("{} {} {actual}/{limit}", issue.pointer, issue.code),
            _ => format!("{} {}", issue.pointer, issue.code),
        }
    };
    let mut lines: Vec<_> = issues.iter().map(line).collect();
    lines.sort_unstable();
    lines
}

/// What is refused about a document before the Page is read.
fn refused_unread(desired: Value) -> Vec<String> {
    judge(&profile(desired)).err().map_or_else(Vec::new, |error| lines(error.issues()))
}

/// What is refused about a document, on a Page on which only Get Started is set.
fn refusals(desired: Value) -> Vec<String> {
    match planned(started(), desired) {
        Ok(_) => Vec::new(),
        Err(error) => lines(error.issues()),
    }
}

fn warnings(desired: Value) -> Vec<String> {
    lines(&good(desired).warnings)
}

/// Each value of a property, and what must be told about it.
fn check(property: &str, cases: Vec<(Value, &[&str])>) {
    for (value, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|place| format!("/{property}{place}")).collect();
        assert_eq!(refusals(json!({ property: value.clone() })), expected, "{property}: {value}");
    }
}

/// Each value of a property that is accepted, and what is warned of.
fn check_warnings(property: &str, cases: Vec<(Value, &[&str])>) {
    for (value, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|place| format!("/{property}{place}")).collect();
        assert_eq!(warnings(json!({ property: value.clone() })), expected, "{property}: {value}");
    }
}

/// `n` characters, of one byte or of several.
fn long(n: usize) -> String {
    "aé".chars().cycle().take(n).collect()
}

fn many(n: usize, value: &Value) -> Value {
    json!(vec![value.clone(); n])
}

/// Compares with a snapshot whose members are sorted, whatever order the JSON library keeps.
fn snapshot(name: &str, value: &Value) {
    let mut settings = insta::Settings::clone_current();
    settings.set_sort_maps(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_json_snapshot!(name, value));
}
