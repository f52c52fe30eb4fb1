//! `POST /{page}/message_attachments`. Source: `…/reference/attachment-upload-api`.

use serde_json::{Value, json};

use crate::simulator::call::Call;
use crate::simulator::cast::Page;
use crate::simulator::graph_error::GraphError;
use crate::simulator::platform::Platform;
use crate::simulator::rules::message;
use crate::simulator::rules::param::Param;
use crate::simulator::world::Upload;

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
