//! A configuration file, good and bad.

use std::num::NonZeroUsize;
use std::sync::Arc;

use channel_api::Timestamp;

use super::*;
use crate::scripted::Scripted;

fn environment(name: &str) -> Option<String> {
    (name == "FB_TOKEN").then(|| "canary-token".to_owned())
}

fn parse(text: &str) -> Result<HostConfig> {
    HostConfig::parse(text, Path::new("/nowhere"), &Registry::discover().unwrap(), environment)
}

fn problems(text: &str) -> Vec<String> {
    let error = parse(text).unwrap_err();
    error.issues().iter().map(|issue| format!("{} {}", issue.pointer, issue.code)).collect()
}

const GOOD: &str = r#"
    [server]
    api_key = "key"
    [[channels]]
    id = "ch_1"
    type = "facebook"
    [channels.config]
    page_id = "1"
    page_access_token = { env = "FB_TOKEN" }
    app_secret = "canary-secret"
    verify_token = "canary-verify"
"#;

#[test]
fn a_good_file_is_read_and_prints_no_secret() {
    let config = parse(GOOD).unwrap();
    assert_eq!(config.listen.to_string(), DEFAULT_LISTEN);
    assert_eq!(config.data_dir, Path::new("/nowhere/data"));
    assert_eq!(config.channels[0].config.0["page_access_token"], "canary-token");
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn all_problems_are_found_at_once() {
    let text = GOOD.replace("\"key\"", "5").replace("FB_TOKEN", "NOT_SET").replace("\"1\"", "\"x\"")
        + "app_secert = 1\n[[channels]]\nid = 'ch_1'\ntype = 'telegraph'\n";
    let mut found = problems(&text);
    found.sort();
    assert_eq!(
        found,
        [
            "/channels/0/config/app_secert unknown_field",
            "/channels/0/config/page_access_token unset",
            "/channels/0/config/page_id digits",
            "/channels/1/id duplicate",
            "/channels/1/type unknown_type",
            "/server/api_key type",
        ]
    );
}

#[test]
fn broken_toml_is_placed_but_not_quoted() {
    let error = parse("[server]\napi_key = canary\n").unwrap_err();
    assert_eq!(error.to_string(), "the configuration is not TOML (line 2)");
    assert!(!format!("{error:?}").contains("canary"));
}

#[test]
fn an_empty_key_opens_nothing() {
    let config = parse(&GOOD.replace("\"key\"", "\"\"")).unwrap();
    assert_eq!(config.require_api_key().unwrap_err().issues()[0].pointer, "/server/api_key");
}

#[test]
fn keys_have_names_and_each_is_another() {
    let of = |entries: &str| format!("{GOOD}\n{entries}");
    let good =
        "[[api_keys]]\nname = 'bot'\nkey = 'canary-bot'\n[[api_keys]]\nname = 'crm'\nkey = { env = 'FB_TOKEN' }\n";
    let config = parse(&of(good)).unwrap();
    let name = |config: &HostConfig, given: &[u8]| config.api_keys.name_of(given).map(|name| name.to_string());
    let known = [&b"key"[..], b"canary-bot", b"canary-token", b"canary", b""].map(|given| name(&config, given));
    assert_eq!(known, [Some("default".to_owned()), Some("bot".to_owned()), Some("crm".to_owned()), None, None]);
    assert!(!format!("{config:?}").contains("canary"));

    let without_short_form = parse(&of(good).replace("api_key = \"key\"", "")).unwrap();
    without_short_form.require_api_key().unwrap();
    assert_eq!(name(&without_short_form, b"key"), None);

    for (entries, found) in [
        ("[[api_keys]]\nname = 'default'\nkey = 'a'", &["/api_keys/0/name duplicate"][..]),
        ("[[api_keys]]\nname = 'bot'\nkey = 'key'", &["/api_keys/0/key duplicate"]),
        ("[[api_keys]]\nname = 'the bot'\nkey = 'a'", &["/api_keys/0/name name"]),
        ("[[api_keys]]\nkey = ' '", &["/api_keys/0/name name", "/api_keys/0/key required"]),
        ("[[api_keys]]\nname = 'bot'\nkey = { env = 'NONE' }", &["/api_keys/0/key unset", "/api_keys/0/key required"]),
        ("[[api_keys]]\nname = 'bot'\nkey = 'a'\nrights = ['read']", &["/api_keys/0/rights unknown_field"]),
    ] {
        assert_eq!(problems(&of(entries)), found, "{entries}");
    }
    let error = parse(&of("[[api_keys]]\nname = 'a'\nkey = 'canary-1'\n[[api_keys]]\nname = 'a'\nkey = 'canary-1'"));
    assert!(!format!("{:?}", error.unwrap_err()).contains("canary"));
}

#[test]
fn the_pace_is_a_number() {
    let with = |name: &str, given: &str| format!("{GOOD}\n[rate]\n{name} = {given}\n");
    let limits = |text: &str| {
        let rate = parse(text).unwrap().rate;
        [rate.messages_per_second, rate.audio_video_per_second, rate.per_person_per_hour].map(NonZeroUsize::get)
    };
    assert_eq!(limits(GOOD), [30, 10, 200]);
    for (name, changed) in [
        ("messages_per_second", [5, 10, 200]),
        ("audio_video_per_second", [30, 5, 200]),
        ("per_person_per_hour", [30, 10, 5]),
    ] {
        assert_eq!(limits(&with(name, "5")), changed);
        for bad in ["0", "-1", "1.5", "'30'", "100001"] {
            assert_eq!(problems(&with(name, bad)), [format!("/rate/{name} rate")], "{bad}");
        }
    }
}

#[test]
fn retries_have_numbers_and_times() {
    let with = |line: &str| format!("{GOOD}\n[retry]\n{line}\n");
    assert_eq!(parse(GOOD).unwrap().retry, RetryPolicy::default());
    let all = "attempts = 3\nwithin = '2m'\nbase = '200ms'\ncap = '1s'\nunknown_after = '10s'";
    let [base, cap, within, unknown_after] = [200, 1_000, 120_000, 10_000].map(Duration::from_millis);
    assert_eq!(parse(&with(all)).unwrap().retry, RetryPolicy { attempts: 3, within, base, cap, unknown_after });
    for bad in ["0", "-1", "1.5", "'3'", "101"] {
        assert_eq!(problems(&with(&format!("attempts = {bad}"))), ["/retry/attempts attempts"], "{bad}");
    }
    for name in ["within", "base", "cap", "unknown_after"] {
        for bad in ["0s", "-1s", "soon", "25h"] {
            assert_eq!(problems(&with(&format!("{name} = '{bad}'"))), [format!("/retry/{name} duration")], "{bad}");
        }
    }
}

#[test]
fn a_bus_without_an_address_of_the_host_s_own_is_told() {
    let told = |text: &str| {
        let issues = parse(text).unwrap().advice(&Registry::discover().unwrap(), Timestamp::now()).into_iter();
        issues.filter(|issue| issue.code == "no_public_url").map(|issue| issue.pointer).collect::<Vec<_>>()
    };
    let bus = "\n[linktor]\nnats = \"nats://127.0.0.1:4222\"\ntenant_id = \"00000000-0000-4000-8000-000000000001\"\n";
    let placed = GOOD.replace(
        "type = \"facebook\"",
        "type = \"facebook\"\n    linktor_channel_id = \"00000000-0000-4000-8000-000000000002\"",
    );
    assert_eq!(told(&format!("{placed}{bus}")), ["/server/public_url"]);
    let public = placed.replace("[server]", "[server]\n    public_url = \"https://host.example\"");
    assert_eq!(told(&format!("{public}{bus}")), Vec::<String>::new());
    assert_eq!(told(&format!("{GOOD}{bus}")), Vec::<String>::new(), "nothing goes there");
}

#[test]
fn to_refuse_what_comes_too_late_is_of_no_use_where_nothing_can() {
    let refusing = GOOD.replace("type = \"facebook\"", "type = \"facebook\"\n    window = \"refuse\"");
    let mut always_open = *Registry::discover().unwrap().get("facebook").unwrap();
    always_open.offline = |id, _| Arc::new(Scripted::new(id.as_str()));
    let always_open = Registry::new([always_open]).unwrap();
    let told = |text: &str, registry: &Registry| {
        let issues = parse(text).unwrap().advice(registry, Timestamp::now()).into_iter();
        issues.filter(|issue| issue.code == "no_window").map(|issue| issue.pointer).collect::<Vec<_>>()
    };
    assert_eq!(parse(&refusing).unwrap().channels[0].window, WindowRule::Refuse);
    assert_eq!(told(&refusing, &always_open), ["/channels/0/window"]);
    assert_eq!(told(GOOD, &always_open), Vec::<String>::new());
    assert_eq!(told(&refusing, &Registry::discover().unwrap()), Vec::<String>::new());
}
