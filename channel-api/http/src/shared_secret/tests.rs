use channel_api::ErrorKind;
use http::HeaderValue;

use super::*;

static HEADER: WebhookHeader = WebhookHeader {
    provider: "Acme",
    name: "X-Acme-Token",
    scheme: "",
    secret: "secret token",
    find: "choose one",
    compare: "subscribe again",
};

fn verify(secrets: &SharedSecrets, values: &[&str]) -> Result<&'static str> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append("x-acme-token", HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    secrets.verify(&Delivery::new(&headers, b"{}")).map(|proof| proof.secret().unwrap())
}

#[test]
fn the_secret_is_accepted_and_said_by_name() {
    let (new, old) = (Secret::new("s3cr3t"), Secret::new("0ld"));
    let secrets = SharedSecrets::new(&HEADER, [("token", &new), ("previous_token", &old)]).unwrap();
    assert_eq!(verify(&secrets, &["s3cr3t"]).unwrap(), "token");
    assert_eq!(verify(&secrets, &["0ld"]).unwrap(), "previous_token");
    for (values, code) in [
        (&[][..], "webhook.secret_missing"),
        (&["s3cr3t", "s3cr3t"], "webhook.secret_repeated"),
        (&[""], "webhook.secret_mismatch"),
        (&["s3cr3t "], "webhook.secret_mismatch"),
        (&["S3CR3T"], "webhook.secret_mismatch"),
    ] {
        let error = verify(&secrets, values).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Unauthenticated, code), "{values:?}");
        assert!(error.hint().is_some(), "{error}");
        let shown = format!("{error:?} {secrets:?}");
        assert!(!shown.contains("s3cr3t") && !shown.contains("0ld"), "{shown}");
    }
}

#[test]
fn the_head_alone_is_judged_without_a_secret() {
    let mut headers = HeaderMap::new();
    assert_eq!(SharedSecrets::check_head(&HEADER, &headers).unwrap_err().code(), "webhook.secret_missing");
    headers.append("x-acme-token", HeaderValue::from_static("any"));
    assert!(SharedSecrets::check_head(&HEADER, &headers).is_ok());
}

#[test]
fn nothing_is_accepted_without_a_secret() {
    for secrets in [&[][..], &[Secret::new("")], &[Secret::new("s3cr3t"), Secret::new(" ")]] {
        let error = SharedSecrets::new(&HEADER, secrets.iter().map(|secret| ("token", secret))).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "webhook.empty_secret"));
    }
    for secret in [None, Some(&Secret::default())] {
        let error = verify(&SharedSecrets::offline(&HEADER, "token", secret), &["s3cr3t"]).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Unauthenticated, "webhook.no_secret"));
    }
    let secrets = SharedSecrets::offline(&HEADER, "token", Some(&"s3cr3t".into()));
    assert_eq!(verify(&secrets, &["s3cr3t"]).unwrap(), "token");
}
