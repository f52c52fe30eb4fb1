//! The conversation that `demo` plays, with Linktor's core at the other end.

use std::time::Duration;

use messenger_simulator::Choice;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::core::{Core, Told};
use super::teller::show;
use crate::demo::DemoError;
use crate::demo::colleague::Colleague;
use crate::demo::narrator::{narrate, pause};
use crate::demo::stage::{PERSON, Stage};

/// How long a step may take before something must be wrong.
const LONGEST: Duration = Duration::from_secs(20);

const NICE: &str = "Have a nice day, Ana.";

/// Plays it, and tells it as it goes.
pub(super) async fn play(stage: &Stage, core: &Core, told: &mut UnboundedReceiver<Told>) -> Result<(), DemoError> {
    let mut scene = Scene { told };
    let ana = &stage.simulator;
    let title = |title: &str| Choice::Title(title.to_owned());

    ana.say(Some(PERSON), "Hi, I need help with my order").map_err(stuck)?;
    scene.until_read().await?;
    ana.quick_reply(Some(PERSON), &title("Show me phones")).map_err(stuck)?;
    scene.until_read().await?;
    ana.tap(Some(PERSON), &title("Buy Now")).map_err(stuck)?;
    scene.until_read().await?;

    narrate("Ana asks for a person. In the core the conversation goes to Rui, and the bot keeps quiet.")?;
    ana.say(Some(PERSON), "I want to talk to a person").map_err(stuck)?;
    scene.until_read().await?;
    core.agent_says(PERSON, "Hello Ana, this is Rui. Your order left this morning.").await;
    scene.until_read().await?;
    ana.say(Some(PERSON), "Great, thank you!").map_err(stuck)?;
    scene.until("the message", |told| matches!(told, Told::Said { .. })).await?;
    pause()?;

    narrate("A colleague answers in the Page's own inbox. The core hears of it as an event.")?;
    Colleague::new(ana.url()).says(NICE).await.map_err(stuck)?;
    let is_his = |told: &Told| matches!(told, Told::Happened { words: Some(words), .. } if words == NICE);
    scene.until("the event", is_his).await?;
    pause()?;

    narrate("Rui leaves the conversation, and the bot takes up again.")?;
    core.agent_leaves(PERSON).await;
    scene.until_read().await
}

fn stuck(why: impl std::fmt::Display) -> DemoError {
    DemoError::Stuck(why.to_string())
}

struct Scene<'a> {
    told: &'a mut UnboundedReceiver<Told>,
}

impl Scene<'_> {
    /// Until the core knows that the person has read the answer.
    async fn until_read(&mut self) -> Result<(), DemoError> {
        self.until(
            "the answer's status \"read\"",
            |told| matches!(told, Told::Status { status, .. } if status == "read"),
        )
        .await
    }

    /// Tells what happens until this does.
    async fn until(&mut self, what: &str, is_it: impl Fn(&Told) -> bool) -> Result<(), DemoError> {
        let telling = async {
            while let Some(told) = self.told.recv().await {
                show(&told)?;
                match &told {
                    Told::Status { status, error, .. } if status == "failed" => {
                        return Err(stuck(error.as_deref().unwrap_or("an answer failed")));
                    }
                    Told::Wrong(what) => return Err(stuck(what)),
                    _ if is_it(&told) => return Ok(()),
                    _ => {}
                }
            }
            Err(stuck("the core has ended"))
        };
        let late = |_| Err(stuck(format!("{what} did not come to the core within {LONGEST:?}")));
        timeout(LONGEST, telling).await.unwrap_or_else(late)
    }
}
