//! `{{user_first_name}}`, `{{user_last_name}}` and `{{user_full_name}}` in what is sent to a person.
//!
//! They are filled in before a message is translated, so that a channel's limits are checked on what will really be sent, and only
//! where a person reads a text: `content.text`, a button template's `text`, the `title` and `subtitle` of a generic template's
//! cards. Buttons and quick replies are left alone (a name would not fit, and a tap sends the words back), and so are payloads,
//! addresses, and templates that the provider has approved word by word. Where the name is not known, the words close up around
//! the gap: `Hi {{user_first_name}}!` becomes `Hi!`.
//!
//! Whatever else stands in double braces where people read it stays, and its author is warned of it.

mod braces;
mod left_over;
mod placeholders;

use std::sync::Arc;
use std::time::Instant;

use channel_api::message::{Body, Content, OutboundMessage};
use channel_api::template::{Button, Template};
use channel_api::{ChannelAdapter, Issue, Pointer};

use self::left_over::left_over;
use self::placeholders::fill;
use crate::people::Profiles;

/// What the placeholders are called, for those who misspell one.
const KNOWN: &str = "the placeholders are {{user_first_name}}, {{user_last_name}} and {{user_full_name}}";

/// Fills the names in, and says what the author should know. A message without placeholders is not touched, and nobody is looked
/// up for it. Nobody is waited for beyond `until`.
pub(super) async fn personalise(
    message: &mut OutboundMessage,
    adapter: &Arc<dyn ChannelAdapter>,
    profiles: &Profiles,
    until: Instant,
) -> Vec<Issue> {
    let (mut warnings, written) = (Vec::new(), message.content.clone());
    let name = match message.to.person() {
        Some(person) if asks_for_a_name(&mut message.content) => {
            profiles.name(adapter, &person, until.saturating_duration_since(Instant::now())).await
        }
        _ => None,
    };
    each_text(&mut message.content, &mut |text, at| {
        if !text.contains("{{") {
            return;
        }
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
    each_title(&message.content, &mut |title, at| {
        let filled = fill(title, None);
        if filled.missing || filled.misspelled {
            let message = "placeholders are not filled in on buttons and quick replies; it is sent as it is";
            warnings.push(
                Issue::new(at, "personalise.not_here", message).with_hint("use it in the text or in a card's title"),
            );
        }
    });
    // What a name holds is somebody's own words: only the author's are looked at.
    let left = left_over(&written, &warnings);
    warnings.extend(left);
    warnings
}

/// What the author should know of placeholders that stay, where nobody asks for a name.
pub(super) fn unfilled(content: &Content) -> Vec<Issue> {
    left_over(content, &[])
}

fn asks_for_a_name(content: &mut Content) -> bool {
    let mut asks = false;
    each_text(content, &mut |text, _| asks |= fill(text, None).missing);
    asks
}

/// Every place where the person reads a text.
fn each_text(content: &mut Content, visit: &mut dyn FnMut(&mut String, &Pointer<'_>)) {
    let at = Pointer::ROOT.key("content");
    texts_of(&mut content.body, &at, visit);
    let list = at.key("attachments");
    for (index, body) in content.attachments.iter_mut().enumerate() {
        texts_of(body, &list.index(index), visit);
    }
}

fn texts_of(body: &mut Body, at: &Pointer<'_>, visit: &mut dyn FnMut(&mut String, &Pointer<'_>)) {
    let template = match body {
        Body::Text(text) => return visit(text, &at.key("text")),
        Body::Template(template) => &mut **template,
        _ => return,
    };
    let at = at.key("template");
    match template {
        Template::Button(template) => {
            if let Some(text) = &mut template.text {
                visit(text, &at.key("text"));
            }
        }
        Template::Generic(template) => {
            let list = at.key("elements");
            for (index, card) in template.elements.iter_mut().enumerate() {
                for (name, text) in [("title", &mut card.title), ("subtitle", &mut card.subtitle)] {
                    if let Some(text) = text {
                        visit(text, &list.index(index).key(name));
                    }
                }
            }
        }
        _ => {}
    }
}

/// The words on everything that can be tapped.
fn each_title(content: &Content, visit: &mut dyn FnMut(&str, &Pointer<'_>)) {
    let at = Pointer::ROOT.key("content");
    let titles = content.quick_replies.iter().map(|reply| reply.title.as_deref());
    each(titles, &at.key("quickReplies"), visit);
    titles_of(&content.body, &at, visit);
    let list = at.key("attachments");
    for (index, body) in content.attachments.iter().enumerate() {
        titles_of(body, &list.index(index), visit);
    }
}

fn titles_of(body: &Body, at: &Pointer<'_>, visit: &mut dyn FnMut(&str, &Pointer<'_>)) {
    let Body::Template(template) = body else { return };
    let at = at.key("template");
    match &**template {
        Template::Button(template) => each(words(&template.buttons), &at.key("buttons"), visit),
        Template::Generic(template) => {
            let list = at.key("elements");
            for (index, card) in template.elements.iter().enumerate() {
                each(words(&card.buttons), &list.index(index).key("buttons"), visit);
            }
        }
        _ => {}
    }
}

fn words(buttons: &[Button]) -> impl Iterator<Item = Option<&str>> {
    buttons.iter().map(|button| button.title.as_deref())
}

fn each<'a>(
    titles: impl Iterator<Item = Option<&'a str>>,
    list: &Pointer<'_>,
    visit: &mut dyn FnMut(&str, &Pointer<'_>),
) {
    for (index, title) in titles.enumerate() {
        if let Some(title) = title {
            visit(title, &list.index(index).key("title"));
        }
    }
}

#[cfg(test)]
mod tests;
