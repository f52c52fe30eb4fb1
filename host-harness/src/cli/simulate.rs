use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{Failure, output};
use crate::demo::SIMULATOR_URL;

#[derive(Debug, Args)]
pub(super) struct Simulate {
    #[command(subcommand)]
    act: Act,
    /// Where the simulator is; `demo` prints it
    #[arg(long, global = true, default_value = SIMULATOR_URL)]
    url: String,
    /// The person's id; without it, the first person
    #[arg(long, global = true)]
    from: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Act {
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
    /// Print the conversation as the phone shows it
    Transcript,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Image,
    Video,
    Audio,
    File,
}

impl Simulate {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let (path, mut body) = match self.act {
            Act::Say { text } => ("say", json!({ "text": text.join(" ") })),
            Act::Tap { title, payload } => ("tap", json!({ "title": title, "payload": payload })),
            Act::QuickReply { title, payload } => ("quick-reply", json!({ "title": title, "payload": payload })),
            Act::Attach { kind, url } => {
                let kind = kind.to_possible_value().map(|value| value.get_name().to_owned());
                ("attach", json!({ "type": kind, "url": url }))
            }
            Act::Transcript => ("transcript", Value::Null),
        };
        let client =
            reqwest::Client::builder().no_proxy().build().map_err(|error| Failure::new(error.to_string(), None))?;
        let base = self.url.trim_end_matches('/');
        let request = if body.is_null() {
            let person = self.from.map(|from| format!("?person={from}")).unwrap_or_default();
            client.get(format!("{base}/_sim/{path}{person}"))
        } else {
            if let Some(from) = self.from {
                body["from"] = Value::String(from);
            }
            client.post(format!("{base}/_sim/{path}")).json(&body)
        };
        let response = request.send().await.map_err(|_| {
            Failure::new(
                format!("no simulator answers at {base}"),
                Some("start `host-harness demo` first, or give its address with --url"),
            )
        })?;
        let good = response.status().is_success();
        let answer: Value = response.json().await.map_err(|_| {
            Failure::new(
                format!("what answers at {base} is no simulator"),
                Some("look at the address that `demo` printed"),
            )
        })?;
        if good {
            return output::pretty(&answer);
        }
        let message = answer["error"]["message"].as_str().unwrap_or("the simulator refused").to_owned();
        let offered: Vec<&str> = answer["error"]["offered"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|button| button["title"].as_str())
            .collect();
        let can_tap = (!offered.is_empty()).then(|| format!("on the screen: {}", offered.join(" | ")));
        Err(Failure::new(message, can_tap.as_deref().or(answer["error"]["hint"].as_str())))
    }
}
