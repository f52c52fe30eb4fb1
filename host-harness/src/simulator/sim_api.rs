//! The person's side and the workshop: `/_sim/…`, JSON, for this machine only.

mod refusal;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::cast::{PageChange, Person};
use super::fault::FaultOrder;
use super::person::{Attachment, Choice, PersonError, known};
use super::platform::Platform;
use super::world::{Transcript, rfc3339};
use refusal::{ApiError, this_machine_only};

type Answer = Result<axum::Json<Value>, ApiError>;

pub(super) fn router() -> Router<Arc<Platform>> {
    Router::new()
        .route("/state", get(state))
        .route("/transcript", get(transcript))
        .route("/requests", get(requests))
        .route("/say", post(say))
        .route("/tap", post(tap))
        .route("/quick-reply", post(quick_reply))
        .route("/attach", post(attach))
        .route("/deliver", post(deliver))
        .route("/subscribe", post(subscribe))
        .route("/pages", post(pages))
        .route("/people", post(people))
        .route("/clock", post(clock))
        .route("/faults", post(faults))
        .fallback(async || {
            ApiError::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here; see GET /_sim/state")
        })
        .layer(middleware::from_fn(this_machine_only))
}

/// Reads a JSON body whatever its content type, so that `curl -d` is enough. No body is `{}`.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body)
        .map_err(|error| ApiError::invalid(format!("the body is not what is expected here: {error}")))
}

fn sent(mid: Result<String, PersonError>) -> Answer {
    Ok(axum::Json(json!({ "mid": mid? })))
}

async fn state(State(platform): State<Arc<Platform>>) -> Answer {
    let world = platform.world();
    let pages: Vec<Value> = world
        .pages
        .iter()
        .map(|page| {
            json!({
                "id": page.id, "name": page.name, "appId": page.app_id, "webhookUrl": page.webhook_url,
                "subscribedFields": page.subscribed_fields, "requireAppsecretProof": page.require_appsecret_proof,
            })
        })
        .collect();
    let people: Vec<Person> = world
        .threads
        .iter()
        .map(|thread| Person { page_id: Some(thread.page_id.clone()), ..thread.person.clone() })
        .collect();
    Ok(axum::Json(json!({
        "now": rfc3339(platform.clock.now_ms()), "pages": pages, "people": people,
        "pendingWebhooks": *platform.pending.borrow(), "pendingFaults": platform.faults().pending(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichTranscript {
    person: Option<String>,
}

async fn transcript(State(platform): State<Arc<Platform>>, Query(which): Query<WhichTranscript>) -> Answer {
    let world = platform.world();
    let conversations: Vec<Transcript> = match &which.person {
        Some(psid) => vec![known(&world, psid)?.transcript()],
        None => world.threads.iter().map(super::world::Thread::transcript).collect(),
    };
    Ok(axum::Json(json!({ "conversations": conversations })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    after: u64,
}

async fn requests(State(platform): State<Arc<Platform>>, Query(since): Query<Since>) -> Answer {
    let calls = platform.record().after(since.after);
    let next = calls.last().map_or(since.after, |call| call.seq);
    Ok(axum::Json(json!({"requests": calls, "next": next})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    from: Option<String>,
    text: String,
}

async fn say(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let said: Said = read(&body)?;
    sent(platform.say(said.from.as_deref(), &said.text))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tapped {
    from: Option<String>,
    payload: Option<String>,
    title: Option<String>,
}

impl Tapped {
    fn choice(self) -> Result<(Option<String>, Choice), ApiError> {
        match (self.payload, self.title) {
            (Some(payload), None) => Ok((self.from, Choice::Payload(payload))),
            (None, Some(title)) => Ok((self.from, Choice::Title(title))),
            _ => Err(ApiError::invalid("say what is tapped: exactly one of payload and title")),
        }
    }
}

async fn tap(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let (from, choice) = read::<Tapped>(&body)?.choice()?;
    sent(platform.tap(from.as_deref(), &choice))
}

async fn quick_reply(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let (from, choice) = read::<Tapped>(&body)?.choice()?;
    sent(platform.quick_reply(from.as_deref(), &choice))
}

async fn attach(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let mut body: Map<String, Value> = read(&body)?;
    let from = body.remove("from").and_then(|from| from.as_str().map(str::to_owned));
    let attachment: Attachment = serde_json::from_value(body.into())
        .map_err(|error| ApiError::invalid(format!("not an attachment: {error}")))?;
    sent(platform.attach(from.as_deref(), &attachment))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delivery {
    page: Option<String>,
    body: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichPage {
    page: Option<String>,
}

fn page_id(platform: &Platform, page: Option<String>) -> Result<String, ApiError> {
    page.or_else(|| platform.world().pages.first().map(|page| page.id.clone())).ok_or_else(|| {
        ApiError::new(StatusCode::NOT_FOUND, "unknown_page", "there is no Page; add one with POST /_sim/pages")
    })
}

/// Sends any body, signed, once and at once. JSON is written as Meta writes it; a string is sent as it stands.
async fn deliver(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let delivery: Delivery = read(&body)?;
    let id = page_id(&platform, delivery.page)?;
    let page = platform.world().page(&id).cloned();
    let page =
        page.ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, "unknown_page", format!("there is no Page {id:?}")))?;
    let bytes = match delivery.body {
        Value::String(text) => text,
        json => super::webhook::escape(&json.to_string()),
    };
    match platform.post(&page, bytes.into()).await {
        Ok((status, body)) => Ok(axum::Json(json!({"status": status, "body": body}))),
        Err(reason) => Err(ApiError::new(StatusCode::BAD_GATEWAY, "host_unreachable", reason)),
    }
}

async fn subscribe(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let id = page_id(&platform, read::<WhichPage>(&body)?.page)?;
    match platform.subscribe(&id).await {
        Ok(()) => Ok(axum::Json(json!({"verified": true, "page": id}))),
        Err(error) => Err(ApiError::new(StatusCode::CONFLICT, "not_verified", error.to_string())),
    }
}

async fn pages(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let change: PageChange = read(&body)?;
    let id = change.id.clone();
    let before = platform.world().page(&id).cloned();
    platform.put_page(change.over(before)).map_err(ApiError::invalid)?;
    Ok(axum::Json(json!({ "page": id })))
}

async fn people(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let person: Person = read(&body)?;
    let psid = person.psid.clone();
    platform.world().put_person(person).map_err(ApiError::invalid)?;
    Ok(axum::Json(json!({ "person": psid })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

/// Lets time pass, so that a window closes.
async fn clock(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    platform.clock.advance(Duration::from_secs(read::<Advance>(&body)?.advance_seconds));
    Ok(axum::Json(json!({ "now": rfc3339(platform.clock.now_ms()) })))
}

async fn faults(State(platform): State<Arc<Platform>>, body: Bytes) -> Answer {
    let order: FaultOrder = read(&body)?;
    let mut faults = platform.faults();
    faults.order(order).map_err(ApiError::invalid)?;
    Ok(axum::Json(json!({ "pendingFaults": faults.pending() })))
}
