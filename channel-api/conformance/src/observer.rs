//! What the channel tells of its calls, as a host hears it.

use std::sync::{Mutex, PoisonError};

use channel_api::calls::{CallObserver, Exchange};
use http::{Method, StatusCode};

/// One exchange, as it was told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) status: Option<StatusCode>,
    /// All of it, as a log would show it.
    pub(super) shown: String,
}

/// Keeps what it is told.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Vec<Told>>);

impl Recorder {
    /// What was told so far. It is taken out.
    pub(super) fn take(&self) -> Vec<Told> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl CallObserver for Recorder {
    fn called(&self, exchange: &Exchange<'_>) {
        let told = Told {
            method: exchange.method.clone(),
            path: exchange.path.to_owned(),
            status: exchange.status,
            shown: format!("{exchange:?}"),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    }
}
