//! How the Page's conversations are shared among its apps.

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::DOCS;
use crate::graph::Page;
use crate::operations::answer::{List, text, truth};
use crate::operations::request::{self, Piece, Query, check_limit};
use crate::operations::{Call, Done};

/// Asks whether the Page's conversations are routed. It has no fields.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct GetRoutingFeatures {}

/// What is switched on for the Page.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoutingFeatures {
    /// The hand-over protocol in its second version.
    hop_v2: Option<bool>,
    /// Several apps share the Page's Messenger conversations.
    msgr_multi_app: Option<bool>,
    /// Several apps share the conversations of the linked Instagram account.
    ig_multi_app: Option<bool>,
}

#[async_trait]
impl Call for GetRoutingFeatures {
    type Output = RoutingFeatures;

    const OPERATION: Operation =
        Operation::of::<Self, RoutingFeatures>("getRoutingFeatures", Effect::Reads, || json!({}))
            .described("Routing features", "Whether Meta routes the Page's conversations among several apps.")
            .documented(DOCS);

    fn check(&self, _: &mut Report) {}

    async fn perform(self, page: Page<'_>) -> Result<Done<RoutingFeatures>> {
        let request = Query::default().with("fields", "messaging_feature_status").get(page.graph.path(&["me"])?);
        let answer = page.graph.call(&request).await?;
        let status = &answer["messaging_feature_status"];
        let features = RoutingFeatures {
            hop_v2: truth(&status["hop_v2"]),
            msgr_multi_app: truth(&status["msgr_multi_app"]),
            ig_multi_app: truth(&status["ig_multi_app"]),
        };
        Ok(features.into())
    }
}

/// Asks for the apps that conversations can be passed to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ListSecondaryReceivers {
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// An app that a conversation can be passed to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Receiver {
    /// The app's id, as `passThreadControl` takes it.
    id: Option<String>,
    /// The app's name.
    name: Option<String>,
}

impl Receiver {
    fn read(app: &Value) -> Self {
        Self { id: text(&app["id"]), name: text(&app["name"]) }
    }
}

#[async_trait]
impl Call for ListSecondaryReceivers {
    type Output = List<Receiver>;

    const OPERATION: Operation = Operation::of::<Self, List<Receiver>>(
        "listSecondaryReceivers",
        Effect::Reads,
        || json!({ "limit": 25 }),
    )
    .described(
        "Secondary receivers",
        "The apps that a conversation can be passed to. It comes from the former hand-over protocol: Meta answers the \
                 Page's default (primary) app only, and no longer describes the call.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<Receiver>>> {
        let piece = Piece::new(self.after, self.limit);
        let path = page.graph.path(&["me", "secondary_receivers"])?;
        let request = piece.of(Query::default().with("fields", "id,name")).get(path);
        let answer = page.graph.call(&request).await?;
        Ok(List::read(&answer, Receiver::read).into())
    }
}
