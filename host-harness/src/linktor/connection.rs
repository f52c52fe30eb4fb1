//! The connection to the bus. It is made in the background and made again for ever: a host starts without it and goes on without it.

mod link;

use std::sync::Arc;
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use self::link::Link;
use super::streams::{self, Found};
use crate::config::{Linktor, Login};

/// How long the bus may take to answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// How long it may take to connect to a server.
const CONNECTS_WITHIN: Duration = Duration::from_secs(3);
/// How often it is asked whether the server is there. After three times without an answer the connection is made again, so that both
/// directions flow within 10 seconds after a network is back that had swallowed everything.
const PINGS_EVERY: Duration = Duration::from_secs(2);
/// The longest wait between two attempts to connect; up to half of it more is chance, so that many hosts do not come at once.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long until the streams are looked at again that could not be looked at.
const LOOKS_AGAIN: Duration = Duration::from_secs(1);
/// How long until streams are looked at again that do not work: somebody has to mend them.
const MENDED: Duration = Duration::from_secs(15);
/// How often it is said that the bus is not there.
const SAID_EVERY: Duration = Duration::from_mins(1);

/// A handle on the bus, cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Bus {
    state: watch::Receiver<State>,
    link: Arc<Link>,
}

/// How it stands with the bus.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// Nobody can be reached, or the streams cannot be looked at, and why.
    Away(String),
    /// The streams are not what a channel can use, and why.
    Refused(Vec<String>),
    /// All is well.
    Open(Box<Open>),
}

/// A bus that is there, until it [is not](Bus::lost).
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// What it is spoken to with.
    pub(crate) context: Context,
    /// Which connection this is: another one each time.
    pub(crate) number: u64,
}

/// What makes the connection and keeps it.
#[derive(Debug)]
pub(super) struct Connection {
    config: Linktor,
    state: watch::Sender<State>,
    link: Arc<Link>,
}

impl Bus {
    /// Waits until the bus is there and its streams are right.
    pub(crate) async fn open(&mut self) -> Open {
        loop {
            if let State::Open(open) = &*self.state.borrow_and_update() {
                return Open::clone(open);
            }
            self.changed().await;
        }
    }

    /// Waits until this connection is no more.
    pub(crate) async fn lost(&mut self, open: &Open) {
        while matches!(&*self.state.borrow_and_update(), State::Open(now) if now.number == open.number) {
            self.changed().await;
        }
    }

    /// Whether it is there.
    pub(crate) fn is_open(&self) -> bool {
        matches!(&*self.state.borrow(), State::Open(_))
    }

    /// How it stands now.
    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// What this host may not do there, in the server's words.
    pub(super) fn missing(&self) -> Option<String> {
        self.link.missing()
    }

    /// Who keeps the connection ends with the host, and nothing comes after that.
    async fn changed(&mut self) {
        if self.state.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl State {
    /// In one word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Away(_) => "away",
            Self::Refused(_) => "refused",
            Self::Open(_) => "open",
        }
    }
}

impl Connection {
    pub(super) fn new(config: Linktor) -> (Self, Bus) {
        let (state, watched) = watch::channel(State::Away("not connected yet".to_owned()));
        let link = Arc::new(Link::default());
        (Self { config, state, link: Arc::clone(&link) }, Bus { state: watched, link })
    }

    /// Connects, looks at the streams and says so, each time anew. Ends never; what it holds goes with it.
    pub(super) async fn keep(self) {
        let link = Arc::clone(&self.link);
        let servers: Vec<async_nats::ServerAddr> = self.servers();
        let client = match self.options(&link).connect(servers).await {
            Ok(client) => client,
            // It is tried for ever, so this is about the options themselves.
            Err(error) => {
                tracing::error!(reason = %streams::reason(&error), "the bus of Linktor cannot be used");
                self.state.send_replace(State::Away(streams::reason(&error)));
                return;
            }
        };
        let context = ContextBuilder::new().timeout(ANSWERS_WITHIN).ack_timeout(ANSWERS_WITHIN).build(client);
        let mut told = Told::default();
        loop {
            let Some(number) = self.connected(&link, &mut told).await else { continue };
            tokio::select! {
                () = link.lost(number) => {}
                () = self.serve(&context, number, &link, &mut told) => {}
            }
            self.state.send_replace(State::Away(link.why()));
        }
    }

    /// Waits until there is a connection, and says once a minute that there is none.
    async fn connected(&self, link: &Link, told: &mut Told) -> Option<u64> {
        let say_again = told.said.map_or_else(|| Instant::now() + ANSWERS_WITHIN, |said| said + SAID_EVERY);
        tokio::select! {
            number = link.made() => Some(number),
            () = sleep_until(say_again) => {
                let reason = link.why();
                tracing::warn!(reason, "Linktor's bus cannot be reached; webhooks are stored, and it is tried again for ever");
                self.state.send_replace(State::Away(reason));
                told.said = Some(Instant::now());
                None
            }
        }
    }

    /// Looks at the streams until they are right, and then waits.
    async fn serve(&self, context: &Context, number: u64, link: &Link, told: &mut Told) {
        loop {
            let again = match streams::look(context).await {
                Ok(found) if found.refusals.is_empty() => {
                    told.tell(found);
                    tracing::info!(connection = number, "Linktor's bus is there");
                    told.said = None;
                    self.state.send_replace(State::Open(Box::new(Open { context: context.clone(), number })));
                    return std::future::pending().await;
                }
                Ok(found) => {
                    self.state.send_replace(State::Refused(found.refusals.clone()));
                    told.tell(found);
                    MENDED
                }
                Err(error) => {
                    let reason =
                        link.missing().map_or_else(|| error.to_string(), |missing| format!("{error}; {missing}"));
                    if told.said.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
                        tracing::warn!(
                            reason,
                            "Linktor's bus is there but does not answer; it is asked again for ever"
                        );
                        told.said = Some(Instant::now());
                    }
                    self.state.send_replace(State::Away(reason));
                    LOOKS_AGAIN
                }
            };
            sleep(again).await;
        }
    }

    fn servers(&self) -> Vec<async_nats::ServerAddr> {
        let read = self.config.servers.iter().filter_map(|url| url.as_str().parse().ok());
        read.collect()
    }

    fn options(&self, link: &Arc<Link>) -> ConnectOptions {
        let options = match &self.config.login {
            Login::Nobody => ConnectOptions::new(),
            Login::User(user, password) => {
                ConnectOptions::with_user_and_password(user.clone(), password.expose().to_owned())
            }
            Login::Token(token) => ConnectOptions::with_token(token.expose().to_owned()),
            // The configuration has read them.
            Login::Credentials(text) => ConnectOptions::with_credentials(text.expose()).unwrap_or_default(),
        };
        let link = Arc::clone(link);
        let mut options = options
            .name("linktor-host-harness")
            .retry_on_initial_connect()
            .max_reconnects(None)
            .connection_timeout(CONNECTS_WITHIN)
            .ping_interval(PINGS_EVERY)
            .request_timeout(Some(ANSWERS_WITHIN))
            .reconnect_delay_callback(wait)
            .event_callback(move |event| {
                link.heard(event);
                std::future::ready(())
            });
        if let Some(path) = &self.config.tls_ca_file {
            options = options.add_root_certificates(path.clone());
        }
        if let Some((certificate, key)) = &self.config.tls_client {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        options
    }
}

/// What was said, so that it is said once.
#[derive(Debug, Default)]
struct Told {
    /// When it was said that the bus is not there.
    said: Option<Instant>,
    found: Found,
}

impl Told {
    fn tell(&mut self, found: Found) {
        for stream in &found.made {
            tracing::info!(stream, "the stream was missing, and is made as Linktor's core makes it");
        }
        for notice in found.notices.iter().filter(|notice| !self.found.notices.contains(notice)) {
            tracing::info!(notice, "a stream of Linktor is otherwise than its core makes it");
        }
        for refusal in found.refusals.iter().filter(|refusal| !self.found.refusals.contains(refusal)) {
            tracing::error!(refusal, "Linktor's bus cannot be used; webhooks are stored");
        }
        self.found = found;
    }
}

/// How long before another attempt to connect. The first is made at once.
fn wait(attempts: usize) -> Duration {
    if attempts <= 1 {
        return Duration::ZERO;
    }
    let exponent = u32::try_from(attempts - 2).unwrap_or(u32::MAX).min(10);
    let longest = (Duration::from_millis(50) * 2_u32.pow(exponent)).min(LONGEST_WAIT);
    let mut byte = [0];
    // Without chance they all come at once, which is no reason not to come.
    let _chance = getrandom::fill(&mut byte);
    longest + longest / 2 * u32::from(byte[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_at_once_and_then_ever_less_often() {
        assert_eq!(wait(1), Duration::ZERO);
        for (attempts, shortest) in [(2, 50), (3, 100), (7, 1_600), (8, 2_000), (100_000, 2_000)] {
            let (waited, shortest) = (wait(attempts), Duration::from_millis(shortest));
            assert!((shortest..=shortest * 3 / 2).contains(&waited), "{attempts}: {waited:?}");
        }
    }
}
