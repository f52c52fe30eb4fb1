//! [`Json`]: a JSON value that borrows its words from the body.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

/// The members of an object in the order in which they came.
pub(super) type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

/// A JSON value. It accepts whatever is well-formed, so that a surprise in one place is judged where that place is read, and
/// stops nothing before.
#[derive(Clone, Debug, Default)]
pub(super) enum Json<'a> {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Self>),
    Object(Members<'a>),
}

impl Json<'_> {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The member of this name, if this is an object that has one. Of two, the last counts.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// As [`Self::get`].
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match self {
            Self::Object(members) => member_mut(members, key),
            _ => None,
        }
    }

    /// Takes the member of this name out, unless it is null.
    pub(super) fn take(&mut self, key: &str) -> Option<Self> {
        match self {
            Self::Object(members) => take(members, key),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Exactly this JSON, for what is passed on as it came.
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::String(text.into_owned()),
            Self::List(elements) => Value::Array(elements.into_iter().map(Self::into_value).collect()),
            Self::Object(members) => Value::Object(
                members.into_iter().map(|(name, value)| (name.into_owned(), value.into_value())).collect(),
            ),
        }
    }
}

/// The member of this name. Of two, the last counts.
pub(super) fn member_mut<'m, 'a>(members: &'m mut Members<'a>, key: &str) -> Option<&'m mut Json<'a>> {
    members.iter_mut().rev().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Takes the member of this name out, unless it is null or absent.
pub(super) fn take<'a>(members: &mut Members<'a>, key: &str) -> Option<Json<'a>> {
    Some(std::mem::take(member_mut(members, key)?)).filter(|value| !value.is_null())
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        let mut object = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            object.push((name, members.next_value()?));
        }
        Ok(Json::Object(object))
    }
}

/// A member's name. `Cow` alone would copy it: serde borrows only into types that ask for it.
#[derive(Debug)]
pub(super) struct Name<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;

        impl<'de> Visitor<'de> for Borrow {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Borrow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borrows_what_has_no_escapes_and_passes_on_what_it_read() {
        let text = r#"{"a":[null,true,-1,2,0.5,"plain","\u00e4"],"b":{"c":{}}}"#;
        let json: Json<'_> = serde_json::from_str(text).unwrap();
        let Some(Json::List(list)) = json.get("a") else { panic!("{json:?}") };
        assert!(matches!(list[5], Json::Text(Cow::Borrowed("plain"))));
        assert!(matches!(list[6], Json::Text(Cow::Owned(_))));
        assert_eq!(json.into_value(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn of_two_members_of_one_name_the_last_counts() {
        let mut json: Json<'_> = serde_json::from_str(r#"{"a":1,"a":"two","n":null}"#).unwrap();
        assert_eq!(json.get("a").and_then(Json::as_str), Some("two"));
        assert_eq!(json.take("a").unwrap().as_str(), Some("two"));
        assert!(json.take("n").is_none());
    }
}
