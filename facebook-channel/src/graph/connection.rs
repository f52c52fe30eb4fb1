//! Whether the channel can work: the token, what it may do and until when, and what Meta delivers.

use channel_api::connection::Credentials;
use channel_api::{Action, ConnectionStatus, Error, ErrorKind, Issue, Pointer, ProviderRequest, Result, Timestamp};

use serde_json::Value;

use super::errors::POINTER;
use super::issue::{FIELDS, issue_of};
use super::reply::id;
use super::{app_webhook, debug_token, subscription};
use crate::graph::{App, Page};
use crate::version;

/// What a check compares with what it finds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'a> {
    /// The webhook fields that the Page shall get.
    pub(crate) fields: &'a [&'static str],
    /// The channel's own address, where the host knows it.
    pub(crate) webhook: Option<&'a str>,
    /// The moment of the check.
    pub(crate) now: Timestamp,
}

/// Checks the connection: whose token it is, what the token is worth, what is subscribed and where it is delivered. What an
/// operator has to mend stands in the status; it is an error only when nothing was found because Meta could not be asked.
///
/// Source: <https://developers.facebook.com/docs/graph-api/reference/page/>
pub(crate) async fn check(page: Page<'_>, expected: Expected<'_>) -> Result<ConnectionStatus> {
    let mut status = ConnectionStatus::default();
    let version = version::advice(page.graph.version(), expected.now);
    if account(page, &mut status).await? {
        app(page, expected, &mut status).await?;
        // A token of another Page would be asked about a Page that it cannot see.
        if status.account_id.as_deref().is_none_or(|id| id == page.id) {
            webhooks(page, expected.fields, &mut status).await?;
        }
    }
    // What Meta itself has said of the version is enough.
    status
        .warnings
        .extend(version.filter(|advice| status.problems.iter().all(|known| known.pointer != advice.pointer)));
    Ok(status)
}

/// Asks whose token this is. Answers whether there is more to ask.
async fn account(page: Page<'_>, status: &mut ConnectionStatus) -> Result<bool> {
    let request = ProviderRequest::get(page.graph.path(&["me"])?, &[("fields", "id,name")]);
    let account = match page.graph.call(&request).await {
        Ok(account) => account,
        Err(error) => {
            let found = problem(&error).ok_or_else(|| error.with_operation("connection_check"))?;
            let dead = found.1 == ErrorKind::Credentials;
            status.credentials = dead.then(Credentials::default);
            status.problems.push(found.0);
            // A lacking permission is named by what comes next.
            return Ok(found.1 == ErrorKind::Permission);
        }
    };
    status.account_id = account.get("id").and_then(id);
    status.account_name = account.get("name").and_then(id);
    match status.account_id.as_deref() {
        Some(id) if id == page.id => {}
        Some(id) => status.problems.push(debug_token::other_page(id, page.id)),
        None => status.problems.push(
            Issue::new(&FIELDS.key("page_access_token"), "facebook.no_page", "Meta does not say whose token this is")
                .with_hint("regenerate the Page Access Token and enter it again")
                .with_action(Action::Reconnect),
        ),
    }
    Ok(true)
}

/// Asks, with the app's own token, what the Page's is worth and where the app's webhooks go.
async fn app(page: Page<'_>, expected: Expected<'_>, status: &mut ConnectionStatus) -> Result<()> {
    let (Some(App { id, graph: app }), Some(token)) = (page.app, page.graph.token()) else {
        let message = "without the App ID nothing can be said of when the token ends and which permissions it carries";
        let hint = "enter the App ID (in the app: Settings, Basic), with the App Secret";
        let unexamined = Issue::new(&FIELDS.key("app_id"), "facebook.token_not_examined", message);
        status.warnings.push(unexamined.with_hint(hint).with_action(Action::CheckConfiguration));
        status.notes.push(app_webhook::not_asked());
        return Ok(());
    };
    let questions = [app.debug_token(token)?, app.app_subscriptions(id)?];
    let (worth, whither) = match app.ask(&questions, &[token]).await {
        Ok(answers) => {
            let mut answers = answers.into_iter();
            (answers.next().unwrap_or(Ok(Value::Null)), answers.next())
        }
        Err(error) => (Err(error), None),
    };
    // What keeps both from being answered is told once.
    let both = worth.as_ref().err().map(Error::code).map(str::to_owned);
    match whither {
        Some(Ok(answer)) => {
            let judged = app_webhook::judge(app_webhook::read(&answer).as_ref(), expected.fields, expected.webhook);
            status.webhook = Some(judged.webhook);
            status.problems.extend(judged.problems);
            status.warnings.extend(judged.warnings);
        }
        Some(Err(error)) if both.as_deref() != Some(error.code()) => status.warnings.push(app_webhook::unknown(&error)),
        Some(Err(_)) | None => {}
    }
    examined(worth, page, expected.now, status)
}

/// What the Page's token is worth.
fn examined(worth: Result<Value>, page: Page<'_>, now: Timestamp, status: &mut ConnectionStatus) -> Result<()> {
    match worth {
        Ok(answer) => {
            let examined = debug_token::examine(&answer, page, now);
            for problem in examined.problems {
                let known = |known: &Issue| (&known.pointer, &known.code) == (&problem.pointer, &problem.code);
                // Each lacking permission is a problem of its own; of anything else one is enough.
                if problem.code == "facebook.permission_missing" || !status.problems.iter().any(known) {
                    status.problems.push(problem);
                }
            }
            status.warnings.extend(examined.warnings);
            status.credentials = Some(examined.credentials);
            Ok(())
        }
        Err(error) if is_other_app(&error) => {
            status
                .problems
                .push(debug_token::other_app("the Page Access Token was made by another app than the App ID names"));
            Ok(())
        }
        Err(error) => match problem(&error) {
            Some((mut issue, kind)) => {
                // It was the app's token that was not accepted.
                if issue.pointer == "/page_access_token" && kind == ErrorKind::Credentials {
                    issue = Issue::new(
                        &FIELDS.key("app_secret"),
                        "facebook.app_not_accepted",
                        format!("Meta does not accept the App ID with this App Secret. {}", issue.message),
                    )
                    .with_hint("copy both again (in the app: Settings, Basic)")
                    .with_action(Action::CheckConfiguration);
                }
                status.problems.push(issue);
                Ok(())
            }
            None => unanswered(error, "facebook.token_not_examined", status),
        },
    }
}

/// Asks what Meta delivers.
async fn webhooks(page: Page<'_>, wanted: &[&str], status: &mut ConnectionStatus) -> Result<()> {
    let app_id = page.app.map(|app| app.id);
    let apps = match page.graph.subscribed_apps(page.id, app_id).await {
        Ok(apps) => apps,
        Err(error) => {
            return match problem(&error) {
                Some((issue, ErrorKind::Permission)) if LACKING.contains(&&*issue.code) => {
                    let named = |issue: &Issue| issue.message.contains("pages_manage_metadata");
                    if !status.problems.iter().any(named) {
                        status.problems.push(debug_token::missing("pages_manage_metadata", false));
                    }
                    Ok(())
                }
                Some((issue, _)) => {
                    status.problems.push(issue);
                    Ok(())
                }
                None => unanswered(error, "facebook.subscription_unknown", status),
            };
        }
    };
    match apps.read(app_id, wanted) {
        Ok(found) => {
            match subscription::problem(&found, wanted) {
                Some(problem) => status.problems.push(problem),
                None if found.missing.is_empty() => {}
                None => status.warnings.push(subscription::warning(&found)),
            }
            status.warnings.extend(subscription::without_echoes(&found, wanted));
            if !found.available.is_empty() {
                status.notes.push(subscription::note(&found));
            }
            status.notes.extend(apps.only().filter(|_| app_id.is_none()).map(|app| subscription::assumed(&app)));
            status.subscription = Some(found);
        }
        Err(unknown) => status.warnings.push(unknown.warning()),
    }
    Ok(())
}

/// A part of the check that got no answer. It is told beside what was found; where nothing was, the check as a whole has failed.
fn unanswered(error: Error, code: &'static str, status: &mut ConnectionStatus) -> Result<()> {
    if status.problems.is_empty() {
        return Err(error.with_operation("connection_check"));
    }
    status.warnings.push(
        Issue::new(&Pointer::ROOT, code, format!("the check is incomplete: {error}"))
            .with_hint("check again later")
            .with_action(Action::RetryLater),
    );
    Ok(())
}

/// What Meta answers where a permission is missing, and not something else.
const LACKING: [&str; 2] = ["facebook.permission_missing", "facebook.capability_missing"];

/// Meta examines only tokens of the app that asks.
///
/// Source: <https://github.com/jeduan/cordova-plugin-facebook4/issues/690>
fn is_other_app(error: &Error) -> bool {
    let words = error.provider().and_then(|provider| provider.message.as_deref()).unwrap_or_default();
    words.contains("did not match the Viewing App")
}

/// What an operator has to mend, or `None` where the check itself failed.
fn problem(error: &Error) -> Option<(Issue, ErrorKind)> {
    let known = error.context().iter().find(|(name, _)| name == POINTER);
    let known = known.and_then(|(_, pointer)| pointer.strip_prefix('/'));
    let field = match (known, error.kind(), error.code()) {
        (Some(field), ..) => field,
        (_, ErrorKind::Credentials | ErrorKind::Permission, _) => "page_access_token",
        (_, ErrorKind::Config, "facebook.redirected") | (_, ErrorKind::Rejected, "facebook.not_found") => {
            "graph_api_url"
        }
        _ => return None,
    };
    Some((issue_of(error, field), error.kind()))
}
