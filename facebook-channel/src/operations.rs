//! What a Page can do beyond messages: one type for each operation, whose fields are the form, and one list of them all.
//!
//! To add one: a struct with the input's fields in the file of its family, [`Call`] for it, and a line in [`ENTRIES`].

mod account_linking;
mod answer;
mod comment;
mod conversation;
mod handover;
mod id;
mod label;
mod moderation;
mod persona;
mod request;
mod sticker;
#[cfg(test)]
mod tests;
mod utility_template;

use std::sync::LazyLock;

use async_trait::async_trait;
use channel_api::operation::{self, Operation, Performed};
use channel_api::{Error, ErrorKind, Pointer, Quote, Report, Result, read};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::graph::Page;
use crate::profile;
use crate::send::wire::without_nulls;

/// An operation: its input, its rules, its calls.
#[async_trait]
pub(crate) trait Call: DeserializeOwned + Default + JsonSchema + Send + Sync + 'static {
    /// What comes of it.
    type Output: Serialize + JsonSchema;

    /// What a host and a dashboard see of it.
    const OPERATION: Operation;

    /// Notes all that is wrong with the input.
    fn check(&self, report: &mut Report);

    /// Makes the calls, each once.
    async fn perform(self, page: Page<'_>) -> Result<Done<Self::Output>>;
}

/// What came of a call.
pub(crate) struct Done<O> {
    pub(crate) output: O,
    /// Who answers from now on, where that changed.
    pub(crate) thread: Option<operation::Thread>,
}

impl<O> From<O> for Done<O> {
    fn from(output: O) -> Self {
        Self { output, thread: None }
    }
}

/// Every operation, in the order in which it is listed.
const ENTRIES: &[Entry] = &[
    Entry::of::<handover::PassThreadControl>(),
    Entry::of::<handover::TakeThreadControl>(),
    Entry::of::<handover::RequestThreadControl>(),
    Entry::of::<handover::ReleaseThreadControl>(),
    Entry::of::<handover::ExtendThreadControl>(),
    Entry::of::<handover::GetThreadOwner>(),
    Entry::of::<handover::GetRoutingFeatures>(),
    Entry::of::<handover::ListSecondaryReceivers>(),
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
    Entry::of::<persona::ListPersonas>(),
    Entry::of::<persona::GetPersona>(),
    Entry::of::<persona::DeletePersona>(),
    Entry::of::<utility_template::SearchTemplateLibrary>(),
    Entry::of::<utility_template::CreateTemplate>(),
    Entry::of::<utility_template::ListTemplates>(),
    Entry::of::<utility_template::DeleteTemplate>(),
    Entry::of::<comment::ReplyPrivately>(),
    Entry::of::<comment::ReplyToComment>(),
    Entry::of::<label::CreateLabel>(),
    Entry::of::<label::ListLabels>(),
    Entry::of::<label::DeleteLabel>(),
    Entry::of::<label::LabelPerson>(),
    Entry::of::<label::UnlabelPerson>(),
    Entry::of::<label::ListLabelsOfPerson>(),
    Entry::of::<moderation::ModerateConversations>(),
    Entry::of::<moderation::GetFeatureReview>(),
    Entry::of::<conversation::GetConversation>(),
    Entry::of::<account_linking::GetLinkedPerson>(),
    Entry::of::<account_linking::UnlinkAccount>(),
    Entry::of::<sticker::ListStickerPacks>(),
    Entry::of::<sticker::ListStickers>(),
    Entry::of::<sticker::SearchStickers>(),
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
    let (ready, warnings) = (entry.prepare)(input)?;
    let performed = ready.perform(page()?).await.map_err(|error| error.with_operation(entry.operation.name))?;
    Ok(Performed { warnings, ..performed })
}

fn entry(name: &str) -> Result<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.operation.name == name).ok_or_else(|| operation::unknown(name, all()))
}

/// Checks the input and does nothing else; the warnings.
#[cfg(test)]
fn prepare_only(name: &str, input: &Value) -> Result<Vec<channel_api::Issue>> {
    Ok((entry(name)?.prepare)(input)?.1)
}

struct Entry {
    operation: Operation,
    prepare: fn(&Value) -> Result<Prepared>,
}

/// An input that breaks no rule, and what its author should know.
type Prepared = (Box<dyn Ready>, Vec<channel_api::Issue>);

impl Entry {
    const fn of<C: Call>() -> Self {
        Self { operation: C::OPERATION, prepare: prepare::<C> }
    }
}

/// An input that breaks no rule.
#[async_trait]
trait Ready: Send {
    async fn perform(self: Box<Self>, page: Page<'_>) -> Result<Performed>;
}

#[async_trait]
impl<C: Call> Ready for C {
    async fn perform(self: Box<Self>, page: Page<'_>) -> Result<Performed> {
        let done = C::perform(*self, page).await?;
        let mut output = serde_json::to_value(&done.output).map_err(|error| {
            Error::new(ErrorKind::Unexpected, "operation.output", "the outcome cannot be written as JSON")
                .with_source(error)
        })?;
        // What Meta did not say is absent.
        without_nulls(&mut output);
        Ok(Performed { output, thread: done.thread, ..Performed::default() })
    }
}

fn prepare<C: Call>(input: &Value) -> Result<Prepared> {
    let mut report = Report::default();
    if let Value::Object(fields) = input {
        // The seed's calls name the channel among their fields; the host has read it already.
        let mut fields = fields.clone();
        fields.remove("channelId").or_else(|| fields.remove("channel_id"));
        let call: C = read(&Value::Object(fields), &Pointer::ROOT, Quote::Values, &mut report);
        report.refuse_unknown_fields();
        let mut broken = Report::default();
        call.check(&mut broken);
        report.absorb(broken);
        if report.refusals.is_empty() {
            return Ok((Box::new(call), report.warnings));
        }
    } else {
        report.refuse(operation::no_object());
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the operation's input", report))
}
