use std::fmt::Write as _;

use channel_api::{Action, ConnectionStatus, Issue, Timestamp};

use crate::connections::State;

/// What a repair came to.
pub(super) const fn repaired(repaired: bool) -> &'static str {
    if repaired { "the subscription was repaired" } else { "there was nothing to repair" }
}

/// A connection for people, with what a repair was told besides.
pub(super) fn connection(
    channel_id: &str,
    status: &ConnectionStatus,
    unsubscribed_at: Option<Timestamp>,
    refused: &[Issue],
) -> String {
    let state = State::of(status).as_str();
    let mut shown = format!("{channel_id}: {state}");
    if let Some(id) = &status.account_id {
        row(&mut shown, "account", &format!("{} ({id})", status.account_name.as_deref().unwrap_or("no name")));
    }
    if let Some(credentials) = &status.credentials {
        if credentials.valid {
            row(&mut shown, "token", &format!("accepted, {}", ends(credentials.expires_at)));
            row(&mut shown, "data access", &ends(credentials.access_expires_at));
            row(&mut shown, "granted", &list(&credentials.granted));
        } else {
            // The provider tells no more of a token that it does not accept, or what it was worth once.
            row(&mut shown, "token", "not accepted");
        }
        if !credentials.missing.is_empty() {
            row(&mut shown, "missing", &list(&credentials.missing));
        }
    }
    if let Some(subscription) = &status.subscription {
        row(&mut shown, "webhooks", &list(&subscription.fields));
        if !subscription.missing.is_empty() {
            row(&mut shown, "missing", &list(&subscription.missing));
        }
    }
    if let Some(url) = status.webhook.as_ref().and_then(|webhook| webhook.url.as_deref()) {
        row(&mut shown, "delivers to", url);
    }
    if let Some(at) = unsubscribed_at {
        row(&mut shown, "ended", &format!("by connection unsubscribe, {at}; a repair makes it again"));
    }
    let found = [("problem", &*status.problems), ("warning", &*status.warnings), ("note", &*status.notes)];
    for (word, issues) in std::iter::once(("refused", refused)).chain(found) {
        for issue in issues {
            issue_rows(&mut shown, word, issue);
        }
    }
    shown
}

fn issue_rows(shown: &mut String, word: &str, issue: &Issue) {
    row(shown, word, &issue.message);
    if let Some(hint) = &issue.hint {
        row(shown, "", &format!("→ {hint}"));
    }
    if issue.action == Some(Action::RepairConnection) {
        row(shown, "", "→ host-harness connection repair, with the same options");
    }
}

fn row(shown: &mut String, word: &str, text: &str) {
    // Writing into a string does not fail.
    let _written = write!(shown, "\n  {word:<12} {text}");
}

fn ends(when: Option<Timestamp>) -> String {
    when.map_or_else(|| "does not end".to_owned(), |when| format!("ends {when}"))
}

fn list(words: &[String]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use channel_api::Pointer;
    use channel_api::connection::{Credentials, SubscriptionStatus, WebhookStatus};

    use super::*;

    fn shown(status: &ConnectionStatus) -> String {
        connection("ch_1", status, None, &[])
    }

    #[test]
    fn everything_that_is_known_is_shown() {
        let status = ConnectionStatus {
            account_id: Some("1098765432100001".to_owned()),
            account_name: Some("Acme Support".to_owned()),
            problems: vec![
                Issue::new(&Pointer::ROOT, "webhook.missing", "no webhooks come")
                    .with_hint("repair it")
                    .with_action(Action::RepairConnection),
            ],
            credentials: Some(Credentials {
                valid: true,
                expires_at: Timestamp::from_millis(1_800_000_000_000),
                granted: vec!["pages_messaging".to_owned()],
                ..Credentials::default()
            }),
            subscription: Some(SubscriptionStatus {
                missing: vec!["messages".to_owned()],
                ..SubscriptionStatus::default()
            }),
            webhook: Some(WebhookStatus { url: Some("https://other.example/hook".to_owned()), is_here: Some(false) }),
            notes: vec![Issue::new(&Pointer::ROOT, "more", "there is more")],
            ..ConnectionStatus::default()
        };
        let expected = "ch_1: broken\n  account      Acme Support (1098765432100001)\
            \n  token        accepted, ends 2027-01-15T08:00:00Z\n  data access  does not end\
            \n  granted      pages_messaging\n  webhooks     nothing\n  missing      messages\
            \n  delivers to  https://other.example/hook\
            \n  problem      no webhooks come\n               → repair it\
            \n               → host-harness connection repair, with the same options\
            \n  note         there is more";
        assert_eq!(shown(&status), expected);
        assert_eq!(shown(&ConnectionStatus::default()), "ch_1: ok");
    }

    #[test]
    fn nothing_is_promised_of_a_token_that_is_not_accepted() {
        let status = ConnectionStatus { credentials: Some(Credentials::default()), ..ConnectionStatus::default() };
        assert_eq!(shown(&status), "ch_1: ok\n  token        not accepted");
    }
}
