//! Which kind an item is, and the events that it makes.

use channel_api::Event;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::Place;
use super::fields::{Field, Form, addition, field};
use super::item::Item;
use super::json::{Json, Members, take};
use super::kind::{Context, Kind};
use super::message;
use super::trouble::{Trouble, names};
use super::{account, call, commerce, feedback, feed, game, handover, optin, page, postback, receipts, referral, revision};

/// What may stand in an item, the frequent ones first.
const KINDS: &[&[Kind]] = &[
    receipts::KINDS,
    postback::KINDS,
    revision::KINDS,
    referral::KINDS,
    optin::KINDS,
    handover::KINDS,
    account::KINDS,
    feedback::KINDS,
    commerce::KINDS,
    game::KINDS,
    call::KINDS,
];

/// What a change may be about.
const CHANGES: &[&[Kind]] = &[feed::CHANGES, page::CHANGES, page::MARKETING];

fn find(kinds: &'static [&[Kind]], key: &str) -> Option<&'static Kind> {
    kinds.iter().copied().flatten().find(|kind| kind.key == key)
}

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
    made: &mut Vec<Event>,
) -> Result<(), Trouble> {
    if item.odd {
        return Err(Trouble::shape("the event is not an object"));
    }
    if context.place == Place::Calls {
        made.push(call::CALL.event(Json::Object(item.members), &item.head, context)?);
        return Ok(());
    }
    let before = made.len();
    let mut trouble = None;
    if let Some(message) = item.message.take() {
        collect(message::event(message, &item.head, context), made, &mut trouble);
    }
    if item.members.is_empty() && made.len() > before {
        return Ok(());
    }
    let origin = origin(&mut item.members);
    for (key, payload) in &mut item.members {
        if payload.is_null() {
            continue;
        }
        if let Some(kind) = find(KINDS, key) {
            collect(kind.event(std::mem::take(payload), &item.head, context), made, &mut trouble);
        }
    }
    if made.len() == before && trouble.is_none() {
        collect_flat(item, context, raw, made)?;
    }
    for event in &mut made[before..] {
        for (name, value) in &origin {
            event.metadata.insert(*name, value.clone());
        }
    }
    trouble.map_or(Ok(()), Err)
}

fn collect(read: Result<Event, Trouble>, made: &mut Vec<Event>, trouble: &mut Option<Trouble>) {
    match read {
        Ok(event) => made.push(event),
        Err(found) => *trouble = trouble.take().or(Some(found)),
    }
}

const PRIOR_MESSAGE: &[Field] =
    &[field("source", "source", Form::Text), field("identifier", "identifier", Form::Id)];
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
fn collect_flat(
    mut item: Item<'_>,
    context: &Context<'_>,
    raw: RawOf<'_, '_>,
    made: &mut Vec<Event>,
) -> Result<(), Trouble> {
    let field = match take(&mut item.members, "field") {
        Some(Json::Text(field)) => field,
        _ if item.members.iter().any(|(key, _)| key == feed::GROUP_FEED.key) => {
            made.push(feed::GROUP_FEED.event(Json::Object(item.members), &item.head, context)?);
            return Ok(());
        }
        _ if context.place == Place::Changes => return Err(Trouble::shape("is missing").inside("field")),
        _ if item.members.is_empty() => return Err(Trouble::kind("it does not say what happened")),
        _ => {
            let names = names(item.members.iter().map(|(key, _)| &**key));
            return Err(Trouble::kind(format!("no kind of event that is known: {names}")));
        }
    };
    let Some(value) = take(&mut item.members, "value") else {
        return match find(&[page::MARKETING], &field) {
            Some(kind) => {
                made.push(kind.event(Json::Object(item.members), &item.head, context)?);
                Ok(())
            }
            None => Err(Trouble::kind(format!("a change without a value: {}", names([&*field].into_iter())))),
        };
    };
    let is_event = |key: &str| key == "message" || find(KINDS, key).is_some();
    match find(CHANGES, &field) {
        Some(kind) => made.push(change(kind, value, item, context)?),
        None => match &value {
            // The dashboard's test button wraps an ordinary event like this, and one page of Meta's shows a sample of it.
            Json::Object(members) if members.iter().any(|(key, value)| is_event(key) && !value.is_null()) => {
                let place = if field == "standby" { Place::Standby } else { Place::Messaging };
                let unwrapped = Context { place, ..*context };
                let Some(raw) = raw() else { return Err(Trouble::shape("is out of reach").inside("value")) };
                let item = value_of(raw).ok_or_else(|| Trouble::shape("cannot be read").inside("value"))?;
                return events(item, &unwrapped, &mut || None, made);
            }
            Json::Object(members) if members.iter().any(|(key, _)| key == "response") && field == call::PERMISSION_REPLY.key => {
                made.push(change(&call::PERMISSION_REPLY, value, item, context)?);
            }
            _ => return Err(Trouble::kind(format!("a change that is not known: {}", names([&*field].into_iter())))),
        },
    }
    Ok(())
}

/// A change. Its time stands in the value, if anywhere.
fn change(kind: &Kind, value: Json<'_>, item: Item<'_>, context: &Context<'_>) -> Result<Event, Trouble> {
    let own_time = ["timestamp", "created_time"].iter().find_map(|key| value.get(key).and_then(super::scalar::time));
    let mut event = kind.event(value, &item.head, context)?;
    event.timestamp = own_time.or(event.timestamp);
    Ok(event)
}

fn value_of(change: &RawValue) -> Option<Item<'_>> {
    #[derive(Deserialize)]
    struct Change<'a> {
        #[serde(borrow)]
        value: Item<'a>,
    }
    serde_json::from_str::<Change<'_>>(change.get()).ok().map(|change| change.value)
}
