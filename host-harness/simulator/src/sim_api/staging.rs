//! How the stage is set: Pages, people, time, faults of answers and of deliveries.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusal::ApiError;
use super::{Answer, read};
use crate::delivery_faults::DeliveryFaults;
use crate::entities::{PageChange, Person};
use crate::fault::FaultOrder;
use crate::login_state::Manager;
use crate::platform::Platform;
use crate::thread::rfc3339;
use crate::webhook;

type Shared = State<Arc<Platform>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delivery {
    page: Option<String>,
    body: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichPage {
    page: Option<String>,
}

fn page_id(platform: &Platform, page: Option<String>) -> Result<String, ApiError> {
    let world = platform.world();
    let id = page.or_else(|| world.pages.first().map(|page| page.id.clone()));
    let unknown = |message: String| ApiError::new(StatusCode::NOT_FOUND, "unknown_page", message);
    let id = id.ok_or_else(|| unknown("there is no Page; add one with POST /_sim/pages".to_owned()))?;
    if world.page(&id).is_some() { Ok(id) } else { Err(unknown(format!("there is no Page {id:?}"))) }
}

/// Sends any body, signed, once and at once. JSON is written as Meta writes it; a string is sent as it stands.
pub(super) async fn deliver(State(platform): Shared, body: Bytes) -> Answer {
    let delivery: Delivery = read(&body)?;
    let id = page_id(&platform, delivery.page)?;
    let page = platform.world().page(&id).cloned();
    let page = page.ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, "unknown_page", "the Page is gone"))?;
    let bytes = match delivery.body {
        Value::String(text) => text,
        json => webhook::escape(&json.to_string()),
    };
    match platform.post(&page, bytes.into(), &[], &mut None).await {
        Ok((status, body)) => Ok(axum::Json(json!({"status": status, "body": body}))),
        Err(reason) => Err(ApiError::new(StatusCode::BAD_GATEWAY, "host_unreachable", reason)),
    }
}

pub(super) async fn subscribe(State(platform): Shared, body: Bytes) -> Answer {
    let id = page_id(&platform, read::<WhichPage>(&body)?.page)?;
    match platform.subscribe(&id).await {
        Ok(()) => Ok(axum::Json(json!({"verified": true, "page": id}))),
        Err(error) => Err(ApiError::new(StatusCode::CONFLICT, "not_verified", error.to_string())),
    }
}

pub(super) async fn pages(State(platform): Shared, body: Bytes) -> Answer {
    let change: PageChange = read(&body)?;
    let id = change.id.clone();
    let before = platform.world().page(&id).cloned();
    platform.put_page(change.over(before)).map_err(ApiError::invalid)?;
    Ok(axum::Json(json!({ "page": id })))
}

pub(super) async fn people(State(platform): Shared, body: Bytes) -> Answer {
    let person: Person = read(&body)?;
    let psid = person.psid.clone();
    platform.world().put_person(person).map_err(ApiError::invalid)?;
    Ok(axum::Json(json!({ "person": psid })))
}

pub(super) async fn settings_now(State(platform): Shared, Query(which): Query<WhichPage>) -> Answer {
    let id = page_id(&platform, which.page)?;
    let settings = platform.world().state(&id).settings.clone();
    Ok(axum::Json(json!({"page": id, "settings": settings})))
}

/// Changes how a Page stands with Meta; what is not named stays.
pub(super) async fn settings(State(platform): Shared, body: Bytes) -> Answer {
    let mut change: Map<String, Value> = read(&body)?;
    let page = change.remove("page").and_then(|page| page.as_str().map(str::to_owned));
    let id = page_id(&platform, page)?;
    let mut world = platform.world();
    let state = world.state(&id);
    state.settings = state.settings.changed(&change).map_err(ApiError::invalid)?;
    Ok(axum::Json(json!({"page": id, "settings": state.settings})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

/// Lets time pass, so that a window closes.
pub(super) async fn clock(State(platform): Shared, body: Bytes) -> Answer {
    platform.clock.advance(Duration::from_secs(read::<Advance>(&body)?.advance_seconds));
    Ok(axum::Json(json!({ "now": rfc3339(platform.clock.now_ms()) })))
}

pub(super) async fn faults(State(platform): Shared, body: Bytes) -> Answer {
    let order: FaultOrder = read(&body)?;
    let mut faults = platform.faults();
    faults.order(order).map_err(ApiError::invalid)?;
    Ok(axum::Json(json!({ "pendingFaults": faults.pending() })))
}

/// Sets what goes wrong with deliveries; `{}` is nothing. What was held back goes out.
pub(super) async fn delivery_faults(State(platform): Shared, body: Bytes) -> Answer {
    let faults: DeliveryFaults = read(&body)?;
    if let Some(problem) = faults.problem() {
        return Err(ApiError::invalid(problem));
    }
    *platform.delivery_faults() = faults.clone();
    platform.flush();
    Ok(axum::Json(json!({ "weather": faults })))
}

/// What the person of the business does at the log-in dialog; `{}` grants everything.
pub(super) async fn login(State(platform): Shared, body: Bytes) -> Answer {
    let manager: Manager = read(&body)?;
    platform.world().oauth.manager = manager.clone();
    Ok(axum::Json(json!({ "login": manager })))
}

/// Lets everything go that is held back.
pub(super) async fn flush(State(platform): Shared) -> Answer {
    platform.flush();
    Ok(axum::Json(json!({ "pendingWebhooks": *platform.pending.borrow() })))
}
