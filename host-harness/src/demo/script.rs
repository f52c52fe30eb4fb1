//! The conversation that the demo plays by itself.

use std::time::Duration;

use tokio::sync::broadcast;

use super::narrator::tell;
use super::stage::{DemoError, PERSON, Stage};
use crate::simulator::{Choice, Happening};

/// How long the bot may take to answer before something must be wrong.
const PATIENCE: Duration = Duration::from_secs(20);

/// Plays it, and tells it as it goes.
pub(super) async fn play(stage: &Stage) -> Result<(), DemoError> {
    let mut happenings = stage.simulator.happenings();
    let say = |text: &str| stage.simulator.say(Some(PERSON), text).map_err(stuck);
    let tap = |title: &str| stage.simulator.tap(Some(PERSON), &Choice::Title(title.to_owned())).map_err(stuck);
    let quick_reply =
        |title: &str| stage.simulator.quick_reply(Some(PERSON), &Choice::Title(title.to_owned())).map_err(stuck);

    say("Hi, I need help with my order")?;
    until_read(&mut happenings).await?;
    quick_reply("Show me phones")?;
    until_read(&mut happenings).await?;
    tap("Buy Now")?;
    until_read(&mut happenings).await?;
    Ok(())
}

fn stuck(why: impl std::fmt::Display) -> DemoError {
    DemoError::Stuck(why.to_string())
}

/// Tells what happens until the person has read the bot's answer and the host knows it.
async fn until_read(happenings: &mut broadcast::Receiver<Happening>) -> Result<(), DemoError> {
    let told = async {
        loop {
            match happenings.recv().await {
                Ok(happening) => {
                    tell(&happening)?;
                    match happening {
                        Happening::WebhookDelivered { field, .. } if field == "message_reads" => return Ok(()),
                        Happening::WebhookFailed { reason, gave_up: true, .. } => return Err(stuck(reason)),
                        Happening::Refused { message, .. } => return Err(stuck(message)),
                        _ => {}
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return Err(stuck("the simulator has ended")),
            }
        }
    };
    tokio::time::timeout(PATIENCE, told).await.unwrap_or_else(|_| Err(stuck(format!("no answer within {PATIENCE:?}"))))
}
