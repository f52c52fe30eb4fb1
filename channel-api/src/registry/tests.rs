use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::config::FieldGroup;
use crate::{Error, Report};

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct NoConfig {}

impl AdapterConfig for NoConfig {
    type Validated = ();

    const GROUPS: &'static [FieldGroup] = &[];

    fn validate(self) -> Result<(), Report> {
        Ok(())
    }
}

struct Pigeon;

impl AdapterFactory for Pigeon {
    const ID: &'static str = "pigeon";
    const ALIASES: &'static [&'static str] = &["dove"];
    const NAME: &'static str = "Carrier pigeon";
    type Config = NoConfig;

    fn example() -> Value {
        json!({})
    }

    fn build((): (), _: &BuildContext) -> Result<Arc<dyn ChannelAdapter>> {
        Err(Error::unsupported("build"))
    }

    fn offline(_: ChannelId, _: Option<Secret>) -> Arc<dyn ChannelAdapter> {
        unreachable!("nobody asks a pigeon")
    }
}

const PIGEON: Registration = Registration::of::<Pigeon>("pigeon-channel", "1.0.0");

fn code(registrations: &[Registration]) -> String {
    Registry::new(registrations.iter().copied()).unwrap_err().code().to_owned()
}

#[test]
fn a_type_is_found_by_its_id_and_its_aliases() {
    let registry = Registry::new([PIGEON]).unwrap();
    assert_eq!(registry.get("pigeon").unwrap().id, "pigeon");
    assert_eq!(registry.get("dove").unwrap().id, "pigeon");
    let unknown = registry.get("raven").unwrap_err();
    assert_eq!(unknown.to_string(), "there is no channel type `raven`");
    assert_eq!(unknown.hint(), Some("this program has: pigeon"));
}

#[test]
fn types_come_sorted() {
    let ant = Registration { id: "ant", aliases: &[], ..PIGEON };
    let ids: Vec<_> = Registry::new([PIGEON, ant]).unwrap().iter().map(|registration| registration.id).collect();
    assert_eq!(ids, ["ant", "pigeon"]);
}

#[test]
fn what_cannot_be_told_apart_or_understood_is_refused() {
    assert_eq!(code(&[]), "registry.empty");
    assert_eq!(code(&[PIGEON, PIGEON]), "registry.duplicate");
    assert_eq!(code(&[PIGEON, Registration { id: "dove", aliases: &[], ..PIGEON }]), "registry.duplicate");
    assert_eq!(code(&[Registration { api_version: API_VERSION + 1, ..PIGEON }]), "registry.api_version");
    for id in ["", "Pigeon", "pi geon", "pigeon/"] {
        assert_eq!(code(&[Registration { id, ..PIGEON }]), "registry.bad_id", "{id:?}");
    }
}

#[test]
fn a_program_without_adapters_is_told_how_to_link_one() {
    let error = Registry::discover().unwrap_err();
    assert_eq!(error.code(), "registry.empty");
    assert!(error.hint().unwrap().contains("use facebook_channel as _;"));
}
