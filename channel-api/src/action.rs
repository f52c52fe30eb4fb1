//! What to do next, as a word for programs: [`Action`].

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The next step after a failure, as a word for programs: a dashboard makes a button or a state of it, a client decides by it.
/// People read the hint, which says more.
///
/// It is absent where nobody knows what helps. A program takes a word that it does not know for an absent one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// Change the request. As it is, it is refused each time; the issues or the hint say what has to change.
    FixRequest,
    /// Show the host who is asking: with its key, or by signing in again.
    Authenticate,
    /// Do the same again, not before the time that the retry advice names. It does no harm.
    RetryLater,
    /// See first whether it was done: it may have been. What does no harm twice, such as reading, may be repeated at once.
    CheckOutcome,
    /// Send what is missing as a message of its own: the parts that have receipts are with the person.
    SendRest,
    /// Connect the channel again: sign in at the provider, or enter new credentials.
    Reconnect,
    /// Have permitted at the provider what is lacking: to the app, by the account, in its settings.
    CheckPermissions,
    /// Look at the configuration, the channel's or the host's own.
    CheckConfiguration,
    /// Repair the connection: have the channel subscribe to what it reads.
    RepairConnection,
    /// Hold what is meant for this person until they write, or until the hint's other way is taken.
    WaitForPerson,
    /// Leave the answer to whoever has the conversation, or take it back first.
    TakeConversation,
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::FixRequest,
        Self::Authenticate,
        Self::RetryLater,
        Self::CheckOutcome,
        Self::SendRest,
        Self::Reconnect,
        Self::CheckPermissions,
        Self::CheckConfiguration,
        Self::RepairConnection,
        Self::WaitForPerson,
        Self::TakeConversation,
    ];
}

/// Reads an action, or nothing from a word of a later version of this contract.
pub(crate) fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Action>, D::Error> {
    let word = serde_json::Value::deserialize(deserializer)?;
    Ok(Action::deserialize(word).ok())
}
