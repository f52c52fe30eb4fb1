//! [`ChannelFacts`]: what the reading of an event has to know of the channel.

use channel_api::ChannelId;

/// Whose events these are.
#[derive(Clone, Debug)]
#[expect(clippy::struct_field_names, reason = "four ids, named as everywhere")]
pub(crate) struct ChannelFacts {
    /// The channel at the host.
    pub(crate) channel_id: ChannelId,
    /// The Page whose events these should be. `None` accepts any.
    pub(crate) page_id: Option<String>,
    /// The Instagram account whose events are kept whole, where it has the same address.
    pub(crate) instagram_id: Option<String>,
    /// Our app, to tell its echoes from others'.
    pub(crate) app_id: Option<String>,
}
