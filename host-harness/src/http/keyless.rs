//! A request without a key is known by its words for as long as nobody is known to have its answer.

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;

use super::access::KeyName;
use super::answered::{Answer, OnceAnswered};
use crate::sending::{self, ImpliedKey};

/// What the words of a request are known by: `asked` is the kind of request.
pub(super) fn implied_key(caller: &KeyName, asked: &str, body: &Bytes) -> ImpliedKey {
    ImpliedKey::of(caller.as_str(), asked, body)
}

impl Answer for sending::Request {
    fn written(&self) {
        self.answered();
    }

    fn read(&self) {
        self.read();
    }

    fn unread(&self) {
        self.unread();
    }
}

/// The request is open until this response was written.
pub(super) fn answered_by(mut response: Response, request: sending::Request) -> Response {
    response.extensions_mut().insert(OnceAnswered(Arc::new(request)));
    response
}
