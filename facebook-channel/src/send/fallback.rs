//! What stands in for a thing that Messenger cannot show, or not within its limits, where `options.fallback` asks for that.
//!
//! Only what is too long, too much or of a kind that Messenger does not know is said otherwise: as several messages of its kind
//! where only their number is too high, else in words. Whatever is wrong with it besides is refused as ever, and so is what asks for
//! a consent: no text can do that.

mod spoken;
mod words;

use channel_api::capability::Unit;
use channel_api::message::{Body, QuickReply, QuickReplyKind, SendOptions};
use channel_api::template::GenericTemplate;
use channel_api::{Choice, Issue, Pointer, Report, Template};
use serde_json::Value;

use self::words::Words;
use super::{one, quick_reply};
use crate::limits;
use crate::rules;
use crate::template;
use crate::wire::Object;

/// Content of a kind that Messenger does not have, or has no more.
const UNKNOWN: [&str; 4] = ["content.unsupported", "content.unknown", "template.retired", "template.unknown"];

/// The messages that show one thing, or stand in for it. `choices` are those of the whole message so far.
pub(super) fn show(
    body: &Body,
    options: &SendOptions,
    at: &Pointer<'_>,
    choices: &mut Vec<Choice>,
    report: &mut Report,
) -> Vec<Object> {
    if asks_for_consent(body) {
        return one::translate(body, options, at, report);
    }
    let mut found = Report::default();
    let shown = one::translate(body, options, at, &mut found);
    let broken = excused(options, &mut found, report);
    if broken.is_empty() {
        return shown;
    }
    if let Body::Template(template) = body
        && let Some(shown) = in_several(template, &broken, options)
    {
        warn(broken, "it is sent as several messages instead", report);
        return shown;
    }
    let place = broken.first().map(|issue| issue.pointer.clone()).unwrap_or_default();
    warn(broken, "it is sent as a text instead", report);
    let mut shown = pictures(body);
    let mut words = Words::new(choices);
    let lost = spoken::say(body, &mut words);
    if words.are_none() && shown.is_empty() {
        let advice = "there is nothing in it that could be said as a text: send a text";
        report.refuse(placed(Issue::new(at, "fallback.empty", advice), place));
    } else if !lost.is_empty() {
        let message = format!("a text has no button of the type {}: only its words are sent", lost.join(", "));
        report.warn(placed(Issue::new(at, "fallback.lost", message), place));
    }
    shown.extend(words.messages());
    shown
}

/// Meta asks for it, and keeps it. A number that somebody sends gives none, and its author would think that it does.
fn asks_for_consent(body: &Body) -> bool {
    let Body::Template(template) = body else { return false };
    ["one_time_notif_req", "notification_messages"].contains(&template.kind())
}

/// Adds quick replies to the last of a message's parts, or says them below it.
pub(super) fn offer(
    replies: &[QuickReply],
    below: &Body,
    options: &SendOptions,
    at: &Pointer<'_>,
    messages: &mut Vec<Object>,
    choices: &mut Vec<Choice>,
    report: &mut Report,
) {
    let mut found = Report::default();
    let mut shown = quick_reply::translate(replies, below, at, &mut found);
    let broken = excused(options, &mut found, report);
    if !broken.is_empty() {
        warn(broken, "they are sent as a numbered text instead", report);
        let mut words = Words::new(choices);
        spoken::of_quick_replies(replies, &mut words);
        let above = messages.pop_if(|last| last.text("text").is_some());
        messages.extend(words.below(above.as_ref().and_then(|above| above.text("text"))));
        // Those that ask for a fact of the person's profile have no words that could be said, and two of a kind ask for one thing.
        let mut facts: Vec<QuickReply> = Vec::new();
        for reply in replies.iter().filter(|reply| reply.content_type != QuickReplyKind::Text) {
            if facts.iter().all(|fact| fact.content_type != reply.content_type) {
                facts.push(reply.clone());
            }
        }
        shown = quick_reply::translate(&facts, below, at, &mut Report::default());
    }
    if let (Some(shown), Some(last)) = (shown, messages.last_mut()) {
        let taken = std::mem::take(last);
        *last = taken.with("quick_replies", shown);
    }
}

/// Takes out of what was `found` what the author is content to have said otherwise; the rest goes on to the report.
fn excused(options: &SendOptions, found: &mut Report, report: &mut Report) -> Vec<Issue> {
    let mut broken = Vec::new();
    if options.fallback {
        broken.extend(found.refusals.extract_if(.., |issue| UNKNOWN.contains(&&*issue.code) || is_over_limit(issue)));
    } else {
        for issue in found.refusals.iter_mut().filter(|issue| is_over_limit(issue)) {
            issue.hint.get_or_insert_with(|| rules::FALLBACK.to_owned());
        }
    }
    if !found.refusals.is_empty() {
        // It is refused all the same, and there is nothing to say in its place.
        broken.clear();
    }
    report.refusals.append(&mut found.refusals);
    report.warnings.append(&mut found.warnings);
    broken
}

/// Something is too long, or there is too much of it.
fn is_over_limit(issue: &Issue) -> bool {
    let counted = |unit: &Unit| matches!(unit, Unit::Characters | Unit::Items);
    let limit = limits::ALL.iter().find(|limit| limit.name == issue.code && counted(&limit.unit));
    limit.is_some() && issue.actual > issue.limit
}

/// Names each rule that something else stands in for.
fn warn(broken: Vec<Issue>, instead: &str, report: &mut Report) {
    for mut issue in broken {
        let rule = std::mem::replace(&mut issue.code, rules::FALLBACK_TEXT.into());
        report.warn(issue.with_arg("rule", rule).with_hint(instead));
    }
}

/// At the place of the rule that was broken.
fn placed(mut issue: Issue, pointer: String) -> Issue {
    issue.pointer = pointer;
    issue
}

/// As many templates as it takes, where nothing is wrong but how many cards there are.
fn in_several(template: &Template, broken: &[Issue], options: &SendOptions) -> Option<Vec<Object>> {
    let counts = [&limits::GENERIC_ELEMENTS, &limits::PRODUCT_ELEMENTS, &limits::MEDIA_ELEMENTS];
    let limit = counts.into_iter().find(|limit| broken.iter().all(|issue| issue.code == limit.name))?;
    let parts: Vec<_> = match template {
        Template::Generic(cards) => {
            let part =
                |elements: &[_]| Template::Generic(GenericTemplate { elements: elements.to_vec(), ..cards.clone() });
            cards.elements.chunks(limit.max).map(part).collect()
        }
        Template::Other { kind, fields } => {
            let part = |elements: &[Value]| {
                let mut fields = fields.clone();
                fields.insert("elements".to_owned(), elements.into());
                Template::Other { kind: kind.clone(), fields }
            };
            fields.get("elements")?.as_array()?.chunks(limit.max).map(part).collect()
        }
        _ => return None,
    };
    let mut nothing_new = Report::default();
    let shown = |part: &Template| template::translate(part, options, &Pointer::ROOT, &mut nothing_new);
    Some(parts.iter().flat_map(shown).collect())
}

/// The pictures and films of a template that Meta keeps: no text leads to them.
fn pictures(body: &Body) -> Vec<Object> {
    let Body::Template(template) = body else { return Vec::new() };
    let Template::Other { kind, fields } = &**template else { return Vec::new() };
    if kind != "media" {
        return Vec::new();
    }
    let either =
        |element: &channel_api::JsonObject, names: [&str; 2]| names.iter().find_map(|name| element.get(*name).cloned());
    let picture = |element| {
        let (kind, id) =
            (either(element, ["mediaType", "media_type"])?, either(element, ["attachmentId", "attachment_id"])?);
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let payload = Object::new().with("attachment_id", id);
        Some(Object::new().with("attachment", Object::new().with("type", kind).with("payload", payload)))
    };
    spoken::listed(fields, "elements").filter_map(picture).collect()
}
