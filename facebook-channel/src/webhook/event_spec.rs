//! [`EventSpec`]: how one kind of event is read. Each family has a file with its own.

use std::borrow::Cow;

use channel_api::event::Metadata;
use channel_api::{Direction, Event, EventBody, Identity, Received, ThreadOwner, Timestamp};

use super::CHANNEL_TYPE;
use super::channel_facts::ChannelFacts;
use super::event_header::{EntryField, EventHeader, Party};
use super::fields::{self, Field, Mismatch};
use super::fingerprint::{self, Fingerprint};
use super::json::Json;
use super::normalize_error::NormalizeError;
use super::other;
use crate::thread;

/// One kind of event.
#[derive(Debug)]
pub(super) struct EventSpec {
    /// The key under which Meta puts it, or the `field` of a change.
    pub(super) key: &'static str,
    /// The event's name at the host.
    pub(super) name: &'static str,
    /// Whether somebody does it, so that a `sender` should be there.
    pub(super) sender: bool,
    /// Whether it happens on the Page and not in a conversation, so that it has to say on which.
    of_page: bool,
    /// The event's id from the payload, where Meta gives it one.
    pub(super) id: fn(&Json<'_>) -> Option<String>,
    /// What a payload is about, where it says what that is now: said twice, it has not happened twice.
    pub(super) subject: fn(&Json<'_>) -> Option<Subject>,
    pub(super) read: Read,
}

/// Ids that together name one thing.
pub(super) type Subject = Vec<String>;

/// How a payload becomes an event's body.
#[derive(Debug)]
pub(super) enum Read {
    /// By a table. The fields of the second list, by the host's names, must be there.
    Fields(&'static [Field], &'static [&'static str]),
    /// By code of its own.
    With(fn(Json<'_>, &mut Event) -> Result<(), NormalizeError>),
}

impl EventSpec {
    /// A kind that is all fields, has a sender, and no id of its own.
    pub(super) const fn fields(
        key: &'static str,
        name: &'static str,
        table: &'static [Field],
        needs: &'static [&'static str],
    ) -> Self {
        let read = Read::Fields(table, needs);
        Self { key, name, sender: true, of_page: false, id: |_| None, subject: |_| None, read }
    }

    /// A kind that is read by code of its own.
    pub(super) const fn with(
        key: &'static str,
        name: &'static str,
        read: fn(Json<'_>, &mut Event) -> Result<(), NormalizeError>,
    ) -> Self {
        Self { key, name, sender: true, of_page: false, id: |_| None, subject: |_| None, read: Read::With(read) }
    }

    /// The same kind, with an id that Meta gives it.
    pub(super) const fn identified(self, id: fn(&Json<'_>) -> Option<String>) -> Self {
        Self { id, ..self }
    }

    /// The same kind, whose payloads say what something is now.
    pub(super) const fn about(self, subject: fn(&Json<'_>) -> Option<Subject>) -> Self {
        Self { subject, ..self }
    }

    /// The same kind, which nobody in particular does.
    pub(super) const fn without_sender(self) -> Self {
        Self { sender: false, ..self }
    }

    /// The same kind, which happens on the Page: it names the Page, and says whether the Page itself did it.
    pub(super) const fn of_page(self) -> Self {
        Self { of_page: true, ..self }
    }

    /// Makes the event of one, which stands under the kind's own key.
    pub(super) fn event(
        &self,
        payload: Json<'_>,
        header: &EventHeader<'_>,
        context: &Context<'_>,
        received: &mut Vec<Received>,
    ) -> Result<(), NormalizeError> {
        self.event_under(self.key, payload, header, context, received)
    }

    /// Makes the event of one that stands under this key of its item, or, where that is empty, is the item.
    pub(super) fn event_under(
        &self,
        key: &'static str,
        mut payload: Json<'_>,
        header: &EventHeader<'_>,
        context: &Context<'_>,
        received: &mut Vec<Received>,
    ) -> Result<(), NormalizeError> {
        let identity = if let Some(id) = (self.id)(&payload) {
            Identity::Own(id)
        } else {
            let subject = (self.subject)(&payload);
            let subject = subject.map(|ids| fingerprint::of_subject(self.name, context.page, &ids));
            let fingerprint = Fingerprint::of(self.name, context.page, header).json(&mut payload).digest();
            context.derived(fingerprint, subject, header)
        };
        context.event(self.name, identity, header, self.sender, received, |event| {
            self.read(payload, event)?;
            other::place(event, key);
            if self.of_page {
                context.name_page(event);
            }
            Ok(())
        })
    }

    fn read(&self, payload: Json<'_>, event: &mut Event) -> Result<(), NormalizeError> {
        let (table, needs) = match &self.read {
            Read::Fields(table, needs) => (*table, *needs),
            Read::With(read) => return read(payload, event).map_err(|error| error.inside(self.key)),
        };
        let fields = fields::read(payload, table, Mismatch::Refuse).map_err(|error| error.inside(self.key))?;
        if let Some(missing) = needs.iter().find(|need| fields.get(need).is_none()) {
            let key = table.iter().find(|field| field.name == *missing).map_or(*missing, |field| field.key);
            return Err(NormalizeError::shape("is missing").inside(key).inside(self.key));
        }
        if fields.is_empty() {
            return Err(NormalizeError::shape("has none of its fields").inside(self.key));
        }
        event.body = EventBody::Fields(fields);
        Ok(())
    }
}

/// What only another app is to answer is another event than the same said to us.
fn of_observed(identity: Identity) -> Identity {
    match identity {
        Identity::Derived { fingerprint, subject, entry_time: Some(time) } => Identity::Derived {
            fingerprint: fingerprint::observed(fingerprint),
            subject: subject.map(fingerprint::observed),
            entry_time: Some(time),
        },
        known => Identity::Own(format!("standby_{}", known.id())),
    }
}

/// Where an event stands in its body.
#[derive(Debug)]
pub(super) struct Context<'c> {
    pub(super) channel: &'c ChannelFacts,
    /// `entry.id`: the Page.
    pub(super) page: Option<&'c str>,
    /// `entry.time`.
    pub(super) time: Option<Timestamp>,
    /// The body's `object`.
    pub(super) object: Option<&'c str>,
    /// Meta's name of the list in which it stands.
    pub(super) list: &'c str,
    pub(super) entry_field: EntryField,
}

impl Context<'_> {
    /// The identity of an event to which Meta gives none. With a time of its own it is the same in every delivery; without one,
    /// the entry's time tells a redelivery from the same thing happening again.
    pub(super) fn derived(
        &self,
        fingerprint: [u8; 16],
        subject: Option<[u8; 16]>,
        header: &EventHeader<'_>,
    ) -> Identity {
        match self.time.filter(|_| header.time.is_none()) {
            None => Identity::fingerprint(fingerprint),
            entry_time => Identity::Derived { fingerprint, subject, entry_time },
        }
    }

    /// The Page, by the entry, or by what the channel was told.
    fn page(&self) -> Option<&str> {
        self.page.or(self.channel.page_id.as_deref())
    }

    /// Whether this is the Page itself, or its Instagram account, and no person.
    pub(super) fn is_own(&self, id: Option<&str>) -> bool {
        let own = [self.page, self.channel.page_id.as_deref(), self.channel.instagram_id.as_deref()];
        id.is_some() && own.contains(&id)
    }

    /// Which Page it is, where Meta's own fields do not say that, and, where it is known who did it, whether that was the Page.
    fn name_page(&self, event: &mut Event) {
        let EventBody::Fields(fields) = &mut event.body else { return };
        if let Some(page) = self.page().filter(|_| fields.get("pageId").is_none()) {
            fields.insert("pageId", page);
        }
        if event.from.is_some() {
            fields.insert("byPage", self.is_own(event.from.as_deref()));
        }
    }

    /// Adds an event, which `complete` fills with what happened. Without it there is no event. It is made where it stays, for an
    /// event is large.
    pub(super) fn event(
        &self,
        name: &'static str,
        identity: Identity,
        header: &EventHeader<'_>,
        sender: bool,
        received: &mut Vec<Received>,
        complete: impl FnOnce(&mut Event) -> Result<(), NormalizeError>,
    ) -> Result<(), NormalizeError> {
        let observed = self.entry_field == EntryField::Standby;
        let identity = if observed { of_observed(identity) } else { identity };
        let nothing = EventBody::Fields(Metadata::default());
        let event = Event::new(name, self.channel.channel_id.clone(), CHANNEL_TYPE, nothing);
        received.push(Received::new(identity, event));
        let Some(Received { event, .. }) = received.last_mut() else { return Ok(()) };
        event.observed = observed;
        event.from = header.sender.id().map(str::to_owned);
        event.to = header.recipient.id().map(str::to_owned);
        event.timestamp = header.time.or(self.time);
        if self.entry_field == EntryField::Messaging || observed {
            // Changes and calls have neither parties nor, as a rule, a time of their own: nothing is missing there.
            let absent = |party: &Party<'_>| matches!(party, Party::Nobody);
            let missing = [
                ("sender", sender && absent(&header.sender)),
                ("recipient", absent(&header.recipient)),
                ("timestamp", header.time.is_none()),
            ];
            event
                .missing
                .extend(missing.into_iter().filter(|(_, missing)| *missing).map(|(what, _)| Cow::Borrowed(what)));
        }
        if let Some(guest) = header.sender.guest().or(header.recipient.guest()) {
            event.metadata.insert("userRef", guest);
        }
        let completed = complete(event);
        if self.is_own(event.from.as_deref()) {
            // Whatever the Page does goes out, as its messages do: no person said it.
            event.direction = Some(Direction::Outbound);
        }
        if let Some(ThreadOwner::App(app)) = &event.owner {
            event.owner = Some(thread::owner(app, self.channel.app_id.as_deref()));
        }
        completed.inspect_err(|_| drop(received.pop()))
    }
}
