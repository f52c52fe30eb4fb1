//! The five questions of Linktor's troubleshooting chapter, answered from the tables.

use channel_api::{Delivery, Error, ErrorKind, Result, Secret, Subscription};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::markdown::{code, codes, prose, table};
use crate::graph::{GraphErrorRule, error_table};
use crate::limits;
use crate::webhook::{self, challenge, signing_keys};

pub(super) fn troubleshooting() -> String {
    let chapters = [
        chapter(
            "Message failed to send",
            "Meta answers the call with one of these. What to do, in bold, also stands in the error's `hint`.",
            &of(|rule| match rule.kind {
                ErrorKind::WindowClosed
                | ErrorKind::RecipientUnavailable
                | ErrorKind::ThreadOwned
                | ErrorKind::Credentials => true,
                _ => rule.code == Some(100) && rule.subcode.is_none() && rule.words.is_none(),
            }),
        ),
        chapter(
            "Webhook verification failed",
            "Meta's dashboard says so when the handshake does not come back.",
            &of(|rule| rule.name == "facebook.webhook_verification_failed"),
        ),
        format!(
            "What this host answers, with status 403 to a handshake and 401 to a delivery:\n\n{}",
            table(["code", "what happened", "what to do"], refusals().iter().map(refusal))
        ),
        NOTHING_ARRIVES.to_owned(),
        chapter(
            "App not approved for permissions",
            "In development mode only people with a role in the app can be written to.",
            &of(|rule| ["facebook.permission_missing", "facebook.capability_missing"].contains(&rule.name)),
        ),
        chapter("Template Errors", &template_limits(), &of(is_about_templates)),
        chapter(
            "Rate Limited",
            "Meta refuses before anything is sent, and every call in the meantime lengthens the wait. `retry.afterSeconds` is what \
             Meta's headers say, where they say it.",
            &of(|rule| rule.kind == ErrorKind::RateLimited),
        ),
    ];
    format!("What goes wrong, by the words in which people ask.\n\n{}", chapters.join("\n"))
}

/// What no error tells, since nothing reaches the host that could answer with one.
const NOTHING_ARRIVES: &str = "# Nothing arrives\n\n\
    - The connection's check names the webhooks that are not subscribed, and a repair subscribes to them.\n\
    - With the App ID the check also asks for the app's half: no callback URL for Pages (`facebook.app_not_subscribed`), one that is not \
    active (`facebook.app_webhook_inactive`), another host's (`facebook.callback_elsewhere`), one that leads to this host and to no webhook \
    (`facebook.callback_path`), or fields that the app does not get \
    (`facebook.app_fields_missing`). Those are mended in the app: Messenger, Settings, Webhooks.\n\
    - Somebody may have ended it: a check of the connection says when (`unsubscribedAt`). Only a repair makes it again.\n\
    - **A proxy that asks Meta for its client certificate (mTLS) must trust Meta's own authority.** Since 31 March 2026 the \
    certificates of webhooks are signed by it and no longer by the one before: a proxy that still checks for the old one refuses every \
    delivery, and this host sees none of them ([Meta's announcement]\
    (https://developers.facebook.com/blog/post/2026/02/18/introducing-graph-api-v25-and-marketing-api-v25)).\n\
    - After an hour of refused deliveries Meta may take the subscription away. A check on schedule makes it again, once an hour at \
    most, unless `repair` is false or Meta delivers to another host.\n";

/// What to do, and when: the failures that ask for the same.
struct Advice {
    hint: &'static str,
    /// Those that read the same stand together.
    when: Vec<Vec<&'static GraphErrorRule>>,
}

/// The rules that answer a question, in the table's order.
fn of(answers: impl Fn(&GraphErrorRule) -> bool) -> Vec<Advice> {
    let mut advice: Vec<Advice> = Vec::new();
    for rule in error_table().iter().filter(|rule| answers(rule)) {
        let at = advice.iter().position(|advice| advice.hint == rule.hint).unwrap_or_else(|| {
            advice.push(Advice { hint: rule.hint, when: Vec::new() });
            advice.len() - 1
        });
        let when = &mut advice[at].when;
        match when.iter_mut().find(|same| (same[0].name, same[0].sentence) == (rule.name, rule.sentence)) {
            Some(same) => same.push(rule),
            None => when.push(vec![rule]),
        }
    }
    advice
}

fn is_about_templates(rule: &GraphErrorRule) -> bool {
    let names = ["template_invalid", "product_invalid", "product_version", "form_invalid", "attachment_gone"];
    rule.name.strip_prefix("facebook.").is_some_and(|name| names.contains(&name))
}

fn chapter(title: &str, before: &str, advice: &[Advice]) -> String {
    assert!(!advice.is_empty(), "nothing answers {title}");
    let paragraphs = advice.iter().map(|Advice { hint, when }| {
        let rows = when.iter().map(|same| [codes(same), code(same[0].name), prose(same[0].sentence)]);
        format!("**{}**\n\n{}", prose(hint), table(["Meta's code/subcode", "code", "what happened"], rows))
    });
    let paragraphs: Vec<_> = paragraphs.collect();
    format!("# {title}\n\n{before}\n\n{}", paragraphs.join("\n"))
}

fn template_limits() -> String {
    let named =
        |limit: &channel_api::capability::Limit| format!("{} {} (`{}`)", limit.max, limit.unit.as_str(), limit.name);
    format!(
        "A template that breaks a rule is refused before the call, with every rule that it breaks: a pointer to the place, the code, \
         the limit and what to do. Among the [limits](super::limits) are: buttons below a text {}, buttons below a card {}, cards of \
         a carousel {}. Meta may refuse a template all the same:",
        named(&limits::BUTTON_BUTTONS),
        named(&limits::GENERIC_BUTTONS),
        named(&limits::GENERIC_ELEMENTS),
    )
}

/// Every way in which a handshake or a signature is refused, as it is told.
fn refusals() -> Vec<Error> {
    const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");
    const LEGACY: HeaderName = HeaderName::from_static("x-hub-signature");
    let (good, digits) = ("0".repeat(64), "0123456789abcdef".repeat(4));
    let odd = [
        vec![],
        vec![(LEGACY, "sha1=0".to_owned())],
        vec![(SIGNATURE, format!("sha256={good}")), (SIGNATURE, format!("sha256={good}"))],
        vec![(SIGNATURE, format!("sha1={good}"))],
        vec![(SIGNATURE, "sha256=0".to_owned())],
        vec![(SIGNATURE, format!("sha256={}", digits.to_uppercase()))],
        vec![(SIGNATURE, format!("sha256={}", "x".repeat(64)))],
        vec![(SIGNATURE, format!("sha256={good}"))],
    ];
    let keys = signing_keys(&[Secret::new("a secret")]).unwrap();
    let signed = odd.into_iter().map(|headers| {
        let headers: HeaderMap = headers.into_iter().fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, HeaderValue::try_from(value).unwrap());
            map
        });
        webhook::verify(&keys, &Delivery::new(&headers, b"{}")).map(drop)
    });
    let shaken = challenge(&Secret::new("a token"), &Subscription::default()).map(drop);
    std::iter::once(shaken).chain(signed).map(Result::unwrap_err).collect()
}

fn refusal(error: &Error) -> [String; 3] {
    [code(error.code()), error.to_string(), prose(error.hint().unwrap_or_default())]
}
