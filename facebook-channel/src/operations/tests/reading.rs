//! What a form accepts is read: no field of it is unknown to the reader, and no value of the wrong kind. Rules may say more.

use proptest::prelude::*;
use proptest::string::string_regex;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value};

use crate::operations::{self, check_only};

/// Values that a schema describes, nearly all of which it accepts.
fn instances(root: &Value, schema: &Value) -> BoxedStrategy<Value> {
    if let Some(name) = schema["$ref"].as_str() {
        return instances(root, &root["$defs"][name.trim_start_matches("#/$defs/")]);
    }
    if let Some(choice) = schema["enum"].as_array() {
        return prop::sample::select(choice.clone()).boxed();
    }
    match schema["type"].as_str().unwrap_or_else(|| panic!("it has no type: {schema}")) {
        "object" => object(root, schema),
        "array" => {
            let (least, most) = bounds(schema, "minItems", "maxItems");
            proptest::collection::vec(instances(root, &schema["items"]), least..=most).prop_map(Value::from).boxed()
        }
        "string" => text(schema),
        "integer" => {
            let of = |name: &str| schema[name].as_u64();
            (of("minimum").unwrap_or(0)..=of("maximum").unwrap_or(u64::from(u32::MAX))).prop_map(Value::from).boxed()
        }
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        other => panic!("no value of the type {other} is made here: {schema}"),
    }
}

fn object(root: &Value, schema: &Value) -> BoxedStrategy<Value> {
    let is_required = |name: &str| schema["required"].as_array().into_iter().flatten().any(|required| required == name);
    let mut members = Just(Map::new()).boxed();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let value = instances(root, field);
        let value = if is_required(name) { value.prop_map(Some).boxed() } else { prop::option::of(value).boxed() };
        let name = name.clone();
        members = (members, value)
            .prop_map(move |(mut members, value)| {
                members.extend(value.map(|value| (name.clone(), value)));
                members
            })
            .boxed();
    }
    members.prop_map(Value::from).boxed()
}

fn text(schema: &Value) -> BoxedStrategy<Value> {
    let pattern = match (schema["pattern"].as_str(), schema["format"].as_str()) {
        (Some(pattern), _) => {
            let open = if pattern.ends_with('$') { "" } else { "[a-z.]{1,8}" };
            format!("{}{open}", pattern.trim_start_matches('^').trim_end_matches('$'))
        }
        (None, Some("uri")) => "https://[a-z]{1,6}\\.example\\.org(/[a-z]{1,6})?".to_owned(),
        (None, _) => {
            let (least, most) = bounds(schema, "minLength", "maxLength");
            format!("\\PC{{{least},{most}}}")
        }
    };
    string_regex(&pattern).unwrap().prop_map(Value::from).boxed()
}

/// From the least to a little more, or to the most.
fn bounds(schema: &Value, least: &str, most: &str) -> (usize, usize) {
    let of = |name: &str| schema[name].as_u64().map(|size| usize::try_from(size).unwrap());
    let least = of(least).unwrap_or(0);
    (least, (least + 3).min(of(most).unwrap_or(usize::MAX)))
}

#[test]
fn what_a_form_accepts_is_read() {
    for operation in operations::all() {
        let (name, schema) = (operation.name, (operation.input)());
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let accepted =
            instances(&schema, &schema).prop_filter("the form refuses it", |input| validator.is_valid(input));
        let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
        let read = runner.run(&accepted, |input| {
            let error = check_only(name, &input).err();
            let issues = error.iter().flat_map(channel_api::Error::issues);
            let misread: Vec<_> = issues.filter(|issue| ["type", "unknown_field"].contains(&&*issue.code)).collect();
            prop_assert!(misread.is_empty(), "{name} {input}: {misread:?}");
            Ok(())
        });
        read.unwrap_or_else(|error| panic!("{error}"));
    }
}
