//! Which kind an item is, and the events that it makes.

use channel_api::{Event, Received, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::event_header::EntryField;
use super::event_spec::{Context, EventSpec};
use super::event_specs::{CHANGES, find, known};
use super::fields::{Field, FieldType, addition, field};
use super::json::{Json, Members, take};
use super::normalize_error::{NormalizeError, names};
use super::other;
use super::raw_event::RawEvent;
use super::{call, feed, message, page, scalar};

/// Where the item's own JSON is, if anybody should need it.
pub(super) type RawOf<'f, 'a> = &'f mut dyn FnMut() -> Option<&'a RawValue>;

/// The key of what is the item itself and stands under none.
const ITEM: &str = "";

/// Makes the events of an item. There may be several where an item has several things in it.
///
/// # Errors
/// Something in it is not understood; the events of what is have been made.
pub(super) fn events(
    mut item: RawEvent<'_>,
    context: &Context<'_>,
    raw: RawOf<'_, '_>,
    received: &mut Vec<Received>,
) -> Result<(), NormalizeError> {
    if item.malformed {
        return Err(NormalizeError::shape("the event is not an object"));
    }
    let before = received.len();
    if context.entry_field == EntryField::Calls {
        call::CALL.event_under(ITEM, Json::Object(item.members), &item.header, context, received)?;
        if let Some(Received { event, .. }) = received.get_mut(before) {
            other::keep(event, ITEM, item.parties);
        }
        return Ok(());
    }
    let mut error = None;
    if let Some(message) = item.message.take() {
        error = message::event(message, &item.header, context, received).err();
    }
    if let Some((spec, payload)) = item.payload.take() {
        error = spec.event(payload, &item.header, context, received).err().or(error);
    }
    if item.members.is_empty() && item.parties.is_empty() && (received.len() > before || error.is_some()) {
        return error.map_or(Ok(()), Err);
    }
    let origin = origin(&mut item.members);
    for (key, payload) in &mut item.members {
        if let Some(spec) = known(key).filter(|_| !payload.is_null()) {
            error = spec.event(std::mem::take(payload), &item.header, context, received).err().or(error);
        }
    }
    if received.len() == before && error.is_none() {
        flat(&mut item, context, raw, received)?;
    }
    if let Some(Received { event, .. }) = received.get_mut(before) {
        keep_beside(item.members, context, event);
        other::keep(event, ITEM, item.parties);
    }
    for Received { event, .. } in &mut received[before..] {
        for (name, value) in &origin {
            event.metadata.insert(*name, value.clone());
        }
    }
    error.map_or(Ok(()), Err)
}

/// What stands beside what happened and is of no kind that is known.
fn keep_beside(mut members: Members<'_>, context: &Context<'_>, event: &mut Event) {
    if context.list == "entry" {
        members.retain(|(key, _)| !matches!(&**key, "id" | "time"));
    }
    other::keep(event, ITEM, members);
}

const PRIOR_MESSAGE: &[Field] =
    &[field("source", "source", FieldType::Text), field("identifier", "identifier", FieldType::Id)];
const HOP: &[Field] = &[field("app_id", "appId", FieldType::Id), field("metadata", "metadata", FieldType::Payload)];
const LEAD: &[Field] = &[field("data", "data", FieldType::Many(ANSWER))];
const ANSWER: &[Field] =
    &[field("question", "question", FieldType::Text), field("answer", "answer", FieldType::Payload)];

/// Where the conversation came from: a ticked checkbox, an app that passed it on, a lead advertisement.
fn origin(members: &mut Members<'_>) -> Vec<(&'static str, Value)> {
    let additions = [
        ("prior_message", "priorMessage", FieldType::One(PRIOR_MESSAGE)),
        ("hop_context", "hopContext", FieldType::Many(HOP)),
        ("lead", "lead", FieldType::One(LEAD)),
    ];
    let read = additions.into_iter().filter_map(|(key, name, field_type)| {
        let value = take(members, key).and_then(|json| addition(json, field_type))?;
        Some((name, value))
    });
    read.collect()
}

/// What has no key of its own: changes, and the kinds whose fields stand beside each other.
fn flat(
    item: &mut RawEvent<'_>,
    context: &Context<'_>,
    raw: RawOf<'_, '_>,
    received: &mut Vec<Received>,
) -> Result<(), NormalizeError> {
    let field = match take(&mut item.members, "field") {
        Some(Json::Text(field)) => field,
        _ if item.members.iter().any(|(key, _)| key == feed::GROUP_FEED.key) => {
            let group = Json::Object(std::mem::take(&mut item.members));
            return feed::GROUP_FEED.event_under(ITEM, group, &item.header, context, received);
        }
        _ if context.entry_field == EntryField::Changes => {
            return Err(NormalizeError::shape("is missing").inside("field"));
        }
        _ if item.members.is_empty() => return Err(NormalizeError::unknown_kind("it does not say what happened")),
        _ => {
            let names = names(item.members.iter().map(|(key, _)| &**key));
            return Err(NormalizeError::unknown_kind(format!("no kind of event that is known: {names}")));
        }
    };
    let name = || names([&*field].into_iter());
    let Some(value) = take(&mut item.members, "value") else {
        return match find(&[page::MARKETING], &field) {
            Some(spec) => {
                let members = Json::Object(std::mem::take(&mut item.members));
                spec.event_under(ITEM, members, &item.header, context, received)
            }
            None => Err(NormalizeError::unknown_kind(format!("a change without a value: {}", name()))),
        };
    };
    if let Some(spec) = find(CHANGES, &field) {
        return change(spec, value, item, context, received);
    }
    let Json::Object(members) = &value else {
        return Err(NormalizeError::unknown_kind(format!("a change that is not known: {}", name())));
    };
    let has = |wanted: &dyn Fn(&str) -> bool| members.iter().any(|(key, value)| wanted(key) && !value.is_null());
    if has(&|key| key == "message" || known(key).is_some()) {
        // The dashboard's test button wraps an ordinary event like this, and one page of Meta's shows a sample of it.
        let entry_field = if field == "standby" { EntryField::Standby } else { EntryField::Messaging };
        let unwrapped = Context { entry_field, ..*context };
        let item = raw().and_then(value_of).ok_or_else(|| NormalizeError::shape("cannot be read").inside("value"))?;
        events(item, &unwrapped, &mut || None, received)
    } else if field == call::PERMISSION_REPLY.key && has(&|key| key == "response") {
        change(&call::PERMISSION_REPLY, value, item, context, received)
    } else {
        Err(NormalizeError::unknown_kind(format!("a change that is not known: {}", name())))
    }
}

/// A change. Its time stands in the value, if anywhere.
fn change(
    spec: &EventSpec,
    value: Json<'_>,
    item: &RawEvent<'_>,
    context: &Context<'_>,
    received: &mut Vec<Received>,
) -> Result<(), NormalizeError> {
    let own_time = own_time(&value);
    spec.event_under("value", value, &item.header, context, received)?;
    if let Some(Received { event, .. }) = received.last_mut()
        && own_time.is_some()
    {
        event.timestamp = own_time;
        // It is read, whatever the table names.
        other::forget(event, "value", "timestamp");
    }
    Ok(())
}

/// When a change happened. An object's own time is that of its making, and says nothing of what is done to it later.
fn own_time(value: &Json<'_>) -> Option<Timestamp> {
    let received = value.get("verb").and_then(Json::as_str).is_none_or(|verb| verb == "add");
    let of_object = if received { &["created_time"][..] } else { &["edited_time", "update_time"] };
    std::iter::once(&"timestamp").chain(of_object).find_map(|key| value.get(key).and_then(scalar::time))
}

fn value_of(change: &RawValue) -> Option<RawEvent<'_>> {
    #[derive(Deserialize)]
    struct Change<'a> {
        #[serde(borrow)]
        value: RawEvent<'a>,
    }
    serde_json::from_str::<Change<'_>>(change.get()).ok().map(|change| change.value)
}
