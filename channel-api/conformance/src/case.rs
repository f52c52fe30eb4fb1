use std::fmt;
use std::pin::Pin;

use channel_api::Capabilities;
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
    /// Whether it applies to a channel with these capabilities, or why not.
    pub requires: fn(&Capabilities) -> Result<(), &'static str>,
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
    ($($(#[$doc:meta])* $name:ident($capabilities:ident) = $condition:expr, $reason:literal;)*) => {
        /// What a case may ask of a channel's capabilities.
        pub(super) mod needs {
            use channel_api::Capabilities;
            $($(#[$doc])* pub(crate) fn $name($capabilities: &Capabilities) -> Result<(), &'static str> {
                if $condition { Ok(()) } else { Err($reason) }
            })*
        }
    };
}

needs! {
    nothing(_capabilities) = true, "";
    signatures(capabilities) = capabilities.signed_webhooks, "the capability signedWebhooks is not declared";
    a_handshake(capabilities) = capabilities.handshake, "the capability handshake is not declared";
    sending(capabilities) = !capabilities.sends_content.is_empty(), "the capability sendsContent names nothing";
    receiving(capabilities) = !capabilities.receives_events.is_empty(), "the capability receivesEvents names nothing";
    echoes(capabilities) = capabilities.receives_events.contains(&channel_api::event::name::MESSAGE_ECHO), "the capability receivesEvents does not name message.echo";
    limits(capabilities) = !capabilities.limits.is_empty(), "the capability limits names nothing";
    uploads(capabilities) = capabilities.uploads, "the capability uploads is not declared";
    profile(capabilities) = capabilities.profile, "the capability profile is not declared";
    connection(capabilities) = capabilities.connection, "the capability connection is not declared";
}
