//! [`Property`]: one member of the profile.

use channel_api::{Issue, Pointer};
use serde_json::Value;

use super::members::{Members, snake_case};
use super::notes::Notes;
use super::{commands, domains, get_started, greeting, ice_breakers, linking_url, menu};

/// What a Page's profile consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    GetStarted,
    PersistentMenu,
    IceBreakers,
    Greeting,
    Commands,
    WhitelistedDomains,
    AccountLinkingUrl,
}

/// What shall become of a property.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Setting {
    Remove,
    /// This value, in Meta's JSON.
    Write(Value),
}

impl Property {
    /// All, what others depend on first.
    pub(super) const ALL: [Self; 7] = [
        Self::GetStarted,
        Self::PersistentMenu,
        Self::IceBreakers,
        Self::Greeting,
        Self::Commands,
        Self::WhitelistedDomains,
        Self::AccountLinkingUrl,
    ];

    /// In the order in which they may go: what depends on another first. Meta refuses to remove the Get Started button of a
    /// Page that has a menu.
    pub(super) const REMOVAL: [Self; 7] = [
        Self::PersistentMenu,
        Self::GetStarted,
        Self::IceBreakers,
        Self::Greeting,
        Self::Commands,
        Self::WhitelistedDomains,
        Self::AccountLinkingUrl,
    ];

    /// Its name at Meta.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::GetStarted => "get_started",
            Self::PersistentMenu => "persistent_menu",
            Self::IceBreakers => "ice_breakers",
            Self::Greeting => "greeting",
            Self::Commands => "commands",
            Self::WhitelistedDomains => "whitelisted_domains",
            Self::AccountLinkingUrl => "account_linking_url",
        }
    }

    /// The property of this name, in `snake_case`, camelCase or kebab-case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = snake_case(name);
        Self::ALL.into_iter().find(|property| property.name() == name)
    }

    /// The names of all, for a sentence.
    pub(super) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// Reads what an author wants of it: the value itself, in Meta's shape or in the seed's, or the seed's whole call, which
    /// names the channel as well. Null, also inside the call, removes.
    pub(super) fn read(self, value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Setting {
        if value.is_null() {
            return Setting::Remove;
        }
        let Some(member) = self.call().filter(|_| value.is_object()) else {
            return Setting::Write(self.read_value(value, at, notes));
        };
        let known = [member, "channel_id"];
        let Some(call) = Members::read_with(value, at, &known, &[(self.name(), member)], notes) else {
            return Setting::Write(Value::Null);
        };
        let here = call.at(member);
        match call.given(member) {
            Some(Value::Null) => Setting::Remove,
            Some(value) => Setting::Write(self.read_value(value, &here, notes)),
            None => {
                let told = format!("is missing: give the value of {}", self.name());
                // The form knows it by its camelCase name.
                let missing = if self == Self::IceBreakers { "iceBreakers" } else { member };
                notes.rules.refuse(Issue::new(&at.key(missing), "required", told));
                Setting::Write(Value::Null)
            }
        }
    }

    /// The member that holds the value in the seed's call; the property's own name is as good. Get Started is an object itself.
    const fn call(self) -> Option<&'static str> {
        match self {
            Self::GetStarted => None,
            Self::PersistentMenu => Some("menu"),
            Self::IceBreakers => Some("ice_breakers"),
            Self::Greeting => Some("greeting"),
            Self::Commands => Some("commands"),
            Self::WhitelistedDomains => Some("domains"),
            Self::AccountLinkingUrl => Some("url"),
        }
    }

    fn read_value(self, value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Value {
        match self {
            Self::GetStarted => get_started::read(value, at, notes),
            Self::PersistentMenu => menu::read(value, at, notes),
            Self::IceBreakers => ice_breakers::read(value, at, notes),
            Self::Greeting => greeting::read(value, at, notes),
            Self::Commands => commands::read(value, at, notes),
            Self::WhitelistedDomains => domains::read(value, at, notes),
            Self::AccountLinkingUrl => linking_url::read(value, at, notes),
        }
    }
}
