//! [`Item`]: one event as Meta wraps it, read without judging it.
//!
//! Reading accepts any well-formed JSON. What does not fit is noticed where it is needed, so one odd event does not stop the
//! reading of the body that it came in.

use std::borrow::Cow;
use std::fmt;

use channel_api::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::dispatch::known;
use super::json::{Json, Members, Name};
use super::kind::Kind;
use super::scalar;

/// An element of `messaging`, `standby`, `changes` or `calls`.
#[derive(Debug, Default)]
pub(super) struct Item<'a> {
    pub(super) head: Head<'a>,
    pub(super) message: Option<Message<'a>>,
    /// The first thing in it that is of a known kind, as nearly every item has one and nothing else.
    pub(super) payload: Option<(&'static Kind, Json<'a>)>,
    /// Everything else, by Meta's names.
    pub(super) members: Members<'a>,
    /// It is no object at all.
    pub(super) odd: bool,
    /// Its first key, where it stands in the body. It tells where the item begins.
    pub(super) first_key: Option<&'a str>,
}

/// Who, to whom and when.
#[derive(Debug, Default)]
pub(super) struct Head<'a> {
    pub(super) sender: Party<'a>,
    pub(super) recipient: Party<'a>,
    pub(super) time: Option<Timestamp>,
}

/// A person or a Page.
#[derive(Debug, Default)]
pub(super) enum Party<'a> {
    /// Not named, or in no way that is known.
    #[default]
    Nobody,
    /// By id.
    Id(Cow<'a, str>),
    /// A guest of a plugin, who has a reference instead of an id.
    Guest(Cow<'a, str>),
}

impl Party<'_> {
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Id(id) => Some(id),
            Self::Nobody | Self::Guest(_) => None,
        }
    }

    pub(super) fn guest(&self) -> Option<&str> {
        match self {
            Self::Guest(reference) => Some(reference),
            Self::Nobody | Self::Id(_) => None,
        }
    }
}

/// The object under `message`. Nearly every event has one, and nearly every one has no more than the first three fields.
#[derive(Debug, Default)]
pub(super) struct Message<'a> {
    pub(super) mid: Json<'a>,
    pub(super) text: Json<'a>,
    pub(super) is_echo: bool,
    /// Everything else, by Meta's names.
    pub(super) members: Members<'a>,
    /// It is no object at all.
    pub(super) odd: bool,
}

/// Whether a mark such as `is_echo` is set. In doubt it is: an echo that is taken for a person's message makes a bot talk to
/// itself.
pub(super) fn marked(json: &Json<'_>) -> bool {
    !json.is_null() && scalar::flag(json) != Some(false)
}

/// What can be read from an object, and is still something when the JSON is no object.
trait Lenient<'de>: Default {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error>;

    /// The value of JSON that is no object.
    fn other(json: Json<'de>) -> Self;
}

struct Read<T>(std::marker::PhantomData<T>);

impl<'de, T: Lenient<'de>> Read<T> {
    fn from<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(Self(std::marker::PhantomData))
    }
}

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

impl<'de> Lenient<'de> for Item<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error> {
        self.first_key.get_or_insert(match &name {
            Cow::Borrowed(name) => name,
            // With an escape in it, it stands nowhere.
            Cow::Owned(_) => "",
        });
        match &*name {
            "sender" => self.head.sender = members.next_value()?,
            "recipient" => self.head.recipient = members.next_value()?,
            "timestamp" => self.head.time = scalar::time(&members.next_value()?),
            "message" => self.message = members.next_value()?,
            key => match known(key) {
                Some(kind) if self.payload.is_none() => {
                    let payload: Json<'_> = members.next_value()?;
                    self.payload = (!payload.is_null()).then_some((kind, payload));
                }
                _ => self.members.push((name, members.next_value()?)),
            },
        }
        Ok(())
    }

    fn other(_: Json<'de>) -> Self {
        Self { odd: true, ..Self::default() }
    }
}

impl<'de> Lenient<'de> for Party<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error> {
        match &*name {
            "id" => {
                if let Ok(id) = scalar::id(members.next_value()?) {
                    *self = Self::Id(id);
                }
            }
            "user_ref" => match scalar::id(members.next_value()?) {
                Ok(reference) if self.id().is_none() => *self = Self::Guest(reference),
                _ => {}
            },
            _ => drop(members.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }

    fn other(json: Json<'de>) -> Self {
        scalar::id(json).map_or(Self::Nobody, Self::Id)
    }
}

impl<'de> Lenient<'de> for Message<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: Cow<'de, str>, members: &mut A) -> Result<(), A::Error> {
        match &*name {
            "mid" => self.mid = members.next_value()?,
            "text" => self.text = members.next_value()?,
            "is_echo" => self.is_echo = marked(&members.next_value()?),
            _ => self.members.push((name, members.next_value()?)),
        }
        Ok(())
    }

    fn other(_: Json<'de>) -> Self {
        Self { odd: true, ..Self::default() }
    }
}

macro_rules! deserialize_leniently {
    ($($read:ident)*) => {
        $(impl<'de: 'a, 'a> Deserialize<'de> for $read<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Read::from(deserializer)
            }
        })*
    };
}

deserialize_leniently!(Item Party Message);
