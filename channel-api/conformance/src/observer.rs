//! What the channel reports of its calls, as a host hears it.

use std::sync::{Mutex, PoisonError};

use channel_api::calls::{CallObserver, Exchange};
use http::{Method, StatusCode};

/// One exchange, as it was reported.
#[derive(Clone, Debug)]
pub(super) struct Reported {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) status: Option<StatusCode>,
    /// All of it, as a log would show it.
    pub(super) shown: String,
}

/// Keeps what is reported.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Vec<Reported>>);

impl Recorder {
    /// What was reported so far. It is taken out.
    pub(super) fn take(&self) -> Vec<Reported> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl CallObserver for Recorder {
    fn called(&self, exchange: &Exchange<'_>) {
        let reported = Reported {
            method: exchange.method.clone(),
            path: exchange.path.to_owned(),
            status: exchange.status,
            shown: format!("{exchange:?}"),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(reported);
    }
}
