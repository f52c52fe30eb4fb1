use serde_json::{Value, json};

use super::*;

fn read(content: &Value) -> Content {
    OutboundMessage::read(&json!({ "channelId": "ch_1", "to": "7411", "content": content })).0.content
}

fn texts(content: &Value) -> Vec<String> {
    let mut places = Vec::new();
    each_text(&mut read(content), &mut |_, at| places.push(at.to_string()));
    places
}

fn titles(content: &Value) -> Vec<String> {
    let mut places = Vec::new();
    each_title(&read(content), &mut |_, at| places.push(at.to_string()));
    places
}

#[test]
fn only_what_people_read_is_filled_in() {
    let hi = "{{user_first_name}}";
    let text = json!({"type": "text", "text": hi, "quickReplies": [{"title": hi, "payload": hi}]});
    assert_eq!(texts(&text), ["/content/text"]);
    assert_eq!(titles(&text), ["/content/quickReplies/0/title"]);
    let buttons =
        json!([{"type": "postback", "title": hi, "payload": hi}, {"type": "web_url", "title": "x", "url": hi}]);
    let button = json!({"type": "template", "template": {"type": "button", "text": hi, "buttons": buttons}});
    assert_eq!(texts(&button), ["/content/template/text"]);
    assert_eq!(titles(&button), ["/content/template/buttons/0/title", "/content/template/buttons/1/title"]);
    let cards = json!([{"title": hi, "subtitle": hi, "imageUrl": hi, "buttons": buttons}, {"title": "x"}]);
    let generic = json!({"type": "template", "template": {"template_type": "generic", "elements": cards}});
    assert_eq!(
        texts(&generic),
        [
            "/content/template/elements/0/title",
            "/content/template/elements/0/subtitle",
            "/content/template/elements/1/title"
        ]
    );
    assert_eq!(
        titles(&generic),
        ["/content/template/elements/0/buttons/0/title", "/content/template/elements/0/buttons/1/title"]
    );
    let utility = json!({"type": "template", "template": {"type": "utility", "text": hi, "title": hi}});
    assert_eq!(texts(&utility), Vec::<String>::new());
}
