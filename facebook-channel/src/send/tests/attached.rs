//! Words with something attached, however they are written: both reach the person, or the message is refused.

use channel_api::{ChannelAdapterExt as _, ChannelId};
use serde_json::{Value, json};

use super::{bodies, long, refusals, saying, warnings, with_options};
use crate::adapter::FacebookChannel;

const PICTURE: &str = "https://example.com/a.jpg";

/// The `message` of each request.
fn messages(content: Value) -> Vec<Value> {
    bodies(&saying(content)).into_iter().map(|mut body| body["message"].take()).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "every caller makes it on the spot")]
fn attachment(kind: &str, payload: Value) -> Value {
    json!({"attachment": {"type": kind, "payload": payload}})
}

#[test]
fn the_words_come_first_and_then_each_attachment() {
    let words = json!({"text": "Here you are"});
    for kind in ["image", "video", "audio", "file"] {
        let part = json!({"attachmentId": "7"});
        let wire = attachment(kind, json!({"attachment_id": "7"}));
        assert_eq!(messages(json!({"type": kind, kind: part, "text": "Here you are"})), [words.clone(), wire.clone()]);
        let listed = json!([{"type": kind, kind: part}]);
        let attached = json!({"type": "text", "text": "Here you are", "attachments": listed});
        assert_eq!(messages(attached), [words.clone(), wire]);
    }
    let sticker = json!({"type": "sticker", "sticker": {"id": "369239263222822"}, "text": "Here you are"});
    assert_eq!(messages(sticker), [words.clone(), json!({"sticker_id": 369_239_263_222_822_u64})]);
    let cards = json!({"type": "generic", "elements": [{"title": "A", "subtitle": "B"}]});
    let sent = messages(json!({"type": "template", "template": cards, "text": "Here you are"}));
    assert_eq!((sent.len(), &sent[0]), (2, &words));
    assert_eq!(sent[1]["attachment"]["payload"]["template_type"], "generic");
}

#[test]
fn attachments_of_every_kind_keep_their_order() {
    let all = json!({"type": "text", "text": "Here you are", "attachments": [
        {"type": "file", "file": {"url": "https://example.com/a.pdf"}},
        {"type": "image", "image": {"url": PICTURE}},
        {"type": "text", "text": "And thank you"},
    ]});
    let none = Value::Null;
    let sent = messages(all);
    let kinds: Vec<_> = sent.iter().map(|sent| (&sent["text"], &sent["attachment"]["type"])).collect();
    assert_eq!(
        kinds,
        [
            (&json!("Here you are"), &none),
            (&none, &json!("file")),
            (&none, &json!("image")),
            (&json!("And thank you"), &none)
        ]
    );
    // Without words they say everything themselves.
    let wordless = json!({"type": "text", "text": "", "attachments": [{"type": "image", "image": {"url": PICTURE}}]});
    assert_eq!(messages(wordless), [attachment("image", json!({"url": PICTURE}))]);
}

#[test]
fn a_caption_is_a_text_below_its_picture() {
    let content = json!({"type": "image", "image": {"url": PICTURE, "caption": "row 3"}, "text": "Size chart"});
    let wire = attachment("image", json!({"url": PICTURE}));
    assert_eq!(messages(content), [json!({"text": "Size chart"}), wire.clone(), json!({"text": "row 3"})]);
    let alone = json!({"type": "video", "video": {"url": PICTURE, "caption": "row 3"}});
    assert_eq!(messages(alone)[1], json!({"text": "row 3"}));
    let blank = json!({"type": "image", "image": {"url": PICTURE, "caption": ""}});
    assert_eq!(messages(blank), [wire]);
    let several = json!([{"type": "image", "image": {"url": PICTURE, "caption": "1"}}]);
    let several = json!({"type": "image", "attachments": several});
    assert_eq!(refusals(&saying(several)), ["/content/attachments/0/image/caption not_allowed"]);
    let long = json!({"type": "image", "image": {"url": PICTURE, "caption": long(2001)}});
    assert_eq!(refusals(&saying(long)), ["/content/image/caption text.length 2001/2000"]);
}

#[test]
fn what_goes_with_all_goes_with_all_and_the_rest_with_the_first_or_the_last() {
    let content = json!({
        "type": "file", "file": {"url": "https://example.com/a.pdf"}, "text": long(2500),
        "quickReplies": [{"title": "Thanks", "payload": "THANKS"}]
    });
    let options = json!({
        "split": true, "replyTo": "m_1", "metadata": "note", "personaId": "5", "tag": "HUMAN_AGENT",
        "threadControl": {"controlType": "release"}
    });
    let sent = bodies(&with_options(content, options));
    assert_eq!(sent.len(), 3);
    for (pointer, expected) in [
        ("/reply_to", [true, false, false]),
        ("/message/metadata", [true, true, true]),
        ("/persona_id", [true, true, true]),
        ("/tag", [true, true, true]),
        ("/message/quick_replies", [false, false, true]),
        ("/thread_control", [false, false, true]),
        ("/message/text", [true, true, false]),
    ] {
        let has: Vec<_> = sent.iter().map(|body| body.pointer(pointer).is_some()).collect();
        assert_eq!(has, expected, "{pointer}");
    }
}

#[test]
fn who_can_get_one_message_only_is_not_sent_the_half_of_it() {
    let picture = json!({"type": "image", "image": {"url": PICTURE}});
    for (content, place) in [
        (json!({"type": "image", "image": {"url": PICTURE}, "text": "See"}), "/content/attachments"),
        (json!({"type": "text", "text": "See", "attachments": [picture]}), "/content/attachments"),
        (json!({"type": "image", "image": {"url": PICTURE, "caption": "See"}}), "/content/image/caption"),
    ] {
        for to in [json!({"commentId": "1_2"}), json!({"postId": "1_2"}), json!({"oneTimeNotifToken": "t"})] {
            let mut message = saying(content.clone());
            message["to"] = to;
            assert_eq!(refusals(&message), [format!("{place} split.once 2/1")], "{message}");
        }
    }
}

#[test]
fn what_cannot_stand_beside_words_is_refused() {
    let attached = |one: Value| json!({"type": "text", "text": "Hi", "attachments": [one]});
    for (content, place) in [
        (json!({"type": "typing_on", "text": "Wait"}), "/content/text unused_field"),
        (json!({"type": "react", "messageId": "m", "reaction": "❤", "text": "Hi"}), "/content/text unused_field"),
        (attached(json!({"type": "typing_on"})), "/content/attachments/0/type attachments.alone"),
        (attached(json!({"type": "hologram"})), "/content/attachments/0/type content.unknown"),
        (
            attached(json!({"type": "location", "location": {"latitude": 1.0}})),
            "/content/attachments/0/location content.unsupported",
        ),
    ] {
        assert_eq!(refusals(&saying(content.clone())), [place], "{content}");
    }
    let many = vec![json!({"type": "image", "image": {"url": PICTURE}}); 31];
    let many = json!({"type": "text", "text": "Hi", "attachments": many});
    assert_eq!(refusals(&saying(many)), ["/content/attachments attachments.count 31/30"]);
    // The tag of a form is not the tag of the words beside it.
    let form = json!({"type": "template", "template": {"type": "customer_feedback"}, "text": "Hi"});
    let told = refusals(&with_options(form, json!({"tag": "CUSTOMER_FEEDBACK"})));
    assert!(told.contains(&"/options/tag tag.customer_feedback".to_owned()), "{told:?}");
    let sticker = json!({"type": "sticker", "sticker": {"id": "1"}, "text": "Hi"});
    assert_eq!(warnings(&with_options(sticker, json!({"tag": "HUMAN_AGENT"}))), ["/options/tag tag.sticker"]);
}

#[test]
fn every_place_is_told_where_its_author_wrote_it() {
    let channel = FacebookChannel::offline(ChannelId::new("ch_facebook_123"), None);
    let told = |message: &Value| -> Vec<String> {
        let refused = channel.denormalize_json(message).unwrap_err();
        refused.issues().iter().map(|issue| issue.pointer.clone()).collect()
    };
    let listed = json!([{"type": "image", "image": {"url": "a.jpg"}}]);
    let utility = json!({"type": "utility", "name": "a", "language": "en_US"});
    for (content, places) in [
        (json!({"type": "document", "document": {"url": "a.pdf"}, "text": "See"}), &["/content/document/url"][..]),
        (json!({"type": "image", "image": {"url": 5}, "text": "See"}), &["/content/image/url"]),
        (
            json!({"type": "image", "image": {"colour": "red", "url": PICTURE}, "text": "See"}),
            &["/content/image/colour"],
        ),
        (json!({"type": "template", "template": {"type": "poll"}, "text": "See"}), &["/content/template/type"]),
        (
            json!({"type": "image", "image": {"url": "b.jpg"}, "text": "See", "attachments": listed}),
            &["/content/attachments/0/image/url", "/content/image/url"],
        ),
        (json!({"type": "template", "template": utility, "text": "See"}), &["/content/type"]),
    ] {
        assert_eq!(told(&saying(content.clone())), places, "{content}");
    }
    let mut private = saying(json!({"type": "image", "image": {"url": PICTURE}, "text": "See"}));
    private["to"] = json!({"commentId": "1_2"});
    assert_eq!(told(&private), ["/content/text"]);
}
