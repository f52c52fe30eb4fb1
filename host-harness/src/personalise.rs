//! `{{user_first_name}}`, `{{user_last_name}}` and `{{user_full_name}}` in what is sent to a person.
//!
//! They are filled in before a message is translated, so that a channel's limits are checked on what will really be sent, and only
//! where a person reads a text: `content.text`, a button template's `text`, the `title` and `subtitle` of a generic template's
//! cards. Buttons and quick replies are left alone (a name would not fit, and a tap sends the words back), and so are payloads,
//! addresses, and templates that the provider has approved word by word. Where the name is not known, the words close up around
//! the gap: `Hi {{user_first_name}}!` becomes `Hi!`.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use channel_api::{ChannelAdapter, Issue, Pointer};
use serde_json::Value;

use crate::people::{Name, People};

/// How long a message waits for a name that is not known yet. Better no name than a late answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// What the placeholders are called, for those who misspell one.
const KNOWN: &str = "the placeholders are {{user_first_name}}, {{user_last_name}} and {{user_full_name}}";
/// Ends a clause; a gap before it closes without a space.
const ENDS: &[char] = &['!', '?', '.', ',', ':', ';', '…', '。', '，', '！', '？', '、', '：', '；'];
/// Leads to a name; it goes with the name.
const COMMAS: &[char] = &[',', '，', '、'];
const BLANKS: &[char] = &[' ', '\t', '\u{a0}'];

/// A message with the names filled in.
#[derive(Debug)]
pub(crate) struct Personalised<'a> {
    pub(crate) message: Cow<'a, Value>,
    /// What its author should know.
    pub(crate) warnings: Vec<Issue>,
}

/// The person that a message goes to, where it names one by the id that events carry.
pub(crate) fn person(message: &Value) -> Option<String> {
    let to = message.get("to")?;
    match to.get("id").unwrap_or(to) {
        Value::String(id) => Some(id.clone()).filter(|id| !id.is_empty()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Begins to look up whom a message will name, so that many messages wait for their names together.
pub(crate) fn look_ahead(message: &Value, adapter: &Arc<dyn ChannelAdapter>, people: &People) {
    if let Some(person) = person(message)
        && message.get("content").is_some_and(holds_a_placeholder)
    {
        people.look_up_soon(adapter, &person);
    }
}

/// Fills the names in. A message without placeholders is not touched, and nobody is looked up for it. Nobody is waited for
/// beyond `until`.
pub(crate) async fn personalise<'a>(
    message: &'a Value,
    adapter: &Arc<dyn ChannelAdapter>,
    people: &People,
    until: Instant,
) -> Personalised<'a> {
    let mut warnings = Vec::new();
    if !message.get("content").is_some_and(holds_a_placeholder) {
        return Personalised { message: Cow::Borrowed(message), warnings };
    }
    let mut message = message.clone();
    let mut wanted = false;
    each_text(&mut message, &mut |text, _| wanted |= fill(text, None).missing);
    let name = match person(&message) {
        Some(person) if wanted => people.name(adapter, &person, until.saturating_duration_since(Instant::now())).await,
        _ => None,
    };
    each_text(&mut message, &mut |text, at| {
        let filled = fill(text, name.as_ref());
        if filled.missing {
            warnings.push(
                Issue::new(at, "personalise.unknown", "the person's name is not known, so the text goes without it")
                    .with_hint("a name is known only where the provider's permissions and the person allow it"),
            );
        }
        if filled.misspelled {
            warnings.push(
                Issue::new(
                    at,
                    "personalise.placeholder",
                    "holds a placeholder that is not known, and is sent as it is",
                )
                .with_hint(KNOWN),
            );
        }
        *text = filled.text;
    });
    each_title(&mut message, &mut |title, at| {
        let filled = fill(title, None);
        if filled.missing || filled.misspelled {
            let told = "placeholders are not filled in on buttons and quick replies; it is sent as it is";
            warnings.push(
                Issue::new(at, "personalise.not_here", told).with_hint("use it in the text or in a card's title"),
            );
        }
    });
    Personalised { message: Cow::Owned(message), warnings }
}

fn holds_a_placeholder(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("{{"),
        Value::Array(elements) => elements.iter().any(holds_a_placeholder),
        Value::Object(members) => members.values().any(holds_a_placeholder),
        _ => false,
    }
}

type Visit<'a> = &'a mut dyn FnMut(&mut String, &Pointer<'_>);

/// Every place where the person reads a text.
fn each_text(message: &mut Value, visit: Visit<'_>) {
    let Some(content) = message.get_mut("content") else { return };
    let at = Pointer::ROOT.key("content");
    if content["type"] == "text" {
        visit_member(content, "text", &at, visit);
    }
    let at = at.key("template");
    let Some(template) = content.get_mut("template") else { return };
    match kind(template) {
        Some("button") => visit_member(template, "text", &at, visit),
        Some("generic") => {
            let list = at.key("elements");
            for (index, card) in elements(template, "elements").enumerate() {
                for name in ["title", "subtitle"] {
                    visit_member(card, name, &list.index(index), visit);
                }
            }
        }
        _ => {}
    }
}

/// The words on everything that can be tapped.
fn each_title(message: &mut Value, visit: Visit<'_>) {
    let Some(content) = message.get_mut("content") else { return };
    let at = Pointer::ROOT.key("content");
    for name in ["quickReplies", "quick_replies"] {
        titles(content, name, &at, visit);
    }
    let at = at.key("template");
    let Some(template) = content.get_mut("template") else { return };
    if !matches!(kind(template), Some("button" | "generic")) {
        return;
    }
    titles(template, "buttons", &at, visit);
    let list = at.key("elements");
    for (index, card) in elements(template, "elements").enumerate() {
        titles(card, "buttons", &list.index(index), visit);
    }
}

fn kind(template: &Value) -> Option<&str> {
    template.get("type").or_else(|| template.get("template_type"))?.as_str()
}

fn titles(holder: &mut Value, list: &str, at: &Pointer<'_>, visit: Visit<'_>) {
    let at = at.key(list);
    for (index, element) in elements(holder, list).enumerate() {
        visit_member(element, "title", &at.index(index), visit);
    }
}

fn elements<'a>(holder: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Value> {
    holder.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten()
}

fn visit_member(holder: &mut Value, name: &str, at: &Pointer<'_>, visit: Visit<'_>) {
    if let Some(Value::String(text)) = holder.get_mut(name) {
        visit(text, &at.key(name));
    }
}

struct Filled {
    text: String,
    /// A name was asked for that is not known.
    missing: bool,
    /// It looks like a placeholder of a person, but is none.
    misspelled: bool,
}

/// Fills a text in. What a name says is never read again for placeholders: it is somebody's own words.
fn fill(text: &str, name: Option<&Name>) -> Filled {
    let mut filled = Filled { text: String::with_capacity(text.len()), missing: false, misspelled: false };
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.text.push_str(before);
        let (inner, tail) = after.split_once("}}").unwrap_or_default();
        let part = match inner.trim() {
            "user_first_name" => name.and_then(|name| name.first.clone()),
            "user_last_name" => name.and_then(|name| name.last.clone()),
            "user_full_name" => name.and_then(Name::full),
            other => {
                filled.misspelled |= other.starts_with("user_");
                filled.text.push_str("{{");
                rest = after;
                continue;
            }
        };
        if let Some(part) = part {
            filled.text.push_str(&part);
            rest = tail;
        } else {
            filled.missing = true;
            rest = close_up(&mut filled.text, tail);
        }
    }
    filled.text.push_str(rest);
    filled
}

/// Leaves no gap where a name would have stood. Returns what is left of `tail`.
fn close_up<'a>(before: &mut String, tail: &'a str) -> &'a str {
    let trimmed = before.trim_end_matches(BLANKS).len();
    let after = tail.trim_start_matches(BLANKS);
    let line_begins = trimmed == 0 || before.as_bytes().get(trimmed - 1) == Some(&b'\n');
    if line_begins {
        // "{{user_first_name}}, your order" → "your order"
        return after.trim_start_matches(ENDS).trim_start_matches(BLANKS);
    }
    if after.is_empty() || after.starts_with(ENDS) || after.starts_with('\n') {
        // "Hello, {{user_first_name}}!" → "Hello!"
        before.truncate(trimmed);
        before.truncate(before.trim_end_matches(COMMAS).len());
        return after;
    }
    if before.len() > trimmed { after } else { tail }
}

#[cfg(test)]
mod tests;
