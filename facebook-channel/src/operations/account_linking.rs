//! Linking a person with their account at the business.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/account-linking>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Error, Pointer, ProviderRequest, Report, Result, Secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::{Success, text};
use super::handler::{OperationHandler, Outcome};
use super::id::{self, Id};
use super::request::Query;
use crate::graph::Page;
use crate::rules;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/account-linking";

/// Asks who is logging in.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["accountLinkingToken"]))]
pub(super) struct GetLinkedPerson {
    /// The `account_linking_token` that Messenger has added to the log-in page's address.
    #[schemars(title = "Account linking token")]
    account_linking_token: Secret,
}

/// Who is logging in.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LinkedPerson {
    /// The person (PSID).
    person: Option<String>,
    /// The Page.
    page: Option<String>,
}

/// Ends a person's link with their account.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(super) struct UnlinkAccount {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
}

#[async_trait]
impl OperationHandler for GetLinkedPerson {
    type Output = LinkedPerson;

    const OPERATION: Operation = Operation::of::<Self, LinkedPerson>("getLinkedPerson", Effect::Reads, || {
        json!({ "accountLinkingToken": "ARQexample" })
    })
    .described(
        "Who is logging in",
        "Whom an account linking token belongs to, so that a log-in page knows them. The token is good for 5 minutes. Meta offers \
         account linking in the Messenger apps of phones only, and not in the EU or Japan.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        let at = Pointer::ROOT.key("accountLinkingToken");
        let token = self.account_linking_token.expose();
        rules::filled(&at, Some(token), "give the account_linking_token from the log-in page's address", report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<LinkedPerson>> {
        let request = Query::default()
            .with("fields", "recipient")
            .with("account_linking_token", self.account_linking_token.expose())
            .get(page.graph.path(&["me"])?);
        let answer = page.graph.call(&request).await.map_err(without_words)?;
        Ok(LinkedPerson { person: text(&answer["recipient"]), page: text(&answer["id"]) }.into())
    }
}

/// Meta's own sentence may repeat the token, which lets its bearer link the person's account.
fn without_words(error: Error) -> Error {
    match error.provider().cloned() {
        Some(provider) => error.with_provider(provider.with_message(None)),
        None => error,
    }
}

#[async_trait]
impl OperationHandler for UnlinkAccount {
    type Output = Success;

    const OPERATION: Operation =
        Operation::of::<Self, Success>("unlinkAccount", Effect::Removes, || json!({ "person": "7411002233445566" }))
            .described("Unlink an account", "Ends the link between a person and their account at the business.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        let path = page.graph.path(&["me", "unlink_accounts"])?;
        Success::of(page, &ProviderRequest::post(path, json!({ "psid": self.person.as_str() }))).await
    }
}
