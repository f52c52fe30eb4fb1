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
mod person_menu;
mod persona;
mod profile;
mod request;
mod sticker;
#[cfg(test)]
mod tests;
mod text;
mod utility_template;

use std::sync::LazyLock;

use async_trait::async_trait;
use channel_api::operation::{self, Operation, Performed};
use channel_api::profile::Profile;
use channel_api::{Error, ErrorKind, Issue, JsonObject, Report, Result, respell};
use serde_json::Value;

use handler::OperationHandler;
use list::ListOf;

use crate::graph::Page;
use crate::profile::{Property, setting, without};
use crate::wire::without_nulls;

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
    Entry::desired(profile::SET_PERSISTENT_MENU, |input| setting(Property::PersistentMenu, input)),
    Entry::desired(profile::SET_GET_STARTED_BUTTON, |input| setting(Property::GetStarted, input)),
    Entry::desired(profile::SET_GREETING, |input| setting(Property::Greeting, input)),
    Entry::desired(profile::SET_ICE_BREAKERS, |input| setting(Property::IceBreakers, input)),
    Entry::desired(profile::SET_COMMANDS, |input| setting(Property::Commands, input)),
    Entry::desired(profile::SET_WHITELISTED_DOMAINS, |input| setting(Property::WhitelistedDomains, input)),
    Entry::desired(profile::SET_ACCOUNT_LINKING_URL, |input| setting(Property::AccountLinkingUrl, input)),
    Entry::desired(profile::CLEAR_PROFILE, without),
    Entry::of::<person_menu::SetPersonMenu>(),
    Entry::of::<person_menu::GetPersonMenu>(),
    Entry::of::<person_menu::ClearPersonMenu>(),
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
    let (entry, fields) = (entry(name)?, fields(input)?);
    let bind = match entry.by {
        By::Calls(bind) => bind,
        By::Profile(desired) => return Err(desired(&fields).map_or_else(|error| error, |_| only_by_profile())),
    };
    let (bound, warnings) = bind(fields)?;
    let performed = bound.perform(page()?).await.map_err(|error| error.with_operation(entry.operation.name))?;
    Ok(Performed { warnings, ..performed })
}

/// One door to the profile: whoever wrote past it would write what no plan has seen.
fn only_by_profile() -> Error {
    Error::new(ErrorKind::Unsupported, "operation.by_profile", "this operation makes no calls: it asks for a profile")
        .with_hint("set the profile up as the operation's `desired` says")
        .with_operation("perform")
}

/// The profile that an operation asks for, where that is all that it does.
pub(crate) fn desired(name: &str, input: &Value) -> Option<Result<Profile>> {
    match entry(name).ok()?.by {
        By::Calls(_) => None,
        By::Profile(desired) => Some(fields(input).and_then(|fields| desired(&fields))),
    }
}

fn entry(name: &str) -> Result<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.operation.name == name).ok_or_else(|| operation::unknown(name, all()))
}

/// An input's fields.
fn fields(input: &Value) -> Result<JsonObject> {
    let Value::Object(fields) = input else {
        let mut report = Report::default();
        report.refuse(operation::no_object());
        return Err(refused(report));
    };
    // The seed's calls name the channel among their fields; the host has read it already.
    let mut fields = fields.clone();
    fields.remove("channelId").or_else(|| fields.remove("channel_id"));
    Ok(fields)
}

fn refused(report: Report) -> Error {
    Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the operation's input", report)
}

/// Checks the input and does nothing else; the warnings.
#[cfg(test)]
fn check_only(name: &str, input: &Value) -> Result<Vec<Issue>> {
    let fields = fields(input)?;
    match entry(name)?.by {
        By::Calls(bind) => Ok(bind(fields)?.1),
        By::Profile(desired) => desired(&fields).map(|_| Vec::new()),
    }
}

struct Entry {
    operation: Operation,
    by: By,
}

/// By what an operation has its effect.
enum By {
    /// By calls of its own.
    Calls(fn(JsonObject) -> Result<Bound>),
    /// By the profile that it asks for.
    Profile(fn(&JsonObject) -> Result<Profile>),
}

/// An operation with an input that breaks no rule, and what the input's author should know.
type Bound = (Box<dyn BoundOperation>, Vec<Issue>);

impl Entry {
    const fn of<H: OperationHandler>() -> Self {
        Self { operation: H::OPERATION, by: By::Calls(bind::<H>) }
    }

    const fn desired(operation: Operation, desired: fn(&JsonObject) -> Result<Profile>) -> Self {
        Self { operation, by: By::Profile(desired) }
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

fn bind<H: OperationHandler>(fields: JsonObject) -> Result<Bound> {
    let (input, mut report, mut broken) = (Value::Object(fields), Report::default(), Report::default());
    let handler = H::read(&input, &mut report);
    report.refuse_unknown_fields();
    handler.check(&mut broken);
    respell(&mut broken, &input);
    report.absorb(broken);
    if report.refusals.is_empty() { Ok((Box::new(handler), report.warnings)) } else { Err(refused(report)) }
}
