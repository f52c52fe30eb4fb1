use serde_json::{Value, json};

use super::{hold, template};

#[test]
fn surveys() {
    let survey = |at: &str, new: Option<Value>, code| template("customer_feedback", at, new, code);
    let question = |question: Value, below: &str, code| {
        survey("/feedbackScreens/0/questions/0", Some(question), code).told_below(below)
    };
    hold(&[
        survey("/title", None, "required"),
        survey("/title", Some(json!("see https://a.b")), "url.not_allowed"),
        survey("/subtitle", None, "required"),
        survey("/subtitle", Some(json!("www.a.b")), "url.not_allowed"),
        survey("/buttonTitle", None, "required"),
        survey("/buttonTitle", Some(json!("http://a.b")), "url.not_allowed"),
        survey("/businessPrivacy", None, "required").told_below("/url"),
        survey("/businessPrivacy/url", None, "required"),
        survey("/businessPrivacy/url", Some(json!("http://a.b")), "url.https"),
        survey("/expiresInDays", Some(json!("soon")), "type"),
        question(json!({"type": "csat"}), "/id", "required"),
        question(json!({"id": "q 1", "type": "csat"}), "/id", "format"),
        question(json!({"id": "q"}), "/type", "required"),
        question(json!({"id": "q", "type": "stars"}), "/type", "choice"),
        question(json!({"id": "q", "type": "csat", "title": "see www.a.b"}), "/title", "url.not_allowed"),
        question(json!({"id": "q", "type": "csat", "scoreLabel": "great"}), "/scoreLabel", "choice"),
        question(json!({"id": "q", "type": "csat", "scoreOption": "zero_to_ten"}), "/scoreOption", "choice"),
        question(json!({"id": "q", "type": "nps", "scoreOption": "five_stars"}), "/scoreOption", "choice"),
        question(json!({"id": "q", "type": "ces", "scoreOption": "five_stars"}), "/scoreOption", "choice"),
        question(json!({"id": "q", "type": "free_form", "scoreLabel": "none"}), "/scoreLabel", "not_allowed"),
        question(json!({"id": "q", "type": "free_form", "scoreOption": "five_stars"}), "/scoreOption", "not_allowed"),
        question(json!({"id": "q", "type": "csat", "followUp": {}}), "/followUp/type", "required"),
        question(json!({"id": "q", "type": "csat", "followUp": {"type": "csat"}}), "/followUp/type", "choice"),
    ]);
}

#[test]
fn addresses_and_opt_ins() {
    let information = |at: &str, new: Option<Value>, code| template("customer_information", at, new, code);
    let opt_in = |at: &str, new: Value| template("notification_messages", at, new, "choice");
    hold(&[
        information("/countries", None, "required"),
        information("/countries", Some(json!([])), "required"),
        information("/countries/0", Some(json!("usa")), "format"),
        information("/countries/0", Some(json!(1)), "type"),
        information("/businessPrivacy", None, "required").told_below("/url"),
        information("/businessPrivacy/url", Some(json!("a.b")), "url"),
        information("/purpose", Some(json!("BILLING")), "choice"),
        information("/addressOverrides", Some(json!([{"overrides": {}}])), "required").told_below("/0/country"),
        information("/addressOverrides", Some(json!([{"country": "usa"}])), "format").told_below("/0/country"),
        information("/contactOverrides", Some(json!({"fax": {}})), "choice").told_below("/fax"),
        template("instant_form", "/formId", None, "required"),
        template("one_time_notif_req", "/title", None, "required"),
        template("one_time_notif_req", "/payload", None, "required"),
        template("notification_messages", "/imageUrl", json!("n.png"), "url"),
        opt_in("/imageAspectRatio", json!("square")),
        opt_in("/notificationMessagesFrequency", json!("HOURLY")),
        opt_in("/notificationMessagesCtaText", json!("PLEASE")),
        opt_in("/notificationMessagesReoptin", json!("ON")),
    ]);
}

#[test]
fn utility_templates() {
    let utility = |at: &str, new: Option<Value>, code| {
        super::rule(crate::generate::message::utility(), &format!("/content/template{at}"), new, code)
    };
    let component = |component: Value, below: &str, code| {
        utility("/components", Some(json!([component])), code).told_below(&format!("/0{below}"))
    };
    let of = |kind: &str, parameter: Value, below: &str, code| {
        component(json!({"type": kind, "parameters": [parameter]}), &format!("/parameters/0{below}"), code)
    };
    hold(&[
        utility("/name", None, "required"),
        utility("/language", None, "required"),
        utility("/language", Some(json!({})), "required"),
        utility("/language", Some(json!(5)), "type"),
        component(json!({"parameters": []}), "/type", "required"),
        component(json!({"type": "footer"}), "/type", "choice"),
        of("body", json!({"text": "Ana"}), "/type", "required"),
        of("body", json!({"type": "text"}), "/text", "required"),
        of("body", json!({"type": "date", "text": "Ana"}), "/type", "choice"),
        of("buttons", json!({"type": "POSTBACK"}), "/payload", "required"),
        of("buttons", json!({"type": "URL"}), "/url", "required"),
        of("buttons", json!({"type": "text", "text": "Ana"}), "/type", "choice"),
        of("buttons", json!({"type": "URL", "url": "A-17", "parameterName": "order"}), "/parameterName", "not_allowed"),
    ]);
}
