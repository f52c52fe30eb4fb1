//! How the Page's conversations are shared among its apps.

use async_trait::async_trait;
use channel_api::Result;
use channel_api::operation::{Effect, Operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::DOCS;
use crate::graph::Page;
use crate::operations::answer::{Item, List, text, truth};
use crate::operations::handler::{OperationHandler, Outcome};
use crate::operations::list::{Edge, ListOf};
use crate::operations::request::Query;

/// Asks whether the Page's conversations are routed. It has no fields.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(in crate::operations) struct GetRoutingFeatures {}

/// What is switched on for the Page.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::operations) struct RoutingFeatures {
    /// The hand-over protocol in its second version.
    hop_v2: Option<bool>,
    /// Several apps share the Page's Messenger conversations.
    msgr_multi_app: Option<bool>,
    /// Several apps share the conversations of the linked Instagram account.
    ig_multi_app: Option<bool>,
}

#[async_trait]
impl OperationHandler for GetRoutingFeatures {
    type Output = RoutingFeatures;

    const OPERATION: Operation =
        Operation::of::<Self, RoutingFeatures>("getRoutingFeatures", Effect::Reads, || json!({}))
            .described("Routing features", "Whether Meta routes the Page's conversations among several apps.")
            .documented(DOCS);

    async fn perform(self, page: Page<'_>) -> Result<Outcome<RoutingFeatures>> {
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
#[serde(default)]
pub(in crate::operations) struct SecondaryReceivers {}

/// An app that a conversation can be passed to.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::operations) struct Receiver {
    /// The app's id, as `passThreadControl` takes it.
    id: Option<String>,
    /// The app's name.
    name: Option<String>,
}

impl Item for Receiver {
    fn read(app: &Value) -> Self {
        Self { id: text(&app["id"]), name: text(&app["name"]) }
    }
}

impl Edge for SecondaryReceivers {
    type Item = Receiver;

    const OPERATION: Operation = Operation::of::<ListOf<Self>, List<Receiver>>(
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

    fn path<'a>(&'a self, _: &Page<'a>) -> Vec<&'a str> {
        vec!["me", "secondary_receivers"]
    }

    fn query(&self) -> Query<'_> {
        Query::default().with("fields", "id,name")
    }
}
