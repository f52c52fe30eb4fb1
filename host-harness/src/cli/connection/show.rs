use std::fmt::Write as _;

use channel_api::{Action, ConnectionStatus, Issue, Timestamp};

use crate::connections::State;

/// A connection for people.
pub(super) fn connection(channel_id: &str, status: &ConnectionStatus) -> String {
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
    for (word, issues) in [("problem", &status.problems), ("warning", &status.warnings)] {
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
    use channel_api::connection::{Credentials, SubscriptionStatus};

    use super::*;

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
            subscription: Some(SubscriptionStatus { fields: Vec::new(), missing: vec!["messages".to_owned()] }),
            ..ConnectionStatus::default()
        };
        let expected = "ch_1: broken\n  account      Acme Support (1098765432100001)\
            \n  token        accepted, ends 2027-01-15T08:00:00Z\n  data access  does not end\
            \n  granted      pages_messaging\n  webhooks     nothing\n  missing      messages\
            \n  problem      no webhooks come\n               → repair it\
            \n               → host-harness connection repair, with the same options";
        assert_eq!(connection("ch_1", &status), expected);
        assert_eq!(connection("ch_1", &ConnectionStatus::default()), "ch_1: ok");
    }

    #[test]
    fn nothing_is_promised_of_a_token_that_is_not_accepted() {
        let status = ConnectionStatus { credentials: Some(Credentials::default()), ..ConnectionStatus::default() };
        assert_eq!(connection("ch_1", &status), "ch_1: ok\n  token        not accepted");
    }
}
