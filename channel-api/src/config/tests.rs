use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use validator::Validate;

use super::*;
use crate::Secret;

#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(default)]
struct Mailbox {
    /// The address.
    #[schemars(title = "Address", example = "ana@example.org", extend("x-help" = "https://example.org/help"))]
    #[validate(email(message = "is no e-mail address"))]
    mail_address: String,
    /// The password.
    password: Secret,
    /// Another password, which may be left out.
    second_password: Option<Secret>,
    /// The port.
    #[validate(range(max = 65535, message = "is above 65535"))]
    port: u32,
}

impl AdapterConfig for Mailbox {
    type Validated = Self;

    const GROUPS: &'static [FieldGroup] =
        &[FieldGroup { title: "Account", fields: &["mail_address", "password", "second_password", "port"] }];

    fn validate(self) -> Result<Self, Report> {
        let mut report = Validate::validate(&self).err().map(|errors| issues(&errors)).unwrap_or_default();
        report.require_secret(&Pointer::ROOT.key("password"), &self.password, "is missing");
        if report.refusals.is_empty() { Ok(self) } else { Err(report) }
    }
}

#[test]
fn every_problem_is_told_and_no_value() {
    let given = json!({"mailAddress": "canary", "password": "", "port": "canary", "pasword": "canary"});
    let error = parse::<Mailbox>(&given).unwrap_err();
    let found: Vec<_> = error.issues().iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
    assert_eq!(
        found,
        [("/port", "type"), ("/pasword", "unknown_field"), ("/mail_address", "email"), ("/password", "length")]
    );
    assert!(!format!("{error:?} {error}").contains("canary"), "{error:?}");
}

#[test]
fn a_good_one_comes_through() {
    let given = json!({"mail_address": "ana@example.org", "password": "p", "port": 25});
    assert_eq!(parse::<Mailbox>(&given).unwrap().port, 25);
}

#[test]
fn the_schema_draws_a_form() {
    let schema = crate::schema::of::<Mailbox>();
    assert_eq!(schema["properties"]["password"]["writeOnly"], true);
    assert_eq!(schema["properties"]["password"]["format"], "password");
    assert_eq!(schema["properties"]["password"].get("default"), None, "a form must not fill a secret in");
    assert_eq!(
        schema["properties"]["second_password"],
        json!({
            "type": "string", "format": "password", "writeOnly": true, "minLength": 1,
            "description": "Another password, which may be left out."
        })
    );
    assert_eq!(schema["properties"]["mail_address"]["description"], "The address.");
    let ui = crate::schema::ui(&schema);
    assert_eq!(ui["ui:order"], json!(["mail_address", "password", "second_password", "port"]));
    assert_eq!(ui["mail_address"]["ui:placeholder"], "ana@example.org");
    assert_eq!(ui["mail_address"]["ui:help"], "https://example.org/help");
    assert_eq!(ui["password"]["ui:widget"], "password");
}
