//! The conformance suite: measures any adapter against [`spec`](channel_api::spec), offline, in seconds.
//!
//! An adapter brings a [`Fixture`]: samples of what it reads and writes. [`CASES`] is one list of all that is looked at, and it is
//! run in two ways: [`conformance_tests!`] makes a test of each case in the adapter's own crate, and
//! a host's command runs a [`Subject`] of each adapter that it has, [within](Subject::within) whatever it wraps around them.
//!
//! A case runs on a thread and a tokio executor of its own, with a stand-in for the provider on the loopback address. Deadlines
//! are measured on tokio's clock, which is set forward, so nobody waits for them.
//!
//! What the suite cannot see it does not claim: it cannot time a comparison of signatures (VER-2), so it looks that a refusal is the
//! same wherever the difference is; and of logs (SEC-1, SND-6) it sees what is told to `tracing` on its own thread.

mod address;
mod canary;
mod case;
mod cases;
mod clock;
mod context;
mod facets;
mod file;
mod finding;
mod fixture;
pub mod guide;
mod harness;
mod json;
mod list;
mod logs;
mod needs;
mod observer;
mod panics;
mod random;
mod registered;
mod reply;
mod report;
mod runner;
mod sample;
mod upstream;

#[doc(hidden)]
pub use channel_api as __channel_api;
#[doc(hidden)]
pub use inventory as __inventory;

pub use case::{BoxFuture, Case};
pub use context::{CaseContext, Layers};
pub use facets::WEBHOOK;
pub use finding::{Finding, Outcome};
pub use fixture::Fixture;
pub use harness::test_program;
#[doc(hidden)]
pub use harness::trials;
pub use list::CASES;
pub use needs::Applies;
pub use registered::RegisteredFixture;
pub use reply::Reply;
pub use report::{CaseReport, Report};
pub use runner::Subject;
pub use sample::{
    BadConfig, ConnectionSamples, DownloadSamples, Failing, Found, FoundSample, Handshake, Inbound, Judged,
    JudgedSample, LoginSamples, Measured, MeasuredIn, OperationSample, Outbound, Person, ProfileSamples, Refused,
    RefusedInput, UploadSamples, WindowSamples,
};
