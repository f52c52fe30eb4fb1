//! Who gets a message: `recipient`.

use channel_api::{Issue, JsonObject, Pointer, Recipient, Report};
use serde_json::Value;

use crate::id;
use crate::rules;
use crate::wire::Object;

/// A way to name a person.
struct Way {
    /// As the host spells it.
    name: &'static str,
    /// As Meta spells it.
    wire: &'static str,
    /// Whether Meta takes one message only.
    once: bool,
    /// What its author should know.
    doubt: Option<&'static str>,
}

const WAYS: [Way; 7] = [
    Way { name: "id", wire: "id", once: false, doubt: None },
    Way { name: "userRef", wire: "user_ref", once: false, doubt: None },
    Way { name: "commentId", wire: "comment_id", once: true, doubt: None },
    Way { name: "postId", wire: "post_id", once: true, doubt: None },
    Way {
        name: "phoneNumber",
        wire: "phone_number",
        once: false,
        doubt: Some(
            "finding people by phone number is no longer described by Meta; it needs the permission pages_messaging_phone_number",
        ),
    },
    Way {
        name: "notificationMessagesToken",
        wire: "notification_messages_token",
        once: false,
        doubt: Some(
            "since 2026-02-10 Meta answers these tokens with an error, except in Australia, the EU, Japan, Korea and the UK",
        ),
    },
    Way {
        name: "oneTimeNotifToken",
        wire: "one_time_notif_token",
        once: true,
        doubt: Some("Meta's page on one-time notifications is gone; the token may no longer work"),
    },
];

/// The recipient in Meta's JSON, and whether it can get one message only.
pub(crate) fn translate(to: &Recipient, page: &str, at: &Pointer<'_>, report: &mut Report) -> (Value, bool) {
    match to {
        Recipient::Id(id) => {
            rules::filled(at, Some(id), "name the person who gets this", report);
            id::person(at, Some(id), report);
            let advice = "is the Page itself: name the person who gets this";
            rules::absent(at, id == page, advice, report);
            (Object::new().with("id", id.as_str()).into(), false)
        }
        Recipient::By(by) => by_another_way(by, page, at, report),
        // A way that the contract learns later.
        _ => {
            report.refuse(Issue::new(at, "type", "must be the person's id, or an object that names them"));
            (Value::Null, false)
        }
    }
}

fn by_another_way(by: &JsonObject, page: &str, at: &Pointer<'_>, report: &mut Report) -> (Value, bool) {
    let mut found: Vec<(&Way, &Value)> = Vec::new();
    let mut name = None;
    for (key, value) in by {
        let way = WAYS.iter().find(|way| way.name == key || way.wire == key || (way.wire == "id" && key == "psid"));
        match way {
            // As good as absent, as everywhere.
            Some(_) if value.is_null() => {}
            Some(way) => found.push((way, value)),
            None if key == "name" => name = Some(value).filter(|name| !name.is_null()),
            None => {
                let known = WAYS.map(|way| way.name);
                let message = format!("is no way to name a person: use {}", rules::list(&known));
                report.refuse(Issue::new(&at.key(key), "recipient.unknown", message));
            }
        }
    }
    let [(way, value)] = found.as_slice() else {
        let message = format!("name the person in exactly one way: {}", rules::list(&WAYS.map(|way| way.name)));
        report.refuse(Issue::new(at, "exactly_one", message).with_limit(1, found.len()));
        return (Value::Null, false);
    };
    let here = at.key(way.name);
    let id = match value {
        Value::String(id) => id.clone(),
        Value::Number(id) if !id.is_f64() => id.to_string(),
        Value::Number(_) => {
            report.refuse(Issue::new(&here, "type", "must be a string, and is no whole number: write it in quotes"));
            return (Value::Null, way.once);
        }
        _ => {
            report.refuse(Issue::new(&here, "type", "must be a string"));
            return (Value::Null, way.once);
        }
    };
    rules::filled(&here, Some(&id), "is empty: name the person who gets this", report);
    match way.wire {
        "id" => {
            id::person(&here, Some(&id), report);
            rules::absent(&here, id == page, "is the Page itself: name the person who gets this", report);
        }
        "comment_id" | "post_id" => id::check(&here, Some(&id), report),
        "phone_number" => {
            let digits =
                |number: &str| number.bytes().any(|byte| byte.is_ascii_digit()) && !number.contains(['/', '@']);
            let given = Some(id.as_str()).filter(|number| !number.trim().is_empty());
            rules::format(&here, given, digits, "is no phone number: write it with + and the country's code", report);
        }
        // The site that showed the plugin has chosen it.
        "user_ref" => {}
        _ => id::opaque(&here, Some(&id), report),
    }
    if let Some(doubt) = way.doubt {
        rules::warn(&here, "recipient.legacy", doubt, report);
    }
    let by_phone = way.wire == "phone_number";
    if by_phone && !id.trim().is_empty() {
        let dialled = |id: &str| id.chars().all(|c| c.is_ascii_digit() || "+-(). ".contains(c)) && id.starts_with('+');
        rules::doubtful(
            &here,
            !dialled(&id),
            "recipient.phone",
            "write the number with + and the country's code",
            report,
        );
    }
    let wire = Object::new().with(way.wire, id);
    let wire = match name {
        Some(name) if by_phone => wire.maybe("name", full_name(name, &at.key("name"), report)),
        given => {
            rules::absent(&at.key("name"), given.is_some(), "a name goes with phoneNumber only: leave it out", report);
            wire
        }
    };
    (wire.into(), way.once)
}

fn full_name(name: &Value, at: &Pointer<'_>, report: &mut Report) -> Option<Object> {
    let Value::Object(parts) = name else {
        report.refuse(Issue::new(at, "type", "must be {\"firstName\": \"…\", \"lastName\": \"…\"}"));
        return None;
    };
    let mut wire = Object::new();
    for (key, part) in parts {
        let meta = match key.as_str() {
            "firstName" | "first_name" => "first_name",
            "lastName" | "last_name" => "last_name",
            _ => {
                report.refuse(Issue::new(&at.key(key), "recipient.unknown", "a name has firstName and lastName only"));
                continue;
            }
        };
        match part.as_str() {
            Some(part) => wire = wire.with(meta, part),
            None => report.refuse(Issue::new(&at.key(key), "type", "must be a string")),
        }
    }
    Some(wire)
}
