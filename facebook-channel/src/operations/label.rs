//! Custom labels: the Page's own words for the people that it talks to.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/custom-labels>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Created, Item, List, Success, text};
use super::handler::{OperationHandler, Outcome};
use super::id::{self, Id};
use super::list::{Edge, ListOf};
use super::request::Query;
use super::text::Text;
use crate::graph::Page;
use crate::rules;
use crate::wire::Object;

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/custom-labels";

const EDGE: &str = "custom_labels";

/// Without it, Meta gives the id alone.
const FIELDS: &str = "id,page_label_name";

/// A new label.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["name"]))]
pub(super) struct CreateLabel {
    /// The label's words.
    #[serde(alias = "pageLabelName")]
    #[schemars(title = "Name", length(min = 1), extend("examples" = ["VIP"]))]
    name: Text,
}

/// Asks for the Page's labels.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Labels {}

/// Asks for a person's labels.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(super) struct LabelsOfPerson {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid", alias = "user")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
}

/// Takes a label away.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["labelId"]))]
pub(super) struct DeleteLabel {
    /// The label's id.
    #[serde(alias = "id")]
    #[schemars(title = "Label", extend("examples" = ["1001200005003"]))]
    label_id: Id,
}

/// Puts a label on a person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct LabelPerson(LabelOfPerson);

/// Takes a label off a person.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct UnlabelPerson(LabelOfPerson);

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(inline, extend("required" = ["labelId", "person"]))]
struct LabelOfPerson {
    /// The label's id.
    #[serde(alias = "label")]
    #[schemars(title = "Label", extend("examples" = ["1001200005003"]))]
    label_id: Id,
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid", alias = "user")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
}

impl LabelOfPerson {
    fn check(&self, report: &mut Report) {
        check_label(&self.label_id, report);
        id::person(&self.person, report);
    }

    fn path(&self, page: Page<'_>) -> Result<String> {
        page.graph.path(&[self.label_id.as_str(), "label"])
    }
}

/// A label.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Label {
    /// Its id.
    id: Option<String>,
    /// Its words.
    name: Option<String>,
}

impl Item for Label {
    /// Old versions of the API say `name`.
    fn read(label: &Value) -> Self {
        Self { id: text(&label["id"]), name: text(&label["page_label_name"]).or_else(|| text(&label["name"])) }
    }
}

fn check_label(id: &Id, report: &mut Report) {
    id.check(&Pointer::ROOT.key("labelId"), "name the label by its id", report);
}

#[async_trait]
impl OperationHandler for CreateLabel {
    type Output = Created;

    const OPERATION: Operation = Operation::of::<Self, Created>(
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
        rules::filled(&Pointer::ROOT.key("name"), self.name.given(), "say what the label is called", report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Created>> {
        let body = Object::new().maybe("page_label_name", self.name.given());
        Created::by(page, &ProviderRequest::post(page.graph.path(&[page.id, EDGE])?, body.into())).await
    }
}

impl Edge for Labels {
    type Item = Label;

    const OPERATION: Operation =
        Operation::of::<ListOf<Self>, List<Label>>("listLabels", Effect::Reads, || json!({ "limit": 25 }))
            .described("List labels", "The Page's labels.")
            .documented(DOCS);

    fn path<'a>(&'a self, page: &Page<'a>) -> Vec<&'a str> {
        vec![page.id, EDGE]
    }

    fn query(&self) -> Query<'_> {
        Query::default().with("fields", FIELDS)
    }
}

impl Edge for LabelsOfPerson {
    type Item = Label;

    const OPERATION: Operation = Operation::of::<ListOf<Self>, List<Label>>(
        "listLabelsOfPerson",
        Effect::Reads,
        || json!({ "person": "7411002233445566" }),
    )
    .described("A person's labels", "The labels that a person has.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
    }

    fn path<'a>(&'a self, _: &Page<'a>) -> Vec<&'a str> {
        vec![self.person.as_str(), EDGE]
    }

    fn query(&self) -> Query<'_> {
        Query::default().with("fields", FIELDS)
    }
}

#[async_trait]
impl OperationHandler for DeleteLabel {
    type Output = Success;

    const OPERATION: Operation =
        Operation::of::<Self, Success>("deleteLabel", Effect::Removes, || json!({ "labelId": "1001200005003" }))
            .described("Delete a label", "Takes a label away, from the Page and from everybody who has it.")
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        check_label(&self.label_id, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        Success::of(page, &Query::default().delete(page.graph.path(&[self.label_id.as_str()])?)).await
    }
}

#[async_trait]
impl OperationHandler for LabelPerson {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>("labelPerson", Effect::Sets, example)
        .described(
            "Label a person",
            "Puts a label on a person, for this channel and for the people in the Page's inbox.",
        )
        .documented(DOCS);

    fn check(&self, report: &mut Report) {
        self.0.check(report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        let body = json!({ "user": self.0.person.as_str() });
        Success::of(page, &ProviderRequest::post(self.0.path(page)?, body)).await
    }
}

#[async_trait]
impl OperationHandler for UnlabelPerson {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>("unlabelPerson", Effect::Removes, example)
        .described("Take a label off", "Takes a label off a person. The label itself stays.")
        .documented(DOCS);

    fn check(&self, report: &mut Report) {
        self.0.check(report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        let query = Query::default().with("user", self.0.person.as_str());
        Success::of(page, &query.delete(self.0.path(page)?)).await
    }
}

fn example() -> Value {
    json!({ "labelId": "1001200005003", "person": "7411002233445566" })
}
