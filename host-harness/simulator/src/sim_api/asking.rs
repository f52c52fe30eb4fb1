//! What can be asked.

use std::sync::Arc;

use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Answer;
use crate::entities::Person;
use crate::person::known;
use crate::platform::Platform;
use crate::thread::{Thread, Transcript, rfc3339};

/// The reference of the whole HTTP surface.
pub(super) async fn help() -> &'static str {
    include_str!("../surface.md")
}

pub(super) async fn state(State(platform): State<Arc<Platform>>) -> Answer {
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
        "now": rfc3339(platform.clock.now_ms()), "pages": pages, "people": people, "weather": *platform.delivery_faults(),
        "pendingWebhooks": *platform.pending.borrow(), "pendingFaults": platform.faults().pending(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichTranscript {
    person: Option<String>,
}

pub(super) async fn transcript(State(platform): State<Arc<Platform>>, Query(which): Query<WhichTranscript>) -> Answer {
    let world = platform.world();
    let conversations: Vec<Transcript> = match &which.person {
        Some(psid) => vec![known(&world, psid)?.transcript()],
        None => world.threads.iter().map(Thread::transcript).collect(),
    };
    Ok(axum::Json(json!({ "conversations": conversations })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    #[serde(default)]
    after: u64,
}

pub(super) async fn requests(State(platform): State<Arc<Platform>>, Query(since): Query<Since>) -> Answer {
    let calls = platform.record().after(since.after);
    let next = calls.last().map_or(since.after, |call| call.seq);
    Ok(axum::Json(json!({"requests": calls, "next": next})))
}

/// The bodies as they went out, in their order; text, because the signature is over the text.
pub(super) async fn webhooks(State(platform): State<Arc<Platform>>, Query(since): Query<Since>) -> Answer {
    let posted = platform.journal().after(since.after);
    let next = posted.last().map_or(since.after, |webhook| webhook.seq);
    let posted: Vec<Value> = posted
        .iter()
        .map(|webhook| {
            json!({
                "seq": webhook.seq, "at": webhook.at, "page": webhook.page, "fields": webhook.fields,
                "attempts": webhook.attempts, "status": webhook.status, "signature": webhook.signature,
                "body": String::from_utf8_lossy(&webhook.body),
            })
        })
        .collect();
    Ok(axum::Json(json!({"webhooks": posted, "next": next})))
}
