//! How fast messages go out.

use channel_api::Error;

/// When messages go out. Handles share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pace;

/// What is about to go out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// To whom, where that is known, and where it is a message.
    pub(super) person: Option<&'a str>,
    /// In how many calls.
    pub(super) calls: usize,
    /// Whether audio or video is in it.
    pub(super) media: bool,
    pub(super) class: Class,
}

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// To one person.
    Answer,
    /// To many: behind answers, and at half the rate.
    Broadcast,
}

impl Pace {
    pub(super) async fn open(&self, _channel_id: &str) {}
    pub(super) async fn take(&self, _channel_id: &str, _wanted: &[Wanted<'_>]) {}
    pub(super) fn ended(&self, _channel_id: &str, _failure: Option<&Error>) {}
}
