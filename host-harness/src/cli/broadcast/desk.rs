//! Where broadcasts are asked for: the host that runs with the store, or the store itself.

use std::sync::Arc;

use channel_api::{ErrorKind, Registry};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::broadcasts::{self, Broadcasts, Request, Wish};
use crate::cli::alone::Alone;
use crate::cli::denormalize::refuse;
use crate::cli::opened::{self, Opened, Readable};
use crate::cli::{Failure, input, running_host};
use crate::config::HostConfig;
use crate::sending::{Key, NotSent};

/// Where broadcasts are asked for.
pub(super) enum Desk {
    Running(Box<HostConfig>),
    Own(Box<Own>),
}

/// The store, and what works on it.
pub(super) struct Own {
    broadcasts: Broadcasts,
    alone: Alone,
}

/// A broadcast that was made, or that was there.
pub(super) struct Made {
    pub(super) id: String,
    pub(super) created_at: String,
    /// It was made before by the same words.
    pub(super) is_replayed: bool,
}

impl Desk {
    pub(super) async fn open(config: HostConfig, command: &str) -> Result<Self, Failure> {
        let stores = match opened::open(&config, command).await? {
            Opened::Own(stores) => stores,
            Opened::Running => return Ok(Self::Running(Box::new(config))),
        };
        let alone = Alone::open(&config, &Registry::discover()?, stores).await?;
        let Alone { stores, sender, tasks, stopping, .. } = &alone;
        let kept = Arc::clone(&stores.broadcasts);
        let broadcasts = Broadcasts::new(kept, sender.clone(), tasks.clone(), stopping.clone());
        broadcasts.settle().await?;
        Ok(Self::Own(Box::new(Own { broadcasts, alone })))
    }

    /// Makes a broadcast of this body, or finds the one that was made of it a moment ago, unless there is a new `key`.
    pub(super) async fn create(&mut self, body: Vec<u8>, key: Option<String>) -> Result<Made, Failure> {
        match self {
            Self::Running(config) => {
                let answer = running_host::post_with_key(config, &["broadcasts"], key.as_deref(), body).await?;
                let is_replayed = answer.is_replayed;
                let told = shown(answer)?;
                let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
                Ok(Made { id: text("id"), created_at: text("createdAt"), is_replayed })
            }
            Self::Own(own) => {
                let request = request(&body, key.as_deref())?;
                own.alone.sender.start().await?;
                own.broadcasts.start().await?;
                let (broadcast, is_replayed) = own.broadcasts.create(request).await.map_err(refused)?;
                Ok(Made { id: broadcast.id, created_at: broadcast.created_at.to_string(), is_replayed })
            }
        }
    }

    /// How many of these people may be written to now.
    pub(super) async fn windows(&mut self, body: Vec<u8>) -> Result<Value, Failure> {
        match self {
            Self::Running(config) => {
                shown(running_host::post(config, &["broadcasts"], &[("dryRun", "true")], body).await?)
            }
            Self::Own(own) => {
                let request = request(&body, None)?;
                let windows = own.broadcasts.windows(&request).await.map_err(refused)?;
                serde_json::to_value(windows).map_err(Failure::from)
            }
        }
    }

    pub(super) async fn report(&mut self, id: &str) -> Result<Value, Failure> {
        match self {
            Self::Running(config) => running_host::get(config, &["broadcasts", id], &[]).await?.good(),
            Self::Own(own) => {
                let report = own.broadcasts.report(id).await?.ok_or_else(unknown)?;
                serde_json::to_value(report).map_err(Failure::from)
            }
        }
    }

    pub(super) async fn wish(&mut self, id: &str, wish: Wish) -> Result<(), Failure> {
        match self {
            Self::Running(config) => {
                let path = ["broadcasts", id, word(wish)];
                running_host::post(config, &path, &[], Vec::new()).await?.good().map(drop)
            }
            Self::Own(own) => {
                let now = own.broadcasts.wish(id, wish).await?.ok_or_else(unknown)?;
                if !wish.is_done(now.state) {
                    let hint = "what is done or cancelled stays so; make another one for those who got nothing";
                    return Err(Failure::new(format!("the broadcast is {} already", now.state.as_str()), Some(hint)));
                }
                if wish == Wish::Resume {
                    own.alone.sender.start().await?;
                    own.broadcasts.start().await?;
                }
                Ok(())
            }
        }
    }

    /// Whether it is sent from here.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// Waits for what is under way. What still waits is for the next one that opens the store.
    pub(super) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Own(own) => own.alone.close().await,
            Self::Running(_) => Ok(()),
        }
    }
}

/// What has become of a broadcast, wherever that is known.
pub(super) async fn show(config: &HostConfig, id: &str) -> Result<Value, Failure> {
    match opened::to_read(config)? {
        Readable::Here { reader, .. } => {
            let report = broadcasts::kept(&reader, id).await?.ok_or_else(unknown)?;
            serde_json::to_value(report).map_err(Failure::from)
        }
        Readable::Running => running_host::get(config, &["broadcasts", id], &[]).await?.good(),
    }
}

fn request(body: &[u8], key: Option<&str>) -> Result<Request, Failure> {
    let key = key.and_then(Key::new);
    let read = input::document(body, "the broadcast")
        .and_then(|document| Request::read(document, Sha256::digest(body).into(), key));
    read.map_err(|error| refused(NotSent::Refused(error)))
}

/// The word for it in an address.
pub(super) const fn word(wish: Wish) -> &'static str {
    match wish {
        Wish::Pause => "pause",
        Wish::Resume => "resume",
        Wish::Cancel => "cancel",
    }
}

fn refused(reason: NotSent) -> Failure {
    match reason {
        NotSent::Refused(error) if error.kind() == ErrorKind::InvalidMessage => {
            refuse(&error).err().unwrap_or(Failure::Shown)
        }
        NotSent::Refused(error) => error.into(),
        reason => Failure::new(reason.to_string(), reason.hint().map(|hint| in_options(&hint)).as_deref()),
    }
}

/// The API names a member, which is an option here.
fn in_options(hint: &str) -> String {
    hint.replace("`channelId`", "--channel")
}

/// What the running host answered, told as if it had been refused here.
fn shown(mut answer: running_host::Answer) -> Result<Value, Failure> {
    let issues = answer.body["issues"].as_array().filter(|issues| !answer.is_good && !issues.is_empty());
    if let Some(issues) = issues {
        crate::cli::output::line(&json!({ "issues": issues }))?;
        return Err(Failure::Shown);
    }
    if let Some(hint) = answer.body["hint"].as_str().map(in_options) {
        answer.body["hint"] = hint.into();
    }
    answer.good()
}

fn unknown() -> Failure {
    Failure::new("there is no such broadcast in this store", Some("its id was told when it was made"))
}
