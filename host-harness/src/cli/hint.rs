//! What to do next, in this command's words: the API's name its own members.

use serde_json::Value;

/// The next step that a failure or a reason names.
pub(super) fn hint(told: &Value) -> Option<String> {
    let own = match told["code"].as_str().unwrap_or_default() {
        "needs_force" => "look for it in the conversation; --force sends it all the same, perhaps a second time",
        "outcome_unknown" => {
            "look for it in the conversation; `outbox retry ID --force` sends it again all the same, perhaps a second time"
        }
        "channel_paused" => "`POST /api/v1/channels/ID/resume` lets its messages go out",
        "call_open" => "`outbox show ID` tells in a moment what became of the call",
        "bad_filter" | "bad_query" => "--help lists what messages are chosen by",
        _ => return told["hint"].as_str().map(str::to_owned),
    };
    Some(own.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hint_names_what_the_command_has() {
        let force = json!({"code": "needs_force", "hint": "with force it is sent all the same"});
        assert!(hint(&force).unwrap().contains("--force"));
        assert_eq!(hint(&json!({"code": "x", "hint": "mend it"})).as_deref(), Some("mend it"));
        assert_eq!(hint(&json!({"code": "x"})), None);
    }
}
