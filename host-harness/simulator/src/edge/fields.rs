//! `fields`: what of a node is asked for, with the members of a member in braces.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/guides/field-expansion>.

use serde_json::{Map, Value};

use crate::call::Call;
use crate::graph_error::GraphError;

/// One name, with what is asked of it.
struct Field<'a> {
    name: &'a str,
    members: Vec<Field<'a>>,
}

/// The fields asked for. The id always comes; empty fields are left out; an unknown one is refused. `null` in the node stands
/// for a field that is known but empty.
pub(super) fn fields(call: &Call, node: &Value, kind: &str, default: &str) -> Result<Value, GraphError> {
    let asked = call.params.get("fields").and_then(Value::as_str).unwrap_or(default);
    pick(node, &split(asked)?, kind)
}

fn pick(node: &Value, asked: &[Field<'_>], kind: &str) -> Result<Value, GraphError> {
    let mut answer = Map::new();
    for field in asked {
        match node.get(field.name) {
            Some(Value::Null) => {}
            Some(value) => drop(answer.insert(field.name.to_owned(), members(value, field, kind)?)),
            None => {
                return Err(GraphError::parameter(format!(
                    "Tried accessing nonexisting field ({}) on node type ({kind})",
                    field.name
                )));
            }
        }
    }
    if let Some(id) = node.get("id") {
        answer.insert("id".to_owned(), id.clone());
    }
    Ok(answer.into())
}

/// What braces ask of a value; lists stand under `data`.
fn members(value: &Value, field: &Field<'_>, kind: &str) -> Result<Value, GraphError> {
    match value {
        _ if field.members.is_empty() => Ok(value.clone()),
        Value::Array(items) => items.iter().map(|item| pick(item, &field.members, kind)).collect(),
        Value::Object(object) if object.contains_key("data") => {
            let mut object = object.clone();
            if let Some(data) = object.get_mut("data") {
                *data = members(data, field, kind)?;
            }
            Ok(object.into())
        }
        _ => pick(value, &field.members, kind),
    }
}

/// `a,b{c,d}`; modifiers such as `.limit(5)` are read and change nothing.
fn split(text: &str) -> Result<Vec<Field<'_>>, GraphError> {
    let mut fields = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, character) in text.char_indices().chain([(text.len(), ',')]) {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.checked_sub(1).ok_or_else(|| unreadable(text))?,
            ',' if depth == 0 => {
                let part = text.get(begin..at).unwrap_or_default().trim();
                begin = at + 1;
                if !part.is_empty() {
                    fields.push(field(part)?);
                }
            }
            _ => {}
        }
    }
    if depth == 0 { Ok(fields) } else { Err(unreadable(text)) }
}

fn field(part: &str) -> Result<Field<'_>, GraphError> {
    let (name, members) = match part.split_once('{') {
        Some((name, rest)) => (name, split(rest.strip_suffix('}').ok_or_else(|| unreadable(part))?)?),
        None => (part, Vec::new()),
    };
    Ok(Field { name: name.split('.').next().unwrap_or(name).trim(), members })
}

fn unreadable(text: &str) -> GraphError {
    GraphError::new(2500, format!("Syntax error in the field list: {text}"))
}
