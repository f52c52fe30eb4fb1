//! Bodies of webhooks: anybody may send one, so their memory is bounded, each and together.

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Problem;

/// How much all bodies in flight may hold together, in KiB.
const MAX_IN_FLIGHT_KIB: usize = 64 * 1024;
/// In which steps room is taken, in KiB.
const STEP_KIB: u32 = 16;

/// Reads bodies of webhooks.
#[derive(Clone, Debug)]
pub(crate) struct BodyReader {
    /// The largest, in bytes.
    max: usize,
    room: Arc<Semaphore>,
}

/// A body, and the room that it takes while it is looked at.
#[derive(Debug)]
pub(super) struct ReadBody {
    pub(super) bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// Why a body was not read.
#[derive(Debug)]
pub(super) enum Unread {
    TooLarge { max: usize },
    NoRoom,
    Stopped,
}

impl BodyReader {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, room: Arc::new(Semaphore::new(MAX_IN_FLIGHT_KIB)) }
    }

    /// Reads a body to its end, into one buffer: a frame that is kept holds on to all that was read with it.
    pub(super) async fn read(&self, headers: &HeaderMap, mut body: Body) -> Result<ReadBody, Unread> {
        let too_large = || Unread::TooLarge { max: self.max };
        let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: usize| length > self.max) {
            return Err(too_large());
        }
        let (mut bytes, mut room, mut held) = (BytesMut::new(), None::<OwnedSemaphorePermit>, 0);
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| Unread::Stopped)?.into_data() else { continue };
            if bytes.len() + data.len() > self.max {
                return Err(too_large());
            }
            while held < bytes.len() + data.len() {
                let more = Arc::clone(&self.room).try_acquire_many_owned(STEP_KIB).map_err(|_| Unread::NoRoom)?;
                held += STEP_KIB as usize * 1024;
                match &mut room {
                    Some(room) => room.merge(more),
                    None => room = Some(more),
                }
            }
            bytes.extend_from_slice(&data);
        }
        Ok(ReadBody { bytes: bytes.freeze(), _room: room })
    }
}

impl Unread {
    pub(super) const fn outcome(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::NoRoom => "no_room",
            Self::Stopped => "unread",
        }
    }
}

impl From<Unread> for Problem {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge { max } => Self::too_large(max).hint("[server] max_body says how large a delivery may be"),
            Unread::NoRoom => {
                let message = "too many large bodies are being read at this moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).hint("send it again in a moment").after(1)
            }
            Unread::Stopped => Self::stopped("the body did not come to its end"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(reader: &BodyReader, body: impl Into<Body>) -> Result<ReadBody, &'static str> {
        reader.read(&HeaderMap::new(), body.into()).await.map_err(|unread| unread.outcome())
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit_and_not_beyond() {
        let reader = BodyReader::new(10);
        assert_eq!(read(&reader, "0123456789").await.unwrap().bytes, "0123456789");
        assert_eq!(read(&reader, "").await.unwrap().bytes, "");
        assert_eq!(read(&reader, "0123456789a").await.unwrap_err(), "too_large");
        let announced = HeaderMap::from_iter([(header::CONTENT_LENGTH, "11".parse().unwrap())]);
        assert!(matches!(reader.read(&announced, Body::empty()).await, Err(Unread::TooLarge { max: 10 })));
    }

    #[tokio::test]
    async fn all_bodies_together_have_only_so_much_room() {
        let reader = BodyReader::new(40 << 20);
        let large = vec![b'x'; 40 << 20];
        let held = read(&reader, large.clone()).await.unwrap();
        assert_eq!(read(&reader, large.clone()).await.unwrap_err(), "no_room");
        assert!(read(&reader, "small").await.is_ok(), "a refused body has given its room back");
        drop(held);
        assert!(read(&reader, large).await.is_ok());
    }
}
