//! What a channel does not declare is refused, here and nowhere else: an adapter lists what it can do, and no option that the
//! contract learns later is left out in silence by one that was written before.

use crate::message::{Body, QuickReply, SendOptions};
use crate::read::same_name;
use crate::template::{Button, GenericElement};
use crate::{Capabilities, Content, Issue, JsonObject, OutboundMessage, Pointer, Report, Template};

/// Everything in a message that the channel does not declare.
pub fn check(message: &OutboundMessage, can: &Capabilities) -> Report {
    let mut report = Report::default();
    let root = Pointer::ROOT;
    options(&message.options, can, &root.key("options"), &mut report);
    content(&message.content, can, &root.key("content"), &mut report);
    report
}

/// Members of an `extra` that are not among those declared. For an adapter's own templates, which the contract cannot read.
pub fn extra(extra: &JsonObject, declared: &[&str], at: &Pointer<'_>, report: &mut Report) {
    undeclared(extra, declared, at, "unknown_field", "is not known here: leave it out", report);
}

fn options(options: &SendOptions, can: &Capabilities, at: &Pointer<'_>, report: &mut Report) {
    let advice = "is no option of this channel: leave it out";
    let neutral = [
        ("replyTo", options.reply_to.is_some() && !can.sends_replies),
        ("metadata", options.metadata.is_some() && !can.options.contains(&"metadata")),
        ("split", options.split && !can.options.contains(&"split")),
        ("fallback", options.fallback && !can.options.contains(&"fallback")),
    ];
    for (name, _) in neutral.into_iter().filter(|(_, undeclared)| *undeclared) {
        report.refuse(Issue::new(&at.key(name), "unsupported_option", advice).with_hint(known(&all_options(can))));
    }
    // The list is made only where there is something to say with it: most messages have no such option.
    if !options.extra.is_empty() {
        undeclared(&options.extra, &all_options(can), at, "unsupported_option", advice, report);
    }
}

/// Every option that a message may have here, also those that no list declares.
fn all_options(can: &Capabilities) -> Vec<&'static str> {
    let replies = can.sends_replies.then_some("replyTo");
    ["sender"].into_iter().chain(replies).chain(can.options.iter().copied()).collect()
}

fn content(content: &Content, can: &Capabilities, at: &Pointer<'_>, report: &mut Report) {
    kind(&content.body, can, at, report);
    let list = at.key("attachments");
    if can.sends_attachments {
        for (index, attachment) in content.attachments.iter().enumerate() {
            let here = list.index(index);
            kind(attachment, can, &here, report);
            extras(attachment, can, &here, report);
        }
    } else if !content.attachments.is_empty() {
        let advice =
            "this channel sends one thing in a message: send the words and each attachment as messages of their own";
        report.refuse(Issue::new(&list, "unsupported", advice));
    }
    let list = at.key("quickReplies");
    if !content.quick_replies.is_empty() && !can.sends_quick_replies {
        report.refuse(Issue::new(&list, "unsupported", "this channel has no quick replies: leave them out"));
    }
    for (index, QuickReply { extra, .. }) in content.quick_replies.iter().enumerate() {
        self::extra(extra, can.extras.quick_reply, &list.index(index), report);
    }
    extras(&content.body, can, at, report);
}

/// What stands in the content beside what every channel knows.
fn extras(body: &Body, can: &Capabilities, at: &Pointer<'_>, report: &mut Report) {
    if let Some(media) = body.media() {
        let here = at.key(body.kind());
        extra(&media.extra, can.extras.media, &here, report);
        if media.id.is_some() {
            // The id under which something came in. It stands in content that a caller sends on, and sends nothing.
            let advice =
                "is the id of what was received and was ignored: give its url, or the attachmentId of an upload";
            report.warn(Issue::new(&here.key("id"), "unused_field", advice));
        }
    }
    if let Body::Template(template) = body {
        self::template(template, can, &at.key("template"), report);
    }
}

/// The type of the content, of its template or of its sender action. One without a type was refused when it was read.
fn kind(body: &Body, can: &Capabilities, at: &Pointer<'_>, report: &mut Report) {
    // A channel that takes `fallback` says itself what becomes of content that it cannot show.
    if can.options.contains(&"fallback") {
        return;
    }
    let mut check = |name: &str, declared: &[&str], at: &Pointer<'_>, message: &'static str| {
        if !name.is_empty() && !declared.contains(&name) {
            report.refuse(Issue::new(at, "unsupported", message).with_hint(known(declared)));
        }
    };
    check(body.kind(), can.sends_content, &at.key("type"), "is no type of content that this channel can send");
    match body {
        Body::Template(template) if can.sends_content.contains(&"template") => {
            let here = at.key("template");
            check(template.kind(), can.sends_templates, &here.key("type"), "is no template that this channel can send");
        }
        Body::SenderAction(action) if can.sends_content.contains(&"sender_action") => {
            let message = "is no sender action that this channel can show";
            check(action.name(), can.sends_actions, &at.key("senderAction"), message);
        }
        _ => {}
    }
}

fn template(template: &Template, can: &Capabilities, at: &Pointer<'_>, report: &mut Report) {
    let of_cards = |cards: &[GenericElement], report: &mut Report| {
        let list = at.key("elements");
        for (index, card) in cards.iter().enumerate() {
            let here = list.index(index);
            extra(&card.extra, can.extras.card, &here, report);
            buttons(&card.buttons, can, &here.key("buttons"), report);
            if let Some(action) = &card.default_action {
                extra(&action.extra, can.extras.button, &here.key("defaultAction"), report);
            }
        }
    };
    let own = match template {
        Template::Button(template) => {
            buttons(&template.buttons, can, &at.key("buttons"), report);
            &template.extra
        }
        Template::Generic(template) => {
            of_cards(&template.elements, report);
            &template.extra
        }
        Template::Receipt(template) => &template.extra,
        // The channel reads it.
        Template::Other { .. } => return,
    };
    extra(own, can.extras.template, at, report);
}

fn buttons(buttons: &[Button], can: &Capabilities, at: &Pointer<'_>, report: &mut Report) {
    for (index, button) in buttons.iter().enumerate() {
        extra(&button.extra, can.extras.button, &at.index(index), report);
    }
}

fn undeclared(
    extra: &JsonObject,
    declared: &[&str],
    at: &Pointer<'_>,
    code: &'static str,
    advice: &'static str,
    report: &mut Report,
) {
    // What is null is absent.
    for (name, _) in extra.iter().filter(|(_, value)| !value.is_null()) {
        if !declared.iter().any(|known| same_name(known, name)) {
            report
                .refuse(Issue::new(&at.key(name), code, advice).with_hint(known(declared) + &nearest(name, declared)));
        }
    }
}

fn known(declared: &[&str]) -> String {
    match declared {
        [] => "this channel knows nothing that could stand here".to_owned(),
        declared => format!("this channel knows {}", declared.join(", ")),
    }
}

/// What the author may have meant.
fn nearest(name: &str, declared: &[&str]) -> String {
    let near = declared.iter().map(|known| (strsim::normalized_damerau_levenshtein(known, name), known));
    let nearest = near.filter(|(near, _)| *near > 0.5).max_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.map_or_else(String::new, |(_, known)| format!("; did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::capability::Extras;

    /// A channel that knows few things of its own.
    fn can() -> Capabilities {
        Capabilities {
            sends_content: &["text", "template"],
            sends_templates: &["generic"],
            options: &["split", "tag", "personaId"],
            extras: Extras { button: &["webviewHeightRatio"], template: &["sharable"], ..Extras::NONE },
            ..Capabilities::default()
        }
    }

    #[test]
    fn what_is_not_declared_is_refused_with_what_is() {
        let button = json!({"title": "a", "webview_height_ratio": "tall", "fallback": null, "share": 1});
        let card = json!({"title": "a", "itemUrl": "u", "buttons": [button], "defaultAction": {"ratio": 1}});
        let given = json!({
            "channelId": "c", "to": "p",
            "content": {
                "type": "template", "quickReplies": [{"title": "x", "colour": "red"}],
                "attachments": [{"type": "image", "image": {}}],
                "template": {"type": "generic", "elements": [card], "sharable": true, "imageAspectRatio": "square"}
            },
            "options": {"tags": "X", "persona_id": "1", "sender": "bot", "metadata": "m", "split": true, "replyTo": "1"}
        });
        let (message, report) = OutboundMessage::read(&given);
        assert_eq!(report, Report::default(), "what is undeclared is not called unknown as well");
        let found = check(&message, &can()).refusals;
        let places: Vec<_> = found.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(
            places,
            [
                ("/options/replyTo", "unsupported_option"),
                ("/options/metadata", "unsupported_option"),
                ("/options/tags", "unsupported_option"),
                ("/content/attachments", "unsupported"),
                ("/content/quickReplies", "unsupported"),
                ("/content/quickReplies/0/colour", "unknown_field"),
                ("/content/template/elements/0/itemUrl", "unknown_field"),
                ("/content/template/elements/0/buttons/0/share", "unknown_field"),
                ("/content/template/elements/0/defaultAction/ratio", "unknown_field"),
                ("/content/template/imageAspectRatio", "unknown_field"),
            ]
        );
        let hints: Vec<_> = found.iter().filter_map(|issue| issue.hint.as_deref()).collect();
        assert_eq!(hints[1], "this channel knows sender, split, tag, personaId");
        assert_eq!(hints[2], "this channel knows sender, split, tag, personaId; did you mean `tag`?");
        assert_eq!(found[6].hint.as_deref(), Some("this channel knows nothing that could stand here"));
    }

    #[test]
    fn the_id_of_what_was_received_is_not_sent_in_silence() {
        let image = |id: &str| json!({"type": "image", "image": {"id": id, "url": "https://a.b/c.jpg"}});
        let mut content = image("1");
        content["attachments"] = json!([{"type": "text", "text": "a"}, image("2")]);
        let (message, report) = OutboundMessage::read(&json!({"channelId": "c", "to": "p", "content": content}));
        assert_eq!(report, Report::default());
        let warnings = check(&message, &Capabilities { sends_attachments: true, ..can() }).warnings;
        let places: Vec<_> = warnings.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(
            places,
            [("/content/attachments/1/image/id", "unused_field"), ("/content/image/id", "unused_field")]
        );
    }

    #[test]
    fn what_stands_in_an_attachment_is_looked_at_as_well() {
        let can = Capabilities {
            sends_content: &["text", "image", "template"],
            sends_attachments: true,
            extras: Extras { media: &["isReusable"], ..Extras::NONE },
            ..can()
        };
        let card = json!({"title": "a", "itemUrl": "u"});
        let given = json!({"channelId": "c", "to": "p", "content": {"type": "text", "text": "a", "attachments": [
            {"type": "image", "image": {"url": "u", "is_reusable": true, "alt": "x"}},
            {"type": "video", "video": {"isReusable": true}},
            {"type": "template", "template": {"type": "generic", "elements": [card]}},
            {"type": "template", "template": {"type": "list"}},
            {"type": "text", "text": "b", "quickReplies": [{"title": "x"}], "attachments": [{"type": "image"}]},
        ]}});
        let (message, read) = OutboundMessage::read(&given);
        let found = [read.refusals, check(&message, &can).refusals].concat();
        let places: Vec<_> = found.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(
            places,
            [
                ("/content/attachments/4/quickReplies", "unsupported"),
                ("/content/attachments/4/attachments", "unsupported"),
                ("/content/attachments/0/image/alt", "unknown_field"),
                ("/content/attachments/1/type", "unsupported"),
                ("/content/attachments/2/template/elements/0/itemUrl", "unknown_field"),
                ("/content/attachments/3/template/type", "unsupported"),
            ]
        );
        let none = Capabilities { sends_attachments: false, ..can };
        let places: Vec<_> = check(&message, &none).refusals.into_iter().map(|issue| issue.pointer).collect();
        assert_eq!(places, ["/content/attachments"]);
    }

    #[test]
    fn the_options_that_every_channel_or_a_flag_declares_are_told_as_well() {
        let hints = |options: Value, can: &Capabilities| {
            let given =
                json!({"channelId": "c", "to": "p", "content": {"type": "text", "text": "a"}, "options": options});
            let refusals = check(&OutboundMessage::read(&given).0, can).refusals;
            refusals.into_iter().filter_map(|issue| issue.hint).collect::<Vec<_>>()
        };
        let texts = Capabilities { sends_content: &["text"], ..Capabilities::default() };
        let answers = Capabilities { sends_replies: true, ..texts.clone() };
        assert_eq!(hints(json!({"split": true}), &answers), ["this channel knows sender, replyTo"]);
        let meant = ["this channel knows sender, replyTo; did you mean `replyTo`?"];
        assert_eq!(hints(json!({"replyToId": "m_1"}), &answers), meant);
        assert_eq!(hints(json!({"replyTo": "m_1"}), &texts), ["this channel knows sender"]);
    }

    #[test]
    fn content_is_refused_unless_the_channel_finds_words_for_it() {
        let read = |content: Value| OutboundMessage::read(&json!({"channelId": "c", "to": "p", "content": content})).0;
        let location = read(json!({"type": "location", "location": {}}));
        let list = read(json!({"type": "template", "template": {"type": "list"}}));
        let wave = read(json!({"type": "sender_action", "senderAction": "wave"}));
        let place = |message: &OutboundMessage, can: &Capabilities| {
            check(message, can).refusals.iter().map(|issue| issue.pointer.clone()).collect::<Vec<_>>()
        };
        assert_eq!(place(&location, &can()), ["/content/type"]);
        assert_eq!(place(&list, &can()), ["/content/template/type"]);
        assert_eq!(place(&wave, &can()), ["/content/type"]);
        let waves = Capabilities { sends_content: &["sender_action"], ..can() };
        assert_eq!(place(&wave, &waves), ["/content/senderAction"]);
        let finds_words = Capabilities { options: &["fallback"], ..can() };
        assert!(place(&location, &finds_words).is_empty());
    }
}
