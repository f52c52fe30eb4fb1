//! Every example of the channel's documentation, as it stands.

mod inbound;
mod outbound;
