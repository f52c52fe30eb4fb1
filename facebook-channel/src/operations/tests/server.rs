//! A stand-in for the Graph API that gives one answer and keeps what it was asked.

use channel_api::{Performed, Result};
use channel_http::stand_in::{Server, answer, within};
use serde_json::{Map, Value, json};

use crate::graph::tests::server::client_of;
use crate::graph::{App, Page};

pub(super) const PAGE: &str = "1098765432100001";
pub(super) const APP: &str = "2233445566778899";

pub(super) struct Meta(Server);

impl Meta {
    pub(super) async fn answers(status: u16, body: &Value) -> Self {
        Self(Server::start(answer(&format!("{status} X"), body)).await)
    }

    /// The requests so far, as a person would read them.
    pub(super) fn asked(&self) -> Vec<Value> {
        self.0.requests().iter().map(|request| readable(request)).collect()
    }

    pub(super) async fn perform(&self, name: &str, input: &Value) -> Result<Performed> {
        self.perform_with(name, input, true).await
    }

    /// With or without the app's id.
    pub(super) async fn perform_with(&self, name: &str, input: &Value, app_is_known: bool) -> Result<Performed> {
        let client = |token: &str| client_of(&self.0.url, token, None).unwrap();
        let (graph, app) = (client("page-token"), client("app-token"));
        let app = app_is_known.then_some(App { id: APP, graph: &app });
        let page = Page { id: PAGE, graph: &graph, app };
        within(crate::operations::perform(name, input, || Ok(page))).await
    }
}

fn readable(request: &str) -> Value {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let line: Vec<&str> = head.lines().next().unwrap().split(' ').collect();
    let url = reqwest::Url::parse(&format!("http://meta{}", line[1])).unwrap();
    let query: Map<String, Value> = url.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect();
    let token = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap();
    let mut seen = json!({ "call": format!("{} {}", line[0], url.path()), "token": token });
    if !query.is_empty() {
        seen["query"] = query.into();
    }
    if !body.is_empty() {
        seen["body"] = serde_json::from_str(body).unwrap();
    }
    seen
}
