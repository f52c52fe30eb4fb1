//! Tells a newcomer what happens, as it happens.

use std::io::{self, Write as _};
use std::sync::Arc;

use messenger_simulator::{Button, DEFAULT_URL, Running, Shown, SimulatorEvent};
use tokio::sync::broadcast;

use super::stage::{API_KEY, CHANNEL, PAGE_NAME, PERSON, Stage};

/// How wide the names stand.
const NAMES: usize = 12;
const COLLEAGUE: &str = "Rui";
/// Meta's app id of the inbox in which people answer.
const PAGE_INBOX: &str = "263902037430900";

/// Prints to stdout.
#[derive(Debug)]
pub(super) struct Narrator {
    host: String,
    webhook: String,
    simulator: Arc<Running>,
}

impl Narrator {
    pub(super) fn new(stage: &Stage) -> Self {
        Self { host: stage.host.clone(), webhook: stage.webhook.clone(), simulator: Arc::clone(&stage.simulator) }
    }

    /// Who takes part.
    pub(super) fn open(&self) -> io::Result<()> {
        let (host, simulator) = (&self.host, self.simulator.url());
        print(&format!(
            "Linktor's Messenger channel, from end to end. Nothing leaves this machine, and no account is needed.

  the phone and Meta   {simulator}   a simulator: Graph API, and Ana with her phone
  the host             {host}   takes webhooks, keeps events, sends messages
  the bot              follows the host's event stream and answers through its API
  a colleague          Rui, who answers by hand in the Page's inbox

The Page's greeting, Get Started button and menu were set through the host's API.
Meta has checked the webhook's address, as when an operator presses \"Verify and save\":
  {}
",
            self.webhook
        ))
    }

    /// What a person can do now.
    pub(super) fn invite(&self) -> io::Result<()> {
        let simulator = self.simulator.url();
        let url = simulator_option(&self.simulator);
        print(&format!(
            "Now you are Ana. In another terminal, in this folder:

  cargo run -q -- simulate say Hello again{url}
  cargo run -q -- simulate quick-reply \"My orders\"{url}
  cargo run -q -- simulate tap \"View Orders\"{url}
  cargo run -q -- simulate tap \"Contact Support\"{url}
  cargo run -q -- simulate transcript{url}

be the colleague in the Page's inbox, who answers and gives the conversation back:

  curl -d '{{\"text\":\"Hello, this is Rui\"}}' {simulator}/_sim/inbox
  curl -d '{{\"action\":\"pass\"}}' {simulator}/_sim/thread-control

or be the bot, with the host's API:

  curl -N -H 'Authorization: Bearer {API_KEY}' '{host}/api/v1/events/stream?after=0'
  curl -H 'Authorization: Bearer {API_KEY}' {host}/api/v1/channels/{CHANNEL}/conversations/{PERSON}
  curl -H 'Authorization: Bearer {API_KEY}' {host}/api/v1/messages \\
    -d '{{\"channelId\":\"{CHANNEL}\",\"to\":\"{PERSON}\",\"content\":{{\"type\":\"text\",\"text\":\"Hello from curl\"}}}}'

Ctrl-C ends it.
",
            host = self.host
        ))
    }

    /// Tells what happens from now on.
    pub(super) async fn follow(&self) -> io::Result<()> {
        let mut events = self.simulator.events();
        loop {
            match events.recv().await {
                Ok(event) => show(&event)?,
                Err(broadcast::error::RecvError::Lagged(missed)) => note(&format!("({missed} more things happened)"))?,
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
            }
        }
    }
}

/// How `simulate` finds the simulator where it would not by itself.
pub(super) fn simulator_option(simulator: &Running) -> String {
    let url = simulator.url();
    if url == DEFAULT_URL { String::new() } else { format!(" --url {url}") }
}

/// One thing that happened.
pub(super) fn show(event: &SimulatorEvent) -> io::Result<()> {
    match event {
        SimulatorEvent::PersonSaid { name, text, .. } => bubble(name, text),
        SimulatorEvent::PersonAttached { name, kind, .. } => bubble(name, &format!("[{kind}]")),
        SimulatorEvent::PersonTapped { name, title, payload, .. } => {
            bubble(name, &format!("taps the button [{title}]"))?;
            note(&format!("its payload: {payload}"))
        }
        SimulatorEvent::PersonTappedQuickReply { name, title, payload, .. } => {
            bubble(name, &format!("taps the quick reply ({title})"))?;
            note(&format!("its payload: {payload}"))
        }
        SimulatorEvent::PageSent { message, .. } => {
            note("the bot posts its answer to the host; the host checks it, translates it and calls the Graph API")?;
            shown(message)
        }
        SimulatorEvent::SenderAction { action, .. } => note(&format!("the Page shows: {action}")),
        SimulatorEvent::Refused { code, message, .. } => {
            note(&format!("the Graph API refuses with code {code}: {message}"))
        }
        SimulatorEvent::WebhookDelivered { field, .. } => note(match field.as_str() {
            "messages" | "messaging_postbacks" => {
                "webhook: signature checked, event stored on disk, and only then answered 200"
            }
            "message_echoes" => "webhook: Meta's copy of the Page's message (an echo; nobody answers it)",
            "message_deliveries" => "webhook: it is on Ana's phone",
            "message_reads" => "webhook: Ana has read it\n",
            "standby" => "webhook on standby: stored as observed, so nobody answers it",
            "messaging_handovers" => "webhook: the conversation is this app's again; the host knows who answers",
            _ => "webhook stored",
        }),
        SimulatorEvent::OtherAppSent { text, .. } => bubble(COLLEAGUE, text),
        SimulatorEvent::ThreadControl { action, app, .. } => {
            let who = if app == PAGE_INBOX { "the Page's inbox" } else { "the bot's app" };
            note(&format!("thread control: {action}, {who} ({app})"))
        }
        SimulatorEvent::WebhookFailed { field, reason, .. } => note(&format!("webhook {field}: {reason}")),
        SimulatorEvent::FaultPlayed { fault, .. } => note(&format!("a fault is played: {fault}")),
        _ => Ok(()),
    }
}

/// What happens next, and why.
pub(super) fn narrate(what: &str) -> io::Result<()> {
    print(&format!("{what}\n\n"))
}

/// A blank line.
pub(super) fn pause() -> io::Result<()> {
    print("\n")
}

fn shown(message: &Shown) -> io::Result<()> {
    if let Some(text) = &message.text {
        bubble(PAGE_NAME, text)?;
    } else if let Some(template) = message.template.as_deref().filter(|_| message.cards.is_empty()) {
        bubble(PAGE_NAME, &format!("[{template}]"))?;
    }
    for attachment in &message.attachments {
        bubble(PAGE_NAME, &format!("[{}]", attachment.kind))?;
    }
    for card in &message.cards {
        let lines: Vec<&str> = card.title.iter().chain(&card.subtitle).map(String::as_str).collect();
        bubble(PAGE_NAME, &lines.join(" · "))?;
        buttons(&card.buttons)?;
    }
    buttons(&message.buttons)?;
    let replies: Vec<String> = message.quick_replies.iter().map(|reply| format!("({})", reply.title)).collect();
    if replies.is_empty() { Ok(()) } else { bubble("", &replies.join(" ")) }
}

fn buttons(buttons: &[Button]) -> io::Result<()> {
    let titles: Vec<String> = buttons.iter().map(|button| format!("[{}]", button.title)).collect();
    if titles.is_empty() { Ok(()) } else { bubble("", &titles.join(" ")) }
}

pub(super) fn bubble(who: &str, what: &str) -> io::Result<()> {
    print(&format!("{who:>NAMES$} │ {what}\n"))
}

pub(super) fn note(what: &str) -> io::Result<()> {
    print(&format!("{:>NAMES$}     · {what}\n", ""))
}

/// At once: a reader of a pipe follows as a reader of a terminal does.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
