//! A host, Meta's stand-in and callers; and what happens to the host between them.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::{Callers, Dice, Evidence, Fault, Intent, Meta, Plan, Step, Style, Verdict, Whereabouts};
use crate::{ConfigFile, HostConfig, HostProcess, ids};

/// As many calls of a channel are made at once.
const OPEN_CALLS: usize = 64;
/// After how many calls the host is killed at the latest, and how much later.
const KILLED_WITHIN: (u64, u64) = (60, 20_000);

/// Everything that is running.
#[derive(Debug)]
pub struct Stage {
    /// Meta's stand-in.
    pub meta: Meta,
    /// The host, unless it is away.
    host: Option<HostProcess>,
    config: ConfigFile,
    whereabouts: Whereabouts,
    callers: Option<Callers>,
    in_flight: usize,
    echoes: bool,
    dice: Dice,
}

/// No limits but the host's own speed, and waits of seconds where there are minutes.
#[must_use]
pub fn paced(meta_url: &str) -> HostConfig {
    HostConfig::alone()
        .set("graph_api_url", meta_url)
        .set("app_id", ids::APP)
        .server("check_connections", "off")
        .rate("messages_per_second", 100_000)
        .rate("audio_video_per_second", 100_000)
        .rate("per_person_per_hour", 100_000)
        .section("retry", json!({"base": "100ms", "cap": "1s", "unknown_after": "15s"}))
}

impl Stage {
    /// A host whose provider behaves so.
    pub async fn new(seed: u64, plan: Plan) -> Self {
        Self::with(seed, plan, |config| config).await
    }

    /// With a change to the host's configuration.
    pub async fn with(seed: u64, plan: Plan, change: impl FnOnce(HostConfig) -> HostConfig) -> Self {
        let mut dice = Dice::new(seed);
        let whereabouts = Whereabouts::default();
        let echoes = plan.receipts.is_some() || plan.is_open;
        let meta = Meta::start(plan, dice.fork(), whereabouts.clone()).await;
        let config = change(paced(&meta.url())).write();
        let mut stage = Self { meta, host: None, config, whereabouts, callers: None, in_flight: 0, echoes, dice };
        stage.start().await;
        stage
    }

    /// Callers begin to post: one for each style, so many people each, so many messages to each at most.
    pub fn load(&mut self, styles: &[Style], people: usize, most: u64) {
        self.callers = Some(Callers::start(&self.whereabouts, styles, people, most, &mut self.dice));
    }

    /// The callers.
    #[must_use]
    pub fn callers(&self) -> &Callers {
        self.callers.as_ref().expect("the load has begun")
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> &HostProcess {
        self.host.as_ref().expect("the host is there")
    }

    /// What the host runs on.
    #[must_use]
    pub fn config(&self) -> &ConfigFile {
        &self.config
    }

    /// Starts the host again.
    pub async fn start(&mut self) {
        let host = self.config.serve().await;
        self.whereabouts.set(host.address());
        self.host = Some(host);
    }

    /// Ends the host as a crash does, at a moment that nobody chose, while it makes calls.
    pub async fn kill_under_load(&mut self) {
        let calls = 1 + self.dice.below(KILLED_WITHIN.0);
        self.meta.asked(usize::try_from(calls).unwrap_or(1)).await;
        sleep(Duration::from_micros(self.dice.below(KILLED_WITHIN.1))).await;
        self.kill().await;
    }

    /// Ends the host as a crash does.
    pub async fn kill(&mut self) {
        let host = self.host.take().expect("the host is there");
        host.kill().await;
        self.in_flight += self.under_way();
    }

    /// Meta broke off: what was under way had no answer.
    pub fn broke_off(&mut self) {
        self.in_flight += self.under_way();
    }

    /// Waits until callers have repeated so many posts: the host answers with refusals, or not at all.
    pub async fn refusals(&self, more: u64) {
        self.callers().repeated(more).await;
    }

    /// Asks the host to end. Its exit code.
    pub async fn terminate(&mut self) -> Option<i32> {
        let host = self.host.take().expect("the host is there");
        host.terminate().await.code
    }

    /// How many messages can be under way at most: one a person, of those who are still owed one.
    fn under_way(&self) -> usize {
        let calls = self.meta.calls();
        let ended =
            |call: &&super::Call| call.is_known() && (call.carried.is_some() || call.fault == Some(Fault::ErrorInside));
        let ended: HashSet<&str> = calls.iter().filter(ended).map(|call| call.text.as_str()).collect();
        let intents = self.callers().intents();
        let owed = |intent: &&Intent| intent.posted > 0 && !ended.contains(intent.text.as_str());
        let people: HashMap<&str, u64> =
            intents.iter().filter(owed).map(|intent| (intent.person.as_str(), intent.number)).collect();
        people.len().min(OPEN_CALLS)
    }

    /// Lets callers end, waits until everything is known or nothing has happened for so long, and judges.
    pub async fn judge(mut self, longest: Duration) -> Verdict {
        let callers = self.callers.take().expect("the load has begun");
        let intents = callers.end().await;
        self.verdict(intents, longest).await
    }

    /// As [`judge`](Self::judge), once the callers have posted all that they were to post.
    pub async fn judge_all(mut self, longest: Duration) -> Verdict {
        let callers = self.callers.take().expect("the load has begun");
        let intents = callers.done().await;
        self.verdict(intents, longest).await
    }

    /// Waits until the host has nothing left to do, or has made no call for so long.
    async fn come_to_rest(&self, longest: Duration) {
        loop {
            let calls = self.meta.calls().len();
            if self.host().settled(longest).await || self.meta.calls().len() == calls {
                return;
            }
        }
    }

    async fn verdict(&self, intents: Vec<Intent>, longest: Duration) -> Verdict {
        let host = self.host();
        // What is still open then is in the evidence.
        self.come_to_rest(longest).await;
        self.meta.all_told().await;
        // Late receipts may have settled the last ones.
        self.come_to_rest(longest).await;
        // What was done is looked at last: nothing is told that has not been done by then.
        let (kept, steps) = (host.kept().await, Step::among(&host.events().await));
        let (calls, in_flight, echoes) = (self.meta.calls(), self.in_flight, self.echoes);
        let evidence = Evidence { intents, calls, kept, steps, in_flight, echoes };
        evidence.judge()
    }
}
