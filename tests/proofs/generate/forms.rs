//! What asks a person for something, and the utility template.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::object::{both, list, may, need, object};
use super::words::{https, id, one_of, text, url, words};

pub(crate) fn customer_feedback() -> BoxedStrategy<Value> {
    let follow_up = || may("followUp", object([need("type", Just("free_form")), may("placeholder", text(0..=65))]));
    let labels = &["neg_pos", "hard_easy", "dis_sat", "unlike_like", "poor_great", "none"];
    let scored = |kind: &'static str, options: &'static [&'static str]| {
        object([
            need("type", Just(kind)),
            may("scoreLabel", one_of(labels)),
            may("scoreOption", one_of(options)),
            follow_up(),
        ])
    };
    let asked = prop_oneof![
        scored("csat", &["one_to_five", "five_stars", "five_emojis"]),
        scored("nps", &["zero_to_ten"]),
        scored("ces", &["one_to_seven"]),
        object([need("type", Just("free_form")), follow_up()]),
    ];
    let named = object([need("id", "[A-Za-z0-9_]{1,80}"), may("title", text(5..=85))]);
    let questions = object([need("questions", list(both(named, asked.boxed()), 1..=1))]);
    object([
        need("type", Just("customer_feedback")),
        need("title", text(1..=65)),
        need("subtitle", text(1..=80)),
        need("buttonTitle", text(1..=20)),
        need("feedbackScreens", list(questions, 1..=1)),
        need("businessPrivacy", object([need("url", https())])),
        may("expiresInDays", 1_u32..=7),
    ])
}

pub(crate) fn customer_information() -> BoxedStrategy<Value> {
    let country = || one_of(&["BR", "CA", "FR", "IN", "ID", "MX", "PH", "SG", "TH", "UK", "US", "VN", "DE"]);
    let field = || object([may("label", words()), may("required", any::<bool>())]);
    let overrides = object([may("addressLine1", field()), may("address_line_2", field()), may("city", field())]);
    object([
        need("type", Just("customer_information")),
        need("countries", list(country().prop_map(Value::from), 1..=5)),
        need("businessPrivacy", object([need("url", url())])),
        may("expiresInDays", 1_u32..=7),
        may("purpose", Just("SHIPPING")),
        may("addressOverrides", list(object([need("country", country()), may("overrides", overrides)]), 1..=2)),
        may("contactOverrides", object([may("name", field()), may("phone", field())])),
    ])
}

pub(crate) fn instant_form() -> BoxedStrategy<Value> {
    object([need("type", Just("instant_form")), need("formId", id())])
}

pub(crate) fn calling_optin() -> BoxedStrategy<Value> {
    object([need("type", Just("calling_optin"))])
}

pub(crate) fn one_time_notif_req() -> BoxedStrategy<Value> {
    object([need("type", Just("one_time_notif_req")), need("title", text(1..=65)), need("payload", words())])
}

pub(crate) fn notification_messages() -> BoxedStrategy<Value> {
    object([
        need("type", Just("notification_messages")),
        may("title", text(0..=65)),
        may("imageUrl", url()),
        may("imageAspectRatio", one_of(&["HORIZONTAL", "SQUARE"])),
        may("payload", words()),
        may("notificationMessagesFrequency", one_of(&["DAILY", "WEEKLY", "MONTHLY"])),
        may("notificationMessagesCtaText", one_of(&["ALLOW", "FREQUENCY", "GET", "OPT_IN", "SIGN_UP"])),
        may("notificationMessagesReoptin", one_of(&["ENABLED", "DISABLED"])),
        may("notificationMessagesTimezone", Just("Europe/Madrid")),
    ])
}

pub(crate) fn utility() -> BoxedStrategy<Value> {
    let name = || may("parameterName", "[a-z_]{1,10}");
    let parameter = prop_oneof![
        4 => object([need("type", Just("text")), need("text", words()), name()]),
        1 => object([need("type", Just("image")), may("image", Just(json!({"link": "https://example.com/1"})))]),
    ];
    let of_a_button = prop_oneof![
        object([need("type", Just("POSTBACK")), need("payload", words())]),
        object([need("type", Just("URL")), need("url", words())]),
    ];
    let component = prop_oneof![
        object([need("type", one_of(&["header", "body"])), need("parameters", list(parameter, 1..=4))]),
        object([need("type", Just("buttons")), need("parameters", list(of_a_button, 1..=3))]),
    ];
    let language = prop_oneof![Just(json!("en_US")), Just(json!({"code": "pt_BR"}))];
    object([
        need("type", Just("utility")),
        need("name", "[a-z_]{1,20}"),
        need("language", language),
        may("components", list(component, 1..=3)),
    ])
}
