//! Starting and stopping the simulator.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

use super::cast::{Page, Person};
use super::clock::Clock;
use super::connection::{CuttableListener, Scissors};
use super::deliver::{DeliveryPolicy, SubscribeError};
use super::happening::Happening;
use super::person::{Attachment, Choice, PersonError, known};
use super::platform::Platform;
use super::world::Transcript;
use super::{graph, sim_api};

/// How long requests in flight may take to end.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// A simulator to be started.
#[derive(Clone, Debug)]
pub struct Simulator {
    listen: SocketAddr,
    seed: u64,
    clock: Clock,
    policy: DeliveryPolicy,
    pages: Vec<Page>,
    people: Vec<Person>,
}

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
    Cast(String),
}

impl Default for Simulator {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: 1,
            clock: Clock::system(),
            policy: DeliveryPolicy::default(),
            pages: Vec::new(),
            people: Vec::new(),
        }
    }
}

impl Simulator {
    /// A simulator on any free loopback port, with nobody in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens here; the address must be a loopback address.
    #[must_use]
    pub fn listen(self, listen: SocketAddr) -> Self {
        Self { listen, ..self }
    }

    /// The same seed gives the same ids.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Reads the time from here.
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Delivers webhooks so patiently.
    #[must_use]
    pub fn delivery(self, policy: DeliveryPolicy) -> Self {
        Self { policy, ..self }
    }

    /// Adds a Page.
    #[must_use]
    pub fn page(mut self, page: Page) -> Self {
        self.pages.push(page);
        self
    }

    /// Adds a person.
    #[must_use]
    pub fn person(mut self, person: Person) -> Self {
        self.people.push(person);
        self
    }

    /// Starts to listen. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`StartError`], with nothing left running.
    pub async fn start(self) -> Result<Running, StartError> {
        if !self.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(self.listen));
        }
        let platform =
            Arc::new(Platform::new(self.seed, self.clock, self.policy, client().map_err(StartError::Client)?));
        let stop = platform.stop.clone().drop_guard();
        for page in self.pages {
            platform.put_page(page).map_err(StartError::Cast)?;
        }
        for person in self.people {
            platform.world().put_person(person).map_err(StartError::Cast)?;
        }
        let addr = self.listen;
        let listener = TcpListener::bind(addr).await.map_err(|source| StartError::Listen { addr, source })?;
        let addr = listener.local_addr().map_err(|source| StartError::Listen { addr, source })?;
        let app = Router::new()
            .nest("/_sim", sim_api::router())
            .fallback(graph::graph)
            .with_state(Arc::clone(&platform))
            .into_make_service_with_connect_info::<Scissors>();
        let stopped = platform.stop.clone().cancelled_owned();
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(CuttableListener(listener), app).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "the simulator's listener failed");
            }
        });
        Ok(Running { platform, addr, server, _stop: stop })
    }
}

/// A client for webhooks. Never through a proxy: the host is usually on this machine.
fn client() -> reqwest::Result<reqwest::Client> {
    let client = || reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    // A machine without CA certificates cannot make the usual client; without them, only `http:` addresses work.
    client().build().or_else(|_| client().tls_certs_only([]).build())
}

/// A running simulator. It stops when it is dropped; [`Running::shutdown`] also waits for it.
#[derive(Debug)]
pub struct Running {
    platform: Arc<Platform>,
    addr: SocketAddr,
    server: JoinHandle<()>,
    _stop: DropGuard,
}

impl Running {
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

    /// Follows what happens from now on. A follower that falls far behind loses the oldest happenings.
    #[must_use]
    pub fn happenings(&self) -> broadcast::Receiver<Happening> {
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
        known(&self.platform.world(), psid).map(super::world::Thread::transcript)
    }

    /// Adds a Page, or replaces the one with the same id.
    ///
    /// # Errors
    /// [`StartError::Cast`] says what is wrong with it.
    pub fn put_page(&self, page: Page) -> Result<(), StartError> {
        self.platform.put_page(page).map_err(StartError::Cast)
    }

    /// Adds a person, or replaces what is known of them; the conversation stays.
    ///
    /// # Errors
    /// [`StartError::Cast`] says what is wrong with it.
    pub fn put_person(&self, person: Person) -> Result<(), StartError> {
        self.platform.world().put_person(person).map_err(StartError::Cast)
    }

    /// Points a Page's webhooks somewhere, for a host that did not know its port before.
    ///
    /// # Errors
    /// [`StartError::Cast`] if there is no such Page or this is no URL.
    pub fn set_webhook_url(&self, page_id: &str, url: &str) -> Result<(), StartError> {
        let page = self.platform.world().page(page_id).cloned();
        let page = page.ok_or_else(|| StartError::Cast(format!("no Page {page_id:?} is known")))?;
        self.put_page(Page { webhook_url: Some(url.to_owned()), ..page })
    }

    /// Checks the webhook address as Meta does when an operator presses "Verify and save".
    ///
    /// # Errors
    /// [`SubscribeError`] says why Meta would not accept the address.
    pub async fn subscribe(&self, page_id: &str) -> Result<(), SubscribeError> {
        self.platform.subscribe(page_id).await
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
