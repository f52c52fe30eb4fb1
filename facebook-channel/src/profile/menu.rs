//! `persistent_menu`: what stands beside every conversation.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu>

use channel_api::{Issue, Pointer};
use serde_json::Value;

use super::members::{Members, snake_case};
use super::notes::Notes;
use super::{locales, menu_item};
use crate::limits;
use crate::send::rules;

/// The code of the warning that menus in menus became one list.
pub(super) const NESTED: &str = "menu.nested";

/// More than Meta recommends.
const RECOMMENDED: usize = 5;

const ENTRY: &[&str] = &["composer_input_disabled", "call_to_actions", "disabled_surfaces"];

/// A list with a menu for each locale.
pub(super) fn read(value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Value {
    locales::read(value, at, ENTRY, notes, |members, entry, notes| {
        let disabled = members.flag("composer_input_disabled", notes);
        let place = members.at("call_to_actions");
        let given = members.list("call_to_actions", notes);
        let items = given.map(|list| flat(list, &place, notes));
        if disabled == Some(true) && items.as_ref().is_none_or(Vec::is_empty) {
            let advice = "is needed: without it people could neither type nor tap; add items, or let people type";
            notes.rules.refuse(Issue::new(&place, "required", advice));
        }
        let surfaces = members.value("disabled_surfaces").cloned();
        if let Some(surfaces) = &surfaces {
            let place = members.at("disabled_surfaces");
            if !surfaces.as_array().is_some_and(|list| list.iter().all(Value::is_string)) {
                notes.misfit(&place, "a list of strings");
            }
            let doubt = "is no longer on Meta's page; it may have no effect";
            rules::warn(&place, "legacy", doubt, &mut notes.rules);
        }
        entry
            .maybe("composer_input_disabled", disabled)
            .maybe("call_to_actions", items)
            .maybe("disabled_surfaces", surfaces)
    })
}

/// One level, as Meta has it since menus in menus went on 4 August 2022: an inner menu's items take its place.
fn flat(list: &[Value], at: &Pointer<'_>, notes: &mut Notes) -> Vec<Value> {
    let mut items = Vec::new();
    collect(list, at, &mut items, notes);
    let rules = &mut notes.rules;
    rules::count(at, items.len(), &limits::MENU_ITEMS, "items on one level", rules);
    if list.iter().any(is_nested) {
        let titles: Vec<_> = items.iter().filter_map(|item| item["title"].as_str()).map(|t| format!("`{t}`")).collect();
        let told = format!(
            "held menus in menus, which Messenger gave up on 4 August 2022; the menu is now: {}",
            titles.join(", ")
        );
        rules.warn(Issue::new(at, NESTED, told).with_hint("answer a postback item with the next choice instead"));
    }
    let long = (RECOMMENDED + 1..=limits::MENU_ITEMS.max).contains(&items.len());
    rules::doubtful(at, long, "menu.long", "has more than 5 items, which is what Meta recommends at most", rules);
    items
}

fn collect(list: &[Value], at: &Pointer<'_>, items: &mut Vec<Value>, notes: &mut Notes) {
    for (index, item) in list.iter().enumerate() {
        let here = at.index(index);
        if !is_nested(item) {
            items.extend(menu_item::read(item, &here, notes));
            continue;
        }
        let known = ["type", "title", "call_to_actions"];
        let Some(members) = Members::read(item, &here, &known, notes) else { continue };
        // The words on it go with it, so that they cannot be too long.
        members.text("title", notes);
        let place = members.at("call_to_actions");
        let inner = members.list("call_to_actions", notes).unwrap_or_default();
        if inner.is_empty() {
            notes.rules.refuse(Issue::new(&place, "required", "is an empty menu: give it items, or leave it out"));
        }
        collect(inner, &place, items, notes);
    }
}

fn is_nested(item: &Value) -> bool {
    item.get("type").and_then(Value::as_str).is_some_and(|kind| snake_case(kind) == "nested")
}
