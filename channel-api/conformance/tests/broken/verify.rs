//! Signatures and handshakes.

use channel_api::{Delivery, Error, ErrorKind, Proof, Result, Secret, Subscription};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::kit::{BrokenAdapter, Defect, Inner, memory, signature};

const SIGNATURE: HeaderName = HeaderName::from_static("x-memory-signature");

/// The signature, when it is there and text.
fn given<'a>(delivery: &'a Delivery<'_>) -> Option<&'a str> {
    delivery.headers.get(SIGNATURE)?.to_str().ok()
}

/// The delivery with another signature.
fn with(delivery: &Delivery<'_>, signature: &str) -> HeaderMap {
    let mut headers = delivery.headers.clone();
    headers.insert(SIGNATURE, HeaderValue::from_str(signature).unwrap());
    headers
}

fn refused() -> Error {
    Error::new(ErrorKind::Unauthenticated, "memory.signature", "the signature does not fit the body")
        .with_hint("look at it")
}

macro_rules! defects {
    ($($name:ident: |$inner:ident, $delivery:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn verify(&self, $inner: &Inner, $delivery: &Delivery<'_>) -> Result<Proof> {
                $body
            }
        })*
    };
}

defects! {
    MessagesOnly: |inner, delivery| {
        if String::from_utf8_lossy(delivery.body).contains("delivered") { Err(refused()) } else { inner.channel.verify(delivery) }
    };
    Trims: |inner, delivery| {
        let trimmed = Delivery::new(delivery.headers, delivery.body.trim_ascii());
        inner.channel.verify(delivery).or_else(|_| inner.channel.verify(&trimmed))
    };
    ParsesFirst: |inner, delivery| {
        if serde_json::from_slice::<Value>(delivery.body).is_err() {
            return Err(Error::new(ErrorKind::MalformedWebhook, "memory.no_webhook", "the body is not JSON"));
        }
        inner.channel.verify(delivery)
    };
    FirstHalf: |inner, delivery| {
        // Only what has the form of a signature comes that far.
        let error = match inner.channel.verify(delivery) {
            Err(error) if error.to_string().contains("fit") => error,
            other => return other,
        };
        let right = signature(inner.secret("signing_secret"), delivery.body);
        if given(delivery).is_some_and(|given| right.get(..39).is_some_and(|half| given.starts_with(half))) { Ok(Proof::NONE) } else { Err(error) }
    };
    TellsHowFar: |inner, delivery| {
        let right = signature(inner.secret("signing_secret"), delivery.body);
        let same = given(delivery).unwrap_or_default().bytes().zip(right.bytes()).take_while(|(a, b)| a == b).count();
        inner.channel.verify(delivery).map_err(|error| error.with_context("equal_up_to", same.to_string()))
    };
    NeedsNone: |inner, delivery| {
        if delivery.headers.contains_key(SIGNATURE) { inner.channel.verify(delivery) } else { Ok(Proof::NONE) }
    };
    TakesTheFirst: |inner, delivery| {
        let Some(first) = delivery.headers.get(SIGNATURE) else { return inner.channel.verify(delivery) };
        let headers: HeaderMap = [(SIGNATURE, first.clone())].into_iter().collect();
        inner.channel.verify(&Delivery::new(&headers, delivery.body))
    };
    AnyCase: |inner, delivery| {
        // `==` on the hexadecimal digits, whatever their case.
        let right = signature(inner.secret("signing_secret"), delivery.body);
        let once = delivery.headers.get_all(SIGNATURE).iter().count() == 1;
        if once && given(delivery).is_some_and(|given| given.eq_ignore_ascii_case(&right)) { return Ok(Proof::NONE) }
        inner.channel.verify(delivery)
    };
    AnyAlgorithm: |inner, delivery| {
        match given(delivery).and_then(|given| given.strip_prefix("sha1=")) {
            Some(digest) => {
                let headers = with(delivery, &format!("sha256={digest}"));
                inner.channel.verify(&Delivery::new(&headers, delivery.body))
            }
            None => inner.channel.verify(delivery),
        }
    };
    TellsTheRightOne: |inner, delivery| {
        let right = signature(inner.secret("signing_secret"), delivery.body);
        inner.channel.verify(delivery).map_err(|error| error.with_context("expected", right))
    };
    OneSecret: |inner, delivery| {
        let id = inner.channel.channel_id().clone();
        (memory().offline)(id, Some(Secret::new(inner.secret("signing_secret")))).verify(delivery)
    };
    EmptySecret: |inner, delivery| {
        let empty = signature("", delivery.body);
        if given(delivery) == Some(&empty) { Ok(Proof::NONE) } else { inner.channel.verify(delivery) }
    };
}

macro_rules! handshakes {
    ($($name:ident: |$inner:ident, $subscription:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn challenge(&self, $inner: &Inner, $subscription: &Subscription) -> Result<String> {
                $body
            }
        })*
    };
}

handshakes! {
    Escapes: |inner, subscription| {
        inner.channel.handshake().unwrap().challenge(subscription).map(|answer| answer.replace('<', "&lt;"))
    };
    AnyMode: |inner, subscription| {
        let pair = |name: &str| subscription.get(name).map(|value| (name.to_owned(), value.to_owned()));
        let mut query: Vec<_> = [pair("token"), pair("challenge")].into_iter().flatten().collect();
        query.push(("mode".to_owned(), "subscribe".to_owned()));
        inner.channel.handshake().unwrap().challenge(&Subscription::new(query))
    };
    TokenPrefix: |inner, subscription| {
        let given = subscription.get("token").unwrap_or_default();
        let fits = !given.is_empty() && inner.secret("verify_token").starts_with(given);
        match subscription.get("challenge") {
            Some(challenge) if fits && subscription.get("mode") == Some("subscribe") => Ok(challenge.to_owned()),
            _ => inner.channel.handshake().unwrap().challenge(subscription),
        }
    };
    TellsTheToken: |inner, subscription| {
        let token = Secret::new(inner.secret("verify_token"));
        inner.channel.handshake().unwrap().challenge(subscription).map_err(|error| error.with_context("expected", token.expose()))
    };
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<MessagesOnly>("refuses some of what is signed", "verify.signed_is_accepted")
            .also(&["normalize.reply"]),
        BrokenAdapter::code::<Trims>("verifies a body without the space around it", "verify.changed_bytes"),
        BrokenAdapter::code::<ParsesFirst>("parses unverified bodies", "verify.untouched_bytes"),
        BrokenAdapter::code::<FirstHalf>("compares half of the signature", "verify.differences_are_alike"),
        BrokenAdapter::code::<TellsHowFar>("tells how much of a signature is right", "verify.differences_are_alike"),
        BrokenAdapter::code::<NeedsNone>("accepts what is not signed", "verify.missing_signature")
            .also(&["verify.head"]),
        BrokenAdapter::code::<TakesTheFirst>("takes the first of two signatures", "verify.repeated_signature")
            .also(&["verify.head"]),
        BrokenAdapter::code::<AnyCase>("compares signatures with == on hex of any case", "verify.malformed_signature")
            .also(&["verify.head", "verify.names_the_secret"]),
        BrokenAdapter::code::<AnyAlgorithm>("takes the algorithm from the header", "verify.malformed_signature")
            .also(&["verify.head"]),
        BrokenAdapter::code::<TellsTheRightOne>(
            "puts the right signature into its error",
            "verify.refusals_tell_nothing",
        ),
        BrokenAdapter::code::<EmptySecret>("accepts what is signed with nothing", "verify.empty_secret_opens_nothing"),
        BrokenAdapter::code::<OneSecret>("forgets the previous secret", "verify.two_secrets")
            .also(&["verify.names_the_secret"]),
        BrokenAdapter::code::<Escapes>("escapes the challenge", "handshake.answer"),
        BrokenAdapter::code::<AnyMode>("does not look at the mode", "handshake.guards"),
        BrokenAdapter::code::<TokenPrefix>("accepts the beginning of a token", "handshake.guards"),
        BrokenAdapter::code::<TellsTheToken>("puts the token into its error", "handshake.refusals_tell_nothing"),
    ]
}
