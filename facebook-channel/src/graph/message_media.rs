//! Where Meta keeps now what came with a message: the addresses in webhooks end, and a message's own tell new ones.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/reference/message>

use channel_api::{Error, ErrorKind, MediaRef, ProviderRequest, Result};
use serde_json::Value;

use super::page::Page;

/// A sticker stands beside the attachments.
const FIELDS: &str = "attachments{image_data,video_data,file_url},sticker";
/// Where the address of an attachment stands, by its kind.
const ADDRESSES: [&str; 3] = ["/image_data/url", "/video_data/url", "/file_url"];

/// A fresh address of one medium of a message, as long as Meta shows the message: the last 20 of a conversation.
pub(crate) async fn address_of(page: Page<'_>, media: &MediaRef) -> Result<String> {
    asked(page, media).await.map_err(|error| error.with_operation("download"))
}

async fn asked(page: Page<'_>, media: &MediaRef) -> Result<String> {
    let message = media.message_id.as_deref().ok_or_else(gone)?;
    let request = ProviderRequest::get(page.graph.path(&[message])?, &[("fields", FIELDS)]);
    found(&page.graph.call(&request).await?, media.index).ok_or_else(gone)
}

fn found(message: &Value, index: usize) -> Option<String> {
    let address = match message["attachments"]["data"].get(index) {
        Some(attachment) => ADDRESSES.into_iter().find_map(|pointer| attachment.pointer(pointer)?.as_str()),
        None => message["sticker"].as_str().filter(|_| index == 0),
    };
    address.filter(|address| !address.is_empty()).map(str::to_owned)
}

fn gone() -> Error {
    Error::new(ErrorKind::Rejected, "facebook.no_media", "Meta tells no address of what came with this message")
        .with_hint("it may be deleted: ask the person to send it again")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_has_its_address_at_a_place_of_its_own() {
        let message = json!({"id": "m_1", "attachments": {"data": [
            {"image_data": {"width": 1, "url": "https://cdn.example/a.jpg", "preview_url": "https://cdn.example/p.jpg"}},
            {"video_data": {"url": "https://cdn.example/b.mp4"}},
            {"file_url": "https://cdn.example/c.pdf"},
            {"id": "4"},
            {"file_url": ""},
        ]}});
        for (index, expected) in [
            (0, Some("https://cdn.example/a.jpg")),
            (1, Some("https://cdn.example/b.mp4")),
            (2, Some("https://cdn.example/c.pdf")),
            (3, None),
            (4, None),
            (5, None),
        ] {
            assert_eq!(found(&message, index).as_deref(), expected, "{index}");
        }
        let sticker = json!({"id": "m_2", "sticker": "https://cdn.example/s.png"});
        assert_eq!(found(&sticker, 0).as_deref(), Some("https://cdn.example/s.png"));
        assert_eq!(found(&sticker, 1), None);
        assert_eq!(found(&json!({"id": "m_3"}), 0), None);
    }
}
