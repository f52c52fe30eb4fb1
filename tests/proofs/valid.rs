//! Every good message passes, and becomes what Meta's pages allow.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::adapter::{capabilities, denormalize, places};
use crate::generate::{content, message, templates};
use crate::places::{inside, parent};
use crate::schema::{allows, complaints, documents};
use crate::spelling::snake;

fn bodies(message: &Value) -> Result<Vec<Value>, TestCaseError> {
    let bodies =
        denormalize(message).map_err(|issues| TestCaseError::fail(format!("{:#?}\n{message:#}", places(&issues))))?;
    for body in &bodies {
        prop_assert!(allows(body), "{:#?}\n{:#}\nfrom {:#}", complaints(body), body, message);
    }
    Ok(bodies)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn every_good_message_becomes_a_good_body(message in message::whole()) {
        prop_assert_eq!(bodies(&message)?.len(), 1);
    }

    #[test]
    fn both_spellings_become_the_same(message in message::whole()) {
        let mut theirs = snake(&message);
        if let Some(template) = theirs.pointer_mut("/content/template").and_then(Value::as_object_mut) {
            let kind = template.remove("type").unwrap();
            template.insert("template_type".to_owned(), kind);
        }
        prop_assert_eq!(bodies(&theirs)?, bodies(&message)?);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_part_of_a_long_text_is_a_good_body(message in message::split()) {
        let bodies = bodies(&message)?;
        prop_assert!(bodies.len() > 1);
        let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let said: String = bodies.iter().map(|body| visible(body["message"]["text"].as_str().unwrap())).collect();
        prop_assert_eq!(said, visible(message["content"]["text"].as_str().unwrap()));
    }
}

#[test]
fn every_template_has_a_generator_and_each_of_them_is_good() {
    let mut runner = TestRunner::new(ProptestConfig::with_cases(64));
    for (kind, _) in templates().into_iter().filter(|(kind, _)| *kind != "utility") {
        let messages = message::of(content::of_template(kind));
        runner.run(&messages, |message| bodies(&message).map(drop)).unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
    let mut kinds: Vec<_> = templates().into_iter().map(|(kind, _)| kind).collect();
    let mut declared = capabilities().sends_templates.to_vec();
    kinds.sort_unstable();
    declared.sort_unstable();
    assert_eq!(kinds, declared);
}

/// Every name that the schema gives to a member of a body.
fn names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                found.extend(properties.keys().cloned());
            }
            members.values().for_each(|member| names(member, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| names(element, found)),
        _ => {}
    }
}

/// A generator that leaves something out proves nothing about it.
#[test]
fn the_generators_leave_nothing_out_that_meta_s_pages_know() {
    let mut left: BTreeSet<String> = BTreeSet::new();
    for schema in &documents() {
        names(schema, &mut left);
    }
    let mut runner = TestRunner::deterministic();
    let messages = message::whole();
    for _ in 0..4000 {
        let body = denormalize(&messages.new_tree(&mut runner).unwrap().current()).unwrap().remove(0);
        for pointer in inside(&body) {
            left.remove(parent(&pointer).1);
        }
        if left.is_empty() {
            return;
        }
    }
    panic!("never generated: {left:?}");
}
