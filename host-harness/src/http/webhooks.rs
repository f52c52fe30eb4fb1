use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use channel_api::{Delivery, Error, ErrorKind, Subscription, WebhookReply};
use http::{HeaderMap, Method, StatusCode, Uri, header};

use super::Problem;
use super::body::BodyReader;
use super::health::Readiness;
use super::public_url::PublicUrl;
use crate::channels::Channels;
use crate::ingest::{Ingest, IngestError, route};
use crate::store::StoreError;
use crate::telemetry::{LogThrottle, Metrics};

/// What deliveries are taken with.
#[derive(Clone, Debug)]
pub(super) struct Inbox {
    pub(super) channels: Channels,
    pub(super) ingest: Ingest,
    pub(super) bodies: BodyReader,
    pub(super) public_url: PublicUrl,
    pub(super) metrics: Arc<Metrics>,
    pub(super) readiness: Arc<Readiness>,
    pub(super) log_throttle: Arc<LogThrottle>,
}

type Named = Result<Path<Vec<String>>, PathRejection>;

/// The handshake by which a provider confirms the address: a channel's own, or that of its type, where any channel's words will do.
pub(super) async fn subscribe(
    State(channels): State<Channels>,
    State(log_throttle): State<Arc<LogThrottle>>,
    named: Named,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let address = Address::of(named);
    let list = channels.list();
    let (_, of_type) = list.of_type(&address.channel_type).ok_or_else(|| unknown(&log_throttle))?;
    let asked: Vec<_> = of_type.into_iter().filter(|channel| address.is_of(channel.channel_id().as_str())).collect();
    let subscription = Subscription::new(parameters);
    let mut refusal = None;
    for channel in &asked {
        let handshake = channel_api::facets::required(channel.handshake(), "handshake")?;
        match handshake.challenge(&subscription) {
            // As plain text: the challenge is the caller's own words, and no browser shall read them as a page.
            Ok(challenge) => {
                return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response());
            }
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    let error = refusal.ok_or_else(|| unknown(&log_throttle))?;
    address.refused(&log_throttle, &error, "a webhook handshake was refused");
    let mut problem = Problem::new(StatusCode::FORBIDDEN, error.code(), error.to_string());
    if let Some(hint) = error.hint() {
        problem = problem.hint(hint);
    }
    Err(problem)
}

/// A delivery. It is answered 200 only when it is stored.
pub(super) async fn deliver(
    State(inbox): State<Inbox>,
    method: Method,
    uri: Uri,
    named: Named,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let address = Address::of(named);
    let started = Instant::now();
    let answer = take(&inbox, &address, Request { method, uri, headers, body }).await;
    let outcome = match &answer {
        Ok((outcome, _)) | Err((outcome, _)) => outcome,
    };
    inbox.metrics.delivery(outcome, started.elapsed());
    match answer {
        Ok((_, reply)) => {
            let kind = reply.content_type.map(|kind| [(header::CONTENT_TYPE, kind)]);
            (kind, reply.body).into_response()
        }
        Err((_, problem)) => problem.into_response(),
    }
}

struct Request {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
}

async fn take(
    inbox: &Inbox,
    address: &Address,
    Request { method, uri, headers, body }: Request,
) -> Result<(&'static str, WebhookReply), (&'static str, Problem)> {
    let list = inbox.channels.list();
    let nowhere = || ("unknown_channel", unknown(&inbox.log_throttle));
    let (kind, channels) = list.of_type(&address.channel_type).ok_or_else(nowhere)?;
    let addressed = match &address.channel_id {
        Some(id) => Some(*channels.iter().find(|channel| channel.channel_id().as_str() == id).ok_or_else(nowhere)?),
        None => None,
    };
    // Before a byte of the body is read: whoever cannot sign shall cost nothing.
    (kind.check_head)(&headers).map_err(|error| refused(inbox, address, error))?;
    let held = inbox.bodies.read(&headers, body).await.map_err(|unread| {
        let outcome = unread.outcome();
        if let Some(times) = inbox.log_throttle.due(&format!("{outcome} {}", address.shown())) {
            tracing::warn!(address = address.shown(), times, outcome, "the bodies of webhooks were not read");
        }
        (outcome, Problem::from(unread))
    })?;
    let url = inbox.public_url.0.as_deref().map(|public| format!("{public}{uri}"));
    let delivery = Delivery::new(&headers, &held.bytes).with_method(&method).with_url(url.as_deref());
    let routed = route(kind, &channels, addressed, delivery).map_err(|error| refused(inbox, address, error))?;
    if !routed.unclaimed.is_empty() || routed.takers.is_empty() {
        inbox.metrics.unclaimed();
        if let Some(times) = inbox.log_throttle.due(&format!("unclaimed {}", address.channel_type)) {
            tracing::warn!(
                channel_type = address.channel_type,
                account = routed.unclaimed.first().map_or("none", String::as_str),
                times,
                "deliveries speak of an account that no channel has: configure a channel for it, or end its subscription at \
                 the provider"
            );
        }
    }
    let Some((first, verified)) = routed.takers.first() else { return Ok(("unclaimed", WebhookReply::default())) };
    let reply = first.reply(verified);
    match inbox.ingest.take(&routed.takers).await {
        Ok(appended) => {
            inbox.metrics.stored(appended.stored(), appended.duplicates());
            Ok(("stored", reply))
        }
        Err(IngestError::Refused(error)) => Err(refused(inbox, address, error)),
        Err(IngestError::NotStored(error)) => {
            inbox.readiness.store_failed();
            let outcome = if matches!(error, StoreError::Busy { .. }) { "busy" } else { "not_stored" };
            Err((outcome, Problem::from(error)))
        }
    }
}

fn refused(inbox: &Inbox, address: &Address, error: Error) -> (&'static str, Problem) {
    address.refused(&inbox.log_throttle, &error, "webhook deliveries were refused");
    let outcome = match error.kind() {
        ErrorKind::Unauthenticated => "unauthenticated",
        ErrorKind::MalformedWebhook => "malformed",
        _ => "failed",
    };
    (outcome, Problem::from(error))
}

/// To whom a request is addressed: a channel, or a type.
struct Address {
    channel_type: String,
    channel_id: Option<String>,
}

impl Address {
    /// What is not even text names no channel.
    fn of(named: Named) -> Self {
        let mut parts = named.map(|Path(parts)| parts).unwrap_or_default().into_iter();
        Self { channel_type: parts.next().unwrap_or_default(), channel_id: parts.next() }
    }

    fn is_of(&self, channel_id: &str) -> bool {
        self.channel_id.as_deref().is_none_or(|id| id == channel_id)
    }

    /// For the log, only where the configuration has chosen the words.
    fn shown(&self) -> &str {
        self.channel_id.as_deref().unwrap_or(&self.channel_type)
    }

    /// Nobody but the operator reads what a provider is answered: the log says what to do.
    fn refused(&self, log_throttle: &LogThrottle, error: &Error, what: &'static str) {
        if let Some(times) = log_throttle.due(&format!("{what} {} {}", error.code(), self.shown())) {
            let (code, hint) = (error.code(), error.hint());
            tracing::warn!(address = self.shown(), code, times, reason = %error, hint, "{what}");
        }
    }
}

fn unknown(log_throttle: &LogThrottle) -> Problem {
    const HINT: &str = "the address ends in /webhooks/{type}/{channelId}, with the id of the host's configuration, or in /webhooks/{type}";
    if let Some(times) = log_throttle.due("unknown") {
        tracing::warn!(times, hint = HINT, "webhooks come to addresses of no channel");
    }
    Problem::unknown_channel().hint(HINT)
}
