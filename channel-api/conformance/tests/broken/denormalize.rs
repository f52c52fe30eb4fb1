//! Messages into calls.

use std::net::TcpStream;
use std::sync::OnceLock;
use std::time::Duration;

use channel_api::message::Body;
use channel_api::operation::Thread;
use channel_api::{
    Capabilities, Denormalized, Error, ErrorKind, Issue, OutboundMessage, Pointer, Report, Result, ThreadOwner,
};
use serde_json::json;

use crate::kit::{BrokenAdapter, Defect, Inner};

macro_rules! defects {
    ($($name:ident: |$inner:ident, $message:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn denormalize(&self, $inner: &Inner, $message: &OutboundMessage) -> Result<Denormalized> {
                $body
            }
        })*
    };
}

/// The same refusal with other issues.
fn reissued(error: &Error, issues: impl IntoIterator<Item = Issue>) -> Error {
    let mut report = Report::default();
    issues.into_iter().for_each(|issue| report.refuse(issue));
    Error::refused(error.kind(), "invalid_message", "the message", report)
}

defects! {
    KeepsTheThread: |inner, message| {
        inner.channel.denormalize(message).map(|translated| Denormalized { thread: None, ..translated })
    };
    HandsEverythingOver: |inner, message| inner.channel.denormalize(message).map(|mut translated| {
        translated.thread.get_or_insert_with(|| Thread::new("p_1", ThreadOwner::Nobody));
        translated
    });
    TitleForPayload: |inner, message| {
        let mut translated = inner.channel.denormalize(message)?;
        for request in &mut translated.requests {
            for button in request.body["buttons"].as_array_mut().into_iter().flatten() {
                button["payload"] = button["title"].clone();
            }
            if request.body["buttons"].is_null() {
                request.body.as_object_mut().unwrap().remove("buttons");
            }
        }
        Ok(translated)
    };
    ForgetsAnAnswer: |inner, message| inner.channel.denormalize(message).map(|mut translated| {
        translated.choices.pop();
        translated
    });
    StandsInInSilence: |inner, message| inner.channel.denormalize(message).map(|translated| {
        Denormalized { warnings: Vec::new(), ..translated }
    });
    SendsAnything: |inner, message| {
        let mut message = message.clone();
        if let Body::Other { kind, .. } = &message.content.body {
            message.content.body = Body::Text(format!("[{kind}]"));
        }
        inner.channel.denormalize(&message)
    };
    FirstProblemOnly: |inner, message| inner.channel.denormalize(message)
        .map_err(|error| reissued(&error, error.issues().first().cloned()));
    ShortOfWords: |inner, message| inner.channel.denormalize(message).map_err(|error| {
        let short = |issue: &Issue| {
            let mut issue = issue.clone();
            "invalid".clone_into(&mut issue.message);
            issue
        };
        reissued(&error, error.issues().iter().map(short))
    });
    LimitWithoutSize: |inner, message| inner.channel.denormalize(message).map_err(|error| {
        let half = |issue: &Issue| {
            let mut issue = issue.clone();
            // Where the limits are measured both numbers are there; here one is left out.
            if issue.pointer == "/content/quickReplies/0/title" && error.issues().len() > 1 {
                issue.actual = None;
            }
            issue
        };
        reissued(&error, error.issues().iter().map(half))
    });
    AsksBeforeItRefuses: |inner, message| inner.channel.denormalize(message).inspect_err(|_| {
        drop(TcpStream::connect(inner.api()));
    });
    AsksWhileItTranslates: |inner, message| inner.channel.denormalize(message).inspect(|_| {
        drop(TcpStream::connect(inner.api()));
    });
    TokenInTheBody: |inner, message| {
        let mut translated = inner.channel.denormalize(message)?;
        for request in &mut translated.requests {
            request.body["token"] = json!(inner.secret("token"));
        }
        Ok(translated)
    };
    UnwrapsTheUrl: |inner, message| {
        if let Body::Image(image) = &message.content.body {
            assert!(!image.url.as_deref().unwrap().is_empty());
        }
        inner.channel.denormalize(message)
    };
    LooksItUp: |inner, message| {
        if let Body::Template(_) = &message.content.body {
            std::thread::sleep(Duration::from_millis(30));
        }
        inner.channel.denormalize(message)
    };
    WrongKind: |inner, message| inner.channel.denormalize(message).map_err(|error| {
        let mut report = Report::default();
        error.issues().iter().cloned().for_each(|issue| report.refuse(issue));
        if error.issues().iter().any(|issue| issue.pointer == "/content/template/buttons") && error.issues()[0].actual == Some(0) {
            return Error::refused(ErrorKind::Unexpected, "invalid_message", "the message", report);
        }
        reissued(&error, error.issues().to_vec())
    });
    InventsAPlace: |inner, message| inner.channel.denormalize(message).map_err(|error| {
        let elsewhere = |issue: &Issue| match issue.pointer.as_str() {
            "/content/template/buttons" if issue.actual == Some(0) => Issue::new(&Pointer::ROOT.key("buttons"), "required", issue.message.as_str()),
            _ => issue.clone(),
        };
        reissued(&error, error.issues().iter().map(elsewhere))
    });
}

macro_rules! declares {
    ($($name:ident: |$can:ident| $declare:expr, |$message:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name(OnceLock<Capabilities>);

        impl Defect for $name {
            fn capabilities<'a>(&'a self, inner: &'a Inner) -> &'a Capabilities {
                self.0.get_or_init(|| {
                    let mut $can = inner.channel.capabilities().clone();
                    $declare;
                    $can
                })
            }

            fn denormalize(&self, inner: &Inner, $message: &OutboundMessage) -> Result<Denormalized> {
                inner.channel.denormalize(&$body)
            }
        })*
    };
}

// Each declares something, so that the contract leaves it to the adapter, which then does nothing with it.
declares! {
    ForgetsMetadata: |can| can.options = &["tag", "threadControl", "fallback", "metadata"], |message| message.clone();
    ForgetsAttachments: |can| can.sends_attachments = true, |message| message.clone();
    ForgetsWords: |can| can.sends_attachments = true, |message| {
        let mut message = message.clone();
        if let Some(last) = message.content.attachments.pop() {
            message.content.body = last;
        }
        message
    };
}

/// No message of the fixture uses what they declare, and offline they declare nothing of it.
const UNUSED: &[&str] = &["capabilities.sends_what_it_declares", "registration.offline"];

/// The same, and what is attached to words goes with the attachments.
const WORDS_ALONE: &[&str] =
    &["capabilities.sends_what_it_declares", "registration.offline", "denormalize.words_beside_are_not_lost"];

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<TitleForPayload>(
            "sends a button's words for its payload",
            "denormalize.requests_as_expected",
        ),
        BrokenAdapter::code::<KeepsTheThread>(
            "hands a conversation over without saying so",
            "denormalize.thread_owner",
        ),
        BrokenAdapter::code::<HandsEverythingOver>(
            "says that a message hands over which does not",
            "denormalize.no_thread_owner",
        ),
        BrokenAdapter::code::<ForgetsAnAnswer>("forgets what the last number means", "denormalize.fallback"),
        BrokenAdapter::code::<StandsInInSilence>("sends something else in silence", "denormalize.fallback"),
        BrokenAdapter::code::<FirstProblemOnly>("tells the first problem only", "denormalize.problems_all_at_once"),
        BrokenAdapter::code::<WrongKind>("calls a bad message its own fault", "denormalize.problems_all_at_once"),
        BrokenAdapter::code::<InventsAPlace>("points at a place that is not there", "denormalize.problems_all_at_once"),
        BrokenAdapter::code::<ShortOfWords>("says `invalid`", "denormalize.problems_are_useful"),
        BrokenAdapter::code::<LimitWithoutSize>("tells the limit and not the size", "denormalize.problems_are_useful"),
        BrokenAdapter::code::<AsksBeforeItRefuses>(
            "calls the provider for a message that it refuses",
            "denormalize.refused_makes_no_call",
        ),
        BrokenAdapter::code::<SendsAnything>("sends what it does not know as a text", "denormalize.unknown_content"),
        BrokenAdapter::code::<ForgetsMetadata>(
            "leaves out an option in silence",
            "denormalize.options_are_not_ignored",
        )
        .also(UNUSED),
        BrokenAdapter::code::<ForgetsAttachments>(
            "leaves out attachments in silence",
            "denormalize.parts_are_not_ignored",
        )
        .also(WORDS_ALONE),
        BrokenAdapter::code::<ForgetsWords>(
            "sends a picture without the words beside it",
            "denormalize.words_beside_are_not_lost",
        )
        .also(UNUSED),
        BrokenAdapter::code::<AsksWhileItTranslates>("calls the provider to translate", "denormalize.pure"),
        BrokenAdapter::code::<TokenInTheBody>("puts its token into the call", "denormalize.no_credentials").also(&[
            "denormalize.requests_as_expected",
            "denormalize.stamp",
            "window.judgements",
        ]),
        BrokenAdapter::code::<UnwrapsTheUrl>("panics without an address", "robustness.nothing_panics"),
        BrokenAdapter::code::<LooksItUp>("blocks while it translates", "concurrency.translating_does_not_block"),
    ]
}
