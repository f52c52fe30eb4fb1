//! A stand-in for the Graph API that does what a test tells it and keeps what it was asked.
//!
//! The host has a simulator of its own, which knows Meta's rules. This one knows none: it is for what Meta does rarely, such
//! as hanging, and for seeing the very bytes that the host sends.

mod recorded;
mod scripted;
mod server;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use recorded::GraphRequest;
pub use scripted::Endpoint;

use crate::within;
pub(crate) use server::{Answer, Answering, serve};

/// A listening stand-in. It goes, with all its connections, when it is dropped.
#[derive(Debug)]
pub struct Graph {
    address: SocketAddr,
    state: Arc<State>,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    script: Mutex<Script>,
    requests: Mutex<Vec<GraphRequest>>,
    count: watch::Sender<usize>,
}

/// What to answer next, by the endpoint's name.
#[derive(Debug, Default)]
struct Script {
    next: HashMap<&'static str, VecDeque<Answer>>,
    people: HashMap<String, Value>,
    sent: usize,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Graph {
    /// Listens on a free port of loopback. Without a script, messages are accepted, the Page has a name, and nobody has a
    /// profile.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let state =
            Arc::new(State { script: Mutex::default(), requests: Mutex::default(), count: watch::Sender::new(0) });
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, serving }
    }

    /// What a channel is configured with.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Scripts `POST /{version}/{page}/messages`.
    #[must_use]
    pub fn messages(&self) -> Endpoint<'_> {
        Endpoint::new(self, "messages")
    }

    /// Scripts `GET /{version}/{psid}?fields=first_name,…`.
    #[must_use]
    pub fn profiles(&self) -> Endpoint<'_> {
        Endpoint::new(self, "profiles")
    }

    /// Scripts `GET /{version}/{page}/conversations`.
    #[must_use]
    pub fn conversations(&self) -> Endpoint<'_> {
        Endpoint::new(self, "conversations")
    }

    /// Scripts `GET /{version}/{page}?fields=…`.
    #[must_use]
    pub fn page(&self) -> Endpoint<'_> {
        Endpoint::new(self, "page")
    }

    /// From now on this person has a profile.
    pub fn person(&self, psid: &str, first_name: &str, last_name: &str, profile_pic: &str) {
        let profile = json!({"id": psid, "first_name": first_name, "last_name": last_name, "profile_pic": profile_pic});
        locked(&self.state.script).people.insert(psid.to_owned(), profile);
    }

    /// All requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<GraphRequest> {
        locked(&self.state.requests).clone()
    }

    /// The bodies that were posted to `messages`, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Value> {
        self.requests().into_iter().filter(GraphRequest::is_message).map(|request| request.body).collect()
    }

    /// Waits until a request like this has come, and returns the first.
    pub async fn received(&self, what: &str, like: impl Fn(&GraphRequest) -> bool) -> GraphRequest {
        let mut count = self.state.count.subscribe();
        within(&format!("the host to ask the Graph API for {what}"), async {
            loop {
                if let Some(found) = self.requests().into_iter().find(&like) {
                    return found;
                }
                count.changed().await.expect("the stand-in lives as long as this borrow");
            }
        })
        .await
    }
}

impl Answering for State {
    async fn answer(self: Arc<Self>, request: GraphRequest) -> Answer {
        let answer = locked(&self.script).answer(&request);
        locked(&self.requests).push(request);
        self.count.send_modify(|count| *count += 1);
        answer
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
