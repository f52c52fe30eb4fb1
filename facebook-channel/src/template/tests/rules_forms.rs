//! The rules of what asks a person for something, and of utility templates.

use serde_json::{Value, json};

use super::check;
use crate::send::tests::long;

#[test]
fn customer_feedback() {
    check(
        "customer_feedback",
        vec![
            ("/title", Value::Null, &["/title required"]),
            ("/title", json!(long(66)), &["/title template.customer_feedback.title.length 66/65"]),
            ("/title", json!("See www.example.com"), &["/title url.not_allowed"]),
            (
                "/title",
                json!(format!("https://{}", long(66))),
                &["/title template.customer_feedback.title.length 74/65", "/title url.not_allowed"],
            ),
            ("/subtitle", Value::Null, &["/subtitle required"]),
            ("/subtitle", json!(long(81)), &["/subtitle template.customer_feedback.subtitle.length 81/80"]),
            ("/buttonTitle", Value::Null, &["/buttonTitle required"]),
            ("/buttonTitle", json!(long(21)), &["/buttonTitle template.customer_feedback.button_title.length 21/20"]),
            ("/buttonTitle", json!("http://a.b"), &["/buttonTitle url.not_allowed"]),
            (
                "/feedbackScreens",
                json!([]),
                &["/feedbackScreens template.customer_feedback.feedback_screens.count 0/1"],
            ),
            (
                "/feedbackScreens/0/questions",
                json!([{"id": "a", "type": "csat"}, {"id": "b", "type": "nps"}]),
                &["/feedbackScreens/0/questions template.customer_feedback.questions.count 2/1"],
            ),
            ("/businessPrivacy", Value::Null, &["/businessPrivacy/url required"]),
            ("/businessPrivacy/url", json!("http://a.b"), &["/businessPrivacy/url url.https"]),
            ("/expiresInDays", json!(8), &["/expiresInDays template.customer_feedback.expires_in_days 8/7"]),
            ("/expiresInDays", json!(0), &["/expiresInDays template.customer_feedback.expires_in_days 0/1"]),
        ],
    );
}

#[test]
fn a_survey_s_question() {
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({}), &["/id required", "/type required"]),
        (json!({"id": "q 1", "type": "stars"}), &["/id format", "/type choice"]),
        (json!({"id": "q".repeat(81), "type": "csat"}), &["/id template.customer_feedback.question.id.length 81/80"]),
        (
            json!({"id": "q", "type": "csat", "title": "Hm?!"}),
            &["/title template.customer_feedback.question.title.length 4/5"],
        ),
        (
            json!({"id": "q", "type": "csat", "title": long(86)}),
            &["/title template.customer_feedback.question.title.length 86/85"],
        ),
        (json!({"id": "q", "type": "csat", "title": "see www.a.b"}), &["/title url.not_allowed"]),
        (json!({"id": "q", "type": "csat", "scoreLabel": "great"}), &["/scoreLabel choice"]),
        (json!({"id": "q", "type": "csat", "scoreOption": "zero_to_ten"}), &["/scoreOption choice"]),
        (json!({"id": "q", "type": "nps", "scoreOption": "five_stars"}), &["/scoreOption choice"]),
        (json!({"id": "q", "type": "ces", "scoreOption": "five_stars"}), &["/scoreOption choice"]),
        (
            json!({"id": "q", "type": "free_form", "scoreLabel": "none", "scoreOption": "five_stars"}),
            &["/scoreLabel not_allowed", "/scoreOption not_allowed"],
        ),
        (json!({"id": "q", "type": "csat", "followUp": {}}), &["/followUp/type required"]),
        (
            json!({"id": "q", "type": "csat", "followUp": {"type": "free_form", "placeholder": long(66)}}),
            &["/followUp/placeholder template.customer_feedback.follow_up.placeholder.length 66/65"],
        ),
        (json!({"id": "q", "type": "nps", "scoreOption": "zero_to_ten", "scoreLabel": "unlike_like"}), &[]),
        (json!({"id": "q", "type": "ces", "scoreOption": "one_to_seven", "scoreLabel": "hard_easy"}), &[]),
    ];
    for (question, expected) in cases {
        let at = "/feedbackScreens/0/questions/0";
        let expected: Vec<_> = expected.iter().map(|place| format!("/content/template{at}{place}")).collect();
        let sample = super::changed("customer_feedback", at, question.clone());
        let issues = crate::send::tests::refusals(&crate::send::tests::saying(crate::send::tests::template(sample)));
        assert_eq!(issues, expected, "{question}");
    }
}

#[test]
fn customer_information() {
    check(
        "customer_information",
        vec![
            ("/countries", json!([]), &["/countries required"]),
            ("/countries/0", json!("USA"), &["/countries/0 format"]),
            ("/countries/0", json!(1), &["/countries/0 type"]),
            ("/businessPrivacy", Value::Null, &["/businessPrivacy/url required"]),
            ("/expiresInDays", json!(9), &["/expiresInDays template.customer_information.expires_in_days 9/7"]),
            ("/purpose", json!("BILLING"), &["/purpose choice"]),
            ("/addressOverrides/0/country", Value::Null, &["/addressOverrides/0/country required"]),
            ("/contactOverrides/fax", json!({}), &["/contactOverrides/fax choice"]),
        ],
    );
}

#[test]
fn what_asks_for_permission() {
    check("instant_form", vec![("/formId", Value::Null, &["/formId required"])]);
    check(
        "one_time_notif_req",
        vec![
            ("/title", Value::Null, &["/title required"]),
            ("/title", json!(long(66)), &["/title template.one_time_notif_req.title.length 66/65"]),
            ("/payload", Value::Null, &["/payload required"]),
        ],
    );
    check(
        "notification_messages",
        vec![
            ("/title", json!(long(66)), &["/title template.notification_messages.title.length 66/65"]),
            ("/imageUrl", json!("n.png"), &["/imageUrl url"]),
            ("/imageAspectRatio", json!("square"), &["/imageAspectRatio choice"]),
            ("/notificationMessagesFrequency", json!("HOURLY"), &["/notificationMessagesFrequency choice"]),
            ("/notificationMessagesCtaText", json!("PLEASE"), &["/notificationMessagesCtaText choice"]),
            ("/notificationMessagesReoptin", json!(true), &["/notificationMessagesReoptin type"]),
            ("/notificationMessagesReoptin", json!("ON"), &["/notificationMessagesReoptin choice"]),
        ],
    );
}

#[test]
fn utility() {
    check(
        "utility",
        vec![
            ("/name", Value::Null, &["/name required"]),
            ("/language", Value::Null, &["/language required"]),
            ("/language", json!({"code": ""}), &["/language required"]),
            ("/language", json!(5), &["/language type"]),
            ("/components/0/type", json!("footer"), &["/components/0/type choice"]),
            ("/components/0/parameters/0/type", Value::Null, &["/components/0/parameters/0/type required"]),
            (
                "/components/0/parameters/0/type",
                json!("URL"),
                &["/components/0/parameters/0/type choice", "/components/0/parameters/0/url required"],
            ),
            ("/components/1/parameters/1/text", Value::Null, &["/components/1/parameters/1/text required"]),
            ("/components/2/parameters/0/payload", Value::Null, &["/components/2/parameters/0/payload required"]),
            ("/components/2/parameters/1/url", Value::Null, &["/components/2/parameters/1/url required"]),
            (
                "/components/2/parameters/1/parameterName",
                json!("order"),
                &["/components/2/parameters/1/parameterName not_allowed"],
            ),
            ("/components", Value::Null, &[]),
            ("/language", json!({"code": "pt_BR"}), &[]),
        ],
    );
}
