//! Structured messages, in the seed's flat camelCase objects. The three that any host may build stand here as types; a
//! channel's own come as [`Template::Other`] and are read by the channel.

mod button;
mod generic;
mod receipt;

pub use button::{Button, ButtonKind, ButtonTemplate};
pub use generic::{GenericElement, GenericTemplate};
pub use receipt::{Address, Adjustment, ReceiptElement, ReceiptTemplate, Summary};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::{Issue, JsonObject, Pointer, Quote, Report, read};

/// A structured message: `{"type": "button", …}`. Meta's `template_type` is understood for `type`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Template {
    /// A text with up to a few buttons.
    Button(ButtonTemplate),
    /// One card, or several side by side.
    Generic(GenericTemplate),
    /// What somebody bought.
    Receipt(Box<ReceiptTemplate>),
    /// A template that only the channel knows.
    Other {
        /// The template's `type`.
        kind: String,
        /// Everything beside it.
        fields: JsonObject,
    },
}

impl Template {
    /// The template's `type`.
    pub fn kind(&self) -> &str {
        match self {
            Self::Button(_) => "button",
            Self::Generic(_) => "generic",
            Self::Receipt(_) => "receipt",
            Self::Other { kind, .. } => kind,
        }
    }

    pub(crate) fn read(value: &Value, at: &Pointer<'_>, report: &mut Report) -> Self {
        let mut fields = match value {
            Value::Object(fields) => fields.clone(),
            Value::Null => {
                report.refuse(Issue::new(at, "required", "say what the template is"));
                return Self::Other { kind: String::new(), fields: JsonObject::new() };
            }
            _ => {
                report.refuse(Issue::new(at, "type", "expected an object with a `type`"));
                return Self::Other { kind: String::new(), fields: JsonObject::new() };
            }
        };
        let kind = fields.remove("type").or_else(|| fields.remove("template_type"));
        let Some(kind) = kind.as_ref().and_then(Value::as_str) else {
            report.refuse(Issue::new(
                &at.key("type"),
                "required",
                "say which template this is, for example \"button\"",
            ));
            return Self::Other { kind: String::new(), fields };
        };
        let kind = kind.to_owned();
        let value = Value::Object(fields);
        match kind.as_str() {
            "button" => Self::Button(read(&value, at, Quote::Values, report)),
            "generic" => Self::Generic(read(&value, at, Quote::Values, report)),
            "receipt" => Self::Receipt(Box::new(read(&value, at, Quote::Values, report))),
            _ => match value {
                Value::Object(fields) => Self::Other { kind, fields },
                _ => Self::Other { kind, fields: JsonObject::new() },
            },
        }
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Tagged<'a, T: Serialize> {
            r#type: &'a str,
            #[serde(flatten)]
            fields: &'a T,
        }
        fn tagged<S: Serializer>(kind: &str, fields: &impl Serialize, serializer: S) -> Result<S::Ok, S::Error> {
            Tagged { r#type: kind, fields }.serialize(serializer)
        }
        match self {
            Self::Button(template) => tagged("button", template, serializer),
            Self::Generic(template) => tagged("generic", template, serializer),
            Self::Receipt(template) => tagged("receipt", template, serializer),
            Self::Other { kind, fields } => tagged(kind, fields, serializer),
        }
    }
}
