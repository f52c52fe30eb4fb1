//! The Page's own templates.

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Pointer, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::kept::KeptComponent;
use super::{DOCS, UTILITY};
use crate::graph::Page;
use crate::operations::answer::{List, Success, items, number, text, texts};
use crate::operations::id::Id;
use crate::operations::request::{self, Piece, Query, check_limit};
use crate::operations::{Call, Done};
use crate::send::rules;

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
pub(crate) struct ListTemplates {
    /// The name.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Name", with = "String", extend("examples" = ["order_left"]))]
    name: Option<String>,
    /// How the review stands.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Status", with = "String", extend("enum" = STATUSES))]
    status: Option<String>,
    /// The category.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Category", with = "String", extend("enum" = ["UTILITY"]))]
    category: Option<String>,
    /// The language.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Language", with = "String", extend("examples" = ["en_US"]))]
    language: Option<String>,
    /// Words of the text.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Content", with = "String", extend("examples" = ["left the store"]))]
    content: Option<String>,
    /// Words of the name or of the text.
    #[serde(alias = "name_or_content", alias = "query", deserialize_with = "request::text")]
    #[schemars(title = "Words", with = "String", extend("examples" = ["order"]))]
    name_or_content: Option<String>,
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// Takes a template away: by its name in all languages, or by its id.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("oneOf" = [{"required": ["name"]}, {"required": ["templateId"]}]))]
pub(crate) struct DeleteTemplate {
    /// The name.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Name", with = "String", extend("examples" = ["order_left"]))]
    name: Option<String>,
    /// The id. Give this or the name.
    #[serde(alias = "template_id", alias = "id")]
    #[schemars(title = "Template", extend("examples" = ["9988776655443322"]))]
    template_id: Id,
}

/// A template of the Page.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Template {
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

impl Template {
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

#[async_trait]
impl Call for ListTemplates {
    type Output = List<Template>;

    const OPERATION: Operation =
        Operation::of::<Self, List<Template>>("listTemplates", Effect::Reads, || json!({ "status": "APPROVED" }))
            .described(
                "List templates",
                "The Page's templates for utility messages, and how Meta's review of them stands.",
            )
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        let root = Pointer::ROOT;
        rules::choice(&root.key("status"), self.status.as_deref(), &STATUSES, report);
        rules::choice(&root.key("category"), self.category.as_deref(), &[UTILITY], report);
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<Template>>> {
        let piece = Piece::new(self.after, self.limit);
        let query = Query::default()
            .maybe("name", self.name.as_deref())
            .maybe("status", self.status.as_deref())
            .maybe("category", self.category.as_deref())
            .maybe("language", self.language.as_deref())
            .maybe("content", self.content.as_deref())
            .maybe("name_or_content", self.name_or_content.as_deref());
        let request = piece.of(query).get(page.graph.path(&[page.id, "message_templates"])?);
        Ok(List::read(&page.graph.call(&request).await?, Template::read).into())
    }
}

#[async_trait]
impl Call for DeleteTemplate {
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
        let ways = [("name", self.name.is_some()), ("templateId", self.template_id.given().is_some())];
        rules::exactly_one(&root, &ways, report);
        self.template_id.check_form(&root.key("templateId"), report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<Success>> {
        let query = Query::default().maybe("name", self.name.as_deref()).maybe("template_id", self.template_id.given());
        let request = query.delete(page.graph.path(&[page.id, "message_templates"])?);
        Ok(Success::read(&page.graph.call(&request).await?)?.into())
    }
}
