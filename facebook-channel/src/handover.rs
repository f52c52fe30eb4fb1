//! Who answers a person: Meta's conversation routing.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing>

use async_trait::async_trait;
use channel_api::message::string_or_number;
use channel_api::operation::{Effect, Operation};
use channel_api::{Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::operations::{Call, Done};
use crate::page::Page;
use crate::send::rules;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing";

/// Asks which app answers a person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct GetThreadOwner {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid", deserialize_with = "string_or_number")]
    #[schemars(title = "Person", with = "String", extend("examples" = ["7411002233445566"]))]
    person: Option<String>,
}

/// Which app answers. Meta tells the app's id to the owner and to the Page's default app only.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Owner {
    /// The app's id; absent when nobody answers, or Meta does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<String>,
    /// When it ends, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
}

#[async_trait]
impl Call for GetThreadOwner {
    type Output = Owner;

    const OPERATION: Operation =
        Operation::of::<Self, Owner>("getThreadOwner", Effect::Reads, || json!({ "person": "7411002233445566" }))
            .described("Who answers", "Which app answers this person, and until when.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        rules::filled(&Pointer::ROOT.key("person"), self.person.as_deref(), "name the person by their PSID", report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Owner>> {
        let person = self.person.unwrap_or_default();
        let path = page.graph.path(&[page.id, "thread_owner"])?;
        let answer = page.graph.call(&ProviderRequest::get(path, &[("recipient", &person)])).await?;
        let owner = &answer["data"][0]["thread_owner"];
        let app_id = crate::graph::id(&owner["app_id"]);
        Ok(Owner { app_id, expires: owner["expiration"].as_i64() }.into())
    }
}
