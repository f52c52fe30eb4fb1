//! What Meta's pages allow, as JSON Schemas: `schemas/`, which the proofs of the adapters read as well. What is wrong is said as
//! Meta says it.

use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, Registry, RegistryBuilder, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::param::Param;
use crate::graph_error::GraphError;

/// `message` of `POST /{page}/messages`.
pub(super) static MESSAGE: LazyLock<Validator> = LazyLock::new(|| validator("send-api#/$defs/message"));
/// `message` of `POST /{page}/message_attachments`.
pub(super) static UPLOAD: LazyLock<Validator> = LazyLock::new(|| validator("send-api#/$defs/upload"));
/// An item of the persistent menu.
pub(crate) static MENU_ITEM: LazyLock<Validator> = LazyLock::new(|| validator("profile"));

/// Said where the schema has no description, and none of its keywords speaks for itself.
const UNDESCRIBED: &str = "be as documented";
/// The base of the schemas' ids.
const BASE: &str = "https://schema.example/";

static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../schemas/send-api.schema.json"),
        include_str!("../../schemas/templates.schema.json"),
        include_str!("../../schemas/shop.schema.json"),
        include_str!("../../schemas/forms.schema.json"),
        include_str!("../../schemas/airline.schema.json"),
        include_str!("../../schemas/profile.schema.json"),
    ];
    texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
});

#[expect(clippy::expect_used, reason = "the schemas are parts of this program, and every test of a message needs them")]
fn validator(schema: &str) -> Validator {
    let documents = DOCUMENTS.iter().map(|document| (document["$id"].as_str().unwrap_or_default(), document));
    let registry = Registry::new().extend(documents).and_then(RegistryBuilder::prepare);
    let registry = registry.expect("the schemas have ids");
    let schema = json!({ "$ref": format!("{BASE}{schema}") });
    jsonschema::options().with_registry(&registry).build(&schema).expect("the schemas are right")
}

/// Judges a value. `null` counts as absent.
pub(crate) fn judge(schema: &Validator, name: &str, value: &Value) -> Result<(), GraphError> {
    let value = without_nulls(value);
    let errors: Vec<ValidationError<'_>> = schema.iter_errors(&value).collect();
    match first(&errors) {
        Some(error) => Err(refusal(error, name)),
        None => Ok(()),
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let there = members.iter().filter(|(_, member)| !member.is_null());
            Value::Object(there.map(|(key, member)| (key.clone(), without_nulls(member))).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// One of several to be told of: a key that does not belong there before all else, then what kind of thing it is, on which the
/// rest depends. That no schema has looked at a member is last, since it is said of all members where something else is wrong.
fn first<'e>(errors: &'e [ValidationError<'_>]) -> Option<&'e ValidationError<'e>> {
    errors.iter().min_by_key(|error| match error.kind() {
        Kind::AdditionalProperties { .. } => 0,
        Kind::Enum { .. } | Kind::Constant { .. } => 1,
        Kind::UnevaluatedProperties { .. } => 3,
        _ => 2,
    })
}

fn refusal(error: &ValidationError<'_>, name: &str) -> GraphError {
    let param = Param::new(place(name, error.instance_path().as_str()), error.instance());
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            param.strangers(unexpected)
        }
        // A member that only others may have.
        Kind::FalseSchema => {
            let path = error.instance_path().as_str();
            let (parent, key) = path.rsplit_once('/').unwrap_or(("", path));
            Param::new(place(name, parent), error.instance()).strangers(&[key.to_owned()])
        }
        Kind::Required { property } => param.missing(property.as_str().unwrap_or_default()),
        Kind::Type { kind: TypeKind::Single(kind) } => match kind {
            JsonType::Array => param.must("be an array"),
            JsonType::Boolean => param.must("be a boolean"),
            JsonType::Integer => described(error, &param, "be an integer"),
            JsonType::Number => param.must("be a number"),
            JsonType::Object => param.must("be an object"),
            _ => param.must("be a string"),
        },
        Kind::Type { kind: TypeKind::Multiple(_) } => described(error, &param, "be a string or a number"),
        Kind::MaxLength { limit } => param.too_long(*limit),
        Kind::MinLength { limit } => param.must(&format!("have at least {limit} characters")),
        Kind::MaxItems { .. } => param.too_many(),
        Kind::MinItems { limit: 1 } => param.must("be non-empty"),
        Kind::MinItems { limit } => param.must(&format!("have at least {limit} elements")),
        Kind::Pattern { pattern } if pattern == r"\S" => param.must("be non-empty"),
        Kind::Enum { options } => param.must_be_one_of(options.as_array().into_iter().flatten()),
        Kind::Constant { expected_value } => param.must_be_one_of([&**expected_value]),
        Kind::OneOfNotValid { context } | Kind::OneOfMultipleValid { context } => {
            one_of(error, context, name).unwrap_or_else(|| described(error, &param, UNDESCRIBED))
        }
        _ => described(error, &param, UNDESCRIBED),
    }
}

/// What is wrong in the one alternative that was meant: by its `type`, or else by having all that it needs.
fn one_of(error: &ValidationError<'_>, alternatives: &[Vec<ValidationError<'_>>], name: &str) -> Option<GraphError> {
    let here = error.instance_path().as_str();
    let param = Param::new(place(name, here), error.instance());
    let lacked_by_all = |key: &&str| alternatives.iter().all(|errors| missing(errors, here).any(|other| other == *key));
    if let Some(key) = alternatives.first().and_then(|errors| missing(errors, here).find(lacked_by_all)) {
        return Some(param.missing(key));
    }
    let others: Vec<&Value> = alternatives.iter().filter_map(|errors| other_kind(errors, here)).collect();
    let is_meant = |errors: &[ValidationError<'_>]| {
        if others.is_empty() { missing(errors, here).next().is_none() } else { other_kind(errors, here).is_none() }
    };
    let mut meant = alternatives.iter().filter(|errors| is_meant(errors));
    match (meant.next(), meant.next()) {
        (Some(errors), None) => first(errors).map(|error| refusal(error, name)),
        (None, _) if !others.is_empty() => {
            let kind = Param::new(format!("{}[type]", param.name()), error.instance());
            Some(kind.must_be_one_of(others))
        }
        _ => None,
    }
}

/// The members that an alternative needs and that are not there.
fn missing<'e>(errors: &'e [ValidationError<'_>], here: &str) -> impl Iterator<Item = &'e str> {
    errors.iter().filter(move |error| error.instance_path().as_str() == here).filter_map(|error| match error.kind() {
        Kind::Required { property } => property.as_str(),
        _ => None,
    })
}

/// The `type` that an alternative is for, where that is another one.
fn other_kind<'e>(errors: &'e [ValidationError<'_>], here: &str) -> Option<&'e Value> {
    errors.iter().find_map(|error| match error.kind() {
        Kind::Constant { expected_value } if error.instance_path().as_str().strip_prefix(here) == Some("/type") => {
            Some(&**expected_value)
        }
        _ => None,
    })
}

/// What the schema's own description says.
fn described(error: &ValidationError<'_>, param: &Param<'_>, otherwise: &str) -> GraphError {
    let place = error.absolute_keyword_location().map(ToString::to_string).unwrap_or_default();
    let description = place.split_once('#').and_then(|(id, pointer)| {
        let document = DOCUMENTS.iter().find(|document| document["$id"] == id)?;
        document.pointer(pointer.rsplit_once('/')?.0)?["description"].as_str()?.strip_prefix("must ")
    });
    param.must(description.unwrap_or(otherwise))
}

/// `message` and `/quick_replies/0/title` are `message[quick_replies][0][title]`.
fn place(name: &str, path: &str) -> String {
    path.split('/').skip(1).fold(name.to_owned(), |name, segment| format!("{name}[{segment}]"))
}
