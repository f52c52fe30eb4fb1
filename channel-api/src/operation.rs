//! What a channel can do beyond messages, described by schema: [`Operation`].
//!
//! A provider has calls that no other has: menus, personas, labels, hand-over. They are data and one hook,
//! [`perform`](crate::facets::Operations::perform), so that a host lists and calls them, and a dashboard draws their forms, without
//! knowing the provider, and so that the next channel needs no change to the contract.

use schemars::{JsonSchema, schema_for};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::Pointer;
use crate::event::ThreadOwner;
use crate::{Error, ErrorKind, Issue, schema};

/// One thing that a channel can do.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Operation {
    /// Stable name, in camelCase, as the host's SDK would call the function: `passThreadControl`.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does, and what to know before.
    pub description: &'static str,
    /// What it does to the world.
    pub effect: Effect,
    /// The JSON Schema of its input, an object.
    pub input: fn() -> Value,
    /// The JSON Schema of its output.
    pub output: fn() -> Value,
    /// An input that is good, with invented values.
    pub example: fn() -> Value,
    /// The provider's page about it.
    pub docs: &'static str,
}

/// What an operation does to the world: whether it is worth asking before, and what it means to do it twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Nothing.
    Reads,
    /// Sets something; doing it twice is as good as once.
    Sets,
    /// Makes something, or says something to a person; doing it twice makes two.
    Creates,
    /// Takes something away.
    Removes,
}

impl Operation {
    /// An operation whose input and output are these types. `title`, `description` and `docs` are set by the other methods.
    pub const fn of<I: JsonSchema, O: JsonSchema>(name: &'static str, effect: Effect, example: fn() -> Value) -> Self {
        Self {
            name,
            title: "",
            description: "",
            effect,
            input: schema::form::<I>,
            output: || schema_for!(O).to_value(),
            example,
            docs: "",
        }
    }

    /// Names it for people and says what it does.
    #[must_use]
    pub const fn described(self, title: &'static str, description: &'static str) -> Self {
        Self { title, description, ..self }
    }

    /// Adds the provider's page.
    #[must_use]
    pub const fn documented(self, docs: &'static str) -> Self {
        Self { docs, ..self }
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").field("name", &self.name).field("effect", &self.effect).finish_non_exhaustive()
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut operation = serializer.serialize_struct("Operation", 8)?;
        operation.serialize_field("name", self.name)?;
        operation.serialize_field("title", self.title)?;
        operation.serialize_field("description", self.description)?;
        operation.serialize_field("effect", &self.effect)?;
        operation.serialize_field("docs", self.docs)?;
        operation.serialize_field("input", &(self.input)())?;
        operation.serialize_field("output", &(self.output)())?;
        operation.serialize_field("example", &(self.example)())?;
        operation.end()
    }
}

/// What came of an operation.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Performed {
    /// The output, as its schema describes it.
    pub output: Value,
    /// What the caller should know although it worked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Issue>,
    /// Who answers a person from now on, where the operation changed that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
}

/// Who answers a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Thread {
    /// The person, by the provider's id.
    pub person: String,
    /// Who answers.
    pub owner: ThreadOwner,
}

impl Thread {
    /// This person is answered by them.
    pub fn new(person: impl Into<String>, owner: ThreadOwner) -> Self {
        Self { person: person.into(), owner }
    }
}

impl From<Value> for Performed {
    fn from(output: Value) -> Self {
        Self { output, ..Self::default() }
    }
}

/// The refusal of an operation that a channel does not have.
pub fn unknown(name: &str, known: &[Operation]) -> Error {
    let names: Vec<&str> = known.iter().map(|operation| operation.name).collect();
    let hint = if names.is_empty() {
        "this channel has no operations".to_owned()
    } else {
        format!("this channel has: {}", names.join(", "))
    };
    // The name comes from a caller; it is bounded before it is repeated.
    let shown: String = name.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    Error::new(ErrorKind::Unsupported, "operation.unknown", format!("there is no operation `{shown}`"))
        .with_hint(hint)
        .with_operation("perform")
}

/// The issue of an input that is no object.
pub fn no_object() -> Issue {
    Issue::new(&Pointer::ROOT, "type", "must be an object: an operation's input is its named fields")
}
