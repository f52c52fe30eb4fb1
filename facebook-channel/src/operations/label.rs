//! Custom labels: the Page's own words for the people that it talks to.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/custom-labels>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{List, Made, Success, text};
use super::id::{self, Id};
use super::request::{self, Piece, Query, check_limit};
use super::{Call, Done};
use crate::graph::Page;
use crate::send::rules;
use crate::send::wire::Object;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/custom-labels";

/// Without it, Meta gives the id alone.
const FIELDS: &str = "id,page_label_name";

/// A new label.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["name"]))]
pub(crate) struct CreateLabel {
    /// The label's words.
    #[serde(alias = "pageLabelName", alias = "page_label_name")]
    #[schemars(title = "Name", with = "String", length(min = 1), extend("examples" = ["VIP"]))]
    name: Option<String>,
}

/// Asks for the Page's labels.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ListLabels {
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// Takes a label away.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["labelId"]))]
pub(crate) struct DeleteLabel {
    /// The label's id.
    #[serde(alias = "label_id", alias = "id")]
    #[schemars(title = "Label", extend("examples" = ["1001200005003"]))]
    label_id: Id,
}

/// Puts a label on a person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["labelId", "person"]))]
pub(crate) struct LabelPerson {
    /// The label's id.
    #[serde(alias = "label_id", alias = "label")]
    #[schemars(title = "Label", extend("examples" = ["1001200005003"]))]
    label_id: Id,
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid", alias = "user")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
}

/// Takes a label off a person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["labelId", "person"]))]
pub(crate) struct UnlabelPerson {
    /// The label's id.
    #[serde(alias = "label_id", alias = "label")]
    #[schemars(title = "Label", extend("examples" = ["1001200005003"]))]
    label_id: Id,
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid", alias = "user")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
}

/// Asks for a person's labels.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(crate) struct ListLabelsOfPerson {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid", alias = "user")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// A label.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Label {
    /// Its id.
    id: Option<String>,
    /// Its words.
    name: Option<String>,
}

impl Label {
    /// Old versions of the API say `name`.
    fn read(label: &Value) -> Self {
        Self { id: text(&label["id"]), name: text(&label["page_label_name"]).or_else(|| text(&label["name"])) }
    }
}

fn label(id: &Id, report: &mut Report) {
    id.check(&Pointer::ROOT.key("labelId"), "name the label by its id", report);
}

#[async_trait]
impl Call for CreateLabel {
    type Output = Made;

    const OPERATION: Operation = Operation::of::<Self, Made>(
        "createLabel",
        Effect::Creates,
        || json!({ "name": "VIP" }),
    )
    .described(
        "Create a label",
        "Makes a label that people can be given. An admin of the Page must have accepted Meta's Page Contact Terms.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        rules::filled(&Pointer::ROOT.key("name"), self.name.as_deref(), "say what the label is called", report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Made>> {
        let body = Object::new().maybe("page_label_name", self.name);
        let request = ProviderRequest::post(page.graph.path(&[page.id, "custom_labels"])?, body.into());
        Ok(Made::read(&page.graph.call(&request).await?)?.into())
    }
}

#[async_trait]
impl Call for ListLabels {
    type Output = List<Label>;

    const OPERATION: Operation =
        Operation::of::<Self, List<Label>>("listLabels", Effect::Reads, || json!({ "limit": 25 }))
            .described("List labels", "The Page's labels.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<Label>>> {
        labels(page, page.id, &Piece::new(self.after, self.limit)).await
    }
}

#[async_trait]
impl Call for DeleteLabel {
    type Output = Success;

    const OPERATION: Operation =
        Operation::of::<Self, Success>("deleteLabel", Effect::Removes, || json!({ "labelId": "1001200005003" }))
            .described("Delete a label", "Takes a label away, from the Page and from everybody who has it.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        label(&self.label_id, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let request = Query::default().delete(page.graph.path(&[self.label_id.as_str()])?);
        Ok(Success::read(&page.graph.call(&request).await?)?.into())
    }
}

#[async_trait]
impl Call for LabelPerson {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>(
        "labelPerson",
        Effect::Sets,
        || json!({ "labelId": "1001200005003", "person": "7411002233445566" }),
    )
    .described("Label a person", "Puts a label on a person, for this channel and for the people in the Page's inbox.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        label(&self.label_id, report);
        id::person(&self.person, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let path = page.graph.path(&[self.label_id.as_str(), "label"])?;
        let request = ProviderRequest::post(path, json!({ "user": self.person.as_str() }));
        Ok(Success::read(&page.graph.call(&request).await?)?.into())
    }
}

#[async_trait]
impl Call for UnlabelPerson {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>(
        "unlabelPerson",
        Effect::Removes,
        || json!({ "labelId": "1001200005003", "person": "7411002233445566" }),
    )
    .described("Take a label off", "Takes a label off a person. The label itself stays.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        label(&self.label_id, report);
        id::person(&self.person, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let path = page.graph.path(&[self.label_id.as_str(), "label"])?;
        let request = Query::default().with("user", self.person.as_str()).delete(path);
        Ok(Success::read(&page.graph.call(&request).await?)?.into())
    }
}

#[async_trait]
impl Call for ListLabelsOfPerson {
    type Output = List<Label>;

    const OPERATION: Operation = Operation::of::<Self, List<Label>>(
        "listLabelsOfPerson",
        Effect::Reads,
        || json!({ "person": "7411002233445566" }),
    )
    .described("A person's labels", "The labels that a person has.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<Label>>> {
        labels(page, self.person.as_str(), &Piece::new(self.after, self.limit)).await
    }
}

async fn labels(page: Page<'_>, of: &str, piece: &Piece) -> Result<Done<List<Label>>> {
    let request = piece.of(Query::default().with("fields", FIELDS)).get(page.graph.path(&[of, "custom_labels"])?);
    Ok(List::read(&page.graph.call(&request).await?, Label::read).into())
}
