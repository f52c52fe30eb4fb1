use channel_api::config::parse;
use serde_json::{Value, json};

use super::*;

fn good() -> Value {
    json!({
        "page_id": "1098765432100001",
        "page_access_token": "token",
        "app_secret": "secret",
        "verify_token": "verify"
    })
}

fn with(changes: &Value) -> Value {
    let mut config = good();
    for (key, value) in changes.as_object().unwrap() {
        config[key] = value.clone();
    }
    config
}

fn problems(config: &Value) -> Vec<String> {
    let error = parse::<FacebookConfig>(config).unwrap_err();
    error.issues().iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect()
}

#[test]
fn both_spellings_and_numbers_and_strings_are_read() {
    let camel = json!({
        "name": "Support", "pageId": 1_098_765_432_100_001_u64, "pageAccessToken": "t", "appSecret": "s",
        "previousAppSecret": "p", "verifyToken": "v", "appId": "22", "keepRaw": "true", "retiredTags": "refuse",
        "graphApiVersion": "v25.0", "graphApiUrl": "http://127.0.0.1:9", "instagramId": "1", "userAccessToken": "u"
    });
    let page = parse::<FacebookConfig>(&camel).unwrap();
    assert_eq!((page.page_id.as_str(), page.app_secrets.len(), page.keep_raw), ("1098765432100001", 2, true));
    assert_eq!((page.retired_tags, page.graph_api_version.as_str()), (RetiredTags::Refuse, "v25.0"));
}

#[test]
fn what_linktor_s_core_keeps_is_read_as_it_is() {
    let of_its_sign_in = json!({
        "page_id": "1098765432100001", "access_token": "t", "user_access_token": "u", "instagram_id": "17", "app_id": "22",
        "app_secret": "s", "verify_token": "v"
    });
    let page = parse::<FacebookConfig>(&of_its_sign_in).unwrap();
    assert!(page.page_access_token.matches(b"t"));
    assert_eq!((page.instagram_id.as_deref(), page.app_id.as_deref()), (Some("17"), Some("22")));
    let both = parse::<FacebookConfig>(&with(&json!({"access_token": "another"}))).unwrap();
    assert!(both.page_access_token.matches(b"token"), "the field of the form goes before");
    let copied = with(&json!({"page_access_token": "", "access_token": "t\n"}));
    assert_eq!(problems(&copied), ["/access_token whitespace"]);
    assert!(parse::<FacebookConfig>(&with(&json!({"page_access_token": "", "accessToken": "t"}))).is_ok());
}

#[test]
fn a_form_s_empty_fields_are_as_good_as_absent_ones() {
    let page = parse::<FacebookConfig>(&with(&json!({
        "previous_app_secret": "", "app_id": "", "graph_api_version": "", "graph_api_url": ""
    })));
    let page = page.unwrap();
    assert_eq!((page.app_secrets.len(), page.app_id, page.graph_api_url), (1, None, None));
    assert_eq!(page.graph_api_version, GRAPH_API_VERSION);
}

#[test]
fn the_environment_replaces_the_usual_address_even_where_a_form_wrote_it() {
    let page = parse::<FacebookConfig>(&with(&json!({"graph_api_url": "https://graph.facebook.com/"}))).unwrap();
    assert_eq!(page.graph_api_url, None);
}

#[test]
fn every_field_can_be_drawn() {
    let schema = channel_api::schema::of::<FacebookConfig>();
    let fields = schema["properties"].as_object().unwrap();
    let grouped: Vec<&str> = FacebookConfig::GROUPS.iter().flat_map(|group| group.fields).copied().collect();
    assert_eq!(fields.len(), grouped.len());
    for name in grouped {
        for part in ["title", "description"] {
            assert!(fields[name][part].is_string(), "{name} has no {part}");
        }
        let kind = &fields[name]["type"];
        assert!(kind.is_string() || fields[name]["$ref"].is_string(), "{name}: a renderer chooses by the type");
    }
    assert_eq!(schema["$defs"]["RetiredTags"]["type"], "string");
}

#[test]
fn nothing_is_started_without_secrets() {
    assert_eq!(
        problems(&json!({})),
        ["/page_access_token length", "/app_secret length", "/verify_token length", "/page_id required"]
    );
    for field in ["page_access_token", "app_secret", "verify_token"] {
        assert_eq!(
            problems(&with(&json!({ field: "" }))),
            [format!("{field} length").replace(field, &format!("/{field}"))]
        );
        assert_eq!(problems(&with(&json!({ field: 5 })))[0], format!("/{field} type"));
    }
}

#[test]
fn each_mistake_is_found_at_its_place() {
    for (changes, problem) in [
        (json!({"page_id": "my.page"}), "/page_id digits"),
        (json!({"page_id": ""}), "/page_id required"),
        (json!({"app_id": "x"}), "/app_id digits"),
        (json!({"app_secret": "se cret"}), "/app_secret whitespace"),
        (json!({"page_access_token": "token\n"}), "/page_access_token whitespace"),
        (json!({"graph_api_version": "26"}), "/graph_api_version version"),
        (json!({"graph_api_url": "http://graph.example"}), "/graph_api_url url"),
        (json!({"graph_api_url": "https://u:p@graph.example"}), "/graph_api_url url"),
        (json!({"keep_raw": "perhaps"}), "/keep_raw type"),
        (json!({"retired_tags": "ignore"}), "/retired_tags type"),
        (json!({"app_secert": "x"}), "/app_secert unknown_field"),
    ] {
        assert_eq!(problems(&with(&changes)), [problem], "{changes}");
    }
}

#[test]
fn a_trial_needs_page_and_token_only() {
    let page = parse::<TrialConfig>(&json!({"page_id": "1098765432100001", "page_access_token": "token"})).unwrap();
    assert_eq!((page.page_id.as_str(), page.app_secret.is_none(), page.app_id), ("1098765432100001", true, None));
    assert_eq!(page.graph_api_version, GRAPH_API_VERSION);
    let page = parse::<TrialConfig>(&with(&json!({"appId": "22", "app_secret": "", "verify_token": ""}))).unwrap();
    assert_eq!((page.app_secret.is_none(), page.app_id.as_deref()), (true, Some("22")));
    assert!(parse::<TrialConfig>(&good()).unwrap().app_secret.unwrap().matches(b"secret"));
}

#[test]
fn a_trial_reports_all_the_rest_at_once() {
    let config = json!({"page_id": "my.page", "app_secret": "se cret", "app_id": "x", "graph_api_version": "26", "app_secert": "x"});
    let error = parse::<TrialConfig>(&config).unwrap_err();
    let mut problems: Vec<_> = error.issues().iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect();
    problems.sort_unstable();
    assert_eq!(
        problems,
        [
            "/app_id digits",
            "/app_secert unknown_field",
            "/app_secret whitespace",
            "/graph_api_version version",
            "/page_access_token length",
            "/page_id digits"
        ]
    );
    assert_eq!(parse::<TrialConfig>(&json!(7)).unwrap_err().kind(), channel_api::ErrorKind::Config);
}

#[test]
fn a_choice_of_webhooks_and_of_repair_is_read_from_a_form_and_from_texts() {
    let usual = parse::<FacebookConfig>(&with(&json!({}))).unwrap();
    assert_eq!((usual.subscribe, usual.repair), (crate::webhook_field::DEFAULT_FIELDS.to_vec(), true));
    for (given, fields, repair) in [
        (json!({"subscribe": ["messages", "feed"], "repair": false}), vec!["messages", "feed"], false),
        (json!({"subscribe": "feed,messages", "repair": "false"}), vec!["feed", "messages"], false),
        (json!({"subscribe": ["callPermissionReply"], "repair": "true"}), vec!["call_permission_reply"], true),
    ] {
        let page = parse::<FacebookConfig>(&with(&given)).unwrap();
        assert_eq!((&page.subscribe, page.repair), (&fields, repair), "{given}");
        assert_eq!(page.advice().is_some(), !fields.contains(&"messages"), "{given}");
    }
    for (given, expected) in [
        (json!({"subscribe": ["messages", 7]}), "/subscribe/1 type"),
        (json!({"subscribe": true}), "/subscribe type"),
        (json!({"subscribe": ["no_such_field"]}), "/subscribe/0 webhook_field"),
        (json!({"repair": "perhaps"}), "/repair type"),
    ] {
        assert_eq!(problems(&with(&given)), [expected], "{given}");
    }
}
