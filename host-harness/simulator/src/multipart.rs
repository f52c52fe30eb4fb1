//! `multipart/form-data`: parameters, and at most one file.

use std::convert::Infallible;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use super::graph_error::GraphError;

/// A file as it was uploaded. The bytes are not kept: nothing here shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct File {
    /// MIME type of the part; empty if the part has none.
    pub(super) content_type: String,
    pub(super) bytes: u64,
}

/// The boundary, if this content type is a form with parts.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    multer::parse_boundary(content_type).ok()
}

/// Reads a body. The file is the part named `filedata`, as documented; other parts are parameters.
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/saving-assets>.
pub(super) async fn read(boundary: &str, body: Bytes) -> Result<(Map<String, Value>, Option<File>), GraphError> {
    let unreadable = |_| GraphError::parameter("Invalid multipart/form-data in the request body");
    let body = futures::stream::once(std::future::ready(Ok::<_, Infallible>(body)));
    let mut parts = multer::Multipart::new(body, boundary);
    let (mut params, mut file) = (Map::new(), None);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let content_type = part.content_type().map(ToString::to_string);
        let is_file = name == "filedata";
        let bytes = part.bytes().await.map_err(unreadable)?;
        if is_file {
            let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
            file = Some(File { content_type, bytes: bytes.len() as u64 });
        } else {
            params.insert(name, String::from_utf8_lossy(&bytes).into_owned().into());
        }
    }
    Ok((params, file))
}
