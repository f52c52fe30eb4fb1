//! Changing who answers.

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation, Thread};
use channel_api::{Pointer, ProviderRequest, Report, Result, ThreadOwner};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::DOCS;
use crate::graph::Page;
use crate::limits;
use crate::operations::answer::Success;
use crate::operations::id::{self, Id};
use crate::operations::{Call, Done, request};
use crate::send::rules;
use crate::send::wire::Object;

/// What stands for the Page's inbox.
const INBOX: &str = "inbox";
/// The app id of the Page's inbox, where people answer.
const PAGE_INBOX: &str = "263902037430900";
/// The app id of Instagram's inbox.
const INSTAGRAM_INBOX: &str = "1217981644879628";

/// Hands a person's conversation to another app.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person", "targetApp"]))]
pub(crate) struct PassThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// Who answers from now on: the id of an app, or the word `inbox` for the people in the Page's inbox.
    #[serde(alias = "target_app", alias = "targetAppId", alias = "target_app_id", alias = "appId", alias = "app_id")]
    #[schemars(title = "Target app", extend("pattern" = "^([0-9]+|inbox)$", "examples" = ["inbox", "5566778899001122"]))]
    target_app: Id,
    /// A note for the app that takes over. It gets it with its webhook.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Note", with = "String", length(max = 1000), extend("examples" = ["asks for a refund"]))]
    metadata: Option<String>,
}

/// Takes a person's conversation back from another app.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(crate) struct TakeThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// A note for the app that loses the conversation.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Note", with = "String", length(max = 1000), extend("examples" = ["the bot goes on"]))]
    metadata: Option<String>,
}

/// Asks the app that answers a person to pass the conversation.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(crate) struct RequestThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// A note for the app that decides.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Note", with = "String", length(max = 1000), extend("examples" = ["a new order came in"]))]
    metadata: Option<String>,
}

/// Gives a person's conversation up.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(crate) struct ReleaseThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// A note, for Meta's records: nobody gets a webhook.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Note", with = "String", length(max = 1000), extend("examples" = ["done"]))]
    metadata: Option<String>,
}

/// Keeps a person's conversation for longer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person", "duration"]))]
pub(crate) struct ExtendThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// For how long, in seconds: up to 7 days.
    #[schemars(title = "Duration", with = "u32", range(min = 1, max = 604_800), extend("examples" = [86_400]))]
    duration: Option<u32>,
}

#[async_trait]
impl Call for PassThreadControl {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>("passThreadControl", Effect::Sets, || {
        json!({ "person": "7411002233445566", "targetApp": INBOX, "metadata": "asks for a refund" })
    })
    .described(
        "Pass the conversation",
        "Hands the conversation to another app, or to the people in the Page's inbox. From then on this channel may not write to \
         the person until the conversation comes back. Only the app that answers may pass; while nobody does, any app may if the \
         Page has no default app. A message can pass the conversation by itself: options.threadControl.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
        note(self.metadata.as_deref(), report);
        let at = Pointer::ROOT.key("targetApp");
        let target = self.target_app.given();
        rules::filled(&at, target, "say who answers from now on: an app's id, or inbox", report);
        let is_app = |app: &str| app == INBOX || app.bytes().all(|byte| byte.is_ascii_digit());
        rules::format(&at, target, is_app, "is no app: give its numeric id, or inbox for the Page's inbox", report);
        let doubt = "is the inbox of Instagram; the Page's own is called inbox";
        rules::doubtful(&at, target == Some(INSTAGRAM_INBOX), "thread_control.instagram", doubt, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let app = match self.target_app.as_str() {
            INBOX => PAGE_INBOX,
            app => app,
        };
        let is_us = page.app.is_some_and(|own| own.id == app);
        let owner = if is_us { ThreadOwner::Us } else { ThreadOwner::App(app.to_owned()) };
        let body = Object::new().with("target_app_id", app);
        change(page, "pass_thread_control", &self.person, body, self.metadata.as_deref(), Some(owner)).await
    }
}

#[async_trait]
impl Call for TakeThreadControl {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>("takeThreadControl", Effect::Sets, || {
        json!({ "person": "7411002233445566", "metadata": "the bot goes on" })
    })
    .described(
        "Take the conversation",
        "Takes the conversation for this channel. Meta allows it only if the Page has a default app, and then to that app, to \
         apps that the business has allowed, and to any while nobody answers.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
        note(self.metadata.as_deref(), report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let (note, owner) = (self.metadata.as_deref(), Some(ThreadOwner::Us));
        change(page, "take_thread_control", &self.person, Object::new(), note, owner).await
    }
}

#[async_trait]
impl Call for RequestThreadControl {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>("requestThreadControl", Effect::Sets, || {
        json!({ "person": "7411002233445566", "metadata": "a new order came in" })
    })
    .described(
        "Request the conversation",
        "Asks the app that answers to pass the conversation. That app gets a webhook and decides; nothing changes before it does.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
        note(self.metadata.as_deref(), report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        change(page, "request_thread_control", &self.person, Object::new(), self.metadata.as_deref(), None).await
    }
}

#[async_trait]
impl Call for ReleaseThreadControl {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>("releaseThreadControl", Effect::Sets, || {
        json!({ "person": "7411002233445566", "metadata": "done" })
    })
    .described(
        "Release the conversation",
        "Gives the conversation up: nobody answers until the person writes again or an app takes it. Meta sends no webhook of it.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
        note(self.metadata.as_deref(), report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let (note, owner) = (self.metadata.as_deref(), Some(ThreadOwner::Nobody));
        change(page, "release_thread_control", &self.person, Object::new(), note, owner).await
    }
}

#[async_trait]
impl Call for ExtendThreadControl {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>("extendThreadControl", Effect::Sets, || {
        json!({ "person": "7411002233445566", "duration": 86_400 })
    })
    .described(
        "Keep the conversation",
        "Keeps the conversation with this channel for so many seconds, up to 7 days. Without it, ownership ends 24 hours after the \
         person's last message.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
        let at = Pointer::ROOT.key("duration");
        match self.duration {
            None => rules::filled(&at, None, "say for how many seconds: 86400 is a day", report),
            given => rules::between(&at, given, &limits::THREAD_EXTENSION, report),
        }
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let body = Object::new().with("duration", self.duration.unwrap_or_default());
        change(page, "extend_thread_control", &self.person, body, None, None).await
    }
}

fn note(metadata: Option<&str>, report: &mut Report) {
    rules::fits(&Pointer::ROOT.key("metadata"), metadata, &limits::THREAD_METADATA, report);
}

/// One call that changes who answers, and who does from then on, where that is known.
async fn change(
    page: Page<'_>,
    edge: &str,
    person: &Id,
    body: Object,
    metadata: Option<&str>,
    owner: Option<ThreadOwner>,
) -> Result<Done<Success>> {
    let person = person.as_str();
    let body = body.with("recipient", Object::new().with("id", person)).maybe("metadata", metadata);
    let request = ProviderRequest::post(page.graph.path(&[page.id, edge])?, body.into());
    let output = Success::read(&page.graph.call(&request).await?)?;
    Ok(Done { output, thread: owner.map(|owner| Thread { person: person.to_owned(), owner }) })
}
