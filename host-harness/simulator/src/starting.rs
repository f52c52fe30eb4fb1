//! A simulator to be started, and its start.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio::net::TcpListener;

use super::clock::Clock;
use super::connection::{CuttableListener, Scissors};
use super::delivery_policy::DeliveryPolicy;
use super::entities::{Page, Person};
use super::platform::{Platform, SimulatorOptions};
use super::running::Running;
use super::start_error::StartError;
use super::version::ExpiredVersions;
use super::{graph, sim_api};

/// A simulator to be started.
#[derive(Clone, Debug)]
pub struct Simulator {
    listen: SocketAddr,
    options: SimulatorOptions,
    pages: Vec<Page>,
    people: Vec<Person>,
}

impl Default for Simulator {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            options: SimulatorOptions {
                seed: 1,
                clock: Clock::system(),
                policy: DeliveryPolicy::default(),
                expired_versions: ExpiredVersions::default(),
            },
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

    /// The same seed gives the same ids and the same delivery faults.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// Reads the time from here.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.options.clock = clock;
        self
    }

    /// Delivers webhooks so patiently.
    #[must_use]
    pub fn delivery(mut self, policy: DeliveryPolicy) -> Self {
        self.options.policy = policy;
        self
    }

    /// Says what is done with calls to a Graph version that has ended.
    #[must_use]
    pub fn expired_versions(mut self, expired: ExpiredVersions) -> Self {
        self.options.expired_versions = expired;
        self
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
        let platform = Arc::new(Platform::new(self.options, client().map_err(StartError::Client)?));
        let stop = platform.stop.clone().drop_guard();
        for page in self.pages {
            platform.put_page(page).map_err(StartError::Entity)?;
        }
        for person in self.people {
            platform.world().put_person(person).map_err(StartError::Entity)?;
        }
        let addr = self.listen;
        let listener = TcpListener::bind(addr).await.map_err(|source| StartError::Listen { addr, source })?;
        let addr = listener.local_addr().map_err(|source| StartError::Listen { addr, source })?;
        let app = Router::new()
            .nest("/_sim", sim_api::router())
            .route("/_sim/", get(async || Redirect::permanent("/_sim")))
            .fallback(graph::graph)
            .with_state(Arc::clone(&platform))
            .into_make_service_with_connect_info::<Scissors>();
        let stopped = platform.stop.clone().cancelled_owned();
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(CuttableListener(listener), app).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "the simulator's listener failed");
            }
        });
        Ok(Running::new(platform, addr, server, stop))
    }
}

/// A client for webhooks. Never through a proxy: the host is usually on this machine.
fn client() -> reqwest::Result<reqwest::Client> {
    let client = || reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    // A machine without CA certificates cannot make the usual client; without them, only `http:` addresses work.
    client().build().or_else(|_| client().tls_certs_only([]).build())
}
