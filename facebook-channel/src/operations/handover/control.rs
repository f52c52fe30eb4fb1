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
use crate::operations::handler::{OperationHandler, Outcome};
use crate::operations::id::{self, Id};
use crate::operations::text::Text;
use crate::rules;
use crate::thread::{self, PAGE_INBOX};
use crate::wire::Object;

/// What stands for the Page's inbox.
const INBOX: &str = "inbox";
/// The app id of Instagram's inbox.
const INSTAGRAM_INBOX: &str = "1217981644879628";

/// Hands a person's conversation to another app.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person", "targetApp"]))]
pub(in crate::operations) struct PassThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// Who answers from now on: the id of an app, or the word `inbox` for the people in the Page's inbox.
    #[serde(alias = "targetAppId", alias = "appId")]
    #[schemars(title = "Target app", extend("pattern" = "^([0-9]+|inbox)$", "examples" = ["inbox", "5566778899001122"]))]
    target_app: Id,
    /// A note for the app that takes over. It gets it with its webhook.
    #[schemars(title = "Note", length(max = limits::THREAD_METADATA.max), extend("examples" = ["asks for a refund"]))]
    metadata: Text,
}

/// Takes a person's conversation back from another app.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(in crate::operations) struct TakeThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// A note for the app that loses the conversation.
    #[schemars(title = "Note", length(max = limits::THREAD_METADATA.max), extend("examples" = ["the bot goes on"]))]
    metadata: Text,
}

/// Asks the app that answers a person to pass the conversation.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(in crate::operations) struct RequestThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// A note for the app that decides.
    #[schemars(title = "Note", length(max = limits::THREAD_METADATA.max), extend("examples" = ["a new order came in"]))]
    metadata: Text,
}

/// Gives a person's conversation up.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(in crate::operations) struct ReleaseThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// A note, for Meta's records: nobody gets a webhook.
    #[schemars(title = "Note", length(max = limits::THREAD_METADATA.max), extend("examples" = ["done"]))]
    metadata: Text,
}

/// Keeps a person's conversation for longer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person", "duration"]))]
pub(in crate::operations) struct ExtendThreadControl {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// For how long, in seconds: up to 7 days.
    #[schemars(
        title = "Duration",
        with = "u32",
        range(min = limits::THREAD_EXTENSION.min, max = limits::THREAD_EXTENSION.max),
        extend("examples" = [86_400])
    )]
    duration: Option<u32>,
}

#[async_trait]
impl OperationHandler for PassThreadControl {
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
        check_note(&self.metadata, report);
        let at = Pointer::ROOT.key("targetApp");
        let target = self.target_app.given();
        rules::filled(&at, target, "say who answers from now on: an app's id, or inbox", report);
        let is_app = |app: &str| app == INBOX || app.bytes().all(|byte| byte.is_ascii_digit());
        rules::format(&at, target, is_app, "is no app: give its numeric id, or inbox for the Page's inbox", report);
        let doubt = "is the inbox of Instagram; the Page's own is called inbox";
        rules::doubtful(&at, target == Some(INSTAGRAM_INBOX), "thread_control.instagram", doubt, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        let app = match self.target_app.as_str() {
            INBOX => PAGE_INBOX,
            app => app,
        };
        let owner = thread::owner(app, page.app.map(|own| own.id));
        let body = noted(&self.metadata).with("target_app_id", app);
        change(page, "pass_thread_control", &self.person, body, Some(owner)).await
    }
}

#[async_trait]
impl OperationHandler for TakeThreadControl {
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
        check_note(&self.metadata, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        change(page, "take_thread_control", &self.person, noted(&self.metadata), Some(ThreadOwner::Us)).await
    }
}

#[async_trait]
impl OperationHandler for RequestThreadControl {
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
        check_note(&self.metadata, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        change(page, "request_thread_control", &self.person, noted(&self.metadata), None).await
    }
}

#[async_trait]
impl OperationHandler for ReleaseThreadControl {
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
        check_note(&self.metadata, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        change(page, "release_thread_control", &self.person, noted(&self.metadata), Some(ThreadOwner::Nobody)).await
    }
}

#[async_trait]
impl OperationHandler for ExtendThreadControl {
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

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        let body = Object::new().with("duration", self.duration.unwrap_or_default());
        change(page, "extend_thread_control", &self.person, body, None).await
    }
}

fn check_note(metadata: &Text, report: &mut Report) {
    rules::fits(&Pointer::ROOT.key("metadata"), metadata.given(), &limits::THREAD_METADATA, report);
}

/// A body with the note, where there is one.
fn noted(metadata: &Text) -> Object {
    Object::new().maybe("metadata", metadata.given())
}

/// One call that changes who answers, and who does from then on, where that is known.
async fn change(
    page: Page<'_>,
    edge: &str,
    person: &Id,
    body: Object,
    owner: Option<ThreadOwner>,
) -> Result<Outcome<Success>> {
    let person = person.as_str();
    let body = body.with("recipient", Object::new().with("id", person));
    let request = ProviderRequest::post(page.graph.path(&[page.id, edge])?, body.into());
    let outcome = Success::of(page, &request).await?;
    Ok(Outcome { thread: owner.map(|owner| Thread::new(person, owner)), ..outcome })
}
