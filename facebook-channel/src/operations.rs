//! What a Page can do beyond messages: one type for each operation, whose fields are the form, and one list of them all.
//!
//! To add one: a struct with the input's fields in the file of its family, [`OperationHandler`] for it (or [`Edge`](list::Edge),
//! where it is a list), and a line in [`ENTRIES`].

mod account_linking;
mod answer;
mod comment;
mod conversation;
mod handler;
mod handover;
mod id;
mod label;
mod list;
mod moderation;
mod persona;
mod request;
mod sticker;
#[cfg(test)]
mod tests;
mod text;
mod utility_template;

use std::sync::LazyLock;

use async_trait::async_trait;
use channel_api::operation::{self, Operation, Performed};
use channel_api::{Error, ErrorKind, Issue, Report, Result};
use serde_json::Value;

pub(crate) use handler::{OperationHandler, Outcome};
use list::ListOf;

use crate::graph::Page;
use crate::profile;
use crate::send::wire::without_nulls;

/// Every operation, in the order in which it is listed.
const ENTRIES: &[Entry] = &[
    Entry::of::<handover::PassThreadControl>(),
    Entry::of::<handover::TakeThreadControl>(),
    Entry::of::<handover::RequestThreadControl>(),
    Entry::of::<handover::ReleaseThreadControl>(),
    Entry::of::<handover::ExtendThreadControl>(),
    Entry::of::<handover::GetThreadOwner>(),
    Entry::of::<handover::GetRoutingFeatures>(),
    Entry::of::<ListOf<handover::SecondaryReceivers>>(),
    Entry::of::<profile::GetProfile>(),
    Entry::of::<profile::SetPersistentMenu>(),
    Entry::of::<profile::SetGetStartedButton>(),
    Entry::of::<profile::SetGreeting>(),
    Entry::of::<profile::SetIceBreakers>(),
    Entry::of::<profile::SetCommands>(),
    Entry::of::<profile::SetWhitelistedDomains>(),
    Entry::of::<profile::SetAccountLinkingUrl>(),
    Entry::of::<profile::ClearProfile>(),
    Entry::of::<profile::SetPersonMenu>(),
    Entry::of::<profile::GetPersonMenu>(),
    Entry::of::<profile::ClearPersonMenu>(),
    Entry::of::<persona::CreatePersona>(),
    Entry::of::<ListOf<persona::Personas>>(),
    Entry::of::<persona::GetPersona>(),
    Entry::of::<persona::DeletePersona>(),
    Entry::of::<ListOf<utility_template::TemplateLibrary>>(),
    Entry::of::<utility_template::CreateTemplate>(),
    Entry::of::<ListOf<utility_template::Templates>>(),
    Entry::of::<utility_template::DeleteTemplate>(),
    Entry::of::<comment::ReplyPrivately>(),
    Entry::of::<comment::ReplyToComment>(),
    Entry::of::<label::CreateLabel>(),
    Entry::of::<ListOf<label::Labels>>(),
    Entry::of::<label::DeleteLabel>(),
    Entry::of::<label::LabelPerson>(),
    Entry::of::<label::UnlabelPerson>(),
    Entry::of::<ListOf<label::LabelsOfPerson>>(),
    Entry::of::<moderation::ModerateConversations>(),
    Entry::of::<moderation::GetFeatureReview>(),
    Entry::of::<conversation::GetConversation>(),
    Entry::of::<account_linking::GetLinkedPerson>(),
    Entry::of::<account_linking::UnlinkAccount>(),
    Entry::of::<ListOf<sticker::StickerPacks>>(),
    Entry::of::<ListOf<sticker::StickersOfPack>>(),
    Entry::of::<ListOf<sticker::StickersFound>>(),
];

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| ENTRIES.iter().map(|entry| entry.operation).collect());

/// Every operation.
pub(crate) fn all() -> &'static [Operation] {
    &OPERATIONS
}

/// Checks the input, then performs. `page` is asked for only when there is something to do.
pub(crate) async fn perform<'a>(
    name: &str,
    input: &Value,
    page: impl FnOnce() -> Result<Page<'a>> + Send,
) -> Result<Performed> {
    let entry = entry(name)?;
    let (bound, warnings) = (entry.bind)(input)?;
    let performed = bound.perform(page()?).await.map_err(|error| error.with_operation(entry.operation.name))?;
    Ok(Performed { warnings, ..performed })
}

fn entry(name: &str) -> Result<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.operation.name == name).ok_or_else(|| operation::unknown(name, all()))
}

/// Checks the input and does nothing else; the warnings.
#[cfg(test)]
fn check_only(name: &str, input: &Value) -> Result<Vec<Issue>> {
    Ok((entry(name)?.bind)(input)?.1)
}

struct Entry {
    operation: Operation,
    bind: fn(&Value) -> Result<Bound>,
}

/// An operation with an input that breaks no rule, and what the input's author should know.
type Bound = (Box<dyn BoundOperation>, Vec<Issue>);

impl Entry {
    const fn of<H: OperationHandler>() -> Self {
        Self { operation: H::OPERATION, bind: bind::<H> }
    }
}

/// An operation with an input that breaks no rule.
#[async_trait]
trait BoundOperation: Send {
    async fn perform(self: Box<Self>, page: Page<'_>) -> Result<Performed>;
}

#[async_trait]
impl<H: OperationHandler> BoundOperation for H {
    async fn perform(self: Box<Self>, page: Page<'_>) -> Result<Performed> {
        let outcome = H::perform(*self, page).await?;
        let mut output = serde_json::to_value(&outcome.output).map_err(|error| {
            Error::new(ErrorKind::Unexpected, "operation.output", "the outcome cannot be written as JSON")
                .with_source(error)
        })?;
        // What Meta did not say is absent.
        without_nulls(&mut output);
        Ok(Performed { output, thread: outcome.thread, ..Performed::default() })
    }
}

fn bind<H: OperationHandler>(input: &Value) -> Result<Bound> {
    let mut report = Report::default();
    if let Value::Object(fields) = input {
        // The seed's calls name the channel among their fields; the host has read it already.
        let mut fields = fields.clone();
        fields.remove("channelId").or_else(|| fields.remove("channel_id"));
        let handler = H::read(&Value::Object(fields), &mut report);
        report.refuse_unknown_fields();
        let mut broken = Report::default();
        handler.check(&mut broken);
        report.absorb(broken);
        if report.refusals.is_empty() {
            return Ok((Box::new(handler), report.warnings));
        }
    } else {
        report.refuse(operation::no_object());
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the operation's input", report))
}
