//! The templates of utility messages: Meta's library, and the Page's own.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages>

mod button;
mod component;
mod create;
mod kept;
mod library;
mod owned;
mod placeholder;

pub(super) use create::CreateTemplate;
pub(super) use library::TemplateLibrary;
pub(super) use owned::{DeleteTemplate, Templates};

const DOCS: &str = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages";

/// The edge of a Page.
const EDGE: &str = "message_templates";

/// The one category that Messenger's templates have.
const UTILITY: &str = "UTILITY";
