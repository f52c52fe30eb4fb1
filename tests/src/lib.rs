//! What the black-box tests are written with: the built binary as a process, a stand-in for the Graph API, signed webhooks,
//! and readers for what the host answers.
//!
//! Nothing here uses the host's code. A test sees what an operator, a person on Messenger or a program behind the API sees.
#![expect(clippy::missing_panics_doc, reason = "a test's support fails a test by panicking")]
#![expect(clippy::expect_used, reason = "as above: the message of `expect` is the test's failure")]

mod api;
mod binary;
pub mod bus;
mod command;
mod config;
mod deadline;
pub mod faults;
mod graph;
mod host;
mod http;
pub mod ids;
pub mod json;
pub mod linktor;
mod signature;
mod simulator;
pub mod speed;
mod sse;
mod usage;
pub mod webhook;

pub use api::StoredEvent;
pub use binary::host_harness;
pub use command::{Ran, Run, Running};
pub use config::{ChannelConfig, ConfigFile, HostConfig};
pub use deadline::{DEADLINE, within};
pub use graph::{Endpoint, Graph, GraphRequest};
pub use host::{HostProcess, NotStarted, Stopped};
pub use http::{Connection, Error, Reply, Request, exchange, request};
pub use signature::{appsecret_proof, digest, sign};
pub use simulator::Simulator;
pub use sse::{EventStream, SseEvent};
pub use usage::Usage;
