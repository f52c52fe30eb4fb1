//! A template's parts as Meta keeps them, with kinds that may be new.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::operations::answer::{items, text, texts};

/// A part of a template.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct KeptComponent {
    /// `HEADER`, `BODY` or `BUTTONS`.
    r#type: Option<String>,
    /// What a header is.
    format: Option<String>,
    /// The words, with placeholders.
    text: Option<String>,
    /// What each placeholder stood for in Meta's review.
    example: Option<KeptExample>,
    /// The buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<KeptButton>,
}

/// What placeholders stood for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeptExample {
    /// In a header with numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    header_text: Vec<String>,
    /// In a header with names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    header_text_named_params: Vec<KeptNamedExample>,
    /// The picture of a header.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    header_handle: Vec<String>,
    /// In a body with numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    body_text: Vec<Vec<String>>,
    /// In a body with names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    body_text_named_params: Vec<KeptNamedExample>,
}

/// What a named placeholder stood for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeptNamedExample {
    /// The placeholder's name.
    param_name: Option<String>,
    /// The value.
    example: Option<String>,
}

/// A button.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeptButton {
    /// `POSTBACK` or `URL`.
    r#type: Option<String>,
    /// The words on it.
    text: Option<String>,
    /// What comes back with a tap.
    payload: Option<String>,
    /// What opens.
    url: Option<String>,
    /// What the placeholder of the address stood for.
    url_suffix_example: Option<String>,
}

impl KeptComponent {
    pub(super) fn read(component: &Value) -> Self {
        Self {
            r#type: text(&component["type"]),
            format: text(&component["format"]),
            text: text(&component["text"]),
            example: component.get("example").filter(|example| example.is_object()).map(KeptExample::read),
            buttons: items(&component["buttons"], KeptButton::read),
        }
    }
}

impl KeptExample {
    fn read(example: &Value) -> Self {
        let rows = example["body_text"].as_array().into_iter().flatten();
        Self {
            header_text: texts(&example["header_text"]),
            header_text_named_params: items(&example["header_text_named_params"], KeptNamedExample::read),
            header_handle: texts(&example["header_handle"]),
            body_text: rows.filter(|row| row.is_array()).map(texts).collect(),
            body_text_named_params: items(&example["body_text_named_params"], KeptNamedExample::read),
        }
    }
}

impl KeptNamedExample {
    fn read(example: &Value) -> Self {
        Self { param_name: text(&example["param_name"]), example: text(&example["example"]) }
    }
}

impl KeptButton {
    fn read(button: &Value) -> Self {
        Self {
            r#type: text(&button["type"]),
            text: text(&button["text"]),
            payload: text(&button["payload"]),
            url: text(&button["url"]),
            url_suffix_example: text(&button["example"]["url_suffix_example"])
                .or_else(|| texts(&button["example"]).into_iter().next()),
        }
    }
}
