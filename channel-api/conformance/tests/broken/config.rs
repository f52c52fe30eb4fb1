//! Registration, configuration, schema.

use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

use channel_api::{ChannelAdapter, Delivery, Error, ErrorKind, Issue, Pointer, Proof, Report, Result};
use channel_conformance::Fixture as _;
use serde_json::{Value, json};

use crate::kit::{BrokenAdapter, Defect, Inner, memory, wrapped};
use crate::memory::MemoryFixture;

fn check(config: &Value) -> Result<()> {
    (memory().check)(config)
}

fn refused(issues: impl IntoIterator<Item = Issue>) -> Error {
    let mut report = Report::default();
    issues.into_iter().for_each(|issue| report.refuse(issue));
    Error::refused(ErrorKind::Config, "invalid_config", "the configuration", report)
}

fn schema() -> Value {
    (memory().schema)()
}

static NEWEST: Mutex<Option<Arc<dyn ChannelAdapter>>> = Mutex::new(None);

#[derive(Debug, Default)]
struct Shares;

impl Defect for Shares {
    fn verify(&self, _: &Inner, delivery: &Delivery<'_>) -> Result<Proof> {
        let newest = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
        newest.as_ref().unwrap().verify(delivery)
    }
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    [registrations(), configurations(), schemas()].into_iter().flatten().collect()
}

fn registrations() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::registration("uses the newest channel's secret for all", "registration.isolation", |it| {
            it.build = |json, context| {
                let channel = (memory().build)(json, context)?;
                *NEWEST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&channel));
                Ok(wrapped(Inner { channel, config: json.clone() }, Shares))
            };
        }),
        BrokenAdapter::registration("brings no fixture", "registration.brings_a_fixture", |_| {}).unmeasured(),
        BrokenAdapter::registration("has no name", "registration.identity", |it| it.name = ""),
        BrokenAdapter::registration("shows an example that is refused", "registration.example", |it| {
            it.example = || json!({"name": "Memory", "api_url": "http://127.0.0.1:8099"});
        }),
        BrokenAdapter::registration("accepts everything when it has no secret", "registration.offline", |it| {
            it.offline = |id, secret| match secret {
                None => {
                    let config = MemoryFixture.config("http://127.0.0.1:1");
                    let inner = Inner { channel: (memory().offline)(id, None), config };
                    wrapped(inner, AcceptsAll)
                }
                secret => (memory().offline)(id, secret),
            };
        }),
    ]
}

fn configurations() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::registration("insists on what is optional", "config.good_is_accepted", |it| {
            it.check = |config| {
                check(config)?;
                if config.get("name").is_none() && config.get("previous_signing_secret").is_none() {
                    return Err(refused([Issue::new(&Pointer::ROOT.key("name"), "required", "is missing")]));
                }
                Ok(())
            };
        }),
        BrokenAdapter::registration("tells the first problem only", "config.problems_all_at_once", |it| {
            it.check = |config| check(config).map_err(|error| refused(error.issues().first().cloned()));
        }),
        BrokenAdapter::registration("repeats the value", "config.errors_hold_no_value", |it| {
            it.check = |config| {
                check(config).map_err(|error| {
                    refused(error.issues().iter().cloned().map(|mut issue| {
                        if issue.pointer == "/api_url" {
                            issue.message = format!("{} is no address of this machine", config["api_url"]);
                        }
                        issue
                    }))
                })
            };
        }),
        BrokenAdapter::registration(
            "asks the network whether the address is good",
            "config.validation_is_pure",
            |it| {
                it.check = |config| {
                    check(config)?;
                    let address = config["api_url"].as_str().unwrap_or_default().trim_start_matches("http://");
                    drop(TcpStream::connect(address));
                    Ok(())
                };
            },
        ),
        BrokenAdapter::registration("accepts an empty token", "config.empty_secrets", |it| {
            it.check = |config| {
                let mut config = config.clone();
                if config["verify_token"] == "" {
                    config["verify_token"] = json!("anything");
                }
                check(&config)
            };
        }),
        BrokenAdapter::registration("knows one spelling of its keys", "config.both_spellings", |it| {
            it.check = |config| {
                let camel = config.as_object().into_iter().flatten().map(|(key, _)| key);
                let camel = camel.filter(|key| key.contains(|c: char| c.is_ascii_uppercase()));
                let told: Vec<Issue> =
                    camel.map(|key| Issue::new(&Pointer::ROOT.key(key), "unknown_field", "is not a field")).collect();
                if told.is_empty() { check(config) } else { Err(refused(told)) }
            };
        }),
        BrokenAdapter::registration("overlooks a misspelt key", "config.unknown_key", |it| {
            it.check = |config| {
                let mut config = config.clone();
                if let Some(members) = config.as_object_mut() {
                    members.remove("conformance_unknown");
                }
                check(&config)
            };
        }),
    ]
}

fn schemas() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::registration("leaves a field without a description", "schema.draws_a_form", |it| {
            it.schema = || {
                let mut schema = schema();
                schema["properties"]["name"]["description"] = json!("");
                schema
            };
        }),
        BrokenAdapter::registration("shows a secret in the form", "schema.marks_secrets", |it| {
            it.schema = || {
                let mut schema = schema();
                schema["properties"]["verify_token"]["writeOnly"] = json!(false);
                schema
            };
        }),
        BrokenAdapter::registration("does not say what is required", "schema.lists_required", |it| {
            it.schema = || {
                let mut schema = schema();
                schema["required"] = json!(["api_url", "signing_secret", "verify_token"]);
                schema
            };
        }),
        BrokenAdapter::registration("forgets a field in the form", "schema.groups_every_field", |it| {
            it.schema = || {
                let mut schema = schema();
                schema["x-groups"][0]["fields"].as_array_mut().unwrap().pop();
                schema
            };
        }),
    ]
}

#[derive(Debug, Default)]
struct AcceptsAll;

impl Defect for AcceptsAll {
    fn verify(&self, _: &Inner, _: &Delivery<'_>) -> Result<Proof> {
        Ok(Proof::NONE)
    }
}
