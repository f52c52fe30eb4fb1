//! What happens on the Page itself: posts, comments, reactions, mentions, ratings, leads, and posts in groups.
//!
//! Sources: <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/group-feed>

use channel_api::{Event, EventBody};

use super::event_spec::{EventSpec, Subject};
use super::fields::{self, Field, FieldType, Mismatch, field};
use super::json::Json;
use super::normalize_error::NormalizeError;
use super::other;
use super::scalar;

/// Changes, by their `field`.
pub(super) const CHANGES: &[EventSpec] = &[
    EventSpec::with("feed", "facebook.feed", feed).about(object).of_page(),
    EventSpec::with("mention", "facebook.mention", feed).about(object).of_page(),
    EventSpec::with("ratings", "facebook.ratings", feed).about(object).of_page(),
    EventSpec::fields("leadgen", "facebook.leadgen", LEADGEN, &["leadgenId"]).about(lead).of_page(),
];

/// An element of `messaging` whose fields stand beside each other, under no key.
pub(super) const GROUP_FEED: EventSpec =
    EventSpec::with("group_id", "facebook.group_feed", group_feed).without_sender().of_page();

const FEED: &[Field] = &[
    field("item", "item", FieldType::Text),
    field("verb", "verb", FieldType::Text),
    field("post_id", "postId", FieldType::Id),
    field("comment_id", "commentId", FieldType::Id),
    field("parent_id", "parentId", FieldType::Id),
    field("photo_id", "photoId", FieldType::Id),
    field("photo_ids", "photoIds", FieldType::Each(&FieldType::Id)),
    field("video_id", "videoId", FieldType::Id),
    field("album_id", "albumId", FieldType::Id),
    field("share_id", "shareId", FieldType::Id),
    field("event_id", "eventId", FieldType::Id),
    field("recipient_id", "recipientId", FieldType::Id),
    field("open_graph_story_id", "openGraphStoryId", FieldType::Id),
    field("reaction_type", "reactionType", FieldType::Text),
    field("message", "message", FieldType::Text),
    field("story", "story", FieldType::Text),
    field("link", "link", FieldType::Text),
    field("photo", "photo", FieldType::Text),
    field("photos", "photos", FieldType::Each(&FieldType::Text)),
    field("video", "video", FieldType::Text),
    field("published", "published", FieldType::Flag),
    field("is_hidden", "isHidden", FieldType::Flag),
    field("video_flag_reason", "videoFlagReason", FieldType::Number),
    field("sender_name", "senderName", FieldType::Text),
    field("rating", "rating", FieldType::Number),
    field("recommendation_type", "recommendationType", FieldType::Text),
    field("review_text", "reviewText", FieldType::Text),
    field("reviewer_name", "reviewerName", FieldType::Text),
    field("created_time", "createdTime", FieldType::Time),
    field("edited_time", "editedTime", FieldType::Time),
    field("update_time", "updateTime", FieldType::Time),
    // The post that a comment stands under.
    field("post", "post", FieldType::Free),
];

fn feed(mut change: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let mut by = |key: &str| change.take(key).and_then(|json| scalar::id(json).ok());
    let id = by("sender_id").or_else(|| by("reviewer_id"));
    event.from = id.map(std::borrow::Cow::into_owned);
    let name = author_of(&mut change, event);
    let mut fields = fields::read(change, FEED, Mismatch::Refuse)?;
    if fields.get("item").is_none() {
        return Err(NormalizeError::shape("is missing").inside("item"));
    }
    if let Some(name) = name {
        fields.insert("senderName", name);
    }
    event.body = EventBody::Fields(fields);
    Ok(())
}

/// Takes the author out of `from`: the id goes to the event unless that has one. What another place says otherwise, stays.
fn author_of(change: &mut Json<'_>, event: &mut Event) -> Option<String> {
    let mut author = change.take("from")?;
    let id = author.get("id").and_then(scalar::text_id);
    if event.from.is_none() || event.from == id {
        event.from = id;
        let _read = author.take("id");
    }
    let named = change.get("sender_name").is_some_and(|name| !name.is_null());
    let name = match author.take("name") {
        Some(Json::Text(name)) if !named => Some(name.into_owned()),
        Some(name) if change.get("sender_name").and_then(Json::as_str) != name.as_str() => {
            other::put_back_into(&mut author, "name", name);
            None
        }
        _ => None,
    };
    other::put_back_into(change, "from", author);
    name
}

/// What says what became of a post, a comment or a reaction.
const NEWS: [&str; 6] = ["message", "story", "review_text", "reaction_type", "rating", "recommendation_type"];

/// Of several ids, the first names the object itself.
const OBJECTS: [&str; 7] =
    ["comment_id", "post_id", "photo_id", "video_id", "album_id", "share_id", "open_graph_story_id"];

/// The post, comment or reaction of which a change says what it is now. None of an edit that does not bring what is new: two such
/// edits are alike.
fn object(change: &Json<'_>) -> Option<Subject> {
    let id = |key| change.get(key).and_then(scalar::text_id);
    let (item, verb) = (id("item")?, id("verb")?);
    let edited = matches!(&*verb, "edit" | "edited" | "update");
    if edited && !NEWS.iter().any(|key| change.get(key).is_some_and(|news| !news.is_null())) {
        return None;
    }
    // Each person reacts and rates for themselves; whoever hides or removes a comment, it is the same comment.
    let by = if matches!(&*item, "reaction" | "like" | "rating") { author(change) } else { None };
    Some(vec![item, OBJECTS.into_iter().find_map(id)?, by.unwrap_or_default()])
}

fn author(change: &Json<'_>) -> Option<String> {
    let from = change.get("from").and_then(|from| from.get("id"));
    [change.get("sender_id"), change.get("reviewer_id"), from].into_iter().flatten().find_map(scalar::text_id)
}

/// What a person wrote into a form is sent once.
fn lead(change: &Json<'_>) -> Option<Subject> {
    change.get("leadgen_id").and_then(scalar::text_id).map(|id| vec![id])
}

const LEADGEN: &[Field] = &[
    field("leadgen_id", "leadgenId", FieldType::Id),
    field("form_id", "formId", FieldType::Id),
    field("page_id", "pageId", FieldType::Id),
    field("ad_id", "adId", FieldType::Id),
    field("adgroup_id", "adgroupId", FieldType::Id),
    field("created_time", "createdTime", FieldType::Time),
];

const GROUP: &[Field] = &[
    field("group_id", "groupId", FieldType::Id),
    field("post_id", "postId", FieldType::Id),
    field("comment_id", "commentId", FieldType::Id),
    field("parent_id", "parentId", FieldType::Id),
    field("created_time", "createdTime", FieldType::Time),
];

fn group_feed(mut change: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
    let sender = event.from.take();
    let name = author_of(&mut change, event);
    event.from = event.from.take().or(sender);
    let created = change.get("created_time").and_then(scalar::time);
    let mut fields = fields::read(change, GROUP, Mismatch::Refuse)?;
    if let Some(name) = name {
        fields.insert("senderName", name);
    }
    if let Some(created) = created.filter(|_| event.missing.iter().any(|what| what == "timestamp")) {
        event.timestamp = Some(created);
        event.missing.retain(|what| what != "timestamp");
    }
    event.body = EventBody::Fields(fields);
    Ok(())
}
