use std::cell::RefCell;
use std::fmt;
use std::iter::Enumerate;
use std::slice;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value, map};

use crate::Pointer;

/// Where members stood that nothing reads.
pub(super) type Unknown = RefCell<Vec<String>>;

/// A JSON value in which an object is an object, and which notes the members that nothing reads. Left to itself, a derived
/// reader also takes an array and reads its elements in the order of the fields, past every check of names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strict<'de, 'p> {
    pub(super) value: &'de Value,
    /// Where it stands. Written down only for a member that nothing reads.
    pub(super) at: &'p Pointer<'p>,
    /// A member that is not there for this reader.
    pub(super) hidden: Option<&'p str>,
    pub(super) unknown: &'p Unknown,
}

impl<'de> Deserializer<'de> for Strict<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Array(elements) => visitor.visit_seq(Elements { left: elements.iter().enumerate(), of: self }),
            Value::Object(members) => visitor.visit_map(Members { left: members.iter(), next: None, of: self }),
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.unknown.borrow_mut().push(self.at.to_string());
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &"an object")),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            _ if name == ELSEWHERE => visitor.visit_unit(),
            Value::Array(_) | Value::Object(_) => visitor.visit_newtype_struct(self),
            plain => plain.deserialize_newtype_struct(name, visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

/// The members of an object, one after the other.
struct Members<'de, 'p> {
    left: map::Iter<'de>,
    next: Option<(&'de str, &'de Value)>,
    of: Strict<'de, 'p>,
}

impl<'de> MapAccess<'de> for Members<'de, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let hidden = self.of.hidden;
        let next = self.left.find(|(name, _)| hidden != Some(name.as_str()));
        self.next = next.map(|(name, value)| (name.as_str(), value));
        self.next.map(|(name, _)| seed.deserialize(BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (name, value) = self.next.take().ok_or_else(|| Error::custom("a member is read before its name"))?;
        let Strict { at, unknown, .. } = self.of;
        seed.deserialize(Strict { value, at: &at.key(name), hidden: None, unknown })
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
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Strict { at, unknown, .. } = self.of;
        let read = |(index, value)| seed.deserialize(Strict { value, at: &at.index(index), hidden: None, unknown });
        self.left.next().map(read).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// The name by which [`elsewhere`] tells this reader to leave a value alone.
const ELSEWHERE: &str = "$channel_api::elsewhere";

/// For `#[serde(deserialize_with = "…")]` on what is read from the same JSON by other code: it is neither copied here nor
/// called unknown.
pub(crate) fn elsewhere<'de, D: Deserializer<'de>, T: Default>(deserializer: D) -> Result<T, D::Error> {
    struct Unread;

    impl Visitor<'_> for Unread {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("anything")
        }

        fn visit_unit<E>(self) -> Result<(), E> {
            Ok(())
        }
    }

    deserializer.deserialize_newtype_struct(ELSEWHERE, Unread).map(|()| T::default())
}
