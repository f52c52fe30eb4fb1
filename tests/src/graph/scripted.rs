//! What the stand-in answers.
#![expect(
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "a call is a line of the script; what it returns is only for the next line"
)]

use serde_json::{Value, json};

use super::server::Answer;
use super::{Graph, GraphRequest, Script, locked};
use crate::ids::{PAGE, PERSON};

/// Scripts one endpoint. Each call adds one answer; they are given in order, one a request.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'g> {
    graph: &'g Graph,
    name: &'static str,
}

impl<'g> Endpoint<'g> {
    pub(super) fn new(graph: &'g Graph, name: &'static str) -> Self {
        Self { graph, name }
    }

    fn then(self, answer: Answer) -> Self {
        locked(&self.graph.state.script).next.entry(self.name).or_default().push_back(answer);
        self
    }

    /// Accepts the message and gives it this id.
    pub fn ok(self, message_id: &str) -> Self {
        self.json(json!({"recipient_id": PERSON, "message_id": message_id}))
    }

    /// Answers 200 with this body.
    pub fn json(self, body: Value) -> Self {
        self.then(Answer::Json(200, body))
    }

    /// Answers an error in Meta's shape with status 400. Subcode 0 leaves the subcode out.
    pub fn error(self, code: i64, subcode: i64, message: &str) -> Self {
        self.error_with_status(400, code, subcode, message)
    }

    /// Answers an error in Meta's shape with another status.
    pub fn error_with_status(self, status: u16, code: i64, subcode: i64, message: &str) -> Self {
        self.then(Answer::Json(status, meta_error(code, subcode, message)))
    }

    /// Answers an error whose reason stands in what Meta says to people.
    pub fn error_for_people(self, code: i64, title: &str, words: &str) -> Self {
        let mut body = meta_error(code, 0, "Invalid parameter");
        body["error"]["error_user_title"] = title.into();
        body["error"]["error_user_msg"] = words.into();
        self.then(Answer::Json(400, body))
    }

    /// Answers with something that is not Meta's: what a proxy in between may say.
    pub fn text(self, status: u16, header: (&'static str, &str), text: &str) -> Self {
        self.then(Answer::Text(status, (header.0, header.1.to_owned()), text.to_owned()))
    }

    /// Reads the request and never answers.
    pub fn hang(self) -> Self {
        self.then(Answer::Hang)
    }

    /// Reads the request and resets the connection.
    pub fn reset(self) -> Self {
        self.then(Answer::Reset)
    }
}

/// An error in Meta's shape.
fn meta_error(code: i64, subcode: i64, message: &str) -> Value {
    let mut error = json!({"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEfGhIjK"});
    if subcode != 0 {
        error["error_subcode"] = subcode.into();
    }
    json!({ "error": error })
}

impl Script {
    /// Each item takes the next answer that is scripted for a message; one that is none is the whole batch's.
    fn batch(&mut self, items: usize) -> Answer {
        let mut answers = Vec::new();
        for _ in 0..items {
            let next = self.next.get_mut("messages").and_then(std::collections::VecDeque::pop_front);
            let (code, body) = match next {
                Some(Answer::Json(code, body)) => (code, body),
                Some(whole) => return whole,
                None => (200, self.receipt(&json!(PERSON))),
            };
            answers.push(json!({"code": code, "headers": [], "body": body.to_string()}));
        }
        Answer::Json(200, answers.into())
    }

    fn receipt(&mut self, recipient: &Value) -> Value {
        self.sent += 1;
        json!({"recipient_id": recipient, "message_id": format!("m_graph_{}", self.sent)})
    }

    /// The next scripted answer, or what a healthy Graph API says.
    pub(super) fn answer(&mut self, request: &GraphRequest) -> Answer {
        let endpoint = request.endpoint();
        if let Some(items) = request.batch().filter(|_| request.body["batch"].to_string().contains("/messages")) {
            return self.batch(items);
        }
        if let Some(answer) = self.next.get_mut(endpoint).and_then(std::collections::VecDeque::pop_front) {
            return answer;
        }
        match endpoint {
            "messages" => Answer::Json(200, self.receipt(&request.body["recipient"]["id"])),
            "conversations" => Answer::Json(200, json!({"data": []})),
            "subscribed_apps" => Answer::Json(200, json!({"success": true, "data": []})),
            "profiles" => {
                let psid = request.path.rsplit('/').next().unwrap_or_default();
                match self.people.get(psid) {
                    Some(profile) => Answer::Json(200, profile.clone()),
                    None => Answer::Json(400, meta_error(100, 33, "(#100) Object does not exist")),
                }
            }
            _ => Answer::Json(200, json!({"id": PAGE, "name": "Facebook Support"})),
        }
    }
}
