use std::fmt;
use std::pin::Pin;

use channel_api::ChannelAdapter;
use channel_api::spec::{CLAUSES, Clause};

use super::finding::Checked;
use super::{CaseContext, Outcome};

/// The future of a case.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// One thing that the suite looks at.
#[derive(Clone, Copy)]
pub struct Case {
    /// Area and name: `verify.changed_bytes`.
    pub id: &'static str,
    /// The id of the clause that it measures.
    pub clause: &'static str,
    /// Whether it applies to this channel, or why not.
    pub requires: fn(&dyn ChannelAdapter) -> Result<(), &'static str>,
    /// Looks.
    pub run: for<'a> fn(&'a CaseContext) -> BoxFuture<'a, Outcome>,
}

impl Case {
    /// The clause that it measures.
    pub fn clause(&self) -> Option<&'static Clause> {
        CLAUSES.iter().find(|clause| clause.id == self.clause)
    }

    /// The clause's sentence.
    pub fn clause_text(&self) -> &'static str {
        self.clause().map_or("", |clause| clause.text)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("id", &self.id).field("clause", &self.clause).finish_non_exhaustive()
    }
}

pub(super) async fn outcome(checking: impl Future<Output = Checked>) -> Outcome {
    checking.await.into()
}

macro_rules! needs {
    ($($name:ident($channel:ident) = $condition:expr, $reason:literal;)*) => {
        /// What a case may ask of a channel: what it declares, and what it hands out.
        pub(super) mod needs {
            use channel_api::{ChannelAdapter, WebhookAuth, event};

            $(pub(crate) fn $name($channel: &dyn ChannelAdapter) -> Result<(), &'static str> {
                if $condition { Ok(()) } else { Err($reason) }
            })*
        }
    };
}

needs! {
    nothing(_channel) = true, "";
    signatures(channel) = channel.capabilities().webhook_auth != WebhookAuth::None, "its webhooks prove nothing";
    a_handshake(channel) = channel.handshake().is_some(), "it hands out no handshake";
    sending(channel) = !channel.capabilities().sends_content.is_empty(), "the capability sendsContent names nothing";
    receiving(channel) = !channel.capabilities().receives_events.is_empty(), "the capability receivesEvents names nothing";
    echoes(channel) = channel.capabilities().receives_events.contains(&event::name::MESSAGE_ECHO), "the capability receivesEvents does not name message.echo";
    limits(channel) = !channel.capabilities().limits.is_empty(), "the capability limits names nothing";
    uploads(channel) = channel.media_up().is_some(), "it hands out no upload of media";
    profile(channel) = channel.profile().is_some(), "it hands out no profile";
    connection(channel) = channel.connection().is_some(), "it hands out no connection";
}
