use std::sync::Arc;

use super::again::Again;
use super::progress::OfChannels;
use super::room::Room;

/// How it stands with what is published.
#[derive(Clone, Debug)]
pub(super) struct Published {
    pub(super) progress: OfChannels,
    pub(super) room: Arc<Room>,
    pub(super) again: Again,
}
