//! Refusals in the shape of the Graph API.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/guides/error-handling>. Messenger answers them with HTTP 400,
//! for a bad token (<https://github.com/hellostealth/stealth/issues/199>) as for a closed window
//! (<https://github.com/botpress/botpress/issues/4890>).

use serde_json::{Value, json};

/// One refusal. The text is Meta's where it is known.
#[derive(Clone, Debug)]
pub(super) struct GraphError {
    pub(super) status: u16,
    pub(super) code: i64,
    pub(super) subcode: Option<i64>,
    pub(super) kind: &'static str,
    pub(super) message: String,
    /// The same call may succeed later.
    pub(super) transient: bool,
}

impl GraphError {
    /// A refusal of type `OAuthException`: nearly all are.
    pub(super) fn new(code: i64, message: impl Into<String>) -> Self {
        Self { status: 400, code, subcode: None, kind: "OAuthException", message: message.into(), transient: false }
    }

    /// An invalid parameter: code 100, and the text starts with it.
    pub(super) fn parameter(message: impl std::fmt::Display) -> Self {
        Self::new(100, format!("(#100) {message}"))
    }

    /// Not allowed for this app or Page: code 10.
    pub(super) fn not_allowed(message: impl std::fmt::Display) -> Self {
        Self::new(10, format!("(#10) {message}"))
    }

    /// The token lacks a permission: code 200.
    pub(super) fn permission(name: &str) -> Self {
        Self::new(200, format!("(#200) Requires {name} permission to manage the object"))
    }

    /// A token that was good once: code 190, the reason in the sub-code.
    pub(super) fn token(subcode: i64, reason: impl std::fmt::Display) -> Self {
        Self::new(190, format!("Error validating access token: {reason}")).subcode(subcode)
    }

    /// Too many calls. All the codes of throttling pass with time.
    pub(super) fn throttled(code: i64, message: impl std::fmt::Display) -> Self {
        Self { transient: true, ..Self::new(code, format!("(#{code}) {message}")) }
    }

    /// A call that the node does not support: `GraphMethodException`.
    pub(super) fn method(message: impl Into<String>) -> Self {
        Self { kind: "GraphMethodException", ..Self::new(100, message) }
    }

    /// The object does not exist, or the token may not see it: 100/33.
    pub(super) fn no_such_object(verb: &str, id: &str) -> Self {
        Self::method(format!(
            "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, \
             or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api"
        ))
        .subcode(33)
    }

    /// A verb that an edge does not have.
    pub(super) fn unsupported(verb: &str) -> Self {
        Self::method(format!(
            "Unsupported {verb} request. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"
        ))
    }

    pub(super) fn subcode(self, subcode: i64) -> Self {
        Self { subcode: Some(subcode), ..self }
    }

    /// The same refusal with another name for a parameter.
    pub(super) fn naming(self, from: &str, to: &str) -> Self {
        Self { message: self.message.replace(from, to), ..self }
    }

    /// The body to answer with.
    pub(super) fn body(&self, trace: &str) -> Value {
        let mut error = json!({"message": self.message, "type": self.kind, "code": self.code, "fbtrace_id": trace});
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if self.transient {
            error["is_transient"] = true.into();
        }
        json!({ "error": error })
    }
}
