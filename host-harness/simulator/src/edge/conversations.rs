//! `/{page}/conversations`, and its conversations and messages by their ids. Source: `…/conversations`.

use axum::http::Method;
use serde_json::{Value, json};

use super::fields::fields;
use super::listing::piece;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::media::{Media, address_now};
use crate::phone::Media as Shown;
use crate::platform::Platform;
use crate::rules::param::Param;
use crate::thread::{Entry, Side, Thread};
use crate::world::World;

/// Only so many of the newest messages can be read.
const READABLE: usize = 20;
/// What the id of a conversation begins with.
const PREFIX: &str = "t_";
/// A new message's id begins so.
const MESSAGE: &str = "m_";

impl Platform {
    /// The Page's conversations, the newest first.
    pub(super) fn conversations(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let now = self.clock.now_ms();
        let mut world = self.world();
        may_read(&mut world, page, now)?;
        if let Some(platform) = Param::top(&call.params, "platform") {
            platform.one_of(&["messenger", "MESSENGER"])?;
        }
        let folder =
            Param::top(&call.params, "folder").map_or(Ok("inbox"), |folder| folder.one_of(&["inbox", "spam"]))?;
        let wanted = call.text("user_id");
        let default = world.state(&page.id).settings.default_app.clone();
        let mut found: Vec<&Thread> = world
            .threads
            .iter()
            .filter(|thread| thread.page_id == page.id && !thread.entries.is_empty())
            .filter(|thread| thread.spam == (folder == "spam"))
            .filter(|thread| wanted.as_ref().is_none_or(|wanted| thread.person.psid == *wanted))
            .collect();
        found.sort_by_key(|thread| std::cmp::Reverse(thread.entries.last().map(|entry| entry.at.clone())));
        let found: Result<Vec<_>, _> = found
            .into_iter()
            .map(|thread| {
                let node = conversation(&world.media, page, thread, default.as_deref(), now);
                Ok((id(thread), fields(call, &node, "UnifiedThread", "id,link,updated_time")?))
            })
            .collect();
        Ok(piece(call, found?, None))
    }

    /// A conversation or a message by its id; `None` if the id is of neither.
    pub(super) fn conversation_node(
        &self,
        call: &Call,
        page: &Page,
        wanted: &str,
        rest: &[&str],
    ) -> Option<Result<Value, GraphError>> {
        if call.method != Method::GET || !(wanted.starts_with(PREFIX) || wanted.starts_with(MESSAGE)) {
            return None;
        }
        let now = self.clock.now_ms();
        let mut world = self.world();
        if let Err(refused) = may_read(&mut world, page, now) {
            return Some(Err(refused));
        }
        let default = world.state(&page.id).settings.default_app.clone();
        let of_this_page = world.threads.iter().filter(|thread| thread.page_id == page.id);
        for thread in of_this_page {
            if id(thread) == wanted {
                return Some(match rest {
                    [] => {
                        let node = conversation(&world.media, page, thread, default.as_deref(), now);
                        fields(call, &node, "UnifiedThread", "id,link,updated_time")
                    }
                    ["messages"] => newest(thread)
                        .map(|entry| Ok((entry.mid.clone(), message(call, &world.media, page, thread, entry)?)))
                        .collect::<Result<Vec<_>, _>>()
                        .map(|messages| piece(call, messages, None)),
                    _ => Err(GraphError::unsupported("get")),
                });
            }
            if let Some(entry) = thread.entry(wanted).filter(|_| rest.is_empty()) {
                if !newest(thread).any(|readable| readable.mid == entry.mid) {
                    // Source: `…/error-codes` (9000001).
                    return Some(Err(GraphError::new(9_000_001, "(#9000001) This message has been deleted.")));
                }
                return Some(message(call, &world.media, page, thread, entry));
            }
        }
        None
    }
}

fn may_read(world: &mut World, page: &Page, now: i64) -> Result<(), GraphError> {
    let state = world.state(&page.id);
    for scope in ["pages_messaging", "pages_manage_metadata", "pages_read_engagement"] {
        if !state.settings.has_scope(scope) {
            return Err(GraphError::permission(scope));
        }
    }
    state.usage.conversations(&state.settings.limits, now)
}

fn id(thread: &Thread) -> String {
    format!("{PREFIX}{}", thread.person.psid)
}

/// The newest messages, the latest first.
fn newest(thread: &Thread) -> impl Iterator<Item = &Entry> {
    thread.entries.iter().rev().take(READABLE)
}

fn conversation(media: &Media, page: &Page, thread: &Thread, default: Option<&str>, now: i64) -> Value {
    let psid = &thread.person.psid;
    let messages: Vec<Value> = newest(thread).map(|entry| message_node(media, page, thread, entry)).collect();
    let last = thread.entries.last();
    json!({
        "id": id(thread), "link": format!("/{}/inbox/{psid}/", page.id), "updated_time": last.map(|entry| &entry.at),
        "message_count": thread.entries.len(), "unread_count": 0, "can_reply": !thread.blocked && !thread.gone,
        "snippet": last.and_then(|entry| entry.shown.text.as_ref()),
        "is_owner": thread.owner(now).or(default) == Some(page.app_id.as_str()),
        "participants": {"data": [someone(thread), the_page(page)]},
        "senders": {"data": [someone(thread), the_page(page)]},
        "messages": {"data": messages},
    })
}

fn message(call: &Call, media: &Media, page: &Page, thread: &Thread, entry: &Entry) -> Result<Value, GraphError> {
    fields(call, &message_node(media, page, thread, entry), "Message", "id,created_time")
}

fn message_node(media: &Media, page: &Page, thread: &Thread, entry: &Entry) -> Value {
    let (from, to) = match entry.from {
        Side::Person => (someone(thread), the_page(page)),
        Side::Page => (the_page(page), someone(thread)),
    };
    let (stickers, attachments): (Vec<_>, Vec<_>) =
        entry.shown.attachments.iter().partition(|shown| shown.kind == "sticker");
    let address = |shown: &Shown| shown.url.as_deref().map(|url| address_now(media, url));
    let attachments: Vec<Value> = attachments.into_iter().map(|shown| attachment(shown, address(shown))).collect();
    json!({
        "id": entry.mid, "created_time": entry.at, "message": entry.shown.text.clone().unwrap_or_default(), "from": from,
        "to": {"data": [to]}, "attachments": if attachments.is_empty() { Value::Null } else { json!({"data": attachments}) },
        "sticker": stickers.first().map(|sticker| address(sticker)),
    })
}

/// Source: <https://developers.facebook.com/docs/graph-api/reference/message/attachments>.
fn attachment(shown: &Shown, url: Option<String>) -> Value {
    let mut attachment = json!({"image_data": null, "video_data": null, "file_url": null});
    match shown.kind.as_str() {
        "image" => attachment["image_data"] = json!({ "url": url }),
        "video" => attachment["video_data"] = json!({ "url": url }),
        _ => attachment["file_url"] = url.into(),
    }
    attachment
}

fn someone(thread: &Thread) -> Value {
    json!({"name": thread.person.name(), "email": format!("{}@facebook.com", thread.person.psid), "id": thread.person.psid})
}

fn the_page(page: &Page) -> Value {
    json!({"name": page.name, "email": format!("{}@facebook.com", page.id), "id": page.id})
}
