//! The rules of a new template.

use serde_json::{Value, json};

use super::server::Meta;
use crate::operations::check_only;

fn template(changes: &Value) -> Value {
    let mut input = json!({"name": "order_left", "language": "en_US"});
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

fn refusals(changes: &Value) -> Vec<String> {
    match check_only("createTemplate", &template(changes)) {
        Ok(_) => Vec::new(),
        Err(error) => error.issues().iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect(),
    }
}

/// The issues of one component, without the pointer to it.
fn of(format: &str, component: &Value) -> Vec<String> {
    let issues = refusals(&json!({"parameterFormat": format, "components": [component]}));
    issues.into_iter().map(|issue| issue.replace("/components/0", "")).collect()
}

#[test]
fn a_template_has_a_name_a_language_and_one_origin() {
    let error =
        check_only("createTemplate", &json!({"category": "MARKETING", "parameterFormat": "ROMAN"})).unwrap_err();
    let issues: Vec<_> = error.issues().iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect();
    assert_eq!(
        issues,
        ["/name required", "/language required", "/category choice", "/parameterFormat choice", " exactly_one"]
    );
    assert_eq!(refusals(&json!({"components": [], "libraryTemplateName": "x"})), [" exactly_one"]);
    assert_eq!(
        refusals(&json!({
            "components": [{"type": "BODY", "text": "Hello."}],
            "libraryTemplateBodyInputs": [{"text": "x"}],
            "libraryTemplateButtonInputs": [{"url": {"baseUrl": "https://a.b"}}]
        })),
        ["/libraryTemplateBodyInputs not_allowed", "/libraryTemplateButtonInputs not_allowed"]
    );
    assert_eq!(
        refusals(&json!({
            "libraryTemplateName": "x", "parameterFormat": "NAMED",
            "libraryTemplateBodyInputs": [{"type": "header", "text": ""}],
            "libraryTemplateButtonInputs": [{"type": "POSTBACK"}, {"url": {"baseUrl": "a.b"}}]
        })),
        [
            "/parameterFormat not_allowed",
            "/libraryTemplateBodyInputs/0/type choice",
            "/libraryTemplateBodyInputs/0/text required",
            "/libraryTemplateButtonInputs/0/type choice",
            "/libraryTemplateButtonInputs/0/url/baseUrl required",
            "/libraryTemplateButtonInputs/1/url/baseUrl url",
        ]
    );
}

#[test]
fn placeholders_and_examples_fit_each_other() {
    let body = |text: &str, values: Value| json!({"type": "BODY", "text": text, "example": {"bodyText": values}});
    for (component, issues) in [
        (body("Hello {{1}}, order {{2}} left.", json!([["Ana", "A-17"]])), &[][..]),
        (body("Hello {{1}}, order {{2}} left.", json!([["Ana"]])), &["/example/bodyText template.utility.example"]),
        (body("Hello {{1}}, order {{2}} left.", json!([])), &["/example/bodyText template.utility.example"]),
        (body("Hello {{1}}!", json!([[""]])), &["/example/bodyText required"]),
        (body("Hello!", json!([["Ana"]])), &["/example/bodyText template.utility.example"]),
        (body("Hello {{2}}!", json!([["Ana"]])), &["/text template.utility.placeholder.order"]),
        (body("Hello {{name}}!", json!([["Ana"]])), &["/text template.utility.placeholder.format"]),
        (body("Hello {{na me}}!", json!([["Ana"]])), &["/text template.utility.placeholder"]),
        (body("Hello {{1}}", json!([["Ana"]])), &["/text template.utility.placeholder.edge"]),
        (
            body("{{1}}, hello", json!([["Ana", "x"]])),
            &["/text template.utility.placeholder.edge", "/example/bodyText template.utility.example"],
        ),
        (json!({"type": "BODY", "text": "Hello {{1}}!"}), &["/example/bodyText template.utility.example"]),
        (json!({"type": "BODY"}), &["/text required"]),
        (
            json!({"type": "BODY", "text": "Hello {{1}}!", "example": {"bodyTextNamedParams": [], "headerText": ["x"]}}),
            &[
                "/example/bodyTextNamedParams not_allowed",
                "/example/bodyText template.utility.example",
                "/example/headerText not_allowed",
            ],
        ),
        (
            json!({"type": "BODY", "text": "Hello.", "format": "TEXT", "buttons": []}),
            &["/format not_allowed", "/buttons not_allowed"],
        ),
    ] {
        assert_eq!(of("POSITIONAL", &component), issues, "{component}");
    }
}

#[test]
fn named_examples_name_each_placeholder_once() {
    let body =
        |text: &str, values: Value| json!({"type": "BODY", "text": text, "example": {"bodyTextNamedParams": values}});
    let one = |name: &str| json!({"paramName": name, "example": "A-17"});
    for (component, issues) in [
        (body("Order {{order_id}} left.", json!([one("order_id")])), &[][..]),
        (body("Order {{order_id}} left.", json!([{"param_name": "order_id", "example": "A-17"}])), &[]),
        (body("Order {{order_id}} left.", json!([])), &["/example/bodyTextNamedParams template.utility.example"]),
        (
            body("Order {{order_id}} left.", json!([one("order_id"), one("order_id"), one("name")])),
            &[
                "/example/bodyTextNamedParams/1/paramName template.utility.example",
                "/example/bodyTextNamedParams/2/paramName template.utility.example",
            ],
        ),
        (
            body("Order {{order_id}} left.", json!([{"paramName": "", "example": ""}])),
            &[
                "/example/bodyTextNamedParams/0/paramName required",
                "/example/bodyTextNamedParams/0/example required",
                "/example/bodyTextNamedParams template.utility.example",
            ],
        ),
        (body("Order {{1}} left.", json!([])), &["/text template.utility.placeholder.format"]),
        (
            json!({"type": "HEADER", "format": "TEXT", "text": "{{order_id}}", "example": {"headerText": ["A-17"]}}),
            &["/example/headerText not_allowed", "/example/headerTextNamedParams template.utility.example"],
        ),
    ] {
        assert_eq!(of("NAMED", &component), issues, "{component}");
    }
}

#[test]
fn headers_and_buttons_have_their_own_rules() {
    let buttons = |button: Value| json!({"type": "BUTTONS", "buttons": [button]});
    for (component, issues) in [
        (json!({"type": "header", "format": "text", "text": "Order {{1}}", "example": {"headerText": ["A"]}}), &[][..]),
        (json!({"type": "HEADER", "format": "IMAGE", "example": {"headerHandle": ["4::aW"]}}), &[]),
        (json!({"type": "HEADER"}), &["/format required"]),
        (json!({"type": "HEADER", "format": "VIDEO"}), &["/format choice"]),
        (
            json!({"type": "HEADER", "format": "IMAGE", "text": "x"}),
            &["/text not_allowed", "/example/headerHandle required"],
        ),
        (
            json!({"type": "HEADER", "format": "TEXT", "text": "x", "example": {"headerHandle": ["4::aW"]}}),
            &["/example/headerHandle not_allowed"],
        ),
        (json!({"text": "x"}), &["/type required"]),
        (json!({"type": "FOOTER", "text": "x"}), &["/type choice"]),
        (json!({"type": "BUTTONS", "text": "x"}), &["/text not_allowed", "/buttons required"]),
        (buttons(json!({})), &["/buttons/0/type required", "/buttons/0/text required"]),
        (buttons(json!({"type": "PHONE_NUMBER", "text": "Call"})), &["/buttons/0/type choice"]),
        (buttons(json!({"type": "POSTBACK", "text": "x"})), &["/buttons/0/payload required"]),
        (
            buttons(json!({"type": "POSTBACK", "text": "x", "payload": "T_{{id}}", "url": "https://a.b"})),
            &["/buttons/0/payload template.utility.placeholder.format", "/buttons/0/url not_allowed"],
        ),
        (
            buttons(json!({"type": "URL", "text": "x", "url": "a.b/{{1}}", "payload": "x"})),
            &["/buttons/0/url url", "/buttons/0/payload not_allowed", "/buttons/0/example/urlSuffixExample required"],
        ),
        (
            buttons(json!({"type": "URL", "text": "x", "url": "https://a.b", "example": {"urlSuffixExample": "x"}})),
            &["/buttons/0/example not_allowed"],
        ),
    ] {
        assert_eq!(of("POSITIONAL", &component), issues, "{component}");
    }
}

#[test]
fn a_kind_of_component_stands_once() {
    let body = json!({"type": "BODY", "text": "Hello."});
    assert_eq!(
        refusals(&json!({"components": [body, {"type": "body", "text": "Hello."}]})),
        ["/components/1/type duplicate"]
    );
}

#[test]
fn what_meta_leaves_open_is_doubted() {
    let button = json!({"type": "POSTBACK", "text": "x", "payload": "y"});
    let many = json!({"components": [{"type": "BUTTONS", "buttons": [button, button, button, button]}]});
    let warnings = check_only("createTemplate", &template(&many)).unwrap();
    let found: Vec<_> = warnings.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
    assert_eq!(
        found,
        [("/components/0/buttons", "template.utility.buttons"), ("/components", "template.utility.body")]
    );
}

#[tokio::test]
async fn both_spellings_become_meta_s() {
    let meta = Meta::answers(200, &json!({"id": 5})).await;
    let named = template(&json!({
        "parameter_format": "NAMED",
        "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}},
            {"type": "BODY", "text": "Order {{order_id}} left.",
                "example": {"bodyTextNamedParams": [{"paramName": "order_id", "example": "A-17"}]}},
        ],
    }));
    let library = template(&json!({
        "libraryTemplateName": "delivery_update_1",
        "libraryTemplateBodyInputs": [{"text": "It is on its way."}],
        "library_template_button_inputs": [{"type": "URL", "text": "Track", "url": {"base_url": "https://shop.example.com/o"}}],
    }));
    for input in [named, library] {
        let performed = meta.perform("createTemplate", &input).await.unwrap();
        assert_eq!(performed.output, json!({"id": "5"}));
    }
    let bodies: Vec<_> = meta.asked().into_iter().map(|asked| asked["body"].clone()).collect();
    assert_eq!(
        bodies,
        [
            json!({
                "name": "order_left", "language": "en_US", "category": "UTILITY", "parameter_format": "NAMED",
                "components": [
                    {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}},
                    {"type": "BODY", "text": "Order {{order_id}} left.",
                        "example": {"body_text_named_params": [{"param_name": "order_id", "example": "A-17"}]}},
                ],
            }),
            json!({
                "name": "order_left", "language": "en_US", "category": "UTILITY",
                "library_template_name": "delivery_update_1",
                "library_template_body_inputs": [{"type": "body", "text": "It is on its way."}],
                "library_template_button_inputs": [
                    {"type": "URL", "text": "Track", "url": {"base_url": "https://shop.example.com/o"}},
                ],
            }),
        ]
    );
}
