//! Signing in: an address with nothing in it that is secret, and accounts, or an error that tells nothing.

use std::cell::RefCell;

use channel_api::login::{Account, LoginApp};
use channel_api::{AccountLogin, BuildContext, ChannelId, ErrorKind, Result, Secret};
use serde_json::{Value, json};

use crate::address::pairs;
use crate::canary::{Canaries, shown};
use crate::context::{CHANNEL_ID, CaseContext, outcome_of};
use crate::finding::{Checked, Finding, Findings};
use crate::json::lacks;
use crate::upstream::Behaviour;
use crate::{LoginSamples, Reply};

/// A state with all that an address may not hold as it is.
const STATE: &str = "st+4&=/%20 é";

thread_local! {
    /// The environment of the case on this thread: a context sees it through a plain function.
    static VARIABLES: RefCell<Vec<(&'static str, String)>> = const { RefCell::new(Vec::new()) };
}

fn variable(name: &str) -> Option<String> {
    VARIABLES
        .with_borrow(|variables| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
}

/// The login, what the fixture brings for it, and an environment in which it calls the stand-in.
fn prepared(context: &CaseContext) -> Result<(&'static dyn AccountLogin, LoginSamples, BuildContext), Finding> {
    let login = (context.registration().login)().ok_or_else(|| Finding::new("the registration", "a login", "none"))?;
    let samples = context.fixture().login().ok_or_else(|| Finding::not_brought("samples for signing in"))?;
    let variables = (samples.variables)(&context.upstream()?.url());
    VARIABLES.set(variables);
    Ok((login, samples, BuildContext::new(ChannelId::new(CHANNEL_ID)).with_environment(variable)))
}

fn canaries(samples: &LoginSamples) -> Canaries {
    Canaries::of([samples.app.app_secret.expose(), samples.code].into_iter().chain(samples.tokens.iter().copied()))
}

pub(crate) async fn address(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (login, samples, built) = prepared(context)?;
    let told = login.login_url(&samples.app, STATE, &built);
    let url = told.as_ref().map_or("", String::as_str);
    let known = VARIABLES.with_borrow(|variables| variables.iter().any(|(_, base)| url.starts_with(base)));
    let good = url.starts_with("https://") || known;
    findings.check(good, "the address", "https, or below the address that was given", || outcome_of(&told, url));
    let query = pairs(url);
    for (what, value) in [("state", STATE), ("redirect address", samples.app.redirect_uri.as_str())] {
        let there = query.iter().any(|(_, given)| given == value);
        findings.check(there, "the address", &format!("the {what}, encoded and unchanged"), || url.to_owned());
    }
    if let Err(found) = canaries(&samples).search(url, "the address") {
        findings.add(found);
    }
    let nameless = LoginApp::new("", samples.app.app_secret.clone(), samples.app.redirect_uri.as_str());
    let told = login.login_url(&nameless, STATE, &built);
    let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Config);
    findings.check(good, "an app without an id", "an error of kind config", || outcome_of(&told, "an address"));
    Ok(findings)
}

/// What stands in an account, as in [`LoginSamples::accounts`].
fn json_of(account: &Account) -> Value {
    json!({
        "id": account.id, "name": account.name, "access_token": account.access_token.expose(),
        "category": account.category, "picture_url": account.picture_url, "tasks": account.tasks
    })
}

pub(crate) async fn accounts(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (login, samples, built) = prepared(context)?;
    let upstream = context.upstream()?;
    upstream.next(samples.replies.iter().cloned().map(Behaviour::Answer));
    let told = login.accounts(&samples.app, &Secret::from(samples.code), &built).await;
    let made = upstream.take().len();
    let expected = format!("{} calls, each once", samples.replies.len());
    findings.check(made == samples.replies.len(), "signing in", &expected, || format!("{made} calls"));
    let Ok(accounts) = &told else {
        findings.add(Finding::new("signing in", "the accounts", outcome_of(&told, "")));
        return Ok(findings);
    };
    let same = accounts.len() == samples.accounts.len();
    findings.check(same, "the accounts", &format!("{} of them", samples.accounts.len()), || accounts.len().to_string());
    for (index, (expected, account)) in samples.accounts.iter().zip(accounts).enumerate() {
        if let Some((pointer, _)) = lacks(expected, &json_of(account)) {
            // What stands there may be a token.
            findings.add(Finding::new(
                format!("account {index}, {pointer}"),
                "what the provider told",
                "something else",
            ));
        }
    }
    Ok(findings)
}

pub(crate) async fn failing(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (login, samples, built) = prepared(context)?;
    let (upstream, fixture) = (context.upstream()?, context.fixture());
    for number in 0..samples.replies.len() {
        let words = format!("Malformed {}", told_by(&samples, number).join(" "));
        for behaviour in [
            Behaviour::Answer(fixture.failure(&words)),
            Behaviour::Answer(Reply::text(500, format!("<html>{words}</html>"))),
            Behaviour::Answer(Reply::text(200, format!("<html>{words}</html>"))),
            Behaviour::Answer(Reply::text(302, "").header("location", "/elsewhere")),
            Behaviour::BreakOff,
        ] {
            let at = format!("signing in, whose call {number} meets with {}", name_of(&behaviour));
            upstream.take();
            upstream.always(behaviour);
            upstream.next(samples.replies.iter().take(number).cloned().map(Behaviour::Answer));
            let told = login.accounts(&samples.app, &Secret::from(samples.code), &built).await;
            let made = upstream.take().len();
            findings
                .check(made == number + 1, at.as_str(), "no call after it, and none twice", || format!("{made} calls"));
            match told {
                Ok(accounts) => findings.add(Finding::new(at, "an error", format!("{} accounts", accounts.len()))),
                Err(error) => {
                    if let Err(found) = canaries(&samples).search(&shown(&error), at) {
                        findings.add(found);
                    }
                }
            }
        }
    }
    Ok(findings)
}

/// The secrets that a provider may repeat at this call: it was told no others.
fn told_by(samples: &LoginSamples, number: usize) -> Vec<&str> {
    let given = samples.replies.iter().take(number).map(|reply| String::from_utf8_lossy(&reply.body).into_owned());
    let given = given.collect::<String>();
    let tokens = samples.tokens.iter().copied().filter(|token| given.contains(token));
    [samples.code, samples.app.app_secret.expose()].into_iter().chain(tokens).collect()
}

/// The behaviour in a word or two, without what it repeats.
fn name_of(behaviour: &Behaviour) -> String {
    match behaviour {
        Behaviour::Answer(reply) => format!("an answer {}", reply.status),
        _ => "a connection that breaks off".to_owned(),
    }
}

pub(crate) async fn secrets(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (login, samples, built) = prepared(context)?;
    let upstream = context.upstream()?;
    let canaries = canaries(&samples);
    upstream.next(samples.replies.iter().cloned().map(Behaviour::Answer));
    let told = login.accounts(&samples.app, &Secret::from(samples.code), &built).await;
    let text = format!("{told:?} {told:#?} {:?} {built:?}", samples.app);
    if let Err(found) = canaries.search(&text, "the Debug of the accounts and the app") {
        findings.add(found);
    }
    for call in upstream.take() {
        if let Err(found) = canaries.search(&call.target, format!("the address of a {}", call.method)) {
            findings.add(found);
        }
    }
    Ok(findings)
}
