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

use crate::read::read_without;
use crate::{Issue, JsonObject, Pointer, Quote, Report};

/// A structured message: `{"type": "button", …}`. For `type`, `template_type` is understood as well.
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
        let Value::Object(fields) = value else {
            let issue = match value {
                Value::Null => Issue::new(at, "required", "say what the template is"),
                _ => Issue::new(at, "type", "must be an object with a `type`"),
            };
            report.refuse(issue);
            return Self::Other { kind: String::new(), fields: JsonObject::new() };
        };
        let named = if fields.contains_key("type") { "type" } else { "template_type" };
        let others = || {
            let mut others = fields.clone();
            others.remove(named);
            others
        };
        let Some(kind) = fields.get(named).and_then(Value::as_str) else {
            report.refuse(Issue::new(
                &at.key("type"),
                "required",
                "say which template this is, for example \"button\"",
            ));
            return Self::Other { kind: String::new(), fields: others() };
        };
        match kind {
            "button" => Self::Button(read_without(named, fields, at, Quote::Values, report)),
            "generic" => Self::Generic(read_without(named, fields, at, Quote::Values, report)),
            "receipt" => Self::Receipt(Box::new(read_without(named, fields, at, Quote::Values, report))),
            _ => Self::Other { kind: kind.to_owned(), fields: others() },
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
