use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::store::EventLog;
use crate::telemetry::Metrics;

/// How long one look at the store counts: the question is open to everybody, and each look is a write to the disk.
const READY_CACHE_TTL: Duration = Duration::from_secs(1);
/// How long after a delivery could not be stored the host calls itself unready. Then it takes one again, to see.
const FAILED: Duration = Duration::from_secs(10);

/// Whether the store stores, as far as is known.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    failed: Mutex<Option<Instant>>,
    looked: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

impl Readiness {
    /// A delivery could not be stored.
    pub(crate) fn store_failed(&self) {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn failed_lately(&self) -> bool {
        let failed = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|failed| failed.elapsed() < FAILED)
    }

    async fn store_works(&self, events: &dyn EventLog) -> bool {
        if self.failed_lately() {
            return false;
        }
        let mut looked = self.looked.lock().await;
        match *looked {
            Some((when, works)) if when.elapsed() < READY_CACHE_TTL => works,
            _ => {
                let works = events.health().await.is_ok();
                *looked = Some((Instant::now(), works));
                works
            }
        }
    }
}

/// The process answers.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The process can take webhooks: it is not stopping, and its store stores.
pub(super) async fn ready(
    State(readiness): State<Arc<Readiness>>,
    State(events): State<Arc<dyn EventLog>>,
    State(stopping): State<CancellationToken>,
) -> Response {
    let reason = if stopping.is_cancelled() {
        "the host is stopping"
    } else if !readiness.store_works(&*events).await {
        "the event store cannot be used"
    } else {
        return Json(json!({ "status": "ready" })).into_response();
    };
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unready", "reason": reason }))).into_response()
}

/// The host's numbers, for Prometheus.
pub(super) async fn metrics(State(metrics): State<Arc<Metrics>>, State(events): State<Arc<dyn EventLog>>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], metrics.render(events.stats())).into_response()
}
