//! Many calls at once.

use async_trait::async_trait;
use channel_api::{ProviderRequest, Receipt, Result};
use serde_json::json;

use crate::kit::{BrokenAdapter, Defect, Inner, whole};

macro_rules! defects {
    ($($name:ident: |$inner:ident, $requests:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        #[async_trait]
        impl Defect for $name {
            async fn send_batch(&self, $inner: &Inner, $requests: &[ProviderRequest]) -> Vec<Result<Receipt>> {
                $body
            }
        })*
    };
}

defects! {
    ForgetsTheRest: |inner, requests| {
        inner.channel.send_batch(requests.get(..50).unwrap_or(requests)).await
    };
    AsksForNothing: |inner, requests| {
        if requests.is_empty() {
            inner.by_hand("POST /v1/batch", &json!({"calls": []})).await;
        }
        inner.channel.send_batch(requests).await
    };
    AllOrNothing: |inner, requests| {
        let mut results = inner.channel.send_batch(requests).await;
        let failed = results.iter().find_map(|told| told.as_ref().err().map(whole));
        if let Some(error) = failed {
            for told in &mut results {
                *told = Err(whole(&error));
            }
        }
        results
    };
    LastFirst: |inner, requests| {
        if requests.len() <= 4 {
            return inner.channel.send_batch(requests).await;
        }
        let turned: Vec<ProviderRequest> = requests.iter().rev().cloned().collect();
        let mut results = inner.channel.send_batch(&turned).await;
        results.reverse();
        results
    };
    OneByOne: |inner, requests| {
        let mut results = Vec::new();
        for request in requests {
            results.extend(inner.channel.send_batch(std::slice::from_ref(request)).await);
        }
        results
    };
    SendsAgain: |inner, requests| {
        let mut results = inner.channel.send_batch(requests).await;
        for (request, told) in requests.iter().zip(&mut results) {
            if told.as_ref().is_err_and(|error| error.code() == "memory.no_answer") {
                *told = inner.channel.send(request).await;
            }
        }
        results
    };
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<ForgetsTheRest>("forgets what does not fit in", "batch.results_in_order"),
        BrokenAdapter::code::<AsksForNothing>("calls with an empty batch", "batch.empty"),
        BrokenAdapter::code::<AllOrNothing>("fails all for the failure of one", "batch.each_on_its_own")
            .also(&["batch.failure_ends_a_person", "batch.lost_answer"]),
        BrokenAdapter::code::<LastFirst>("sends a person's later words first", "batch.order_of_a_person"),
        BrokenAdapter::code::<OneByOne>("goes on with a person after a failure", "batch.failure_ends_a_person"),
        BrokenAdapter::code::<SendsAgain>("makes the calls of a lost batch again", "batch.lost_answer"),
    ]
}
