//! [`Property`]: one member of the profile.

use channel_api::{Pointer, Quote, Report, read};
use schemars::JsonSchema;
use serde_json::Value;

use super::commands::SetCommands;
use super::domains::SetWhitelistedDomains;
use super::get_started::{self, SetGetStartedButton};
use super::greeting::SetGreeting;
use super::ice_breakers::SetIceBreakers;
use super::linking_url::SetAccountLinkingUrl;
use super::menu::SetPersistentMenu;
use super::value::{Given, PropertyValue, SetCall};
use crate::wire;

/// One property of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
pub(crate) enum Property {
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

/// What is found while a document is read: misfits of shape and broken rules, apart, so that a value that could not be read is
/// not called missing as well.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) shape: Report,
    pub(super) rules: Report,
}

impl Findings {
    /// Whether all that was given has the shape that it should have.
    pub(super) fn is_readable(&self) -> bool {
        !self.shape.refusals.iter().any(|issue| issue.code == "type")
    }

    /// All of it.
    pub(super) fn into_report(self) -> Report {
        let Self { mut shape, rules } = self;
        shape.refuse_unknown_fields();
        shape.absorb(rules);
        shape
    }
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
    pub(crate) const fn name(self) -> &'static str {
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
    pub(super) fn read(self, value: &Value, at: &Pointer<'_>, findings: &mut Findings) -> Setting {
        match (self, value) {
            (_, Value::Null) => Setting::Remove,
            (Self::GetStarted, Value::String(payload)) => {
                Setting::Write(get_started::from_text(payload, at, &mut findings.rules))
            }
            (Self::GetStarted, _) => alone::<SetGetStartedButton>(&without_channel(value), at, findings),
            (Self::PersistentMenu, _) => self.value_or_call::<SetPersistentMenu>(value, at, findings),
            (Self::IceBreakers, _) => self.value_or_call::<SetIceBreakers>(value, at, findings),
            (Self::Greeting, _) => self.value_or_call::<SetGreeting>(value, at, findings),
            (Self::Commands, _) => self.value_or_call::<SetCommands>(value, at, findings),
            (Self::WhitelistedDomains, _) => self.value_or_call::<SetWhitelistedDomains>(value, at, findings),
            (Self::AccountLinkingUrl, _) => self.value_or_call::<SetAccountLinkingUrl>(value, at, findings),
        }
    }

    fn value_or_call<C: SetCall>(self, value: &Value, at: &Pointer<'_>, findings: &mut Findings) -> Setting {
        let Value::Object(members) = value else { return alone::<C::Value>(value, at, findings) };
        let before = findings.shape.refusals.len();
        let call: C = read(&without_channel(value), at, Quote::Values, &mut findings.shape);
        match call.value() {
            Given::Null => Setting::Remove,
            Given::Value(value) => {
                // In a call, the property's own name is as good as the field's.
                let own = |name: &&String| Self::named(name) == Some(self);
                let field = members.keys().find(own).map_or(C::FIELD, String::as_str);
                value.check(&at.key(field), &mut findings.rules);
                Setting::Write(value.to_meta())
            }
            Given::Absent => {
                if findings.shape.refusals.len() == before {
                    let message = format!("is missing: give the value of {}", self.name());
                    findings.rules.refuse(channel_api::Issue::new(&at.key(C::FIELD), "required", message));
                }
                Setting::Write(Value::Null)
            }
        }
    }
}

fn alone<V: PropertyValue>(value: &Value, at: &Pointer<'_>, findings: &mut Findings) -> Setting {
    let value: Option<V> = read(value, at, Quote::Values, &mut findings.shape);
    Setting::Write(value.map_or(Value::Null, |value| {
        value.check(at, &mut findings.rules);
        value.to_meta()
    }))
}

/// The seed's calls name the channel among their fields; the host has read it already.
fn without_channel(value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Object(members) = &mut value {
        members.retain(|name, _| snake_case(name) != "channel_id");
    }
    value
}

/// `getStarted`, `get-started` and `get_started` are one name.
pub(super) fn snake_case(name: &str) -> String {
    wire::snake_case(&name.replace('-', "_"))
}
