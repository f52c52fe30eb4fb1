//! Choices in the shape in which Linktor's bots and flows write them: up to three buttons, else a list.

use channel_api::{Issue, Pointer};
use serde::Deserialize;
use serde_json::{Value, json};

use super::text;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Interactive {
    r#type: String,
    header: Words,
    body: Words,
    footer: Words,
    action: Action,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Words {
    text: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Action {
    buttons: Vec<Button>,
    sections: Vec<Section>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Button {
    reply: Choice,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Section {
    rows: Vec<Choice>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice {
    id: String,
    title: String,
}

/// A text with a quick reply for each choice.
pub(super) fn content(interactive: &str, words: &str, at: &Pointer<'_>) -> Result<Value, Vec<Issue>> {
    let hint = r#"write {"type": "button", "body": {"text": "…"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "…", "title": "…"}}]}}, or a list with action.sections[].rows[]; all else goes as JSON into metadata.rich"#;
    let refused = |code, message: &str| vec![Issue::new(at, code, message).with_hint(hint)];
    let Interactive { r#type, header, body, footer, action } =
        serde_json::from_str(interactive).map_err(|_| refused("not_json", "must be JSON of buttons or of a list"))?;
    let choices: Vec<Choice> = match r#type.as_str() {
        "button" => action.buttons.into_iter().map(|button| button.reply).collect(),
        "list" => action.sections.into_iter().flat_map(|section| section.rows).collect(),
        _ => return Err(refused("choice", "must be of type button or list")),
    };
    if choices.is_empty() {
        return Err(refused("required", "must hold at least one choice"));
    }
    let said = if body.text.trim().is_empty() { words } else { &body.text };
    let lines = [&header.text, said, &footer.text].into_iter().filter(|line| !line.trim().is_empty());
    let mut content = text(&lines.collect::<Vec<_>>().join("\n\n"));
    let reply = |Choice { id, title }: Choice| {
        let payload = if id.is_empty() { title.clone() } else { id };
        json!({"contentType": "text", "title": title, "payload": payload})
    };
    content["quickReplies"] = choices.into_iter().map(reply).collect();
    Ok(content)
}
