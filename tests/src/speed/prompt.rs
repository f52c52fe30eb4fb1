//! A stand-in for the Graph API that answers everything after the same time, and keeps nothing but the count.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::graph::{Answer, Answering, serve};
use crate::{GraphRequest, ids};

/// A listening stand-in.
#[derive(Debug)]
pub(super) struct Prompt {
    address: SocketAddr,
    state: Arc<State>,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    latency: Duration,
    open: watch::Sender<bool>,
    came: AtomicUsize,
    answered: watch::Sender<(usize, Instant)>,
}

impl Prompt {
    /// Answers messages after this time.
    pub(super) async fn start(latency: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let answered = watch::Sender::new((0, Instant::now()));
        let state = Arc::new(State { latency, open: watch::Sender::new(true), came: AtomicUsize::new(0), answered });
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, serving }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on messages wait before their time begins, or no longer do.
    pub(super) fn hold(&self, is_held: bool) {
        self.state.open.send_replace(!is_held);
    }

    /// When the last of so many messages was answered.
    pub(super) async fn answered_all(&self, messages: usize) -> Instant {
        let mut answered = self.state.answered.subscribe();
        answered.wait_for(|(count, _)| *count >= messages).await.expect("the stand-in lives on").1
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Answering for State {
    async fn answer(self: Arc<Self>, request: GraphRequest) -> Answer {
        let batch = request.body["batch"].as_array().map(Vec::len);
        if !request.is_message() && batch.is_none() {
            return Answer::Json(200, json!({"id": ids::PAGE, "name": "Facebook Support", "data": []}));
        }
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open).await.expect("the stand-in lives on");
        sleep(self.latency).await;
        let receipts: Vec<_> = (0..batch.unwrap_or(1)).map(|_| self.receipt(&request)).collect();
        self.answered.send_modify(|(count, at)| {
            *count += receipts.len();
            *at = Instant::now();
        });
        if batch.is_some() {
            let part = |receipt: Value| json!({"code": 200, "headers": [], "body": receipt.to_string()});
            return Answer::Json(200, receipts.into_iter().map(part).collect());
        }
        Answer::Json(200, receipts.into_iter().next().unwrap_or_default())
    }
}

impl State {
    fn receipt(&self, request: &GraphRequest) -> Value {
        let number = self.came.fetch_add(1, Ordering::Relaxed);
        json!({"recipient_id": request.body["recipient"]["id"], "message_id": format!("m_prompt_{number}")})
    }
}
