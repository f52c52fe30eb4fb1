//! Tells what happens from the core's side, as it happens.

use std::io;

use super::core::Told;
use super::server::Address;
use crate::demo::narrator::{bubble, note, print, simulator_option};
use crate::demo::stage::{API_KEY, Stage};

/// How much of an id is told.
const SHORT: usize = 8;

/// Who takes part.
pub(super) fn open(stage: &Stage, server: &Address) -> io::Result<()> {
    let Address { url, version } = server;
    let (simulator, host) = (stage.simulator.url(), &stage.host);
    print(&format!(
        "Linktor's Messenger channel behind Linktor's bus, seen from the core's side. Nothing leaves this machine, and no account is needed.

  the phone and Meta   {simulator}   a simulator: Graph API, and Ana with her phone
  the host             {host}   takes webhooks, keeps events, sends messages; on the bus as [linktor] says
  nats-server {version:<9}{url}   a real one, on which the host has made the core's two streams
  Linktor's core       a small stand-in: contacts, conversations, a bot, and Rui, an agent at its dashboard

The core and the host meet on the bus alone: no call goes from one to the other.

"
    ))
}

/// What a person can do now.
pub(super) fn invite(stage: &Stage, nats: &str) -> io::Result<()> {
    let (url, host) = (simulator_option(&stage.simulator), &stage.host);
    print(&format!(
        "Now you are Rui: write a line here and press Enter, and it goes to Ana. An empty line leaves the conversation to the bot.

And you are Ana. In another terminal, in this folder:

  cargo run -q -- simulate say Hello again{url}
  cargo run -q -- simulate quick-reply \"My orders\"{url}
  cargo run -q -- simulate transcript{url}

Look at the bus and at how the channel stands on it:

  nats --server {nats} subscribe 'linktor.>'
  curl -H 'Authorization: Bearer {API_KEY}' {host}/api/v1/channels

Ctrl-C ends it.

"
    ))
}

/// One thing that happened.
pub(super) fn show(told: &Told) -> io::Result<()> {
    match told {
        Told::NewContact { name, person } => note(&format!("the core makes a contact: {name}, sender_id {person}")),
        Told::Said { name, words, payload } => {
            bubble(name, words)?;
            let payload = payload.as_ref().map(|payload| format!(", a tap: metadata.payload is {payload}"));
            note(&format!("from linktor.messages.inbound.facebook{}", payload.unwrap_or_default()))
        }
        Told::Answered { by, id, words, rich, choices } => {
            bubble(by, words)?;
            if !choices.is_empty() {
                bubble("", choices)?;
            }
            let rich = rich.as_ref().map(|rich| format!(", {rich} in metadata.rich")).unwrap_or_default();
            let name = if words.contains("{{") { "; the host puts the name in" } else { "" };
            note(&format!("to linktor.messages.outbound.facebook, id {}{rich}{name}", short(id)))
        }
        Told::Status { id, status, error } => {
            let error = error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
            let end = if status == "read" { "\n" } else { "" };
            note(&format!("from linktor.messages.status.facebook: {} is {status}{error}{end}", short(id)))
        }
        Told::Happened { event, words } => {
            let words = words.as_ref().map(|words| format!(": \"{words}\"")).unwrap_or_default();
            note(&format!("from linktor.events.{event}{words}"))
        }
        Told::Wrong(what) => note(what),
    }
}

fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}
