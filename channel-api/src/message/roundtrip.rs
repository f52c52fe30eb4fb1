//! A message that is written as JSON is the same when it is read again, whatever stands in it.

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Number, Value};

use super::{
    Body, Content, Link, Location, Media, OutboundMessage, QuickReply, QuickReplyKind, Recipient, SendOptions, Sender,
    SenderAction, Sticker,
};
use crate::template::{
    Address, Adjustment, Button, ButtonKind, ButtonTemplate, GenericElement, GenericTemplate, ReceiptElement,
    ReceiptTemplate, Summary,
};
use crate::{JsonObject, Template};

fn text() -> BoxedStrategy<String> {
    ".{0,8}".boxed()
}

fn maybe() -> BoxedStrategy<Option<String>> {
    of(text()).boxed()
}

/// A word that means nothing to the contract.
fn word() -> BoxedStrategy<String> {
    "own(_[a-z]{1,3}|[A-Z][a-z]{1,3}){1,2}".boxed()
}

fn json() -> BoxedStrategy<Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    let any_name = ".{0,4}";
    plain
        .prop_recursive(2, 6, 3, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..3).prop_map(Value::from),
                btree_map(any_name, inner, 0..3).prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
        .boxed()
}

/// Members that only a channel knows.
fn extra() -> BoxedStrategy<JsonObject> {
    btree_map(word(), json(), 0..3).prop_map(|members| members.into_iter().collect()).boxed()
}

fn number() -> BoxedStrategy<Option<Number>> {
    of(prop_oneof![any::<i64>().prop_map(Number::from), any::<f64>().prop_filter_map("finite", Number::from_f64)])
        .boxed()
}

fn media() -> BoxedStrategy<Media> {
    (maybe(), maybe(), maybe(), extra())
        .prop_map(|(id, url, attachment_id, extra)| Media { id, url, attachment_id, extra })
        .boxed()
}

fn location() -> BoxedStrategy<Location> {
    (-90.0..90.0, -180.0..180.0, maybe(), maybe())
        .prop_map(|(latitude, longitude, title, url)| Location { latitude, longitude, title, url })
        .boxed()
}

fn action() -> BoxedStrategy<SenderAction> {
    prop_oneof![
        Just(SenderAction::TypingOn),
        Just(SenderAction::TypingOff),
        Just(SenderAction::MarkSeen),
        (maybe(), maybe()).prop_map(|(message_id, reaction)| SenderAction::React { message_id, reaction }),
        maybe().prop_map(|message_id| SenderAction::Unreact { message_id }),
        word().prop_map(SenderAction::Other),
    ]
    .boxed()
}

fn button() -> BoxedStrategy<Button> {
    let kind = prop_oneof![
        Just(ButtonKind::Postback),
        Just(ButtonKind::WebUrl),
        Just(ButtonKind::PhoneNumber),
        word().prop_map(ButtonKind::Other)
    ];
    (kind, maybe(), maybe(), maybe(), extra())
        .prop_map(|(kind, title, payload, url, extra)| Button { kind, title, payload, url, extra })
        .boxed()
}

fn card() -> BoxedStrategy<GenericElement> {
    (maybe(), maybe(), maybe(), of(button()), vec(button(), 0..3), extra())
        .prop_map(|(title, subtitle, image_url, default_action, buttons, extra)| GenericElement {
            title,
            subtitle,
            image_url,
            default_action,
            buttons,
            extra,
        })
        .boxed()
}

fn receipt() -> BoxedStrategy<ReceiptTemplate> {
    let address = (maybe(), maybe(), maybe(), maybe(), maybe(), maybe()).prop_map(
        |(street1, street2, city, postal_code, state, country)| Address {
            street1,
            street2,
            city,
            postal_code,
            state,
            country,
        },
    );
    let summary =
        (number(), number(), number(), number()).prop_map(|(subtotal, shipping_cost, total_tax, total_cost)| Summary {
            subtotal,
            shipping_cost,
            total_tax,
            total_cost,
        });
    let adjustment = (maybe(), number()).prop_map(|(name, amount)| Adjustment { name, amount });
    let element = (maybe(), maybe(), number(), number(), maybe(), maybe()).prop_map(
        |(title, subtitle, quantity, price, currency, image_url)| ReceiptElement {
            title,
            subtitle,
            quantity,
            price,
            currency,
            image_url,
        },
    );
    let words = (maybe(), maybe(), maybe(), maybe(), maybe(), maybe(), maybe());
    (words, of(address), of(summary), vec(adjustment, 0..2), vec(element, 0..3), extra())
        .prop_map(|(words, address, summary, adjustments, elements, extra)| {
            let (recipient_name, merchant_name, order_number, currency, payment_method, order_url, timestamp) = words;
            ReceiptTemplate {
                recipient_name,
                merchant_name,
                order_number,
                currency,
                payment_method,
                order_url,
                timestamp,
                address,
                summary,
                adjustments,
                elements,
                extra,
            }
        })
        .boxed()
}

fn template() -> BoxedStrategy<Template> {
    prop_oneof![
        (maybe(), vec(button(), 0..3), extra()).prop_map(|(text, buttons, extra)| Template::Button(ButtonTemplate {
            text,
            buttons,
            extra
        })),
        (vec(card(), 0..3), extra())
            .prop_map(|(elements, extra)| Template::Generic(GenericTemplate { elements, extra })),
        receipt().prop_map(|receipt| Template::Receipt(Box::new(receipt))),
        (word(), extra()).prop_map(|(kind, fields)| Template::Other { kind, fields }),
    ]
    .boxed()
}

fn body() -> BoxedStrategy<Body> {
    prop_oneof![
        text().prop_map(Body::Text),
        media().prop_map(Body::Image),
        media().prop_map(Body::Video),
        media().prop_map(Body::Audio),
        media().prop_map(Body::File),
        (maybe(), maybe()).prop_map(|(id, url)| Body::Sticker(Sticker { id, url })),
        location().prop_map(Body::Location),
        (maybe(), maybe(), maybe()).prop_map(|(url, title, payload)| Body::Link(Link { url, title, payload })),
        template().prop_map(|template| Body::Template(Box::new(template))),
        action().prop_map(Body::SenderAction),
        (word(), extra()).prop_map(|(kind, fields)| Body::Other { kind, fields }),
    ]
    .boxed()
}

fn quick_reply() -> BoxedStrategy<QuickReply> {
    let kind = prop_oneof![Just(QuickReplyKind::Text), word().prop_map(QuickReplyKind::Other)];
    (kind, maybe(), maybe(), maybe(), extra())
        .prop_map(|(content_type, title, payload, image_url, extra)| QuickReply {
            content_type,
            title,
            payload,
            image_url,
            extra,
        })
        .boxed()
}

fn options() -> BoxedStrategy<SendOptions> {
    let sender = of(prop_oneof![Just(Sender::Human), Just(Sender::Bot)]);
    (sender, maybe(), maybe(), any::<bool>(), any::<bool>(), extra())
        .prop_map(|(sender, reply_to, metadata, split, fallback, extra)| SendOptions {
            sender,
            reply_to,
            metadata,
            split,
            fallback,
            extra,
        })
        .boxed()
}

fn message() -> BoxedStrategy<OutboundMessage> {
    let to = prop_oneof![
        "[^ ].{0,8}".prop_filter("not blank", |id| !id.trim().is_empty()).prop_map(Recipient::Id),
        btree_map(word(), json(), 1..3).prop_map(|by| Recipient::By(by.into_iter().collect())),
    ];
    let content = (body(), vec(quick_reply(), 0..3), vec(body(), 0..3))
        .prop_map(|(body, quick_replies, attachments)| Content { body, quick_replies, attachments });
    (".{1,8}", to, content, options())
        .prop_map(|(channel_id, to, content, options)| OutboundMessage { channel_id, to, content, options })
        .boxed()
}

proptest! {
    #[test]
    fn what_is_written_is_read(message in message()) {
        let json = serde_json::to_value(&message).unwrap();
        prop_assert_eq!(OutboundMessage::parse(&json).unwrap(), message.clone());
        prop_assert_eq!(serde_json::from_value::<OutboundMessage>(json).unwrap(), message);
    }
}
