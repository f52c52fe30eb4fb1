//! Meta's JSON, written member by member.

use channel_api::JsonObject;
use serde_json::Value;

/// A JSON object that is being written. What is absent is left out, never null.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Object(JsonObject);

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub(crate) fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// A member that is text.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    #[must_use]
    pub(crate) fn maybe(self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

impl From<JsonObject> for Object {
    fn from(members: JsonObject) -> Self {
        Self(members)
    }
}

impl FromIterator<(String, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

/// A list of objects.
pub(crate) fn list<T>(items: &[T], object: impl Fn(&T) -> Object) -> Value {
    items.iter().map(|item| Value::from(object(item))).collect()
}

/// Takes away all that is null, so that an absent field of a model is absent in Meta's JSON.
pub(crate) fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(elements) => elements.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// `addressLine1` → `address_line_1`.
pub(crate) fn snake_case(camel: &str) -> String {
    let mut snake = String::with_capacity(camel.len() + 2);
    let mut before = '_';
    for character in camel.chars() {
        if (character.is_ascii_uppercase() || (character.is_ascii_digit() && !before.is_ascii_digit())) && before != '_'
        {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
        before = character;
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_become_meta_s() {
        for (from, to) in [("addressLine1", "address_line_1"), ("address_line_2", "address_line_2"), ("city", "city")] {
            assert_eq!(snake_case(from), to);
        }
    }

    #[test]
    fn nulls_go_at_every_depth() {
        let mut value = json!({"a": null, "b": [{"c": null, "d": 0}], "e": false});
        without_nulls(&mut value);
        assert_eq!(value, json!({"b": [{"d": 0}], "e": false}));
    }
}
