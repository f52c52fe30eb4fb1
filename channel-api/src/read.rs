//! Reading a JSON document so that its author hears of everything that is wrong with it, not of the first thing only.

mod strict;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Segment, Track};

pub(crate) use self::strict::elsewhere;
use self::strict::{Strict, Unknown};
use crate::{Issue, Pointer, Report};

/// More mistakes than this in one document, and the rest wait for the next try.
const MOST_MISTAKES: usize = 64;

/// Whether an issue may quote the value that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// A message: its author sees what was read.
    Values,
    /// A configuration: any value may be a secret.
    Nothing,
}

/// Reads `value`, which stands at `at`, into a `T`.
///
/// A member that does not fit is reported (code `type`) and left out, and reading goes on; a member that `T` does not know
/// is a warning (code `unknown_field`). What `T` needs and does not get is its default, so let rules check for presence.
pub fn read<T: DeserializeOwned + Default>(value: &Value, at: &Pointer<'_>, quote: Quote, report: &mut Report) -> T {
    read_without(None, value, at, quote, report)
}

/// The same for an object of which one member is somebody else's to read.
pub(crate) fn read_without<T: DeserializeOwned + Default>(
    hidden: Option<&str>,
    value: &Value,
    at: &Pointer<'_>,
    quote: Quote,
    report: &mut Report,
) -> T {
    let unknown = Unknown::default();
    // Nearly every document is good, and keeping track of where one is costs more than reading it.
    if let Ok(read) = T::deserialize(Strict { value, at, hidden, unknown: &unknown }) {
        warn_of(unknown, report);
        return read;
    }
    let mut repaired = None;
    for _ in 0..MOST_MISTAKES {
        let unknown = Unknown::default();
        let mut track = Track::new();
        let given: &Value = repaired.as_ref().unwrap_or(value);
        let strict = Strict { value: given, at, hidden, unknown: &unknown };
        let error = match T::deserialize(serde_path_to_error::Deserializer::new(strict, &mut track)) {
            Ok(read) => {
                warn_of(unknown, report);
                return read;
            }
            Err(error) => error,
        };
        let steps = steps(&track.path());
        let mut issue = Issue::new(at, "type", says(&error, quote));
        for step in &steps {
            issue.pointer.push('/');
            issue.pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        }
        report.refuse(issue);
        if !remove(repaired.get_or_insert_with(|| value.clone()), &steps) {
            break;
        }
    }
    T::default()
}

fn warn_of(unknown: Unknown, report: &mut Report) {
    for pointer in unknown.into_inner() {
        let mut issue = Issue::new(&Pointer::ROOT, "unknown_field", "is not a field of this object and was ignored");
        issue.pointer = pointer;
        report.warn(issue.with_hint("check its spelling"));
    }
}

fn says(error: &serde_json::Error, quote: Quote) -> String {
    let text = error.to_string();
    match (quote, text.rsplit_once("expected ")) {
        (Quote::Values, _) => text,
        (Quote::Nothing, Some((_, expected))) => format!("expected {expected}"),
        (Quote::Nothing, None) => "does not fit".to_owned(),
    }
}

fn steps(path: &serde_path_to_error::Path) -> Vec<String> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Takes away what could not be read: a member of an object, or an element of an array (emptied, so that its neighbours keep
/// their index). False when there is nothing left to take away.
fn remove(value: &mut Value, steps: &[String]) -> bool {
    let Some((last, parents)) = steps.split_last() else { return false };
    let parent = parents.iter().try_fold(value, |value, step| match value {
        Value::Object(members) => members.get_mut(step),
        Value::Array(elements) => step.parse::<usize>().ok().and_then(|index| elements.get_mut(index)),
        _ => None,
    });
    match parent {
        Some(Value::Object(members)) => members.remove(last).is_some(),
        Some(Value::Array(elements)) => {
            let element = last.parse::<usize>().ok().and_then(|index| elements.get_mut(index));
            element.is_some_and(|element| {
                std::mem::replace(element, Value::Object(serde_json::Map::new()))
                    != Value::Object(serde_json::Map::new())
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Card {
        title: Option<String>,
        price: Option<f64>,
        buttons: Vec<Button>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Button {
        title: Option<String>,
    }

    #[test]
    fn reports_every_mistake_and_keeps_the_rest() {
        let given = json!({"title": 5, "price": "x", "buttons": [{"title": "ok"}, "no", {"title": [], "tilte": "?"}]});
        let content = Pointer::ROOT.key("content");
        let mut report = Report::default();
        let card: Card = read(&given, &content, Quote::Values, &mut report);
        let places: Vec<_> = report.refusals.iter().map(|issue| issue.pointer.as_str()).collect();
        assert_eq!(places, ["/content/buttons/1", "/content/buttons/2/title", "/content/price", "/content/title"]);
        assert_eq!(report.warnings[0].pointer, "/content/buttons/2/tilte");
        assert_eq!(card.buttons[0].title.as_deref(), Some("ok"));
    }

    #[test]
    fn an_array_is_no_object_however_well_it_would_fit() {
        let mut report = Report::default();
        let card: Card =
            read(&json!({"buttons": [["Buy"], {"title": "Ask"}]}), &Pointer::ROOT, Quote::Values, &mut report);
        assert_eq!(report.refusals[0].pointer, "/buttons/0");
        assert_eq!(card.buttons[1].title.as_deref(), Some("Ask"));
        let mut report = Report::default();
        let _: Card = read(&json!(["A card", 5, []]), &Pointer::ROOT, Quote::Values, &mut report);
        assert_eq!(report.refusals[0].message, "invalid type: sequence, expected an object");
    }

    #[test]
    fn quotes_nothing_when_told_so() {
        let mut report = Report::default();
        let _: Card = read(&json!({"price": "canary"}), &Pointer::ROOT, Quote::Nothing, &mut report);
        assert_eq!(report.refusals[0].message, "expected f64");
        let _: Card = read(&json!("canary"), &Pointer::ROOT, Quote::Nothing, &mut report);
        assert!(!format!("{report:?}").contains("canary"), "{report:?}");
    }
}
