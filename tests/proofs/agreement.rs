//! The adapter's rules and Meta's pages draw the same line: whatever is done to a good message, either both take it or both
//! refuse it, and the refusal names the place.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::adapter::{denormalize, places};
use crate::generate::words::exactly;
use crate::generate::{content, message};
use crate::places::{inside, parent, with, without};
use crate::schema::{allows, complaints};
use crate::spelling::snake_case;

/// Messages of which something can be changed in both forms alike, with the places where: in the content, and in the body.
fn messages() -> impl Strategy<Value = (Value, Vec<(String, String)>)> {
    prop_oneof![
        1 => message::of(content::plain()),
        1 => message::of(content::file()),
        6 => message::of(content::any_template()),
        1 => message::utility(),
    ]
    .prop_filter_map("nothing in it has the same shape in both forms", |message| {
        let places = shared_places(&message["content"]);
        (!places.is_empty()).then_some((message, places))
    })
}

/// The places of the content that stand in the body as well.
fn shared_places(content: &Value) -> Vec<(String, String)> {
    inside(content).into_iter().filter_map(|place| wire_place(content, &place).map(|wire| (place, wire))).collect()
}

/// Where a place of the content stands in the body; `None` where the two forms differ by design.
fn wire_place(content: &Value, place: &str) -> Option<String> {
    let kind = content["type"].as_str()?;
    let last = place.rsplit('/').next()?;
    // What kind of thing it is decides about everything else, and has a default.
    if matches!(last, "type" | "contentType" | "language") || (kind != "text" && place == format!("/{kind}")) {
        return None;
    }
    let below_template =
        if content["template"]["type"] == "utility" { "/message/template" } else { "/message/attachment/payload" };
    let moved =
        [("/template", below_template), ("/quickReplies", "/message/quick_replies"), ("/text", "/message/text")];
    let file = (format!("/{kind}"), "/message/attachment/payload");
    let mut moved = moved.into_iter().chain([(file.0.as_str(), file.1)]);
    moved.find_map(|(host, wire)| place.strip_prefix(host).map(|rest| format!("{wire}{}", snake_case(rest))))
}

/// What may be done to a value of this kind; `None` takes it away.
fn changes(value: &Value) -> Vec<Option<Value>> {
    let new = match value {
        Value::String(_) => json!([
            "",
            " ",
            "x",
            "a b",
            "US",
            "+1",
            "http://a.b/c",
            "https://a.b/c",
            "see www.a.b",
            "2026-12-24T08:30",
            exactly(3000),
            true
        ]),
        Value::Number(_) => json!([0, 7, 8, "x"]),
        Value::Bool(flag) => json!([!flag, "x"]),
        Value::Array(elements) => json!([[], elements.iter().cycle().take(120).collect::<Vec<_>>(), "x"]),
        Value::Object(_) => json!([{}, "x"]),
        Value::Null => json!([]),
    };
    let Value::Array(new) = new else { return Vec::new() };
    std::iter::once(None).chain(new.into_iter().map(Some)).collect()
}

fn changed(value: Value, place: &str, change: Option<&Value>) -> Value {
    match change {
        Some(new) => with(value, place, new.clone()),
        None => without(value, place),
    }
}

/// What the adapter leaves out of a body or puts into it, and says so in its documentation.
fn as_it_would_be_sent(wire: &mut Value) {
    match wire {
        Value::Object(members) => {
            members.retain(|_, member| member.as_array().is_none_or(|elements| !elements.is_empty()));
            if members.get("content_type").is_some_and(|kind| kind == "text") {
                for name in ["title", "payload"] {
                    members.entry(name).or_insert_with(|| json!(""));
                }
            }
            members.values_mut().for_each(as_it_would_be_sent);
        }
        Value::Array(elements) => elements.iter_mut().for_each(as_it_would_be_sent),
        _ => {}
    }
}

fn both_agree(message: &Value, (place, wire): &(String, String), change: Index) -> Result<(), TestCaseError> {
    let body = denormalize(message).map_err(|issues| TestCaseError::fail(format!("{:?}", places(&issues))))?.remove(0);
    let Some(there) = body.pointer(wire) else { return Err(TestCaseError::fail(format!("{wire} is not in {body:#}"))) };
    let menu = changes(there);
    let change = change.get(&menu);
    let place = format!("/content{place}");
    let told = denormalize(&changed(message.clone(), &place, change.as_ref()));
    let mut sent = changed(body.clone(), wire, change.as_ref());
    as_it_would_be_sent(&mut sent);
    match told {
        Ok(bodies) => {
            prop_assert!(
                allows(&sent),
                "{place} ← {change:?}: the adapter takes it, the schema says {:?}",
                complaints(&sent)
            );
            prop_assert!(bodies.iter().all(allows), "{place} ← {change:?} becomes {bodies:?}");
        }
        Err(issues) => {
            prop_assert!(
                !allows(&sent),
                "{place} ← {change:?}: the schema takes it, the adapter says {:?}",
                places(&issues)
            );
            let near = |pointer: &str| pointer.starts_with(parent(&place).0) || place.starts_with(pointer);
            prop_assert!(
                issues.iter().any(|issue| near(&issue.pointer)),
                "{place} ← {change:?}: {:?}",
                places(&issues)
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_adapter_and_meta_s_pages_agree((message, places) in messages(), at in any::<Index>(), change in any::<Index>()) {
        both_agree(&message, at.get(&places), change)?;
    }
}
