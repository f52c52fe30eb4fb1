//! Being the person on the phone, in a simulator that runs elsewhere.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{CommandError, DEFAULT_URL, output};

#[derive(Debug, Args)]
pub(super) struct Phone {
    /// Where the simulator is; `demo` prints it
    #[arg(long, global = true, default_value = DEFAULT_URL)]
    pub(super) url: String,
    /// The person's id; without it, the first person
    #[arg(long, global = true)]
    pub(super) from: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Write a text
    Say {
        /// The words
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Tap a button, by the words on it or by its payload
    Tap {
        /// The words on the button
        #[arg(required_unless_present = "payload")]
        title: Option<String>,
        /// The button's payload
        #[arg(long, conflicts_with = "title")]
        payload: Option<String>,
    },
    /// Tap a quick reply under the last message
    QuickReply {
        /// The words on it
        #[arg(required_unless_present = "payload")]
        title: Option<String>,
        /// Its payload
        #[arg(long, conflicts_with = "title")]
        payload: Option<String>,
    },
    /// Send a picture, film, sound or file
    Attach {
        /// What it is
        kind: Kind,
        /// Where it is
        url: String,
    },
    /// Put an emoji on the last message of the Page
    React {
        /// The emoji
        #[arg(default_value = "👍")]
        emoji: String,
    },
    /// Take the emoji off again
    Unreact,
    /// Change the words of the last message
    Edit {
        /// The new words
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Read what has not been read yet
    Read,
    /// Block the Page
    Block,
    /// Unblock the Page
    Unblock,
    /// Print the conversation as the phone shows it
    Transcript,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Kind {
    Image,
    Video,
    Audio,
    File,
}

impl Phone {
    pub(super) async fn act(&self, act: Act) -> Result<(), CommandError> {
        let (path, body) = match act {
            Act::Say { text } => ("say", json!({ "text": text.join(" ") })),
            Act::Tap { title, payload } => ("tap", json!({ "title": title, "payload": payload })),
            Act::QuickReply { title, payload } => ("quick-reply", json!({ "title": title, "payload": payload })),
            Act::Attach { kind, url } => {
                let kind = kind.to_possible_value().map(|value| value.get_name().to_owned());
                ("attach", json!({ "type": kind, "url": url }))
            }
            Act::React { emoji } => ("react", json!({ "emoji": emoji })),
            Act::Unreact => ("unreact", json!({})),
            Act::Edit { text } => ("edit", json!({ "text": text.join(" ") })),
            Act::Read => ("read", json!({})),
            Act::Block => ("block", json!({})),
            Act::Unblock => ("unblock", json!({})),
            Act::Transcript => {
                let person = self.from.as_ref().map(|from| format!("?person={from}")).unwrap_or_default();
                return Ok(output::pretty(&self.get(&format!("transcript{person}")).await?)?);
            }
        };
        Ok(output::pretty(&self.post(path, body).await?)?)
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, CommandError> {
        self.exchange(client()?.get(self.address(path))).await
    }

    async fn post(&self, path: &str, mut body: Value) -> Result<Value, CommandError> {
        if let Some(from) = &self.from {
            body["from"] = Value::String(from.clone());
        }
        self.exchange(client()?.post(self.address(path)).json(&body)).await
    }

    fn address(&self, path: &str) -> String {
        format!("{}/_sim/{path}", self.url.trim_end_matches('/'))
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<Value, CommandError> {
        let base = self.url.trim_end_matches('/');
        let response = request.send().await.map_err(|_| {
            CommandError::new(
                format!("no simulator answers at {base}"),
                Some("start `host-harness demo` or `host-harness simulate` first, or give its address with --url"),
            )
        })?;
        let good = response.status().is_success();
        let answer: Value = response.json().await.map_err(|_| {
            CommandError::new(
                format!("what answers at {base} is no simulator"),
                Some("look at the address that `demo` or `simulate` printed"),
            )
        })?;
        if good {
            return Ok(answer);
        }
        let message = answer["error"]["message"].as_str().unwrap_or("the simulator refused").to_owned();
        let offered: Vec<&str> = answer["error"]["offered"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|button| button["title"].as_str())
            .collect();
        let can_tap = (!offered.is_empty()).then(|| format!("on the screen: {}", offered.join(" | ")));
        Err(CommandError::new(message, can_tap.as_deref().or(answer["error"]["hint"].as_str())))
    }
}

/// Never through a proxy: the simulator is on this machine.
pub(super) fn client() -> Result<reqwest::Client, CommandError> {
    let client = || reqwest::Client::builder().no_proxy();
    // A machine without CA certificates cannot make the usual client; without them, only `http:` addresses work.
    let built = client().build().or_else(|_| client().tls_certs_only([]).build());
    built.map_err(|error| CommandError::new(error.to_string(), None))
}
