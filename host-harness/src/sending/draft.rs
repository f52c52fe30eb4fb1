use channel_api::json::{Document, HALF_CHARACTER, REPEATED};
use channel_api::message::{Body, SenderAction};
use channel_api::{
    ChannelAdapter, ChannelAdapterExt as _, Denormalized, Error, ErrorKind, Issue, OutboundMessage, Pointer, Report,
    Result,
};
use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::NotSent;
use super::personalise::unfilled;
use super::repeats::{ImpliedKey, Opened};
use crate::store::{Message, NewMessage, Origin};

/// A message as its author wrote it, read once.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The author's JSON: what is wrong is told in its spelling, and two messages are the same when theirs is.
    pub(super) json: Value,
    pub(super) message: OutboundMessage,
    /// What was wrong with its shape.
    pub(super) report: Report,
    pub(super) key: Option<Key>,
    /// What it is known by if it has no key.
    pub(super) implied: Option<ImpliedKey>,
    /// Of one without a key: whether it is one that is there already.
    pub(super) opened: Option<Opened>,
    /// Its author's name for it, which comes back in all that is told of it.
    pub(super) reference: Option<String>,
    /// The broadcast that it is part of.
    pub(super) broadcast: Option<String>,
}

/// What an author names a message by, so that it is sent once however often it is given: a text of 1 to [`MAX`](Self::MAX)
/// characters.
#[derive(Clone)]
pub(crate) struct Key(String);

const REFERENCE: &str = "ref";

fn reference_of(given: &Value, report: &mut Report) -> Option<String> {
    let text = given.as_str().filter(|text| (1..=Key::MAX).contains(&text.chars().count()));
    if text.is_none() && !given.is_null() {
        let message = format!("must be a text of 1 to {} characters: your own name for the message", Key::MAX);
        report.refuse(Issue::new(&Pointer::ROOT.key(REFERENCE), "ref", message));
    }
    text.map(str::to_owned)
}

impl Draft {
    /// Reads a message, with everything that is wrong in it.
    pub(crate) fn read(document: Document) -> Self {
        let Document { value: mut json, flaws, .. } = document;
        // Nobody shall get what was cut in the middle of a character, or one of two texts under one name: its author has the rest.
        let mut report = Report { refusals: flaws, ..Report::default() };
        // The host's, not the channel's.
        let reference = json.as_object_mut().and_then(|members| members.remove(REFERENCE));
        let reference = reference.and_then(|given| reference_of(&given, &mut report));
        let (message, read) = OutboundMessage::read(&json);
        report.absorb(read);
        Self { json, message, report, key: None, implied: None, opened: None, reference, broadcast: None }
    }

    /// The calls that would deliver it through this channel. No name is filled in: nobody is asked.
    ///
    /// # Errors
    /// [`InvalidMessage`](channel_api::ErrorKind::InvalidMessage) with all the reasons.
    pub(crate) fn translate(self, adapter: &dyn ChannelAdapter) -> Result<Denormalized> {
        let Self { json, message, mut report, .. } = self;
        report.warnings.extend(unfilled(&message.content));
        adapter.denormalize_read(&message, report, &json)
    }

    /// Names it.
    pub(crate) fn with_key(self, key: Option<Key>) -> Self {
        Self { key, ..self }
    }

    /// Makes it part of a broadcast, whose author's name for it is its own.
    pub(super) fn of_broadcast(self, id: Option<String>, reference: Option<String>) -> Self {
        Self { broadcast: id, reference, ..self }
    }

    /// Says what it is known by if it has no key.
    pub(crate) fn with_implied(self, implied: ImpliedKey) -> Self {
        Self { implied: Some(implied), ..self }
    }

    /// What is wrong with its shape, if anything is.
    pub(super) fn refused(self) -> Option<Error> {
        let refused = |report| Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report);
        (!self.report.refusals.is_empty()).then(|| refused(self.report))
    }

    /// Whom it is for, as its author wrote that.
    pub(super) fn to(&self) -> Value {
        self.json.get("to").cloned().unwrap_or_default()
    }

    /// Whether it is remembered. A sign that somebody types or has read is worth nothing a moment later.
    pub(super) fn is_kept(&self) -> bool {
        let Body::SenderAction(action) = &self.message.content.body else { return true };
        !matches!(action, SenderAction::TypingOn | SenderAction::TypingOff | SenderAction::MarkSeen)
    }

    /// Who gets their messages one after the other: the person, or whatever names them.
    pub(super) fn line(&self) -> String {
        self.message.to.person().map_or_else(|| self.to().to_string(), String::from)
    }

    /// The same of a message that is kept.
    pub(super) fn line_of(message: &Message) -> String {
        let to = || {
            let json: Value = serde_json::from_str(message.json.get()).unwrap_or_default();
            json.get("to").map(Value::to_string).unwrap_or_default()
        };
        message.person.clone().unwrap_or_else(to)
    }

    /// The message as it is kept.
    ///
    /// # Errors
    /// When the system has no random bytes for an id.
    pub(super) fn kept(&self, implied: Option<ImpliedKey>) -> std::result::Result<NewMessage, NotSent> {
        Ok(NewMessage {
            id: new_id()?,
            channel_id: self.message.channel_id.clone(),
            person: self.message.to.person().map(String::from),
            key: self.key.as_ref().map(|key| key.as_str().to_owned()),
            fingerprint: self.fingerprint(),
            json: RawValue::from_string(self.json.to_string()).map_err(|_| NotSent::Lost)?,
            reference: self.reference.clone(),
            implied: implied.map(ImpliedKey::bytes),
            broadcast: self.broadcast.clone(),
            origin: Origin::Api,
            refused: None,
        })
    }

    /// SHA-256 of the author's JSON. Not of what was read from it: that may change with a release, and a message that is given
    /// again would then be another one.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        let mut digest = Sha256::new_with_prefix(self.json.to_string());
        if let Some(reference) = &self.reference {
            digest.update(reference);
        }
        // What was cut is not what has U+FFFD in that place, and what stood twice is not what stands there once.
        for flaw in self.report.refusals.iter().filter(|issue| [HALF_CHARACTER, REPEATED].contains(&&*issue.code)) {
            digest.update(&flaw.pointer);
        }
        digest.finalize().into()
    }
}

/// What nobody guesses and nothing else has, in the order of time, so that what is kept together was accepted together: the
/// milliseconds since 1970 and 10 random bytes, in hexadecimal digits.
fn new_id() -> std::result::Result<String, NotSent> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(|_| NotSent::Lost)?;
    Ok(format!("msg_{:012x}{}", Timestamp::now().as_millisecond(), hex::encode(bytes)))
}

impl Key {
    /// How many characters it may have. The limit is this host's own: it keeps every key.
    pub(crate) const MAX: usize = 200;

    /// The key, if it is one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        (1..=Self::MAX).contains(&text.chars().count()).then(|| Self(text.to_owned()))
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

// It may be an order's number or anything else of its author's.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_is_refused_and_is_another_message_than_what_replaces_it() {
        let read = |text: &str| {
            let json = format!(r#"{{"channelId": "c", "to": "p", "content": {{"type": "text", "text": "{text}"}}}}"#);
            Draft::read(channel_api::json::parse(json.as_bytes()).unwrap())
        };
        let (cut, mended, escaped) = (read("Hi \\ud83d"), read("Hi \u{fffd}"), read("Hi \\ufffd"));
        assert_eq!(cut.report.refusals[0].pointer, "/content/text");
        assert_eq!(mended.report, Report::default());
        assert_ne!(cut.fingerprint(), mended.fingerprint());
        assert_eq!(mended.fingerprint(), escaped.fingerprint());
    }

    #[test]
    fn a_text_that_stands_twice_is_refused_and_is_another_message_than_the_last_of_the_two() {
        let read = |texts: &str| {
            let json = format!(r#"{{"channelId": "c", "to": "p", "content": {{"type": "text", {texts}}}}}"#);
            Draft::read(channel_api::json::parse(json.as_bytes()).unwrap())
        };
        let (twice, once) = (read(r#""text": "first", "text": "second""#), read(r#""text": "second""#));
        let [issue] = twice.report.refusals.as_slice() else { panic!("{:?}", twice.report) };
        assert_eq!((issue.pointer.as_str(), &*issue.code), ("/content/text", "repeated"));
        assert_eq!(once.report, Report::default());
        assert_ne!(twice.fingerprint(), once.fingerprint());
    }

    #[test]
    fn a_key_is_measured_in_characters() {
        for (text, good) in
            [("", false), ("k", true), (&*"é".repeat(Key::MAX), true), (&*"k".repeat(Key::MAX + 1), false)]
        {
            assert_eq!(Key::new(text).is_some(), good, "{text}");
        }
    }
}
