//! What stands in for a message that breaks nothing but limits.

use channel_api::Choice;
use serde_json::{Value, json};

use super::{bodies, long, refusals, saying, snapshot, template, translate, warnings, with_options};

fn asked(content: &Value) -> Value {
    with_options(content.clone(), json!({"fallback": true}))
}

fn texts(message: &Value) -> Vec<String> {
    bodies(message).iter().filter_map(|body| body["message"]["text"].as_str().map(str::to_owned)).collect()
}

fn choices(message: &Value) -> Vec<Choice> {
    translate(message).unwrap().choices
}

fn replies(count: usize) -> Value {
    (1..=count).map(|n| json!({"title": format!("Size {n}"), "payload": format!("SIZE_{n}")})).collect()
}

fn cards(count: usize) -> Value {
    let card = |n| json!({"title": format!("Hat {n}"), "imageUrl": format!("https://example.com/{n}.jpg")});
    template(json!({"type": "generic", "elements": (1..=count).map(card).collect::<Value>()}))
}

fn postback(title: &str, payload: &str) -> Value {
    json!({"type": "postback", "title": title, "payload": payload})
}

fn four_buttons() -> Value {
    template(json!({"type": "button", "text": "What would you like to do?", "buttons": [
        postback("View orders", "VIEW_ORDERS"),
        {"type": "web_url", "title": "Visit us", "url": "https://example.com"},
        postback("Track a parcel", "TRACK"),
        {"type": "phone_number", "title": "Call us", "payload": "+15105551234"},
    ]}))
}

#[test]
fn too_many_quick_replies_are_a_numbered_text() {
    let content = json!({"type": "text", "text": "Which size?", "quickReplies": replies(14)});
    assert_eq!(refusals(&saying(content.clone())), ["/content/quickReplies quick_replies.count 14/13"]);
    let message = asked(&content);
    let list: Vec<_> = (1..=14).map(|n| format!("{n}. Size {n}")).collect();
    assert_eq!(texts(&message), [format!("Which size?\n\n{}", list.join("\n"))]);
    assert_eq!(warnings(&message), ["/content/quickReplies fallback.text"]);
    let translated = translate(&message).unwrap();
    let warning = &translated.warnings[0];
    assert_eq!(
        (&warning.args["rule"], warning.limit, warning.actual),
        (&json!("quick_replies.count"), Some(13), Some(14))
    );
    assert_eq!(translated.choices[1], Choice::new("Size 2", "SIZE_2"));
    assert_eq!(translated.choices.len(), 14);
    snapshot("fallback_quick_replies", &json!(bodies(&message)));
}

#[test]
fn too_many_buttons_are_a_numbered_text_with_the_links() {
    assert_eq!(refusals(&saying(four_buttons())), ["/content/template/buttons template.button.buttons.count 4/3"]);
    let message = asked(&four_buttons());
    assert_eq!(warnings(&message), ["/content/template/buttons fallback.text"]);
    assert_eq!(choices(&message), [Choice::new("View orders", "VIEW_ORDERS"), Choice::new("Track a parcel", "TRACK")]);
    snapshot("fallback_buttons", &json!(bodies(&message)));
}

#[test]
fn too_many_cards_are_shown_in_several_messages() {
    assert_eq!(refusals(&saying(cards(21))), ["/content/template/elements template.generic.elements.count 21/10"]);
    let message = asked(&cards(21));
    let parts = bodies(&message);
    let shown: Vec<_> = parts
        .iter()
        .map(|body| body["message"]["attachment"]["payload"]["elements"].as_array().unwrap().len())
        .collect();
    assert_eq!(shown, [10, 10, 1]);
    assert_eq!(warnings(&message), ["/content/template/elements fallback.text"]);
    assert_eq!(choices(&message), []);
    let parts = bodies(&asked(&template(json!({"type": "product", "elements": vec![json!({"id": "7"}); 11]}))));
    assert_eq!(parts.len(), 2);
}

#[test]
fn a_card_with_too_long_a_title_is_said_with_all_that_stands_on_it() {
    let title = long(81);
    let content = template(json!({"type": "generic", "elements": [
        {"title": title, "subtitle": "Blue", "imageUrl": "https://example.com/hat.jpg",
            "defaultAction": {"type": "web_url", "url": "https://example.com/hat"},
            "buttons": [postback("Buy", "BUY_HAT"), {"type": "web_url", "title": "See", "url": "https://example.com/hat"}]},
        {"title": "Scarf", "defaultAction": {"type": "web_url", "url": "https://example.com/scarf"},
            "buttons": [postback("Buy", "BUY_SCARF")]},
    ]}));
    let message = asked(&content);
    let expected = format!(
        "{title}\nBlue\nhttps://example.com/hat.jpg\n1. Buy\nSee: https://example.com/hat\n\n\
         Scarf\nhttps://example.com/scarf\n2. Buy"
    );
    assert_eq!(texts(&message), [expected]);
    assert_eq!(choices(&message), [Choice::new("Buy", "BUY_HAT"), Choice::new("Buy", "BUY_SCARF")]);
    assert_eq!(warnings(&message), ["/content/template/elements/0/title fallback.text"]);
}

#[test]
fn templates_that_nobody_knows_are_said_as_far_as_they_have_words() {
    let menu = template(json!({
        "type": "menu", "headline_text": "Today", "theme": "dark", "more": "https://example.com/menu",
        "sections": [{"title": "Soups", "rows": [{"title": "Leek", "description": "hot", "payload": "LEEK"}]}],
    }));
    let message = asked(&menu);
    assert_eq!(texts(&message), ["Today\nhttps://example.com/menu\n\nSoups\n1. Leek\nhot"]);
    assert_eq!(choices(&message), [Choice::new("Leek", "LEEK")]);
    assert_eq!(warnings(&message), ["/content/template/type fallback.text"]);
    let poll =
        json!({"type": "poll", "poll": {"question": "Tea?", "options": [postback("Yes", "Y"), postback("No", "N")]}});
    assert_eq!(texts(&asked(&poll)), ["Tea?\n1. Yes\n2. No"]);
    let nothing = template(json!({"type": "menu", "theme": "dark"}));
    assert_eq!(refusals(&asked(&nothing)), ["/content/template/type fallback.empty"]);
}

#[test]
fn whatever_can_be_tapped_has_a_number() {
    let action = json!({"type": "postback", "text": "The blue one", "payload": "BLUE"});
    let image = |n, action: &Value| json!({"url": format!("https://example.com/{n}.jpg"), "action": action});
    let page = json!({"type": "web_url", "url": "https://example.com/red"});
    let grid = template(json!({"type": "image_grid", "elements": [{"title": long(46),
        "images": [image(1, &action), image(2, &page)], "buttons": [postback("Neither", "NONE")]}]}));
    let expected = format!(
        "{}\n\nhttps://example.com/1.jpg\n1. The blue one\n\nhttps://example.com/2.jpg\n\nhttps://example.com/red\n\n2. Neither",
        long(46)
    );
    assert_eq!(texts(&asked(&grid)), [expected]);
    assert_eq!(choices(&asked(&grid)), [Choice::new("The blue one", "BLUE"), Choice::new("Neither", "NONE")]);
    let coupon = template(json!({"type": "coupon", "title": long(81), "couponCode": "SAVE20", "payload": "SAW_IT"}));
    assert_eq!(texts(&asked(&coupon)), [format!("1. {}\nSAVE20", long(81))]);
}

#[test]
fn no_text_asks_for_a_consent() {
    for kind in ["one_time_notif_req", "notification_messages"] {
        let content = template(json!({"type": kind, "title": long(66), "payload": "NEWS"}));
        let report = translate(&asked(&content)).unwrap_err();
        assert_eq!(report.refusals[0].pointer, "/content/template/title");
        assert_eq!((report.refusals.len(), &report.refusals[0].hint), (1, &None), "and nobody is advised to try");
    }
}

#[test]
fn a_long_receipt_is_said_with_its_sums() {
    let thing = json!({"title": "Hat", "subtitle": "Blue", "quantity": 2, "price": 9.5});
    let receipt = template(json!({
        "type": "receipt", "recipientName": "Ana Lima", "orderNumber": "A-1", "currency": "EUR", "paymentMethod": "Card",
        "orderUrl": "https://example.com/A-1", "summary": {"subtotal": 1919, "totalTax": 1, "totalCost": 1920},
        "elements": vec![thing; 101],
    }));
    let said = texts(&asked(&receipt)).concat();
    assert!(said.starts_with("A-1\nAna Lima\nCard\n\nHat, Blue\n2 × 9.5 EUR\n\nHat, Blue"), "{said}");
    assert!(said.ends_with("1919 EUR + 1 EUR\n1920 EUR\nhttps://example.com/A-1"), "{said}");
    assert_eq!(said.matches("Hat, Blue\n2 × 9.5 EUR").count(), 101);
}

#[test]
fn a_picture_that_meta_keeps_is_shown_above_its_buttons() {
    let content = template(json!({"type": "media", "elements": [{"mediaType": "image", "attachmentId": 17,
        "buttons": [postback("One", "1"), postback("Two", "2"), postback("Three", "3"), postback("Four", "4")]}]}));
    let parts = bodies(&asked(&content));
    let picture = json!({"attachment": {"type": "image", "payload": {"attachment_id": "17"}}});
    assert_eq!(parts[0]["message"], picture);
    assert_eq!(parts[1]["message"]["text"], "1. One\n2. Two\n3. Three\n4. Four");
}

#[test]
fn what_no_text_can_do_is_told() {
    let mut content = four_buttons();
    content["template"]["buttons"][0] = json!({"type": "account_unlink"});
    let message = asked(&content);
    assert_eq!(
        warnings(&message),
        ["/content/template/buttons fallback.lost", "/content/template/buttons fallback.text"]
    );
}

#[test]
fn numbers_go_on_through_a_message() {
    let content =
        json!({"type": "text", "text": "Look", "attachments": [four_buttons(), cards(1)], "quickReplies": replies(14)});
    let message = asked(&content);
    let said = texts(&message);
    assert!(said[1].contains("\n2. Track a parcel\n") && said[2].starts_with("3. Size 1\n4. Size 2\n"), "{said:#?}");
    assert_eq!(bodies(&message).len(), 4, "words, buttons, the card and the numbers");
    assert_eq!(choices(&message)[2], Choice::new("Size 1", "SIZE_1"));
    assert_eq!(choices(&message).len(), 16);
}

#[test]
fn questions_that_messenger_puts_in_its_own_words_stay_below_the_text() {
    let mut all = replies(13);
    for kind in ["user_email", "user_phone_number", "user_email"] {
        all.as_array_mut().unwrap().insert(0, json!({"contentType": kind}));
    }
    all[3]["imageUrl"] = json!("https://example.com/1.png");
    all[3]["title"] = json!("");
    let message = asked(&json!({"type": "text", "text": "Which?", "quickReplies": all}));
    let body = bodies(&message).pop().unwrap();
    let kept = json!([{"content_type": "user_email"}, {"content_type": "user_phone_number"}]);
    assert_eq!(body["message"]["quick_replies"], kept);
    assert!(texts(&message)[0].starts_with("Which?\n\n1. https://example.com/1.png\n2. Size 2\n"));
    assert_eq!(choices(&message)[0], Choice::new("", "SIZE_1"));
}

#[test]
fn texts_that_are_too_long_are_sent_in_parts_and_no_answer_is_cut() {
    let many: Value = (1..=150).map(|n| json!({"title": format!("{n} {}", long(30)), "payload": "P"})).collect();
    let message = asked(&json!({"type": "text", "text": long(1900), "quickReplies": many}));
    let said = texts(&message);
    let lines: Vec<_> = said.iter().flat_map(|text| text.lines()).filter(|line| line.contains(". ")).collect();
    let expected: Vec<_> = (1..=150).map(|n| format!("{n}. {n} {}", long(30))).collect();
    assert_eq!(lines, expected);
    assert!(said.iter().all(|text| text.chars().count() <= 2000), "{}", said.len());

    let message = asked(&json!({"type": "text", "text": format!("{} {}", long(1500), long(1500))}));
    assert_eq!((bodies(&message).len(), warnings(&message)), (2, vec!["/content/text fallback.text".to_owned()]));
    let mut content = four_buttons();
    content["template"]["buttons"].as_array_mut().unwrap().pop();
    content["template"]["text"] = json!(format!("{} {}", long(600), long(600)));
    let parts = bodies(&asked(&content));
    assert_eq!(
        (parts.len(), parts[1]["message"]["attachment"]["payload"]["buttons"].as_array().map(Vec::len)),
        (2, Some(3))
    );
    assert_eq!(warnings(&asked(&content)), ["/content/template/text fallback.text"]);
}

#[test]
fn what_is_wrong_besides_is_refused_as_ever() {
    let mut content = four_buttons();
    content["template"]["buttons"][1]["url"] = json!("example.com");
    assert_eq!(refusals(&asked(&content)), ["/content/template/buttons/1/url url"]);
    let empty = template(json!({"type": "button", "text": "What?", "buttons": []}));
    assert_eq!(refusals(&asked(&empty)), ["/content/template/buttons template.button.buttons.count 0/1"]);
    let late = template(json!({"type": "button", "text": "What?", "buttons": [
        {"type": "audio_call", "title": "Call", "expiresInDays": 8}]}));
    assert_eq!(refusals(&asked(&late)), ["/content/template/buttons/0/expiresInDays button.expires_in_days 8/7"]);
    let mut quick = json!({"type": "text", "text": "Which?", "quickReplies": replies(14)});
    quick["quickReplies"][3]["payload"] = Value::Null;
    assert_eq!(refusals(&asked(&quick)), ["/content/quickReplies/3/payload required"]);
    let note = with_options(four_buttons(), json!({"fallback": true, "metadata": long(1000)}));
    assert_eq!(refusals(&note), ["/options/metadata metadata.length 1000/999"]);
}

#[test]
fn who_can_get_one_message_gets_no_more_for_it() {
    let mut once = asked(&cards(11));
    once["to"] = json!({"commentId": "1_2"});
    assert_eq!(refusals(&once), ["/content/template split.once 2/1"]);
    let mut fits = asked(&four_buttons());
    fits["to"] = json!({"commentId": "1_2"});
    assert_eq!(bodies(&fits).len(), 1);
}

#[test]
fn who_has_not_agreed_is_told_of_it() {
    for content in [cards(11), four_buttons(), json!({"type": "text", "text": "Which?", "quickReplies": replies(14)})] {
        let report = translate(&saying(content)).unwrap_err();
        assert!(report.refusals[0].hint.as_deref().unwrap().contains("options.fallback"), "{report:?}");
    }
}
