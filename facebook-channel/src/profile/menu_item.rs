//! One item of a menu.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/buttons/url>

use channel_api::{Issue, Pointer};
use serde_json::Value;

use super::members::Members;
use super::notes::Notes;
use crate::limits;
use crate::send::rules;
use crate::send::wire::Object;

const MEMBERS: &[&str] = &[
    "type",
    "title",
    "payload",
    "url",
    "webview_height_ratio",
    "messenger_extensions",
    "fallback_url",
    "webview_share_button",
];

/// What only an item that opens a page has.
const OF_A_PAGE: &[&str] =
    &["url", "webview_height_ratio", "messenger_extensions", "fallback_url", "webview_share_button"];

/// An item in Meta's JSON.
pub(super) fn read(value: &Value, at: &Pointer<'_>, notes: &mut Notes) -> Option<Value> {
    let members = Members::read(value, at, MEMBERS, notes)?;
    let item = Item {
        kind: members.text("type", notes),
        title: members.text("title", notes),
        payload: members.text("payload", notes),
        url: members.text("url", notes),
        webview_height_ratio: members.text("webview_height_ratio", notes),
        messenger_extensions: members.flag("messenger_extensions", notes),
        fallback_url: members.text("fallback_url", notes),
        webview_share_button: members.text("webview_share_button", notes),
    };
    item.check(&members, notes);
    Some(item.object().into())
}

struct Item<'a> {
    kind: Option<&'a str>,
    title: Option<&'a str>,
    payload: Option<&'a str>,
    url: Option<&'a str>,
    webview_height_ratio: Option<&'a str>,
    messenger_extensions: Option<bool>,
    fallback_url: Option<&'a str>,
    webview_share_button: Option<&'a str>,
}

impl Item<'_> {
    fn check(&self, members: &Members<'_, '_>, notes: &mut Notes) {
        let rules = &mut notes.rules;
        rules::required_choice(&members.at("type"), self.kind, &["postback", "web_url"], rules);
        rules::words(&members.at("title"), self.title, "an item needs words on it", &limits::MENU_TITLE, rules);
        match self.kind {
            Some("postback") => {
                strangers(members, "postback", OF_A_PAGE, notes);
                let advice = "say what comes back with a tap";
                let place = members.at("payload");
                rules::words(&place, self.payload, advice, &limits::MENU_PAYLOAD, &mut notes.rules);
            }
            Some("web_url") => {
                strangers(members, "web_url", &["payload"], notes);
                self.opens(members, notes);
            }
            _ => {}
        }
    }

    fn opens(&self, members: &Members<'_, '_>, notes: &mut Notes) {
        let rules = &mut notes.rules;
        let extensions = self.messenger_extensions == Some(true);
        let place = members.at("url");
        rules::required_address(&place, self.url, rules);
        if extensions && self.url.is_some_and(|url| rules::authority(url).is_some()) {
            rules::https(&place, self.url, rules);
        }
        let place = members.at("webview_height_ratio");
        rules::choice(&place, self.webview_height_ratio, &["compact", "tall", "full"], rules);
        rules::choice(&members.at("webview_share_button"), self.webview_share_button, &["hide"], rules);
        let place = members.at("fallback_url");
        rules::web_address(&place, self.fallback_url, rules);
        let advice = "works only with messenger_extensions: set that to true, or leave this out";
        rules::absent(&place, self.fallback_url.is_some() && !extensions, advice, rules);
    }

    fn object(&self) -> Object {
        Object::new()
            .maybe("type", self.kind)
            .maybe("title", self.title)
            .maybe("payload", self.payload)
            .maybe("url", self.url)
            .maybe("webview_height_ratio", self.webview_height_ratio)
            .maybe("messenger_extensions", self.messenger_extensions)
            .maybe("fallback_url", self.fallback_url)
            .maybe("webview_share_button", self.webview_share_button)
    }
}

/// Fields that belong to the other kind of item.
fn strangers(members: &Members<'_, '_>, kind: &str, others: &[&'static str], notes: &mut Notes) {
    for name in others.iter().filter(|name| members.value(name).is_some()) {
        let told = format!("a {kind} item has no such field: leave it out, or choose the other type of item");
        notes.rules.refuse(Issue::new(&members.at(name), "button.field", told));
    }
}
