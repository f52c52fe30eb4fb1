//! `persistent_menu`: what stands beside every conversation.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu>

use channel_api::{Issue, Pointer, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::locales::OfLocale;
use super::menu_item::Item;
use super::value::{Given, set_call};
use crate::limits;
use crate::rules;

/// The code of the warning that menus in menus became one list.
pub(super) const NESTED: &str = "menu.nested";

/// More than Meta recommends.
const RECOMMENDED: usize = 5;

/// Sets the menu beside every conversation.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["menu"]))]
pub(crate) struct SetPersistentMenu {
    /// One menu for each locale, `default` among them.
    #[serde(alias = "persistentMenu")]
    #[schemars(title = "Menus", with = "Vec<Menu>", length(min = 1))]
    menu: Given<Vec<Menu>>,
}

/// The menu of one locale.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all(deserialize = "camelCase"))]
#[schemars(inline, extend("required" = ["locale"]))]
pub(crate) struct Menu {
    /// `default` for everybody without a menu of their own, or a locale.
    #[schemars(title = "Locale", extend("examples" = ["default", "pt_BR"]))]
    locale: Option<String>,
    /// People cannot type, only tap. Needs items.
    #[serde(alias = "composer-input-disabled")]
    #[schemars(title = "No typing", extend("default" = false))]
    composer_input_disabled: Option<bool>,
    /// The items, from top to bottom, all on one level. Meta recommends five at most.
    #[serde(alias = "call-to-actions", serialize_with = "flat")]
    #[schemars(title = "Items", length(max = limits::MENU_ITEMS.max))]
    call_to_actions: Option<Vec<Item>>,
    // Meta's page has it no more.
    #[serde(alias = "disabled-surfaces")]
    #[schemars(skip)]
    disabled_surfaces: Option<Vec<String>>,
}

set_call!(SetPersistentMenu { menu: Vec<Menu> = "menu" });

impl OfLocale for Menu {
    fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }

    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let place = at.key("callToActions");
        let items = self.call_to_actions.as_deref().unwrap_or_default();
        let count = check_items(items, &place, report);
        if self.composer_input_disabled == Some(true) && count == 0 {
            let advice = "is needed: without it people could neither type nor tap; add items, or let people type";
            rules::filled(&place, None, advice, report);
        }
        let doubt = "people can no longer write: only the menu is left to them";
        let here = at.key("composerInputDisabled");
        rules::doubtful(&here, self.composer_input_disabled == Some(true) && count > 0, "menu.composer", doubt, report);
        let doubt = "is no longer on Meta's page; it may have no effect";
        rules::doubtful(&at.key("disabledSurfaces"), self.disabled_surfaces.is_some(), "legacy", doubt, report);
    }
}

/// One level, as Meta has it since menus in menus went on 4 August 2022: an inner menu's items take its place.
#[expect(clippy::ref_option, reason = "serde hands it in so")]
fn flat<S: Serializer>(items: &Option<Vec<Item>>, serializer: S) -> Result<S::Ok, S::Error> {
    fn collect<'a>(items: &'a [Item], all: &mut Vec<&'a Item>) {
        for item in items {
            if item.is_menu() { collect(item.items(), all) } else { all.push(item) }
        }
    }

    let mut all = Vec::new();
    collect(items.as_deref().unwrap_or_default(), &mut all);
    items.as_ref().map(|_| all).serialize(serializer)
}

/// How many there will be on one level.
fn check_items(items: &[Item], at: &Pointer<'_>, report: &mut Report) -> usize {
    let mut titles = Vec::new();
    check_each(items, at, &mut titles, report);
    let count = titles.len();
    rules::count(at, count, &limits::MENU_ITEMS, "items on one level", report);
    if items.iter().any(Item::is_menu) {
        let titles: Vec<_> = titles.into_iter().flatten().map(|title| format!("`{title}`")).collect();
        let message = format!(
            "held menus in menus, which Messenger gave up on 4 August 2022; the menu is now: {}",
            titles.join(", ")
        );
        report.warn(Issue::new(at, NESTED, message).with_hint("answer a postback item with the next choice instead"));
    }
    let long = (RECOMMENDED + 1..=limits::MENU_ITEMS.max).contains(&count);
    rules::doubtful(at, long, "menu.long", "has more than 5 items, which is what Meta recommends at most", report);
    count
}

/// Checks each item at its place, and collects the words on those that will stand on the one level.
fn check_each<'a>(items: &'a [Item], at: &Pointer<'_>, titles: &mut Vec<Option<&'a str>>, report: &mut Report) {
    for (index, item) in items.iter().enumerate() {
        let here = at.index(index);
        item.check(&here, report);
        if item.is_menu() {
            check_each(item.items(), &here.key("callToActions"), titles, report);
        } else {
            titles.push(item.title.as_deref());
        }
    }
}
