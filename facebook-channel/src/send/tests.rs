//! What all tests of outbound messages share: a message in, its issues or its requests out.

mod allocations;
mod attached;
mod content;
mod fallback;
mod options;
mod properties;
mod recipients;
mod seed;
mod splitting;

use channel_api::{Denormalized, OutboundMessage, Report, declared};
use serde_json::{Value, json};

use super::Translator;
use crate::capabilities::CAPABILITIES;
use crate::config::RetiredTags;

/// The Page that sends.
const PAGE: &str = "1098765432100001";

pub(crate) fn translator() -> Translator {
    Translator::new("v26.0", PAGE, RetiredTags::Warn)
}

/// A message with this content to the usual person.
#[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
pub(crate) fn saying(content: Value) -> Value {
    json!({"channelId": "ch_facebook_123", "to": "7411002233445566", "content": content})
}

/// The same with options.
pub(crate) fn with_options(content: Value, options: Value) -> Value {
    let mut message = saying(content);
    message["options"] = options;
    message
}

#[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
pub(crate) fn template(template: Value) -> Value {
    json!({"type": "template", "template": template})
}

/// Reads and translates a message, as a host does with JSON.
pub(crate) fn translate(message: &Value) -> Result<Denormalized, Report> {
    translate_with(&translator(), message)
}

pub(crate) fn translate_with(translator: &Translator, message: &Value) -> Result<Denormalized, Report> {
    let (read, mut report) = OutboundMessage::read(message);
    report.absorb(declared::check(&read, &CAPABILITIES));
    match translator.denormalize(&read) {
        Ok(mut translated) if report.refusals.is_empty() => {
            translated.warnings.splice(0..0, report.warnings);
            return Ok(translated);
        }
        Ok(_) => {}
        Err(error) => report.absorb(error.into_report()),
    }
    Err(report)
}

/// The bodies of the requests that a good message becomes.
pub(crate) fn bodies(message: &Value) -> Vec<Value> {
    let translated =
        translate(message).unwrap_or_else(|report| panic!("{message}\nwas refused: {:#?}", report.refusals));
    assert!(translated.requests.iter().all(|request| request.path == "/v26.0/1098765432100001/messages"));
    translated.requests.into_iter().map(|request| request.body).collect()
}

/// `pointer code` of each refusal, sorted, with `actual>limit` where there is one.
pub(crate) fn refusals(message: &Value) -> Vec<String> {
    match translate(message) {
        Ok(_) => Vec::new(),
        Err(report) => {
            for issue in &report.refusals {
                assert!(!issue.message.is_empty());
                assert_eq!(issue.limit.is_some(), issue.actual.is_some(), "{issue:?}");
            }
            sorted(report.refusals.iter().map(|issue| match (issue.actual, issue.limit) {
                (Some(actual), Some(limit)) => format!("{} {} {actual}/{limit}", issue.pointer, issue.code),
                _ => format!("{} {}", issue.pointer, issue.code),
            }))
        }
    }
}

/// `pointer code` of each warning of a good message, sorted.
pub(crate) fn warnings(message: &Value) -> Vec<String> {
    let translated =
        translate(message).unwrap_or_else(|report| panic!("{message}\nwas refused: {:#?}", report.refusals));
    sorted(translated.warnings.iter().map(|issue| format!("{} {}", issue.pointer, issue.code)))
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<_> = lines.collect();
    lines.sort_unstable();
    lines
}

/// `n` characters, of one byte or of several.
pub(crate) fn long(n: usize) -> String {
    "aé".chars().cycle().take(n).collect()
}

/// Compares with a snapshot whose members are sorted, whatever order the JSON library keeps.
pub(crate) fn snapshot(name: &str, value: &Value) {
    let mut settings = insta::Settings::clone_current();
    settings.set_sort_maps(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_json_snapshot!(name, value));
}
