//! The calls that operations make, and the fields that many of them share.

use channel_api::{Method, Pointer, ProviderRequest, Report};
use serde::{Deserialize, Deserializer};

use crate::limits;
use crate::send::rules;

/// A query in which what was not given does not stand.
#[derive(Debug, Default)]
pub(crate) struct Query<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Query<'a> {
    #[must_use]
    pub(crate) fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.0.push((name, value));
        self
    }

    #[must_use]
    pub(crate) fn maybe(self, name: &'a str, value: Option<&'a str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// A GET with this query.
    pub(crate) fn get(self, path: impl Into<String>) -> ProviderRequest {
        ProviderRequest::get(path, &self.0)
    }

    /// A DELETE with this query.
    pub(crate) fn delete(self, path: impl Into<String>) -> ProviderRequest {
        let mut request = self.get(path);
        request.method = Method::Delete;
        request
    }
}

/// How many items to ask for.
///
/// Source: <https://developers.facebook.com/docs/graph-api/results>
#[derive(Debug, Default)]
pub(crate) struct Piece {
    after: Option<String>,
    limit: Option<String>,
}

impl Piece {
    pub(crate) fn new(after: Option<String>, limit: Option<u32>) -> Self {
        Self { after, limit: limit.map(|limit| limit.to_string()) }
    }

    pub(crate) fn of<'a>(&'a self, query: Query<'a>) -> Query<'a> {
        query.maybe("after", self.after.as_deref()).maybe("limit", self.limit.as_deref())
    }
}

/// The rule of `limit`.
pub(crate) fn check_limit(limit: Option<u32>, report: &mut Report) {
    rules::between(&Pointer::ROOT.key("limit"), limit, &limits::LIST_LIMIT, report);
}

/// For `#[serde(deserialize_with = "…")]` on a text that may be left out: a form sends an empty one for a field that was left
/// alone.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.trim().is_empty()))
}
