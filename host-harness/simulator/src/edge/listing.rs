//! Lists that come piece by piece. Source: <https://developers.facebook.com/docs/graph-api/results>.

use serde_json::{Value, json};

use crate::call::Call;

/// How many come at once unless `limit` says otherwise, and at most.
const USUAL: usize = 25;
const MAX_PAGE: usize = 100;

/// The piece that is asked for, with the cursors. A cursor is the id that it points at. `at_most` is how many come at once
/// whatever is asked for: Meta may give fewer than the limit.
pub(super) fn piece(call: &Call, all: Vec<(String, Value)>, at_most: Option<usize>) -> Value {
    let after = call.text("after").unwrap_or_default();
    let limit = call.text("limit").and_then(|limit| limit.parse().ok()).unwrap_or(USUAL);
    let limit = limit.min(at_most.unwrap_or(MAX_PAGE)).min(MAX_PAGE);
    let known = all.iter().any(|(id, _)| *id == after);
    let mut rest = all.into_iter().skip_while(|(id, _)| known && *id != after).skip(usize::from(known)).peekable();
    let mut listed = Vec::new();
    while listed.len() < limit {
        let Some(item) = rest.next() else { break };
        listed.push(item);
    }
    let more = rest.peek().is_some();
    let cursors = listed.first().zip(listed.last()).map(|((first, _), (last, _))| (first.clone(), last.clone()));
    let data: Vec<Value> = listed.into_iter().map(|(_, item)| item).collect();
    let mut answer = json!({ "data": data });
    if let Some((before, after)) = cursors {
        answer["paging"] = json!({"cursors": {"before": before, "after": after}});
        if more {
            // Meta writes the token into this address; whoever follows it must not show it.
            let token = call.token.clone().unwrap_or_default();
            let next =
                format!("https://graph.facebook.com{}?limit={limit}&after={after}&access_token={token}", call.path);
            answer["paging"]["next"] = next.into();
        }
    }
    answer
}
