//! Reading Meta's objects by tables: which field, under which name, of which type.
//!
//! One rule for all events of the channel's own: an object that Meta documents is read field by field into camelCase, with ids
//! as text, times as RFC 3339, and numbers and flags as such. JSON that is free in form (`nlp`, a call's session, what a shop
//! asked for in a payment) stays exactly as Meta sends it.

use channel_api::JsonObject;
use channel_api::event::Metadata;
use serde_json::Value;

use super::json::{Json, Members, take};
use super::normalize_error::NormalizeError;
use super::other::{self, OTHER};
use super::scalar;

/// One field of an object.
#[derive(Debug)]
pub(super) struct Field {
    /// Meta's name.
    pub(super) key: &'static str,
    /// The host's name.
    pub(super) name: &'static str,
    kind: FieldType,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldType {
    /// Words.
    Text,
    /// Words that the author of a button chose.
    Payload,
    /// Text, or a number in older payloads.
    Id,
    /// Seconds, milliseconds or RFC 3339.
    Time,
    /// A number, also as text. An empty text stands for none.
    Number,
    /// A number, or text where it is none.
    NumberOrText,
    /// True or false, 1 or 0.
    Flag,
    /// A list of these.
    Each(&'static FieldType),
    /// An object of these fields.
    One(&'static [Field]),
    /// A list of objects of these fields.
    Many(&'static [Field]),
    /// Objects of these fields under names that are no fields but data.
    Named(&'static [Field]),
    /// Any JSON, kept as it is.
    Free,
}

/// A field of an event.
pub(super) const fn field(key: &'static str, name: &'static str, kind: FieldType) -> Field {
    Field { key, name, kind }
}

/// What to do with a field that does not have its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// The event is not what it should be.
    Refuse,
    /// It is an addition to an event that is good without it: keep its JSON as it is.
    Keep,
}

/// Reads the fields of an event. What the table does not name stands in [`OTHER`]; where it names nothing there is nothing.
pub(super) fn read(json: Json<'_>, table: &[Field], mismatch: Mismatch) -> Result<Metadata, NormalizeError> {
    let mut fields = Metadata::default();
    let unnamed = for_each(json, table, mismatch, |name, value| fields.insert(name, value))?;
    if let Some(unnamed) = other::of(unnamed).filter(|_| !fields.is_empty()) {
        fields.insert(OTHER, unnamed);
    }
    Ok(fields)
}

/// What the table does not name stands beside it, by Meta's own names.
fn object(json: Json<'_>, table: &[Field], mismatch: Mismatch) -> Result<JsonObject, NormalizeError> {
    let mut object = JsonObject::new();
    let unnamed = for_each(json, table, mismatch, |name, value| drop(object.insert(name.to_owned(), value)))?;
    if let Some(unnamed) = other::of(unnamed) {
        for (name, value) in unnamed {
            object.entry(name).or_insert(value);
        }
    }
    Ok(object)
}

/// In the order of the table, whatever the order of the JSON. Returns what the table does not name.
fn for_each<'j>(
    json: Json<'j>,
    table: &[Field],
    mismatch: Mismatch,
    mut found: impl FnMut(&'static str, Value),
) -> Result<Members<'j>, NormalizeError> {
    let Json::Object(mut members) = json else { return Err(NormalizeError::shape("is not an object")) };
    let mut left = members.len();
    for field in table {
        if left == 0 {
            break;
        }
        let Some(value) = take(&mut members, field.key) else { continue };
        left -= 1;
        if let Some(value) = field.kind.read(value, mismatch).map_err(|error| error.inside(field.key))? {
            found(field.name, value);
        }
    }
    Ok(members)
}

/// Reads an addition to an event: whatever it is, it does not cost the event.
pub(super) fn addition(json: Json<'_>, field_type: FieldType) -> Option<Value> {
    field_type.read(json, Mismatch::Keep).ok().flatten()
}

impl FieldType {
    fn read(self, json: Json<'_>, mismatch: Mismatch) -> Result<Option<Value>, NormalizeError> {
        let (json, what) = match (self, json) {
            (_, Json::Null) => return Ok(None),
            (Self::Number, Json::Text(text)) if text.is_empty() => return Ok(None),
            (Self::Text, Json::Text(text)) => return Ok(Some(Value::String(text.into_owned()))),
            (Self::Text, other) => (other, "is not text"),
            (Self::Payload, json) => return Ok(scalar::payload(json).map(Value::String)),
            (Self::Free, json) => return Ok(Some(json.into_value())),
            (Self::Id, json) => match scalar::id(json) {
                Ok(id) => return Ok(Some(Value::String(id.into_owned()))),
                Err(other) => (other, "is not an id"),
            },
            (Self::Time, json) => match scalar::time(&json) {
                Some(time) => return Ok(Some(Value::String(time.to_string()))),
                // Meta writes 0 where there is none.
                None if scalar::decimal(&json) == Some(0.0) => return Ok(None),
                None => (json, "is no time"),
            },
            (Self::Number, json) => match scalar::number(&json) {
                Some(number) => return Ok(Some(Value::Number(number))),
                None => (json, "is no number"),
            },
            (Self::NumberOrText, json @ (Json::Text(_) | Json::Number(_))) => {
                return Ok(Some(scalar::number(&json).map_or_else(|| json.into_value(), Value::Number)));
            }
            (Self::NumberOrText, other) => (other, "is neither a number nor text"),
            (Self::Flag, json) => match scalar::flag(&json) {
                Some(flag) => return Ok(Some(Value::Bool(flag))),
                None => (json, "is neither true nor false"),
            },
            (Self::Each(field_type), Json::List(list)) => return each(list, *field_type, mismatch),
            (Self::Many(table), Json::List(list)) => return each(list, Self::One(table), mismatch),
            (Self::Each(_) | Self::Many(_), other) => (other, "is not a list"),
            (Self::One(table), Json::Object(members)) => {
                return object(Json::Object(members), table, mismatch).map(Value::Object).map(Some);
            }
            (Self::Named(table), Json::Object(members)) => {
                let mut named = JsonObject::new();
                for (name, json) in members {
                    if let Some(value) = Self::One(table).read(json, mismatch)? {
                        named.insert(name.into_owned(), value);
                    }
                }
                return Ok(Some(Value::Object(named)));
            }
            (_, other) => (other, "is not an object"),
        };
        match mismatch {
            Mismatch::Refuse => Err(NormalizeError::shape(what)),
            Mismatch::Keep => Ok(Some(json.into_value())),
        }
    }
}

fn each(list: Vec<Json<'_>>, field_type: FieldType, mismatch: Mismatch) -> Result<Option<Value>, NormalizeError> {
    let read = list.into_iter().filter_map(|json| field_type.read(json, mismatch).transpose());
    read.collect::<Result<Vec<_>, _>>().map(Value::Array).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ITEM: &[Field] = &[field("item_id", "itemId", FieldType::Id), field("price", "price", FieldType::Number)];
    const TABLE: &[Field] = &[
        field("ref", "ref", FieldType::Text),
        field("at", "at", FieldType::Time),
        field("items", "items", FieldType::Many(ITEM)),
        field("answers", "answers", FieldType::Named(ITEM)),
        field("tags", "tags", FieldType::Each(&FieldType::Text)),
        field("any", "any", FieldType::Free),
    ];

    fn json(text: &str) -> Json<'_> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn each_form_comes_out_in_the_host_s_way() {
        let given = r#"{"ref":"r","at":1763712000,"items":[{"item_id":5,"price":"1.5","other":1},null],"answers":{"q_1":{"price":""}},
            "tags":["a"],"any":{"snake_case":[null]},"unknown":1}"#;
        assert_eq!(
            serde_json::to_value(read(json(given), TABLE, Mismatch::Refuse).unwrap()).unwrap(),
            json!({"ref": "r", "at": "2025-11-21T08:00:00Z", "items": [{"itemId": "5", "price": 1.5, "other": 1}],
                "answers": {"q_1": {}}, "tags": ["a"], "any": {"snake_case": [null]}, "other": {"unknown": 1}})
        );
    }

    #[test]
    fn what_no_table_names_is_kept_up_to_a_bound() {
        let read = |text: &str| serde_json::to_value(read(json(text), TABLE, Mismatch::Refuse).unwrap()).unwrap();
        assert_eq!(
            read(r#"{"ref":"r","note":{"text":"n"},"gone":null}"#),
            json!({"ref": "r", "other": {"note": {"text": "n"}}})
        );
        assert_eq!(read(r#"{"note":1}"#), json!({}), "an event of which nothing is known is kept whole, as unknown");
        let large = format!(r#"{{"ref":"r","note":"{}"}}"#, "x".repeat(16 * 1024));
        assert_eq!(read(&large)["other"], json!({"omittedBytes": 16 * 1024 + 11}));
    }

    #[test]
    fn a_mismatch_is_named_or_kept() {
        for (given, detail) in [
            (r#"{"ref":5}"#, "`ref` is not text"),
            (r#"{"at":"soon"}"#, "`at` is no time"),
            (r#"{"items":{}}"#, "`items` is not a list"),
            (r#"{"items":[{"item_id":[]}]}"#, "`items.item_id` is not an id"),
            (r#"{"items":[1]}"#, "`items` is not an object"),
            (r#"{"answers":{"secret words":{"price":"x"}}}"#, "`answers.price` is no number"),
            (r#"{"answers":[]}"#, "`answers` is not an object"),
            (r#"{"tags":[1]}"#, "`tags` is not text"),
            ("[]", "is not an object"),
        ] {
            assert_eq!(read(json(given), TABLE, Mismatch::Refuse).unwrap_err().detail(), detail, "{given}");
        }
        let kept = addition(json(r#"{"ref":5,"items":[1,{"item_id":2}]}"#), FieldType::One(TABLE));
        assert_eq!(kept, Some(json!({"ref": 5, "items": [1, {"itemId": "2"}]})));
        assert_eq!(addition(json("7"), FieldType::One(TABLE)), Some(json!(7)));
    }
}
