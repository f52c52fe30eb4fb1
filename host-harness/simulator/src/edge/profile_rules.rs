//! What a property of the Messenger profile may be.
//!
//! Sources: `…/reference/messenger-profile-api` with its pages, `…/send-messages/persistent-menu`,
//! `…/discovery/welcome-screen`, `…/identity/account-linking`.

use serde_json::{Map, Value};

use crate::graph_error::GraphError;
use crate::rules::param::Param;
use crate::rules::schema::{self, MENU_ITEM};

const GREETING: usize = 160;
const PAYLOAD: usize = 1000;
const MENU_ITEMS: usize = 20;
const ICE_BREAKERS: usize = 4;
const COMMANDS: usize = 100;
const COMMAND_NAME: usize = 32;
const COMMAND_DESCRIPTION: usize = 64;
const DOMAINS: usize = 50;
/// Locales: more than Meta has.
const LOCALES: usize = 200;
const FREE_TEXT: usize = 1000;

/// What a POST can set. `greeting` is missing in generated code and still documented.
const WRITABLE: &[&str] = &[
    "account_linking_url",
    "commands",
    "description",
    "get_started",
    "greeting",
    "ice_breakers",
    "persistent_menu",
    "whitelisted_domains",
];

pub(super) const READABLE: &[&str] = &[
    "account_linking_url",
    "commands",
    "get_started",
    "greeting",
    "ice_breakers",
    "persistent_menu",
    "subject_to_new_eu_privacy_rules",
    "whitelisted_domains",
];

pub(super) const REMOVABLE: &[&str] = &[
    "account_linking_url",
    "commands",
    "description",
    "get_started",
    "greeting",
    "home_url",
    "ice_breakers",
    "persistent_menu",
    "platform",
    "subject_to_new_eu_privacy_rules",
    "title",
    "whitelisted_domains",
];

/// The properties that a POST sets, each judged. At least one must be there.
pub(super) fn judge(params: &Map<String, Value>) -> Result<Map<String, Value>, GraphError> {
    if let Some(platform) = Param::top(params, "platform") {
        platform.one_of(&["MESSENGER", "INSTAGRAM", "messenger", "instagram"])?;
    }
    for gone in ["home_url", "target_audience", "payment_settings"] {
        if params.contains_key(gone) {
            return Err(GraphError::parameter(format!("The property {gone} is no longer supported")));
        }
    }
    let mut properties = Map::new();
    for name in WRITABLE {
        let Some(property) = Param::top(params, name) else { continue };
        match *name {
            "greeting" => locales(&property, greeting)?,
            "get_started" => {
                property.object(&["payload"])?;
                property.required_text("payload", PAYLOAD)?;
            }
            "persistent_menu" => persistent_menu(&property)?,
            "ice_breakers" => ice_breakers(&property)?,
            "commands" => locales(&property, commands)?,
            "whitelisted_domains" => property.items(DOMAINS)?.iter().try_for_each(domain)?,
            "account_linking_url" => drop(property.https_url()?),
            _ => drop(property.text(FREE_TEXT)?),
        }
        properties.insert((*name).to_owned(), property.value().clone());
    }
    if properties.is_empty() {
        return Err(GraphError::parameter("Requires one of the params: ".to_owned() + &WRITABLE.join(",")));
    }
    Ok(properties)
}

/// A menu needs a Get Started button, when it is set and as long as it stays.
/// Text and sub-code seen at <https://github.com/pimax/fb-messenger-php/issues/90>.
pub(super) fn depend(profile: &Map<String, Value>) -> Result<(), GraphError> {
    if profile.contains_key("persistent_menu") && !profile.contains_key("get_started") {
        return Err(GraphError::parameter(
            "You must set a Get Started button if you also wish to use persistent menu.",
        )
        .subcode(2_018_145));
    }
    Ok(())
}

/// One entry a locale, `default` among them and none twice.
fn locales(list: &Param<'_>, judge: impl Fn(&Param<'_>) -> Result<(), GraphError>) -> Result<(), GraphError> {
    let mut seen = Vec::new();
    for entry in list.items(LOCALES)? {
        judge(&entry)?;
        let locale = entry.required_text("locale", FREE_TEXT)?;
        if seen.contains(&locale) {
            return Err(entry.must("not repeat a locale"));
        }
        seen.push(locale);
    }
    if seen.contains(&"default") { Ok(()) } else { Err(list.must("have an entry with locale default")) }
}

fn greeting(greeting: &Param<'_>) -> Result<(), GraphError> {
    greeting.object(&["locale", "text"])?;
    greeting.required_text("text", GREETING).map(drop)
}

pub(super) fn persistent_menu(menu: &Param<'_>) -> Result<(), GraphError> {
    locales(menu, |entry| {
        // Keys seen in the API's own refusal: <https://github.com/howdyai/botkit/issues/955>.
        entry.object(&["locale", "composer_input_disabled", "call_to_actions", "disabled_surfaces"])?;
        entry.optional_bool("composer_input_disabled")?;
        let disabled = entry.get("composer_input_disabled").is_some_and(|disabled| disabled.value() == true);
        if disabled {
            entry.require("call_to_actions")?;
        }
        // `nested` items are gone since v8.0, like all kinds but these two.
        let items = entry.optional_items("call_to_actions", MENU_ITEMS)?;
        items.iter().try_for_each(|item| schema::judge(&MENU_ITEM, item.name(), item.value()))
    })
}

/// By locale, or in the older form without; never both in one list.
fn ice_breakers(list: &Param<'_>) -> Result<(), GraphError> {
    let by_locale = list.items(LOCALES)?.iter().any(|entry| entry.get("locale").is_some());
    if !by_locale {
        return list.items(ICE_BREAKERS)?.iter().try_for_each(ice_breaker);
    }
    locales(list, |entry| {
        entry.object(&["locale", "call_to_actions"])?;
        entry.require("call_to_actions")?.items(ICE_BREAKERS)?.iter().try_for_each(ice_breaker)
    })
}

fn ice_breaker(question: &Param<'_>) -> Result<(), GraphError> {
    question.object(&["question", "payload"])?;
    question.required_text("question", FREE_TEXT)?;
    question.required_text("payload", PAYLOAD).map(drop)
}

fn commands(entry: &Param<'_>) -> Result<(), GraphError> {
    entry.object(&["locale", "commands"])?;
    for command in entry.require("commands")?.items(COMMANDS)? {
        command.object(&["name", "description"])?;
        let name = command.require("name")?;
        if name.text(COMMAND_NAME)?.starts_with('/') {
            return Err(name.must("not start with /"));
        }
        command.required_text("description", COMMAND_DESCRIPTION)?;
    }
    Ok(())
}

/// HTTPS and a full host name.
fn domain(domain: &Param<'_>) -> Result<(), GraphError> {
    let url = reqwest::Url::parse(domain.https_url()?).map_err(|_| domain.must("be a valid URL"))?;
    match url.domain() {
        Some(host) if host.contains('.') => Ok(()),
        _ => Err(domain.must("have a full host name, no address and no localhost")),
    }
}
