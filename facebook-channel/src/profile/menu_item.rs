//! One item of a menu.
//!
//! Sources: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/buttons/url>

use channel_api::{Issue, Pointer, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::address;
use crate::limits;
use crate::rules;

const KINDS: [&str; 2] = ["postback", "web_url"];
const HEIGHTS: [&str; 3] = ["compact", "tall", "full"];
/// What an item was that held others.
const NESTED: &str = "nested";

/// One item of a menu.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, rename_all(deserialize = "camelCase"))]
#[schemars(inline, extend("required" = ["type", "title"]))]
pub(super) struct Item {
    /// Whether a tap comes back to you, or opens a page.
    #[schemars(title = "What a tap does", extend("enum" = KINDS))]
    r#type: Option<String>,
    /// The words on it.
    #[schemars(
        title = "Title",
        length(min = limits::MENU_TITLE.min, max = limits::MENU_TITLE.max),
        extend("examples" = ["Contact Support"])
    )]
    pub(super) title: Option<String>,
    /// What comes back with a tap: for `postback` only, and needed there.
    #[schemars(
        title = "Payload",
        length(min = limits::MENU_PAYLOAD.min, max = limits::MENU_PAYLOAD.max),
        extend("examples" = ["CONTACT_SUPPORT"])
    )]
    payload: Option<String>,
    /// The page to open: for `web_url` only, and needed there.
    #[schemars(title = "URL", url, extend("examples" = ["https://example.com/products"]))]
    url: Option<String>,
    /// How much of the screen the page takes.
    #[serde(alias = "webview-height-ratio")]
    #[schemars(title = "Height of the page", extend("enum" = HEIGHTS, "default" = "full"))]
    webview_height_ratio: Option<String>,
    /// The page uses the Messenger Extensions SDK; its domain must be among the whitelisted ones.
    #[serde(alias = "messenger-extensions")]
    #[schemars(title = "Messenger Extensions", extend("default" = false))]
    messenger_extensions: Option<bool>,
    /// The page for clients without Messenger Extensions.
    #[serde(alias = "fallback-url")]
    #[schemars(title = "Fallback URL", url, extend("examples" = ["https://example.com/plain"]))]
    fallback_url: Option<String>,
    /// `hide` takes the share button of the page away.
    #[serde(alias = "webview-share-button")]
    #[schemars(title = "Share button", extend("enum" = ["hide"]))]
    webview_share_button: Option<String>,
    // What is in it, where it is a menu itself.
    #[serde(alias = "call-to-actions")]
    #[schemars(skip)]
    call_to_actions: Option<Vec<Item>>,
}

impl Item {
    /// Whether it is a menu in the menu.
    pub(super) fn is_menu(&self) -> bool {
        self.r#type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case(NESTED))
    }

    /// What is in it.
    pub(super) fn items(&self) -> &[Self] {
        self.call_to_actions.as_deref().unwrap_or_default()
    }

    /// Notes what is wrong with it. What is in a menu is not judged here.
    pub(super) fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        if self.is_menu() {
            // The words on it go with it, so that they cannot be too long.
            self.strangers(NESTED, &["callToActions"], at, report);
            if self.items().is_empty() {
                let advice = "is an empty menu: give it items, or leave it out";
                rules::filled(&at.key("callToActions"), None, advice, report);
            }
            return;
        }
        rules::required_choice(&at.key("type"), self.r#type.as_deref(), &KINDS, report);
        let advice = "an item needs words on it";
        rules::words(&at.key("title"), self.title.as_deref(), advice, &limits::MENU_TITLE, report);
        match self.r#type.as_deref() {
            Some("postback") => {
                self.strangers("postback", &["payload"], at, report);
                let advice = "say what comes back with a tap";
                rules::words(&at.key("payload"), self.payload.as_deref(), advice, &limits::MENU_PAYLOAD, report);
            }
            Some("web_url") => {
                let own = ["url", "webviewHeightRatio", "messengerExtensions", "fallbackUrl", "webviewShareButton"];
                self.strangers("web_url", &own, at, report);
                self.check_page(at, report);
            }
            _ => {}
        }
    }

    fn check_page(&self, at: &Pointer<'_>, report: &mut Report) {
        let extensions = self.messenger_extensions == Some(true);
        let (place, url) = (at.key("url"), self.url.as_deref());
        let url = address::required(&place, url, report);
        let check = if extensions { address::opened_securely } else { address::opened };
        check(&place, url, report);
        let height = self.webview_height_ratio.as_deref();
        rules::choice(&at.key("webviewHeightRatio"), height, &HEIGHTS, report);
        rules::choice(&at.key("webviewShareButton"), self.webview_share_button.as_deref(), &["hide"], report);
        let (place, fallback) = (at.key("fallbackUrl"), self.fallback_url.as_deref());
        address::opened(&place, fallback, report);
        let advice = "works only with messenger_extensions: set that to true, or leave this out";
        rules::absent(&place, fallback.is_some() && !extensions, advice, report);
    }

    /// Fields that belong to another kind of item.
    fn strangers(&self, kind: &str, own: &[&str], at: &Pointer<'_>, report: &mut Report) {
        for (name, given) in [
            ("payload", self.payload.is_some()),
            ("url", self.url.is_some()),
            ("webviewHeightRatio", self.webview_height_ratio.is_some()),
            ("messengerExtensions", self.messenger_extensions.is_some()),
            ("fallbackUrl", self.fallback_url.is_some()),
            ("webviewShareButton", self.webview_share_button.is_some()),
            ("callToActions", self.call_to_actions.is_some()),
        ] {
            if given && !own.contains(&name) {
                let message =
                    format!("a {kind} item has no such field: leave it out, or choose the other type of item");
                report.refuse(Issue::new(&at.key(name), "button.field", message));
            }
        }
    }
}
