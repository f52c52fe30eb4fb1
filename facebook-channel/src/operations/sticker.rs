//! Meta's own stickers, to be found and sent by their ids.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sticker-api>

use channel_api::operation::{Effect, Operation};
use channel_api::{Error, ErrorKind, Issue, Pointer, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Item, List, number, text, truth};
use super::id::Id;
use super::list::{Edge, ListOf};
use super::request::Query;
use super::text::Text;
use crate::graph::{GraphClient, Page};
use crate::rules;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sticker-api";

/// The shortest search.
const SHORTEST_QUERY: usize = 2;

/// Asks for the packs that there are.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct StickerPacks {
    /// The language of names and descriptions.
    #[schemars(title = "Locale", extend("examples" = ["en_US"]))]
    locale: Text,
}

/// Asks for a pack's stickers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["packId"]))]
pub(super) struct StickersOfPack {
    /// The pack's id.
    #[schemars(title = "Pack", extend("examples" = ["1234567890"]))]
    pack_id: Id,
}

/// Looks for stickers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["query"]))]
pub(super) struct StickersFound {
    /// What to look for: at least two characters.
    #[serde(alias = "q")]
    #[schemars(title = "Query", length(min = SHORTEST_QUERY), extend("examples" = ["thank you"]))]
    query: Text,
    /// The language of the query.
    #[schemars(title = "Locale", extend("examples" = ["en_US"]))]
    locale: Text,
}

/// A pack of stickers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pack {
    /// Its id.
    id: Option<String>,
    /// Its name.
    name: Option<String>,
    /// What is in it.
    description: Option<String>,
    /// A picture of it.
    preview_image_url: Option<String>,
    /// How many stickers it has.
    sticker_count: Option<i64>,
}

/// A sticker.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sticker {
    /// Its id: `sticker.id` of a message with the content type `sticker`.
    id: Option<String>,
    /// Its name.
    name: Option<String>,
    /// Its picture.
    image_url: Option<String>,
    /// The picture's width in pixels.
    width: Option<i64>,
    /// The picture's height in pixels.
    height: Option<i64>,
    /// Whether it moves.
    is_animated: Option<bool>,
}

impl Item for Pack {
    fn read(pack: &Value) -> Self {
        Self {
            id: text(&pack["id"]),
            name: text(&pack["name"]),
            description: text(&pack["description"]),
            preview_image_url: text(&pack["preview_image_url"]),
            sticker_count: number(&pack["sticker_count"]),
        }
    }
}

impl Item for Sticker {
    fn read(sticker: &Value) -> Self {
        Self {
            id: text(&sticker["id"]),
            name: text(&sticker["name"]),
            image_url: text(&sticker["image_url"]),
            width: number(&sticker["width"]),
            height: number(&sticker["height"]),
            is_animated: truth(&sticker["is_animated"]),
        }
    }
}

/// Meta lets only an app look for stickers, no Page.
fn app<'a>(page: &Page<'a>) -> Result<&'a GraphClient> {
    page.app.map(|app| app.graph).ok_or_else(|| {
        Error::new(
            ErrorKind::Config,
            "facebook.app_id_missing",
            "Meta shows its stickers to an app, and this channel knows none",
        )
        .with_hint("enter the App ID in the channel's configuration (in the app: Settings, Basic)")
    })
}

impl Edge for StickerPacks {
    type Item = Pack;

    const OPERATION: Operation = Operation::of::<ListOf<Self>, List<Pack>>(
        "listStickerPacks",
        Effect::Reads,
        || json!({ "locale": "en_US", "limit": 25 }),
    )
    .described("List sticker packs", "The packs of stickers that Meta offers. The channel needs its App ID for it.")
    .documented(DOCS);

    fn graph<'a>(page: &Page<'a>) -> Result<&'a GraphClient> {
        app(page)
    }

    fn path<'a>(&'a self, _: &Page<'a>) -> Vec<&'a str> {
        vec!["sticker_packs"]
    }

    fn query(&self) -> Query<'_> {
        Query::default().maybe("locale", self.locale.given())
    }
}

impl Edge for StickersOfPack {
    type Item = Sticker;

    const OPERATION: Operation = Operation::of::<ListOf<Self>, List<Sticker>>(
        "listStickers",
        Effect::Reads,
        || json!({ "packId": "1234567890" }),
    )
    .described("List stickers", "The stickers of a pack. The channel needs its App ID for it.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        self.pack_id.check(&Pointer::ROOT.key("packId"), "name the pack by its id", report);
    }

    fn graph<'a>(page: &Page<'a>) -> Result<&'a GraphClient> {
        app(page)
    }

    fn path<'a>(&'a self, _: &Page<'a>) -> Vec<&'a str> {
        vec!["sticker_packs", self.pack_id.as_str(), "stickers"]
    }
}

impl Edge for StickersFound {
    type Item = Sticker;

    const OPERATION: Operation = Operation::of::<ListOf<Self>, List<Sticker>>(
        "searchStickers",
        Effect::Reads,
        || json!({ "query": "thank you", "locale": "en_US" }),
    )
    .described("Search stickers", "Stickers by a word. The channel needs its App ID for it.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        let (at, query) = (Pointer::ROOT.key("query"), self.query.given());
        rules::filled(&at, query, "say what to look for", report);
        let length = query.map_or(0, |query| query.trim().chars().count());
        if (1..SHORTEST_QUERY).contains(&length) {
            let message = format!("is too short: give at least {SHORTEST_QUERY} characters");
            let issue = Issue::new(&at, "operation.sticker.query.length", message);
            report.refuse(issue.with_limit(SHORTEST_QUERY, length));
        }
    }

    fn graph<'a>(page: &Page<'a>) -> Result<&'a GraphClient> {
        app(page)
    }

    fn path<'a>(&'a self, _: &Page<'a>) -> Vec<&'a str> {
        vec!["sticker_search"]
    }

    fn query(&self) -> Query<'_> {
        Query::default().maybe("q", self.query.given().map(str::trim)).maybe("locale", self.locale.given())
    }
}
