//! What one property needs of another, in the profile as it will be.

use channel_api::profile::Profile;
use channel_api::{Issue, Pointer, Report};
use serde_json::Value;

use super::document::{Wanted, given};
use super::domains;
use super::property::{Property, Setting};
use crate::rules;

/// The profile as it will be.
struct Then<'a> {
    current: &'a Profile,
    wanted: &'a [Wanted<'a>],
}

impl<'a> Then<'a> {
    fn wanted(&self, property: Property) -> Option<&'a Wanted<'a>> {
        self.wanted.iter().find(|wanted| wanted.property == property)
    }

    fn value(&self, property: Property) -> Option<&'a Value> {
        match self.wanted(property).map(|wanted| &wanted.setting) {
            Some(Setting::Write(value)) => Some(value),
            Some(Setting::Remove) => None,
            None => given(self.current, property),
        }
    }

    fn has(&self, property: Property) -> bool {
        self.value(property).is_some()
    }

    /// A property that the document sets to something new.
    fn written(&self, property: Property) -> Option<&'a Wanted<'a>> {
        self.wanted(property).filter(|wanted| !wanted.is_there && matches!(wanted.setting, Setting::Write(_)))
    }
}

/// Judges what the document says of two properties at once, whatever is on the Page: a menu, and no button that it needs.
pub(super) fn check_document(wanted: &[Wanted<'_>], rules: &mut Report) {
    let of = |property| wanted.iter().find(|wanted| wanted.property == property);
    if let (Some(menu), Some(button)) = (of(Property::PersistentMenu), of(Property::GetStarted))
        && matches!(menu.setting, Setting::Write(_))
        && matches!(button.setting, Setting::Remove)
    {
        rules.refuse(needed(button));
    }
}

fn needed(button: &Wanted<'_>) -> Issue {
    let message = "cannot go while there is a persistent menu, which needs it";
    let issue = Issue::new(&Pointer::ROOT.key(button.spelled), "get_started.needed", message);
    issue.with_hint("remove persistent_menu as well, or keep get_started")
}

/// Judges what the document changes; what is on the Page already is Meta's to judge.
pub(super) fn check(current: &Profile, wanted: &[Wanted<'_>], rules: &mut Report) {
    let then = Then { current, wanted };
    if then.has(Property::PersistentMenu) && !then.has(Property::GetStarted) {
        if let Some(button) =
            then.wanted(Property::GetStarted).filter(|_| given(current, Property::GetStarted).is_some())
        {
            rules.refuse(needed(button));
        } else if let Some(menu) = then.written(Property::PersistentMenu) {
            let message = "needs a Get Started button, and there is none in the document nor on the Page";
            let issue = Issue::new(&Pointer::ROOT.key(menu.spelled), "menu.get_started", message);
            rules.refuse(issue.with_hint("add get_started, for example {\"payload\": \"GET_STARTED\"}"));
        }
    }
    if then.has(Property::PersistentMenu) && then.has(Property::Commands) {
        let message = "commands are shown in the place of the persistent menu, which is then hidden";
        if let Some(commands) = then.written(Property::Commands).or_else(|| then.written(Property::PersistentMenu)) {
            rules::warn(&Pointer::ROOT.key(commands.spelled), "commands.menu", message, rules);
        }
    }
    if let Some(menu) = then.written(Property::PersistentMenu) {
        let listed = then.value(Property::WhitelistedDomains).and_then(Value::as_array);
        let listed: Vec<String> = listed.into_iter().flatten().filter_map(Value::as_str).map(domains::origin).collect();
        let Setting::Write(value) = &menu.setting else { return };
        if pages_with_extensions(value).any(|url| !listed.contains(&domains::origin(url))) {
            let message = "opens a page with messenger_extensions whose domain is not among whitelisted_domains: Messenger \
                will not load its extensions there";
            rules::warn(&Pointer::ROOT.key(menu.spelled), "menu.domain", message, rules);
        }
    }
}

fn pages_with_extensions(menu: &Value) -> impl Iterator<Item = &str> {
    let entries = menu.as_array().into_iter().flatten();
    let items = entries.filter_map(|entry| entry.get("call_to_actions")?.as_array()).flatten();
    items.filter(|item| item["messenger_extensions"] == true).filter_map(|item| item["url"].as_str())
}
