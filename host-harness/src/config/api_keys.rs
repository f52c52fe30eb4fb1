//! Who may use the API: `[[api_keys]]`, each with a name, and `api_key` of `[server]`, which is the short form of one.

use std::sync::Arc;

use channel_api::{Error, ErrorKind, Issue, Pointer, Report, Result, Secret};
use serde::Deserialize;

/// The name of the key that `[server]` holds.
const SHORT_FORM: &str = "default";

/// One `[[api_keys]]` of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    name: String,
    key: Secret,
}

/// The keys that open the API, each with its name.
#[derive(Clone, Debug, Default)]
pub struct ApiKeys(Vec<(Arc<str>, Secret)>);

impl ApiKeys {
    /// One key, as `api_key` of `[server]` gives it.
    #[must_use]
    pub fn one(key: impl Into<Secret>) -> Self {
        Self(vec![(SHORT_FORM.into(), key.into())])
    }

    /// The name of the key that is given. All of them are compared, so that the time it takes tells nothing.
    pub(crate) fn name_of(&self, given: &[u8]) -> Option<Arc<str>> {
        let mut known = None;
        for (name, key) in &self.0 {
            if key.matches(given) {
                known = Some(name);
            }
        }
        known.cloned()
    }

    /// A key that opens the API, for whoever has the configuration.
    pub(crate) fn any(&self) -> Option<&Secret> {
        self.0.first().map(|(_, key)| key)
    }

    /// Refuses to go on without a key: an API that anybody can call sends messages in the account's name.
    pub(super) fn require(&self) -> Result<()> {
        if !self.0.is_empty() {
            return Ok(());
        }
        let mut report = Report::default();
        let server = Pointer::ROOT.key("server");
        let issue = Issue::new(&server.key("api_key"), "required", "the API needs a key");
        report.refuse(issue.with_hint("set it to a long random text, or to { env = \"LINKTOR_API_KEY\" }"));
        Err(Error::refused(ErrorKind::Config, "invalid_config", "the configuration", report))
    }
}

/// The keys of the file.
pub(super) fn keys(short_form: Secret, entries: Vec<Entry>, at: &Pointer<'_>, report: &mut Report) -> ApiKeys {
    let mut keys = if short_form.is_empty() { ApiKeys::default() } else { ApiKeys::one(short_form) };
    for (index, Entry { name, key }) in entries.into_iter().enumerate() {
        let at = at.index(index);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(fits) {
            let message = "must be letters, digits, - and _: it tells the keys apart in the log";
            report.refuse(Issue::new(&at.key("name"), "name", message));
        } else if keys.0.iter().any(|(earlier, _)| **earlier == *name) {
            let issue = Issue::new(&at.key("name"), "duplicate", "another key has this name");
            report.refuse(issue.with_hint("the key in [server] api_key has the name \"default\""));
        }
        if key.is_empty() {
            let issue = Issue::new(&at.key("key"), "required", "must be a key");
            report.refuse(issue.with_hint("set it to a long random text, or to { env = \"…\" } or { file = \"…\" }"));
        } else if keys.0.iter().any(|(_, earlier)| earlier.matches(key.expose().as_bytes())) {
            let issue = Issue::new(&at.key("key"), "duplicate", "another name has this key");
            report.refuse(issue.with_hint("give each name a key of its own, or who asks cannot be told"));
        }
        keys.0.push((name.into(), key));
    }
    keys
}
