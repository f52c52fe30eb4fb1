//! How a property's value is given, and what is asked of it.

use std::fmt;
use std::marker::PhantomData;

use channel_api::{Pointer, Report};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{DeserializeOwned, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::wire::without_nulls;

/// What a property holds, as its author writes it.
pub(crate) trait PropertyValue: DeserializeOwned {
    /// Notes all that is wrong with it.
    fn check(&self, at: &Pointer<'_>, report: &mut Report);

    /// It in Meta's JSON.
    fn to_meta(self) -> Value;
}

/// The seed's call that sets a property: a form whose one field holds the value.
pub(super) trait SetCall: DeserializeOwned + Default {
    /// What the field holds.
    type Value: PropertyValue;

    /// The field, as the form has it.
    const FIELD: &'static str;

    /// What it holds here.
    fn value(self) -> Given<Self::Value>;
}

/// Says of a call's form which field holds the value, by its name here and in JSON.
macro_rules! set_call {
    ($call:ident { $field:ident: $value:ty = $name:literal }) => {
        impl $crate::profile::value::SetCall for $call {
            type Value = $value;

            const FIELD: &'static str = $name;

            fn value(self) -> $crate::profile::value::Given<$value> {
                self.$field
            }
        }
    };
}
pub(super) use set_call;

/// A value that is there, null, or not there at all.
#[derive(Debug, Default)]
pub(super) enum Given<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

/// A list, or the one text that stands for it.
#[derive(Debug)]
pub(super) enum ListOrText<T> {
    List(Vec<T>),
    Text(String),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ListOrText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = ListOrText<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(ListOrText::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(elements)).map(ListOrText::List)
            }
        }

        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// What Meta gets of a value: its members by their names, without those that are not there.
pub(super) fn written(value: &impl Serialize) -> Value {
    // Structs of texts, flags and lists can always be written.
    let mut value = serde_json::to_value(value).unwrap_or_default();
    without_nulls(&mut value);
    value
}
