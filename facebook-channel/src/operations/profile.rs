//! The Page's profile, a property at a time.
//!
//! Those that change it make no calls: each says what the profile shall be, and the host sets it up so as it sets up any profile,
//! where one at a time reads, plans and writes.

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{JsonObject, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::handler::{OperationHandler, Outcome};
use crate::graph::Page;
use crate::profile::{
    self, ClearProfile, Property, SetAccountLinkingUrl, SetCommands, SetGetStartedButton, SetGreeting, SetIceBreakers,
    SetPersistentMenu, SetWhitelistedDomains,
};

macro_rules! page {
    ($page:literal) => {
        concat!("https://developers.facebook.com/documentation/business-messaging/messenger-platform/", $page)
    };
}

/// What it does, and what each of them costs.
macro_rules! within_budget {
    ($what:literal) => {
        concat!($what, " Ten calls in ten minutes are all that a Page has for its profile.")
    };
}

pub(super) const SET_PERSISTENT_MENU: Operation =
    Operation::of::<SetPersistentMenu, Applied>("setPersistentMenu", Effect::Sets, || {
        json!({"menu": [{
            "locale": "default",
            "composerInputDisabled": false,
            "callToActions": [
                {"type": "postback", "title": "Get Started", "payload": "GET_STARTED"},
                {"type": "web_url", "title": "All Products", "url": "https://example.com/products"},
                {"type": "postback", "title": "Contact Support", "payload": "CONTACT_SUPPORT"}
            ]
        }]})
    })
    .described(
        "Set the persistent menu",
        within_budget!(
            "Puts a menu beside every conversation, in the place of the one before. The Page needs a Get Started \
             button first (setGetStartedButton). Menus in menus, which Messenger gave up in 2022, become one list. It \
             can take 24 hours until people see it."
        ),
    )
    .documented(page!("send-messages/persistent-menu"));

pub(super) const SET_GET_STARTED_BUTTON: Operation = Operation::of::<SetGetStartedButton, Applied>(
    "setGetStartedButton",
    Effect::Sets,
    || json!({"payload": "GET_STARTED"}),
)
.described(
    "Set the Get Started button",
    within_budget!(
        "Shows people who have never written a button to begin with. A tap arrives as a postback with the payload."
    ),
)
.documented(page!("discovery/welcome-screen"));

pub(super) const SET_GREETING: Operation = Operation::of::<SetGreeting, Applied>("setGreeting", Effect::Sets, || {
    json!({"greeting": [
        {"locale": "default", "text": "Hi {{user_first_name}}! Tap Get Started to begin."},
        {"locale": "pt_BR", "text": "Oi {{user_first_name}}!"}
    ]})
})
.described(
    "Set the greeting",
    within_budget!(
        "Shows people who have never written a text. Meta's guide describes it, but its reference no longer lists \
             it: Meta may refuse it."
    ),
)
.documented(page!("discovery/welcome-screen"));

pub(super) const SET_ICE_BREAKERS: Operation =
    Operation::of::<SetIceBreakers, Applied>("setIceBreakers", Effect::Sets, || {
        json!({"iceBreakers": [{
            "locale": "default",
            "callToActions": [{"question": "Where are you located?", "payload": "LOCATION"}]
        }]})
    })
    .described(
        "Set the ice breakers",
        within_budget!(
            "Shows people who have never written up to four questions to tap, in the place of Get Started and of the \
             questions configured at Facebook. A tap arrives as a postback. The older form, questions without locale, \
             is taken as well; the two cannot be mixed."
        ),
    )
    .documented(page!("reference/messenger-profile-api/ice-breakers"));

pub(super) const SET_COMMANDS: Operation = Operation::of::<SetCommands, Applied>("setCommands", Effect::Sets, || {
    json!({"commands": [{
        "locale": "default",
        "commands": [{"name": "flights", "description": "Find a flight"}]
    }]})
})
.described(
    "Set the commands",
    within_budget!("Lists what people can choose after a slash. Commands hide the persistent menu."),
)
.documented(page!("reference/messenger-profile-api/commands"));

pub(super) const SET_WHITELISTED_DOMAINS: Operation = Operation::of::<SetWhitelistedDomains, Applied>(
    "setWhitelistedDomains",
    Effect::Sets,
    || json!({"domains": ["https://shop.example.org"]}),
)
.described(
    "Set the whitelisted domains",
    within_budget!(
        "Lists the domains whose pages may use Messenger Extensions, in the place of the list before. Whoever made \
             the token must be an admin of the Page."
    ),
)
.documented(page!("reference/messenger-profile-api/domain-whitelisting"));

pub(super) const SET_ACCOUNT_LINKING_URL: Operation = Operation::of::<SetAccountLinkingUrl, Applied>(
    "setAccountLinkingUrl",
    Effect::Sets,
    || json!({"url": "https://example.com/login"}),
)
.described(
    "Set the account linking URL",
    within_budget!(
        "Names the page where people log in to link their account, the older way; a log-in button names its own."
    ),
)
.documented(page!("identity/account-linking"));

pub(super) const CLEAR_PROFILE: Operation = Operation::of::<ClearProfile, Applied>(
    "clearProfile",
    Effect::Removes,
    || json!({"fields": ["persistent_menu", "get_started"]}),
)
.described(
    "Clear the profile",
    within_budget!(
        "Removes these properties by one call. Get Started can only go when there is no persistent menu: name both, and \
         the menu goes first."
    ),
)
.documented(page!("reference/messenger-profile-api"));

/// Reads the profile.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct GetProfile {}

/// The profile in Meta's JSON: what is set. What is not is absent.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Document {
    /// The button that begins a conversation.
    #[schemars(with = "Option<JsonObject>")]
    get_started: Option<Value>,
    /// The menus, one for each locale.
    #[schemars(with = "Option<Vec<JsonObject>>")]
    persistent_menu: Option<Value>,
    /// The questions to begin with.
    #[schemars(with = "Option<Vec<JsonObject>>")]
    ice_breakers: Option<Value>,
    /// The greetings, one for each locale.
    #[schemars(with = "Option<Vec<JsonObject>>")]
    greeting: Option<Value>,
    /// The commands, one list for each locale.
    #[schemars(with = "Option<Vec<JsonObject>>")]
    commands: Option<Value>,
    /// The domains.
    #[schemars(with = "Option<Vec<String>>")]
    whitelisted_domains: Option<Value>,
    /// Where people log in to link their account.
    #[schemars(with = "Option<String>")]
    account_linking_url: Option<Value>,
}

/// What was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Applied {
    /// The properties that are now as they were asked for.
    #[schemars(extend("examples" = [["persistent_menu"]]))]
    pub(super) applied: Vec<&'static str>,
}

#[async_trait]
impl OperationHandler for GetProfile {
    type Output = Document;

    const OPERATION: Operation = Operation::of::<Self, Document>("getProfile", Effect::Reads, || json!({}))
        .described(
            "Read the profile",
            "Greeting, Get Started, menu and the rest, as far as they are set, in Meta's JSON. Reads count as well: ten calls \
             in ten minutes are all that a Page has for its profile.",
        )
        .documented(page!("reference/messenger-profile-api"));

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Document>> {
        let mut profile = profile::read(page).await?;
        let mut of = |property: Property| profile.0.remove(property.name());
        let document = Document {
            get_started: of(Property::GetStarted),
            persistent_menu: of(Property::PersistentMenu),
            ice_breakers: of(Property::IceBreakers),
            greeting: of(Property::Greeting),
            commands: of(Property::Commands),
            whitelisted_domains: of(Property::WhitelistedDomains),
            account_linking_url: of(Property::AccountLinkingUrl),
        };
        Ok(document.into())
    }
}
