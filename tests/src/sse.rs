//! Server-sent events, read as a browser reads them.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use crate::http::Connection;
use crate::within;

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// The `id` field: what a reader sends back as `Last-Event-ID`.
    pub id: String,
    /// The `event` field.
    pub event: String,
    /// The `data` field; several are joined by line feeds.
    pub data: String,
}

/// A stream that is being read.
#[derive(Debug)]
pub struct EventStream {
    body: Incoming,
    buffer: Vec<u8>,
    /// The last id that came, also where no event came with it: what a browser keeps.
    last_id: String,
    /// The stream ends with its connection.
    _connection: Connection,
}

impl EventStream {
    pub(crate) fn new(body: Incoming, connection: Connection) -> Self {
        Self { body, buffer: Vec::new(), last_id: String::new(), _connection: connection }
    }

    /// What a browser would send as `Last-Event-ID` if the stream ended now. Waits for the stream's first block.
    pub async fn last_id(&mut self) -> String {
        within("the stream to begin", async {
            while self.last_id.is_empty() {
                if let Some(block) = take_block(&mut self.buffer) {
                    assert_eq!(self.keep(&block), None, "the stream begins with its place");
                } else if !self.more().await {
                    break;
                }
            }
            self.last_id.clone()
        })
        .await
    }

    /// Reads more of the stream. `false` at its end.
    async fn more(&mut self) -> bool {
        let Some(Ok(frame)) = self.body.frame().await else { return false };
        if let Ok(data) = frame.into_data() {
            self.buffer.extend_from_slice(&data);
        }
        true
    }

    /// The event of a block, if it is one, and its id in any case.
    fn keep(&mut self, block: &str) -> Option<SseEvent> {
        let mut ids = block.lines().filter_map(|line| line.strip_prefix("id:"));
        if let Some(id) = ids.next_back() {
            id.trim_start().clone_into(&mut self.last_id);
        }
        parse(block)
    }

    /// The next event, or `None` at the stream's end. Comments and blocks without data are passed over.
    pub async fn next(&mut self) -> Option<SseEvent> {
        within("an event or the end of the stream", async {
            loop {
                while let Some(block) = take_block(&mut self.buffer) {
                    if let Some(event) = self.keep(&block) {
                        return Some(event);
                    }
                }
                if !self.more().await {
                    return None;
                }
            }
        })
        .await
    }
}

/// Cuts the first block, up to the blank line that ends it, off the buffer.
fn take_block(buffer: &mut Vec<u8>) -> Option<String> {
    let end = buffer.windows(2).position(|pair| pair == b"\n\n")?;
    let block: Vec<u8> = buffer.drain(..end + 2).collect();
    Some(String::from_utf8_lossy(&block).into_owned())
}

fn parse(block: &str) -> Option<SseEvent> {
    let mut event = SseEvent::default();
    let mut data: Vec<&str> = Vec::new();
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => value.clone_into(&mut event.id),
            "event" => value.clone_into(&mut event.event),
            "data" => data.push(value),
            _ => {}
        }
    }
    if data.is_empty() {
        return None;
    }
    event.data = data.join("\n");
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_no_event_and_a_half_block_waits() {
        let mut buffer = b": keep-alive\n\nid: 7\nevent: message.received\ndata: {\"a\":1}\n\nid: 8\ndata".to_vec();
        assert_eq!(parse(&take_block(&mut buffer).unwrap()), None);
        let event = parse(&take_block(&mut buffer).unwrap()).unwrap();
        assert_eq!(
            (event.id.as_str(), event.event.as_str(), event.data.as_str()),
            ("7", "message.received", "{\"a\":1}")
        );
        assert_eq!(take_block(&mut buffer), None);
    }
}
