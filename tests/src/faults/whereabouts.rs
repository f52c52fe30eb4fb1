//! Where the host listens at the moment: another port after each start.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;

/// The host's address. While the host is away it is the old one, where nobody listens.
#[derive(Clone, Debug)]
pub struct Whereabouts(Arc<watch::Sender<SocketAddr>>);

impl Default for Whereabouts {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(SocketAddr::from(([127, 0, 0, 1], 9)))))
    }
}

impl Whereabouts {
    /// From now on the host is there.
    pub fn set(&self, address: SocketAddr) {
        self.0.send_replace(address);
    }

    /// Where to call.
    #[must_use]
    pub fn get(&self) -> SocketAddr {
        *self.0.borrow()
    }
}
