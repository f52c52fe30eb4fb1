//! [`Normalizer`]: a body → the host's events.

use std::borrow::Cow;

use channel_api::event::{Origin, Raw, UnknownReason};
use channel_api::json::mended;
use channel_api::{Error, ErrorKind, EventBody, Received, Result};
use serde_json::value::RawValue;

use super::channel_facts::ChannelFacts;
use super::concern;
use super::dispatch;
use super::envelope::Envelope;
use super::event_header::EntryField;
use super::event_spec::Context;
use super::events::UNKNOWN;
use super::fingerprint;
use super::json::Json;
use super::normalize_error::NormalizeError;
use super::other;
use super::pieces::{CHANGED_FIELDS, Pieces, around, take_apart};
use super::raw_event::RawEvent;
use super::scalar;
use super::unclaimed_accounts::UnclaimedAccounts;

/// Translates webhooks into events.
///
/// A body in the ordinary shape is read in one pass; where an event's own JSON has to be kept, that piece is found again. Only a
/// body in another shape, or with something in it that cannot be read, is taken apart first, and then each event is read from
/// its own piece, so that none costs another.
#[derive(Clone, Debug)]
pub(crate) struct Normalizer {
    /// Whose webhooks these are.
    pub(crate) channel: ChannelFacts,
    /// Keep each event's own JSON beside it.
    pub(crate) keep_raw: bool,
    /// Keep the JSON of accounts that no channel has.
    pub(crate) keep_other_accounts: bool,
}

impl Normalizer {
    /// Translates a body. Its events come in its order, at least one for each item of this channel's account, and then one for
    /// each account whose items nobody takes. What concerns `others` is theirs.
    ///
    /// # Errors
    /// [`ErrorKind::MalformedWebhook`] when the body as a whole is no webhook.
    pub(crate) fn normalize(&self, body: &[u8], others: &[String]) -> Result<Vec<Received>> {
        // Meta writes ASCII. Should a byte be no UTF-8 nevertheless, that character alone is lost.
        let text = std::str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed);
        match self.in_one_pass(&text, others) {
            Some(events) => Ok(events),
            None => self.piece_by_piece(&text, others),
        }
    }

    /// `None` if the body has another shape, or holds what cannot be read or found again in this way.
    pub(super) fn in_one_pass(&self, text: &str, others: &[String]) -> Option<Vec<Received>> {
        let envelope: Envelope<'_> = serde_json::from_str(text).ok()?;
        // Most bodies have one event, and those that have more have one list.
        let lists = envelope.entries.iter().flat_map(|entry| &entry.lists);
        let mut events = Vec::with_capacity(lists.map(|(_, items)| items.len()).sum());
        let object = envelope.object.as_str();
        for entry in envelope.entries {
            match self.owner_of(&envelope.object, entry.id.as_deref(), others) {
                EntryOwner::Ours => {}
                EntryOwner::Others => continue,
                EntryOwner::OtherProduct | EntryOwner::Nobody(_) => return None,
            }
            let (page, time) = (entry.id, scalar::time(&entry.time));
            for (list, items) in &mut entry.lists.into_iter() {
                if list == CHANGED_FIELDS {
                    return None;
                }
                let entry_field = EntryField::of(&list).0;
                let context =
                    Context { channel: &self.channel, page: page.as_deref(), time, object, list: &list, entry_field };
                for item in items {
                    let first_key = item.first_key.unwrap_or_default();
                    let mut piece = || around(text, first_key);
                    self.item(Ok(item), &context, &mut piece, &mut events)?;
                }
            }
        }
        Some(events)
    }

    pub(super) fn piece_by_piece(&self, text: &str, others: &[String]) -> Result<Vec<Received>> {
        // Of the same length, so that a place in the one is a place in the other.
        let text = &*mended(text);
        let Pieces { object, entries } =
            take_apart(text).map_err(|error| not_json(text, &error))?.ok_or_else(no_webhook)?;
        let mut events = Vec::new();
        let mut unclaimed_accounts = UnclaimedAccounts::default();
        for entry in entries {
            let skipped = match self.owner_of(&object, entry.id.as_deref(), others) {
                EntryOwner::Ours => None,
                EntryOwner::OtherProduct => Some(SkipReason::OtherProduct),
                EntryOwner::Others => continue,
                EntryOwner::Nobody(reason) => {
                    unclaimed_accounts.add(reason, entry);
                    continue;
                }
            };
            let (page, time) = (entry.id, scalar::time(&entry.time));
            let first = events.len();
            for (list, pieces) in &entry.lists {
                let (object, entry_field) = (object.as_str(), EntryField::of(list).0);
                let context =
                    Context { channel: &self.channel, page: page.as_deref(), time, object, list, entry_field };
                for piece in pieces {
                    let skipped = skipped.or((list == CHANGED_FIELDS).then_some(SkipReason::WithoutValues));
                    let item = skipped.map_or_else(|| read(piece.get()), Err);
                    // With the piece at hand there is always an event.
                    let _made = self.item(item, &context, &mut || Some(piece), &mut events);
                }
            }
            if let Some(Received { event, .. }) = events.get_mut(first) {
                // It is of none in particular. On each, a long one would come as often as there are events.
                other::keep(event, "entry", entry.members);
            }
        }
        unclaimed_accounts.events(&self.channel, object.as_str(), self.keep_other_accounts, &mut events);
        Ok(events)
    }

    fn owner_of(&self, object: &Json<'_>, account: Option<&str>, others: &[String]) -> EntryOwner {
        let is_page = object.is_null() || object.as_str() == Some("page");
        let instagram = self.channel.instagram_id.as_deref();
        match (account, self.channel.page_id.as_deref()) {
            (Some(account), page) if !is_page && (instagram == Some(account) || page == Some(account)) => {
                EntryOwner::OtherProduct
            }
            (Some(account), _) if others.iter().any(|other| other == account) => EntryOwner::Others,
            _ if !is_page => EntryOwner::Nobody(UnknownReason::OtherProduct),
            (Some(account), Some(page)) if account != page => EntryOwner::Nobody(UnknownReason::OtherAccount),
            _ => EntryOwner::Ours,
        }
    }

    /// Adds the events of an item; `None` if its JSON has to be kept and is not at hand.
    fn item<'a>(
        &self,
        item: Result<RawEvent<'_>, SkipReason>,
        context: &Context<'_>,
        piece: &mut dyn FnMut() -> Option<&'a RawValue>,
        events: &mut Vec<Received>,
    ) -> Option<()> {
        let before = events.len();
        let error = match item {
            Ok(item) => dispatch::events(item, context, piece, events).err(),
            Err(reason) => Some(reason.error()),
        };
        if let Some(error) = error {
            unknown(&error, piece()?, context, events);
        }
        for Received { event, concerns, .. } in &mut events[before..] {
            *concerns = concern::concerns(event);
        }
        if self.keep_raw {
            let piece = piece()?;
            let raw = raw(piece, &mended(piece.get()));
            for Received { event, .. } in &mut events[before..] {
                if !matches!(event.body, EventBody::Unknown { .. }) {
                    event.raw = Some(raw.clone());
                }
            }
        }
        Some(())
    }
}

/// Whose an entry is.
enum EntryOwner {
    Ours,
    /// Our own account's, of another product: kept whole.
    OtherProduct,
    /// Another channel takes it.
    Others,
    /// No channel takes it.
    Nobody(UnknownReason),
}

/// Why an item is not even looked at.
#[derive(Clone, Copy, Debug)]
enum SkipReason {
    OtherProduct,
    WithoutValues,
    TooDeep,
    Damaged,
}

impl SkipReason {
    fn error(self) -> NormalizeError {
        match self {
            Self::OtherProduct => {
                NormalizeError::other(UnknownReason::OtherProduct, "the body's `object` is not `page`")
            }
            Self::WithoutValues => NormalizeError::unknown_kind(
                "the app's subscription sends the names of what has changed and no values: subscribe with include_values",
            ),
            Self::TooDeep => NormalizeError::shape("its JSON is nested too deeply"),
            Self::Damaged => NormalizeError::shape("its JSON cannot be read"),
        }
    }
}

fn read(piece: &str) -> Result<RawEvent<'_>, SkipReason> {
    serde_json::from_str(piece).map_err(|error| {
        // The only errors that can be left in a piece of well-formed JSON whose surrogates are whole.
        if error.to_string().starts_with("recursion") { SkipReason::TooDeep } else { SkipReason::Damaged }
    })
}

/// A piece as an event keeps it: to the byte, but for half characters, which many readers of JSON refuse.
fn raw(piece: &RawValue, repaired: &str) -> Raw {
    if repaired == piece.get() {
        return Raw::new(piece);
    }
    RawValue::from_string(repaired.to_owned()).map_or_else(|_| Raw::new(piece), |whole| Raw::new(&whole))
}

fn unknown(error: &NormalizeError, piece: &RawValue, context: &Context<'_>, events: &mut Vec<Received>) {
    let text = mended(piece.get());
    let fingerprint = fingerprint::of_raw(UNKNOWN, context.page, &text);
    let ours = !matches!(error.reason, UnknownReason::OtherAccount | UnknownReason::OtherProduct);
    let header = read(&text).map(|item| item.header).ok().filter(|_| ours).unwrap_or_default();
    let origin = Origin {
        object: context.object.map(str::to_owned),
        account: context.page.map(str::to_owned),
        list: Some(context.list.to_owned()),
        items: None,
    };
    let (reason, detail) = (error.reason, Some(error.detail()));
    let body = EventBody::Unknown { reason, detail, origin, raw: Some(raw(piece, &text)) };
    // Completing it cannot fail.
    let identity = context.derived(fingerprint, None, &header);
    let _added = context.event(UNKNOWN, identity, &header, false, events, |event| {
        event.missing.clear();
        event.body = body;
        Ok(())
    });
}

fn not_json(text: &str, error: &serde_json::Error) -> Error {
    let offset =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>() + error.column();
    Error::new(ErrorKind::MalformedWebhook, "webhook.not_json", format!("the body is not JSON, as byte {offset} shows"))
        .with_operation("normalize")
        .with_context("offset", offset.to_string())
        .with_context("size", text.len().to_string())
        .with_hint("Meta sends JSON; look at what stands between Meta and this host, or at the program that sent this")
}

fn no_webhook() -> Error {
    Error::new(ErrorKind::MalformedWebhook, "webhook.shape", "the body is JSON but no webhook: it has no list `entry`")
        .with_operation("normalize")
        .with_hint("a Messenger webhook is {\"object\":\"page\",\"entry\":[…]}")
}
