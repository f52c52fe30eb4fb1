//! `POST /{page}/message_attachments`. Source: `…/reference/attachment-upload-api`.

use serde_json::{Value, json};

use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::platform::Platform;
use crate::rules::message;
use crate::rules::param::Param;
use crate::world::Upload;

impl Platform {
    /// Takes an attachment by its address or its bytes. Nothing is fetched: an address that could be fetched will do.
    pub(super) fn upload(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        if !self.world().state(&page.id).settings.has_scope("pages_messaging") {
            return Err(GraphError::permission("pages_messaging"));
        }
        if let Some(platform) = Param::top(&call.params, "platform") {
            let name = platform.string()?.to_ascii_uppercase();
            if !["INSTAGRAM", "MESSENGER"].contains(&name.as_str()) {
                return Err(platform.must("be one of {INSTAGRAM, MESSENGER}"));
            }
        }
        let message = Param::required(&call.params, "message")?;
        let kind = message::upload(&message, call.file.as_ref())?.to_owned();
        let id = self.ids.attachment();
        let upload = Upload { page_id: page.id.clone(), kind, at: self.clock.now_ms() };
        self.world().uploads.insert(id.clone(), upload);
        Ok(json!({ "attachment_id": id }))
    }
}
