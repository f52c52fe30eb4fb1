//! What happens on a channel goes to the core: each person's in order, many people's at once, and nothing twice.
//!
//! An event is published, acknowledged by the stream, marked in the store, and only then passed by the cursor. A host that is killed
//! between two of these does the rest again, under the same id, by which the stream knows it.

mod draft;
mod follower;
mod lanes;
mod publisher;

pub(super) use self::draft::Draft;
pub(super) use self::follower::Follower;
pub(super) use self::publisher::{NotPublished, Publisher};
