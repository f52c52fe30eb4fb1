//! From an address to a person, and whether the Page may write to them now.

use crate::dates::{DAY_MS, NOTIFICATIONS_RARER};
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::page_state::{Contact, ContactKind};
use crate::rules::recipient::no_matching_user;
use crate::rules::{Recipient, Window};
use crate::settings::Settings;
use crate::world::World;

/// A comment or a post can be answered privately for so long. Source: `…/discovery/private-replies`.
const PRIVATE_REPLY_MS: i64 = 7 * DAY_MS;
/// A one-time token lives so long; and there is no more about it in the documentation.
const ONE_TIME_MS: i64 = 365 * DAY_MS;
/// One notification in so much time. Source: `…/marketing-messages-on-messenger`.
const NOTIFICATION_GAP_MS: i64 = 2 * DAY_MS;

/// A person that was found.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) psid: String,
    /// The answer tells the PSID. It does not for `user_ref` and `phone_number`.
    pub(super) answers_with_id: bool,
    /// The way that was taken, if it is not the PSID.
    by: Option<Contact>,
}

impl Reached {
    pub(super) fn is_private_reply(&self) -> bool {
        self.by.as_ref().is_some_and(|by| matches!(by.kind, ContactKind::Comment | ContactKind::Post))
    }

    /// Notes that the way was taken.
    pub(super) fn used(&self, world: &mut World, page: &Page, now: i64) {
        let Some(by) = &self.by else { return };
        if let Some(contact) = world.state(&page.id).contact(by.kind, &by.value) {
            contact.used = Some(now);
        }
    }
}

/// Finds the person. Source of the kinds: `…/reference/send-api`.
pub(super) fn find(
    world: &mut World,
    page: &Page,
    recipient: &Recipient,
    settings: &Settings,
    now: i64,
) -> Result<Reached, GraphError> {
    let (kind, value) = match recipient {
        Recipient::Psid(psid) => {
            let known = world.thread(psid).is_some_and(|thread| thread.page_id == page.id);
            let reached = Reached { psid: psid.clone(), answers_with_id: true, by: None };
            return if known { Ok(reached) } else { Err(no_matching_user()) };
        }
        Recipient::PhoneNumber(number) => return by_phone(world, page, number, settings),
        Recipient::Nobody => return Err(no_matching_user()),
        Recipient::UserRef(value) => (ContactKind::UserRef, value),
        Recipient::CommentId(value) => (ContactKind::Comment, value),
        Recipient::PostId(value) => (ContactKind::Post, value),
        Recipient::OneTimeToken(value) => (ContactKind::OneTime, value),
        Recipient::NotificationToken(value) => (ContactKind::Notification, value),
    };
    let by = world.state(&page.id).contact(kind, value).cloned().ok_or_else(|| unknown(kind))?;
    usable(&by, now)?;
    Ok(Reached { psid: by.psid.clone(), answers_with_id: kind != ContactKind::UserRef, by: Some(by) })
}

/// Source: `…/error-codes`; the comment's text and sub-code seen at <https://github.com/restfb/restfb/issues/1165>.
fn unknown(kind: ContactKind) -> GraphError {
    match kind {
        ContactKind::UserRef => no_matching_user(),
        ContactKind::Comment => GraphError::parameter("Invalid comment_id parameter").subcode(2_018_292),
        ContactKind::Post => GraphError::parameter("Invalid post_id parameter").subcode(2_018_292),
        ContactKind::OneTime | ContactKind::Notification => bad_token(),
    }
}

fn bad_token() -> GraphError {
    GraphError::parameter("The notification token is invalid or has expired")
}

/// What a way of its own kind allows.
fn usable(by: &Contact, now: i64) -> Result<(), GraphError> {
    match by.kind {
        // Code and text known from the older edge for private replies.
        ContactKind::Comment | ContactKind::Post if by.used.is_some() => {
            Err(GraphError::new(10_900, "(#10900) Activity already replied to"))
        }
        ContactKind::Comment | ContactKind::Post if now - by.since >= PRIVATE_REPLY_MS => {
            Err(GraphError::new(10_903, "(#10903) This user cant reply to this activity"))
        }
        ContactKind::OneTime if by.used.is_some() || now - by.since >= ONE_TIME_MS => Err(bad_token()),
        // Source: `…/error-codes` (1893015).
        ContactKind::Notification if by.stopped => {
            Err(GraphError::not_allowed("The user has stopped notifications for this topic.").subcode(1_893_015))
        }
        ContactKind::Notification => {
            let gap = if now >= NOTIFICATIONS_RARER { NOTIFICATION_GAP_MS } else { DAY_MS };
            if by.used.is_some_and(|used| now - used < gap) {
                // Source: `…/error-codes` (2018354).
                return Err(GraphError::throttled(4, "The notification message was sent too early").subcode(2_018_354));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Texts of the older error page, <https://developers.facebook.com/docs/messenger-platform/error-codes>.
fn by_phone(world: &World, page: &Page, number: &str, settings: &Settings) -> Result<Reached, GraphError> {
    if !settings.has_scope("pages_messaging_phone_number") {
        return Err(GraphError::permission("pages_messaging_phone_number").subcode(2_018_027));
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = digits(number);
    let thread = world.threads.iter().find(|thread| {
        thread.page_id == page.id && thread.person.phone.as_deref().is_some_and(|phone| digits(phone) == wanted)
    });
    let psid = thread.map(|thread| thread.person.psid.clone()).ok_or_else(no_matching_user)?;
    Ok(Reached { psid, answers_with_id: false, by: None })
}

/// Whether the window is open for this. Source: `…/send-messages`, `…/error-codes` (10/2018278).
pub(super) fn window(world: &World, reached: &Reached, window: Window, now: i64) -> Result<(), GraphError> {
    let open_for = match (&reached.by, window) {
        (_, Window::Always | Window::Tagged) => return Ok(()),
        // These ways carry their own permission, which was looked at before.
        (Some(by), _) if by.kind != ContactKind::UserRef => return Ok(()),
        (_, Window::Day) => DAY_MS,
        (_, Window::Week) => 7 * DAY_MS,
    };
    let opened = world.thread(&reached.psid).and_then(|thread| thread.last_wrote);
    // A checkbox opens the window as a message does.
    let opened = opened.max(reached.by.as_ref().map(|by| by.since));
    if opened.is_some_and(|opened| now - opened < open_for) {
        return Ok(());
    }
    Err(GraphError::not_allowed(
        "This message is sent outside of allowed window. Learn more about the new policy here: \
         https://developers.facebook.com/docs/messenger-platform/policy-overview",
    )
    .subcode(2_018_278))
}
