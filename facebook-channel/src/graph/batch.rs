//! Up to fifty calls in one request, each of whose answers counts on its own.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/batch-requests>

mod answers;
mod item;

use std::time::Duration;

use channel_api::{Error, ProviderRequest, Receipt, Result, Retry, Secret};
use channel_http::Call;
use http::Method;
use serde_json::{Value, json};

use super::client::{GraphClient, VIDEO, carries_video};
use super::meta::META;
use crate::limits;
use item::Item;

/// How much longer a batch may take than a call: Meta makes the calls to one person one after the other.
const SEVERAL: Duration = Duration::from_secs(30);
/// How much of the answers to a batch is read, in bytes.
const LONGEST_ANSWERS: usize = 2 * 1024 * 1024;

impl GraphClient {
    /// Makes several calls, each once, and classifies each as if it had been made alone: one result for each request, in their
    /// order.
    ///
    /// Meta carries out the calls of a batch side by side, and in order only where one depends on another; so each call depends
    /// on the one before it to the same person. A person's first failure ends that person's calls, and the failure of a whole
    /// batch those of the batches after it: what was not sent says so, with [`Safe`](Retry::Safe) advice.
    pub(crate) async fn send_batch(&self, requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
        // Nothing is gained by wrapping up a single call.
        if let [request] = requests {
            return vec![self.send(request).await];
        }
        let before = item::before(requests);
        let mut outcomes = Outcomes(requests.iter().map(|_| None).collect());
        let mut failed: Option<Error> = None;
        let mut waiting = (0..requests.len()).peekable();
        while waiting.peek().is_some() {
            let mut batch = Vec::new();
            while batch.len() < limits::BATCH.max
                && let Some(index) = waiting.next()
            {
                if let Some(error) = &failed {
                    outcomes.set(index, Err(answers::not_sent("the batch before it failed as a whole", error)));
                } else if let Some(error) = before[index].and_then(|before| outcomes.failure(before)) {
                    let error = answers::not_sent("the call to this person before it failed", error);
                    outcomes.set(index, Err(error));
                } else {
                    // One that has an outcome already was made by an earlier batch.
                    let after = before[index].filter(|before| outcomes.is_open(*before));
                    match Item::of(self, &requests[index], after) {
                        Ok(item) => batch.push((index, item)),
                        Err(error) => outcomes.set(index, Err(error.with_operation("send"))),
                    }
                }
            }
            if !batch.is_empty() {
                failed = self.make(&batch, &mut outcomes).await.err();
            }
        }
        outcomes.complete()
    }

    /// Asks several things at once, in a body: what an address may not hold is asked so. One answer for each request, in their
    /// order.
    ///
    /// # Errors
    /// As for a call of its own, where the whole was refused or not answered.
    pub(super) async fn ask(&self, requests: &[ProviderRequest], secrets: &[&Secret]) -> Result<Vec<Result<Value>>> {
        let items =
            requests.iter().map(|request| Ok((0, Item::of(self, request, None)?))).collect::<Result<Vec<_>>>()?;
        let body = json!({"batch": item::list(&items), "include_headers": false});
        let call = Call::new(Method::POST, format!("/{}/", self.version()))
            .with_json(&body)
            .with_secrets(secrets)
            .with_longest_answer(LONGEST_ANSWERS);
        let read = self.client().exchange(call, |answer, redaction| {
            let list = answers::list(META.interpret(answer, redaction)?, requests.len())?;
            Ok(list.iter().map(|part| answers::part(part, &answer.headers, redaction)).collect())
        });
        read.await
    }

    /// Makes the calls of one batch. What fails as a whole is every call's failure.
    async fn make(&self, batch: &[(usize, Item<'_>)], outcomes: &mut Outcomes) -> Result<()> {
        // The headers tell of each call how full the quotas are, and so how long to wait.
        let body = json!({"batch": item::list(batch), "include_headers": true});
        let film = batch.iter().any(|(_, item)| carries_video(&item.request.body));
        let longer = SEVERAL + if film { VIDEO } else { Duration::ZERO };
        let call = Call::new(Method::POST, format!("/{}/", self.version()))
            .with_json(&body)
            .with_longer(longer)
            .with_longest_answer(LONGEST_ANSWERS);
        let read = self.client().exchange(call, |answer, redaction| {
            let list = answers::list(META.interpret(answer, redaction)?, batch.len())?;
            for ((index, item), part) in batch.iter().zip(&list) {
                let before = item.after.and_then(|after| outcomes.failure(after));
                let outcome = answers::outcome(part, item.request, before, &answer.headers, redaction);
                outcomes.set(*index, outcome);
            }
            Ok(())
        });
        read.await.inspect_err(|error| {
            for (index, item) in batch {
                outcomes.set(
                    *index,
                    Err(error.clone().with_operation("send").with_context("call", answers::described(item.request))),
                );
            }
        })
    }
}

/// What came of each request so far.
struct Outcomes(Vec<Option<Result<Receipt>>>);

impl Outcomes {
    fn set(&mut self, index: usize, outcome: Result<Receipt>) {
        self.0[index] = Some(outcome);
    }

    fn is_open(&self, index: usize) -> bool {
        self.0[index].is_none()
    }

    fn failure(&self, index: usize) -> Option<&Error> {
        self.0[index].as_ref()?.as_ref().err()
    }

    fn complete(self) -> Vec<Result<Receipt>> {
        self.0.into_iter().map(|outcome| outcome.unwrap_or_else(|| Err(answers::not_completed()))).collect()
    }
}

/// Whether the call may have been carried out.
fn is_uncertain(error: &Error) -> bool {
    !matches!(error.retry(), Retry::Safe { .. } | Retry::Never)
}
