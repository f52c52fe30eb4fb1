//! Pictures, films, sounds and files.

use std::collections::BTreeMap;

use channel_api::{Issue, Pointer};
use serde_json::{Value, json};

use super::text;
use crate::linktor::wire::Attachment;

/// Where an address may stand beside the words.
const MEDIA_URL: &str = "media_url";

/// What this host calls such content.
fn kind(given: &str) -> Option<&'static str> {
    Some(match given {
        "image" | "sticker" => "image",
        "video" => "video",
        "audio" | "voice" => "audio",
        "document" | "file" => "file",
        _ => return None,
    })
}

pub(super) fn is_media(given: &str) -> bool {
    kind(given).is_some()
}

/// Words, and all that is attached to them.
pub(super) fn attached(words: &str, attachments: &[Attachment]) -> Result<Value, Vec<Issue>> {
    let mut bodies = bodies(attachments)?;
    let is_own_address = attachments.iter().any(|attachment| attachment.url == words.trim());
    if words.trim().is_empty() || is_own_address {
        let mut first = bodies.remove(0);
        if !bodies.is_empty() {
            // All of several stand in the list, and the first says what the message is.
            let all: Vec<_> = std::iter::once(first.clone()).chain(bodies).collect();
            first["attachments"] = all.into();
        }
        return Ok(first);
    }
    let mut content = text(words);
    content["attachments"] = bodies.into();
    Ok(content)
}

/// Each attachment as this host writes it.
pub(super) fn bodies(attachments: &[Attachment]) -> Result<Vec<Value>, Vec<Issue>> {
    let list = Pointer::ROOT.key("attachments");
    let (mut bodies, mut issues) = (Vec::new(), Vec::new());
    for (index, Attachment { r#type, url, mime_type, .. }) in attachments.iter().enumerate() {
        if url.trim().is_empty() {
            let message = "must be the address from which the file can be fetched, and is empty";
            issues.push(Issue::new(&list.index(index).key("url"), "required", message));
            continue;
        }
        let by_mime = || mime_type.as_deref().and_then(|mime| kind(mime.split('/').next()?));
        bodies.push(body(kind(r#type).or_else(by_mime).unwrap_or("file"), url));
    }
    if issues.is_empty() { Ok(bodies) } else { Err(issues) }
}

/// An address that stands where the words are, or beside them.
pub(super) fn in_words(given: &str, words: &str, metadata: &BTreeMap<String, String>) -> Result<Value, Vec<Issue>> {
    let kind = kind(given).unwrap_or("file");
    let (beside, trimmed) = (metadata.get(MEDIA_URL).map(|url| url.trim()), words.trim());
    match (is_address(trimmed), beside.filter(|url| !url.is_empty())) {
        (true, _) => Ok(body(kind, trimmed)),
        (false, Some(url)) => {
            let mut content = body(kind, url);
            if !trimmed.is_empty() {
                content["text"] = words.into();
            }
            Ok(content)
        }
        (false, None) => {
            let message = format!("must be the address (https://…) of the {given} where nothing is attached");
            let hint = "put words that go with it into content, and the address into metadata.media_url";
            Err(vec![Issue::new(&Pointer::ROOT.key("content"), "url", message).with_hint(hint)])
        }
    }
}

fn body(kind: &'static str, url: &str) -> Value {
    json!({"type": kind, kind: {"url": url.trim()}})
}

fn is_address(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let has_scheme = ["https://", "http://"].iter().any(|scheme| lower.starts_with(scheme));
    has_scheme && !text.contains(char::is_whitespace)
}
