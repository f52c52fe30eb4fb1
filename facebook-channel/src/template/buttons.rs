//! Buttons of every kind, and where which may stand.

use channel_api::template::{Button, ButtonKind};
use channel_api::{Issue, JsonObject, Pointer, Quote, Report, declared, read_object};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serializer};
use serde_json::Value;

use crate::address;
use crate::capabilities::BUTTON_EXTRAS;
use crate::limits;
use crate::rules;
use crate::wire::{Object, snake_case};

/// Where a button stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Below a card or a text.
    Card,
    /// Below a picture or a film.
    Media,
    /// Below a grid of pictures.
    Grid,
}

impl Place {
    const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Card => {
                &["web_url", "postback", "phone_number", "account_link", "account_unlink", "game_play", "audio_call"]
            }
            Self::Media => &["web_url", "postback", "phone_number", "account_link"],
            Self::Grid => &["web_url", "postback"],
        }
    }
}

/// What Meta has removed, and what does the same today.
const RETIRED: [(&str, &str); 4] = [
    ("element_share", "share buttons were removed: set sharable to true, or use a web_url button"),
    ("payment", "buy buttons were removed: use a web_url button that opens your own checkout"),
    ("buy", "buy buttons were removed: use a web_url button that opens your own checkout"),
    ("nested", "menus in menus were removed in 2022: use a postback button and answer it with the next choice"),
];

/// What only Messenger's buttons have.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extra {
    /// How much of the screen the page takes.
    webview_height_ratio: Option<String>,
    /// Whether the page may talk to the messenger.
    messenger_extensions: Option<bool>,
    /// The page for clients without extensions.
    fallback_url: Option<String>,
    /// Whether the page can be shared.
    webview_share_button: Option<String>,
    /// What a game is started with.
    game_metadata: Option<JsonObject>,
    /// For how many days the button works.
    expires_in_days: Option<u32>,
}

/// A button with its own part read.
#[derive(Debug)]
pub(super) struct MessengerButton<'a> {
    button: &'a Button,
    extra: Extra,
}

/// The rules of a list of buttons in a template of Messenger's own, of which the contract knows nothing. How many there may be
/// is for the template to say.
pub(super) fn check(buttons: &[Button], place: Place, at: &Pointer<'_>, report: &mut Report) {
    for (index, button) in buttons.iter().enumerate() {
        let here = at.index(index);
        declared::extra(&button.extra, BUTTON_EXTRAS, &here, report);
        MessengerButton::read(button, &here, report).check(place, &here, report);
    }
}

/// Buttons of a card or below a text in Meta's JSON, after their rules; nothing where there are none.
pub(super) fn translate(buttons: &[Button], at: &Pointer<'_>, report: &mut Report) -> Option<Value> {
    let mut wire = Vec::with_capacity(buttons.len());
    for (index, button) in buttons.iter().enumerate() {
        let here = at.index(index);
        let button = MessengerButton::read(button, &here, report);
        button.check(Place::Card, &here, report);
        wire.push(button.object().into());
    }
    (!wire.is_empty()).then_some(Value::Array(wire))
}

/// What a tap on a card does, in Meta's JSON: a `web_url` button without words.
pub(super) fn default_action(action: &Button, at: &Pointer<'_>, report: &mut Report) -> Object {
    let action = MessengerButton::read(action, at, report);
    action.check_default_action(at, report);
    action.object()
}

/// For `#[serde(serialize_with = "…")]` in the templates' models.
pub(super) fn serialize<S: Serializer>(buttons: &[Button], serializer: S) -> Result<S::Ok, S::Error> {
    if buttons.is_empty() {
        return serializer.serialize_none();
    }
    // Whatever is wrong with them was told when they were checked.
    let object = |button| MessengerButton::read(button, &Pointer::ROOT, &mut Report::default()).object();
    serializer.collect_seq(buttons.iter().map(|button| Value::from(object(button))))
}

impl<'a> MessengerButton<'a> {
    fn read(button: &'a Button, at: &Pointer<'_>, report: &mut Report) -> Self {
        let mut found = Report::default();
        let extra = read_object(&button.extra, at, Quote::Values, &mut found);
        // What is not known here was refused as undeclared.
        report.refusals.append(&mut found.refusals);
        Self { button, extra }
    }

    fn check(&self, place: Place, at: &Pointer<'_>, report: &mut Report) {
        let button = self.button;
        let kind = name(&button.kind);
        if !place.kinds().contains(&kind) {
            let known = rules::list(place.kinds());
            let here = at.key("type");
            let issue = match RETIRED.iter().find(|(retired, _)| *retired == kind) {
                Some((_, instead)) => Issue::new(&here, "button.retired", *instead),
                None if Place::Card.kinds().contains(&kind) => {
                    Issue::new(&here, "button.place", format!("this kind of button cannot stand here: use {known}"))
                }
                None => Issue::new(&here, "choice", format!("is no kind of button: use {known}")),
            };
            report.refuse(issue);
            return;
        }
        let legacy = place == Place::Media && kind == "account_link";
        let doubt = "Meta's pages disagree on whether this button may stand below a picture or a film";
        rules::doubtful(&at.key("type"), legacy, "button.place", doubt, report);
        self.refuse_strangers(kind, at, report);
        let (title, payload) = (at.key("title"), at.key("payload"));
        match kind {
            "web_url" | "postback" | "phone_number" => {
                let advice = "a button needs words on it";
                rules::words(&title, button.title.as_deref(), advice, &limits::BUTTON_TITLE, report);
            }
            "game_play" => rules::filled(&title, button.title.as_deref(), "a button needs words on it", report),
            "audio_call" => {
                let doubt = "Meta does not say what a call button without words looks like";
                let wordless = button.title.as_deref().is_none_or(|title| title.trim().is_empty());
                rules::doubtful(&title, wordless, "button.title", doubt, report);
            }
            _ => {}
        }
        match kind {
            "web_url" => self.check_page(at, report),
            "postback" => {
                let advice = "say what comes back with a tap";
                rules::words(&payload, button.payload.as_deref(), advice, &limits::BUTTON_PAYLOAD, report);
            }
            "phone_number" => {
                let advice =
                    "write the number as + with country code and number, digits only, for example +15105551234";
                rules::filled(&payload, button.payload.as_deref(), advice, report);
                let given = button.payload.as_deref().filter(|number| !number.trim().is_empty());
                rules::format(&payload, given, is_phone_number, advice, report);
            }
            "game_play" => self.check_game(at, report),
            "account_link" => {
                let at = at.key("url");
                address::opened_securely(&at, address::required(&at, button.url.as_deref(), report), report);
            }
            "audio_call" => {
                rules::between(&at.key("expiresInDays"), self.extra.expires_in_days, &limits::CALL_EXPIRY, report);
            }
            _ => {}
        }
        // Meta states the length for three kinds only.
        if matches!(kind, "game_play" | "audio_call") {
            let long = button.title.as_deref().is_some_and(|title| title.chars().count() > limits::BUTTON_TITLE.max);
            let doubt = "is longer than 20 characters, which is the most for other buttons";
            rules::doubtful(&title, long, "button.title", doubt, report);
        }
    }

    fn check_default_action(&self, at: &Pointer<'_>, report: &mut Report) {
        if self.button.kind != ButtonKind::WebUrl {
            report.refuse(Issue::new(
                &at.key("type"),
                "button.default_action",
                "a tap on a card can only open a page: use web_url",
            ));
            return;
        }
        rules::absent(
            &at.key("title"),
            self.button.title.is_some(),
            "a default action has no words: leave the title out",
            report,
        );
        self.refuse_strangers("web_url", at, report);
        self.check_page(at, report);
    }

    fn check_page(&self, at: &Pointer<'_>, report: &mut Report) {
        let Self { button, extra } = self;
        let extensions = extra.messenger_extensions == Some(true);
        let url = at.key("url");
        let check = if extensions { address::opened_securely } else { address::opened };
        check(&url, address::required(&url, button.url.as_deref(), report), report);
        rules::choice(
            &at.key("webviewHeightRatio"),
            extra.webview_height_ratio.as_deref(),
            &["compact", "tall", "full"],
            report,
        );
        rules::choice(&at.key("webviewShareButton"), extra.webview_share_button.as_deref(), &["hide"], report);
        let fallback = at.key("fallbackUrl");
        address::opened(&fallback, extra.fallback_url.as_deref(), report);
        let advice = "works only with messengerExtensions: set that to true, or leave this out";
        rules::absent(&fallback, extra.fallback_url.is_some() && !extensions, advice, report);
    }

    fn check_game(&self, at: &Pointer<'_>, report: &mut Report) {
        let Self { button, extra } = self;
        if let Some(metadata) = &extra.game_metadata {
            let here = at.key("gameMetadata");
            let given = |names: [&str; 2]| names.iter().any(|name| metadata.contains_key(*name));
            let members =
                [("playerId", given(["playerId", "player_id"])), ("contextId", given(["contextId", "context_id"]))];
            rules::exactly_one(&here, &members, report);
            for (name, id) in metadata {
                match id {
                    Value::String(id) => rules::filled(&here.key(name), Some(id), "is empty: give the id", report),
                    Value::Number(_) => {}
                    _ => report.refuse(Issue::new(&here.key(name), "type", "must be a string")),
                }
            }
        }
        let text = |payload: &str| serde_json::from_str::<IgnoredAny>(payload).is_err();
        let doubt = "Meta describes JSON, written as a string, here";
        rules::doubtful(
            &at.key("payload"),
            button.payload.as_deref().is_some_and(text),
            "button.payload",
            doubt,
            report,
        );
    }

    /// Fields that belong to another kind of button.
    fn refuse_strangers(&self, kind: &str, at: &Pointer<'_>, report: &mut Report) {
        let Self { button, extra } = self;
        let own: &[&str] = match kind {
            "web_url" => {
                &["title", "url", "webviewHeightRatio", "messengerExtensions", "fallbackUrl", "webviewShareButton"]
            }
            "postback" | "phone_number" => &["title", "payload"],
            "account_link" => &["url"],
            "game_play" => &["title", "payload", "gameMetadata"],
            "audio_call" => &["title", "expiresInDays"],
            _ => &[],
        };
        for (field, given) in [
            ("title", button.title.is_some()),
            ("payload", button.payload.is_some()),
            ("url", button.url.is_some()),
            ("webviewHeightRatio", extra.webview_height_ratio.is_some()),
            ("messengerExtensions", extra.messenger_extensions.is_some()),
            ("fallbackUrl", extra.fallback_url.is_some()),
            ("webviewShareButton", extra.webview_share_button.is_some()),
            ("gameMetadata", extra.game_metadata.is_some()),
            ("expiresInDays", extra.expires_in_days.is_some()),
        ] {
            if given && !own.contains(&field) {
                let message =
                    format!("a {kind} button has no such field: leave it out, or choose another type of button");
                report.refuse(Issue::new(&at.key(field), "button.field", message));
            }
        }
    }

    /// In Meta's JSON.
    fn object(&self) -> Object {
        let Self { button, extra } = self;
        let game = |metadata: &JsonObject| -> Object {
            let text = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            metadata.iter().map(|(key, id)| (snake_case(key), text(id).into())).collect()
        };
        Object::new()
            .with("type", name(&button.kind))
            .maybe("title", button.title.as_deref())
            .maybe("url", button.url.as_deref())
            .maybe("payload", button.payload.as_deref())
            .maybe("webview_height_ratio", extra.webview_height_ratio.as_deref())
            .maybe("messenger_extensions", extra.messenger_extensions)
            .maybe("fallback_url", extra.fallback_url.as_deref())
            .maybe("webview_share_button", extra.webview_share_button.as_deref())
            .maybe("game_metadata", extra.game_metadata.as_ref().map(game))
            .maybe("expires_in_days", extra.expires_in_days)
    }
}

fn is_phone_number(number: &str) -> bool {
    number
        .strip_prefix('+')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn name(kind: &ButtonKind) -> &str {
    match kind {
        ButtonKind::Postback => "postback",
        ButtonKind::WebUrl => "web_url",
        ButtonKind::PhoneNumber => "phone_number",
        ButtonKind::Other(name) => name,
        // A kind that the contract learns later and this file does not know.
        _ => "",
    }
}
