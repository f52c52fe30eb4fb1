//! The ways to name a person.

use serde_json::{Value, json};

use super::{PAGE, bodies, long, refusals, saying, warnings, with_options};

fn to(to: Value) -> Value {
    let mut message = saying(json!({"type": "text", "text": "Hi"}));
    message["to"] = to;
    message
}

#[test]
fn each_way_in_both_spellings() {
    for (way, wire) in [
        (json!("7411002233445566"), json!({"id": "7411002233445566"})),
        (json!({"id": "7"}), json!({"id": "7"})),
        (json!({"psid": 7}), json!({"id": "7"})),
        (json!({"userRef": "u"}), json!({"user_ref": "u"})),
        (json!({"user_ref": "u"}), json!({"user_ref": "u"})),
        (json!({"id": "7411", "phone_number": null, "userRef": null, "name": null}), json!({"id": "7411"})),
        (json!({"commentId": "1_2"}), json!({"comment_id": "1_2"})),
        (json!({"post_id": "1_2"}), json!({"post_id": "1_2"})),
        (
            json!({"phoneNumber": "+1(212)555-2368", "name": {"firstName": "Ana", "last_name": "Doe"}}),
            json!({"phone_number": "+1(212)555-2368", "name": {"first_name": "Ana", "last_name": "Doe"}}),
        ),
        (json!({"notificationMessagesToken": "t"}), json!({"notification_messages_token": "t"})),
        (json!({"one_time_notif_token": "t"}), json!({"one_time_notif_token": "t"})),
    ] {
        assert_eq!(bodies(&to(way))[0]["recipient"], wire);
    }
}

#[test]
fn every_rule_of_recipients() {
    let cases: Vec<(Value, &[&str])> = vec![
        (json!(" "), &["/to required"]),
        (json!("+49 30 123456"), &["/to format"]),
        (json!("https://m.me/acme"), &["/to format"]),
        (json!("7411002233445566\r\n"), &["/to format"]),
        (json!({"id": "undefined"}), &["/to/id format"]),
        (json!({"psid": "@ana"}), &["/to/id format"]),
        (json!(PAGE), &["/to not_allowed"]),
        (json!({"id": PAGE}), &["/to/id not_allowed"]),
        (json!({"commentId": "https://facebook.com/acme/posts/1"}), &["/to/commentId format"]),
        (json!({"postId": "1 2"}), &["/to/postId format"]),
        (json!({"oneTimeNotifToken": "t\n"}), &["/to/oneTimeNotifToken format"]),
        (json!({"phoneNumber": "ana@example.org"}), &["/to/phoneNumber format"]),
        (json!({"phoneNumber": "m.me/1"}), &["/to/phoneNumber format"]),
        (json!({"userRef": "u", "postId": "p"}), &["/to exactly_one 2/1"]),
        (json!({"name": {}}), &["/to exactly_one 0/1"]),
        (json!({"id": null, "name": null}), &["/to exactly_one 0/1"]),
        (json!({"id": "7", "userRef": "u", "postId": null}), &["/to exactly_one 2/1"]),
        (json!({"id": "7", "loginId": null}), &["/to/loginId recipient.unknown"]),
        (json!(1e15), &["/to type"]),
        (json!({"id": 1e15}), &["/to/id type"]),
        (json!({"loginId": "1"}), &["/to exactly_one 0/1", "/to/loginId recipient.unknown"]),
        (json!({"userRef": ""}), &["/to/userRef required"]),
        (json!({"commentId": ["1"]}), &["/to/commentId type"]),
        (json!({"userRef": "u", "name": {"firstName": "Ana"}}), &["/to/name not_allowed"]),
        (json!({"phoneNumber": "+12125552368", "name": "Ana"}), &["/to/name type"]),
        (json!({"phoneNumber": "+12125552368", "name": {"nick": "A"}}), &["/to/name/nick recipient.unknown"]),
    ];
    for (way, expected) in cases {
        assert_eq!(refusals(&to(way.clone())), expected, "{way}");
    }
}

#[test]
fn ways_that_are_going_are_warned_about() {
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({"userRef": "u"}), &[]),
        (json!({"phoneNumber": "+12125552368"}), &["/to/phoneNumber recipient.legacy"]),
        (
            json!({"phoneNumber": "2125552368"}),
            &["/to/phoneNumber recipient.legacy", "/to/phoneNumber recipient.phone"],
        ),
        (json!({"notificationMessagesToken": "t"}), &["/to/notificationMessagesToken recipient.legacy"]),
        (json!({"oneTimeNotifToken": "t"}), &["/to/oneTimeNotifToken recipient.legacy"]),
    ];
    for (way, expected) in cases {
        assert_eq!(warnings(&to(way.clone())), expected, "{way}");
    }
}

#[test]
fn who_gets_one_message_only_gets_no_parts() {
    let long_text = with_options(json!({"type": "text", "text": long(2001)}), json!({"split": true}));
    for (way, expected) in [
        (json!({"commentId": "1_2"}), vec!["/options/split split.once 2/1"]),
        (json!({"postId": "1_2"}), vec!["/options/split split.once 2/1"]),
        (json!({"oneTimeNotifToken": "t"}), vec!["/options/split split.once 2/1"]),
        (json!({"userRef": "u"}), vec![]),
    ] {
        let mut message = long_text.clone();
        message["to"] = way;
        assert_eq!(refusals(&message), expected);
    }
}
