use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

use super::Quote;

/// Why a value does not fit, in words for its author, and where it stands.
#[derive(Debug)]
pub(super) struct ReadError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    message: Cow<'static, str>,
    /// The words come from the type that was read, and may quote the value.
    foreign: bool,
    /// From where reading began, innermost first.
    steps: Vec<String>,
}

impl ReadError {
    fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { message: message.into(), foreign: false, steps: Vec::new() }))
    }

    /// The same, seen from the object or the array around the value.
    pub(super) fn below(mut self, step: impl FnOnce() -> String) -> Self {
        self.0.steps.push(step());
        self
    }

    /// What the value must be.
    pub(super) fn message(&self, quote: Quote) -> &str {
        if self.0.foreign && quote == Quote::Nothing { "does not fit" } else { &self.0.message }
    }

    /// The way to it from where reading began.
    pub(super) fn steps(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.steps.iter().rev().map(String::as_str)
    }
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let mut error = Self::new(message.to_string());
        error.0.foreign = true;
        error
    }

    fn invalid_type(given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        match (in_plain_words(&expected), written_as_a_string(given)) {
            (expected @ "a string", Some(given)) => Self::new(format!("must be {expected}, and {given}")),
            (expected, _) => Self::new(format!("must be {expected}")),
        }
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        match range(&expected) {
            Some(range) => Self::new(format!("must be a whole number {range}")),
            None => Self::new(format!("must be {}", in_plain_words(&expected))),
        }
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("must be {}", in_plain_words(&expected.to_string())))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(match expected {
            [] => Cow::Borrowed("must be left out"),
            [only] => format!("must be {only}").into(),
            [first @ .., last] => format!("must be {} or {last}", first.join(", ")).into(),
        })
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::new("is not a field that is known here")
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("must have `{field}`"))
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self::new("is given twice, in two spellings: leave one of them out")
    }
}

impl de::StdError for ReadError {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

/// What stands where a string belongs, and how it becomes one. It says the type, and never the value.
fn written_as_a_string(given: Unexpected<'_>) -> Option<&'static str> {
    Some(match given {
        Unexpected::Map => "is an object: write it as a text (JSON in quotes)",
        Unexpected::Seq => "is a list: write it as a text (JSON in quotes)",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "is a number: write it in quotes",
        Unexpected::Bool(_) => "is true or false: write it in quotes",
        _ => return None,
    })
}

/// What serde calls a type, as an author of JSON calls it.
fn in_plain_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "f32" | "f64" | "a JSON number" => "a number",
        "a borrowed string" | "a formatted string" | "string" => "a string",
        "a sequence" | "an array" => "a list",
        "a map" => "an object",
        "unit" => "null",
        "a character" => "a single character",
        number if range(number).is_some() => "a whole number",
        object if object.starts_with("struct ") => "an object",
        list if list.starts_with("tuple ") || list.starts_with("a tuple") => "a list",
        own => own,
    }
}

/// The whole numbers that one of Rust's types has room for.
fn range(expected: &str) -> Option<&'static str> {
    Some(match expected {
        "u8" => "from 0 to 255",
        "u16" => "from 0 to 65535",
        "u32" => "from 0 to 4294967295",
        "u64" | "u128" | "usize" => "that is not negative",
        "i8" => "from -128 to 127",
        "i16" => "from -32768 to 32767",
        "i32" => "from -2147483648 to 2147483647",
        "i64" | "i128" | "isize" => "that is not so large",
        _ => return None,
    })
}
