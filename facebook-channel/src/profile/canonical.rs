//! One way to write a value, so that what Meta answers equals what was asked for: defaults are left out, locales and domains
//! sorted, addresses written as everybody would. Only for comparing; what is sent is what the author wrote.

use channel_api::Pointer;
use reqwest::Url;
use serde_json::Value;

use super::property::{Findings, Property, Setting};
use super::{domains, menu};

/// Whether two values of a property mean the same to Meta.
pub(super) fn same(property: Property, one: &Value, other: &Value) -> bool {
    one == other || canonical(property, one) == canonical(property, other)
}

/// The one way. What cannot be read stays as it is, and so does a menu in which there are menus: Meta has none such today.
pub(super) fn canonical(property: Property, value: &Value) -> Value {
    let mut findings = Findings::default();
    let read = property.read(value, &Pointer::ROOT, &mut findings);
    let Setting::Write(mut written) = read else { return Value::Null };
    if !findings.is_readable() || findings.rules.warnings.iter().any(|warning| warning.code == menu::NESTED) {
        return value.clone();
    }
    match property {
        Property::GetStarted => {}
        Property::PersistentMenu => {
            each(&mut written, entry);
            by_locale(&mut written);
        }
        Property::IceBreakers | Property::Greeting | Property::Commands => by_locale(&mut written),
        Property::WhitelistedDomains => {
            each(&mut written, |domain| *domain = domains::origin(domain.as_str().unwrap_or_default()).into());
            if let Value::Array(list) = &mut written {
                list.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
                list.dedup();
            }
        }
        Property::AccountLinkingUrl => address(&mut written),
    }
    written
}

/// A menu of one locale.
fn entry(entry: &mut Value) {
    if let Some(items) = entry.get_mut("call_to_actions") {
        each(items, item);
    }
    drop_where(entry, "composer_input_disabled", |value| *value == false);
    for list in ["call_to_actions", "disabled_surfaces"] {
        drop_where(entry, list, |value| value.as_array().is_some_and(Vec::is_empty));
    }
}

fn item(item: &mut Value) {
    drop_where(item, "webview_height_ratio", |value| *value == "full");
    drop_where(item, "messenger_extensions", |value| *value == false);
    for name in ["url", "fallback_url"] {
        if let Some(value) = item.get_mut(name) {
            address(value);
        }
    }
}

/// `https://EXAMPLE.com` is `https://example.com/`.
fn address(value: &mut Value) {
    if let Value::String(text) = value
        && let Ok(url) = Url::parse(text)
    {
        *text = url.into();
    }
}

fn drop_where(object: &mut Value, name: &str, is_default: impl Fn(&Value) -> bool) {
    if let Value::Object(members) = object
        && members.get(name).is_some_and(is_default)
    {
        members.remove(name);
    }
}

fn each(list: &mut Value, change: impl Fn(&mut Value)) {
    list.as_array_mut().into_iter().flatten().for_each(change);
}

/// Sorts where there are locales; questions in the older form have none, and their order counts.
fn by_locale(list: &mut Value) {
    if let Value::Array(entries) = list {
        entries.sort_by(|one, other| one["locale"].as_str().cmp(&other["locale"].as_str()));
    }
}
