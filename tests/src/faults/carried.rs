//! What Meta's stand-in was asked, and what it did.

use super::Fault;

/// One message of a call, which may be one of a batch.
#[derive(Clone, Debug)]
pub struct Call {
    /// To whom.
    pub person: String,
    /// Its words.
    pub text: String,
    /// The `metadata` that came with it.
    pub metadata: Option<String>,
    /// What went wrong, if something did.
    pub fault: Option<Fault>,
    /// What was done.
    pub carried: Option<Carried>,
    /// Whether an answer was given.
    pub answered: bool,
}

/// A message that has reached its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Its place among all that were carried out.
    pub order: usize,
    /// Meta's id.
    pub mid: String,
    /// When, in milliseconds since the epoch.
    pub at: u64,
}

impl Call {
    /// Whether whoever made it can know what was done.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.answered && self.fault.is_none_or(Fault::is_known)
    }
}
