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

pub(crate) use create::CreateTemplate;
pub(crate) use library::SearchTemplateLibrary;
pub(crate) use owned::{DeleteTemplate, ListTemplates};

const DOCS: &str = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages";

/// The one category that Messenger's templates have.
const UTILITY: &str = "UTILITY";
