//! The menu of one person, which goes before the Page's.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{JsonObject, Method, Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer;
use super::form::{self, Applied};
use super::members::Members;
use super::notes::Notes;
use super::property::{Property, Setting};
use crate::graph::Page;
use crate::operations::{OperationHandler, Outcome};
use crate::send::rules;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/persistent-menu";

/// The edge of a Page for what is set for one person.
const EDGE: &str = "custom_user_settings";

/// Other names that hosts have for a person.
const PERSON: [(&str, &str); 3] = [("psid", "person"), ("to", "person"), ("recipient", "person")];

macro_rules! input {
    ($(#[$doc:meta])* $name:ident($form:literal)) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub(crate) struct $name {
            #[schemars(with = $form)]
            input: JsonObject,
        }
    };
}

input! {
    /// Sets a person's menu.
    SetPersonMenu("form::PersonMenu")
}

input! {
    /// Reads a person's menu.
    GetPersonMenu("form::Person")
}

input! {
    /// Removes a person's menu.
    ClearPersonMenu("form::Person")
}

/// The menus that count for a person.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Menus {
    /// The person's own, in Meta's JSON; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<JsonObject>>")]
    person_menu: Option<Value>,
    /// The Page's, which the person sees without one of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<JsonObject>>")]
    page_menu: Option<Value>,
}

/// What an input names, and what is wrong with it.
#[derive(Debug)]
struct Asked {
    person: String,
    menu: Value,
    report: Report,
}

fn asked(input: &JsonObject, with_menu: bool) -> Asked {
    let (mut notes, mut menu) = (Notes::default(), Value::Null);
    let mut person = None;
    let input = Value::Object(input.clone());
    let known: &[&'static str] = if with_menu { &["person", "menu"] } else { &["person"] };
    let aliases = [&PERSON[..], &[("persistent_menu", "menu")]].concat();
    if let Some(members) = Members::read_with(&input, &Pointer::ROOT, known, &aliases, &mut notes) {
        let at = members.at("person");
        person = match members.value("person") {
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => members.text("person", &mut notes).map(str::to_owned),
        };
        rules::filled(&at, person.as_deref(), "name the person by their PSID", &mut notes.rules);
        let at = members.at("menu");
        if with_menu {
            match members.value("menu") {
                Some(value) => {
                    if let Setting::Write(value) = Property::PersistentMenu.read(value, &at, &mut notes) {
                        menu = value;
                    }
                }
                None => rules::filled(&at, None, "give the menu; clearPersonMenu removes it", &mut notes.rules),
            }
        }
    }
    Asked { person: person.unwrap_or_default(), menu, report: notes.finish() }
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
        report.absorb(asked(&self.input, true).report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Applied>> {
        let Asked { person, menu, .. } = asked(&self.input, true);
        let body = json!({"psid": person, "persistent_menu": menu});
        answer::change(page, &ProviderRequest::post(page.graph.path(&[page.id, EDGE])?, body)).await?;
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
        report.absorb(asked(&self.input, false).report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Menus>> {
        let person = asked(&self.input, false).person;
        let path = page.graph.path(&[page.id, EDGE])?;
        let answer =
            page.graph.call(&ProviderRequest::get(path, &[("psid", &person)])).await.map_err(answer::of_budget)?;
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
        report.absorb(asked(&self.input, false).report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Applied>> {
        let person = asked(&self.input, false).person;
        let path = page.graph.path(&[page.id, EDGE])?;
        let mut request = ProviderRequest::get(path, &[("psid", &person), ("params", r#"["persistent_menu"]"#)]);
        request.method = Method::DELETE;
        answer::change(page, &request).await?;
        Ok(Applied { applied: vec!["persistent_menu"] }.into())
    }
}
