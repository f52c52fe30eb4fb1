//! Meta's stand-in: it carries messages out or does not, answers as badly as it is told to, and writes down what it did.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::asked::{self, Asked, Request};
use super::told::{Message, Teller};
use super::{Call, Carried, Dice, Fault, Plan, Whereabouts};
use crate::graph::{Answer, Answering, locked, serve};
use crate::webhook::ago;
use crate::{GraphRequest, ids, within};

/// A listening stand-in, which outlives the host.
#[derive(Debug)]
pub struct Meta {
    address: SocketAddr,
    state: Arc<State>,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    plan: Mutex<Plan>,
    dice: Mutex<Dice>,
    calls: Mutex<Vec<Call>>,
    count: watch::Sender<usize>,
    carried: AtomicUsize,
    teller: Arc<Teller>,
}

impl Meta {
    /// Listens on a free port of loopback, and tells the host there of what it carries out.
    pub async fn start(plan: Plan, dice: Dice, host: Whereabouts) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("a bound listener has an address");
        let state = Arc::new(State {
            plan: Mutex::new(plan),
            dice: Mutex::new(dice),
            calls: Mutex::default(),
            count: watch::Sender::new(0),
            carried: AtomicUsize::new(0),
            teller: Arc::new(Teller::new(host)),
        });
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, serving }
    }

    /// What a channel is configured with.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Behaves in another way from now on.
    pub fn behave(&self, plan: Plan) {
        *locked(&self.state.plan) = plan;
    }

    /// Nobody listens any more, and every connection ends.
    pub async fn close(&mut self) {
        self.serving.abort();
        // It was aborted, which is what an error would say.
        drop((&mut self.serving).await);
    }

    /// Listens again, at the same address.
    pub async fn open(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the port that this stand-in had");
        self.serving = tokio::spawn(serve(listener, Arc::clone(&self.state)));
    }

    /// All calls so far, in the order of their coming.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        locked(&self.state.calls).clone()
    }

    /// Waits until so many more messages have been asked for.
    pub async fn asked(&self, more: usize) {
        let mut count = self.state.count.subscribe();
        let goal = *count.borrow() + more;
        within("messages at Meta's stand-in", count.wait_for(|count| *count >= goal)).await.expect("it lives on");
    }

    /// Waits until the host has taken every webhook.
    pub async fn all_told(&self) {
        self.state.teller.all_told().await;
    }
}

impl Drop for Meta {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Answering for State {
    async fn answer(self: Arc<Self>, request: GraphRequest) -> Answer {
        match asked::read(&request) {
            Request::Message(asked) => self.message(asked).await,
            Request::Batch(asked) => self.batch(asked).await,
            Request::Conversation(person) => self.conversation(&person),
            Request::Other if request.query.contains("first_name") => {
                Answer::Json(400, error(100, "(#100) Object does not exist"))
            }
            Request::Other => Answer::Json(200, json!({"id": ids::PAGE, "name": "Facebook Support", "data": []})),
        }
    }
}

const LIMIT: &str = "(#613) Calls to this api have exceeded the rate limit.";

/// What one call comes to.
struct Turn {
    fault: Option<Fault>,
    latency: Duration,
    is_carried_out: bool,
    moment: Moment,
}

/// When a call is carried out.
#[derive(Clone, Copy)]
enum Moment {
    /// As soon as it has come.
    AtOnce,
    /// When the answer is due, whether or not anybody still waits for it.
    InTheEnd,
    /// When the answer is due, if somebody still waits for it.
    IfAwaited,
}

impl State {
    fn turn(&self) -> Turn {
        let plan = locked(&self.plan);
        let mut dice = locked(&self.dice);
        let fault = if dice.percent(plan.percent) { dice.one_of(&plan.faults) } else { None };
        let latency = u64::try_from(plan.latency.as_micros()).unwrap_or(u64::MAX);
        let is_carried_out = match fault {
            None => true,
            Some(fault) => !fault.is_known() && dice.percent(plan.carried_out),
        };
        Turn {
            fault,
            latency: Duration::from_micros(dice.below(latency)),
            is_carried_out,
            moment: dice.one_of(&[Moment::AtOnce, Moment::InTheEnd, Moment::IfAwaited]).unwrap_or(Moment::AtOnce),
        }
    }

    async fn message(self: Arc<Self>, asked: Asked) -> Answer {
        let turn = self.turn();
        let place = self.came(&asked, turn.fault);
        let mid = self.pass(&turn, &[(place, turn.is_carried_out)]).await;
        let mid = mid.first().cloned().flatten();
        let whole = json!({"recipient_id": asked.person, "message_id": mid.as_deref().unwrap_or("m_never")});
        self.answered(&[place], turn.fault);
        failed(turn.fault, whole)
    }

    async fn batch(self: Arc<Self>, batch: Vec<Asked>) -> Answer {
        let turn = self.turn();
        // A refusal of one call leaves the others alone.
        let alone = turn.fault.filter(|fault| fault.is_known());
        let whole = turn.fault.filter(|fault| !fault.is_known());
        let mut calls: Vec<(usize, bool)> = Vec::new();
        let mut parts = Vec::new();
        for asked in &batch {
            let first = batch.iter().position(|other| asked.after.is_some() && other.name == asked.after);
            let waits_in_vain = first.is_some_and(|first| calls.get(first).is_some_and(|(_, carried)| !carried));
            let own = alone.filter(|_| locked(&self.dice).percent(30));
            // What was not made because of another is as good as refused for the moment.
            let fault = if waits_in_vain { whole.or(Some(Fault::Throttled)) } else { whole.or(own) };
            let percent = if fault.is_some() { locked(&self.plan).carried_out } else { 100 };
            let is_possible = !waits_in_vain && !fault.is_some_and(Fault::is_known);
            let is_carried_out = is_possible && locked(&self.dice).percent(percent);
            calls.push((self.came(asked, fault), is_carried_out));
            parts.push(match own.filter(|_| !waits_in_vain) {
                Some(Fault::ErrorInside) => part(400, &error(100, "(#100) Invalid parameter")),
                Some(_) => part(400, &error(613, LIMIT)),
                None => Value::Null,
            });
        }
        let mids = self.pass(&turn, &calls).await;
        let parts = batch.iter().zip(parts).zip(mids).map(|((asked, part_of_error), mid)| match mid {
            Some(mid) => part(200, &json!({"recipient_id": asked.person, "message_id": mid})),
            None => part_of_error,
        });
        let answer = Value::Array(parts.collect());
        let places: Vec<_> = calls.iter().map(|(place, _)| *place).collect();
        self.answered(&places, whole);
        failed(whole, answer)
    }

    /// What was said last in a conversation, the newest first.
    fn conversation(&self, person: &str) -> Answer {
        if !locked(&self.plan).is_open {
            return Answer::Json(200, json!({"data": []}));
        }
        let calls = locked(&self.calls);
        let with = calls.iter().filter(|call| call.person == person);
        let mut said: Vec<_> = with.filter_map(|call| Some((call.carried.as_ref()?, &call.text))).collect();
        said.sort_by_key(|(carried, _)| std::cmp::Reverse(carried.order));
        let of = |(Carried { mid, at, .. }, text): (&Carried, &String)| {
            let at = Timestamp::from_millisecond(i64::try_from(*at).unwrap_or_default()).unwrap_or_default();
            let created = at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
            json!({"id": mid, "message": text, "created_time": created, "from": {"id": ids::PAGE}})
        };
        let messages: Vec<_> = said.into_iter().take(20).map(of).collect();
        Answer::Json(200, json!({"data": [{"id": "t_1", "messages": {"data": messages}}]}))
    }

    /// Writes down that a message was asked for.
    fn came(&self, asked: &Asked, fault: Option<Fault>) -> usize {
        let Asked { person, text, metadata, .. } = asked.clone();
        let mut calls = locked(&self.calls);
        calls.push(Call { person, text, metadata, fault, carried: None, answered: false });
        self.count.send_modify(|count| *count += 1);
        calls.len() - 1
    }

    /// Lets the answer's time pass, and carries out what is to be, early or late.
    async fn pass(self: &Arc<Self>, turn: &Turn, calls: &[(usize, bool)]) -> Vec<Option<String>> {
        let latency = turn.latency;
        match turn.moment {
            Moment::AtOnce => {
                let carried = self.carry_out(calls);
                sleep(latency).await;
                carried
            }
            Moment::IfAwaited => {
                sleep(latency).await;
                self.carry_out(calls)
            }
            Moment::InTheEnd => {
                let (state, calls) = (Arc::clone(self), calls.to_vec());
                let carrying = tokio::spawn(async move {
                    sleep(latency).await;
                    state.carry_out(&calls)
                });
                carrying.await.expect("carrying out does not panic")
            }
        }
    }

    fn carry_out(self: &Arc<Self>, calls: &[(usize, bool)]) -> Vec<Option<String>> {
        calls.iter().map(|(place, is_carried_out)| is_carried_out.then(|| self.carry(*place))).collect()
    }

    fn carry(self: &Arc<Self>, place: usize) -> String {
        let order = self.carried.fetch_add(1, Ordering::SeqCst);
        let mid = format!("m_carried_{order}");
        let message = {
            let mut calls = locked(&self.calls);
            let call = &mut calls[place];
            let at = ago(0);
            call.carried = Some(Carried { order, mid: mid.clone(), at });
            let Call { person, text, metadata, .. } = call.clone();
            Message { person, text, metadata, mid: mid.clone(), at }
        };
        if let Some(receipts) = locked(&self.plan).receipts {
            let (teller, dice) = (Arc::clone(&self.teller), locked(&self.dice).fork());
            tokio::spawn(async move { teller.tell(message, receipts, dice).await });
        }
        mid
    }

    fn answered(&self, places: &[usize], fault: Option<Fault>) {
        if fault != Some(Fault::Hang) {
            let mut calls = locked(&self.calls);
            for place in places {
                calls[*place].answered = true;
            }
        }
    }
}

/// The answer, with what goes wrong.
fn failed(fault: Option<Fault>, whole: Value) -> Answer {
    match fault {
        None => Answer::Json(200, whole),
        Some(Fault::ServerError) => Answer::Json(500, error(2, "(#2) Service temporarily unavailable")),
        Some(Fault::Throttled) => Answer::Json(429, error(613, LIMIT)),
        Some(Fault::ThrottledFor(seconds)) => {
            Answer::Text(429, ("retry-after", seconds.to_string()), error(613, LIMIT).to_string())
        }
        Some(Fault::Hang) => Answer::Hang,
        Some(Fault::CutOff) => Answer::Half(whole.to_string()),
        Some(Fault::BreakOff) => Answer::Reset,
        Some(Fault::ErrorInside) => Answer::Json(200, error(100, "(#100) Invalid parameter")),
        Some(Fault::NotJson) => {
            Answer::Text(200, ("content-type", "text/html".to_owned()), "<html>It works!</html>".to_owned())
        }
        Some(Fault::TenMegabytes) => {
            Answer::Text(200, ("content-type", "application/json".to_owned()), "x".repeat(10 * 1024 * 1024))
        }
    }
}

/// An error in Meta's shape.
fn error(code: i64, message: &str) -> Value {
    json!({"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEfGhIjK"}})
}

/// One call's answer in a batch.
fn part(code: u16, body: &Value) -> Value {
    json!({"code": code, "headers": [], "body": body.to_string()})
}
