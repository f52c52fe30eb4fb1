//! Every rule, at its place.

use serde_json::{Value, json};

use crate::operations::check_only;

fn refusals(name: &str, input: &Value) -> Vec<String> {
    let error = check_only(name, input).expect_err(&format!("{name} takes {input}"));
    assert_eq!((error.code(), error.kind()), ("invalid_input", channel_api::ErrorKind::InvalidMessage));
    error.issues().iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect()
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    const PSID: &str = "7411002233445566";
    let long = |length: usize| "é".repeat(length);
    let people: Vec<_> = (0..11).map(|number| number.to_string()).collect();
    for (name, input, issues) in [
        ("passThreadControl", json!({}), &["/person required", "/targetApp required"][..]),
        (
            "passThreadControl",
            json!({"person": "me/accounts", "targetApp": "Inbox", "metadata": long(1001)}),
            &["/person format", "/metadata operation.thread_control.metadata.length", "/targetApp format"],
        ),
        ("takeThreadControl", json!({"person": ""}), &["/person required"]),
        ("requestThreadControl", json!({"person": " "}), &["/person required"]),
        ("releaseThreadControl", json!({"person": "../me"}), &["/person format"]),
        ("extendThreadControl", json!({"person": PSID}), &["/duration required"]),
        (
            "extendThreadControl",
            json!({"person": PSID, "duration": 0}),
            &["/duration operation.thread_control.duration"],
        ),
        (
            "extendThreadControl",
            json!({"duration": 604_801}),
            &["/person required", "/duration operation.thread_control.duration"],
        ),
        ("extendThreadControl", json!({"person": [], "duration": "long"}), &["/duration type", "/person type"]),
        ("getThreadOwner", json!([]), &[" type"]),
        ("listSecondaryReceivers", json!({"limit": 101}), &["/limit operation.list.limit"]),
        ("createPersona", json!({}), &["/name required", "/profilePictureUrl required"]),
        (
            "createPersona",
            json!({"name": long(51), "profilePictureUrl": "http://cdn.example.com/a.jpg"}),
            &["/name operation.persona.name.length", "/profilePictureUrl url.https"],
        ),
        ("listPersonas", json!({"limit": 0}), &["/limit operation.list.limit"]),
        ("getPersona", json!({"personaId": "1 2"}), &["/personaId format"]),
        ("deletePersona", json!({}), &["/personaId required"]),
        ("replyPrivately", json!({}), &[" exactly_one", "/text required"]),
        (
            "replyPrivately",
            json!({"commentId": "a/b", "postId": "1", "text": long(2001)}),
            &[" exactly_one", "/commentId format", "/text text.length"],
        ),
        ("replyToComment", json!({"commentId": "?", "message": ""}), &["/commentId format", "/message required"]),
        ("createLabel", json!({"name": ""}), &["/name required"]),
        ("listLabels", json!({"limit": -1}), &["/limit type"]),
        ("deleteLabel", json!({}), &["/labelId required"]),
        ("labelPerson", json!({}), &["/labelId required", "/person required"]),
        ("unlabelPerson", json!({"labelId": "#", "person": "#"}), &["/labelId format", "/person format"]),
        ("listLabelsOfPerson", json!({"limit": 1000}), &["/person required", "/limit operation.list.limit"]),
        (
            "moderateConversations",
            json!({}),
            &["/people operation.moderation.people.count", "/actions operation.moderation.actions.count"],
        ),
        (
            "moderateConversations",
            json!({"people": people, "actions": ["ban_user", "forgive", "unban_user"]}),
            &[
                "/people operation.moderation.people.count",
                "/actions operation.moderation.actions.count",
                "/actions/1 choice",
                "/actions moderation.contradiction",
            ],
        ),
        (
            "moderateConversations",
            json!({"people": ["", "a b"], "actions": ["block_user", "block_user"]}),
            &["/people/0 required", "/people/1 format", "/actions/1 duplicate"],
        ),
        (
            "moderateConversations",
            json!({"people": [PSID], "actions": ["unblock_user", "block_user"]}),
            &["/actions moderation.contradiction"],
        ),
        ("getConversation", json!({"person": null}), &["/person required"]),
        ("getLinkedPerson", json!({"accountLinkingToken": " "}), &["/accountLinkingToken required"]),
        ("unlinkAccount", json!({}), &["/person required"]),
        ("listStickerPacks", json!({"limit": 200}), &["/limit operation.list.limit"]),
        ("listStickers", json!({"packId": "a.b"}), &["/packId format"]),
        ("searchStickers", json!({}), &["/query required"]),
        (
            "searchStickers",
            json!({"query": " é ", "limit": 0}),
            &["/query operation.sticker.query.length", "/limit operation.list.limit"],
        ),
        ("listTemplates", json!({"status": "GOOD", "category": "MARKETING"}), &["/status choice", "/category choice"]),
        ("deleteTemplate", json!({}), &[" exactly_one"]),
        ("deleteTemplate", json!({"name": "a", "templateId": "/"}), &[" exactly_one", "/templateId format"]),
        ("searchTemplateLibrary", json!({"limit": 500}), &["/limit operation.list.limit"]),
    ] {
        assert_eq!(refusals(name, &input), issues, "{name} {input}");
    }
}

#[test]
fn a_limit_is_named_with_the_size_that_was_given() {
    let error =
        check_only("createPersona", &json!({"name": "é".repeat(51), "profilePictureUrl": "https://a.b"})).unwrap_err();
    assert_eq!((error.issues()[0].limit, error.issues()[0].actual), (Some(50), Some(51)));
    let error = check_only("searchStickers", &json!({"query": "x"})).unwrap_err();
    assert_eq!((error.issues()[0].limit, error.issues()[0].actual), (Some(2), Some(1)));
}

#[test]
fn what_just_fits_is_taken() {
    for (name, input) in [
        ("passThreadControl", json!({"to": 1, "app_id": 2, "metadata": "é".repeat(1000)})),
        ("extendThreadControl", json!({"psid": "1", "duration": 604_800})),
        ("createPersona", json!({"name": "é".repeat(50), "picture": "https://a.b"})),
        ("replyPrivately", json!({"post_id": "1_2", "text": "é".repeat(2000), "comment_id": ""})),
        ("searchStickers", json!({"q": "ok", "limit": 100, "after": "", "locale": ""})),
        ("moderateConversations", json!({"user_ids": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "actions": ["move_to_spam"]})),
        ("listTemplates", json!({"status": "", "name": ""})),
        ("deleteTemplate", json!({"id": 5, "name": ""})),
    ] {
        assert_eq!(check_only(name, &input).map_err(|error| error.issues().to_vec()), Ok(Vec::new()), "{name} {input}");
    }
}

#[test]
fn the_inbox_of_instagram_is_taken_with_a_doubt() {
    let warnings = check_only("passThreadControl", &json!({"person": "1", "targetApp": "1217981644879628"})).unwrap();
    assert_eq!(warnings[0].pointer, "/targetApp");
}

#[test]
fn an_operation_that_is_not_there_is_named_with_those_that_are() {
    let error = check_only("passThread", &json!({})).unwrap_err();
    assert_eq!(error.code(), "operation.unknown");
    assert!(error.hint().unwrap().contains("passThreadControl"));
}
