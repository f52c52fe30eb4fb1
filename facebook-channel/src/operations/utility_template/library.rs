use channel_api::operation::{Effect, Operation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::DOCS;
use crate::graph::Page;
use crate::operations::answer::{Item, List, items, text, texts};
use crate::operations::list::{Edge, ListOf};
use crate::operations::request::Query;
use crate::operations::text::Text;

/// Looks for templates that Meta has written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::operations) struct TemplateLibrary {
    /// Words of the name or of the text.
    #[serde(alias = "query")]
    #[schemars(title = "Words", extend("examples" = ["delivery"]))]
    name_or_content: Text,
    /// The language.
    #[schemars(title = "Language", extend("examples" = ["en_US"]))]
    language: Text,
}

/// A template that Meta has written.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::operations) struct LibraryTemplate {
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
pub(in crate::operations) struct LibraryTemplateButton {
    /// What it is.
    r#type: Option<String>,
    /// The words on it.
    text: Option<String>,
    /// Where it leads.
    url: Option<String>,
}

impl Item for LibraryTemplate {
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

impl Edge for TemplateLibrary {
    type Item = LibraryTemplate;

    const OPERATION: Operation = Operation::of::<ListOf<Self>, List<LibraryTemplate>>(
        "searchTemplateLibrary",
        Effect::Reads,
        || json!({ "nameOrContent": "delivery", "language": "en_US" }),
    )
    .described(
        "Search Meta's templates",
        "Templates for utility messages that Meta has written. createTemplate makes one the Page's own.",
    )
    .documented(DOCS);

    fn path<'a>(&'a self, _: &Page<'a>) -> Vec<&'a str> {
        vec!["message_template_library"]
    }

    fn query(&self) -> Query<'_> {
        Query::default().maybe("name_or_content", self.name_or_content.given()).maybe("language", self.language.given())
    }
}
