//! A stand-in for the Graph API on the wire: it gives its answers one after the other and keeps what it was asked.

pub(super) use channel_http::stand_in::within;
use channel_http::stand_in::{self, Then, answer};
use serde_json::Value;

use super::PAGE;
use crate::graph::tests::server::client_of;
use crate::graph::{GraphClient, Page};

pub(super) struct Server {
    graph: GraphClient,
    server: stand_in::Server,
}

/// One request: `GET /v26.0/…?fields=…`, without the proof, and its body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) call: String,
    pub(super) body: Value,
}

impl Server {
    /// With a status and a body for each call to come; then it takes no more.
    pub(super) async fn start(answers: Vec<(u16, Value)>) -> Self {
        let script = answers.into_iter().map(|(status, body)| answer(&format!("{status} X"), body));
        let server = stand_in::Server::script(script.chain([Then::Reset]).collect()).await;
        Self { graph: client_of(&server.url, "canary-token", None).unwrap(), server }
    }

    pub(super) fn page(&self) -> Page<'_> {
        Page { id: PAGE, graph: &self.graph, app: None }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.server.requests().iter().map(|request| asked(request)).collect()
    }
}

fn asked(request: &str) -> Asked {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let call = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    Asked { call, body: serde_json::from_str(body).unwrap_or_default() }
}
