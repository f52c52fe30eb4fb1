//! A stand-in for Meta: the Graph API, and the people on their phones.
//!
//! One loopback listener plays both. `/{version}/…` is `graph.facebook.com`: it keeps Pages, tokens and people, accepts
//! messages, and refuses what Meta refuses, with Meta's codes. `/_sim/…` is the person's side: write, tap a button, tap a
//! quick reply, send a picture, read the conversation as the phone shows it. What happens there comes back to the host as
//! signed webhooks, in order, Page by Page, and is tried again until the host answers 200.
//!
//! It is written from Meta's documentation alone and uses nothing of the contract or of an adapter: a mistake there cannot
//! hide here.
//!
#![doc = include_str!("surface.md")]

mod arrival;
mod authorise;
mod budget;
mod call;
mod clock;
mod command;
mod connection;
pub mod corpus;
mod dates;
mod deliver;
mod delivery_faults;
mod delivery_policy;
mod edge;
mod entities;
mod event;
mod fault;
mod graph;
mod graph_error;
mod ids;
mod inbox;
mod journal;
mod login_state;
mod media;
mod multipart;
mod oauth;
mod page_state;
mod person;
mod phone;
mod platform;
mod record;
mod rules;
mod running;
mod send;
mod settings;
mod sim_api;
mod start_error;
mod starting;
mod thread;
mod version;
mod webhook;
mod world;

#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use command::{CommandError, DEFAULT_URL, Simulate};
pub use deliver::SubscribeError;
pub use delivery_policy::DeliveryPolicy;
pub use entities::{Page, Person};
pub use event::SimulatorEvent;
pub use journal::PostedWebhook;
pub use person::{Attachment, Choice, PersonError};
pub use phone::{Button, Card, Media, QuickReply, Shown};
pub use running::Running;
pub use start_error::StartError;
pub use starting::Simulator;
pub use thread::{Entry, Side, Transcript};
pub use version::ExpiredVersions;
