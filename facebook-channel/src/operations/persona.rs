//! Personas: names and pictures under which the Page writes.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{List, Made, Success, text};
use super::id::Id;
use super::request::{self, Piece, Query, check_limit};
use super::{Call, Done};
use crate::graph::Page;
use crate::limits;
use crate::send::rules;
use crate::send::wire::Object;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas";

/// A new persona.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["name", "profilePictureUrl"]))]
pub(crate) struct CreatePersona {
    /// The name that people see, beside the Page's own.
    #[schemars(title = "Name", with = "String", length(min = 1, max = 50), extend("examples" = ["Ana from support"]))]
    name: Option<String>,
    /// The address of the picture: an image of at most 8 MB that Meta can fetch.
    #[serde(alias = "profile_picture_url", alias = "pictureUrl", alias = "picture_url", alias = "picture")]
    #[schemars(
        title = "Picture",
        with = "String",
        url,
        extend("pattern" = "^https://", "examples" = ["https://cdn.example.com/ana.jpg"])
    )]
    profile_picture_url: Option<String>,
}

/// Asks for the Page's personas.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ListPersonas {
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// Asks for one persona.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["personaId"]))]
pub(crate) struct GetPersona {
    /// The persona's id.
    #[serde(alias = "persona_id", alias = "id")]
    #[schemars(title = "Persona", extend("examples" = ["1122334455667788"]))]
    persona_id: Id,
}

/// Takes a persona away.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["personaId"]))]
pub(crate) struct DeletePersona {
    /// The persona's id.
    #[serde(alias = "persona_id", alias = "id")]
    #[schemars(title = "Persona", extend("examples" = ["1122334455667788"]))]
    persona_id: Id,
}

/// A name and a picture under which the Page writes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Persona {
    /// Its id: `options.personaId` of a message.
    id: Option<String>,
    /// The name that people see.
    name: Option<String>,
    /// Where Meta keeps the picture.
    profile_picture_url: Option<String>,
}

impl Persona {
    fn read(persona: &Value) -> Self {
        Self {
            id: text(&persona["id"]),
            name: text(&persona["name"]),
            profile_picture_url: text(&persona["profile_picture_url"]),
        }
    }
}

fn persona(id: &Id, report: &mut Report) {
    id.check(&Pointer::ROOT.key("personaId"), "name the persona by its id", report);
}

#[async_trait]
impl Call for CreatePersona {
    type Output = Made;

    const OPERATION: Operation = Operation::of::<Self, Made>(
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
        rules::words(&at, self.name.as_deref(), "say which name people see", &limits::PERSONA_NAME, report);
        rules::required_https(&Pointer::ROOT.key("profilePictureUrl"), self.profile_picture_url.as_deref(), report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Made>> {
        let body =
            Object::new().maybe("name", self.name).maybe("profile_picture_url", self.profile_picture_url.as_deref());
        let request = ProviderRequest::post(page.graph.path(&[page.id, "personas"])?, body.into());
        Ok(Made::read(&page.graph.call(&request).await?)?.into())
    }
}

#[async_trait]
impl Call for ListPersonas {
    type Output = List<Persona>;

    const OPERATION: Operation =
        Operation::of::<Self, List<Persona>>("listPersonas", Effect::Reads, || json!({ "limit": 25 }))
            .described("List personas", "The Page's personas.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<Persona>>> {
        let piece = Piece::new(self.after, self.limit);
        let request = piece.of(Query::default()).get(page.graph.path(&[page.id, "personas"])?);
        Ok(List::read(&page.graph.call(&request).await?, Persona::read).into())
    }
}

#[async_trait]
impl Call for GetPersona {
    type Output = Persona;

    const OPERATION: Operation =
        Operation::of::<Self, Persona>("getPersona", Effect::Reads, || json!({ "personaId": "1122334455667788" }))
            .described("Show a persona", "One persona: its name and its picture.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        persona(&self.persona_id, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Persona>> {
        let request = Query::default().get(page.graph.path(&[self.persona_id.as_str()])?);
        Ok(Persona::read(&page.graph.call(&request).await?).into())
    }
}

#[async_trait]
impl Call for DeletePersona {
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
        persona(&self.persona_id, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let request = Query::default().delete(page.graph.path(&[self.persona_id.as_str()])?);
        Ok(Success::read(&page.graph.call(&request).await?)?.into())
    }
}
