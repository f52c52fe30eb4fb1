//! What has to be right before a message is accepted, and again before each attempt: names are filled in, the time in which the
//! person may be written to is looked at, and the channel's rules are checked on what will really be sent.

use std::sync::Arc;
use std::time::Duration;

use channel_api::message::Body;
use channel_api::{
    ChannelAdapter, ChannelAdapterExt as _, Denormalized, Error, ErrorKind, Issue, OutboundMessage, Pointer,
};
use serde_json::Value;
use tokio::time::Instant;

use super::personalise::personalise;
use super::target::{Target, name_target};
use super::{Draft, NotSent, window};
use crate::channels::Channels;
use crate::config::WindowRule;
use crate::people::Profiles;
use crate::store::{Known, Outbox, Unavailable};
use crate::telemetry::MessageMetrics;
use crate::threads::{OtherOwner, Threads};

/// How long a message waits for a name that is not known yet. Better no name than a late answer.
const NAME_LOOKUP_TIMEOUT: Duration = Duration::from_secs(2);
/// How long what was made of a message is as good as made anew.
const FRESH: Duration = Duration::from_secs(5);

/// What makes messages ready.
#[derive(Clone, Debug)]
pub(super) struct Preparation {
    pub(super) channels: Channels,
    pub(super) outbox: Arc<dyn Outbox>,
    pub(super) profiles: Profiles,
    pub(super) threads: Threads,
    pub(super) metrics: MessageMetrics,
}

/// A message that breaks no rule.
pub(super) struct Ready {
    pub(super) adapter: Arc<dyn ChannelAdapter>,
    /// Whom it is for, as its author wrote that.
    pub(super) to: Value,
    pub(super) person: Option<String>,
    pub(super) attachment_ids: Vec<String>,
    /// The person could not be reached when the host last heard of it.
    pub(super) unavailable: bool,
    /// Providers take fewer of those.
    pub(super) audio_or_video: bool,
    pub(super) translated: Denormalized,
    pub(super) target: Target,
    made_at: Instant,
}

impl Ready {
    pub(super) fn is_fresh(&self) -> bool {
        self.target == Target::Named && self.made_at.elapsed() < FRESH
    }
}

impl Preparation {
    /// The channel that a message is for.
    pub(super) fn channel(&self, draft: &mut Draft) -> Result<Arc<dyn ChannelAdapter>, NotSent> {
        let channel_id = &draft.message.channel_id;
        if channel_id.is_empty() {
            let report = std::mem::take(&mut draft.report);
            return Err(Error::refused(ErrorKind::InvalidMessage, "invalid_message", "the message", report).into());
        }
        let channels = self.channels.list();
        channels.get(channel_id).map(Arc::clone).ok_or_else(|| NotSent::UnknownChannel { known: channels.ids() })
    }

    /// Fills names in, checks and translates the message.
    ///
    /// # Errors
    /// [`InvalidMessage`](ErrorKind::InvalidMessage) with all the reasons.
    pub(super) async fn ready(&self, draft: Draft, adapter: Arc<dyn ChannelAdapter>) -> channel_api::Result<Ready> {
        let to = draft.to();
        let Draft { json, mut message, mut report, broadcast, .. } = draft;
        let until = (Instant::now() + NAME_LOOKUP_TIMEOUT).into_std();
        report.warnings.extend(personalise(&mut message, &adapter, &self.profiles, until).await);
        let target = name_target(&*self.outbox, &mut message, &mut report).await;
        let channel_id = adapter.channel_id().to_string();
        // A broadcast goes to nobody whose window has closed meanwhile.
        let rule = match broadcast {
            Some(_) => WindowRule::Refuse,
            None => self.channels.list().window_rule(&channel_id),
        };
        let person = message.to.person().map(String::from);
        let known = match &person {
            Some(person) => self.threads.known(&channel_id, person).await,
            None => Known::default(),
        };
        let too_late = window::judge(&mut message, &*adapter, rule, &known.openings, &mut report);
        let mut translated = adapter
            .denormalize_read(&message, report, &json)
            .inspect_err(|error| self.metrics.observe(error.kind().as_str(), Duration::ZERO))?;
        translated.warnings.extend(too_late);
        translated.warnings.extend(known.unavailable.as_ref().map(out_of_reach));
        let unavailable = known.unavailable.is_some();
        translated.warnings.extend(OtherOwner::of(known).as_ref().map(other_owner));
        Ok(Ready {
            to,
            person,
            attachment_ids: message.attachment_ids(),
            unavailable,
            audio_or_video: is_audio_or_video(&message),
            translated,
            target,
            made_at: Instant::now(),
            adapter,
        })
    }
}

/// The provider decides: what the host knows may be old.
fn other_owner(other: &OtherOwner) -> Issue {
    let issue = Issue::new(&Pointer::ROOT.key("to"), "thread.other_owner", other.to_string());
    issue.with_hint("leave the answer to them, or take the conversation back first")
}

/// The provider decides here, too.
fn out_of_reach(Unavailable { code, since }: &Unavailable) -> Issue {
    let since = since.strftime("%Y-%m-%d %H:%M:%S UTC");
    let told = format!("no message has reached this person since {since} ({code}), and they have not written since");
    Issue::new(&Pointer::ROOT.key("to"), "person.unavailable", told).with_hint("wait until they write")
}

fn is_audio_or_video(message: &OutboundMessage) -> bool {
    message.content.bodies().any(|body| matches!(body, Body::Audio(_) | Body::Video(_)))
}
