//! Meta's own stickers, to be found and sent by their ids.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sticker-api>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Error, ErrorKind, Issue, Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{List, number, text, truth};
use super::id::Id;
use super::request::{self, Piece, Query, check_limit};
use super::{Call, Done};
use crate::graph::{GraphClient, Page};
use crate::send::rules;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sticker-api";

/// The shortest search.
const SHORTEST_QUERY: usize = 2;

/// Asks for the packs that there are.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ListStickerPacks {
    /// The language of names and descriptions.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Locale", with = "String", extend("examples" = ["en_US"]))]
    locale: Option<String>,
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// Asks for a pack's stickers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["packId"]))]
pub(crate) struct ListStickers {
    /// The pack's id.
    #[serde(alias = "pack_id")]
    #[schemars(title = "Pack", extend("examples" = ["1234567890"]))]
    pack_id: Id,
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// Looks for stickers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["query"]))]
pub(crate) struct SearchStickers {
    /// What to look for: at least two characters.
    #[serde(alias = "q")]
    #[schemars(title = "Query", with = "String", length(min = 2), extend("examples" = ["thank you"]))]
    query: Option<String>,
    /// The language of the query.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Locale", with = "String", extend("examples" = ["en_US"]))]
    locale: Option<String>,
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// A pack of stickers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pack {
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
pub(crate) struct Sticker {
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

impl Pack {
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

impl Sticker {
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

async fn stickers(graph: &GraphClient, request: &ProviderRequest) -> Result<Done<List<Sticker>>> {
    Ok(List::read(&graph.call(request).await?, Sticker::read).into())
}

#[async_trait]
impl Call for ListStickerPacks {
    type Output = List<Pack>;

    const OPERATION: Operation = Operation::of::<Self, List<Pack>>(
        "listStickerPacks",
        Effect::Reads,
        || json!({ "locale": "en_US", "limit": 25 }),
    )
    .described("List sticker packs", "The packs of stickers that Meta offers. The channel needs its App ID for it.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<Pack>>> {
        let graph = app(&page)?;
        let piece = Piece::new(self.after, self.limit);
        let query = piece.of(Query::default().maybe("locale", self.locale.as_deref()));
        Ok(List::read(&graph.call(&query.get(graph.path(&["sticker_packs"])?)).await?, Pack::read).into())
    }
}

#[async_trait]
impl Call for ListStickers {
    type Output = List<Sticker>;

    const OPERATION: Operation =
        Operation::of::<Self, List<Sticker>>("listStickers", Effect::Reads, || json!({ "packId": "1234567890" }))
            .described("List stickers", "The stickers of a pack. The channel needs its App ID for it.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        self.pack_id.check(&Pointer::ROOT.key("packId"), "name the pack by its id", report);
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<Sticker>>> {
        let graph = app(&page)?;
        let piece = Piece::new(self.after, self.limit);
        let path = graph.path(&["sticker_packs", self.pack_id.as_str(), "stickers"])?;
        stickers(graph, &piece.of(Query::default()).get(path)).await
    }
}

#[async_trait]
impl Call for SearchStickers {
    type Output = List<Sticker>;

    const OPERATION: Operation = Operation::of::<Self, List<Sticker>>(
        "searchStickers",
        Effect::Reads,
        || json!({ "query": "thank you", "locale": "en_US" }),
    )
    .described("Search stickers", "Stickers by a word. The channel needs its App ID for it.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        let at = Pointer::ROOT.key("query");
        rules::filled(&at, self.query.as_deref(), "say what to look for", report);
        let length = self.query.as_deref().map_or(0, |query| query.trim().chars().count());
        if (1..SHORTEST_QUERY).contains(&length) {
            let told = format!("is too short: give at least {SHORTEST_QUERY} characters");
            report.refuse(Issue::new(&at, "operation.sticker.query.length", told).with_limit(SHORTEST_QUERY, length));
        }
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<Sticker>>> {
        let graph = app(&page)?;
        let piece = Piece::new(self.after, self.limit);
        let query = Query::default().maybe("q", self.query.as_deref().map(str::trim));
        let query = query.maybe("locale", self.locale.as_deref());
        stickers(graph, &piece.of(query).get(graph.path(&["sticker_search"])?)).await
    }
}
