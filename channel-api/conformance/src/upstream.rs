//! [`Upstream`]: a stand-in for the provider, on this machine's own address.
//!
//! It runs on threads of its own, so that an adapter which blocks the executor cannot stop it. Besides answers it gives what a
//! network gives: silence, connections that break off, answers without end.

mod exchange;

pub(super) use exchange::LONGEST_POUR;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use http::HeaderMap;
use tokio::net::TcpSocket;
use tokio::sync::watch;

use super::Reply;

/// How long an answer is held back at most, and how long silence lasts: then somebody has to go on.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// A call as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) method: String,
    /// Path and query, as they were written.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// What happens to a call.
#[derive(Clone, Debug)]
pub(super) enum Behaviour {
    /// It is answered.
    Answer(Reply),
    /// It is answered by what it says.
    Computed(Answering),
    /// It is answered as soon as [`Upstream::release`] is called.
    Held(Reply),
    /// The connection ends without a word.
    BreakOff,
    /// The connection ends in the middle of the answer's body.
    BreakInBody(Reply),
    /// Nothing comes.
    Silence,
    /// The answer does not end.
    Endless,
}

/// What a call is answered.
#[derive(Clone)]
pub(super) struct Answering(Arc<dyn Fn(&Received) -> Reply + Send + Sync>);

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answering(..)")
    }
}

impl Behaviour {
    /// It is answered by what it says.
    pub(super) fn computed(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::Computed(Answering(Arc::new(answer)))
    }
}

#[derive(Debug)]
struct State {
    script: VecDeque<Behaviour>,
    usual: Behaviour,
    received: Vec<Received>,
    /// Who connected.
    peers: Vec<SocketAddr>,
    released: bool,
    /// Answers that nobody released in time.
    expired: usize,
    /// Bytes of endless answers that were taken.
    poured: usize,
    closing: bool,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    arrivals: watch::Sender<usize>,
    connected: watch::Sender<usize>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stand-in for the provider.
#[derive(Debug)]
pub(super) struct Upstream {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Upstream {
    /// Starts one. It answers every call with an empty 503 until it is told otherwise.
    pub(super) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = State {
            script: VecDeque::new(),
            usual: Behaviour::Answer(Reply::text(503, "")),
            received: Vec::new(),
            peers: Vec::new(),
            released: false,
            expired: 0,
            poured: 0,
            closing: false,
        };
        let (arrivals, connected) = (watch::Sender::new(0), watch::Sender::new(0));
        let shared = Shared { state: Mutex::new(state), changed: Condvar::new(), arrivals, connected };
        let shared = Arc::new(shared);
        let accepting = Arc::clone(&shared);
        thread::Builder::new().name("upstream".to_owned()).spawn(move || accept(&listener, &accepting))?;
        Ok(Self { address, shared })
    }

    /// An address at which nobody listens.
    pub(super) fn nobody() -> io::Result<Nobody> {
        let held = TcpSocket::new_v4()?;
        held.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Nobody { url: format!("http://{}", held.local_addr()?), _held: held })
    }

    /// Its base URL.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What happens to each call from now on.
    pub(super) fn always(&self, behaviour: Behaviour) {
        let mut state = self.shared.state();
        state.script.clear();
        state.usual = behaviour;
    }

    /// What happens to the next calls; then to each what was said by [`always`](Self::always).
    pub(super) fn next(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.shared.state().script.extend(behaviours);
    }

    /// The calls that arrived, in order. They are taken out.
    pub(super) fn take(&self) -> Vec<Received> {
        let received = std::mem::take(&mut self.shared.state().received);
        self.shared.arrivals.send_replace(0);
        received
    }

    /// How many connections were made.
    pub(super) fn connections(&self) -> usize {
        // Connections are taken in order: once this one is, every earlier one has been seen.
        let last = TcpStream::connect(self.address).and_then(|last| last.local_addr());
        let mut state = self.shared.state();
        if let Ok(last) = last {
            let unseen = |state: &mut State| !state.peers.contains(&last);
            state = match self.shared.changed.wait_timeout_while(state, LONGEST_WAIT, unseen) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
            state.peers.retain(|peer| *peer != last);
        }
        state.peers.len()
    }

    /// Waits until so many calls have arrived. False when they do not.
    pub(super) async fn arrived(&self, count: usize) -> bool {
        reached(&self.shared.arrivals, count).await
    }

    /// Waits until somebody has connected. False when nobody does.
    pub(super) async fn connected(&self) -> bool {
        reached(&self.shared.connected, 1).await
    }

    /// Lets held answers go.
    pub(super) fn release(&self) {
        self.shared.state().released = true;
        self.shared.changed.notify_all();
    }

    /// How many held answers nobody released in time.
    pub(super) fn expired(&self) -> usize {
        self.shared.state().expired
    }

    /// How many bytes of endless answers were taken.
    pub(super) fn poured(&self) -> usize {
        self.shared.state().poured
    }
}

/// An address at which nobody listens. The port is held, or the next stand-in could get it, and with it calls that are not its own.
#[derive(Debug)]
pub(super) struct Nobody {
    /// The base URL.
    pub(super) url: String,
    _held: TcpSocket,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.shared.state().closing = true;
        self.shared.changed.notify_all();
        // Wakes the thread that accepts; if it cannot be reached it is gone already.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
    }
}

async fn reached(counter: &watch::Sender<usize>, count: usize) -> bool {
    let mut counter = counter.subscribe();
    let waited = tokio::time::timeout(LONGEST_WAIT, counter.wait_for(|counted| *counted >= count)).await;
    waited.is_ok_and(|counted| counted.is_ok())
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    loop {
        let accepted = listener.accept();
        let mut state = shared.state();
        if state.closing {
            return;
        }
        let Ok((stream, peer)) = accepted else {
            drop(state);
            // Too many open files, most likely: some will be closed soon.
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        state.peers.push(peer);
        drop(state);
        shared.connected.send_modify(|connected| *connected += 1);
        shared.changed.notify_all();
        let shared = Arc::clone(shared);
        // Without a thread the connection is dropped, which the adapter sees as one that broke off.
        drop(thread::Builder::new().name("upstream".to_owned()).spawn(move || exchange::serve(stream, &shared)));
    }
}

#[cfg(test)]
mod tests;
