//! What the routes of one channel have in common: the channel that an address names, and a body that is JSON.

use std::sync::Arc;

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRef, FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use channel_api::json::{self, Document};
use channel_api::{ChannelAdapter, Error, ErrorKind, Issue, Pointer, Report};
use http::StatusCode;
use serde_json::Value;

use super::Problem;
use crate::channels::{ChannelList, Channels};

/// The channel of an address `/…/{id}/…`, and what else the address names.
#[derive(Debug)]
pub(super) struct Addressed {
    pub(super) adapter: Arc<dyn ChannelAdapter>,
    /// The address's other part: an operation, a property, a person. Empty where it has none.
    pub(super) name: String,
}

impl<S> FromRequestParts<S> for Addressed
where
    S: Send + Sync,
    Channels: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| {
            Problem::new(StatusCode::NOT_FOUND, "no_such_address", "the address's %-escapes must be UTF-8")
        })?;
        let part = |is: fn(&str) -> bool| {
            let found = path.iter().find(|(name, _)| is(name));
            found.map_or("", |(_, value)| value)
        };
        let adapter = Arc::clone(channel(&Channels::from_ref(state).list(), part(|name| name == "id"))?);
        Ok(Self { adapter, name: part(|name| name != "id").to_owned() })
    }
}

/// The channel of this id.
pub(super) fn channel<'a>(channels: &'a ChannelList, id: &str) -> Result<&'a Arc<dyn ChannelAdapter>, Problem> {
    channels
        .get(id)
        .ok_or_else(|| Problem::unknown_channel().hint(format!("the address names one of: {}", channels.ids())))
}

/// A body of JSON.
#[derive(Debug)]
pub(super) struct JsonBody {
    /// As it came.
    pub(super) bytes: Bytes,
    /// `None` where there is no body.
    document: Option<Document>,
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body: Result<Bytes, BytesRejection> = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| Problem::unread(&rejection))?;
        let document = if body.is_empty() { None } else { Some(document(&body)?) };
        Ok(Self { bytes: body, document })
    }
}

/// Reads JSON with its flaws. The refusal tells the place and quotes nothing.
pub(super) fn document(body: &[u8]) -> Result<Document, Problem> {
    json::parse(body).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, error.code(), format!("the body {error}")).hint(error.hint())
    })
}

/// Reads JSON without flaws. The refusal tells the place and quotes nothing.
pub(super) fn json(body: &[u8]) -> Result<Value, Problem> {
    whole(document(body)?)
}

/// The JSON, unless half a character stands in it or a name stands there twice.
fn whole(document: Document) -> Result<Value, Problem> {
    let Document { value, flaws, .. } = document;
    if flaws.is_empty() {
        return Ok(value);
    }
    let report = Report { refusals: flaws, ..Report::default() };
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the body", report).into())
}

impl JsonBody {
    /// The JSON, where there has to be some.
    pub(super) fn required(self) -> Result<Value, Problem> {
        self.document().and_then(whole)
    }

    /// The JSON, if there is any.
    pub(super) fn optional(self) -> Result<Option<Value>, Problem> {
        self.document.map(whole).transpose()
    }

    /// The same with its flaws, for what is judged piece by piece.
    pub(super) fn document(self) -> Result<Document, Problem> {
        self.document.ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "no_body", "the body is missing")
                .hint("send JSON; what belongs in it stands in the documentation of this address")
        })
    }
}

/// Takes the channel out of a call's object, where the SDK names it once more. Another channel than the address's is a mistake
/// to be told: nobody knows which of the two was meant.
pub(super) fn without_channel(body: &mut Value, adapter: &dyn ChannelAdapter) -> Result<(), Problem> {
    let Value::Object(fields) = body else { return Ok(()) };
    let mut report = Report::default();
    for name in ["channelId", "channel_id"] {
        let Some(given) = fields.remove(name) else { continue };
        if given.as_str() != Some(adapter.channel_id().as_str()) {
            let issue = Issue::new(&Pointer::ROOT.key(name), "channel", "is not the channel of the address");
            report.refuse(issue.with_hint("leave it out, or call the address of the channel that is meant"));
        }
    }
    if report.refusals.is_empty() {
        return Ok(());
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the input", report).into())
}
