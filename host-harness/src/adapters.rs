//! The channels that this host has. The only file that a new adapter touches.
//!
//! A dependency that nothing refers to is not linked, and its registration silently goes with it.

use facebook_channel as _;
