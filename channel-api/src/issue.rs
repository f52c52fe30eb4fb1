//! What is wrong with a document, said so that its author can mend it: [`Issue`], [`Report`], [`Pointer`].

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Action, JsonObject, Secret, action};

/// The code of a field that nobody reads.
pub(crate) const UNKNOWN_FIELD: &str = "unknown_field";

/// More issues than this help nobody, and their answer would be larger than the document.
pub(crate) const MOST_TOLD: usize = 50;

/// The code of the issue that counts those that are not told.
const MORE: &str = "more";

/// What stands for issues that are not told.
pub(crate) fn more(count: usize) -> Issue {
    Issue::new(&Pointer::ROOT, MORE, format!("and {count} more, which are not told: mend these first"))
        .with_arg("count", count)
}

/// One thing that is wrong with a configuration or a message.
///
/// It never holds the offending value, only its size: the value may be a secret or somebody's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Issue {
    /// Where: a JSON pointer (RFC 6901) into the document as it was given; empty for the whole document.
    pub pointer: String,
    /// Which rule: stable, lower case, dotted. For programs.
    pub code: Cow<'static, str>,
    /// What is wrong and what to do. For people.
    pub message: String,
    /// The limit that the rule enforces, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// The size that was given, in the unit of `limit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<u64>,
    /// What to do next, where the message alone does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The same for programs, where it is known and goes beyond mending the document.
    #[serde(default, deserialize_with = "action::known", skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// What stands in the sentence, by name, so that it can be said in another language. Never the offending value.
    #[serde(default, skip_serializing_if = "JsonObject::is_empty")]
    pub args: JsonObject,
}

impl Issue {
    /// An issue at a place.
    pub fn new(at: &Pointer<'_>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer: at.to_string(),
            code: code.into(),
            message: message.into(),
            limit: None,
            actual: None,
            hint: None,
            action: None,
            args: JsonObject::new(),
        }
    }

    /// Adds the limit and the size that was given.
    #[must_use]
    pub fn with_limit(mut self, limit: usize, actual: usize) -> Self {
        self.limit = Some(limit as u64);
        self.actual = Some(actual as u64);
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the next step for programs.
    #[must_use]
    pub const fn with_action(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }

    /// Adds something that stands in the sentence, by name.
    #[must_use]
    pub fn with_arg(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{place}: {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

/// Collects issues: a check goes on after the first, so that an author hears of all of them at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Why the document cannot be accepted.
    pub refusals: Vec<Issue>,
    /// What the author should know although the document is accepted.
    pub warnings: Vec<Issue>,
}

impl Report {
    /// Notes a reason to refuse.
    pub fn refuse(&mut self, issue: Issue) {
        self.refusals.push(issue);
    }

    /// Refuses what is not as it must be.
    pub fn require(&mut self, is_good: bool, at: &Pointer<'_>, code: &'static str, message: impl Into<String>) {
        if !is_good {
            self.refuse(Issue::new(at, code, message));
        }
    }

    /// Notes something worth knowing.
    pub fn warn(&mut self, issue: Issue) {
        self.warnings.push(issue);
    }

    /// Refuses a secret that is missing, empty or blank: it would protect nothing. `message` says where to find it.
    pub fn require_secret(&mut self, at: &Pointer<'_>, secret: &Secret, message: impl Into<String>) {
        if secret.is_empty() {
            self.refuse(Issue { limit: Some(1), ..Issue::new(at, "length", message) });
        }
    }

    /// Makes refusals of the fields that a reader did not know: where one that has no effect is worse than a refusal.
    pub fn refuse_unknown_fields(&mut self) {
        for mut issue in self.warnings.extract_if(.., |issue| issue.code == UNKNOWN_FIELD) {
            "is not a field that is known here".clone_into(&mut issue.message);
            self.refusals.push(issue);
        }
    }

    /// Keeps the first issues of each list, and one that counts the rest. Returns how many refusals there were.
    pub(crate) fn shorten(&mut self) -> usize {
        let count = shorten(&mut self.refusals);
        shorten(&mut self.warnings);
        count
    }

    /// Takes over what another check found. A place that was refused already is not refused again, nor is anything in it: a
    /// value that could not be read would otherwise be called missing as well. Nor is it warned of.
    pub fn absorb(&mut self, other: Self) {
        let known = self.refusals.len();
        let news = |refusals: &[Issue], issue: &Issue| {
            let within = |place: &str| {
                let rest = issue.pointer.strip_prefix(place).filter(|_| !place.is_empty());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            !refusals.iter().take(known).any(|refused| within(&refused.pointer))
        };
        for issue in other.refusals {
            if news(&self.refusals, &issue) {
                self.refusals.push(issue);
            }
        }
        self.warnings.extend(other.warnings.into_iter().filter(|issue| news(&self.refusals, issue)));
    }
}

fn shorten(issues: &mut Vec<Issue>) -> usize {
    // One that counts others was written where they were found.
    let counters = issues.extract_if(.., |issue| issue.code == MORE);
    let counted: u64 = counters.filter_map(|issue| issue.args.get("count")?.as_u64()).sum();
    let all = issues.len() + usize::try_from(counted).unwrap_or_default();
    issues.truncate(MOST_TOLD);
    if all > issues.len() {
        issues.push(more(all - issues.len()));
    }
    all
}

/// A place in a JSON document, kept on the stack: it costs nothing until an issue is written down.
///
/// ```
/// use channel_api::Pointer;
///
/// let content = Pointer::ROOT.key("content");
/// let replies = content.key("quickReplies");
/// assert_eq!(replies.index(2).key("title").to_string(), "/content/quickReplies/2/title");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pointer<'a> {
    parent: Option<&'a Pointer<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl Pointer<'static> {
    /// The whole document.
    pub const ROOT: Self = Self { parent: None, step: Step::Root };
}

impl<'a> Pointer<'a> {
    /// A member of the object here.
    #[must_use]
    pub const fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    /// An element of the array here.
    #[must_use]
    pub const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            fmt::Display::fmt(parent, f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Key(key) if key.contains(['~', '/']) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Key(key) => write!(f, "/{key}"),
            Step::Index(index) => write!(f, "/{index}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn pointers_escape_as_rfc_6901_says() {
        assert_eq!(Pointer::ROOT.to_string(), "");
        assert_eq!(Pointer::ROOT.key("a/b~c").index(0).to_string(), "/a~1b~0c/0");
    }

    #[test]
    fn an_action_of_a_later_version_reads_as_none() {
        let issue = Issue::new(&Pointer::ROOT, "x", "…").with_action(Action::RepairConnection);
        let mut json = serde_json::to_value(&issue).unwrap();
        assert_eq!(json["action"], "repair_connection");
        assert_eq!(serde_json::from_value::<Issue>(json.clone()).unwrap(), issue);
        json["action"] = "from_next_year".into();
        assert_eq!(serde_json::from_value::<Issue>(json).unwrap().action, None);
    }

    #[test]
    fn what_is_not_told_is_counted_once_wherever_that_was_done() {
        let of = |count: usize| (0..count).map(|index| Issue::new(&Pointer::ROOT.index(index), "x", "…"));
        for (refusals, told, all) in [
            (of(50).collect::<Vec<_>>(), 50, 50),
            (of(51).collect(), 50, 51),
            (of(50).chain([more(7)]).collect(), 50, 57),
            (of(50).chain([more(7)]).chain(of(3)).collect(), 50, 60),
            (of(3).chain([more(7)]).chain(of(60)).collect(), 50, 70),
            (of(1).chain([more(7)]).collect(), 1, 8),
        ] {
            let mut report = Report { refusals, ..Report::default() };
            assert_eq!(report.shorten(), all);
            let untold: Vec<_> = report.refusals.iter().filter_map(|issue| issue.args.get("count").cloned()).collect();
            assert_eq!(report.refusals.len() - untold.len(), told);
            assert_eq!(untold, if all > told { vec![Value::from(all - told)] } else { vec![] });
        }
    }

    #[test]
    fn one_check_may_refuse_a_place_for_two_reasons() {
        let mut report = Report::default();
        let mut rules = Report::default();
        rules.refuse(Issue::new(&Pointer::ROOT.key("text"), "length", "too long"));
        rules.refuse(Issue::new(&Pointer::ROOT.key("text"), "url", "holds an address"));
        report.absorb(rules);
        assert_eq!(report.refusals.len(), 2);
    }

    #[test]
    fn a_place_is_refused_once() {
        let at = Pointer::ROOT;
        let to = at.key("to");
        let mut report = Report::default();
        report.refuse(Issue::new(&to, "type", "not a string"));
        let mut later = Report::default();
        later.refuse(Issue::new(&to, "required", "missing"));
        later.refuse(Issue::new(&at.key("content"), "required", "missing"));
        report.absorb(later);
        let codes: Vec<_> = report.refusals.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        assert_eq!(codes, [("/to", "type"), ("/content", "required")]);
    }
}
