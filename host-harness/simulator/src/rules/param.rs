//! One parameter of a Graph call: its name as Meta prints it, and its value.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::entities::is_http_url;
use crate::graph_error::GraphError;

#[derive(Clone, Debug)]
pub(crate) struct Param<'a> {
    name: String,
    value: &'a Value,
}

impl<'a> Param<'a> {
    pub(crate) fn new(name: impl Into<String>, value: &'a Value) -> Self {
        Self { name: name.into(), value }
    }

    /// A top-level parameter; `null` counts as absent.
    pub(crate) fn top(params: &'a Map<String, Value>, name: &str) -> Option<Self> {
        params.get(name).filter(|value| !value.is_null()).map(|value| Self::new(name, value))
    }

    /// A top-level parameter that must be there.
    pub(crate) fn required(params: &'a Map<String, Value>, name: &str) -> Result<Self, GraphError> {
        Self::top(params, name).ok_or_else(|| GraphError::parameter(format!("The parameter {name} is required")))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// A member; `null` counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self::new(format!("{}[{key}]", self.name), value))
    }

    pub(crate) fn require(&self, key: &str) -> Result<Self, GraphError> {
        self.get(key).ok_or_else(|| self.missing(key))
    }

    /// A member that is not there.
    pub(crate) fn missing(&self, key: &str) -> GraphError {
        GraphError::parameter(format!("The parameter {}[{key}] is required", self.name))
    }

    pub(crate) fn must(&self, be: &str) -> GraphError {
        GraphError::parameter(format!("Param {} must {be}", self.name))
    }

    /// An object with no other keys than these.
    pub(crate) fn object(&self, keys: &[&str]) -> Result<&'a Map<String, Value>, GraphError> {
        let object = self.value.as_object().ok_or_else(|| self.must("be an object"))?;
        let strangers: Vec<String> = object.keys().filter(|key| !keys.contains(&key.as_str())).cloned().collect();
        if strangers.is_empty() { Ok(object) } else { Err(self.strangers(&strangers)) }
    }

    /// Keys that do not belong there.
    /// Text seen at <https://github.com/restfb/restfb/issues/541>: `quickReplies` in camel case was refused.
    pub(crate) fn strangers(&self, keys: &[String]) -> GraphError {
        let keys: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
        GraphError::parameter(format!("Invalid keys {} were found in param \"{}\".", keys.join(", "), self.name))
    }

    pub(crate) fn string(&self) -> Result<&'a str, GraphError> {
        self.value.as_str().ok_or_else(|| self.must("be a string"))
    }

    /// A string that is not empty and has at most `max` characters.
    pub(crate) fn text(&self, max: usize) -> Result<&'a str, GraphError> {
        let text = self.string()?;
        if text.is_empty() {
            return Err(self.must("be non-empty"));
        }
        self.at_most(text, max)
    }

    /// A string of at most `max` characters. Meta documents "characters", so scalar values are counted.
    pub(crate) fn at_most(&self, text: &'a str, max: usize) -> Result<&'a str, GraphError> {
        if text.chars().count() <= max { Ok(text) } else { Err(self.too_long(max as u64)) }
    }

    pub(crate) fn too_long(&self, max: u64) -> GraphError {
        GraphError::parameter(format!("Length of param {} must be less than or equal to {max}", self.name))
    }

    pub(crate) fn required_text(&self, key: &str, max: usize) -> Result<&'a str, GraphError> {
        self.require(key)?.text(max)
    }

    /// A member that may be absent, judged if it is there.
    pub(crate) fn optional(
        &self,
        key: &str,
        judge: impl FnOnce(&Self) -> Result<(), GraphError>,
    ) -> Result<(), GraphError> {
        self.get(key).map_or(Ok(()), |param| judge(&param))
    }

    /// An array of 1 to `max` items.
    pub(crate) fn items(&self, max: usize) -> Result<Vec<Self>, GraphError> {
        let items = self.value.as_array().ok_or_else(|| self.must("be an array"))?;
        if items.is_empty() {
            return Err(self.must("be non-empty"));
        }
        if items.len() > max {
            return Err(self.too_many());
        }
        Ok(items.iter().enumerate().map(|(i, item)| Self::new(format!("{}[{i}]", self.name), item)).collect())
    }

    /// Code and text seen at <https://github.com/howdyai/botkit/issues/1672> and
    /// <https://github.com/microsoft/botframework-sdk/issues/3331>.
    pub(crate) fn too_many(&self) -> GraphError {
        GraphError::new(105, format!("(#105) param {} has too many elements.", self.name))
    }

    /// The items of an array that may be absent; none then.
    pub(crate) fn optional_items(&self, key: &str, max: usize) -> Result<Vec<Self>, GraphError> {
        self.get(key).map_or_else(|| Ok(Vec::new()), |items| items.items(max))
    }

    pub(crate) fn one_of(&self, values: &[&str]) -> Result<&'a str, GraphError> {
        match self.value.as_str() {
            Some(value) if values.contains(&value) => Ok(value),
            _ => Err(self.must(&format!("be one of {{{}}}", values.join(", ")))),
        }
    }

    pub(crate) fn must_be_one_of<'v>(&self, values: impl IntoIterator<Item = &'v Value>) -> GraphError {
        let values: Vec<&str> = values.into_iter().filter_map(Value::as_str).collect();
        self.must(&format!("be one of {{{}}}", values.join(", ")))
    }

    pub(crate) fn optional_one_of(&self, key: &str, values: &[&str]) -> Result<(), GraphError> {
        self.optional(key, |param| param.one_of(values).map(drop))
    }

    /// A whole number in a range; digits in a string are understood.
    pub(crate) fn whole(&self, range: RangeInclusive<i64>) -> Result<i64, GraphError> {
        let number = self.value.as_i64().or_else(|| self.value.as_str()?.parse().ok());
        number
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.must(&format!("be an integer between {} and {}", range.start(), range.end())))
    }

    /// An id: digits, as text or as a number.
    pub(crate) fn id(&self) -> Result<String, GraphError> {
        match self.value {
            Value::Number(number) if number.is_u64() => Ok(number.to_string()),
            Value::String(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(text.clone())
            }
            _ => Err(self.must("be a valid ID string")),
        }
    }

    pub(crate) fn optional_bool(&self, key: &str) -> Result<(), GraphError> {
        self.optional(key, |param| if param.value.is_boolean() { Ok(()) } else { Err(param.must("be a boolean")) })
    }

    pub(crate) fn http_url(&self) -> Result<&'a str, GraphError> {
        let url = self.string()?;
        if is_http_url(url) { Ok(url) } else { Err(self.must("be a valid URL")) }
    }

    pub(crate) fn https_url(&self) -> Result<&'a str, GraphError> {
        let url = self.string()?;
        if is_http_url(url) && url.starts_with("https:") { Ok(url) } else { Err(self.must("be an https URL")) }
    }
}
