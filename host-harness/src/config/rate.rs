//! `[rate]`: how fast messages go out.

use std::num::NonZeroUsize;

use channel_api::{Issue, Pointer, Report};
use serde::Deserialize;

/// How many messages of a channel go out in any second, unless the configuration says otherwise. A provider that stops an
/// account at 40 a second has then room for what a retry of its own, a colleague or another program sends.
pub(crate) const MESSAGES_PER_SECOND: NonZeroUsize = NonZeroUsize::MIN.saturating_add(29);
/// More than this is no limit.
const MOST: usize = 100_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Section {
    messages_per_second: Option<serde_json::Value>,
}

impl Section {
    pub(super) fn messages_per_second(&self, at: &Pointer<'_>, report: &mut Report) -> NonZeroUsize {
        let Some(given) = &self.messages_per_second else { return MESSAGES_PER_SECOND };
        let number = given.as_u64().and_then(|number| usize::try_from(number).ok()).filter(|number| *number <= MOST);
        number.and_then(NonZeroUsize::new).unwrap_or_else(|| {
            let message =
                format!("must be a number from 1 to {MOST}: how many messages of a channel go out in any second");
            report.refuse(Issue::new(&at.key("messages_per_second"), "rate", message));
            MESSAGES_PER_SECOND
        })
    }
}
