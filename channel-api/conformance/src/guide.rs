//! Write a channel in an hour: an SMS channel, from an empty folder to a green conformance suite.
//!
//! The provider is invented and as plain as they come. "Acme SMS" posts JSON to a webhook, signs it, and takes messages at one
//! address. Every Rust file below stands in `channel-api/examples/sms`, compiled and measured; copy them as they are, see the suite pass,
//! then make them yours.
//!
//! # 1. The crate
//!
//! In a folder beside this repository, not in it: inside, cargo would make it a member of the workspace.
//!
//! ```text
//! cargo new --lib sms-channel
//! ```
//!
//! `Cargo.toml`; set the paths to where these crates are. They must be the ones that your host is built with, for adapters meet
//! their host in them:
//!
//! ```toml
//! [package]
//! name = "sms-channel"
//! version = "0.1.0"
//! edition = "2024"
//!
//! [dependencies]
//! async-trait = "0.1"
//! channel-api = { path = "../linktor-facebook/channel-api" }
//! channel-conformance = { path = "../linktor-facebook/channel-api/conformance" }
//! channel-http = { path = "../linktor-facebook/channel-api/http" }
//! hex = "0.4"
//! hmac = "0.13"
//! http = "1"
//! schemars = "1"
//! serde = { version = "1", features = ["derive"] }
//! serde_json = { version = "1", features = ["raw_value"] }
//! sha2 = "0.11"
//!
//! # A test of each case of the suite. The file brings its own `main`.
//! [[test]]
//! name = "conformance"
//! harness = false
//! ```
//!
//! `src/lib.rs` names the parts:
//!
//! ```ignore
#![doc = include_str!("../../examples/sms/src/lib.rs")]
//! ```
//!
//! # 2. What an operator enters
//!
//! A configuration is read into plain fields, checked as a whole, and only then becomes an account that code can rely on. The
//! doc comments are the form's help texts. [`Secret`](channel_api::Secret) is a password field that nobody can print. `apiKey`
//! is understood beside `api_key`, and a misspelt key is refused, without a line of yours.
//!
//! `src/config.rs`:
//!
//! ```
#![doc = include_str!("../../examples/sms/src/config.rs")]
//! # fn main() {}
//! ```
//!
//! # 3. What comes in
//!
//! Who sent it is checked by the kit, [`channel_http`]: you name the header, and what an operator calls the secret. It decodes
//! signatures strictly and compares in constant time. `normalize` is pure, and only ever called with what was verified. It takes
//! the list of events as raw pieces, so that one that cannot be read costs no other, and what it does not understand becomes an
//! `unknown` event with its JSON: a host can look at it next year, when you know what it was.
//!
//! By an event's [`Identity`](channel_api::Identity) the host's log knows what it has already, and what happens again. Take the
//! provider's own id, or make a fingerprint of what was said; never a random number, for the provider delivers again when it is
//! in doubt.
//!
//! `src/webhook.rs`:
//!
//! ```
#![doc = include_str!("../../examples/sms/src/webhook.rs")]
//! # fn main() {}
//! ```
//!
//! # 4. What goes out
//!
//! Limits and features are data: the dashboard shows them, the suite measures them, and what they do not name is refused by the
//! contract: you list what your channel can do, and nothing of what it cannot. Such a message still comes to you, for `denormalize`
//! collects **all** else that is wrong, each with a [pointer](channel_api::Pointer) to its place, and its author hears of both.
//!
//! `src/message.rs`:
//!
//! ```
#![doc = include_str!("../../examples/sms/src/message.rs")]
//! # fn main() {}
//! ```
//!
//! # 5. The call
//!
//! One call, once. What matters is what the error says: could it have been sent? [`Retry::SAFE`](channel_api::Retry::SAFE) only when it
//! certainly was not; a lost answer is [`Retry::IF_IDEMPOTENT`](channel_api::Retry::IF_IDEMPOTENT). The host retries, you never do. The
//! kit sees to that: it reads the provider's own code before the HTTP status, reads an answer only so far, follows no redirect
//! (your key would go along) and keeps your secrets out of what it tells. You bring the table of what the provider's codes mean.
//!
//! `src/api.rs`:
//!
//! ```
//! # mod config { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sms/src/config.rs")); }
#![doc = include_str!("../../examples/sms/src/api.rs")]
//! # fn main() {}
//! ```
//!
//! # 6. What you are measured with
//!
//! The fixture is your half of the suite: samples of all that you read and write, each with what shall come of it. The suite signs,
//! damages, reorders, repeats and multiplies them, and plays your provider on a port of this machine.
//!
//! `src/fixture.rs`:
//!
//! ```
//! # mod webhook { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sms/src/webhook.rs")); }
#![doc = include_str!("../../examples/sms/src/fixture.rs")]
//! # fn main() {}
//! ```
//!
//! # 7. The channel
//!
//! Now the parts become a [`ChannelAdapter`](channel_api::ChannelAdapter), and the factory is registered, with its fixture. What your provider does not have
//! (look-ups of people, a profile, a connection to check) keeps its default: it is not handed out.
//!
//! `src/channel.rs`:
//!
//! ```
//! # mod config { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sms/src/config.rs")); }
//! # mod webhook { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sms/src/webhook.rs")); }
//! # mod message { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sms/src/message.rs")); }
//! # mod api { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sms/src/api.rs")); }
//! # mod fixture { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sms/src/fixture.rs")); }
//! # mod channel {
#![doc = include_str!("../../examples/sms/src/channel.rs")]
//! # }
//! # fn main() {
//! # use channel_conformance::Subject;
//! # let registry = channel_api::Registry::discover().unwrap();
//! # let report = Subject::new(*registry.get("sms").unwrap()).run();
//! # assert!(report.is_good(), "{}", serde_json::to_string_pretty(&report).unwrap());
//! # }
//! ```
//!
//! # 8. Measure
//!
//! `tests/conformance.rs`:
//!
//! ```ignore
#![doc = include_str!("../../examples/sms/tests/conformance.rs")]
//! ```
//!
//! ```text
//! cargo test
//! ```
//!
//! Each case is a test, such as `verify::changed_bytes`. One that fails tells where, what the clause expects, what you did, and the
//! clause itself; [`spec`](channel_api::spec) has them all. Cases for what you do not declare are ignored and say why: read those
//! lines once, for what your provider has after all; of an SMS channel's 160 cases 63 are. (One more test, `registered`, sees that a
//! host finds your type.) Try it: let `verify` answer `Ok(Proof::by(SIGNING_KEY))` whatever comes, and see which tests notice.
//!
//! # 9. Give it to a host
//!
//! A host needs two lines. One among its dependencies, here in `host-harness/Cargo.toml`:
//!
//! ```toml
//! sms-channel = { path = "../../sms-channel" }
//! ```
//!
//! and one in its library, here in `host-harness/src/adapters.rs`, or the linker leaves your crate out:
//!
//! ```text
//! use sms_channel as _;
//! ```
//!
//! From then on it lists the type, draws its form, serves its webhooks, sends its messages, and measures it with the same
//! suite:
//!
//! ```text
//! cargo run -p host-harness -- plugins
//! cargo run -p host-harness -- conformance sms
//! ```
//!
//! To build your crate without the suite where nobody measures, put `fixture.rs`, the lines that name it, and `register_fixture!`
//! with its `use` behind a feature:
//!
//! ```toml
//! [features]
//! conformance = ["dep:channel-conformance", "dep:hex", "dep:hmac", "dep:sha2"]
//!
//! [[test]]
//! name = "conformance"
//! harness = false
//! required-features = ["conformance"]
//! ```
//!
//! with these four dependencies `optional = true`; and let the host's own feature `conformance` switch on `sms-channel/conformance`.
//! Or keep the
//! fixture among the tests, as `channel-api/examples/telegram` does: then your crate is without the suite, and only its own
//! tests measure it. That one is a real provider of another shape, in less than 500 lines beside its fixture: a token in the
//! path, a shared secret instead of a signature, files that are fetched with the token, taps that are answered in the reply.
