//! What an answer means, over the function that reads every answer.

use std::time::Duration;

use channel_api::{Error, ErrorKind, Result, Retry};
use channel_http::{Answer, Redaction};
use proptest::prelude::{any, prop, proptest};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::super::meta::META;
use super::super::reply::receipt;
use super::server::{Server, answer, client, message, within};

fn read(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Result<Value> {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
    let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: body.into() };
    META.interpret(&answer, &Redaction::default())
}

fn facts(error: &Error) -> (ErrorKind, &str, Retry) {
    (error.kind(), error.code(), error.retry())
}

#[test]
fn a_closed_window_as_meta_says_it() {
    let body = r#"{"error":{"message":"(#10) This message is sent outside of allowed window.","type":"OAuthException",
        "code":10,"error_subcode":2018278,"error_user_title":"x","is_transient":false,"fbtrace_id":"AbC123"}}"#;
    let error = read(400, &[], body).unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::WindowClosed, "facebook.window_closed", Retry::Never));
    let provider = error.provider().unwrap();
    assert_eq!((provider.code_number(), provider.subcode_number()), (Some(10), Some(2_018_278)));
    assert_eq!(provider.message.as_deref(), Some("(#10) This message is sent outside of allowed window."));
    assert_eq!(provider.trace_id.as_deref(), Some("AbC123"));
    assert!(error.hint().unwrap().contains("HUMAN_AGENT"));
    assert!(error.context().iter().any(|(name, value)| *name == "documentation" && value.ends_with("error-codes")));
}

#[test]
fn the_error_body_counts_before_the_status() {
    use ErrorKind::{
        Config, Credentials, Permission, ProviderFailed, RateLimited, RecipientUnavailable, Rejected, Unexpected,
        WindowClosed,
    };
    const UNSURE: Retry = Retry::IF_IDEMPOTENT;
    let html = "<html><body>502 Bad Gateway</body></html>";
    for (status, body, kind, code, retry) in [
        // An error is an error under any status, and Meta's code decides.
        (200, r#"{"error":{"code":190,"message":"m"}}"#, Credentials, "facebook.token_invalid", Retry::Never),
        (
            500,
            r#"{"error":{"code":551,"message":"m"}}"#,
            RecipientUnavailable,
            "facebook.person_unavailable",
            Retry::Never,
        ),
        (400, r#"{"error":{"code":4,"message":"m"}}"#, RateLimited, "facebook.rate_limited", Retry::SAFE),
        (
            403,
            r#"{"error":{"code":"10","error_subcode":"2018278"}}"#,
            WindowClosed,
            "facebook.window_closed",
            Retry::Never,
        ),
        (400, r#"{"error":{"code":1,"error_subcode":1357046}}"#, ProviderFailed, "facebook.sent_with_error", UNSURE),
        (
            400,
            r#"{"error":{"code":2,"error_subcode":2018344}}"#,
            Permission,
            "facebook.terms_not_accepted",
            Retry::Never,
        ),
        (400, r#"{"error":{"code":2,"error_subcode":9}}"#, ProviderFailed, "facebook.temporary", UNSURE),
        // A code that is not known: transient first, then the status.
        (400, r#"{"error":{"code":987654,"is_transient":true}}"#, ProviderFailed, "facebook.provider_failed", UNSURE),
        (400, r#"{"error":{"code":987654,"is_transient":false}}"#, Rejected, "facebook.refused", Retry::Never),
        (401, r#"{"error":{"message":"no"}}"#, Credentials, "facebook.unauthorized", Retry::Never),
        (403, r#"{"error":"no"}"#, Permission, "facebook.forbidden", Retry::Never),
        (429, r#"{"error":{}}"#, RateLimited, "facebook.rate_limited", Retry::SAFE),
        (503, r#"{"error":{"code":987654}}"#, ProviderFailed, "facebook.provider_failed", UNSURE),
        (200, r#"{"error":{"code":987654}}"#, Unexpected, "facebook.unknown_error", UNSURE),
        // No error body at all.
        (500, html, ProviderFailed, "facebook.provider_failed", UNSURE),
        (502, html, ProviderFailed, "facebook.provider_failed", UNSURE),
        (404, html, Rejected, "facebook.not_found", Retry::Never),
        (400, "", Rejected, "facebook.refused", Retry::Never),
        (400, r#"{"error":null}"#, Rejected, "facebook.refused", Retry::Never),
        (302, "", Config, "facebook.redirected", Retry::Never),
        (200, html, ProviderFailed, "facebook.unreadable_reply", UNSURE),
        (200, "", ProviderFailed, "facebook.unreadable_reply", UNSURE),
        (200, r#"{"message_id":"m_1""#, ProviderFailed, "facebook.unreadable_reply", UNSURE),
    ] {
        let error = read(status, &[], body).unwrap_err();
        assert_eq!(facts(&error), (kind, code, retry), "{status} {body}");
        assert!(error.hint().is_some_and(|hint| hint.len() > 10), "{status} {body}");
        assert!(!error.to_string().is_empty() && !format!("{error:?}").contains("Bad Gateway"), "{status} {body}");
    }
    assert_eq!(read(200, &[], r#"{"error":null,"id":"1"}"#).unwrap()["id"], "1");
}

#[test]
fn throttling_waits_as_long_as_meta_says() {
    let usage = r#"{"1098765432100001":[{"type":"messenger","call_count":100,"estimated_time_to_regain_access":19}]}"#;
    let calm = r#"{"1098765432100001":[{"type":"messenger","call_count":30,"estimated_time_to_regain_access":0}]}"#;
    let minutes = |minutes| Retry::Safe { after: Some(Duration::from_mins(minutes)) };
    for (code, header, retry) in [
        (80_006, ("x-business-use-case-usage", usage), minutes(19)),
        (613, ("x-business-use-case-usage", usage), minutes(19)),
        (4, ("retry-after", "120"), minutes(2)),
        (4, ("x-business-use-case-usage", calm), Retry::SAFE),
        (368, ("x-app-usage", "{}"), minutes(60)),
        (368, ("x-business-use-case-usage", usage), minutes(19)),
        // Only throttling waits for a quota.
        (190, ("x-business-use-case-usage", usage), Retry::Never),
        (2, ("x-business-use-case-usage", usage), Retry::IF_IDEMPOTENT),
    ] {
        let error = read(400, &[header], &json!({"error": {"code": code}}).to_string()).unwrap_err();
        assert_eq!(error.retry(), retry, "{code} {header:?}");
    }
    let error = read(400, &[("x-business-use-case-usage", usage)], r#"{"error":{"code":80006}}"#).unwrap_err();
    assert!(error.context().contains(&("quota_used_percent".into(), "100".to_owned())));
    let error = read(429, &[("retry-after", "60")], "slow down").unwrap_err();
    assert_eq!(error.retry(), minutes(1));
}

#[test]
fn meta_s_words_are_kept_short_and_without_tokens() {
    let words = format!("Malformed access token EAAG{} {}", "x1".repeat(60), "long ".repeat(200));
    let body = json!({"error": {"code": 190, "message": words, "fbtrace_id": "t\n"}}).to_string();
    let error = read(400, &[], &body).unwrap_err();
    let provider = error.provider().unwrap();
    let message = provider.message.as_deref().unwrap();
    assert_eq!(message.chars().count(), 300);
    assert!(message.starts_with("Malformed access token [masked] long "), "{message}");
    assert_eq!(provider.trace_id.as_deref(), Some("t "));
}

#[test]
fn receipts_are_read_in_all_their_shapes() {
    let traced = HeaderMap::from_iter([(HeaderName::from_static("x-fb-trace-id"), HeaderValue::from_static("AbCdEf"))]);
    for (is_message, answer, expected) in [
        (true, json!({"recipient_id": "7", "message_id": "m_1"}), ["m_1", "7", ""]),
        (true, json!({"recipient": {"id": "7"}, "message_id": "m_1"}), ["m_1", "7", ""]),
        (true, json!({"message_id": "m_1", "attachment_id": "17"}), ["m_1", "", "17"]),
        (true, json!({"message_id": "m_1", "attachment_id": 17, "recipient_id": 7}), ["m_1", "7", "17"]),
        (false, json!({"recipient_id": "7"}), ["", "7", ""]),
        (false, json!({"attachment_id": "17"}), ["", "", "17"]),
        (false, json!({"success": true}), ["", "", ""]),
        (false, json!({"success": "true"}), ["", "", ""]),
    ] {
        let receipt = receipt(&answer, &traced, is_message).unwrap();
        assert_eq!(receipt.trace_id.as_deref(), Some("AbCdEf"));
        let found = [receipt.message_id, receipt.recipient_id, receipt.attachment_id].map(Option::unwrap_or_default);
        assert_eq!(found, expected, "{answer}");
    }
    for answer in
        [json!({"recipient_id": "7"}), json!({"message_id": ""}), json!({"message_id": null}), json!([]), json!(true)]
    {
        let error = receipt(&answer, &traced, true).unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::ProviderFailed, "facebook.no_message_id", Retry::IF_IDEMPOTENT),
            "{answer}"
        );
    }
    for answer in [json!({"success": false}), json!({"success": "false"})] {
        assert_eq!(facts(&receipt(&answer, &traced, false).unwrap_err()).1, "facebook.not_done", "{answer}");
    }
}

#[tokio::test]
async fn a_sender_action_needs_no_message_id_and_a_message_does() {
    let server = Server::start(answer("200 OK", json!({"recipient_id": "7"}))).await;
    let error = within(client(&server.url).send(&message())).await.unwrap_err();
    assert_eq!(error.code(), "facebook.no_message_id");
    let mut action = message();
    action.body = json!({"recipient": {"id": "7"}, "sender_action": "typing_on"});
    assert_eq!(within(client(&server.url).send(&action)).await.unwrap().recipient_id.as_deref(), Some("7"));
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(status in 200_u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body };
        drop(META.interpret(&answer, &Redaction::default()));
    }
}

#[test]
fn what_meta_says_to_people_is_kept_as_its_message_is() {
    let long = format!("Masked EAAG{} and {}", "x1".repeat(40), "on ".repeat(200));
    for (title, told, expected) in [
        (json!("Gone"), json!("Use another"), (Some("Gone"), Some("Use another"), vec!["m", "Gone: Use another"])),
        (json!("Gone"), Value::Null, (Some("Gone"), None, vec!["m", "Gone"])),
        (Value::Null, json!("one\nline"), (None, Some("one line"), vec!["m", "one line"])),
        (Value::Null, json!("m"), (None, Some("m"), vec!["m"])),
        (json!(""), json!(7), (None, None, vec!["m"])),
    ] {
        let body = json!({"error": {"code": 100, "message": "m", "error_user_title": title, "error_user_msg": told}});
        let error = read(400, &[], &body.to_string()).unwrap_err();
        let provider = error.provider().unwrap();
        let found = (provider.user_title.as_deref(), provider.user_message.as_deref(), provider.words());
        assert_eq!((found.0, found.1), (expected.0, expected.1), "{body}");
        assert_eq!(found.2, expected.2, "{body}");
        // Where there are none, nobody's JSON changes.
        let json = serde_json::to_value(provider).unwrap();
        assert_eq!(json.get("userTitle").and_then(Value::as_str), expected.0);
        assert_eq!(json.get("userMessage").and_then(Value::as_str), expected.1);
    }
    let body = json!({"error": {"code": 100, "error_user_title": long, "error_user_msg": long}}).to_string();
    let error = read(400, &[], &body).unwrap_err();
    let provider = error.provider().unwrap();
    for words in [&provider.user_title, &provider.user_message] {
        let words = words.as_deref().unwrap();
        assert!(words.starts_with("Masked [masked] and on "), "{words}");
        assert_eq!(words.chars().count(), 300);
    }
}

#[test]
fn a_cause_may_stand_in_what_meta_says_to_people_alone() {
    for (name, told, code) in [
        ("error_user_msg", "This message is sent outside of allowed window.", "facebook.window_closed"),
        ("error_user_title", "This person isn't available right now.", "facebook.person_unavailable"),
        ("error_user_msg", "Something that nobody has seen yet", "facebook.not_allowed"),
    ] {
        let mut body = json!({"error": {"code": 10, "message": "(#10) Not allowed"}});
        body["error"][name] = told.into();
        assert_eq!(read(400, &[], &body.to_string()).unwrap_err().code(), code, "{told}");
    }
}

#[test]
fn meta_s_word_that_it_passes_counts_where_no_cause_is_known() {
    const UNSURE: Retry = Retry::IF_IDEMPOTENT;
    for (code, subcode, name, retry) in [
        // Nothing is known of these but that they pass.
        (100, 0, "facebook.provider_failed", UNSURE),
        (10, 1_234_567, "facebook.provider_failed", UNSURE),
        (250, 0, "facebook.provider_failed", UNSURE),
        // A known cause is not made better by it, and one that is Meta's own has its words already.
        (4, 2_018_354, "facebook.notification_too_early", Retry::Never),
        (100, 2_018_001, "facebook.person_unknown", Retry::Never),
        (2, 0, "facebook.temporary", UNSURE),
        (1, 7, "facebook.unknown_failure", UNSURE),
    ] {
        let body = json!({"error": {"code": code, "error_subcode": subcode, "message": "m", "is_transient": true}});
        let error = read(400, &[], &body.to_string()).unwrap_err();
        assert_eq!((error.code(), error.retry()), (name, retry), "{code}/{subcode}");
    }
}

#[test]
fn a_hint_points_to_meta_s_words_only_where_there_are_any() {
    for (status, body, words) in [
        (400, r#"{"error":{"code":987654,"message":"new"}}"#, true),
        (403, r#"{"error":{"code":987654,"message":"new"}}"#, true),
        (404, r#"{"error":{"code":803,"message":"no such alias"}}"#, true),
        (403, "<html>403 Forbidden</html>", false),
        (404, "<html>404</html>", false),
        (401, "", false),
        (413, "too large", false),
    ] {
        let error = read(status, &[], body).unwrap_err();
        let hint = error.hint().unwrap();
        assert_eq!(hint.contains("Meta's own words"), words, "{status} {body}: {hint}");
        assert_eq!(hint.contains("not in Meta's form"), !words, "{status} {body}: {hint}");
        for guess in ["permission", "pages_messaging", "regenerate"] {
            assert!(!hint.contains(guess), "{status} {body}: {hint}");
        }
    }
}
