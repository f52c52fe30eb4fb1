use std::sync::Arc;
use std::time::Instant;

use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use channel_api::facets::required;
use channel_api::{ChannelAdapter, Delivery, ErrorKind, Subscription};
use http::{HeaderMap, StatusCode, header};

use super::Problem;
use super::health::Readiness;
use crate::channels::{ChannelList, Channels};
use crate::ingest::{Ingest, IngestError};
use crate::store::StoreError;
use crate::telemetry::Metrics;

/// What deliveries are taken with.
#[derive(Clone, Debug)]
pub(super) struct Inbox {
    pub(super) channels: Channels,
    pub(super) ingest: Ingest,
    pub(super) metrics: Arc<Metrics>,
    pub(super) readiness: Arc<Readiness>,
}

type Address = Result<Path<(String, String)>, PathRejection>;

/// What Meta's documentation answers; any 200 will do.
const RECEIVED: &str = "EVENT_RECEIVED";

/// The handshake by which a provider confirms the address.
pub(super) async fn subscribe(
    State(channels): State<Channels>,
    address: Address,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (channel_type, channel_id) = read(address);
    let channels = channels.list();
    let adapter = find(&channels, &channel_type, &channel_id)?;
    let handshake = required(adapter.handshake(), "handshake")?;
    match handshake.challenge(&Subscription::new(parameters)) {
        // As plain text: the challenge is the caller's own words, and no browser shall read them as a page.
        Ok(challenge) => Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response()),
        Err(error) => {
            tracing::warn!(channel_id, code = error.code(), "a webhook handshake was refused");
            let mut problem = Problem::new(StatusCode::FORBIDDEN, error.code(), error.to_string());
            if let Some(hint) = error.hint() {
                problem = problem.hint(hint);
            }
            Err(problem)
        }
    }
}

/// A delivery. It is answered 200 only when it is stored.
pub(super) async fn deliver(
    State(inbox): State<Inbox>,
    address: Address,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<&'static str, Problem> {
    let (channel_type, channel_id) = read(address);
    let started = Instant::now();
    let answer = take(&inbox, &channel_type, &channel_id, &headers, body).await;
    let outcome = match &answer {
        Ok(_) => "stored",
        Err((outcome, _)) => outcome,
    };
    inbox.metrics.delivery(outcome, started.elapsed());
    answer.map_err(|(_, problem)| problem)
}

async fn take(
    inbox: &Inbox,
    channel_type: &str,
    channel_id: &str,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<&'static str, (&'static str, Problem)> {
    let channels = inbox.channels.list();
    let adapter = find(&channels, channel_type, channel_id).map_err(|problem| ("unknown_channel", problem))?;
    let body = body.map_err(|rejection| ("unread", Problem::unread(&rejection)))?;
    match inbox.ingest.take(adapter, Delivery::new(headers, &body)).await {
        Ok(appended) => {
            inbox.metrics.stored(appended.stored(), appended.duplicates());
            Ok(RECEIVED)
        }
        Err(IngestError::Refused(error)) => {
            tracing::warn!(channel_id, code = error.code(), bytes = body.len(), "a webhook delivery was refused");
            let outcome = match error.kind() {
                ErrorKind::Unauthenticated => "unauthenticated",
                ErrorKind::MalformedWebhook => "malformed",
                _ => "failed",
            };
            Err((outcome, Problem::from(error)))
        }
        Err(IngestError::NotStored(error)) => {
            inbox.readiness.store_failed();
            let outcome = if matches!(error, StoreError::Busy { .. }) { "busy" } else { "not_stored" };
            Err((outcome, Problem::from(error)))
        }
    }
}

/// What is not even text names no channel.
fn read(address: Address) -> (String, String) {
    address.map(|Path(parts)| parts).unwrap_or_default()
}

fn find<'a>(
    channels: &'a ChannelList,
    channel_type: &str,
    channel_id: &str,
) -> Result<&'a Arc<dyn ChannelAdapter>, Problem> {
    channels.at(channel_type, channel_id).ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "unknown_channel", "there is no such channel here")
            .hint("the address ends in /webhooks/{type}/{channelId}, with the id of the host's configuration")
    })
}
