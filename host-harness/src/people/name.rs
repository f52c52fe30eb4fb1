use serde_json::{Map, Value};

/// A person's name, as far as the provider tells it. Words of theirs: it goes into no log.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) first: Option<String>,
    pub(crate) last: Option<String>,
    /// The name as one, where its parts are not told.
    pub(crate) whole: Option<String>,
}

impl Name {
    /// The name among a profile's facts; `None` if there is nothing of it.
    pub(crate) fn of(facts: &Map<String, Value>) -> Option<Self> {
        // On one line, whatever somebody has put into their profile.
        let part = |name: &str| {
            let words: Vec<&str> = facts.get(name)?.as_str()?.split_whitespace().collect();
            Some(words.join(" ")).filter(|part| !part.is_empty())
        };
        let name = Self { first: part("firstName"), last: part("lastName"), whole: part("name") };
        (name.first.is_some() || name.last.is_some() || name.whole.is_some()).then_some(name)
    }

    /// First and last, as far as they are known.
    pub(crate) fn full(&self) -> Option<String> {
        match (&self.first, &self.last) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (one, other) => one.as_ref().or(other.as_ref()).or(self.whole.as_ref()).cloned(),
        }
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Name(..)")
    }
}
