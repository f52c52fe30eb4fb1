use std::io;
use std::net::SocketAddr;

/// Why the simulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It answers without a key, so it must stay on this machine.
    #[error("the simulator listens on a loopback address only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The address is taken or not ours.
    #[error("cannot listen on {addr}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The client that posts webhooks could not be made.
    #[error("cannot make an HTTP client")]
    Client(#[source] reqwest::Error),
    /// A Page or a person that cannot be.
    #[error("{0}")]
    Entity(String),
}
