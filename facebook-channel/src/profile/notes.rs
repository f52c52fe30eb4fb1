//! What is found while a document is read.

use channel_api::{Issue, Pointer, Report};

/// Misfits of shape and broken rules, apart: a value that could not be read is not called missing as well.
#[derive(Debug, Default)]
pub(super) struct Notes {
    shape: Report,
    /// For the rules.
    pub(super) rules: Report,
}

impl Notes {
    /// Something else was expected here.
    pub(super) fn misfit(&mut self, at: &Pointer<'_>, expected: &str) {
        self.shape.refuse(Issue::new(at, "type", format!("expected {expected}")));
    }

    /// A member that is not known here, or that is there twice.
    pub(super) fn stranger(&mut self, issue: Issue) {
        self.shape.refuse(issue);
    }

    /// Whether all that was given has the shape that it should have.
    pub(super) fn is_readable(&self) -> bool {
        !self.shape.refusals.iter().any(|issue| issue.code == "type")
    }

    /// All of it.
    pub(super) fn finish(self) -> Report {
        let Self { mut shape, rules } = self;
        shape.absorb(rules);
        shape
    }
}
