use http::HeaderValue;

use super::*;

/// As Meta writes it: beyond ASCII by escapes.
const BODY: &[u8] = br#"{"t":"\u00e4"}"#;
/// HMAC-SHA256 of `BODY` under `s3cr3t`, by `openssl dgst`.
const GOOD: &str = "sha256=0c0433d1441423a91e802c49931524b1929c3bb810b4ff49d088ff918b8ac2e0";

fn headers(values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(SIGNATURE, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

fn refusal(values: &[&str], body: &[u8]) -> String {
    let keys = SignatureKeys::new(&["s3cr3t".into()]).unwrap();
    let error = keys.verify(&headers(values), body).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(error.hint().is_some(), "{error}");
    let shown = format!("{error} {error:?} {keys:?}");
    let bare = GOOD.trim_start_matches("sha256=");
    assert!(!shown.contains("s3cr3t") && !shown.to_lowercase().contains(bare), "{shown}");
    error.code().to_owned()
}

#[test]
fn accepts_what_meta_signs_and_only_the_bytes_as_they_came() {
    let keys = SignatureKeys::new(&["s3cr3t".into()]).unwrap();
    keys.verify(&headers(&[GOOD]), BODY).unwrap();
    assert_eq!(refusal(&[GOOD], "{\"t\":\"ä\"}".as_bytes()), "webhook.signature_mismatch");
    assert_eq!(refusal(&[GOOD], b""), "webhook.signature_mismatch");
}

#[test]
fn either_secret_is_accepted_while_one_replaces_the_other() {
    for secrets in [["s3cr3t", "old"], ["new", "s3cr3t"]] {
        SignatureKeys::new(&secrets.map(Secret::from)).unwrap().verify(&headers(&[GOOD]), BODY).unwrap();
    }
    let others = SignatureKeys::new(&["new".into(), "old".into()]).unwrap();
    assert_eq!(others.verify(&headers(&[GOOD]), BODY).unwrap_err().code(), "webhook.signature_mismatch");
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
        assert_eq!(refusal(&values, BODY), format!("webhook.signature_{code}"), "{values:?}");
    }
}

#[test]
fn sha_1_alone_is_not_enough() {
    let keys = SignatureKeys::new(&["s3cr3t".into()]).unwrap();
    let mut headers = HeaderMap::new();
    headers.append(LEGACY_SIGNATURE, HeaderValue::from_static("sha1=0123456789012345678901234567890123456789"));
    assert_eq!(keys.verify(&headers, BODY).unwrap_err().code(), "webhook.signature_sha1_only");
    headers.append(SIGNATURE, HeaderValue::from_static(GOOD));
    keys.verify(&headers, BODY).unwrap();
}

#[test]
fn there_is_no_channel_without_a_secret() {
    for secrets in [&[][..], &["".into()], &["s3cr3t".into(), "".into()]] {
        let error = SignatureKeys::new(secrets).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "webhook.empty_secret"));
    }
}
