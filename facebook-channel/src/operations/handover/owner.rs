use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::DOCS;
use crate::graph::Page;
use crate::operations::answer::{number, text};
use crate::operations::handler::{OperationHandler, Outcome};
use crate::operations::id::{self, Id};
use crate::operations::request::Query;

/// Asks which app answers a person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(in crate::operations) struct GetThreadOwner {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
}

/// Which app answers. Meta tells the app's id to the owner and to the Page's default app only.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::operations) struct Owner {
    /// The app's id; absent when nobody answers, or Meta does not tell.
    app_id: Option<String>,
    /// When it ends, in seconds since 1970.
    expires: Option<i64>,
}

#[async_trait]
impl OperationHandler for GetThreadOwner {
    type Output = Owner;

    const OPERATION: Operation = Operation::of::<Self, Owner>(
        "getThreadOwner",
        Effect::Reads,
        || json!({ "person": "7411002233445566" }),
    )
    .described(
        "Who answers",
        "Which app answers this person, and until when. Meta names the app only to the app itself and to the Page's \
                 default app; an idle conversation has no owner.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Owner>> {
        let path = page.graph.path(&[page.id, "thread_owner"])?;
        let request = Query::default().with("recipient", self.person.as_str()).get(path);
        let answer = page.graph.call(&request).await?;
        let owner = &answer["data"][0]["thread_owner"];
        Ok(Owner { app_id: text(&owner["app_id"]), expires: number(&owner["expiration"]) }.into())
    }
}
