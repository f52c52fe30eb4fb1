//! Reading at last, blocking, leaving for good.

use super::PersonError;
use crate::platform::Platform;

impl Platform {
    /// The phone receives and the person reads everything. Returns how many messages that were.
    pub(crate) fn read(&self, from: Option<&str>) -> Result<usize, PersonError> {
        let mut world = self.world();
        let by = self.by(&world, from)?;
        self.deliver_to(&mut world, &by.page, &by.psid, by.at);
        Ok(self.read_by(&mut world, &by.page, &by.psid, by.at))
    }

    /// Blocks the Page, or lets it in again. The Page is not told.
    pub(crate) fn block(&self, from: Option<&str>, blocked: bool) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.by(&world, from)?;
        if let Some(thread) = world.thread_mut(&by.psid) {
            thread.blocked = blocked;
        }
        self.emit_did(&by, if blocked { "blocks the Page" } else { "unblocks the Page" });
        Ok(by.psid)
    }

    /// Deletes the account. The Page is not told, and nobody comes back from it.
    pub(crate) fn leave(&self, from: Option<&str>) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.by(&world, from)?;
        if let Some(thread) = world.thread_mut(&by.psid) {
            thread.gone = true;
        }
        self.emit_did(&by, "deletes the account");
        Ok(by.psid)
    }
}
