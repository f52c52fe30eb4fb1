//! Which kind an item is, and the events that it makes.

use channel_api::{Received, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::fields::{Field, Form, addition, field};
use super::head::Place;
use super::item::Item;
use super::json::{Json, Members, take};
use super::kind::{Context, Kind};
use super::kinds::{CHANGES, find, known};
use super::trouble::{Trouble, names};
use super::{call, feed, message, page, scalar};

/// Where the item's own JSON is, if anybody should need it.
pub(super) type RawOf<'f, 'a> = &'f mut dyn FnMut() -> Option<&'a RawValue>;

/// Makes the events of an item. There may be several where an item has several things in it.
///
/// # Errors
/// Something in it is not understood; the events of what is have been made.
pub(super) fn events(
    mut item: Item<'_>,
    context: &Context<'_>,
    raw: RawOf<'_, '_>,
    made: &mut Vec<Received>,
) -> Result<(), Trouble> {
    if item.odd {
        return Err(Trouble::shape("the event is not an object"));
    }
    if context.place == Place::Calls {
        return call::CALL.event(Json::Object(item.members), &item.head, context, made);
    }
    let before = made.len();
    let mut trouble = None;
    if let Some(message) = item.message.take() {
        trouble = message::event(message, &item.head, context, made).err();
    }
    if let Some((kind, payload)) = item.payload.take() {
        trouble = kind.event(payload, &item.head, context, made).err().or(trouble);
    }
    if item.members.is_empty() && (made.len() > before || trouble.is_some()) {
        return trouble.map_or(Ok(()), Err);
    }
    let origin = origin(&mut item.members);
    for (key, payload) in &mut item.members {
        if let Some(kind) = known(key).filter(|_| !payload.is_null()) {
            trouble = kind.event(std::mem::take(payload), &item.head, context, made).err().or(trouble);
        }
    }
    if made.len() == before && trouble.is_none() {
        flat(item, context, raw, made)?;
    }
    for Received { event, .. } in &mut made[before..] {
        for (name, value) in &origin {
            event.metadata.insert(*name, value.clone());
        }
    }
    trouble.map_or(Ok(()), Err)
}

const PRIOR_MESSAGE: &[Field] = &[field("source", "source", Form::Text), field("identifier", "identifier", Form::Id)];
const HOP: &[Field] = &[field("app_id", "appId", Form::Id), field("metadata", "metadata", Form::Payload)];
const LEAD: &[Field] = &[field("data", "data", Form::Many(ANSWER))];
const ANSWER: &[Field] = &[field("question", "question", Form::Text), field("answer", "answer", Form::Payload)];

/// Where the conversation came from: a ticked checkbox, an app that passed it on, a lead advertisement.
fn origin(members: &mut Members<'_>) -> Vec<(&'static str, Value)> {
    let additions = [
        ("prior_message", "priorMessage", Form::One(PRIOR_MESSAGE)),
        ("hop_context", "hopContext", Form::Many(HOP)),
        ("lead", "lead", Form::One(LEAD)),
    ];
    let read = additions.into_iter().filter_map(|(key, name, form)| {
        let value = take(members, key).and_then(|json| addition(json, form))?;
        Some((name, value))
    });
    read.collect()
}

/// What has no key of its own: changes, and the kinds whose fields stand beside each other.
fn flat(
    mut item: Item<'_>,
    context: &Context<'_>,
    raw: RawOf<'_, '_>,
    made: &mut Vec<Received>,
) -> Result<(), Trouble> {
    let field = match take(&mut item.members, "field") {
        Some(Json::Text(field)) => field,
        _ if item.members.iter().any(|(key, _)| key == feed::GROUP_FEED.key) => {
            return feed::GROUP_FEED.event(Json::Object(item.members), &item.head, context, made);
        }
        _ if context.place == Place::Changes => return Err(Trouble::shape("is missing").inside("field")),
        _ if item.members.is_empty() => return Err(Trouble::kind("it does not say what happened")),
        _ => {
            let names = names(item.members.iter().map(|(key, _)| &**key));
            return Err(Trouble::kind(format!("no kind of event that is known: {names}")));
        }
    };
    let name = || names([&*field].into_iter());
    let Some(value) = take(&mut item.members, "value") else {
        return match find(&[page::MARKETING], &field) {
            Some(kind) => kind.event(Json::Object(item.members), &item.head, context, made),
            None => Err(Trouble::kind(format!("a change without a value: {}", name()))),
        };
    };
    if let Some(kind) = find(CHANGES, &field) {
        return change(kind, value, &item, context, made);
    }
    let Json::Object(members) = &value else {
        return Err(Trouble::kind(format!("a change that is not known: {}", name())));
    };
    let has = |wanted: &dyn Fn(&str) -> bool| members.iter().any(|(key, value)| wanted(key) && !value.is_null());
    if has(&|key| key == "message" || known(key).is_some()) {
        // The dashboard's test button wraps an ordinary event like this, and one page of Meta's shows a sample of it.
        let place = if field == "standby" { Place::Standby } else { Place::Messaging };
        let unwrapped = Context { place, ..*context };
        let item = raw().and_then(value_of).ok_or_else(|| Trouble::shape("cannot be read").inside("value"))?;
        events(item, &unwrapped, &mut || None, made)
    } else if field == call::PERMISSION_REPLY.key && has(&|key| key == "response") {
        change(&call::PERMISSION_REPLY, value, &item, context, made)
    } else {
        Err(Trouble::kind(format!("a change that is not known: {}", name())))
    }
}

/// A change. Its time stands in the value, if anywhere.
fn change(
    kind: &Kind,
    value: Json<'_>,
    item: &Item<'_>,
    context: &Context<'_>,
    made: &mut Vec<Received>,
) -> Result<(), Trouble> {
    let own_time = own_time(&value);
    kind.event(value, &item.head, context, made)?;
    if let Some(Received { event, .. }) = made.last_mut() {
        event.timestamp = own_time.or(event.timestamp);
    }
    Ok(())
}

/// When a change happened. An object's own time is that of its making, and says nothing of what is done to it later.
fn own_time(value: &Json<'_>) -> Option<Timestamp> {
    let made = value.get("verb").and_then(Json::as_str).is_none_or(|verb| verb == "add");
    let of_object = if made { &["created_time"][..] } else { &["edited_time", "update_time"] };
    std::iter::once(&"timestamp").chain(of_object).find_map(|key| value.get(key).and_then(scalar::time))
}

fn value_of(change: &RawValue) -> Option<Item<'_>> {
    #[derive(Deserialize)]
    struct Change<'a> {
        #[serde(borrow)]
        value: Item<'a>,
    }
    serde_json::from_str::<Change<'_>>(change.get()).ok().map(|change| change.value)
}
