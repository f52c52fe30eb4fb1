//! Several calls in one. Source: <https://developers.facebook.com/docs/graph-api/batch-requests>.
//!
//! Items are carried out one after the other here; Meta runs independent ones side by side and promises no order. References
//! to an earlier answer (`{result=name:$.id}`) and attached files are not supported.

use axum::http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::graph::{Answer, Outcome, json as json_answer};
use crate::graph_error::GraphError;
use crate::platform::Platform;
use crate::record::Recorded;
use crate::rules::param::Param;

const ITEMS: usize = 50;

/// One operation as it was written.
struct Item {
    call: Call,
    name: Option<String>,
    depends_on: Vec<String>,
    omit_response_on_success: bool,
}

impl Platform {
    /// Answers a batch: always 200 as a whole, with an answer for each item, or `null` for one that was not completed.
    pub(crate) fn batch(&self, call: &Call) -> Outcome {
        let without_items = |recorded: &mut Recorded| {
            // The items carry tokens and proofs of their own; each is recorded by itself, without them.
            if let Some(body) = recorded.body.as_object_mut() {
                body.insert("batch".to_owned(), format!("{} items, recorded below", count(call)).into());
            }
            recorded.query.remove("batch");
        };
        self.under_faults(call, without_items, |caller, seq| match items(call) {
            // Only the items count as calls, and each has its own caller; without any token at all the whole is refused.
            Ok(items) if call.token.is_some() || items.iter().all(|item| item.call.token.is_some()) => {
                let include_headers = call.text("include_headers").as_deref() != Some("false")
                    && call.params.get("include_headers") != Some(&Value::Bool(false));
                json_answer(200, self.items(&items, include_headers, seq))
            }
            Ok(_) => self.answer(call, caller, |_, _, _| Ok(Value::Null)),
            Err(error) => self.answer(call, caller, |_, _, _| Err(error)),
        })
    }

    fn items(&self, items: &[Item], include_headers: bool, batch: u64) -> Value {
        let mut failed: Vec<&str> = Vec::new();
        let mut answers = Vec::new();
        for item in items {
            let outcome = if item.depends_on.iter().any(|name| failed.contains(&name.as_str())) {
                None
            } else {
                match self.process(&item.call, Some(batch)) {
                    Outcome::Answer(answer) => Some(answer),
                    // An item without an answer: whether it was carried out stays unknown.
                    Outcome::Hang | Outcome::Reset => None,
                }
            };
            let good = outcome.as_ref().is_some_and(|answer| answer.status == 200);
            if !good {
                failed.extend(item.name.as_deref());
            }
            answers.push(match outcome {
                Some(_) if good && item.omit_response_on_success => Value::Null,
                Some(answer) => written(answer, include_headers),
                None => Value::Null,
            });
        }
        answers.into()
    }
}

fn written(answer: Answer, include_headers: bool) -> Value {
    let body = answer.body.as_str().map_or_else(|| answer.body.to_string(), str::to_owned);
    let mut written = json!({"code": answer.status, "body": body});
    if include_headers {
        let headers = answer.headers.into_iter().map(|(name, value)| json!({"name": name, "value": value}));
        written["headers"] = headers.collect();
    }
    written
}

fn count(call: &Call) -> usize {
    call.params.get("batch").and_then(Value::as_array).map_or(0, Vec::len)
}

fn items(call: &Call) -> Result<Vec<Item>, GraphError> {
    let batch = Param::required(&call.params, "batch")?;
    let list = batch.value().as_array().ok_or_else(|| batch.must("be an array"))?;
    if list.len() > ITEMS {
        return Err(GraphError::parameter(format!("Too many requests in batch. Maximum batch size is {ITEMS}")));
    }
    let mut items: Vec<Item> = batch.items(ITEMS)?.iter().map(|param| item(param, call)).collect::<Result<_, _>>()?;
    let needed: Vec<String> = items.iter().flat_map(|item| item.depends_on.clone()).collect();
    for item in &mut items {
        let is_needed = item.name.as_ref().is_some_and(|name| needed.contains(name));
        item.omit_response_on_success &= is_needed;
    }
    Ok(items)
}

fn item(item: &Param<'_>, batch: &Call) -> Result<Item, GraphError> {
    item.object(&[
        "method",
        "relative_url",
        "body",
        "name",
        "depends_on",
        "omit_response_on_success",
        "attached_files",
        "headers",
        "access_token",
    ])?;
    if let Some(files) = item.get("attached_files") {
        return Err(files.must("be left out: the simulator takes no files in a batch"));
    }
    let method = item.require("method")?.one_of(&["GET", "POST", "DELETE", "PUT"])?;
    let method = method.parse().unwrap_or(Method::GET);
    let body = item.get("body").map(|body| body.string()).transpose()?.unwrap_or_default();
    let mut call = Call::item(method, item.require("relative_url")?.string()?, body, batch);
    if let Some(token) = item.get("access_token") {
        call.token = Some(token.string()?.to_owned());
    }
    let name = item.get("name").map(|name| name.string()).transpose()?.map(str::to_owned);
    let depends_on = match item.get("depends_on").map(|names| names.value()) {
        None => Vec::new(),
        Some(Value::String(name)) => vec![name.clone()],
        Some(names) => {
            names.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        }
    };
    // By default an item that others wait for is answered with `null`, unless it fails.
    let omit = item.get("omit_response_on_success").is_none_or(|omit| omit.value() != false);
    Ok(Item { call, name, depends_on, omit_response_on_success: omit })
}
