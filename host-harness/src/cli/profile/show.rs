use std::fmt::Write as _;

use channel_api::profile::ProfilePlan;
use serde_json::Value;

/// A plan for people: each property, from and to.
pub(super) fn plan(plan: &ProfilePlan) -> String {
    if plan.changes.is_empty() {
        return "nothing to do: the profile is as it shall be".to_owned();
    }
    let mut shown = String::new();
    for change in &plan.changes {
        let sign = match (change.from.is_null(), change.to.is_null()) {
            (true, _) => '+',
            (_, true) => '-',
            _ => '~',
        };
        // Writing into a string does not fail.
        let _written = write!(shown, "{sign} {}", change.property);
        for (word, value) in [("from", &change.from), ("to", &change.to)] {
            let _written = write!(shown, "\n    {word:<4}  {}", inline(value));
        }
        shown.push('\n');
    }
    let (changes, calls) = (plan.changes.len(), plan.requests.len());
    let _written = write!(shown, "{changes} to change, in {calls} call{}", if calls == 1 { "" } else { "s" });
    shown
}

fn inline(value: &Value) -> String {
    if value.is_null() { "nothing".to_owned() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use channel_api::ProviderRequest;
    use channel_api::profile::ProfileChange;
    use serde_json::json;

    use super::*;

    fn change(property: &str, from: Value, to: Value) -> ProfileChange {
        ProfileChange::new(property, from, to)
    }

    #[test]
    fn a_plan_reads_from_and_to() {
        let changes = vec![
            change("greeting", json!(null), json!("Hi")),
            change("menu", json!([1]), json!([2])),
            change("commands", json!([]), json!(null)),
        ];
        let requests = vec![ProviderRequest::post("/1/profile", json!({}))];
        let shown = plan(&ProfilePlan { changes, requests, ..ProfilePlan::default() });
        let expected = "+ greeting\n    from  nothing\n    to    \"Hi\"\n~ menu\n    from  [1]\n    to    [2]\n\
                        - commands\n    from  []\n    to    nothing\n3 to change, in 1 call";
        assert_eq!(shown, expected);
        assert!(plan(&ProfilePlan::default()).starts_with("nothing to do"));
    }
}
