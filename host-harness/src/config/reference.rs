use std::path::Path;

use channel_api::{Issue, Pointer, Report};
use serde_json::Value;

use super::Environment;

/// Replaces `{ env = "NAME" }` and `{ file = "path" }`, wherever a value may stand, by what they refer to.
pub(super) fn resolve(
    value: &mut Value,
    at: &Pointer<'_>,
    directory: &Path,
    environment: Environment,
    report: &mut Report,
) {
    let Value::Object(members) = value else {
        if let Value::Array(elements) = value {
            for (index, element) in elements.iter_mut().enumerate() {
                resolve(element, &at.index(index), directory, environment, report);
            }
        }
        return;
    };
    let found = match (members.len(), members.get("env"), members.get("file")) {
        (1, Some(Value::String(name)), _) => environment(name).ok_or_else(|| {
            // Somebody may have put the secret itself here.
            let looks_like_a_name =
                name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
            let name = if looks_like_a_name { name } else { "that is named here" };
            let message = format!("the environment variable {name} is not set");
            Issue::new(at, "unset", message).with_hint("set it for the server's process")
        }),
        (1, _, Some(Value::String(path))) => {
            let path = directory.join(path);
            std::fs::read_to_string(&path).map(|text| text.trim_end_matches(['\r', '\n']).to_owned()).map_err(|error| {
                let message = format!("the file {} cannot be read: {}", path.display(), error.kind());
                Issue::new(at, "unreadable", message).with_hint("check its path and that the server's user may read it")
            })
        }
        _ => {
            for (key, member) in members {
                resolve(member, &at.key(key), directory, environment, report);
            }
            return;
        }
    };
    *value = match found {
        Ok(text) => Value::String(text),
        Err(issue) => {
            report.refuse(issue);
            Value::String(String::new())
        }
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_lose_their_last_line_s_end_and_missing_ones_are_named() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secret"), "s3cr3t\n").unwrap();
        let mut value = json!({"a": {"file": "secret"}, "b": [{"file": "nothing"}], "c": {"env": "X", "more": 1}});
        let mut report = Report::default();
        resolve(&mut value, &Pointer::ROOT, directory.path(), |_| None, &mut report);
        assert_eq!(value, json!({"a": "s3cr3t", "b": [""], "c": {"env": "X", "more": 1}}));
        let places: Vec<_> = report.refusals.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(places, [("/b/0", "unreadable")]);
    }
}
