//! What a case may need of an adapter before it can look at anything. Asked of what the adapter and its fixture hand out, so that
//! it is known before a case runs: a list of tests says which of them do not apply.

use channel_api::event::name;
use channel_api::{ChannelAdapterExt as _, Operation, ProviderError, ProviderRequest, Retry, Token, WebhookAuth};
use serde_json::Value;

use super::facets::Facets as _;
use super::{CaseContext, Found};

/// Whether a case applies to an adapter, or why not.
pub type Applies = Result<(), &'static str>;

fn when(condition: bool, otherwise: &'static str) -> Applies {
    if condition { Ok(()) } else { Err(otherwise) }
}

#[expect(clippy::unnecessary_wraps, reason = "one question of many, all of which are asked alike")]
pub(super) fn nothing(_: &CaseContext) -> Applies {
    Ok(())
}

/// An account whose id stands in deliveries.
pub(super) fn accounts(context: &CaseContext) -> Applies {
    receiving(context)?;
    let named = context.apart().is_some_and(|channel| !channel.accounts().is_empty());
    when(named, "its deliveries name no account")
}

pub(super) fn proofs(context: &CaseContext) -> Applies {
    when(context.capabilities().webhook_auth != WebhookAuth::None, "its webhooks prove nothing")
}

/// What is proved is the body: a shared secret comes with any.
pub(super) fn signatures(context: &CaseContext) -> Applies {
    proofs(context)?;
    when(context.capabilities().webhook_auth == WebhookAuth::Signature, "its webhooks are not signed")
}

pub(super) fn second_secret(context: &CaseContext) -> Applies {
    proofs(context)?;
    when(context.fixture().previous_webhook_secret().is_some(), "the fixture brings no second secret")
}

pub(super) fn handshake(context: &CaseContext) -> Applies {
    when(context.offline(None).handshake().is_some(), "it hands out no handshake")
}

pub(super) fn receiving(context: &CaseContext) -> Applies {
    when(!context.capabilities().receives_events.is_empty(), "the capability receivesEvents names nothing")
}

pub(super) fn in_batches(context: &CaseContext) -> Applies {
    receiving(context)?;
    // Only a provider that sends several events at a time can lose some of them.
    when(context.fixture().batches(), "the provider sends one event at a time")
}

pub(super) fn happened_twice(context: &CaseContext) -> Applies {
    receiving(context)?;
    let brought = context.fixture().happened_twice().is_some();
    when(brought, "the fixture brings nothing that happened twice and is told by the time of its delivery alone")
}

pub(super) fn echoes(context: &CaseContext) -> Applies {
    let declared = context.capabilities().receives_events.contains(&name::MESSAGE_ECHO);
    when(declared, "the capability receivesEvents does not name message.echo")
}

pub(super) fn observed(context: &CaseContext) -> Applies {
    receiving(context)?;
    when(context.fixture().observed().is_some(), "the fixture brings no event that another app is responsible for")
}

pub(super) fn sending(context: &CaseContext) -> Applies {
    when(!context.capabilities().sends_content.is_empty(), "the capability sendsContent names nothing")
}

/// An event after which somebody else answers.
pub(super) fn hand_overs_in(context: &CaseContext) -> Applies {
    receiving(context)?;
    let changes = |event: &Value| !event["data"]["threadOwner"].is_null();
    let brought = context.fixture().inbound().iter().any(|sample| sample.events.iter().any(changes));
    when(brought, "no event of the fixture hands a conversation over")
}

/// A message after which somebody else answers.
pub(super) fn hand_overs_out(context: &CaseContext) -> Applies {
    sending(context)?;
    let brought = context.fixture().messages().iter().any(|sample| sample.thread.is_some());
    when(brought, "no message of the fixture hands a conversation over")
}

pub(super) fn sending_in_turn(context: &CaseContext) -> Applies {
    sending(context)?;
    let reason = "the calls of a batch are made one after the other, without regard to whom they are for";
    when(context.fixture().batches_by_person(), reason)
}

/// Texts in place of what is over a limit.
pub(super) fn falls_back(context: &CaseContext) -> Applies {
    when(context.capabilities().options.contains(&"fallback"), "the capability options does not name fallback")
}

/// Calls that carry a token.
pub(super) fn stamps(context: &CaseContext) -> Applies {
    sending(context)?;
    when(stamped(context).is_some(), "its calls carry no token of the host by which the provider's copy is known")
}

/// Copies of what was sent, in which a token comes back.
pub(super) fn copies(context: &CaseContext) -> Applies {
    stamps(context)?;
    let copied = stamped(context).and_then(|call| context.fixture().echo(&call)).is_some();
    when(copied, "the fixture brings no copy of a message that was sent")
}

/// The first call of the fixture's that takes a token.
fn stamped(context: &CaseContext) -> Option<ProviderRequest> {
    let (channel, token) = (context.offline(None), Token::from_random([0; 16]));
    let messages = context.fixture().messages().into_iter();
    let calls = messages.filter_map(|sample| channel.denormalize_json(&sample.message).ok());
    calls
        .flat_map(|translated| translated.requests)
        .find_map(|mut call| channel.stamp(&mut call, &token).then_some(call))
}

pub(super) fn waits(context: &CaseContext) -> Applies {
    sending(context)?;
    let waits = |retry| matches!(retry, Retry::Safe { after: Some(_) } | Retry::IfIdempotent { after: Some(_) });
    let brought = context.fixture().failing().iter().any(|failing| waits(failing.retry));
    when(brought, "the fixture brings no failure for which the provider asks to wait")
}

/// Failures that the provider reports by a code of its own.
pub(super) fn provider_codes(context: &CaseContext) -> Applies {
    sending(context)?;
    let brought = context.fixture().failing().iter().any(|failing| failing.provider.code.is_some());
    when(brought, "the fixture brings no failure that the provider reports by a code of its own")
}

/// Failures of which anything can be kept that the provider's support asks for.
pub(super) fn provider_words(context: &CaseContext) -> Applies {
    sending(context)?;
    let brought = context.fixture().failing().iter().any(|failing| failing.provider != ProviderError::default());
    when(brought, "the fixture brings no failure with a code or a trace id of the provider's")
}

/// Calls that carry a secret as it is.
pub(super) fn carried_secrets(context: &CaseContext) -> Applies {
    sending(context)?;
    when(context.fixture().carries_secrets(), "its calls carry no secret as it is")
}

pub(super) fn limits(context: &CaseContext) -> Applies {
    when(!context.capabilities().limits.is_empty(), "the capability limits names nothing")
}

pub(super) fn media_hosts(context: &CaseContext) -> Applies {
    when(!context.capabilities().media_hosts.is_empty(), "the capability mediaHosts names nothing")
}

/// Any facet at all.
pub(super) fn facets(context: &CaseContext) -> Applies {
    let channel = context.offline(None);
    let handed_out = channel.handshake().is_some()
        || channel.profile().is_some()
        || channel.connection().is_some()
        || channel.media_up().is_some()
        || channel.media_down().is_some()
        || channel.people().is_some()
        || channel.operations().is_some()
        || channel.window().is_some();
    when(handed_out, "it hands out no facet")
}

pub(super) fn uploads(context: &CaseContext) -> Applies {
    when(context.offline(None).media_up().is_some(), "it hands out no upload of media")
}

pub(super) fn downloads(context: &CaseContext) -> Applies {
    when(context.offline(None).media_down().is_some(), "it hands out no download of media")
}

pub(super) fn bytes(context: &CaseContext) -> Applies {
    downloads(context)?;
    let samples = context.fixture().download().unwrap_or_default();
    let bytes = samples.found.iter().any(|sample| matches!(sample.found, Found::Body { .. }));
    when(bytes, "what people send is found at addresses, and not given as bytes")
}

pub(super) fn found_by_id(context: &CaseContext) -> Applies {
    downloads(context)?;
    receiving(context)?;
    let samples = context.fixture().download().unwrap_or_default();
    let named = samples.found.iter().any(|sample| sample.media.id.is_some());
    when(named, "what people send is found by its message, and has no id of its own")
}

pub(super) fn window(context: &CaseContext) -> Applies {
    when(context.offline(None).window().is_some(), "it hands out no window")
}

pub(super) fn operations(context: &CaseContext) -> Applies {
    when(context.offline(None).operations().is_some(), "it hands out no operations")
}

/// An operation after which somebody else answers.
pub(super) fn hand_over_operations(context: &CaseContext) -> Applies {
    operations(context)?;
    let brought = context.fixture().operations().iter().any(|sample| sample.thread.is_some());
    when(brought, "no operation of the fixture changes who answers")
}

pub(super) fn profile_operations(context: &CaseContext) -> Applies {
    operations(context)?;
    let channel = context.offline(None);
    let asks = |operation: &Operation| channel.desired(operation.name, &(operation.example)()).is_some();
    when(channel.operation_list().iter().any(asks), "no operation asks for a profile")
}

pub(super) fn profile(context: &CaseContext) -> Applies {
    when(context.offline(None).profile().is_some(), "it hands out no profile")
}

pub(super) fn profile_warnings(context: &CaseContext) -> Applies {
    profile(context)?;
    let warned = context.fixture().profile().is_some_and(|samples| samples.warned.is_some());
    when(warned, "the fixture brings no profile that its author is warned of")
}

pub(super) fn connection(context: &CaseContext) -> Applies {
    when(context.offline(None).connection().is_some(), "it hands out no connection")
}

pub(super) fn told_address(context: &CaseContext) -> Applies {
    connection(context)?;
    let told = context.fixture().connection().is_some_and(|samples| samples.told_address);
    when(told, "the provider has the address to deliver to from elsewhere")
}

pub(super) fn parts_refused(context: &CaseContext) -> Applies {
    connection(context)?;
    let refuses = context.fixture().connection().is_some_and(|samples| samples.refusing.is_some());
    when(refuses, "the fixture brings no subscription of which the provider takes a part only")
}

pub(super) fn elsewhere(context: &CaseContext) -> Applies {
    connection(context)?;
    let told = context.fixture().connection().is_some_and(|samples| samples.elsewhere.is_some());
    when(told, "the provider does not tell where it delivers to")
}

pub(super) fn named_problems(context: &CaseContext) -> Applies {
    connection(context)?;
    let named = context.fixture().connection().is_some_and(|samples| !samples.troubled.is_empty());
    when(named, "the fixture brings no answer that names what is missing")
}

pub(super) fn credentials_that_end(context: &CaseContext) -> Applies {
    connection(context)?;
    let ends = context.fixture().connection().is_some_and(|samples| samples.expiring.is_some());
    when(ends, "the fixture brings no credentials that end")
}

pub(super) fn permissions(context: &CaseContext) -> Applies {
    connection(context)?;
    let lacking = context.fixture().connection().is_some_and(|samples| samples.lacking.is_some());
    when(lacking, "the fixture brings no credentials that lack a permission")
}

pub(super) fn subscriptions(context: &CaseContext) -> Applies {
    connection(context)?;
    let lacking = context.fixture().connection().is_some_and(|samples| samples.unsubscribed.is_some());
    when(lacking, "the fixture brings no subscription that lacks something")
}

pub(super) fn login(context: &CaseContext) -> Applies {
    when((context.registration().login)().is_some(), "the registration has no login")
}
