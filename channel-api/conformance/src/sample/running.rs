//! Samples of what runs an account: operations, uploads, signing in.

use std::fmt;
use std::time::Duration;

use channel_api::login::LoginApp;
use channel_api::{MediaKind, Operation};
use serde_json::{Value, json};

use crate::Reply;

/// An operation performed: its input, the provider's answers, and what comes of them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OperationSample {
    /// The operation's name.
    pub name: String,
    /// Its input. `None` is the operation's own example.
    pub input: Option<Value>,
    /// How the provider answers each of its calls, in order: so many calls are made.
    pub replies: Vec<Reply>,
    /// The calls, each `{"method", "path", "query"?, "body"?}`. Members that are not named are not looked at; an empty list leaves
    /// it at their number.
    pub requests: Vec<Value>,
    /// What the output holds. Members that are not named are not looked at.
    pub output: Value,
    /// Who answers from then on, `{"person", "owner"}`, where the operation changes that.
    pub thread: Option<Value>,
}

impl OperationSample {
    /// The operation's example, performed with these answers.
    pub fn new(name: impl Into<String>, replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = replies.into_iter().collect();
        Self { name: name.into(), input: None, replies, requests: Vec::new(), output: json!({}), thread: None }
    }

    /// Another input than the example.
    #[must_use]
    pub fn input(mut self, input: Value) -> Self {
        self.input = Some(input);
        self
    }

    /// Adds a call that it makes.
    #[must_use]
    pub fn request(mut self, request: Value) -> Self {
        self.requests.push(request);
        self
    }

    /// Adds calls that it makes.
    #[must_use]
    pub fn with_requests(mut self, requests: impl IntoIterator<Item = Value>) -> Self {
        self.requests.extend(requests);
        self
    }

    /// What its output holds.
    #[must_use]
    pub fn output(mut self, output: Value) -> Self {
        self.output = output;
        self
    }

    /// Who answers from then on: `{"person": "p_1", "owner": {"who": "nobody"}}`.
    #[must_use]
    pub fn thread(mut self, thread: Value) -> Self {
        self.thread = Some(thread);
        self
    }

    /// The input, of the operation that it is named after.
    pub(crate) fn input_of(&self, operation: Option<&Operation>) -> Value {
        self.input.clone().or_else(|| operation.map(|operation| (operation.example)())).unwrap_or_default()
    }
}

/// An input of an operation that must be refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedInput {
    /// The operation's name.
    pub name: String,
    /// The input.
    pub input: Value,
    /// The pointer of every problem in it.
    pub pointers: Vec<String>,
}

impl RefusedInput {
    /// An input with the pointers of its problems.
    pub fn new(name: impl Into<String>, input: Value, pointers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { name: name.into(), input, pointers: pointers.into_iter().map(Into::into).collect() }
    }
}

/// Samples for uploads, for channels that hand out [`MediaUpload`](channel_api::facets::MediaUpload).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct UploadSamples {
    /// A kind that can be uploaded, by address and by file.
    pub kind: MediaKind,
    /// An address from which the provider may fetch it.
    pub url: &'static str,
    /// A file's MIME type of this kind.
    pub content_type: &'static str,
    /// How the provider answers when it keeps something under this id.
    pub kept: fn(&str) -> Reply,
    /// For how long the id is good.
    pub expires_in: Option<Duration>,
}

impl UploadSamples {
    /// Something of this kind, by address and by file, and how the provider answers when it keeps it without an end.
    pub const fn new(kind: MediaKind, url: &'static str, content_type: &'static str, kept: fn(&str) -> Reply) -> Self {
        Self { kind, url, content_type, kept, expires_in: None }
    }

    /// Adds for how long the id is good.
    #[must_use]
    pub const fn with_expires_in(self, expires_in: Duration) -> Self {
        Self { expires_in: Some(expires_in), ..self }
    }
}

/// Samples for signing in, where the registration has a [login](channel_api::AccountLogin).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoginSamples {
    /// The app. Its secret is long and unlike anything else.
    pub app: LoginApp,
    /// The code that the browser brings back, as unlike anything else.
    pub code: &'static str,
    /// The environment variables by which the login calls a provider at an address.
    pub variables: fn(&str) -> Vec<(&'static str, String)>,
    /// How the provider answers each call, in order.
    pub replies: Vec<Reply>,
    /// The accounts: `{"id", "name", "access_token", "category"?, "picture_url"?, "tasks"?}`. Members that are not named are not
    /// looked at.
    pub accounts: Vec<Value>,
    /// Every token in those answers, the ones on the way included.
    pub tokens: Vec<&'static str>,
}

impl LoginSamples {
    /// A sign-in with this app and code, which calls the provider where these variables say.
    pub const fn new(app: LoginApp, code: &'static str, variables: fn(&str) -> Vec<(&'static str, String)>) -> Self {
        Self { app, code, variables, replies: Vec::new(), accounts: Vec::new(), tokens: Vec::new() }
    }

    /// Adds how the provider answers each call, in order, and every token in those answers.
    #[must_use]
    pub fn with_replies(
        self,
        replies: impl IntoIterator<Item = Reply>,
        tokens: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        Self { replies: replies.into_iter().collect(), tokens: tokens.into_iter().collect(), ..self }
    }

    /// Adds the accounts that come of it.
    #[must_use]
    pub fn with_accounts(self, accounts: impl IntoIterator<Item = Value>) -> Self {
        Self { accounts: accounts.into_iter().collect(), ..self }
    }
}

impl fmt::Display for OperationSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the operation `{}`", self.name)
    }
}

impl fmt::Display for RefusedInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an input of the operation `{}`", self.name)
    }
}
