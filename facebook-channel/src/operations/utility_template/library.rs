use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::DOCS;
use crate::graph::Page;
use crate::operations::answer::{List, items, text, texts};
use crate::operations::request::{self, Piece, Query, check_limit};
use crate::operations::{Call, Done};

/// Looks for templates that Meta has written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SearchTemplateLibrary {
    /// Words of the name or of the text.
    #[serde(alias = "name_or_content", alias = "query", deserialize_with = "request::text")]
    #[schemars(title = "Words", with = "String", extend("examples" = ["delivery"]))]
    name_or_content: Option<String>,
    /// The language.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "Language", with = "String", extend("examples" = ["en_US"]))]
    language: Option<String>,
    /// The cursor of an earlier answer, to go on from there.
    #[serde(deserialize_with = "request::text")]
    #[schemars(title = "After", with = "String")]
    after: Option<String>,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = 1, max = 100))]
    limit: Option<u32>,
}

/// A template that Meta has written.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LibraryTemplate {
    /// Its id.
    id: Option<String>,
    /// Its name: `libraryTemplateName` of `createTemplate`.
    name: Option<String>,
    /// Its language.
    language: Option<String>,
    /// Its category.
    category: Option<String>,
    /// What it is about.
    topic: Option<String>,
    /// What it is used for.
    usecase: Option<String>,
    /// Who uses it.
    industry: Vec<String>,
    /// Its text, with placeholders.
    body: Option<String>,
    /// An example of each placeholder.
    body_params: Vec<String>,
    /// What each placeholder holds.
    body_param_types: Vec<String>,
    /// Its buttons.
    buttons: Vec<LibraryTemplateButton>,
}

/// A button of a template that Meta has written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LibraryTemplateButton {
    /// What it is.
    r#type: Option<String>,
    /// The words on it.
    text: Option<String>,
    /// Where it leads.
    url: Option<String>,
}

impl LibraryTemplate {
    fn read(template: &Value) -> Self {
        Self {
            id: text(&template["id"]),
            name: text(&template["name"]),
            language: text(&template["language"]),
            category: text(&template["category"]),
            topic: text(&template["topic"]),
            usecase: text(&template["usecase"]),
            industry: texts(&template["industry"]),
            body: text(&template["body"]),
            body_params: texts(&template["body_params"]),
            body_param_types: texts(&template["body_param_types"]),
            buttons: items(&template["buttons"], LibraryTemplateButton::read),
        }
    }
}

impl LibraryTemplateButton {
    fn read(button: &Value) -> Self {
        Self { r#type: text(&button["type"]), text: text(&button["text"]), url: text(&button["url"]) }
    }
}

#[async_trait]
impl Call for SearchTemplateLibrary {
    type Output = List<LibraryTemplate>;

    const OPERATION: Operation = Operation::of::<Self, List<LibraryTemplate>>(
        "searchTemplateLibrary",
        Effect::Reads,
        || json!({ "nameOrContent": "delivery", "language": "en_US" }),
    )
    .described(
        "Search Meta's templates",
        "Templates for utility messages that Meta has written. createTemplate makes one the Page's own.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        check_limit(self.limit, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Done<List<LibraryTemplate>>> {
        let piece = Piece::new(self.after, self.limit);
        let query = Query::default()
            .maybe("name_or_content", self.name_or_content.as_deref())
            .maybe("language", self.language.as_deref());
        let request = piece.of(query).get(page.graph.path(&["message_template_library"])?);
        Ok(List::read(&page.graph.call(&request).await?, LibraryTemplate::read).into())
    }
}
