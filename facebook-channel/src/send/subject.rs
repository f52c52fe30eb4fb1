//! What the options stand on.

use channel_api::Content;
use channel_api::message::{Body, SenderAction};

/// What the options stand on, as far as they care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Typing,
    OtherAction,
    Utility,
    CustomerFeedback,
    Sticker,
    Message,
}

impl Subject {
    pub(super) fn of(content: &Content) -> Self {
        match &content.body {
            Body::SenderAction(SenderAction::TypingOn | SenderAction::TypingOff) => Self::Typing,
            Body::SenderAction(_) => Self::OtherAction,
            _ if content.bodies().any(|body| matches!(body, Body::Sticker(_))) => Self::Sticker,
            Body::Template(template) => match template.kind() {
                "utility" => Self::Utility,
                "customer_feedback" => Self::CustomerFeedback,
                _ => Self::Message,
            },
            _ => Self::Message,
        }
    }

    pub(super) fn is_action(self) -> bool {
        matches!(self, Self::Typing | Self::OtherAction)
    }
}
