//! Calls.

use std::error::Error as _;
use std::time::Duration;

use async_trait::async_trait;
use channel_api::{ErrorKind, ProviderRequest, Receipt, Result, Retry, UserProfile};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::kit::{BrokenAdapter, Defect, Inner, whole};

macro_rules! defects {
    ($($name:ident: |$inner:ident, $request:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        #[async_trait]
        impl Defect for $name {
            async fn send(&self, $inner: &Inner, $request: &ProviderRequest) -> Result<Receipt> {
                $body
            }
        })*
    };
}

/// The cause of an answer that was lost, if it was.
fn lost(told: &Result<Receipt>) -> Option<String> {
    let error = told.as_ref().err().filter(|error| error.code() == "memory.no_answer")?;
    error.source().map(|cause| format!("{cause:?} {cause}"))
}

defects! {
    OtherPath: |inner, request| {
        let mut other = request.clone();
        other.path = format!("{}s", request.path);
        inner.channel.send(&other).await
    };
    RetriesFailures: |inner, request| match inner.channel.send(request).await {
        Err(error) if error.kind() == ErrorKind::ProviderFailed => inner.channel.send(request).await,
        told => told,
    };
    RetriesLost: |inner, request| match inner.channel.send(request).await {
        // What may have been sent is sent again.
        told if lost(&told).is_some_and(|cause| cause.contains("IncompleteMessage")) => inner.channel.send(request).await,
        told => told,
    };
    WaitsAsTold: |inner, request| {
        let told = inner.channel.send(request).await;
        if told.as_ref().is_err_and(|error| error.kind() == ErrorKind::RateLimited) {
            tokio::time::sleep(Duration::from_millis(170)).await;
        }
        told
    };
    LosesTheId: |inner, request| {
        inner.channel.send(request).await.map(|receipt| Receipt { message_id: None, ..receipt })
    };
    StatusFirst: |inner, request| inner.channel.send(request).await.map_err(|error| {
        let failed = error.context().iter().any(|(name, value)| *name == "http_status" && value.starts_with('5'));
        if !failed {
            return error;
        }
        let provider = error.provider().cloned().unwrap_or_default();
        channel_api::Error::new(ErrorKind::ProviderFailed, "memory.failed", "the provider failed")
            .with_retry(Retry::IF_IDEMPOTENT)
            .with_provider(provider)
            .with_hint("try again later")
    });
    SafeFailures: |inner, request| inner.channel.send(request).await.map_err(|error| {
        let is_own = error.provider().is_some();
        if error.kind() == ErrorKind::ProviderFailed && !is_own { error.with_retry(Retry::SAFE) } else { error }
    });
    SafeWhenLost: |inner, request| {
        let told = inner.channel.send(request).await;
        if lost(&told).is_some() { told.map_err(|error| error.with_retry(Retry::SAFE)) } else { told }
    };
    WaitsForEver: |inner, request| {
        let told = inner.channel.send(request).await;
        if lost(&told).is_some_and(|cause| cause.contains("Elapsed")) {
            return std::future::pending().await;
        }
        told
    };
    ReadsAll: |inner, request| {
        let told = inner.channel.send(request).await;
        if lost(&told).is_some_and(|cause| cause.contains("LengthLimit")) {
            inner.by_hand("POST /v1/messages", &request.body).await;
        }
        told
    };
    NeverSafe: |inner, request| inner.channel.send(request).await.map_err(|error| {
        if error.code() == "memory.unreachable" { error.with_retry(Retry::IF_IDEMPOTENT) } else { error }
    });
    TakesAnyAnswer: |inner, request| match inner.channel.send(request).await {
        Err(error) if error.code() == "memory.unreadable" => Ok(Receipt::default()),
        told => told,
    };
    FollowsRedirects: |inner, request| {
        let told = inner.channel.send(request).await;
        if told.as_ref().is_err_and(|error| error.code() == "memory.redirected") {
            let answer = inner.by_hand("POST /v1/messages", &request.body).await;
            let to = answer.split("location: http://").nth(1).and_then(|rest| rest.split('/').next());
            if let Some(to) = to {
                drop(TcpStream::connect(to).await);
            }
        }
        told
    };
    RepeatsTheProvider: |inner, request| match inner.channel.send(request).await {
        Err(error) if error.code() == "memory.rejected" => {
            let answer = inner.by_hand("POST /v1/messages", &request.body).await;
            Err(whole(&error).with_context("answer", answer))
        }
        told => told,
    };
    KeepsTheThread: |inner, request| std::thread::scope(|scope| {
        let call = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(inner.channel.send(request));
        scope.spawn(call).join().unwrap()
    });
}

#[derive(Debug, Default)]
struct OneAtATime(Mutex<()>);

#[async_trait]
impl Defect for OneAtATime {
    async fn send(&self, inner: &Inner, request: &ProviderRequest) -> Result<Receipt> {
        let _turn = self.0.lock().await;
        inner.channel.send(request).await
    }
}

#[derive(Debug, Default)]
struct TokenInTheAddress;

#[async_trait]
impl Defect for TokenInTheAddress {
    async fn user_profile(&self, inner: &Inner, person: &str) -> Result<UserProfile> {
        let call = format!("GET /v1/people/{person}?access_token={}", inner.secret("token"));
        inner.by_hand(&call, &Value::Null).await;
        inner.channel.people().unwrap().look_up(person).await
    }
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<OtherPath>("calls another address", "send.makes_the_call"),
        BrokenAdapter::code::<RetriesFailures>("retries when the provider fails", "send.exactly_once")
            .also(&["send.observed"]),
        BrokenAdapter::code::<RetriesLost>("retries what may have been sent", "send.exactly_once")
            .also(&["send.observed"]),
        BrokenAdapter::code::<WaitsAsTold>("waits when it is told to slow down", "send.does_not_sleep"),
        BrokenAdapter::code::<LosesTheId>("loses the message's id", "send.receipt")
            .also(&["concurrency.calls_beside_each_other"]),
        BrokenAdapter::code::<StatusFirst>("reads the status before the code", "send.code_before_status"),
        BrokenAdapter::code::<SafeFailures>("calls a failure safe", "send.failure_is_not_safe"),
        BrokenAdapter::code::<SafeWhenLost>("calls a lost answer safe", "send.lost_answer"),
        BrokenAdapter::code::<WaitsForEver>("waits for ever", "send.deadline"),
        BrokenAdapter::code::<ReadsAll>("reads an answer to its end", "send.endless_answer"),
        BrokenAdapter::code::<TokenInTheAddress>("puts its token into an address", "send.credentials_not_in_address")
            .also(&["send.observed"]),
        BrokenAdapter::code::<NeverSafe>("does not know that nothing was sent", "send.no_connection"),
        BrokenAdapter::code::<TakesAnyAnswer>("takes any answer for success", "send.unreadable_answer"),
        BrokenAdapter::code::<FollowsRedirects>("follows redirects", "send.redirect").also(&["send.observed"]),
        BrokenAdapter::code::<RepeatsTheProvider>(
            "repeats the provider's words unread",
            "secrets.repeated_by_the_provider",
        ),
        BrokenAdapter::code::<OneAtATime>("makes one call at a time", "concurrency.calls_beside_each_other"),
        BrokenAdapter::code::<KeepsTheThread>("blocks the executor", "concurrency.send_leaves_the_thread"),
    ]
}
