//! The conversation that the demo plays by itself.

use std::time::Duration;

use messenger_simulator::{Choice, SimulatorEvent};
use tokio::sync::broadcast;

use super::colleague::Colleague;
use super::narrator::{narrate, pause, show};
use super::stage::{DemoError, PERSON, Stage};

/// How long the bot may take to answer before something must be wrong.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// Plays it, and tells it as it goes.
pub(super) async fn play(stage: &Stage) -> Result<(), DemoError> {
    let mut scene = Scene { events: stage.simulator.events() };
    let say = |text: &str| stage.simulator.say(Some(PERSON), text).map_err(stuck);
    let tap = |title: &str| stage.simulator.tap(Some(PERSON), &Choice::Title(title.to_owned())).map_err(stuck);
    let quick_reply =
        |title: &str| stage.simulator.quick_reply(Some(PERSON), &Choice::Title(title.to_owned())).map_err(stuck);

    say("Hi, I need help with my order")?;
    scene.until_read().await?;
    quick_reply("Show me phones")?;
    scene.until_read().await?;
    tap("Buy Now")?;
    scene.until_read().await?;

    let colleague = Colleague::new(stage.simulator.url());
    narrate("Ana asks for a person. The bot passes the conversation to the Page's inbox, through the host's API.")?;
    say("I want to talk to a person")?;
    scene.until_passed().await?;
    narrate("A colleague answers from the inbox. The host is told on standby and stores it; the bot keeps quiet.")?;
    colleague.says("Hello Ana, this is Rui. Your order left this morning.").await.map_err(stuck)?;
    scene.quietly(stage).await?;
    say("Great, thank you!")?;
    scene.quietly(stage).await?;
    narrate("The colleague gives the conversation back, and the bot takes up again.")?;
    colleague.gives_back().await.map_err(stuck)?;
    scene.until_read().await
}

fn stuck(why: impl std::fmt::Display) -> DemoError {
    DemoError::Stuck(why.to_string())
}

struct Scene {
    events: broadcast::Receiver<SimulatorEvent>,
}

impl Scene {
    /// Until the person has read the bot's answer and the host knows it.
    async fn until_read(&mut self) -> Result<(), DemoError> {
        let mut answered = false;
        self.until(|event| {
            answered |= matches!(event, SimulatorEvent::PageSent { .. });
            answered && is_webhook(event, "message_reads")
        })
        .await
    }

    /// Until the bot's answer is read and the conversation is somebody else's.
    async fn until_passed(&mut self) -> Result<(), DemoError> {
        let (mut read, mut passed) = (false, false);
        self.until(|event| {
            read |= is_webhook(event, "message_reads");
            passed |= matches!(event, SimulatorEvent::ThreadControl { action, .. } if action == "pass");
            read && passed
        })
        .await
    }

    /// Tells what happens until the host has stored all of it. The bot must not say anything meanwhile. What it would say late
    /// would still be told before it takes up again, or be refused.
    async fn quietly(&mut self, stage: &Stage) -> Result<(), DemoError> {
        let settled = tokio::time::timeout(ANSWER_TIMEOUT, stage.simulator.settled());
        settled.await.map_err(|_| stuck("webhooks are not taken"))?;
        loop {
            match self.events.try_recv() {
                Ok(SimulatorEvent::PageSent { message, .. }) => {
                    return Err(stuck(format!("the bot did not keep quiet: {message}")));
                }
                Ok(event) => show_unless_wrong(&event)?,
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return Ok(pause()?),
            }
        }
    }

    /// Tells what happens until `enough` says that it is enough.
    async fn until(&mut self, mut enough: impl FnMut(&SimulatorEvent) -> bool) -> Result<(), DemoError> {
        let telling = async {
            loop {
                match self.events.recv().await {
                    Ok(event) => {
                        show_unless_wrong(&event)?;
                        if enough(&event) {
                            return Ok(());
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return Err(stuck("the simulator has ended")),
                }
            }
        };
        let late = |_| Err(stuck(format!("no answer within {ANSWER_TIMEOUT:?}")));
        tokio::time::timeout(ANSWER_TIMEOUT, telling).await.unwrap_or_else(late)
    }
}

/// Tells one thing. Some things must not happen in this play.
fn show_unless_wrong(event: &SimulatorEvent) -> Result<(), DemoError> {
    show(event)?;
    match event {
        SimulatorEvent::WebhookFailed { reason, gave_up: true, .. } => Err(stuck(reason)),
        SimulatorEvent::Refused { message, .. } => Err(stuck(message)),
        _ => Ok(()),
    }
}

fn is_webhook(event: &SimulatorEvent, wanted: &str) -> bool {
    matches!(event, SimulatorEvent::WebhookDelivered { field, .. } if field == wanted)
}
