use channel_api::{ProviderRequest, WebhookReply};
use http::HeaderMap;
use serde_json::Value;

use super::{
    BadConfig, ConnectionSamples, DownloadSamples, Failing, Handshake, Inbound, LoginSamples, Measured,
    OperationSample, Outbound, Person, ProfileSamples, Refused, RefusedInput, Reply, UploadSamples, WindowSamples,
};

/// What an adapter brings to be measured: samples of all that it reads and writes, each with what shall come of it.
///
/// The more a fixture brings, the more is measured. A case that needs something it does not bring fails, or does not apply
/// where the provider may not have it at all; the guide in [`guide`](crate::guide) builds one from nothing.
pub trait Fixture: Send + Sync {
    /// A configuration that is good, of a channel that calls the provider at `upstream` (such as `http://127.0.0.1:4711`).
    fn config(&self, upstream: &str) -> Value;

    /// Every secret in that configuration. They must be long and unlike anything else: the suite searches for them in all
    /// that the adapter shows.
    fn secrets(&self) -> Vec<&'static str>;

    /// More configurations that are good.
    fn good_configs(&self) -> Vec<Value> {
        Vec::new()
    }

    /// Configurations that are refused. At least one has two problems.
    fn bad_configs(&self) -> Vec<BadConfig>;

    /// The secret in [`config`](Self::config) with which the provider signs.
    fn webhook_secret(&self) -> &'static str {
        ""
    }

    /// The secret in [`config`](Self::config) that is accepted beside it while one replaces the other.
    fn previous_webhook_secret(&self) -> Option<&'static str> {
        None
    }

    /// The headers with which the provider would send this body, signed with this secret.
    fn sign(&self, secret: &str, body: &[u8]) -> HeaderMap {
        let _ = (secret, body);
        HeaderMap::new()
    }

    /// The handshake that the channel of [`config`](Self::config) answers.
    fn handshake(&self) -> Option<Handshake> {
        None
    }

    /// The body of a delivery with these events, in this order.
    fn body(&self, items: &[Value]) -> Vec<u8>;

    /// Whether one delivery may hold several events.
    fn batches(&self) -> bool {
        true
    }

    /// The events that a body holds, for recorded traffic: `None` when it is no webhook.
    fn items<'a>(&self, body: &'a Value) -> Option<Vec<&'a Value>> {
        Some(vec![body])
    }

    /// Events as the provider writes them, no two alike. Together they become every event and content that the channel
    /// declares to receive.
    fn inbound(&self) -> Vec<Inbound>;

    /// An event of a kind that the provider might add next year.
    fn unheard_of(&self) -> Value;

    /// An event that another app is responsible for.
    fn observed(&self) -> Option<Inbound> {
        None
    }

    /// Two deliveries of the same thing, which happened twice, where the provider gives it neither an id nor a time of its own: only
    /// the time of the delivery's entry tells the two apart. `None` where there is nothing of the kind.
    fn happened_twice(&self) -> Option<[Vec<u8>; 2]> {
        None
    }

    /// The provider's copy of the message that this call sends, as an event. `None` where it sends no copies.
    fn echo(&self, call: &ProviderRequest) -> Option<Value> {
        let _ = call;
        None
    }

    /// What the provider is answered when it has delivered this body.
    fn reply(&self, body: &[u8]) -> WebhookReply {
        let _ = body;
        WebhookReply::default()
    }

    /// More bodies that are no webhooks.
    fn malformed(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// Messages that are good. The first is a plain text without options; together they use every content type, template,
    /// action and tag that the channel declares to send.
    fn messages(&self) -> Vec<Outbound>;

    /// Messages that are refused. At least one has two problems.
    fn refused(&self) -> Vec<Refused>;

    /// One for each limit that the channel declares, wherever it is checked.
    fn measured(&self) -> Vec<Measured>;

    /// Whether a call carries a secret as it is, so that the provider can repeat it: in a header, the path, the query or the body. It
    /// does not where the secret only signs.
    fn carries_secrets(&self) -> bool {
        true
    }

    /// How the provider answers a message that it takes under this id.
    fn accepted(&self, message_id: &str) -> Reply;

    /// How the provider reports a failure with these words, which it may have taken from the call itself.
    fn failure(&self, message: &str) -> Reply;

    /// Failures that the provider reports.
    fn failing(&self) -> Vec<Failing>;

    /// A look-up of a person.
    fn person(&self) -> Option<Person> {
        None
    }

    /// Samples for downloads, where the channel hands them out.
    fn download(&self) -> Option<DownloadSamples> {
        None
    }

    /// Samples for the window, where the channel hands it out.
    fn window(&self) -> Option<WindowSamples> {
        None
    }

    /// Samples for the profile, where the channel hands it out.
    fn profile(&self) -> Option<ProfileSamples> {
        None
    }

    /// Samples for the connection, where the channel hands it out.
    fn connection(&self) -> Option<ConnectionSamples> {
        None
    }

    /// How the provider answers a request that holds several calls: takes its body apart, asks for the answer to each call,
    /// by the text of that call, and puts the answers together. `None` for a request that is a single call.
    fn batched(&self, body: &[u8], each: &mut dyn FnMut(&str) -> Reply) -> Option<Reply> {
        drop((body, each));
        None
    }

    /// Whether a batch is made with regard to whom each call is for, so that one that fails ends its person's.
    fn batches_by_person(&self) -> bool {
        false
    }

    /// Operations performed: at least one for each that the channel lists.
    fn operations(&self) -> Vec<OperationSample> {
        Vec::new()
    }

    /// Inputs of operations that are refused. At least one has two problems.
    fn refused_inputs(&self) -> Vec<RefusedInput> {
        Vec::new()
    }

    /// Samples for uploads, where the channel hands them out.
    fn upload(&self) -> Option<UploadSamples> {
        None
    }

    /// Samples for signing in, where the registration has a login.
    fn login(&self) -> Option<LoginSamples> {
        None
    }
}
