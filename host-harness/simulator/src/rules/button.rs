//! Buttons.
//!
//! `…/` is the documentation's root, as in [`super`].

use super::param::Param;
use crate::graph_error::GraphError;

/// Source: `…/send-messages/template/{generic,button,media,image-grid}`.
const BUTTONS: usize = 3;
/// Source: `…/send-messages/buttons/{url,postback}`.
const TITLE: usize = 20;
const PAYLOAD: usize = 1000;
/// Source: `…/calling/callaudiocta`.
const CALL_DAYS: i64 = 7;
/// A free text without a documented limit.
const FREE_TEXT: usize = 1000;

/// On a generic or a button template.
pub(super) const ALL: &[&str] =
    &["web_url", "postback", "phone_number", "account_link", "account_unlink", "game_play", "audio_call"];
/// On a media template.
pub(super) const MEDIA: &[&str] = &["web_url", "postback", "phone_number", "account_link"];
/// On an image grid and in a persistent menu.
pub(crate) const PLAIN: &[&str] = &["web_url", "postback"];

const WEB_URL_KEYS: &[&str] =
    &["type", "url", "webview_height_ratio", "messenger_extensions", "fallback_url", "webview_share_button"];

/// 1 to 3 buttons of these kinds.
pub(super) fn row(list: &Param<'_>, kinds: &[&str]) -> Result<(), GraphError> {
    list.items(BUTTONS)?.iter().try_for_each(|one| button(one, kinds, TITLE))
}

/// Source: `…/send-messages/buttons/{url,postback,call,login,logout,game-play}`, `…/calling/callaudiocta`.
pub(crate) fn button(button: &Param<'_>, kinds: &[&str], title: usize) -> Result<(), GraphError> {
    match button.require("type")?.one_of(kinds)? {
        "web_url" => {
            button.object(&[WEB_URL_KEYS, &["title"]].concat())?;
            button.required_text("title", title)?;
            web_url(button)
        }
        "postback" => {
            button.object(&["type", "title", "payload"])?;
            button.required_text("title", title)?;
            button.required_text("payload", PAYLOAD).map(drop)
        }
        "phone_number" => {
            button.object(&["type", "title", "payload"])?;
            button.required_text("title", title)?;
            let number = button.require("payload")?;
            match number.string()?.strip_prefix('+') {
                Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
                _ => Err(number.must("be a phone number like +16505551234")),
            }
        }
        "account_link" => {
            button.object(&["type", "url"])?;
            button.require("url")?.https_url().map(drop)
        }
        "account_unlink" => button.object(&["type"]).map(drop),
        "audio_call" => {
            button.object(&["type", "title", "expires_in_days"])?;
            button.required_text("title", title)?;
            button.optional_whole("expires_in_days", 1..=CALL_DAYS)
        }
        _ => {
            button.object(&["type", "title", "payload", "game_metadata"])?;
            button.required_text("title", title)?;
            button.optional_text("payload", FREE_TEXT)?;
            button.optional("game_metadata", |game| {
                let members = game.object(&["player_id", "context_id"])?;
                if members.len() == 1 { Ok(()) } else { Err(game.must("have exactly one of player_id and context_id")) }
            })
        }
    }
}

/// A URL button without its title. Source: `…/send-messages/template/generic`.
pub(super) fn default_action(action: &Param<'_>) -> Result<(), GraphError> {
    action.require("type")?.one_of(&["web_url"])?;
    action.object(WEB_URL_KEYS)?;
    web_url(action)
}

/// The members of a URL button other than its title.
fn web_url(button: &Param<'_>) -> Result<(), GraphError> {
    let url = button.require("url")?;
    url.http_url()?;
    button.optional_one_of("webview_height_ratio", &["compact", "tall", "full"])?;
    button.optional_one_of("webview_share_button", &["hide"])?;
    button.optional_bool("messenger_extensions")?;
    if button.get("messenger_extensions").is_some_and(|on| on.value() == true) {
        url.https_url()?;
    } else if let Some(fallback) = button.get("fallback_url") {
        return Err(fallback.must("come with messenger_extensions true"));
    }
    button.optional_url("fallback_url")
}
