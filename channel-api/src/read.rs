//! Reading a JSON document so that its author hears of everything that is wrong with it, not of the first thing only.
//!
//! The names of fields are understood in camelCase and in `snake_case`, whichever a struct has; two spellings of one name in one
//! object are refused. The keys of a map, and of what is kept as JSON, are their author's own and stay as they are.

mod error;
mod lenient;
mod spelling;
mod strict;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny};
use serde_json::Value;

use self::error::ReadError;
pub use self::lenient::string_or_number;
pub use self::spelling::respell;
pub(crate) use self::spelling::same_name;
use self::strict::{Json, Strict, Unknown};
use crate::issue::UNKNOWN_FIELD;
use crate::{Issue, JsonObject, Pointer, Report};

/// More mistakes than this in one document, and the rest wait for the next try.
const MOST_MISTAKES: usize = 64;

/// Whether an issue may quote the value that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    read_json(Json::Value(value), None, at, quote, report)
}

/// The same for the members of an object that is not kept as a value.
pub fn read_object<T: DeserializeOwned + Default>(
    members: &JsonObject,
    at: &Pointer<'_>,
    quote: Quote,
    report: &mut Report,
) -> T {
    read_json(Json::Object(members), None, at, quote, report)
}

/// The same for an object of which one member is somebody else's to read.
pub(crate) fn read_without<T: DeserializeOwned + Default>(
    hidden: &str,
    members: &JsonObject,
    at: &Pointer<'_>,
    quote: Quote,
    report: &mut Report,
) -> T {
    read_json(Json::Object(members), Some(hidden), at, quote, report)
}

fn read_json<T: DeserializeOwned + Default>(
    json: Json<'_>,
    hidden: Option<&str>,
    at: &Pointer<'_>,
    quote: Quote,
    report: &mut Report,
) -> T {
    let mut error = match attempt(json, hidden, at, report) {
        Ok(read) => return read,
        Err(error) => error,
    };
    let mut repaired = match json {
        Json::Value(value) => value.clone(),
        Json::Object(members) => Value::Object(members.clone()),
    };
    for _ in 0..MOST_MISTAKES {
        let mut issue = Issue::new(at, "type", error.message(quote));
        for step in error.steps() {
            issue.pointer.push('/');
            issue.pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        }
        let mut steps = error.steps();
        // An emptied element may not fit either: then its list goes.
        if report.refusals.last().is_some_and(|last| last.pointer == issue.pointer) {
            steps.next_back();
        } else {
            report.refuse(issue);
        }
        if !remove(&mut repaired, steps) {
            break;
        }
        error = match attempt(Json::Value(&repaired), hidden, at, report) {
            Ok(read) => return read,
            Err(error) => error,
        };
    }
    T::default()
}

/// Reads all of it or nothing. Only what was read is warned of.
fn attempt<T: DeserializeOwned>(
    json: Json<'_>,
    hidden: Option<&str>,
    at: &Pointer<'_>,
    report: &mut Report,
) -> Result<T, ReadError> {
    let unknown = Unknown::default();
    let read = T::deserialize(Strict { json, at, hidden, known: true, unknown: &unknown })?;
    for pointer in unknown.into_inner() {
        let mut issue = Issue::new(&Pointer::ROOT, UNKNOWN_FIELD, "is not a field of this object and was ignored");
        issue.pointer = pointer;
        report.warn(issue.with_hint("check its spelling"));
    }
    Ok(read)
}

/// For `#[serde(deserialize_with = "…")]` on what is read from the same JSON by other code.
pub(crate) fn elsewhere<'de, D: Deserializer<'de>, T: Default>(deserializer: D) -> Result<T, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| T::default())
}

/// Takes away what could not be read: a member of an object, or an element of an array (emptied, so that its neighbours keep
/// their index). False when there is nothing left to take away.
fn remove<'a>(value: &mut Value, mut steps: impl DoubleEndedIterator<Item = &'a str>) -> bool {
    let Some(last) = steps.next_back() else { return false };
    let parent = steps.try_fold(value, |value, step| match value {
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
    use std::collections::BTreeMap;

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
        assert_eq!(report.refusals[0].message, "must be an object");
    }

    #[test]
    fn both_spellings_of_a_field_are_read_and_free_json_is_left_alone() {
        #[derive(Debug, Default, PartialEq, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Form {
            image_url: Option<String>,
            street1: Option<String>,
            any: Value,
            names: BTreeMap<String, Form>,
            #[serde(alias = "psid")]
            user: Option<String>,
        }
        let given = json!({
            "image_url": "a", "street_1": "b", "any": {"image_url": {"imageUrl": 1}},
            "names": {"image_url": {"image_url": 5, "image_ur": 1}}
        });
        let mut report = Report::default();
        let form: Form = read(&given, &Pointer::ROOT, Quote::Values, &mut report);
        assert_eq!((form.image_url.as_deref(), form.street1.as_deref()), (Some("a"), Some("b")));
        assert_eq!(form.any, given["any"]);
        assert_eq!(form.names.keys().collect::<Vec<_>>(), ["image_url"]);
        assert_eq!(report.refusals[0].pointer, "/names/image_url/image_url");
        assert_eq!(report.warnings[0].pointer, "/names/image_url/image_ur");

        for (given, second) in
            [(json!({"imageUrl": "a", "image_url": "b"}), "/image_url"), (json!({"psid": "1", "user": "2"}), "/user")]
        {
            let mut report = Report::default();
            let form: Form = read(&given, &Pointer::ROOT, Quote::Values, &mut report);
            let [issue] = report.refusals.as_slice() else { panic!("{report:?}") };
            assert_eq!(issue.pointer, second);
            assert!(issue.message.contains("twice"), "{issue}");
            assert!(form != Form::default(), "the first is kept");
        }
    }

    #[test]
    fn what_a_value_must_be_is_said_in_plain_words() {
        #[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        struct All {
            _flag: bool,
            _small: u8,
            _number: Option<serde_json::Number>,
            _list: Vec<u32>,
            _words: String,
            _names: BTreeMap<String, u32>,
            _choice: Choice,
        }
        #[derive(Debug, Default, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Choice {
            #[default]
            Left,
            Right,
        }
        for (given, place, message) in [
            (json!({"_flag": 1}), "/_flag", "must be true or false"),
            (json!({"_small": "1"}), "/_small", "must be a whole number"),
            (json!({"_small": 1.5}), "/_small", "must be a whole number"),
            (json!({"_small": 256}), "/_small", "must be a whole number from 0 to 255"),
            (json!({"_number": "1"}), "/_number", "must be a number"),
            (json!({"_list": {}}), "/_list", "must be a list"),
            (json!({"_list": [0, -1]}), "/_list/1", "must be a whole number from 0 to 4294967295"),
            (json!({"_words": null}), "/_words", "must be a string"),
            (
                json!({"_words": {"sku": 9}}),
                "/_words",
                "must be a string, and is an object: write it as a text (JSON in quotes)",
            ),
            (json!({"_words": []}), "/_words", "must be a string, and is a list: write it as a text (JSON in quotes)"),
            (json!({"_words": 7}), "/_words", "must be a string, and is a number: write it in quotes"),
            (json!({"_words": -1.5}), "/_words", "must be a string, and is a number: write it in quotes"),
            (json!({"_words": true}), "/_words", "must be a string, and is true or false: write it in quotes"),
            (json!({"_names": "a"}), "/_names", "must be an object"),
            (json!({"_choice": "up"}), "/_choice", "must be left or right"),
            (json!({"_choice": 5}), "/_choice", "must be left or right"),
        ] {
            let mut report = Report::default();
            let _: All = read(&given, &Pointer::ROOT, Quote::Values, &mut report);
            let told: Vec<_> = report.refusals.iter().map(|issue| (&*issue.pointer, &*issue.message)).collect();
            assert_eq!(told, [(place, message)], "{given}");
        }
    }

    #[test]
    fn quotes_nothing_when_told_so() {
        let mut report = Report::default();
        let _: Card = read(&json!({"price": "canary"}), &Pointer::ROOT, Quote::Nothing, &mut report);
        assert_eq!(report.refusals[0].message, "must be a number");
        let _: Card = read(&json!("canary"), &Pointer::ROOT, Quote::Nothing, &mut report);
        assert!(!format!("{report:?}").contains("canary"), "{report:?}");
    }
}
