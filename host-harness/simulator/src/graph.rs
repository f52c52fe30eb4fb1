//! The Graph side: `/{version}/…`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::authorise::Caller;
use super::call::Call;
use super::connection::Scissors;
use super::event::SimulatorEvent;
use super::fault::Fault;
use super::graph_error::GraphError;
use super::multipart;
use super::platform::Platform;
use super::record::Recorded;
use super::thread::rfc3339;
use super::version::Version;

/// Larger bodies are not read; a message at all its limits is far smaller.
const BODY_BYTES: usize = 1024 * 1024;
/// Enough to tell an upload that is too large from one that is far too large.
const UPLOAD_BYTES: usize = 32 * 1024 * 1024;

/// What becomes of a call.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer(Answer),
    /// No answer, with the connection held open.
    Hang,
    /// The connection is cut.
    Reset,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    /// A string is sent as it stands, anything else as JSON.
    pub(super) body: Value,
}

/// Answers any Graph call.
pub(super) async fn graph(
    State(platform): State<Arc<Platform>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let limit = if multipart::boundary(kind).is_some() { UPLOAD_BYTES } else { BODY_BYTES };
    let Ok(body) = axum::body::to_bytes(body, limit).await else {
        let error = GraphError { status: 413, ..GraphError::parameter("The request body is too large") };
        return json(error.status, error.body(&platform.ids.trace())).into_response();
    };
    let call = Call::read(parts.method, &parts.uri, &parts.headers, body).await;
    let outcome = if call.segments.iter().map(String::as_str).eq(["dialog", "oauth"]) {
        platform.under_faults(&call, |_| {}, |_, _| platform.dialog(&call))
    } else if call.method == Method::POST && call.params.contains_key("batch") {
        platform.batch(&call)
    } else {
        platform.process(&call, None)
    };
    match outcome {
        Outcome::Answer(answer) => answer.into_response(),
        Outcome::Hang => {
            platform.stop.cancelled().await;
            scissors.cut();
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Outcome::Reset => {
            scissors.cut();
            // Never written: the connection is already cut.
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

impl Platform {
    /// One call, alone or as an item of a batch with this number.
    pub(super) fn process(&self, call: &Call, batch: Option<u64>) -> Outcome {
        self.under_faults(
            call,
            |recorded| recorded.batch = batch,
            |caller, _| self.answer(call, caller, |platform, caller, version| platform.dispatch(call, caller, version)),
        )
    }

    /// Records a call and answers it, unless a fault is played instead. `carry_out` gets the caller and the call's number.
    pub(super) fn under_faults(
        &self,
        call: &Call,
        prepare: impl FnOnce(&mut Recorded),
        carry_out: impl FnOnce(Result<Caller, GraphError>, u64) -> Answer,
    ) -> Outcome {
        let (proof, caller) = self.authorise(call);
        let fault = self.faults().next_for(call.method.as_str(), &call.path);
        let mut recorded = Recorded::of(call, rfc3339(self.clock.now_ms()), proof);
        recorded.fault = fault.as_ref().map(|(fault, _)| fault.name());
        prepare(&mut recorded);
        let seq = self.record().add(recorded);
        let Some((fault, carries_out)) = fault else {
            let answer = carry_out(caller, seq);
            self.record().answered(seq, answer.status, &answer.body);
            return Outcome::Answer(answer);
        };
        if carries_out {
            drop(carry_out(caller, seq));
        }
        self.emit(SimulatorEvent::FaultPlayed { fault: fault.name().to_owned(), path: call.path.clone() });
        match fault {
            Fault::Respond { status, headers, body } => {
                self.record().answered(seq, status, &body);
                Outcome::Answer(Answer { status, headers, body })
            }
            Fault::Hang => Outcome::Hang,
            Fault::Reset => Outcome::Reset,
        }
    }

    /// Carries out a call, unless version, token or budget stand against it.
    pub(super) fn answer(
        &self,
        call: &Call,
        caller: Result<Caller, GraphError>,
        carry_out: impl FnOnce(&Self, &Caller, Version) -> Result<Value, GraphError>,
    ) -> Answer {
        let now = self.clock.now_ms();
        let version = Version::serving(call.version, now, self.expired_versions);
        let page_id = match &caller {
            Ok(Caller::Page(page)) => Some(page.id.clone()),
            _ => None,
        };
        let done = match (&version, caller) {
            (Err(error), _) => Err(error.clone()),
            (_, Err(error)) => Err(error),
            (Ok(version), Ok(caller)) => match &call.unreadable {
                Some(error) => Err(error.clone()),
                None => self.count(page_id.as_deref(), now).and_then(|()| carry_out(self, &caller, *version)),
            },
        };
        let mut answer = match done {
            Ok(body) => json(200, body),
            Err(error) => {
                let body = error.body(&self.ids.trace());
                let GraphError { status, code, subcode, message, .. } = error;
                self.emit(SimulatorEvent::Refused { page: page_id.clone(), code, subcode, message });
                json(status, body)
            }
        };
        if let Ok(version) = version {
            answer.headers.push(("facebook-api-version".to_owned(), version.to_string()));
        }
        if let Some(page_id) = page_id {
            let mut world = self.world();
            let state = world.state(&page_id);
            for (name, value) in state.usage.headers(&page_id, &state.settings.limits, now).into_iter().flatten() {
                answer.headers.push((name.to_owned(), value.to_string()));
            }
        }
        answer
    }

    fn count(&self, page_id: Option<&str>, now: i64) -> Result<(), GraphError> {
        let Some(page_id) = page_id else { return Ok(()) };
        let mut world = self.world();
        let state = world.state(page_id);
        state.usage.call(&state.settings.limits, now)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        let text = self.body.as_str().map_or_else(|| self.body.to_string(), str::to_owned);
        response.body(Body::from(text)).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }
}

pub(super) fn json(status: u16, body: Value) -> Answer {
    let headers = vec![(header::CONTENT_TYPE.to_string(), "application/json; charset=UTF-8".to_owned())];
    Answer { status, headers, body }
}
