//! A file that was uploaded: its size and its type. Source: `…/send-messages/saving-assets`.

use crate::graph_error::GraphError;
use crate::multipart::File;

/// After encoding, for every kind.
const BYTES: u64 = 25 * 1024 * 1024;

pub(crate) fn judge(file: &File, kind: &str) -> Result<(), GraphError> {
    if file.bytes > BYTES {
        // Source: `…/error-codes` (2018109).
        return Err(GraphError::parameter("Attachment size exceeds allowable limit").subcode(2_018_109));
    }
    // A file may be anything; the other kinds must say that they are what they are declared to be.
    let fits = kind == "file" || file.content_type.split('/').next() == Some(kind);
    if file.bytes == 0 || !fits {
        // Source: `…/error-codes` (2018047): the upload failed, or the declared type is not that of the file.
        return Err(GraphError::parameter("Upload attachment failure.").subcode(2_018_047));
    }
    Ok(())
}
