//! Media that Meta keeps, to be sent by id.

use channel_api::{Error, Result, Upload, Uploaded};

use crate::page::Page;

pub(crate) async fn upload(page: Page<'_>, media: Upload) -> Result<Uploaded> {
    let _ = (page, media);
    Err(Error::unsupported("upload"))
}
