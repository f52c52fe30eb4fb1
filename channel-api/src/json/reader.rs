//! Reads JSON into a value, and notes what a reader of JSON otherwise drops in silence.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::issue::{MOST_TOLD, more};
use crate::{Issue, Pointer};

/// The code of an issue about a half character.
pub const HALF_CHARACTER: &str = "half_character";
/// The code of an issue about a name that stands twice in one object.
pub const REPEATED: &str = "repeated";

/// How many bytes the places of all flaws have together. One place has as many as its document, so that many of them would not fit
/// into any answer.
const MOST_BYTES: usize = 1 << 16;

/// The value, and its flaws. `mark` stands for half characters, and U+FFFD is put into its place.
pub(super) fn read(text: &str, mark: Option<char>) -> serde_json::Result<(Value, Vec<Issue>)> {
    let mut flaws = Flaws { mark, told: Vec::new(), bytes: 0, more: 0 };
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Reader { at: &Pointer::ROOT, flaws: &mut flaws }.deserialize(&mut reader)?;
    reader.end()?;
    let Flaws { mut told, more: untold, .. } = flaws;
    told.extend((untold > 0).then(|| more(untold)));
    Ok((value, told))
}

struct Flaws {
    mark: Option<char>,
    told: Vec<Issue>,
    /// How long the places are that are told.
    bytes: usize,
    /// How many are not told.
    more: usize,
}

impl Flaws {
    fn note(&mut self, flaw: impl FnOnce() -> Issue) {
        if self.told.len() < MOST_TOLD && self.bytes < MOST_BYTES {
            let issue = flaw();
            self.bytes += issue.pointer.len();
            self.told.push(issue);
        } else {
            self.more += 1;
        }
    }

    /// A text without marks, and whether there was one.
    fn whole(&self, text: String) -> (String, bool) {
        match self.mark.filter(|mark| text.contains(*mark)) {
            Some(mark) => (text.replace(mark, "\u{fffd}"), true),
            None => (text, false),
        }
    }
}

/// Reads what stands at one place.
struct Reader<'a> {
    at: &'a Pointer<'a>,
    flaws: &'a mut Flaws,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        let (text, cut) = self.flaws.whole(text.to_owned());
        if cut {
            self.flaws.note(|| half(self.at));
        }
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) =
            elements.next_element_seed(Reader { at: &self.at.index(list.len()), flaws: &mut *self.flaws })?
        {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let (name, cut) = self.flaws.whole(name);
            let here = self.at.key(&name);
            if cut {
                self.flaws.note(|| half(&here));
            }
            let member = members.next_value_seed(Reader { at: &here, flaws: &mut *self.flaws })?;
            if object.contains_key(&name) {
                self.flaws.note(|| repeated(&here));
            }
            object.insert(name, member);
        }
        Ok(Value::Object(object))
    }
}

fn half(at: &Pointer<'_>) -> Issue {
    Issue::new(at, HALF_CHARACTER, "holds half a character: it was cut in the middle of an emoji")
        .with_hint("shorten texts between characters, not between UTF-16 units; the emoji's other half is missing")
}

fn repeated(at: &Pointer<'_>) -> Issue {
    Issue::new(at, REPEATED, "stands twice in its object: leave one of the two out")
}
