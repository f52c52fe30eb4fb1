//! The Page's own templates.

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Pointer, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::kept::KeptComponent;
use super::{DOCS, EDGE, UTILITY};
use crate::graph::Page;
use crate::operations::answer::{Item, List, Success, items, number, text, texts};
use crate::operations::handler::{OperationHandler, Outcome};
use crate::operations::id::Id;
use crate::operations::list::{Edge, ListOf};
use crate::operations::request::Query;
use crate::operations::text::Text;
use crate::rules;

/// Source: <https://github.com/facebook/facebook-python-business-sdk> (`messengerbusinesstemplate.py`)
const STATUSES: [&str; 10] = [
    "APPROVED",
    "PENDING",
    "REJECTED",
    "PAUSED",
    "DISABLED",
    "ARCHIVED",
    "DELETED",
    "PENDING_DELETION",
    "IN_APPEAL",
    "LIMIT_EXCEEDED",
];

/// Asks for the Page's templates. Without a filter, all of them come.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::operations) struct Templates {
    /// The name.
    #[schemars(title = "Name", extend("examples" = ["order_left"]))]
    name: Text,
    /// How the review stands.
    #[schemars(title = "Status", extend("enum" = STATUSES))]
    status: Text,
    /// The category.
    #[schemars(title = "Category", extend("enum" = [UTILITY]))]
    category: Text,
    /// The language.
    #[schemars(title = "Language", extend("examples" = ["en_US"]))]
    language: Text,
    /// Words of the text.
    #[schemars(title = "Content", extend("examples" = ["left the store"]))]
    content: Text,
    /// Words of the name or of the text.
    #[serde(alias = "query")]
    #[schemars(title = "Words", extend("examples" = ["order"]))]
    name_or_content: Text,
}

/// Takes a template away: by its name in all languages, or by its id.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("oneOf" = [{"required": ["name"]}, {"required": ["templateId"]}]))]
pub(in crate::operations) struct DeleteTemplate {
    /// The name.
    #[schemars(title = "Name", extend("examples" = ["order_left"]))]
    name: Text,
    /// The id. Give this or the name.
    #[serde(alias = "id")]
    #[schemars(title = "Template", extend("examples" = ["9988776655443322"]))]
    template_id: Id,
}

/// A template of the Page.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::operations) struct Template {
    /// Its id.
    id: Option<String>,
    /// The name by which messages call it.
    name: Option<String>,
    /// Its language.
    language: Option<String>,
    /// Its category.
    category: Option<String>,
    /// How the review stands. Only an `APPROVED` one can be sent.
    status: Option<String>,
    /// Its parts.
    components: Vec<KeptComponent>,
    /// How placeholders are called: `POSITIONAL` or `NAMED`.
    parameter_format: Option<String>,
    /// The template of Meta's library that it was made after.
    library_template_name: Option<String>,
    /// When it was made, in seconds since 1970.
    creation_time: Option<i64>,
    /// When it was last changed, as ISO 8601.
    last_updated_time: Option<String>,
    /// How many languages it is there in.
    language_count: Option<i64>,
    /// Why Meta has refused it.
    rejected_reason: Option<String>,
    /// All the reasons.
    rejection_reasons: Vec<String>,
    /// The reasons in detail.
    specific_rejection_reasons: Vec<String>,
}

impl Item for Template {
    fn read(template: &Value) -> Self {
        Self {
            id: text(&template["id"]),
            name: text(&template["name"]),
            language: text(&template["language"]),
            category: text(&template["category"]),
            status: text(&template["status"]),
            components: items(&template["components"], KeptComponent::read),
            parameter_format: text(&template["parameter_format"]),
            library_template_name: text(&template["library_template_name"]),
            creation_time: number(&template["creation_time"]),
            last_updated_time: text(&template["last_updated_time"]),
            language_count: number(&template["language_count"]),
            rejected_reason: text(&template["rejected_reason"]),
            rejection_reasons: texts(&template["rejection_reasons"]),
            specific_rejection_reasons: texts(&template["specific_rejection_reasons"]),
        }
    }
}

impl Edge for Templates {
    type Item = Template;

    const OPERATION: Operation = Operation::of::<ListOf<Self>, List<Template>>(
        "listTemplates",
        Effect::Reads,
        || json!({ "status": "APPROVED" }),
    )
    .described("List templates", "The Page's templates for utility messages, and how Meta's review of them stands.")
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        let root = Pointer::ROOT;
        rules::choice(&root.key("status"), self.status.given(), &STATUSES, report);
        rules::choice(&root.key("category"), self.category.given(), &[UTILITY], report);
    }

    fn path<'a>(&'a self, page: &Page<'a>) -> Vec<&'a str> {
        vec![page.id, EDGE]
    }

    fn query(&self) -> Query<'_> {
        Query::default()
            .maybe("name", self.name.given())
            .maybe("status", self.status.given())
            .maybe("category", self.category.given())
            .maybe("language", self.language.given())
            .maybe("content", self.content.given())
            .maybe("name_or_content", self.name_or_content.given())
    }
}

#[async_trait]
impl OperationHandler for DeleteTemplate {
    type Output = Success;

    const OPERATION: Operation =
        Operation::of::<Self, Success>("deleteTemplate", Effect::Removes, || json!({ "name": "order_left" }))
            .described(
                "Delete a template",
                "Takes a template away, by its name or by its id. It can no longer be sent.",
            )
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        let root = Pointer::ROOT;
        let ways = [("name", self.name.given().is_some()), ("templateId", self.template_id.given().is_some())];
        rules::exactly_one(&root, &ways, report);
        self.template_id.check_form(&root.key("templateId"), report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        let query = Query::default().maybe("name", self.name.given()).maybe("template_id", self.template_id.given());
        Success::of(page, &query.delete(page.graph.path(&[page.id, EDGE])?)).await
    }
}
