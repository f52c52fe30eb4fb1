//! What a host and a dashboard see of every operation.

use serde_json::Value;

use crate::operations::{self, check_only};

/// A schema's own properties, with the definitions that they point to.
fn properties(schema: &Value) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = Vec::new();
    for part in std::iter::once(schema).chain(schema["$defs"].as_object().into_iter().flat_map(|defs| defs.values())) {
        let members = part["properties"].as_object().into_iter().flatten();
        found.extend(members.map(|(name, field)| (name.clone(), field.clone())));
    }
    found
}

fn is_camel_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[test]
fn names_are_unique_and_every_entry_is_complete() {
    let mut names: Vec<_> = operations::all().iter().map(|operation| operation.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for operation in operations::all() {
        let name = operation.name;
        assert!(is_camel_case(name), "{name}");
        assert!(!operation.title.is_empty() && !operation.title.ends_with('.'), "{name}");
        assert!(operation.description.ends_with('.') && !operation.description.contains("  "), "{name}");
        assert!(operation.docs.starts_with("https://"), "{name}");
    }
}

#[test]
fn every_input_draws_a_form() {
    for operation in operations::all() {
        let (name, schema) = (operation.name, (operation.input)());
        assert_eq!(schema["type"], "object", "{name}");
        assert!(!schema.to_string().contains("null"), "{name}: {schema}");
        assert!(!schema.to_string().contains("redacted"), "{name}: {schema}");
        for (field, of) in properties(&schema) {
            assert!(is_camel_case(&field), "{name}.{field}");
            assert!(of["description"].is_string() || of["$ref"].is_string(), "{name}.{field} has no description");
        }
        for (field, of) in schema["properties"].as_object().into_iter().flatten() {
            assert!(of["title"].is_string(), "{name}.{field} has no title: {of}");
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(schema["properties"].get(required.as_str().unwrap()).is_some(), "{name}: {required}");
        }
    }
}

#[test]
fn every_example_is_good() {
    for operation in operations::all() {
        let (name, schema, example) = (operation.name, (operation.input)(), (operation.example)());
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let faults: Vec<_> = validator.iter_errors(&example).map(|fault| fault.to_string()).collect();
        assert_eq!(faults, [""; 0], "{name}: {example}");
        let warnings = check_only(name, &example).unwrap_or_else(|error| panic!("{name}: {:?}", error.issues()));
        assert_eq!(warnings, [], "{name}");
    }
}

#[test]
fn every_field_s_own_example_fits_its_field() {
    for operation in operations::all() {
        let schema = (operation.input)();
        for (field, of) in schema["properties"].as_object().into_iter().flatten() {
            let mut alone = of.clone();
            alone["$defs"] = schema["$defs"].clone();
            if alone["$defs"].is_null() {
                alone.as_object_mut().unwrap().remove("$defs");
            }
            let validator = jsonschema::draft202012::new(&alone).unwrap();
            for example in of["examples"].as_array().into_iter().flatten() {
                assert!(validator.is_valid(example), "{}.{field}: {example}", operation.name);
            }
        }
    }
}

#[test]
fn what_no_field_is_called_is_refused() {
    for operation in operations::all() {
        let mut input = (operation.example)();
        input["channelId"] = "ch_facebook_123".into();
        assert!(check_only(operation.name, &input).is_ok(), "{}", operation.name);
        input["persn"] = "7411002233445566".into();
        let error = check_only(operation.name, &input).unwrap_err();
        let issues: Vec<_> = error.issues().iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(issues, [("/persn", "unknown_field")], "{}", operation.name);
    }
}

#[test]
fn snake_case_is_understood() {
    for operation in operations::all() {
        let (schema, example) = ((operation.input)(), (operation.example)());
        let snake = |name: &str| crate::wire::snake_case(name);
        let fields = schema["properties"].as_object().into_iter().flatten();
        let given: serde_json::Map<_, _> =
            fields.filter_map(|(name, _)| Some((snake(name), example.get(name)?.clone()))).collect();
        let result = check_only(operation.name, &Value::Object(given));
        assert!(result.is_ok(), "{}: {:?}", operation.name, result.unwrap_err().issues());
    }
}
