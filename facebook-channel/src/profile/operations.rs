//! The profile's operations: one property at a time, by one call.
//!
//! Each input is read by the property's own reader, so that it takes what a profile's document takes, and tells mistakes at the
//! places where the author wrote them.

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Issue, JsonObject, Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::form::{self, Applied, Document};
use super::members::{Members, elements};
use super::notes::Notes;
use super::property::{Property, Setting};
use super::{EDGE, answer, plan, read};
use crate::graph::Page;
use crate::operations::{OperationHandler, Outcome};

macro_rules! page {
    ($page:literal) => {
        concat!("https://developers.facebook.com/documentation/business-messaging/messenger-platform/", $page)
    };
}

/// An operation that sets one property.
macro_rules! sets {
    ($(#[$doc:meta])* $name:ident($form:literal) = $property:ident, $operation:expr) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub(crate) struct $name {
            #[schemars(with = $form)]
            input: JsonObject,
        }

        #[async_trait]
        impl OperationHandler for $name {
            type Output = Applied;

            const OPERATION: Operation = $operation;

            fn check(&self, report: &mut Report) {
                report.absorb(setting(Property::$property, self.input.clone()).1);
            }

            async fn perform(self, page: Page<'_>) -> Result<Outcome<Applied>> {
                write(Property::$property, self.input, page).await
            }
        }
    };
}

sets! {
    /// Sets the menu beside every conversation.
    SetPersistentMenu("form::PersistentMenu") = PersistentMenu,
    Operation::of::<Self, Applied>("setPersistentMenu", Effect::Sets, || json!({"menu": [{
        "locale": "default",
        "composerInputDisabled": false,
        "callToActions": [
            {"type": "postback", "title": "Get Started", "payload": "GET_STARTED"},
            {"type": "web_url", "title": "All Products", "url": "https://example.com/products"},
            {"type": "postback", "title": "Contact Support", "payload": "CONTACT_SUPPORT"}
        ]
    }]}))
    .described(
        "Set the persistent menu",
        "Puts a menu beside every conversation, in the place of the one before. The Page needs a Get Started button first \
         (setGetStartedButton). Menus in menus, which Messenger gave up in 2022, become one list. It can take 24 hours until \
         people see it. Ten calls in ten minutes are all that a Page has for its profile.",
    )
    .documented(page!("send-messages/persistent-menu"))
}

sets! {
    /// Sets the button that begins a conversation.
    SetGetStartedButton("form::GetStartedButton") = GetStarted,
    Operation::of::<Self, Applied>("setGetStartedButton", Effect::Sets, || json!({"payload": "GET_STARTED"}))
    .described(
        "Set the Get Started button",
        "Shows people who have never written a button to begin with. A tap arrives as a postback with the payload. Ten calls \
         in ten minutes are all that a Page has for its profile.",
    )
    .documented(page!("discovery/welcome-screen"))
}

sets! {
    /// Sets the text before the first message.
    SetGreeting("form::Greeting") = Greeting,
    Operation::of::<Self, Applied>("setGreeting", Effect::Sets, || json!({"greeting": [
        {"locale": "default", "text": "Hi {{user_first_name}}! Tap Get Started to begin."},
        {"locale": "pt_BR", "text": "Oi {{user_first_name}}!"}
    ]}))
    .described(
        "Set the greeting",
        "Shows people who have never written a text. Meta's guide describes it, but its reference no longer lists it: Meta may \
         refuse it. Ten calls in ten minutes are all that a Page has for its profile.",
    )
    .documented(page!("discovery/welcome-screen"))
}

sets! {
    /// Sets the questions to begin with.
    SetIceBreakers("form::IceBreakers") = IceBreakers,
    Operation::of::<Self, Applied>("setIceBreakers", Effect::Sets, || json!({"iceBreakers": [{
        "locale": "default",
        "callToActions": [{"question": "Where are you located?", "payload": "LOCATION"}]
    }]}))
    .described(
        "Set the ice breakers",
        "Shows people who have never written up to four questions to tap, in the place of Get Started and of the questions \
         configured at Facebook. A tap arrives as a postback. The older form, questions without locale, is taken as well; the \
         two cannot be mixed. Ten calls in ten minutes are all that a Page has for its profile.",
    )
    .documented(page!("reference/messenger-profile-api/ice-breakers"))
}

sets! {
    /// Sets the commands.
    SetCommands("form::Commands") = Commands,
    Operation::of::<Self, Applied>("setCommands", Effect::Sets, || json!({"commands": [{
        "locale": "default",
        "commands": [{"name": "flights", "description": "Find a flight"}]
    }]}))
    .described(
        "Set the commands",
        "Lists what people can choose after a slash. Commands hide the persistent menu. Ten calls in ten minutes are all that a \
         Page has for its profile.",
    )
    .documented(page!("reference/messenger-profile-api/commands"))
}

sets! {
    /// Sets the domains.
    SetWhitelistedDomains("form::Domains") = WhitelistedDomains,
    Operation::of::<Self, Applied>("setWhitelistedDomains", Effect::Sets, || json!({"domains": ["https://shop.example.org"]}))
    .described(
        "Set the whitelisted domains",
        "Lists the domains whose pages may use Messenger Extensions, in the place of the list before. Whoever made the token \
         must be an admin of the Page. Ten calls in ten minutes are all that a Page has for its profile.",
    )
    .documented(page!("reference/messenger-profile-api/domain-whitelisting"))
}

sets! {
    /// Sets the page to log in.
    SetAccountLinkingUrl("form::LinkingUrl") = AccountLinkingUrl,
    Operation::of::<Self, Applied>("setAccountLinkingUrl", Effect::Sets, || json!({"url": "https://example.com/login"}))
    .described(
        "Set the account linking URL",
        "Names the page where people log in to link their account, the older way; a log-in button names its own. Ten calls in \
         ten minutes are all that a Page has for its profile.",
    )
    .documented(page!("identity/account-linking"))
}

/// What the input asks for, and what is wrong with it.
fn setting(property: Property, input: JsonObject) -> (Setting, Report) {
    let mut notes = Notes::default();
    let setting = property.read(&Value::Object(input), &Pointer::ROOT, &mut notes);
    if setting == Setting::Remove {
        let issue = Issue::new(&Pointer::ROOT, "required", format!("sets {}: give a value", property.name()));
        notes.rules.refuse(issue.with_hint("use clearProfile to remove it"));
    }
    (setting, notes.finish())
}

async fn write(property: Property, input: JsonObject, page: Page<'_>) -> Result<Outcome<Applied>> {
    let path = page.graph.path(&[page.id, EDGE])?;
    let value = match setting(property, input).0 {
        Setting::Write(value) => value,
        Setting::Remove => Value::Null,
    };
    answer::change(page, &ProviderRequest::post(path, json!({ property.name(): value }))).await?;
    Ok(Applied { applied: vec![property.name()] }.into())
}

/// Reads the profile.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct GetProfile {}

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

    fn check(&self, _: &mut Report) {}

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Document>> {
        let profile = read(page).await?;
        Ok(Document { profile: profile.0 }.into())
    }
}

/// Removes properties.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct ClearProfile {
    #[schemars(with = "form::Fields")]
    input: JsonObject,
}

#[async_trait]
impl OperationHandler for ClearProfile {
    type Output = Applied;

    const OPERATION: Operation = Operation::of::<Self, Applied>(
        "clearProfile",
        Effect::Removes,
        || json!({"fields": ["persistent_menu", "get_started"]}),
    )
    .described(
        "Clear the profile",
        "Removes these properties by one call. Get Started can only go when there is no persistent menu: name both, \
                 and the menu goes first. Ten calls in ten minutes are all that a Page has for its profile.",
    )
    .documented(page!("reference/messenger-profile-api"));

    fn check(&self, report: &mut Report) {
        report.absorb(fields(&self.input).1);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Applied>> {
        let (properties, _) = fields(&self.input);
        let request = plan::removal(page.graph.path(&[page.id, EDGE])?, &properties);
        answer::change(page, &request).await?;
        let applied = Property::REMOVAL.into_iter().filter(|property| properties.contains(property));
        Ok(Applied { applied: applied.map(Property::name).collect() }.into())
    }
}

fn fields(input: &JsonObject) -> (Vec<Property>, Report) {
    let (mut notes, mut properties) = (Notes::default(), Vec::new());
    let input = Value::Object(input.clone());
    if let Some(members) = Members::read(&input, &Pointer::ROOT, &["fields"], &mut notes) {
        let at = members.at("fields");
        let list = members.value("fields").and_then(|list| elements(list, &at, "a list of names", &mut notes));
        if list.is_none_or(<[Value]>::is_empty) {
            let told = format!("say what shall go: {}", Property::names());
            notes.rules.refuse(Issue::new(&at, "required", told));
        }
        for (index, name) in list.unwrap_or_default().iter().enumerate() {
            let here = at.index(index);
            match name.as_str().map(Property::named) {
                None => notes.misfit(&here, "the name of a property"),
                Some(None) => {
                    let told = format!("is no property of the profile: use {}", Property::names());
                    notes.rules.refuse(Issue::new(&here, "choice", told));
                }
                Some(Some(property)) => properties.push(property),
            }
        }
    }
    (properties, notes.finish())
}
