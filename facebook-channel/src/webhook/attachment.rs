//! Attachments of messages and echoes.

use std::borrow::Cow;

use channel_api::JsonObject;
use channel_api::message::{Body, Link, Location, Media, Sticker};

use super::json::{Json, Members, member_mut, take};
use super::normalize_error::NormalizeError;
use super::other;
use super::scalar;
use super::shared;

/// A message's attachments, in order.
pub(super) type Attachments = Vec<Body>;

/// Reads `attachments`, and the sticker of older messages that stands beside them.
pub(super) fn read(members: &mut Members<'_>) -> Result<Attachments, NormalizeError> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let list = match take(members, "attachments") {
        None => Vec::new(),
        Some(Json::List(list)) => list,
        Some(single @ Json::Object(_)) => vec![single],
        Some(_) => return Err(NormalizeError::shape("is not a list").inside("attachments").inside("message")),
    };
    let (mut bodies, mut left) = (Vec::with_capacity(list.len()), Vec::new());
    for (place, one) in list.into_iter().enumerate() {
        let mut attachment = match one {
            Json::Null => continue,
            Json::Object(attachment) => attachment,
            _ => return Err(NormalizeError::shape("is not a list of objects").inside("attachments").inside("message")),
        };
        bodies.push(body(&mut attachment));
        attachment.retain(|(_, value)| !value.is_null());
        if !attachment.is_empty() {
            // Each at its own place in Meta's list, so that it can be told whose it is.
            left.resize_with(place, || Json::Object(Members::new()));
            left.push(Json::Object(attachment));
        }
    }
    if !left.is_empty() {
        other::put_back(members, "attachments", Json::List(left));
    }
    if let Some(id) = take(members, "sticker_id").and_then(|json| scalar::id(json).ok()) {
        name_sticker(&mut bodies, &id);
    }
    unite_stickers(&mut bodies);
    Ok(bodies)
}

/// Takes out of an attachment what the body says.
fn body(attachment: &mut Members<'_>) -> Body {
    let kind = match take(attachment, "type") {
        Some(Json::Text(kind)) => kind,
        _ => Cow::Borrowed("unknown"),
    };
    let known = match &*kind {
        "image" | "video" | "audio" | "file" | "sticker" => media(&kind, attachment),
        "location" => location(attachment),
        "fallback" => link(attachment),
        _ => None,
    };
    known.unwrap_or_else(|| as_it_came(kind, std::mem::take(attachment)))
}

/// Everything as Meta sends it, behind the host's own form of what has one; what comes next has none.
fn as_it_came(kind: Cow<'_, str>, attachment: Members<'_>) -> Body {
    let attachment = Json::Object(attachment);
    let mut fields = JsonObject::new();
    if let Some((name, form)) = shared::form(&kind, &attachment) {
        fields.insert(name.to_owned(), form);
    }
    if let serde_json::Value::Object(as_it_came) = attachment.into_value() {
        fields.extend(as_it_came.into_iter().filter(|(name, _)| name != "type"));
    }
    Body::Other { kind: kind.into_owned(), fields }
}

/// Takes a text out. What is none stays.
fn text(json: Option<&mut Json<'_>>) -> Option<String> {
    let json = json.filter(|json| json.as_str().is_some_and(|text| !text.is_empty()))?;
    scalar::payload(std::mem::take(json))
}

/// Takes an id out. What is none stays.
fn id(json: Option<&mut Json<'_>>) -> Option<String> {
    let json = json.filter(|json| matches!(json, Json::Text(_) | Json::Number(_)))?;
    scalar::payload(std::mem::take(json))
}

fn media(kind: &str, attachment: &mut Members<'_>) -> Option<Body> {
    let payload = member_mut(attachment, "payload")?;
    let url = text(payload.get_mut("url"));
    let sticker_id = if matches!(kind, "sticker" | "image") { id(payload.get_mut("sticker_id")) } else { None };
    let sticker = kind == "sticker" || sticker_id.is_some();
    let attachment_id = if sticker { None } else { id(payload.get_mut("attachment_id")) };
    if url.is_none() && sticker_id.is_none() && attachment_id.is_none() {
        return None;
    }
    other::clear(payload);
    if sticker {
        return Some(Body::Sticker(Sticker::new(sticker_id, url)));
    }
    // It names an upload, which can be sent again; nothing that Meta documents is found by it, so it is no id of what came.
    let media = Media { url, attachment_id, ..Media::default() };
    Some(match kind {
        "image" => Body::Image(media),
        "video" => Body::Video(media),
        "audio" => Body::Audio(media),
        _ => Body::File(media),
    })
}

fn location(attachment: &mut Members<'_>) -> Option<Body> {
    let payload = member_mut(attachment, "payload")?;
    let coordinates = payload.get_mut("coordinates")?;
    let mut location =
        Location::new(scalar::decimal(coordinates.get("lat")?)?, scalar::decimal(coordinates.get("long")?)?);
    let _read = (coordinates.take("lat"), coordinates.take("long"));
    other::clear(coordinates);
    other::clear(payload);
    location.title = text(member_mut(attachment, "title"));
    location.url = text(member_mut(attachment, "url"));
    Some(Body::Location(location))
}

/// A shared link. Its address stands in the payload, or in older messages beside it, where a few write it in capitals. Their
/// payload is null or text, of which nobody says what it means.
fn link(attachment: &mut Members<'_>) -> Option<Body> {
    let mut inside = |key| text(member_mut(attachment, "payload").and_then(|payload| payload.get_mut(key)));
    let (mut url, mut title) = (inside("url"), inside("title"));
    beside(&mut url, attachment, "url");
    beside(&mut url, attachment, "URL");
    beside(&mut title, attachment, "title");
    if url.is_none() && title.is_none() {
        return None;
    }
    let payload = member_mut(attachment, "payload").and_then(|payload| {
        other::clear(payload);
        text(Some(payload))
    });
    Some(Body::Link(Link { payload, ..Link::new(url, title) }))
}

/// Reads what the attachment says itself. It stays where the payload says otherwise.
fn beside(told: &mut Option<String>, attachment: &mut Members<'_>, key: &str) {
    let Some(json) = member_mut(attachment, key) else { return };
    if told.is_none() || told.as_deref() == json.as_str() {
        *told = text(Some(json)).or(told.take());
    }
}

/// Older messages say beside the attachments that their picture is a sticker, or say nothing else at all.
fn name_sticker(bodies: &mut Attachments, id: &str) {
    if bodies.iter().any(|body| matches!(body, Body::Sticker(_))) {
        return;
    }
    let picture = bodies.iter_mut().find_map(|body| match body {
        Body::Image(media) => Some((media.url.take(), body)),
        _ => None,
    });
    match picture {
        Some((url, body)) => *body = Body::Sticker(Sticker::new(Some(id.to_owned()), url)),
        None => bodies.push(Body::Sticker(Sticker::new(Some(id.to_owned()), None))),
    }
}

/// Until 30 August 2026 a sticker came twice in one message: as `sticker`, and as `image` with the sticker's id.
fn unite_stickers(bodies: &mut Attachments) {
    bodies.dedup_by(|again, first| match (again, first) {
        (Body::Sticker(again), Body::Sticker(first)) if again.id.is_some() && again.id == first.id => {
            first.url = first.url.take().or(again.url.take());
            true
        }
        _ => false,
    });
}
