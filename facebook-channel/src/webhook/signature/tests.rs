//! In which words a delivery is refused. How signatures are compared, the kit's own tests show.

use http::HeaderValue;

use super::*;

/// As Meta writes it: beyond ASCII by escapes.
const BODY: &[u8] = br#"{"t":"\u00e4"}"#;
/// HMAC-SHA256 of `BODY` under `s3cr3t`, by `openssl dgst`.
const GOOD: &str = "sha256=0c0433d1441423a91e802c49931524b1929c3bb810b4ff49d088ff918b8ac2e0";

fn verified(secrets: &[&str], signatures: &[&str], body: &[u8]) -> Result<()> {
    let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
    let mut headers = HeaderMap::new();
    for value in signatures {
        headers.append(SIGNATURE.name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    verify(&signing_keys(&secrets).unwrap(), &Delivery::new(&headers, body)).map(drop)
}

#[test]
fn what_meta_signs_is_accepted_under_either_secret() {
    for secrets in [&["s3cr3t"][..], &["s3cr3t", "old"], &["new", "s3cr3t"]] {
        verified(secrets, &[GOOD], BODY).unwrap();
    }
    assert!(verified(&["s3cr3t"], &[GOOD], "{\"t\":\"ä\"}".as_bytes()).is_err(), "only the bytes as they came");
}

#[test]
fn each_way_to_be_wrong_has_its_words() {
    let upper = format!("sha256={}", GOOD.strip_prefix("sha256=").unwrap().to_uppercase());
    let not_hex = GOOD.replace('0', "g");
    let form = "Meta writes sha256= and 64 lower-case hex digits";
    for (values, code, sentence, hint) in [
        (
            &[][..],
            "missing",
            "the header X-Hub-Signature-256 is missing",
            "Meta always sends it; a proxy in front of this host may drop it, or somebody else is calling",
        ),
        (
            &[GOOD, GOOD],
            "repeated",
            "the header X-Hub-Signature-256 is given more than once",
            "Meta sends it once; look for a proxy that adds a header of its own",
        ),
        (
            &["sha1=0123"],
            "scheme",
            "the signature does not begin with sha256=",
            &format!("{form}; a proxy may have changed the header"),
        ),
        (
            &["sha256="],
            "length",
            "the signature is not 64 hex digits long",
            &format!("{form}; a proxy may have shortened or joined headers"),
        ),
        (
            &[upper.as_str()],
            "upper_case",
            "the signature is written in upper-case digits",
            "Meta writes lower-case hex digits; if the caller is a program of your own, let it do the same",
        ),
        (
            &[not_hex.as_str()],
            "not_hex",
            "the signature has characters that are no hex digits",
            &format!("{form}; if the caller is a program of your own, hex-encode the digest"),
        ),
        (&[GOOD], "mismatch", "the signature does not fit the body", SIGNATURE.compare),
    ] {
        let error = verified(&["other"], values, BODY).unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Unauthenticated, "verify"));
        let words = (error.code(), error.to_string(), error.hint().unwrap());
        assert_eq!(words, (format!("webhook.signature_{code}").as_str(), sentence.to_owned(), hint));
    }
}

#[test]
fn sha_1_alone_is_not_enough() {
    let keys = signing_keys(&["s3cr3t".into()]).unwrap();
    let mut headers = HeaderMap::new();
    headers.append(LEGACY_SIGNATURE, HeaderValue::from_static("sha1=0123456789012345678901234567890123456789"));
    let error = verify(&keys, &Delivery::new(&headers, BODY)).unwrap_err();
    assert_eq!(error.code(), "webhook.signature_sha1_only");
    headers.append(SIGNATURE.name, HeaderValue::from_static(GOOD));
    verify(&keys, &Delivery::new(&headers, BODY)).unwrap();
}

#[test]
fn there_is_no_channel_without_a_secret() {
    for secrets in [&[][..], &["".into()], &["s3cr3t".into(), "".into()]] {
        let error = signing_keys(secrets).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "webhook.empty_secret"));
        assert_eq!(error.to_string(), "there is no app secret, or an empty one");
    }
}
