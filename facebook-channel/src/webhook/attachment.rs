//! Attachments of messages and echoes.

use std::borrow::Cow;

use channel_api::JsonObject;
use channel_api::message::{Body, Link, Location, Media, Sticker};

use super::json::{Json, Members, take};
use super::normalize_error::NormalizeError;
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
    let bodies = list.into_iter().filter(|one| !one.is_null()).map(|one| match one {
        Json::Object(members) => Ok(body(members)),
        _ => Err(NormalizeError::shape("is not a list of objects").inside("attachments").inside("message")),
    });
    let mut bodies = bodies.collect::<Result<Vec<_>, _>>()?;
    if let Some(id) = take(members, "sticker_id").and_then(|json| scalar::id(json).ok()) {
        name_sticker(&mut bodies, &id);
    }
    unite_stickers(&mut bodies);
    Ok(bodies)
}

fn body(mut attachment: Members<'_>) -> Body {
    let kind = match take(&mut attachment, "type") {
        Some(Json::Text(kind)) => kind,
        _ => Cow::Borrowed("unknown"),
    };
    let known = match &*kind {
        "image" | "video" | "audio" | "file" | "sticker" => media(&kind, &attachment),
        "location" => location(&attachment),
        "fallback" => link(&attachment),
        _ => None,
    };
    known.unwrap_or_else(|| other(kind, attachment))
}

/// Everything as Meta sends it, behind the host's own form of what has one; what comes next has none.
fn other(kind: Cow<'_, str>, attachment: Members<'_>) -> Body {
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

fn member<'m, 'a>(members: &'m Members<'a>, key: &str) -> Option<&'m Json<'a>> {
    members.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn text(json: Option<&Json<'_>>) -> Option<String> {
    json.and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn id(json: Option<&Json<'_>>) -> Option<String> {
    match json? {
        Json::Text(text) => Some(text.clone().into_owned()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn media(kind: &str, attachment: &Members<'_>) -> Option<Body> {
    let payload = member(attachment, "payload")?;
    let url = text(payload.get("url"));
    let sticker_id = id(payload.get("sticker_id"));
    if kind == "sticker" || (kind == "image" && sticker_id.is_some()) {
        return (url.is_some() || sticker_id.is_some()).then(|| Body::Sticker(Sticker::new(sticker_id, url)));
    }
    let attachment_id = id(payload.get("attachment_id"));
    if url.is_none() && attachment_id.is_none() {
        return None;
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

fn location(attachment: &Members<'_>) -> Option<Body> {
    let coordinates = member(attachment, "payload")?.get("coordinates")?;
    let mut location =
        Location::new(scalar::decimal(coordinates.get("lat")?)?, scalar::decimal(coordinates.get("long")?)?);
    location.title = text(member(attachment, "title"));
    location.url = text(member(attachment, "url"));
    Some(Body::Location(location))
}

/// A shared link. Its address stands in the payload, or in older messages beside it, where a few write it in capitals. Their
/// payload is null or text, of which nobody says what it means.
fn link(attachment: &Members<'_>) -> Option<Body> {
    let payload = member(attachment, "payload");
    let inside = |key| text(payload.and_then(|payload| payload.get(key)));
    let beside = |key| text(member(attachment, key));
    let url = inside("url").or_else(|| beside("url")).or_else(|| beside("URL"));
    let title = inside("title").or_else(|| beside("title"));
    (url.is_some() || title.is_some()).then(|| Body::Link(Link { payload: text(payload), ..Link::new(url, title) }))
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
