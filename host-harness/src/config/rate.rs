//! `[rate]`: how fast messages go out.

use std::num::NonZeroUsize;

use channel_api::{Issue, Pointer, Report};
use serde::Deserialize;
use serde_json::Value;

/// More than this is no limit.
const MOST: usize = 100_000;

/// How fast messages go out: what a channel's provider does not say itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// How many messages of a channel go out in any second, each part counted: `messages_per_second`.
    pub messages_per_second: NonZeroUsize,
    /// How many of them with audio or video: `audio_video_per_second`.
    pub audio_video_per_second: NonZeroUsize,
    /// How many go to one person in any hour: `per_person_per_hour`.
    pub per_person_per_hour: NonZeroUsize,
}

/// A provider that stops an account at 40 a second has then room for what a retry of its own, a colleague or another program
/// sends.
impl Default for RateLimits {
    fn default() -> Self {
        let limit = |limit: usize| NonZeroUsize::MIN.saturating_add(limit - 1);
        Self { messages_per_second: limit(30), audio_video_per_second: limit(10), per_person_per_hour: limit(200) }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Section {
    messages_per_second: Option<Value>,
    audio_video_per_second: Option<Value>,
    per_person_per_hour: Option<Value>,
}

impl Section {
    pub(super) fn limits(&self, at: &Pointer<'_>, report: &mut Report) -> RateLimits {
        let usual = RateLimits::default();
        let mut limit = |name: &str, given: Option<&Value>, usual: NonZeroUsize, what: &str| {
            let Some(given) = given else { return usual };
            let number =
                given.as_u64().and_then(|number| usize::try_from(number).ok()).filter(|number| *number <= MOST);
            number.and_then(NonZeroUsize::new).unwrap_or_else(|| {
                let message = format!("must be a number from 1 to {MOST}: {what}");
                report.refuse(Issue::new(&at.key(name), "rate", message));
                usual
            })
        };
        RateLimits {
            messages_per_second: limit(
                "messages_per_second",
                self.messages_per_second.as_ref(),
                usual.messages_per_second,
                "how many messages of a channel go out in any second",
            ),
            audio_video_per_second: limit(
                "audio_video_per_second",
                self.audio_video_per_second.as_ref(),
                usual.audio_video_per_second,
                "how many messages with audio or video go out in any second",
            ),
            per_person_per_hour: limit(
                "per_person_per_hour",
                self.per_person_per_hour.as_ref(),
                usual.per_person_per_hour,
                "how many messages go to one person in any hour",
            ),
        }
    }
}
