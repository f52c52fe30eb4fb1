use http::HeaderValue;

use super::*;

static HEADER: WebhookHeader = WebhookHeader {
    provider: "Acme",
    name: "X-Acme-Signature",
    scheme: "sha256=",
    secret: "signing key",
    find: "copy it from the console",
    compare: "compare it with the console's",
};
static BARE: WebhookHeader = WebhookHeader { scheme: "", ..HEADER };

const BODY: &[u8] = br#"{"t":"\u00e4"}"#;
/// HMAC-SHA256 of `BODY` under `s3cr3t`, by `openssl dgst`.
const GOOD: &str = "sha256=0c0433d1441423a91e802c49931524b1929c3bb810b4ff49d088ff918b8ac2e0";

fn keys(header: &'static WebhookHeader, secrets: &[(&'static str, &str)]) -> SigningKeys {
    let secrets: Vec<_> = secrets.iter().map(|(field, secret)| (*field, Secret::from(*secret))).collect();
    SigningKeys::new(header, secrets.iter().map(|(field, secret)| (*field, secret))).unwrap()
}

fn verify(keys: &SigningKeys, values: &[&str], body: &[u8]) -> Result<&'static str> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append("x-acme-signature", HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    keys.verify(&Delivery::new(&headers, body)).map(|proof| proof.secret().unwrap())
}

fn refusal(header: &'static WebhookHeader, values: &[&str], body: &[u8]) -> String {
    let keys = keys(header, &[("key", "s3cr3t")]);
    let error = verify(&keys, values, body).unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unauthenticated, "verify"));
    assert!(error.hint().is_some(), "{error}");
    let shown = format!("{error} {error:?} {keys:?}");
    let bare = GOOD.trim_start_matches("sha256=");
    assert!(!shown.contains("s3cr3t") && !shown.to_lowercase().contains(bare), "{shown}");
    error.code().to_owned()
}

#[test]
fn what_was_signed_is_accepted_as_it_came_and_says_by_which_key() {
    assert_eq!(verify(&keys(&HEADER, &[("key", "s3cr3t")]), &[GOOD], BODY).unwrap(), "key");
    assert_eq!(refusal(&HEADER, &[GOOD], "{\"t\":\"ä\"}".as_bytes()), "webhook.signature_mismatch");
    assert_eq!(refusal(&HEADER, &[GOOD], b""), "webhook.signature_mismatch");
    for (secrets, field) in [
        ([("key", "s3cr3t"), ("previous_key", "old")], "key"),
        ([("key", "new"), ("previous_key", "s3cr3t")], "previous_key"),
    ] {
        assert_eq!(verify(&keys(&HEADER, &secrets), &[GOOD], BODY).unwrap(), field);
    }
    let others = keys(&HEADER, &[("key", "new"), ("previous_key", "old")]);
    assert_eq!(verify(&others, &[GOOD], BODY).unwrap_err().code(), "webhook.signature_mismatch");
}

#[test]
fn each_way_to_be_wrong_has_its_code() {
    let digits = GOOD.strip_prefix("sha256=").unwrap();
    let upper = format!("sha256={}", digits.to_uppercase());
    let mixed = format!("sha256={}", digits.replacen('c', "C", 1));
    let wrong = format!("sha256={}", digits.chars().rev().collect::<String>());
    let not_hex = GOOD.replace('0', "g");
    let short = GOOD.strip_suffix("e0").unwrap();
    let joined = format!("{GOOD}, {GOOD}");
    let shouted = upper.to_uppercase();
    for (values, code) in [
        (vec![], "missing"),
        (vec![GOOD, GOOD], "repeated"),
        (vec![""], "scheme"),
        (vec![digits], "scheme"),
        (vec!["sha1=0123456789012345678901234567890123456789"], "scheme"),
        (vec![&shouted], "scheme"),
        (vec!["sha256="], "length"),
        (vec![short], "length"),
        (vec![&joined], "length"),
        (vec![&upper], "upper_case"),
        (vec![&mixed], "upper_case"),
        (vec![&not_hex], "not_hex"),
        (vec![&wrong], "mismatch"),
    ] {
        assert_eq!(refusal(&HEADER, &values, BODY), format!("webhook.signature_{code}"), "{values:?}");
    }
    // Where nothing names the algorithm, the digits stand alone.
    assert!(verify(&keys(&BARE, &[("key", "s3cr3t")]), &[digits], BODY).is_ok());
    assert_eq!(refusal(&BARE, &[GOOD], BODY), "webhook.signature_length");
}

#[test]
fn the_head_alone_is_judged_without_a_secret() {
    let mut headers = HeaderMap::new();
    let code = |headers: &HeaderMap| SigningKeys::check_head(&HEADER, headers).map_err(|error| error.code().to_owned());
    assert_eq!(code(&headers), Err("webhook.signature_missing".to_owned()));
    headers.append("x-acme-signature", HeaderValue::from_static("sha256=no"));
    assert_eq!(code(&headers), Err("webhook.signature_length".to_owned()));
    headers.insert("x-acme-signature", HeaderValue::from_static(GOOD));
    assert_eq!(code(&headers), Ok(()));
}

#[test]
fn nothing_is_accepted_without_a_secret() {
    for secrets in [&[][..], &["".into()], &["s3cr3t".into(), " ".into()]] {
        let error = SigningKeys::new(&HEADER, secrets.iter().map(|secret: &Secret| ("key", secret))).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "webhook.empty_secret"));
        assert_eq!(error.to_string(), "there is no signing key, or an empty one");
    }
    for secret in [None, Some(&Secret::default())] {
        let keys = SigningKeys::offline(&HEADER, "key", secret);
        assert_eq!(verify(&keys, &[GOOD], BODY).unwrap_err().code(), "webhook.no_secret");
    }
    let keys = SigningKeys::offline(&HEADER, "key", Some(&"s3cr3t".into()));
    assert_eq!(verify(&keys, &[GOOD], BODY).unwrap(), "key");
}
