//! `demo --linktor`: the same conversation through a real nats-server, told from the side of Linktor's core.

mod core;
mod script;
mod server;
mod teller;

use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};

use self::core::{CHANNEL, Core, TENANT, Working};
use self::server::Server;
use super::stage::{Bus, PERSON, Stage};
use super::{DemoError, HOST_ADDRESS, SIMULATOR_ADDRESS};

/// Plays it, and stays up to be played with until `stop` is done.
pub(super) async fn run(exit: bool, stop: impl Future<Output = ()>) -> Result<(), DemoError> {
    let (mut server, address) = Server::start().await?;
    let bus = Bus { url: &address.url, tenant: TENANT, channel: CHANNEL };
    let stage = Stage::set(HOST_ADDRESS, SIMULATOR_ADDRESS, Some(bus)).await?;
    let playing = async {
        let mut working = Core::start(&address.url).await?;
        teller::open(&stage, &address)?;
        script::play(&stage, &working.core, &mut working.told).await?;
        if exit { Ok(()) } else { follow(&stage, &address.url, working).await }
    };
    let played = tokio::select! {
        played = playing => played,
        ended = server.ended() => Err(ended),
        () = stop => Ok(()),
    };
    let cleared = stage.clear().await;
    server.stop().await;
    played.and(cleared)
}

/// Tells what happens from now on. What is typed is the agent's.
async fn follow(stage: &Stage, nats: &str, mut working: Working) -> Result<(), DemoError> {
    teller::invite(stage, nats)?;
    let mut lines = BufReader::new(stdin()).lines();
    let mut is_typed = true;
    loop {
        tokio::select! {
            Some(told) = working.told.recv() => teller::show(&told)?,
            line = lines.next_line(), if is_typed => match line {
                Ok(Some(line)) if line.trim().is_empty() => working.core.agent_leaves(PERSON).await,
                Ok(Some(line)) => working.core.agent_says(PERSON, line.trim()).await,
                // There is no keyboard.
                _ => is_typed = false,
            },
        }
    }
}
