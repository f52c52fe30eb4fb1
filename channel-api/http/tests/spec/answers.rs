//! What an answer means: the provider's own error before the status.

use std::time::Duration;

use channel_api::{ErrorKind, ProviderCode, Result, Retry};
use channel_http::{Answer, Redaction};
use http::{HeaderMap, HeaderValue, StatusCode};
use proptest::prelude::{any, prop, proptest};
use serde_json::{Value, json};

use crate::acme::{ACME, facts};

fn read(status: u16, retry_after: &'static str, body: &str) -> Result<Value> {
    let mut headers = HeaderMap::new();
    headers.insert("retry-after", HeaderValue::from_static(retry_after));
    let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: body.as_bytes().to_vec() };
    ACME.interpret(&answer, &Redaction::default())
}

/// SND-2, SND-3, SND-8.
#[test]
fn the_provider_s_error_counts_before_the_status() {
    const UNSURE: Retry = Retry::IF_IDEMPOTENT;
    let html = "<html><body>502 Bad Gateway</body></html>";
    let blocked = r#"{"error":{"code":10,"message":"The bot was Blocked by the user"}}"#;
    for (status, body, kind, code, retry) in [
        // An error is an error under any status, and the provider's words decide before its code.
        (200, blocked, ErrorKind::RecipientUnavailable, "acme.blocked", Retry::Never),
        (500, r#"{"error":{"code":10}}"#, ErrorKind::Permission, "acme.permission", Retry::Never),
        // A code that is not known, or none: the status decides.
        (400, r#"{"error":{"code":99}}"#, ErrorKind::Rejected, "acme.refused", Retry::Never),
        (401, r#"{"error":{}}"#, ErrorKind::Credentials, "acme.unauthorized", Retry::Never),
        (403, html, ErrorKind::Permission, "acme.forbidden", Retry::Never),
        (404, html, ErrorKind::Rejected, "acme.not_found", Retry::Never),
        (429, "", ErrorKind::RateLimited, "acme.rate_limited", Retry::SAFE),
        (302, "", ErrorKind::Config, "acme.redirected", Retry::Never),
        (503, html, ErrorKind::ProviderFailed, "acme.provider_failed", UNSURE),
        (200, r#"{"error":{"code":99}}"#, ErrorKind::Unexpected, "acme.unknown_error", UNSURE),
        // A success that cannot be understood.
        (200, html, ErrorKind::ProviderFailed, "acme.unreadable_reply", UNSURE),
        (200, "", ErrorKind::ProviderFailed, "acme.unreadable_reply", UNSURE),
        (200, r#"{"id":"1""#, ErrorKind::ProviderFailed, "acme.unreadable_reply", UNSURE),
    ] {
        let error = read(status, "", body).unwrap_err();
        assert_eq!(facts(&error), (kind, code, retry), "{status} {body}");
        assert!(!error.to_string().is_empty() && !format!("{error:?}").contains("Bad Gateway"), "{status} {body}");
        assert!(code == "acme.blocked" || error.hint().is_some_and(|hint| !hint.is_empty()), "{status} {body}");
    }
    assert_eq!(read(200, "", r#"{"error":null,"id":"1"}"#).unwrap()["id"], "1");
    assert_eq!(read(204, "", "").unwrap(), Value::Null);
}

#[test]
fn a_wait_is_kept() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    for (status, header, body, retry) in [
        (429, "9", "", Retry::Safe { after: seconds(9) }),
        (503, "9", "", Retry::IfIdempotent { after: seconds(9) }),
        (429, "9999999999", "", Retry::Safe { after: seconds(24 * 60 * 60) }),
        (429, "Wed, 21 Oct 2026 07:28:00 GMT", "", Retry::SAFE),
        (400, "9", r#"{"error":{"code":29,"wait":4}}"#, Retry::Safe { after: seconds(4) }),
        (400, "", r#"{"error":{"code":29,"wait":9999999999}}"#, Retry::Safe { after: seconds(24 * 60 * 60) }),
        (400, "9", r#"{"error":{"code":29}}"#, Retry::Safe { after: seconds(9) }),
        (400, "", r#"{"error":{"code":29}}"#, Retry::Safe { after: seconds(30) }),
        (400, "9", r#"{"error":{"code":10}}"#, Retry::Never),
    ] {
        assert_eq!(read(status, header, body).unwrap_err().retry(), retry, "{status} {header} {body}");
    }
}

#[test]
fn what_the_provider_said_is_kept_short_and_without_tokens() {
    let words = format!("Malformed token {} {}", "x1".repeat(60), "long ".repeat(200));
    let body = json!({"error": {"code": 10, "message": words, "trace": "t\n"}}).to_string();
    let error = read(400, "", &body).unwrap_err();
    let provider = error.provider().unwrap();
    assert_eq!(provider.code, Some(ProviderCode::from(10)));
    let message = provider.message.as_deref().unwrap();
    assert_eq!(message.chars().count(), 300);
    assert!(message.starts_with("Malformed token [masked] long "), "{message}");
    assert_eq!(provider.trace_id.as_deref(), Some("t "));
    assert_eq!(error.context(), [("http_status".into(), "400".to_owned())]);
    assert_eq!(read(500, "", "").unwrap_err().provider(), None);
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(status in 200_u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers: HeaderMap::new(), body };
        drop(ACME.interpret(&answer, &Redaction::default()));
    }
}
