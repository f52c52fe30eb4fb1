//! The channels that this host has. The only file that a new adapter touches.
//!
//! A dependency that nothing refers to is not linked, and its registration silently goes with it.

use facebook_channel as _;

/// For the help of `call`: what a channel can do has the channel's own words.
pub(crate) const CALL_EXAMPLES: &str = "\
Examples:
  host-harness call facebook                                   what can be called
  host-harness call facebook getThreadOwner --schema           its input and output
  host-harness call facebook getThreadOwner --input '{\"person\": \"7411002233445566\"}'
  host-harness call facebook setPersistentMenu < menu.json";
