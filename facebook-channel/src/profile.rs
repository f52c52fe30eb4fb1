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
mod desired;
mod document;
mod domains;
mod get_started;
mod greeting;
mod ice_breakers;
mod linking_url;
mod locales;
mod menu;
mod menu_item;
mod plan;
mod property;
mod read;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use answer::{change, of_budget};
pub(crate) use apply::apply;
pub(crate) use commands::SetCommands;
pub(crate) use desired::{ClearProfile, setting, without};
pub(crate) use domains::SetWhitelistedDomains;
pub(crate) use get_started::SetGetStartedButton;
pub(crate) use greeting::SetGreeting;
pub(crate) use ice_breakers::SetIceBreakers;
pub(crate) use linking_url::SetAccountLinkingUrl;
pub(crate) use menu::{Menu, SetPersistentMenu};
pub(crate) use plan::{judge, plan};
pub(crate) use property::Property;
pub(crate) use read::read;
pub(crate) use value::PropertyValue;

/// The Page's edge.
const EDGE: &str = "messenger_profile";
