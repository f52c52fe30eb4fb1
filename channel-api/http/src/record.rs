//! [`Record`]: one call as it is reported to the host's [`CallObserver`].

use std::sync::Arc;
use std::time::Instant;

use channel_api::{CallObserver, Error, Exchange, Pressure, Timestamp};
use http::header::DATE;
use http::{HeaderMap, Method, StatusCode};

use crate::Provider;

/// What the observer hears as the error code of a call that the adapter's caller gave up before it ended.
const ABANDONED: &str = "network.abandoned";

/// One call as it goes. It is reported when it ends, and when the caller stops waiting for it: the provider counts it all the same.
pub(crate) struct Record {
    calls: Arc<dyn CallObserver>,
    method: Method,
    path: String,
    /// When it was made; a call that was refused before is none.
    begun: Option<Instant>,
    status: Option<StatusCode>,
    trace_id: Option<String>,
    pressure: Vec<Pressure>,
    date: Option<Timestamp>,
}

impl Record {
    /// A call that is about to be made. Its path holds nobody's id and no secret.
    pub(crate) fn new(calls: Arc<dyn CallObserver>, method: Method, path: String) -> Self {
        Self { calls, method, path, begun: None, status: None, trace_id: None, pressure: Vec::new(), date: None }
    }

    /// The call without anybody's id.
    pub(crate) fn description(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn begin(&mut self) {
        self.begun = Some(Instant::now());
    }

    pub(crate) fn answered(&mut self, provider: &Provider, status: StatusCode, headers: &HeaderMap) {
        self.status = Some(status);
        self.pressure = (provider.pressure)(headers);
        self.date = headers.get(DATE).and_then(|date| moment(date.to_str().ok()?));
        self.trace_id = provider.trace_id(headers);
    }

    /// Reports how it ended.
    pub(crate) fn end(mut self, error: Option<&Error>) {
        if let Some(id) = error.and_then(|error| error.provider()?.trace_id.clone()) {
            self.trace_id = Some(id);
        }
        self.report(error.map(Error::code));
    }

    fn report(&mut self, error: Option<&str>) {
        let Some(begun) = self.begun.take() else { return };
        let exchange = Exchange::new(&self.method, &self.path, begun.elapsed()).with_error(error);
        self.calls.called(&match self.status {
            Some(status) => exchange.with_answer(status, self.trace_id.as_deref(), &self.pressure).with_date(self.date),
            None => exchange,
        });
    }
}

/// A `Date` as HTTP writes it.
fn moment(date: &str) -> Option<Timestamp> {
    let zoned = jiff::fmt::rfc2822::parse(date).ok()?;
    Timestamp::from_millis(zoned.timestamp().as_millisecond())
}

impl Drop for Record {
    fn drop(&mut self) {
        self.report(Some(ABANDONED));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_http_writes_it() {
        let date = moment("Fri, 21 Nov 2025 08:00:01 GMT");
        assert_eq!(date.map(Timestamp::as_millis), Some(1_763_712_001_000));
        assert_eq!(moment("tomorrow"), None);
    }
}
