//! Members that only one channel knows: a struct's `extra`, flat on the wire.
//!
//! `#[serde(flatten)]` would do the same, but it hides the names of a struct's fields from what is read, and with them both
//! spellings of a name. So a struct with an `extra` derives its readers and writers with `#[serde(remote = "Self")]`, for its
//! own fields only, and [`flat_extra`] adds the rest.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::CowStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::JsonObject;

/// Implements `Serialize` and `Deserialize` for a struct with a skipped field `extra: JsonObject`.
///
/// What is derived denies unknown fields: whoever calls it by mistake shall not lose them in silence.
macro_rules! flat_extra {
    ($($of:ty),+) => {$(
        impl<'de> serde::Deserialize<'de> for $of {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut extra = $crate::JsonObject::new();
                let known = Self::deserialize($crate::extra::Collecting { inner: deserializer, extra: &mut extra })?;
                Ok(Self { extra, ..known })
            }
        }

        impl serde::Serialize for $of {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                struct Known<'a>(&'a $of);

                impl serde::Serialize for Known<'_> {
                    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                        <$of>::serialize(self.0, serializer)
                    }
                }

                #[derive(serde::Serialize)]
                struct Flat<'a> {
                    #[serde(flatten)]
                    known: Known<'a>,
                    #[serde(flatten)]
                    extra: &'a $crate::JsonObject,
                }

                Flat { known: Known(self), extra: &self.extra }.serialize(serializer)
            }
        }
    )+};
}
pub(crate) use flat_extra;

/// Shows a struct's reader the members that are its fields, and keeps the others.
#[derive(Debug)]
pub(crate) struct Collecting<'a, D> {
    pub(crate) inner: D,
    pub(crate) extra: &'a mut JsonObject,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Collecting<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_struct(name, fields, KnownFields { visitor, names: fields, extra: self.extra })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct KnownFields<'a, V> {
    visitor: V,
    names: &'static [&'static str],
    extra: &'a mut JsonObject,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for KnownFields<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Members { map, fields: self.names, extra: self.extra })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(list)
    }
}

struct Members<'a, A> {
    map: A,
    fields: &'static [&'static str],
    extra: &'a mut JsonObject,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        while let Some(Name(name)) = self.map.next_key()? {
            if self.fields.contains(&&*name) {
                return seed.deserialize(CowStrDeserializer::new(name)).map(Some);
            }
            let value = self.map.next_value()?;
            self.extra.insert(name.into_owned(), value);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}
