//! The Page's profile: what a person sees before the first word, and beside the conversation.
//!
//! One document says how it shall be: a member for each [`Property`](property::Property), null for what shall go, nothing for what shall stay.
//! Meta grants a Page ten calls in ten minutes, reads and writes counted together. A change costs three of them at most: one to
//! read, one to write all that is different, one to remove.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api>,
//! <https://developers.facebook.com/docs/graph-api/reference/page/messenger_profile/>

mod answer;
mod apply;
mod canonical;
mod commands;
mod dependencies;
mod document;
mod domains;
mod form;
mod get_started;
mod greeting;
mod ice_breakers;
mod linking_url;
mod locales;
mod members;
mod menu;
mod menu_item;
mod notes;
mod operations;
mod person;
mod plan;
mod property;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use apply::apply;
pub(crate) use operations::{
    ClearProfile, GetProfile, SetAccountLinkingUrl, SetCommands, SetGetStartedButton, SetGreeting, SetIceBreakers,
    SetPersistentMenu, SetWhitelistedDomains,
};
pub(crate) use person::{ClearPersonMenu, GetPersonMenu, SetPersonMenu};
pub(crate) use plan::plan;
pub(crate) use read::read;

/// The Page's edge.
const EDGE: &str = "messenger_profile";
