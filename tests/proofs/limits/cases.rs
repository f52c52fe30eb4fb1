//! Where each limit holds, and what of a given size may stand there.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::generate::words::exactly;
use crate::generate::{content, message};

/// How something of a given size is made.
pub(super) type Sized = fn(usize) -> Value;

/// Where a limit holds.
pub(super) struct Case {
    pub(super) limit: &'static str,
    /// Messages that keep to it.
    pub(super) good: BoxedStrategy<Value>,
    /// The place that it is about.
    pub(super) at: &'static str,
    /// What may stand there, by its size.
    pub(super) sized: Sized,
    /// The same in Meta's body, where that is another form.
    pub(super) wire: Option<Sized>,
    /// How far above the limit other limits still hold.
    pub(super) above: usize,
    /// Whether one can come below it.
    pub(super) below: bool,
}

fn case(limit: &'static str, content: BoxedStrategy<Value>, at: &'static str, sized: Sized) -> Case {
    Case { limit, good: message::of(content), at, sized, wire: None, above: 40, below: true }
}

fn template(limit: &'static str, kind: &'static str, at: &'static str, sized: Sized) -> Case {
    case(limit, content::of_template(kind), at, sized)
}

fn characters(size: usize) -> Value {
    json!(exactly(size))
}

fn number(size: usize) -> Value {
    json!(size)
}

fn many(size: usize, one: Value) -> Value {
    Value::Array(vec![one; size])
}

fn buttons(size: usize) -> Value {
    many(size, json!({"type": "postback", "title": "Buy", "payload": "BUY"}))
}

fn fields(size: usize) -> Value {
    many(size, json!({"label": "Gate", "value": "D57"}))
}

fn pictures(size: usize) -> Value {
    many(size, json!({"url": "https://example.com/1.jpg"}))
}

/// Enough pictures, so many of which are shown large.
fn heroes(size: usize) -> Value {
    (0..size.max(2)).map(|index| json!({"url": "https://example.com/1.jpg", "isHeroImage": index < size})).collect()
}

const QUESTION: &str = "/content/template/feedbackScreens/0/questions/0";

fn question(place: &str) -> &'static str {
    Box::leak(format!("{QUESTION}/{place}").into_boxed_str())
}

/// Every limit that there should be.
pub(super) fn all() -> Vec<Case> {
    let mut cases = of_messages();
    cases.extend(of_cards());
    cases.extend(of_a_shop());
    cases.extend(of_forms());
    cases
}

fn of_messages() -> Vec<Case> {
    vec![
        case("text.length", content::plain(), "/content/text", characters),
        case("metadata.length", content::plain(), "/options/metadata", characters),
        Case {
            // None at all is a message of one picture.
            below: false,
            wire: Some(|n| many(n, json!({"type": "image", "payload": {"url": "https://example.com/1.jpg"}}))),
            ..case("attachments.count", content::pictures(), "/content/attachments", |n| {
                many(n, json!({"type": "image", "image": {"url": "https://example.com/1.jpg"}}))
            })
        },
        case("quick_replies.count", content::file(), "/content/quickReplies", |n| {
            many(n, json!({"contentType": "user_email"}))
        }),
        case(
            "quick_replies.title.length",
            content::plain(),
            "/content/quickReplies",
            |n| json!([{"contentType": "text", "title": exactly(n), "payload": "P", "imageUrl": "https://example.com/1.png"}]),
        ),
        case(
            "quick_replies.payload.length",
            content::plain(),
            "/content/quickReplies",
            |n| json!([{"contentType": "text", "title": "T", "payload": exactly(n), "imageUrl": "https://example.com/1.png"}]),
        ),
    ]
}

fn of_cards() -> Vec<Case> {
    const FIRST: &str = "/content/template/buttons/0";
    vec![
        template(
            "button.title.length",
            "button",
            FIRST,
            |n| json!({"type": "postback", "title": exactly(n), "payload": "P"}),
        ),
        template(
            "button.payload.length",
            "button",
            FIRST,
            |n| json!({"type": "postback", "title": "T", "payload": exactly(n)}),
        ),
        template(
            "button.expires_in_days",
            "button",
            FIRST,
            |n| json!({"type": "audio_call", "title": "T", "expiresInDays": n}),
        ),
        template("template.button.text.length", "button", "/content/template/text", characters),
        template("template.button.buttons.count", "button", "/content/template/buttons", buttons),
        template("template.generic.elements.count", "generic", "/content/template/elements", |n| {
            many(n, json!({"title": "Hat", "subtitle": "Blue"}))
        }),
        template("template.generic.title.length", "generic", "/content/template/elements/0/title", characters),
        template("template.generic.subtitle.length", "generic", "/content/template/elements/0/subtitle", characters),
        template(
            "template.generic.buttons.count",
            "generic",
            "/content/template/elements/0",
            |n| json!({"title": "Hat", "subtitle": "Blue", "buttons": buttons(n)}),
        ),
        template("template.media.elements.count", "media", "/content/template/elements", |n| {
            many(n, json!({"mediaType": "image", "attachmentId": "1745504518999123"}))
        }),
        template("template.media.buttons.count", "media", "/content/template/elements/0/buttons", buttons),
    ]
}

fn of_a_shop() -> Vec<Case> {
    const GRID: &str = "image_grid";
    vec![
        template("template.receipt.elements.count", "receipt", "/content/template/elements", |n| {
            many(n, json!({"title": "Hat", "price": 5}))
        }),
        template("template.product.elements.count", "product", "/content/template/elements", |n| {
            many(n, json!({"id": "5"}))
        }),
        template("template.coupon.title.length", "coupon", "/content/template/title", characters),
        template("template.coupon.subtitle.length", "coupon", "/content/template/subtitle", characters),
        template("template.image_grid.elements.count", GRID, "/content/template/elements", |n| {
            many(n, json!({"images": pictures(2)}))
        }),
        template("template.image_grid.images.count", GRID, "/content/template/elements/0/images", pictures),
        Case {
            above: 5,
            ..template("template.image_grid.hero_images.count", GRID, "/content/template/elements/0/images", heroes)
        },
        template("template.image_grid.title.length", GRID, "/content/template/elements/0/title", characters),
        template("template.image_grid.subtitle.length", GRID, "/content/template/elements/0/subtitle", characters),
        template("template.image_grid.buttons.count", GRID, "/content/template/elements/0/buttons", buttons),
    ]
}

fn of_forms() -> Vec<Case> {
    const FEEDBACK: &str = "customer_feedback";
    const PASS: &str = "airline_boardingpass";
    const ITINERARY: &str = "airline_itinerary";
    vec![
        template("template.customer_feedback.title.length", FEEDBACK, "/content/template/title", characters),
        template("template.customer_feedback.subtitle.length", FEEDBACK, "/content/template/subtitle", characters),
        template(
            "template.customer_feedback.button_title.length",
            FEEDBACK,
            "/content/template/buttonTitle",
            characters,
        ),
        template(
            "template.customer_feedback.feedback_screens.count",
            FEEDBACK,
            "/content/template/feedbackScreens",
            |n| many(n, json!({"questions": [{"id": "q", "type": "csat"}]})),
        ),
        template(
            "template.customer_feedback.questions.count",
            FEEDBACK,
            "/content/template/feedbackScreens/0/questions",
            |n| many(n, json!({"id": "q", "type": "csat"})),
        ),
        template("template.customer_feedback.question.id.length", FEEDBACK, question("id"), |n| json!("q".repeat(n))),
        template("template.customer_feedback.question.title.length", FEEDBACK, question("title"), characters),
        template(
            "template.customer_feedback.follow_up.placeholder.length",
            FEEDBACK,
            question("followUp"),
            |n| json!({"type": "free_form", "placeholder": exactly(n)}),
        ),
        template("template.customer_feedback.expires_in_days", FEEDBACK, "/content/template/expiresInDays", number),
        template(
            "template.customer_information.expires_in_days",
            "customer_information",
            "/content/template/expiresInDays",
            number,
        ),
        template(
            "template.one_time_notif_req.title.length",
            "one_time_notif_req",
            "/content/template/title",
            characters,
        ),
        template(
            "template.notification_messages.title.length",
            "notification_messages",
            "/content/template/title",
            characters,
        ),
        template(
            "template.airline_boardingpass.auxiliary_fields.count",
            PASS,
            "/content/template/boardingPass/0/auxiliaryFields",
            fields,
        ),
        template(
            "template.airline_boardingpass.secondary_fields.count",
            PASS,
            "/content/template/boardingPass/0/secondaryFields",
            fields,
        ),
        template(
            "template.airline_itinerary.product_info.count",
            ITINERARY,
            "/content/template/passengerSegmentInfo/0/productInfo",
            |n| many(n, json!({"title": "Baggage", "value": "1 bag"})),
        ),
        template("template.airline_itinerary.price_info.count", ITINERARY, "/content/template/priceInfo", |n| {
            many(n, json!({"title": "Fuel", "amount": "15"}))
        }),
    ]
}
