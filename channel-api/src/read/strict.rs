use std::cell::RefCell;
use std::iter::Enumerate;
use std::slice;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Number, Value, map};

use super::error::ReadError;
use super::spelling;
use crate::{JsonObject, Pointer};

/// Where members stood that nothing reads.
pub(super) type Unknown = RefCell<Vec<String>>;

/// A JSON value in which an object is an object, whose members may be spelled in camelCase or in `snake_case`, and which notes
/// the members that nothing reads. Left to itself, a derived reader also takes an array and reads its elements in the order of
/// the fields, past every check of names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strict<'de, 'p> {
    pub(super) json: Json<'de>,
    /// Where it stands. Written down only for a member that nothing reads.
    pub(super) at: &'p Pointer<'p>,
    /// A member that is not there for this reader.
    pub(super) hidden: Option<&'p str>,
    /// Whether the struct around it has a field of this name. One that it has is read, even by a field that ignores it.
    pub(super) known: bool,
    pub(super) unknown: &'p Unknown,
}

/// A value, or the members of an object that its owner does not keep as a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Json<'de> {
    Value(&'de Value),
    Object(&'de JsonObject),
}

impl<'de> Strict<'de, '_> {
    fn value(self) -> Option<&'de Value> {
        match self.json {
            Json::Value(value) => Some(value),
            Json::Object(_) => None,
        }
    }

    /// Shows an object's members to a visitor. `fields` are those of the struct that is read, and none for a map, whose keys
    /// are its author's own.
    fn visit_members<V: Visitor<'de>>(
        self,
        object: &'de JsonObject,
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let mut members = Members { left: object.iter(), next: None, fields, of: self };
        visitor.visit_map(&mut members).map_err(|error| match members.next {
            // The name itself is what does not fit: it names a field that was read already.
            Some(Member { name, .. }) => error.below(|| name.to_owned()),
            None => error,
        })
    }
}

impl<'de> Deserializer<'de> for Strict<'de, '_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.json {
            Json::Object(object) | Json::Value(Value::Object(object)) => self.visit_members(object, None, visitor),
            Json::Value(Value::Array(elements)) => {
                visitor.visit_seq(Elements { left: elements.iter().enumerate(), of: self })
            }
            Json::Value(Value::String(text)) => visitor.visit_borrowed_str(text),
            Json::Value(Value::Number(number)) => visit_number(number, visitor),
            Json::Value(Value::Bool(flag)) => visitor.visit_bool(*flag),
            Json::Value(Value::Null) => visitor.visit_unit(),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        // What is null is absent.
        if !self.known && !self.value().is_some_and(Value::is_null) {
            self.unknown.borrow_mut().push(self.at.to_string());
        }
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.value().is_some_and(Value::is_null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.json {
            Json::Object(object) | Json::Value(Value::Object(object)) => {
                self.visit_members(object, Some(fields), visitor)
            }
            Json::Value(Value::Array(_)) => Err(ReadError::invalid_type(Unexpected::Seq, &"an object")),
            Json::Value(_) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.json {
            Json::Value(Value::String(name)) => visitor.visit_enum(BorrowedStrDeserializer::new(name)),
            Json::Object(object) | Json::Value(Value::Object(object)) => {
                let members = Members { left: object.iter(), next: None, fields: None, of: self };
                visitor.visit_enum(MapAccessDeserializer::new(members))
            }
            Json::Value(_) => Err(ReadError::unknown_variant("", variants)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, ReadError> {
    match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => visitor.visit_u64(number),
        (None, Some(number)) => visitor.visit_i64(number),
        (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
    }
}

/// The members of an object, one after the other.
struct Members<'de, 'p> {
    left: map::Iter<'de>,
    /// The one whose name was read and whose value was not.
    next: Option<Member<'de>>,
    fields: Option<&'static [&'static str]>,
    of: Strict<'de, 'p>,
}

#[derive(Clone, Copy)]
struct Member<'de> {
    /// As its author spells it.
    name: &'de str,
    value: &'de Value,
    known: bool,
}

impl<'de> MapAccess<'de> for Members<'de, '_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let hidden = self.of.hidden;
        let Some((name, value)) = self.left.find(|(name, _)| hidden != Some(name.as_str())) else { return Ok(None) };
        let field = self.fields.map_or(Some(name.as_str()), |fields| spelling::field(fields, name));
        self.next = Some(Member { name, value, known: field.is_some() });
        seed.deserialize(BorrowedStrDeserializer::new(field.unwrap_or(name))).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let next = self.next.take();
        let Member { name, value, known } =
            next.ok_or_else(|| ReadError::custom("a member is read before its name"))?;
        let Strict { at, unknown, .. } = self.of;
        let member = Strict { json: Json::Value(value), at: &at.key(name), hidden: None, known, unknown };
        seed.deserialize(member).map_err(|error| error.below(|| name.to_owned()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// The elements of an array, one after the other.
struct Elements<'de, 'p> {
    left: Enumerate<slice::Iter<'de, Value>>,
    of: Strict<'de, 'p>,
}

impl<'de> SeqAccess<'de> for Elements<'de, '_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some((index, value)) = self.left.next() else { return Ok(None) };
        let Strict { at, unknown, .. } = self.of;
        let element = Strict { json: Json::Value(value), at: &at.index(index), hidden: None, known: true, unknown };
        seed.deserialize(element).map(Some).map_err(|error| error.below(|| index.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}
