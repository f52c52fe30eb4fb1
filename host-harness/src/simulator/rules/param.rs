//! One parameter of a Graph call: its name as Meta prints it, and its value.

use serde_json::{Map, Value};

use crate::simulator::cast::is_http_url;
use crate::simulator::graph_error::GraphError;

#[derive(Clone, Debug)]
pub(super) struct Param<'a> {
    name: String,
    value: &'a Value,
}

impl<'a> Param<'a> {
    pub(super) fn new(name: impl Into<String>, value: &'a Value) -> Self {
        Self { name: name.into(), value }
    }

    /// A top-level parameter; `null` counts as absent.
    pub(super) fn top(params: &'a Map<String, Value>, name: &str) -> Option<Self> {
        params.get(name).filter(|value| !value.is_null()).map(|value| Self::new(name, value))
    }

    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    /// A member; `null` counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self::new(format!("{}[{key}]", self.name), value))
    }

    pub(super) fn require(&self, key: &str) -> Result<Self, GraphError> {
        self.get(key).ok_or_else(|| GraphError::parameter(format!("The parameter {}[{key}] is required", self.name)))
    }

    pub(super) fn must(&self, be: &str) -> GraphError {
        GraphError::parameter(format!("Param {} must {be}", self.name))
    }

    /// An object with no other keys than these.
    /// Text seen at <https://github.com/restfb/restfb/issues/541>: `quickReplies` in camel case was refused.
    pub(super) fn object(&self, keys: &[&str]) -> Result<&'a Map<String, Value>, GraphError> {
        let object = self.value.as_object().ok_or_else(|| self.must("be an object"))?;
        let strangers: Vec<String> =
            object.keys().filter(|key| !keys.contains(&key.as_str())).map(|key| format!("\"{key}\"")).collect();
        if strangers.is_empty() {
            return Ok(object);
        }
        Err(GraphError::parameter(format!(
            "Invalid keys {} were found in param \"{}\".",
            strangers.join(", "),
            self.name
        )))
    }

    pub(super) fn string(&self) -> Result<&'a str, GraphError> {
        self.value.as_str().ok_or_else(|| self.must("be a string"))
    }

    /// A string that is not empty and has at most `max` characters.
    pub(super) fn text(&self, max: usize) -> Result<&'a str, GraphError> {
        let text = self.string()?;
        if text.is_empty() {
            return Err(self.must("be non-empty"));
        }
        self.at_most(text, max)
    }

    /// A string of at most `max` characters. Meta documents "characters", so scalar values are counted.
    pub(super) fn at_most(&self, text: &'a str, max: usize) -> Result<&'a str, GraphError> {
        if text.chars().count() <= max {
            return Ok(text);
        }
        Err(GraphError::parameter(format!("Length of param {} must be less than or equal to {max}", self.name)))
    }

    pub(super) fn optional_text(&self, key: &str, max: usize) -> Result<(), GraphError> {
        self.get(key).map_or(Ok(()), |param| param.at_most(param.string()?, max).map(drop))
    }

    pub(super) fn required_text(&self, key: &str, max: usize) -> Result<&'a str, GraphError> {
        self.require(key)?.text(max)
    }

    /// An array of 1 to `max` items.
    /// Code and text seen at <https://github.com/howdyai/botkit/issues/1672> and
    /// <https://github.com/microsoft/botframework-sdk/issues/3331>.
    pub(super) fn items(&self, max: usize) -> Result<Vec<Self>, GraphError> {
        let items = self.value.as_array().ok_or_else(|| self.must("be an array"))?;
        if items.is_empty() {
            return Err(self.must("be non-empty"));
        }
        if items.len() > max {
            return Err(GraphError::new(105, format!("(#105) param {} has too many elements.", self.name)));
        }
        Ok(items.iter().enumerate().map(|(i, item)| Self::new(format!("{}[{i}]", self.name), item)).collect())
    }

    pub(super) fn one_of(&self, values: &[&str]) -> Result<&'a str, GraphError> {
        match self.value.as_str() {
            Some(value) if values.contains(&value) => Ok(value),
            _ => Err(self.must(&format!("be one of {{{}}}", values.join(", ")))),
        }
    }

    pub(super) fn number(&self) -> Result<(), GraphError> {
        if self.value.is_number() { Ok(()) } else { Err(self.must("be a number")) }
    }

    pub(super) fn http_url(&self) -> Result<&'a str, GraphError> {
        let url = self.string()?;
        if is_http_url(url) { Ok(url) } else { Err(self.must("be a valid URL")) }
    }

    pub(super) fn optional_url(&self, key: &str) -> Result<(), GraphError> {
        self.get(key).map_or(Ok(()), |param| param.http_url().map(drop))
    }
}
