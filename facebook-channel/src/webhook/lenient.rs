//! Reading that accepts any well-formed JSON: what does not fit is noticed where it is needed, so one malformed event does not stop
//! the reading of the body that it came in.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{Json, Name};

/// What can be read from an object, and is still something when the JSON is no object.
pub(super) trait Lenient<'de>: Default {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error>;

    /// The value of JSON that is no object.
    fn other(json: Json<'de>) -> Self;
}

/// Reads any well-formed JSON.
pub(super) fn read<'de, T: Lenient<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Read(PhantomData))
}

struct Read<T>(PhantomData<T>);

impl<'de, T: Lenient<'de>> Visitor<'de> for Read<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<T, A::Error> {
        let mut read = T::default();
        while let Some(Name(name)) = members.next_key()? {
            read.member(name, &mut members)?;
        }
        Ok(read)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<T, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(T::other(Json::List(Vec::new())))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::other(Json::Null))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        Ok(T::other(Json::Bool(flag)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Ok(T::other(Json::Number(number.into())))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Ok(T::other(Json::Number(number.into())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        Ok(T::other(Json::Bool(number != 0.0)))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<T, E> {
        Ok(T::other(Json::Text(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::other(Json::Text(Cow::Owned(text.to_owned()))))
    }
}
