//! How many calls were made, and what is left.
//!
//! Sources: <https://developers.facebook.com/docs/graph-api/overview/rate-limiting> for the headers and the codes,
//! <https://developers.facebook.com/documentation/business-messaging/messenger-platform/overview/rate-limiting> for the
//! numbers.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::graph_error::GraphError;
use super::settings::Limits;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Calls of the Messenger Profile API in ten minutes, all verbs together; for the settings of one person likewise.
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api>.
const PROFILE_CALLS: usize = 10;
const PROFILE_MS: i64 = 10 * MINUTE_MS;

/// When the latest calls of one kind were made.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<i64>);

impl Recent {
    /// Counts a call if there is room for it: at most `limit` within `span_ms`. A limit of 0 is none.
    fn take(&mut self, limit: usize, span_ms: i64, now: i64) -> bool {
        if limit == 0 {
            return true;
        }
        self.forget(span_ms, now);
        let room = self.0.len() < limit;
        if !room {
            // A call that is refused counts as well: calling while throttled lengthens the wait.
            self.0.pop_front();
        }
        self.0.push_back(now);
        room
    }

    fn forget(&mut self, span_ms: i64, now: i64) {
        while self.0.front().is_some_and(|at| now - at >= span_ms) {
            self.0.pop_front();
        }
    }
}

/// What a Page has used up.
#[derive(Debug, Default)]
pub(super) struct Usage {
    calls: Recent,
    texts: Recent,
    media: Recent,
    private_replies: Recent,
    conversations: Recent,
    profile: Recent,
}

/// A message as the limits see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load {
    /// Everything else.
    Text,
    /// Audio or video.
    Media,
}

impl Usage {
    /// Counts a call of any kind.
    pub(super) fn call(&mut self, limits: &Limits, now: i64) -> Result<(), GraphError> {
        if self.calls.take(limits.calls, span(limits), now) {
            return Ok(());
        }
        let refer = "Wait a bit and try again. For more info, please refer to \
                     https://developers.facebook.com/docs/graph-api/overview/rate-limiting.";
        Err(GraphError::throttled(
            limits.code,
            match limits.code {
                4 => "Application request limit reached".to_owned(),
                17 => "User request limit reached".to_owned(),
                32 => "Page request limit reached".to_owned(),
                341 => "Application limit reached".to_owned(),
                80_001 => format!("There have been too many calls to this Page account. {refer}"),
                80_006 => format!("There have been too many messenger api calls to this Page account. {refer}"),
                _ => too_fast(),
            },
        ))
    }

    /// Counts a message.
    pub(super) fn message(&mut self, load: Load, limits: &Limits, now: i64) -> Result<(), GraphError> {
        let room = match load {
            Load::Text => self.texts.take(limits.texts_a_second, SECOND_MS, now),
            Load::Media => self.media.take(limits.media_a_second, SECOND_MS, now),
        };
        if room { Ok(()) } else { Err(GraphError::throttled(613, too_fast())) }
    }

    /// Counts a private reply.
    pub(super) fn private_reply(&mut self, limits: &Limits, now: i64) -> Result<(), GraphError> {
        let room = self.private_replies.take(limits.private_replies_an_hour, HOUR_MS, now);
        if room { Ok(()) } else { Err(GraphError::throttled(613, too_fast())) }
    }

    /// Counts a call of the Conversations API.
    pub(super) fn conversations(&mut self, limits: &Limits, now: i64) -> Result<(), GraphError> {
        let room = self.conversations.take(limits.conversations_a_second, SECOND_MS, now);
        if room { Ok(()) } else { Err(GraphError::throttled(613, too_fast())) }
    }

    /// Counts a call of the Messenger Profile API.
    pub(super) fn profile(&mut self, now: i64) -> Result<(), GraphError> {
        profile_call(&mut self.profile, now)
    }

    /// `X-App-Usage` and `X-Business-Use-Case-Usage`; none for a Page that has used less than a hundredth.
    pub(super) fn headers(&mut self, page_id: &str, limits: &Limits, now: i64) -> Option<[(&'static str, Value); 2]> {
        if limits.calls == 0 {
            return None;
        }
        self.calls.forget(span(limits), now);
        let percent = self.calls.0.len() * 100 / limits.calls;
        if percent == 0 {
            return None;
        }
        let until_room = self.calls.0.front().map_or(0, |oldest| oldest + span(limits) - now);
        let minutes = if percent < 100 { 0 } else { (until_room + MINUTE_MS - 1) / MINUTE_MS };
        // The simulator measures no time; Meta's three numbers usually rise together.
        let share = json!({"call_count": percent, "total_cputime": percent / 2, "total_time": percent / 2});
        let mut messenger = share.clone();
        messenger["type"] = "messenger".into();
        messenger["estimated_time_to_regain_access"] = minutes.into();
        Some([("x-app-usage", share), ("x-business-use-case-usage", json!({ page_id: [messenger] }))])
    }
}

/// Counts a call for one person's settings or for a Page's profile. The code for too many is not documented; 613 is the one
/// for limits of single calls.
pub(super) fn profile_call(calls: &mut Recent, now: i64) -> Result<(), GraphError> {
    if calls.take(PROFILE_CALLS, PROFILE_MS, now) { Ok(()) } else { Err(GraphError::throttled(613, too_fast())) }
}

fn too_fast() -> String {
    "Calls to this api have exceeded the rate limit.".to_owned()
}

fn span(limits: &Limits) -> i64 {
    i64::from(limits.seconds) * SECOND_MS
}
