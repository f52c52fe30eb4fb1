//! [`Id`]: how an input names a person, a label, an app.

use std::borrow::Cow;

use channel_api::message::string_or_number;
use channel_api::{Pointer, Report};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::rules;

/// An id of Meta's, written as a string or as a number. An empty one is as good as none: a form sends it for a field that was
/// left alone.
#[derive(Debug, Default)]
pub(super) struct Id(Option<String>);

impl Id {
    /// There must be one, and it must look like one.
    pub(super) fn check(&self, at: &Pointer<'_>, advice: &'static str, report: &mut Report) {
        rules::filled(at, self.given(), advice, report);
        self.check_form(at, report);
    }

    /// One that is there must look like one.
    pub(super) fn check_form(&self, at: &Pointer<'_>, report: &mut Report) {
        crate::id::check(at, self.given(), report);
    }

    /// The id, if there is one.
    pub(super) fn given(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|id| !id.is_empty())
    }

    /// The id that [`check`](Self::check) has found good.
    pub(super) fn as_str(&self) -> &str {
        self.given().unwrap_or_default()
    }
}

/// A person by their PSID.
pub(super) fn person(id: &Id, report: &mut Report) {
    person_at(&Pointer::ROOT.key("person"), id, report);
}

/// A person by their PSID, at any place.
pub(super) fn person_at(at: &Pointer<'_>, id: &Id, report: &mut Report) {
    rules::filled(at, id.given(), "name the person by their PSID", report);
    crate::id::person(at, id.given(), report);
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        string_or_number(deserializer).map(Self)
    }
}

impl JsonSchema for Id {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$" })
    }
}
