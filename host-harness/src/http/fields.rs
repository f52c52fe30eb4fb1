//! [`Fields`]: what a query or an object says, field by field. Each is taken out by its name, with its rule; all that is wrong is told
//! together, each at its place.

use std::ops::RangeInclusive;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use channel_api::{Issue, Pointer};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Problem;

/// What a query or an object says, and what was wrong with what has been taken out of it.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    given: Map<String, Value>,
    /// It is a query's, where numbers are texts.
    is_query: bool,
    issues: Vec<Issue>,
}

impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, "bad_query", "the query must be name=value&name=value")
        })?;
        let mut fields = Self { is_query: true, ..Self::default() };
        for (name, value) in pairs {
            if fields.given.contains_key(&name) {
                fields.refuse(&name, "repeated", "must be given once");
            }
            fields.given.insert(name, value.into());
        }
        Ok(fields)
    }
}

impl Fields {
    /// What an object says.
    pub(crate) fn of(object: Map<String, Value>) -> Self {
        Self { given: object, ..Self::default() }
    }

    /// The same of what should be one.
    pub(super) fn of_body(body: Value) -> Self {
        if let Value::Object(object) = body {
            return Self::of(object);
        }
        Self { issues: vec![Issue::new(&Pointer::ROOT, "type", "must be an object")], ..Self::default() }
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, "must be a text", |given, _| given.as_str().map(str::to_owned))
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        self.take(name, "must be true or false", |given, is_query| match given {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if is_query => text.parse().ok(),
            _ => None,
        })
    }

    pub(super) fn time(&mut self, name: &str) -> Option<Timestamp> {
        let rule = "must be a time as RFC 3339 writes it, such as 2026-01-02T15:04:05Z";
        self.take(name, rule, |given, _| given.as_str()?.parse().ok())
    }

    /// One of these, by its word.
    pub(super) fn one_of<T: Copy>(&mut self, name: &str, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
        let words: Vec<_> = all.iter().map(|one| word(*one)).collect();
        let rule = format!("must be one of {}", words.join(", "));
        self.take(name, &rule, |given, _| all.iter().copied().find(|one| given.as_str() == Some(word(*one))))
    }

    /// A whole number in these bounds.
    pub(super) fn number(&mut self, name: &str, bounds: RangeInclusive<u64>) -> Option<u64> {
        let (least, most) = bounds.clone().into_inner();
        let rule = match most {
            u64::MAX => format!("must be a whole number, {least} or more"),
            _ => format!("must be a whole number from {least} to {most}"),
        };
        let number = self.take(name, &rule, whole)?;
        if bounds.contains(&number) {
            return Some(number);
        }
        let issue = Issue::new(&Pointer::ROOT.key(name), "range", format!("{rule}, and is {number}"));
        let size = |number| usize::try_from(number).unwrap_or(usize::MAX);
        self.issues.push(issue.with_limit(size(most), size(number)));
        None
    }

    /// How many are asked for at most.
    pub(super) fn limit(&mut self, most: usize) -> Option<usize> {
        self.number("limit", 1..=most as u64).and_then(|limit| usize::try_from(limit).ok())
    }

    /// Where an earlier answer has ended. `nextCursor` is a text, so that no reader takes it for a number to calculate with.
    pub(super) fn cursor(&mut self) -> Option<u64> {
        self.take("cursor", "must be the nextCursor of an earlier answer", |given, _| whole(given, true))
    }

    /// Nothing else may be said.
    ///
    /// # Errors
    /// All that was wrong: a problem that `refusal` makes of a sentence, with what is wrong in its `issues`.
    pub(super) fn end(mut self, refusal: impl FnOnce(String) -> Problem) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.given).keys() {
            self.refuse(name, "unknown_field", "is not known here");
        }
        if self.issues.is_empty() {
            return Ok(());
        }
        let told = self.issues.iter().map(|issue| {
            let name = issue.pointer.strip_prefix('/').unwrap_or("the body");
            format!("{name} {}", issue.message)
        });
        let told: Vec<_> = told.collect();
        Err(refusal(told.join("; ")).with("issues", json!(self.issues)))
    }

    fn take<T>(&mut self, name: &str, rule: &str, read: impl FnOnce(&Value, bool) -> Option<T>) -> Option<T> {
        let given = self.given.remove(name).filter(|given| !given.is_null())?;
        let read = read(&given, self.is_query);
        if read.is_none() {
            self.refuse(name, "type", rule);
        }
        read
    }

    fn refuse(&mut self, name: &str, code: &'static str, message: &str) {
        self.issues.push(Issue::new(&Pointer::ROOT.key(name), code, message));
    }
}

fn whole(given: &Value, texts_too: bool) -> Option<u64> {
    match given {
        Value::String(text) if texts_too => text.parse().ok(),
        given => given.as_u64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fields: Fields) -> Value {
        let refusal = |message| Problem::new(StatusCode::BAD_REQUEST, "bad_query", message);
        fields.end(refusal).map_or_else(Problem::document, |()| Value::Null)
    }

    async fn query(query: &str) -> Fields {
        let request = http::Request::builder().uri(format!("/?{query}")).body(()).unwrap();
        Fields::from_request_parts(&mut request.into_parts().0, &()).await.unwrap()
    }

    #[tokio::test]
    async fn each_field_is_told_what_it_must_be() {
        for (given, message) in [
            ("limit=0", "limit must be a whole number from 1 to 200, and is 0"),
            ("limit=201", "limit must be a whole number from 1 to 200, and is 201"),
            ("limit=many", "limit must be a whole number from 1 to 200"),
            ("limit=-1", "limit must be a whole number from 1 to 200"),
            ("limit=1&limit=2", "limit must be given once"),
            ("force=yes", "force must be true or false"),
            ("after=soon", "after must be a time as RFC 3339 writes it, such as 2026-01-02T15:04:05Z"),
            ("cursor=next", "cursor must be the nextCursor of an earlier answer"),
            ("colour=red", "colour is not known here"),
            ("limit=0&force=1", "limit must be a whole number from 1 to 200, and is 0; force must be true or false"),
        ] {
            let mut fields = query(given).await;
            fields.limit(200);
            fields.flag("force");
            fields.time("after");
            fields.cursor();
            let told = told(fields);
            assert_eq!(told["message"], message, "{given}");
            let pointer = format!("/{}", given.split('=').next().unwrap());
            assert_eq!(told["issues"][0]["pointer"], pointer, "{given}");
        }
        let mut good = query("limit=200&force=true&after=2026-01-02T15:04:05%2B02:00&cursor=17&word=b").await;
        assert_eq!((good.limit(200), good.flag("force"), good.cursor()), (Some(200), Some(true), Some(17)));
        assert!(good.time("after").is_some());
        assert_eq!(good.one_of("word", &["a", "b"], |word| word), Some("b"));
        assert_eq!(told(good), Value::Null);
    }

    #[test]
    fn an_object_has_numbers_where_a_query_has_texts() {
        let Value::Object(object) = json!({"limit": 5, "force": true, "cursor": "17", "code": null}) else { panic!() };
        let mut good = Fields::of(object);
        assert_eq!((good.limit(9), good.flag("force"), good.cursor()), (Some(5), Some(true), Some(17)));
        assert_eq!(good.text("code"), None);
        assert_eq!(told(good), Value::Null);
        let Value::Object(object) = json!({"limit": "5", "force": "true", "code": 7}) else { panic!() };
        let mut bad = Fields::of(object);
        assert_eq!((bad.limit(9), bad.flag("force"), bad.text("code")), (None, None, None));
        assert_eq!(told(bad)["issues"].as_array().map(Vec::len), Some(3));
        assert_eq!(told(Fields::of_body(json!([])))["message"], "the body must be an object");
    }
}
