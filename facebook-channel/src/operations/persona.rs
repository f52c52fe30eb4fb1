//! Personas: names and pictures under which the Page writes.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Created, Item, List, Success, text};
use super::handler::{OperationHandler, Outcome};
use super::id::Id;
use super::list::{Edge, ListOf};
use super::request::Query;
use super::text::Text;
use crate::address;
use crate::graph::Page;
use crate::limits;
use crate::rules;
use crate::wire::Object;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas";

const EDGE: &str = "personas";

/// A new persona.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["name", "profilePictureUrl"]))]
pub(super) struct CreatePersona {
    /// The name that people see, beside the Page's own.
    #[schemars(
        title = "Name",
        length(min = limits::PERSONA_NAME.min, max = limits::PERSONA_NAME.max),
        extend("examples" = ["Ana from support"])
    )]
    name: Text,
    /// The address of the picture: an image of at most 8 MB that Meta can fetch.
    #[serde(alias = "pictureUrl", alias = "picture")]
    #[schemars(
        title = "Picture",
        url,
        extend("pattern" = "^https://", "examples" = ["https://cdn.example.com/ana.jpg"])
    )]
    profile_picture_url: Text,
}

/// Asks for the Page's personas.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Personas {}

/// Asks for one persona.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["personaId"]))]
pub(super) struct GetPersona {
    /// The persona's id.
    #[serde(alias = "id")]
    #[schemars(title = "Persona", extend("examples" = ["1122334455667788"]))]
    persona_id: Id,
}

/// Takes a persona away.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["personaId"]))]
pub(super) struct DeletePersona {
    /// The persona's id.
    #[serde(alias = "id")]
    #[schemars(title = "Persona", extend("examples" = ["1122334455667788"]))]
    persona_id: Id,
}

/// A name and a picture under which the Page writes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Persona {
    /// Its id: `options.personaId` of a message.
    id: Option<String>,
    /// The name that people see.
    name: Option<String>,
    /// Where Meta keeps the picture.
    profile_picture_url: Option<String>,
}

impl Item for Persona {
    fn read(persona: &Value) -> Self {
        Self {
            id: text(&persona["id"]),
            name: text(&persona["name"]),
            profile_picture_url: text(&persona["profile_picture_url"]),
        }
    }
}

fn check_persona(id: &Id, report: &mut Report) {
    id.check(&Pointer::ROOT.key("personaId"), "name the persona by its id", report);
}

#[async_trait]
impl OperationHandler for CreatePersona {
    type Output = Created;

    const OPERATION: Operation = Operation::of::<Self, Created>(
        "createPersona",
        Effect::Creates,
        || json!({ "name": "Ana from support", "profilePictureUrl": "https://cdn.example.com/ana.jpg" }),
    )
    .described(
        "Create a persona",
        "Makes a name and a picture under which messages can be sent: give its id as options.personaId.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        let at = Pointer::ROOT.key("name");
        rules::words(&at, self.name.given(), "say which name people see", &limits::PERSONA_NAME, report);
        let at = Pointer::ROOT.key("profilePictureUrl");
        let picture = address::required(&at, self.profile_picture_url.given(), report);
        address::fetched_securely(&at, picture, address::PUBLISH, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Created>> {
        let body = Object::new()
            .maybe("name", self.name.given())
            .maybe("profile_picture_url", self.profile_picture_url.given());
        Created::by(page, &ProviderRequest::post(page.graph.path(&[page.id, EDGE])?, body.into())).await
    }
}

impl Edge for Personas {
    type Item = Persona;

    const OPERATION: Operation =
        Operation::of::<ListOf<Self>, List<Persona>>("listPersonas", Effect::Reads, || json!({ "limit": 25 }))
            .described("List personas", "The Page's personas.")
            .documented(DOCS);

    fn path<'a>(&'a self, page: &Page<'a>) -> Vec<&'a str> {
        vec![page.id, EDGE]
    }
}

#[async_trait]
impl OperationHandler for GetPersona {
    type Output = Persona;

    const OPERATION: Operation =
        Operation::of::<Self, Persona>("getPersona", Effect::Reads, || json!({ "personaId": "1122334455667788" }))
            .described("Show a persona", "One persona: its name and its picture.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        check_persona(&self.persona_id, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Persona>> {
        let request = Query::default().get(page.graph.path(&[self.persona_id.as_str()])?);
        Ok(Persona::read(&page.graph.call(&request).await?).into())
    }
}

#[async_trait]
impl OperationHandler for DeletePersona {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>(
        "deletePersona",
        Effect::Removes,
        || json!({ "personaId": "1122334455667788" }),
    )
    .described(
        "Delete a persona",
        "Takes a persona away. No more messages can be sent under it; those that were keep its name and picture.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        check_persona(&self.persona_id, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        Success::of(page, &Query::default().delete(page.graph.path(&[self.persona_id.as_str()])?)).await
    }
}
