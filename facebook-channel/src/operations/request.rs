//! [`Query`]: what stands behind the question mark of a call.

use channel_api::{Method, ProviderRequest};

/// A query in which what was not given does not stand.
#[derive(Debug, Default)]
pub(super) struct Query<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Query<'a> {
    #[must_use]
    pub(super) fn with(mut self, name: &'a str, value: &'a str) -> Self {
        self.0.push((name, value));
        self
    }

    #[must_use]
    pub(super) fn maybe(self, name: &'a str, value: Option<&'a str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// A GET with this query.
    pub(super) fn get(self, path: impl Into<String>) -> ProviderRequest {
        ProviderRequest::get(path, &self.0)
    }

    /// A DELETE with this query.
    pub(super) fn delete(self, path: impl Into<String>) -> ProviderRequest {
        let mut request = self.get(path);
        request.method = Method::DELETE;
        request
    }
}
