//! The menu of one person, which goes before the Page's.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{JsonObject, Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::handler::{OperationHandler, Outcome};
use super::id::{self, Id};
use super::profile::Applied;
use super::request::Query;
use crate::graph::Page;
use crate::profile::{self, Menu, PropertyValue};
use crate::rules;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu";

/// The edge of a Page for what is set for one person.
const EDGE: &str = "custom_user_settings";

/// Sets a person's menu.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["person", "menu"]))]
pub(super) struct SetPersonMenu {
    /// The person (PSID).
    #[serde(alias = "psid", alias = "to", alias = "recipient")]
    #[schemars(title = "Person", with = "String", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// One menu for each locale, `default` among them.
    #[serde(alias = "persistentMenu")]
    #[schemars(title = "Menus", length(min = 1))]
    menu: Option<Vec<Menu>>,
}

/// Reads a person's menu.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct GetPersonMenu(Person);

/// Removes a person's menu.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct ClearPersonMenu(Person);

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline, extend("required" = ["person"]))]
struct Person {
    /// The person (PSID).
    #[serde(alias = "psid", alias = "to", alias = "recipient")]
    #[schemars(title = "Person", with = "String", extend("examples" = ["7411002233445566"]))]
    person: Id,
}

/// The menus that count for a person.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Menus {
    /// The person's own, in Meta's JSON; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<JsonObject>>")]
    person_menu: Option<Value>,
    /// The Page's, which the person sees without one of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<JsonObject>>")]
    page_menu: Option<Value>,
}

#[async_trait]
impl OperationHandler for SetPersonMenu {
    type Output = Applied;

    const OPERATION: Operation = Operation::of::<Self, Applied>("setPersonMenu", Effect::Sets, || {
        json!({"person": "7411002233445566", "menu": [{
            "locale": "default",
            "callToActions": [{"type": "postback", "title": "My orders", "payload": "ORDERS"}]
        }]})
    })
    .described(
        "Set a person's menu",
        "Shows one person a menu of their own in the place of the Page's. Ten calls in ten minutes are all that there is for \
         one person.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
        let at = Pointer::ROOT.key("menu");
        match &self.menu {
            Some(menu) => menu.check(&at, report),
            None => rules::filled(&at, None, "give the menu; clearPersonMenu removes it", report),
        }
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Applied>> {
        let menu = self.menu.unwrap_or_default().to_meta();
        let body = json!({"psid": self.person.as_str(), "persistent_menu": menu});
        profile::change(page, &ProviderRequest::post(page.graph.path(&[page.id, EDGE])?, body)).await?;
        Ok(Applied { applied: vec!["persistent_menu"] }.into())
    }
}

#[async_trait]
impl OperationHandler for GetPersonMenu {
    type Output = Menus;

    const OPERATION: Operation = Operation::of::<Self, Menus>(
        "getPersonMenu",
        Effect::Reads,
        || json!({"person": "7411002233445566"}),
    )
    .described(
        "Read a person's menu",
        "The menu of one person, and the Page's. Ten calls in ten minutes are all that there is for one person.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.0.person, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Menus>> {
        let request = Query::default().with("psid", self.0.person.as_str()).get(page.graph.path(&[page.id, EDGE])?);
        let answer = page.graph.call(&request).await.map_err(profile::of_budget)?;
        let of = |level: &str| answer["data"][0].get(level).filter(|menu| !menu.is_null()).cloned();
        let (person_menu, page_menu) = (of("user_level_persistent_menu"), of("page_level_persistent_menu"));
        Ok(Menus { person_menu, page_menu }.into())
    }
}

#[async_trait]
impl OperationHandler for ClearPersonMenu {
    type Output = Applied;

    const OPERATION: Operation = Operation::of::<Self, Applied>(
        "clearPersonMenu",
        Effect::Removes,
        || json!({"person": "7411002233445566"}),
    )
    .described(
        "Remove a person's menu",
        "Shows one person the Page's menu again. Ten calls in ten minutes are all that there is for one person.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.0.person, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Applied>> {
        let query = Query::default().with("psid", self.0.person.as_str()).with("params", r#"["persistent_menu"]"#);
        profile::change(page, &query.delete(page.graph.path(&[page.id, EDGE])?)).await?;
        Ok(Applied { applied: vec!["persistent_menu"] }.into())
    }
}
