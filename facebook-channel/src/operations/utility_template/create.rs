use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Issue, Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::component::Component;
use super::placeholder::Format;
use super::{DOCS, EDGE, UTILITY};
use crate::address;
use crate::graph::Page;
use crate::operations::answer::{created, text};
use crate::operations::handler::{OperationHandler, Outcome};
use crate::operations::text::Text;
use crate::rules;
use crate::template_name::{check_language, check_name};
use crate::wire::{Object, list};

const FORMATS: [&str; 2] = ["POSITIONAL", "NAMED"];

/// A new template, of one's own words or after one of Meta's library.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend(
    "required" = ["name", "language"],
    "oneOf" = [{"required": ["components"]}, {"required": ["libraryTemplateName"]}]
))]
pub(in crate::operations) struct CreateTemplate {
    /// The name by which messages call it.
    #[schemars(title = "Name", length(min = 1), extend("examples" = ["order_left"]))]
    name: Text,
    /// Its language.
    #[schemars(title = "Language", length(min = 1), extend("examples" = ["en_US"]))]
    language: Text,
    /// Its category: Messenger knows `UTILITY` only.
    #[schemars(title = "Category", extend("enum" = [UTILITY], "default" = UTILITY))]
    category: Text,
    /// How placeholders are called: numbers (`POSITIONAL`) or names (`NAMED`).
    #[schemars(title = "Placeholders", extend("enum" = FORMATS, "default" = "POSITIONAL"))]
    parameter_format: Text,
    /// The template's parts. Give these, or a template of the library.
    #[schemars(title = "Components", with = "Vec<Component>")]
    components: Option<Vec<Component>>,
    /// The template of Meta's library that this one is made after, by the name that `searchTemplateLibrary` gives.
    #[schemars(title = "Library template", extend("examples" = ["delivery_update_1"]))]
    library_template_name: Text,
    /// What the library's body leaves open.
    #[schemars(title = "Library body", with = "Vec<LibraryBody>")]
    library_template_body_inputs: Option<Vec<LibraryBody>>,
    /// What the library's buttons leave open.
    #[schemars(title = "Library buttons", with = "Vec<LibraryButton>")]
    library_template_button_inputs: Option<Vec<LibraryButton>>,
}

/// Words for the body of a template of the library.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["text"]))]
pub(in crate::operations) struct LibraryBody {
    /// What it is for: `body`.
    #[schemars(title = "Type", extend("enum" = ["body"], "default" = "body"))]
    r#type: Text,
    /// The words.
    #[schemars(title = "Text", length(min = 1))]
    text: Text,
}

/// A button for a template of the library.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["url"]))]
pub(in crate::operations) struct LibraryButton {
    /// What it is: `URL`.
    #[schemars(title = "Type", extend("enum" = ["URL"], "default" = "URL"))]
    r#type: Text,
    /// The words on it.
    #[schemars(title = "Text", extend("examples" = ["Track it"]))]
    text: Text,
    /// Where it leads.
    #[schemars(title = "URL", with = "LibraryUrl")]
    url: Option<LibraryUrl>,
}

/// Where a button leads.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["baseUrl"]))]
pub(in crate::operations) struct LibraryUrl {
    /// The address's fixed part.
    #[schemars(title = "Base URL", url, extend("examples" = ["https://shop.example.com/o"]))]
    base_url: Text,
}

/// The template, and how Meta's review of it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::operations) struct CreatedTemplate {
    /// Its id.
    id: String,
    /// Usually `APPROVED`: the review takes seconds.
    status: Option<String>,
    /// The category that Meta has put it into.
    category: Option<String>,
}

#[async_trait]
impl OperationHandler for CreateTemplate {
    type Output = CreatedTemplate;

    const OPERATION: Operation = Operation::of::<Self, CreatedTemplate>("createTemplate", Effect::Creates, || {
        json!({
            "name": "order_left",
            "language": "en_US",
            "category": "UTILITY",
            "components": [
                { "type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": { "headerText": ["A-17"] } },
                {
                    "type": "BODY",
                    "text": "Hello {{1}}, order {{2}} left the store.",
                    "example": { "bodyText": [["Ana", "A-17"]] },
                },
                {
                    "type": "BUTTONS",
                    "buttons": [
                        { "type": "POSTBACK", "text": "Where is it?", "payload": "TRACK_{{1}}" },
                        {
                            "type": "URL",
                            "text": "Open",
                            "url": "https://shop.example.com/o/{{1}}",
                            "example": { "urlSuffixExample": "A-17" },
                        },
                    ],
                },
            ],
        })
    })
    .described(
        "Create a template",
        "Makes a template for utility messages: news of an order, an account, an appointment or an event, which may be sent at any \
         time. Give its parts, or the name of a template of Meta's library. Meta reviews it within seconds and refuses what looks \
         like marketing. The app needs the permission pages_utility_messaging.",
    )
    .documented(DOCS);

    fn check(&self, report: &mut Report) {
        let root = Pointer::ROOT;
        rules::filled(&root.key("name"), self.name.given(), "say what the template is called: order_left", report);
        rules::filled(&root.key("language"), self.language.given(), "say its language: en_US", report);
        check_name(self.name.given(), &root.key("name"), report);
        check_language(self.language.given(), &root.key("language"), report);
        rules::choice(&root.key("category"), self.category.given(), &[UTILITY], report);
        rules::choice(&root.key("parameterFormat"), self.parameter_format.given(), &FORMATS, report);
        let library = self.library_template_name.given().is_some();
        rules::exactly_one(
            &root,
            &[("components", self.components.is_some()), ("libraryTemplateName", library)],
            report,
        );
        if library {
            let stray = "a template of the library brings its own: leave it out";
            rules::absent(&root.key("parameterFormat"), self.parameter_format.given().is_some(), stray, report);
        } else {
            let stray = "belongs to a template of the library: give libraryTemplateName, or leave this out";
            let (body, buttons) = (&self.library_template_body_inputs, &self.library_template_button_inputs);
            rules::absent(&root.key("libraryTemplateBodyInputs"), body.is_some(), stray, report);
            rules::absent(&root.key("libraryTemplateButtonInputs"), buttons.is_some(), stray, report);
        }
        self.check_components(report);
        self.check_library(report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<CreatedTemplate>> {
        let body = Object::new()
            .maybe("name", self.name.given())
            .with("category", self.category.given().unwrap_or(UTILITY))
            .maybe("language", self.language.given())
            .maybe("parameter_format", self.parameter_format.given())
            .maybe("components", self.components.as_deref().map(|parts| list(parts, Component::wire)))
            .maybe("library_template_name", self.library_template_name.given())
            .maybe(
                "library_template_body_inputs",
                self.library_template_body_inputs.as_deref().map(|inputs| list(inputs, LibraryBody::wire)),
            )
            .maybe(
                "library_template_button_inputs",
                self.library_template_button_inputs.as_deref().map(|inputs| list(inputs, LibraryButton::wire)),
            );
        let request = ProviderRequest::post(page.graph.path(&[page.id, EDGE])?, body.into());
        let answer = page.graph.call(&request).await?;
        Ok(CreatedTemplate {
            id: created(&answer)?,
            status: text(&answer["status"]),
            category: text(&answer["category"]),
        }
        .into())
    }
}

impl CreateTemplate {
    fn check_components(&self, report: &mut Report) {
        let Some(components) = &self.components else { return };
        let at = Pointer::ROOT.key("components");
        let format = if self.parameter_format.given() == Some("NAMED") { Format::Named } else { Format::Positional };
        for (index, component) in components.iter().enumerate() {
            let here = at.index(index);
            component.check(format, &here, report);
            let twice = components.iter().take(index).any(|other| other.kind() == component.kind());
            if twice && component.kind().is_some() {
                let message = "there is a component of this type already: put the two together";
                report.refuse(Issue::new(&here.key("type"), "duplicate", message));
            }
        }
        let no_body = !components.iter().any(|component| component.kind() == Some("BODY"));
        let doubt = "there is no BODY; every template that Meta shows has one";
        rules::doubtful(&at, no_body, "template.utility.body", doubt, report);
    }

    fn check_library(&self, report: &mut Report) {
        let root = Pointer::ROOT;
        let at = root.key("libraryTemplateBodyInputs");
        for (index, input) in self.library_template_body_inputs.iter().flatten().enumerate() {
            let here = at.index(index);
            rules::choice(&here.key("type"), input.r#type.given(), &["body"], report);
            rules::filled(&here.key("text"), input.text.given(), "write the words", report);
        }
        let at = root.key("libraryTemplateButtonInputs");
        for (index, input) in self.library_template_button_inputs.iter().flatten().enumerate() {
            let here = at.index(index);
            rules::choice(&here.key("type"), input.r#type.given(), &["URL"], report);
            let base = input.url.as_ref().and_then(|url| url.base_url.given());
            let url = here.key("url");
            let here = url.key("baseUrl");
            address::opened(&here, address::required(&here, base, report), report);
        }
    }
}

impl LibraryBody {
    fn wire(&self) -> Object {
        Object::new().with("type", "body").maybe("text", self.text.given())
    }
}

impl LibraryButton {
    fn wire(&self) -> Object {
        let address = self.url.as_ref().and_then(|url| url.base_url.given());
        Object::new()
            .with("type", "URL")
            .maybe("text", self.text.given())
            .maybe("url", address.map(|address| Object::new().with("base_url", address)))
    }
}
