//! A simulator that runs, and its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

use super::deliver::SubscribeError;
use super::entities::{Page, Person};
use super::event::SimulatorEvent;
use super::journal::PostedWebhook;
use super::person::{Attachment, Choice, PersonError, known};
use super::platform::Platform;
use super::start_error::StartError;
use super::thread::{Thread, Transcript};

/// How long requests in flight may take to end.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// A running simulator. It stops when it is dropped; [`Running::shutdown`] also waits for it.
#[derive(Debug)]
pub struct Running {
    platform: Arc<Platform>,
    addr: SocketAddr,
    server: JoinHandle<()>,
    _stop: DropGuard,
}

impl Running {
    pub(super) fn new(platform: Arc<Platform>, addr: SocketAddr, server: JoinHandle<()>, stop: DropGuard) -> Self {
        Self { platform, addr, server, _stop: stop }
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The base URL, to be used in place of `https://graph.facebook.com`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Follows what happens from now on. A follower that falls far behind loses the oldest events.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<SimulatorEvent> {
        self.platform.follow()
    }

    /// A person writes; `None` is the first person. Returns the message id.
    ///
    /// # Errors
    /// [`PersonError`], here and below: nothing was sent.
    pub fn say(&self, from: Option<&str>, text: &str) -> Result<String, PersonError> {
        self.platform.say(from, text)
    }

    /// A person taps a button of a message that the Page has sent.
    ///
    /// # Errors
    /// [`PersonError::NotOffered`] lists what can be tapped; [`PersonError::SendsNothing`] for a button that opens or calls.
    pub fn tap(&self, from: Option<&str>, choice: &Choice) -> Result<String, PersonError> {
        self.platform.tap(from, choice)
    }

    /// A person taps a quick reply under the last message.
    ///
    /// # Errors
    /// [`PersonError::NotOffered`] lists what can be tapped.
    pub fn quick_reply(&self, from: Option<&str>, choice: &Choice) -> Result<String, PersonError> {
        self.platform.quick_reply(from, choice)
    }

    /// A person sends a picture, a film, a sound, a file or a place.
    ///
    /// # Errors
    /// [`PersonError`].
    pub fn attach(&self, from: Option<&str>, attachment: &Attachment) -> Result<String, PersonError> {
        self.platform.attach(from, attachment)
    }

    /// The conversation as this person's phone shows it.
    ///
    /// # Errors
    /// [`PersonError::UnknownPerson`].
    pub fn transcript(&self, psid: &str) -> Result<Transcript, PersonError> {
        known(&self.platform.world(), psid).map(Thread::transcript)
    }

    /// Adds a Page, or replaces the one with the same id.
    ///
    /// # Errors
    /// [`StartError::Entity`] says what is wrong with it.
    pub fn put_page(&self, page: Page) -> Result<(), StartError> {
        self.platform.put_page(page).map_err(StartError::Entity)
    }

    /// Adds a person, or replaces what is known of them; the conversation stays.
    ///
    /// # Errors
    /// [`StartError::Entity`] says what is wrong with it.
    pub fn put_person(&self, person: Person) -> Result<(), StartError> {
        self.platform.world().put_person(person).map_err(StartError::Entity)
    }

    /// Points a Page's webhooks somewhere, for a host that did not know its port before.
    ///
    /// # Errors
    /// [`StartError::Entity`] if there is no such Page or this is no URL.
    pub fn set_webhook_url(&self, page_id: &str, url: &str) -> Result<(), StartError> {
        let page = self.platform.world().page(page_id).cloned();
        let page = page.ok_or_else(|| StartError::Entity(format!("no Page {page_id:?} is known")))?;
        self.put_page(Page { webhook_url: Some(url.to_owned()), ..page })
    }

    /// Checks the webhook address as Meta does when an operator presses "Verify and save".
    ///
    /// # Errors
    /// [`SubscribeError`] says why Meta would not accept the address.
    pub async fn subscribe(&self, page_id: &str) -> Result<(), SubscribeError> {
        self.platform.subscribe(page_id).await
    }

    /// The webhooks that went out so far, from the oldest that is kept.
    #[must_use]
    pub fn webhooks(&self) -> Vec<PostedWebhook> {
        self.platform.journal().after(0)
    }

    /// Waits until every webhook is delivered or given up.
    pub async fn settled(&self) {
        let mut pending = self.platform.pending.subscribe();
        // An error would mean that the sender is gone, and this holds it.
        drop(pending.wait_for(|pending| *pending == 0).await);
    }

    /// Stops listening, ends requests in flight and drops webhooks that are not yet delivered.
    pub async fn shutdown(mut self) {
        self.platform.stop.cancel();
        let mut tasks = self.platform.take_tasks();
        let all = async {
            while tasks.join_next().await.is_some() {}
            drop((&mut self.server).await);
        };
        if tokio::time::timeout(SHUTDOWN, all).await.is_err() {
            self.server.abort();
        }
    }
}
