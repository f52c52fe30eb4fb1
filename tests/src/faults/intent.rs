//! What a caller meant to send.

/// One message that somebody means to send once.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Whom it is for.
    pub person: String,
    /// Its place among the messages to this person: each is posted when the one before it has been answered.
    pub number: u64,
    /// Words that no other message has.
    pub text: String,
    /// How often it was posted.
    pub posted: u64,
    /// What the caller knows in the end.
    pub ended: Ended,
}

/// What a caller was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing that it would rest with.
    Open,
    /// It was taken, under this id.
    Accepted(String),
    /// It was refused for good.
    Refused(u16),
}
