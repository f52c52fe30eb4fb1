//! What no table names: members that Meta has added since. An event keeps them where Meta has them, by Meta's own names.

use channel_api::{Event, EventBody, JsonObject};
use serde_json::{Value, json};

use super::json::{Json, Members, member_mut};

/// Where an event keeps them: its item as Meta sent it, without all that is understood.
pub(super) const OTHER: &str = "other";

/// So much of it is kept, in bytes of JSON. Beyond that only how much there was: whoever sends it decides how much it is.
const MAX_BYTES: usize = 16 * 1024;

/// Stands for what was too much.
const OMITTED: &str = "omittedBytes";

/// What is left of an object of which everything known has been taken. `None` where that was all.
pub(super) fn of(members: Members<'_>) -> Option<JsonObject> {
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    let object: JsonObject = members.map(|(name, value)| (name.into_owned(), value.into_value())).collect();
    (!object.is_empty()).then(|| bounded(object))
}

fn bounded(object: JsonObject) -> JsonObject {
    let omitted = object.get(OMITTED).and_then(Value::as_u64).unwrap_or_default();
    let object = Value::Object(object);
    let length = object.to_string().len();
    match object {
        Value::Object(object) if length <= MAX_BYTES => object,
        _ => JsonObject::from_iter([(OMITTED.to_owned(), json!(omitted.saturating_add(length as u64)))]),
    }
}

/// Empties an object of which everything known has been taken, unless something is left.
pub(super) fn clear(json: &mut Json<'_>) {
    if let Json::Object(members) = json {
        members.retain(|(_, value)| !value.is_null());
        if members.is_empty() {
            *json = Json::Null;
        }
    }
}

/// Puts what is left of a member back to where it was taken from.
pub(super) fn put_back<'a>(members: &mut Members<'a>, key: &str, mut left: Json<'a>) {
    clear(&mut left);
    if let Some(place) = member_mut(members, key) {
        *place = left;
    }
}

/// As [`put_back`], into an object.
pub(super) fn put_back_into<'a>(json: &mut Json<'a>, key: &str, left: Json<'a>) {
    if let Json::Object(members) = json {
        put_back(members, key, left);
    }
}

/// An event keeps what is left of the object that stands under this key of its item, or of the item itself where that is empty.
pub(super) fn keep(event: &mut Event, key: &'static str, members: Members<'_>) {
    if let Some(object) = of(members) {
        add(event, key, object);
    }
}

/// Puts under this key of the item what was left of a payload when it was read: the payload does not say where it stands.
pub(super) fn place(event: &mut Event, key: &'static str) {
    let of_fields = if let EventBody::Fields(fields) = &mut event.body { fields.take(OTHER) } else { None };
    for left in [event.metadata.take(OTHER), of_fields].into_iter().flatten() {
        if let Value::Object(left) = left {
            add(event, key, left);
        }
    }
}

/// Adds it to what the event keeps already. The bound is for all of it.
pub(super) fn add(event: &mut Event, key: &str, object: JsonObject) {
    let object = if key.is_empty() { object } else { JsonObject::from_iter([(key.to_owned(), Value::Object(object))]) };
    let kept = match event.metadata.take(OTHER) {
        Some(Value::Object(mut kept)) => {
            unite(&mut kept, object);
            kept
        }
        _ => object,
    };
    event.metadata.insert(OTHER, bounded(kept));
}

fn unite(kept: &mut JsonObject, more: JsonObject) {
    for (name, value) in more {
        match (kept.get_mut(&name), value) {
            (Some(Value::Object(kept)), Value::Object(more)) => unite(kept, more),
            (_, value) => drop(kept.insert(name, value)),
        }
    }
}

/// Takes a member of an object out of what the event keeps: it has been read after all.
pub(super) fn forget(event: &mut Event, key: &str, member: &str) {
    let Some(Value::Object(mut kept)) = event.metadata.take(OTHER) else { return };
    if let Some(Value::Object(object)) = kept.get_mut(key) {
        object.remove(member);
        if object.is_empty() {
            kept.remove(key);
        }
    }
    if !kept.is_empty() {
        event.metadata.insert(OTHER, kept);
    }
}
