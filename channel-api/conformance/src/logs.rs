//! What an adapter logs while a case runs: everything that `tracing` is told on its thread, at any level.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The lines so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Logs(Arc<Mutex<String>>);

impl Logs {
    /// Everything that was logged.
    pub(super) fn text(&self) -> String {
        self.lines(|text| text.clone())
    }

    fn lines<T>(&self, look: impl FnOnce(&mut String) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string does not fail.
        let _written = write!(self.0, " {field}={value:?}");
    }
}

impl Subscriber for Logs {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.lines(|text| span.record(&mut Line(text)));
        // Nobody asks which span it was.
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.lines(|text| values.record(&mut Line(text)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.lines(|text| {
            event.record(&mut Line(text));
            text.push('\n');
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
