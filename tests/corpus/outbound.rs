//! Every body of `outbound/` that a host could want sent: written as a host's message, translated, and compared with itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use channel_api::Issue;
use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use tests::{ids, json::same};

use crate::adapter::denormalize;
use crate::host_form::host_form;
use crate::index::entries;

/// What is refused although nothing in its code says that it is dead or a placeholder: file, codes, and why.
const REFUSED: [(&str, &[&str], &str); 4] = [
    (
        "050-messenger4j-template-generic-response",
        &["button.retired", "unknown_field"],
        "a share button, which Meta has removed, and what it shared",
    ),
    ("065-restfb-media-image-response", &["required"], "an image without an address and without an upload"),
    ("070-restfb-template-button-response", &["template.button.buttons.count"], "a button template without buttons"),
    (
        "135-bootbot-text-quickreplies-response",
        &["choice", "quick_replies.retired", "required", "unknown_field"],
        "quick replies of kinds that a test made up",
    ),
];

/// What became of a body.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The same, key for key.
    Same,
    /// The same but for what is said.
    SameBut(&'static str),
    /// A host has no message for it.
    NoForm(&'static str),
    /// Refused, and rightly.
    Refused(&'static str),
    /// Something is wrong.
    Wrong(String),
}

/// Translates every body.
pub(crate) fn outcomes(corpus: &Path) -> Vec<(String, Outcome)> {
    let tried = entries(corpus, "outbound/").into_iter().map(|entry| {
        let text = fs::read(corpus.join(&entry.file)).expect("the index names files that are there");
        let outcome = match serde_json::from_slice(&text) {
            Ok(body) => outcome(&entry.file, &body),
            Err(error) => Outcome::Wrong(format!("is not JSON: {error}")),
        };
        (entry.file, outcome)
    });
    tried.collect()
}

fn outcome(file: &str, body: &Value) -> Outcome {
    let mut body = without_nulls(body);
    fill_in(&mut body);
    let body = &body;
    let message = match host_form(body) {
        Ok(message) => message,
        Err(why) => return Outcome::NoForm(why),
    };
    let translated = match denormalize(&message) {
        Ok(translated) => translated,
        Err(error) => return refused(file, &message, error.issues()),
    };
    let [request] = translated.requests.as_slice() else {
        return Outcome::Wrong(format!("becomes {} calls", translated.requests.len()));
    };
    let (mut expected, mut but) = (body.clone(), None);
    if body.get("message").is_some() && body.get("messaging_type").is_none() {
        expected["messaging_type"] = if body.get("tag").is_some() { json!("MESSAGE_TAG") } else { json!("RESPONSE") };
        but = Some("messaging_type, which Meta asks for and the body leaves out");
    }
    if let Some(id) = expected.pointer_mut("/recipient/id").filter(|id| id.is_number()) {
        *id = json!(id.to_string());
        but = Some("the person's id, which Meta gives as text and the body as a number");
    }
    if replaced(&mut expected) {
        but = Some(
            "item_url, which Meta has replaced by default_action: alone it becomes one, beside one it is left out",
        );
    }
    match but {
        _ if !same(&request.body, &expected) => Outcome::Wrong(format!("becomes {}", request.body)),
        Some(but) => Outcome::SameBut(but),
        None => Outcome::Same,
    }
}

/// Puts an id where an example leaves one to its reader (`USER_ID`, `<ATTACHMENT_ID>`): as it stands it would be refused.
fn fill_in(body: &mut Value) {
    if let Some(id) = body.pointer_mut("/recipient/id")
        && id.as_str().is_some_and(|id| !id.bytes().all(|byte| byte.is_ascii_digit()))
    {
        *id = json!(ids::PERSON);
    }
    fill_in_uploads(body);
}

fn fill_in_uploads(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(id) = members.get_mut("attachment_id")
                && id.as_str().is_some_and(|id| id.starts_with('<'))
            {
                *id = json!("1745504518999123");
            }
            members.values_mut().for_each(fill_in_uploads);
        }
        Value::Array(elements) => elements.iter_mut().for_each(fill_in_uploads),
        _ => {}
    }
}

/// What a library wrote for what it did not set.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name.clone(), without_nulls(member)))
            .collect(),
        Value::Array(elements) => elements.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// Writes each card's `item_url` as the default action that it means; false if there is none.
fn replaced(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => {
            let old = members.remove("item_url");
            if let Some(url) = &old {
                members.entry("default_action").or_insert_with(|| json!({"type": "web_url", "url": url}));
            }
            members.values_mut().fold(old.is_some(), |found, member| replaced(member) | found)
        }
        Value::Array(elements) => elements.iter_mut().fold(false, |found, element| replaced(element) | found),
        _ => false,
    }
}

/// Whether every reason is one that holds for this body.
fn refused(file: &str, message: &Value, issues: &[Issue]) -> Outcome {
    let told: Vec<_> = issues.iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect();
    let stem = file.trim_start_matches("outbound/").trim_end_matches(".json");
    if let Some((_, codes, why)) = REFUSED.iter().find(|(name, ..)| *name == stem) {
        let expected = issues.iter().all(|issue| codes.contains(&&*issue.code));
        return if expected { Outcome::Refused(why) } else { Outcome::Wrong(format!("is refused for {told:?}")) };
    }
    let reasons: Option<Vec<_>> = issues.iter().map(|issue| of_itself(issue, message)).collect();
    match reasons.as_deref() {
        Some([why, ..]) => Outcome::Refused(why),
        _ => Outcome::Wrong(format!("is refused for {told:?}")),
    }
}

/// A reason that needs no list of files, as the value itself shows it.
fn of_itself(issue: &Issue, message: &Value) -> Option<&'static str> {
    let value = message.pointer(&issue.pointer);
    match &*issue.code {
        "url" | "url.https" if value.and_then(Value::as_str).is_some_and(|url| !url.contains("://")) => {
            Some("a placeholder stands where an address should")
        }
        "template.retired" => Some("a template that Meta has removed"),
        "button.retired" => Some("a button that Meta has removed"),
        "quick_replies.retired" => Some("a quick reply that Meta has removed"),
        "tag.removed" => Some("a tag that Meta has removed"),
        "type" => Some("a value of a type that Meta does not take"),
        _ => None,
    }
}

/// One test a body.
pub(crate) fn trials(outcomes: &[(String, Outcome)]) -> Vec<Trial> {
    let trial = |(file, outcome): &(String, Outcome)| {
        let result = match outcome {
            Outcome::Wrong(what) => Err(Failed::from(what)),
            _ => Ok(()),
        };
        Trial::test(file, move || result)
    };
    outcomes.iter().map(trial).collect()
}

/// How many are the same, and why the others are not.
pub(crate) fn table(outcomes: &[(String, Outcome)]) -> String {
    let mut rows: BTreeMap<(u8, String), Vec<&str>> = BTreeMap::new();
    for (file, outcome) in outcomes {
        let row = match outcome {
            Outcome::Same => (0, "the same, key for key".to_owned()),
            Outcome::SameBut(what) => (1, format!("the same but for {what}")),
            Outcome::NoForm(why) => (2, format!("no message of a host: {why}")),
            Outcome::Refused(why) => (3, format!("refused: {why}")),
            Outcome::Wrong(what) => (4, format!("WRONG: {what}")),
        };
        rows.entry(row).or_default().push(file.trim_start_matches("outbound/").trim_end_matches(".json"));
    }
    let mut table = format!("\n{} bodies of the Send API\n", outcomes.len());
    for ((rank, what), files) in &rows {
        let _infallible = writeln!(table, "{:>4}  {what}", files.len());
        if *rank > 0 {
            let _infallible = writeln!(table, "      {}", files.join(" "));
        }
    }
    table
}
