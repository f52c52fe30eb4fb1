//! The chapters that list everything of one kind.

use channel_api::ChannelId;
use channel_api::Retry;
use channel_api::capability::Limit;
use channel_api::describe;
use serde_json::Value;

use super::markdown::{code, codes, link, prose, table};
use crate::adapter::FacebookChannel;
use crate::graph::error_table;
use crate::limits;
use crate::webhook::EVENTS;
use crate::webhook_field;
use crate::window;

/// What each capability says, in the order in which a reader asks.
const CAPABILITY: [(&str, &str); 26] = [
    ("webhookAuth", "How a webhook proves who sent it."),
    ("signedWebhooks", "Webhooks carry a signature, and one that does not fit is refused."),
    ("tokenInPath", "The token stands in the path of each call."),
    ("handshake", "Meta confirms the webhook's address before it uses it."),
    ("receivesContent", "What people send."),
    ("receivesEvents", "The events that arrive."),
    ("deliveryReceipts", "Meta tells which messages have reached the person."),
    ("readReceipts", "Meta tells up to when the person has read."),
    ("sendsContent", "What can be sent: the `type` of a message's `content`."),
    ("sendsTemplates", "Structured messages: the `type` of a `template`."),
    ("sendsActions", "Signs that are no messages."),
    ("sendsAttachments", "Several attachments may go in one message."),
    ("sendsQuickReplies", "Answers to tap, below a message."),
    ("sendsReplies", "A message may answer a given one: `options.replyTo`."),
    ("sendsTags", "What `options.tag` may say, outside the 24-hour window."),
    ("options", "What else `options` may hold; whatever is not listed here is refused."),
    ("extras", "What the parts of a message may hold beside what every channel knows."),
    ("uploads", "Media that can be uploaded once and sent by id."),
    ("downloads", "Where the address of what people sent has ended, Meta is asked for a new one."),
    ("mediaHosts", "The hosts that inbound media come from, and no other; `*.` stands for all below."),
    ("userProfiles", "A person's name and picture can be looked up."),
    ("connection", "Token, permissions and subscription can be checked, and the Page subscribed."),
    ("profile", "Greeting, Get Started and menu can be set."),
    ("operations", "There is more that it can do, see [operations](super::operations)."),
    ("window", "People may be written to for some time only, and the adapter says for how long."),
    ("limits", "What is counted before a call is made."),
];

pub(super) fn capabilities() -> String {
    let channel = FacebookChannel::offline(ChannelId::new("docs"), None);
    let declared = serde_json::to_value(describe(&channel)).unwrap();
    let declared = declared.as_object().unwrap();
    for name in declared.keys() {
        assert!(CAPABILITY.iter().any(|(known, _)| known == name), "say in src/docs/reference.rs what {name} is");
    }
    let rows = CAPABILITY.iter().map(|(name, what)| {
        let value = match (*name, &declared[*name]) {
            ("receivesEvents", Value::Array(events)) => format!("{}, see [events](super::events)", events.len()),
            ("limits", Value::Array(limits)) => format!("{}, see [limits](super::limits)", limits.len()),
            (_, Value::Bool(true)) => "yes".to_owned(),
            (_, Value::Bool(false)) => "no".to_owned(),
            (_, Value::String(word)) => code(word),
            (_, Value::Array(words)) => codes(words.iter().filter_map(Value::as_str)),
            (_, Value::Object(parts)) => {
                let named = parts.iter().filter_map(|(part, words)| Some((part, words.as_array()?)));
                let named = named.filter(|(_, words)| !words.is_empty());
                let part = |(part, words): (&String, &Vec<Value>)| {
                    format!("{}: {}", code(part), codes(words.iter().filter_map(Value::as_str)))
                };
                named.map(part).collect::<Vec<_>>().join("; ")
            }
            (_, other) => panic!("{name} is {other}, which no chapter can show"),
        };
        [code(name), value, (*what).to_owned()]
    });
    format!("What a Messenger channel can do.\n\n{}", table(["capability", "here", "what it is"], rows))
}

pub(super) fn events() -> String {
    let rows = EVENTS.iter().map(|(event, field, what)| [code(event), code(field), (*what).to_owned()]);
    format!(
        "The events that a Messenger channel emits, and the webhook field of Meta's (as in `subscribed_fields`) that each comes \
         from.\n\nWhile another app is responsible for a conversation its events come through Meta's field `standby`. They have \
         the same names here, and `observed` is set: nobody should answer them.\n\n{}\n{}",
        table(["event", "Meta's field", "what happened"], rows),
        include_str!("reading.md")
    )
}

pub(super) fn webhook_fields() -> String {
    let rows = webhook_field::all().map(|(field, permission)| {
        let usual = if webhook_field::DEFAULT_FIELDS.contains(&field) { "yes" } else { "" };
        [code(field), usual.to_owned(), code(permission), webhook_field::description(field)]
    });
    format!(
        "The webhook fields that a Messenger channel reads: `subscribe` in its configuration names those that the Page gets, as a \
         list or as one text with commas; without it, or empty, the usual ones. A name that does not stand here is refused. What \
         else Meta offers, today or tomorrow, can be subscribed to at Meta itself: a repair takes nothing away, and what comes of it \
         is `facebook.unknown`, whole.\n\n\
         Beside the permission of its row each needs `pages_manage_metadata`. Meta refuses a list as a whole for one field that the \
         app may not have; a repair asks again without it and names it (`facebook.field_refused`). A check tells what is missing \
         (`facebook.subscription_incomplete`), that it was told to do without echoes (`facebook.no_echoes`), what could be read \
         besides (`facebook.fields_available`, a note), and whether the app gets it as well: a field comes only where both the Page \
         and the app are subscribed to it (`facebook.app_fields_missing`).\n\n{}",
        table(["field", "usual", "permission", "what comes"], rows)
    )
}

fn limit(limit: &Limit) -> [String; 5] {
    let least = if limit.min == 0 { String::new() } else { limit.min.to_string() };
    [code(limit.name), least, limit.max.to_string(), limit.unit.as_str().to_owned(), link(limit.source)]
}

pub(super) fn limits() -> String {
    let heads = ["limit", "at least", "at most", "counted in", "Meta's page"];
    format!(
        "Every number that is checked before a message is sent. A message that breaks one is refused with the limit's name as the \
         issue's `code`, and with `limit` and `actual`; with `options.fallback` what is too long or too much is said otherwise, the code \
         is that of the warning `fallback.text`, and the limit's name is its `args.rule`. Characters are Unicode scalar values.\n\n{}\n\
         In the Page's profile:\n\n{}\nIn the input of an operation, see [operations](super::operations):\n\n{}\n\
         In uploads and batches, and what Meta counts in a file that it fetches:\n\n{}\n\
         How long after a person's last message one may write to them; [`window`](crate::window) gives the answer:\n\n{}",
        table(heads, limits::ALL.iter().map(limit)),
        table(heads, limits::PROFILE.iter().map(limit)),
        table(heads, limits::OPERATIONS.iter().map(limit)),
        table(heads, limits::CALLS.iter().map(limit)),
        table(heads, window::LIMITS.iter().map(limit)),
    )
}

/// Whether a call may be made again, in words.
fn again(retry: Retry) -> String {
    let (word, after) = match retry {
        Retry::Never => return "no".to_owned(),
        Retry::Safe { after } => ("yes", after),
        Retry::IfIdempotent { after } => ("may have been sent", after),
        other => panic!("{other:?} has no words yet"),
    };
    after.map_or_else(|| word.to_owned(), |after| format!("{word}, after {} s", after.as_secs()))
}

pub(super) fn errors() -> String {
    let rows = error_table().iter().map(|rule| {
        let what = prose(&format!("{} {}", rule.sentence, rule.hint));
        [code(rule), code(rule.name), code(rule.kind.as_str()), again(rule.retry), what, link(rule.source)]
    });
    let heads = ["Meta's code/subcode", "code", "kind", "again?", "what happened, and what to do", "page"];
    format!(
        "What Meta answers when a call fails, and what it means. The subcode decides where there is one; words in quotation marks \
         stand in Meta's message or in what it says to people (`…` is whatever stands between them). An error carries `code`, `kind`, \
         the sentence, the advice and, in `provider`, Meta's own numbers, `message`, `userTitle` and `userMessage` (Meta's \
         `error_user_title` and `error_user_msg`) and `fbtrace_id`. The same table is data: \
         [`error_table`](crate::graph::error_table).\n\n\
         Some codes stand for much that has nothing in common. Their own row tells no more than what is true of all of it, and sends \
         the reader to Meta's own words; a number that has no row at all is told with those words alone.\n\n\
         *again?* \"yes\" means that nothing was sent; \"may have been sent\" means that only an echo or a receipt tells.\n\n{}",
        table(heads, rows)
    )
}
