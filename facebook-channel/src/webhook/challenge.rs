//! The handshake: Meta asks whether the address that an operator entered is ours.

use channel_api::{Error, ErrorKind, Result, Secret, Subscription};

/// Answers a handshake with the text to reply with, which is `hub.challenge` as it came.
///
/// Meta's samples show a number; it is echoed as the opaque text that it is.
/// Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>
///
/// # Errors
/// [`ErrorKind::Unauthenticated`] when anything is missing, empty, given twice or wrong. Every cause reads the same, so that
/// nobody can find the token piece by piece.
pub(crate) fn challenge(verify_token: &Secret, subscription: &Subscription) -> Result<String> {
    let subscribes = parameter(subscription, "hub.mode", "hub_mode") == Some("subscribe");
    let given = parameter(subscription, "hub.verify_token", "hub_verify_token").unwrap_or_default();
    let authentic = verify_token.matches(given.as_bytes());
    match parameter(subscription, "hub.challenge", "hub_challenge") {
        Some(challenge) if subscribes && authentic && !challenge.is_empty() => Ok(challenge.to_owned()),
        _ => Err(Error::new(ErrorKind::Unauthenticated, "webhook.challenge", "the handshake is refused")
            .with_operation("challenge")
            .with_hint("enter the channel's verify token in the App Dashboard, under Webhooks, exactly as it is configured here")),
    }
}

/// The value of a parameter. Meta separates by a dot; PHP, and what was written after it, turns the dot into an underscore.
/// Both at once is ambiguous, and so counts as absent.
fn parameter<'a>(subscription: &'a Subscription, dotted: &str, underscored: &str) -> Option<&'a str> {
    match (subscription.get(dotted), subscription.get(underscored)) {
        (Some(value), None) | (None, Some(value)) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(token: &str, query: &[(&str, &str)]) -> Option<String> {
        let pairs = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match challenge(&Secret::new(token), &Subscription::new(pairs)) {
            Ok(text) => Some(text),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unauthenticated);
                assert_eq!(
                    (error.code(), error.to_string().as_str()),
                    ("webhook.challenge", "the handshake is refused")
                );
                assert!(!format!("{error:?}").contains("my-token"), "{error:?}");
                None
            }
        }
    }

    #[test]
    fn echoes_the_challenge_as_text() {
        for text in ["1158201444", "007", "a b&<c>", "99999999999999999999999999"] {
            let query = [("hub.mode", "subscribe"), ("hub.challenge", text), ("hub.verify_token", "my-token")];
            assert_eq!(answer("my-token", &query).as_deref(), Some(text));
        }
        let php = [("hub_mode", "subscribe"), ("hub_challenge", "5"), ("hub_verify_token", "my-token")];
        assert_eq!(answer("my-token", &php).as_deref(), Some("5"));
    }

    #[test]
    fn refuses_everything_else_with_the_same_words() {
        const MODE: (&str, &str) = ("hub.mode", "subscribe");
        const TOKEN: (&str, &str) = ("hub.verify_token", "my-token");
        const TEXT: (&str, &str) = ("hub.challenge", "5");
        let refused: &[&[(&str, &str)]] = &[
            &[],
            &[TOKEN, TEXT],
            &[MODE, TEXT],
            &[MODE, TOKEN],
            &[MODE, TOKEN, ("hub.challenge", "")],
            &[("hub.mode", "unsubscribe"), TOKEN, TEXT],
            &[("hub.mode", "SUBSCRIBE"), TOKEN, TEXT],
            &[MODE, ("hub.verify_token", "my-toke"), TEXT],
            &[MODE, ("hub.verify_token", "MY-TOKEN"), TEXT],
            &[MODE, ("hub.verify_token", ""), TEXT],
            &[MODE, TOKEN, TOKEN, TEXT],
            &[MODE, ("hub.mode", "subscribe"), TOKEN, TEXT],
            &[MODE, TOKEN, TEXT, ("hub.challenge", "6")],
            &[MODE, TOKEN, ("hub_verify_token", "my-token"), TEXT],
        ];
        for query in refused {
            assert_eq!(answer("my-token", query), None, "{query:?}");
        }
        assert_eq!(answer("", &[MODE, ("hub.verify_token", ""), TEXT]), None, "an empty token equals nothing");
    }
}
