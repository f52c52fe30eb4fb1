//! What was said, by a person or by an agent.

/// One message that is to arrive once.
#[derive(Clone, Debug)]
pub struct Said {
    /// The person of the conversation.
    pub person: String,
    /// Its place among the messages of its kind in this conversation.
    pub number: u64,
    /// Meta's id of a person's message, the core's of an agent's.
    pub id: String,
    /// Words that no other message has.
    pub text: String,
    /// Whether whoever takes it from its sender has taken it: the host a person's, the stream an agent's.
    pub is_taken: bool,
}
