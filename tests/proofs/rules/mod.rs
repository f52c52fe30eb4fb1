//! What is required, excluded or of the wrong form is told at its place, under its code, and nothing else is told.

mod of_airlines;
mod of_forms;
mod of_messages;
mod of_options;
mod of_templates;

use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use serde_json::Value;

use crate::adapter::{denormalize, places};
use crate::generate::{content, message};
use crate::places::{with, without};

/// One way to break a message.
struct Rule {
    /// Good messages.
    good: BoxedStrategy<Value>,
    /// Where they are broken.
    at: String,
    /// What is put there; nothing takes away what is there.
    new: Option<Value>,
    /// Where that is told.
    told: String,
    /// Under which code.
    code: &'static str,
}

fn rule(good: BoxedStrategy<Value>, at: &str, new: impl Into<Option<Value>>, code: &'static str) -> Rule {
    Rule { good, at: at.to_owned(), new: new.into(), told: at.to_owned(), code }
}

impl Rule {
    /// It is told somewhere else than where the message is broken.
    fn told_at(self, told: &str) -> Self {
        Self { told: told.to_owned(), ..self }
    }

    /// It is told below the place where the message is broken.
    fn told_below(self, below: &str) -> Self {
        let told = format!("{}{below}", self.at);
        self.told_at(&told)
    }
}

/// Breaks a template of this type at a place below `/content/template`.
fn template(kind: &'static str, at: &str, new: impl Into<Option<Value>>, code: &'static str) -> Rule {
    rule(message::of(content::of_template(kind)), &format!("/content/template{at}"), new, code)
}

fn check(rule: &Rule) -> Result<(), String> {
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) });
    let tried = runner.run(&rule.good, |good| {
        prop_assert!(denormalize(&good).is_ok(), "{:?}", denormalize(&good).map_err(|issues| places(&issues)));
        let broken = match &rule.new {
            Some(new) => with(good, &rule.at, new.clone()),
            None => without(good, &rule.at),
        };
        let Err(issues) = denormalize(&broken) else { return Err(TestCaseError::fail("it passes")) };
        let told: Vec<_> = issues.iter().map(|issue| (issue.pointer.as_str(), &*issue.code)).collect();
        prop_assert_eq!(told, [(rule.told.as_str(), rule.code)], "{:?}", places(&issues));
        Ok(())
    });
    tried.map_err(|error| match error {
        TestError::Fail(reason, _) => format!("{} ← {:?}: {reason}", rule.at, rule.new),
        error @ TestError::Abort(_) => format!("{} ← {:?}: {error}", rule.at, rule.new),
    })
}

fn hold(rules: &[Rule]) {
    let failed: Vec<_> = rules.iter().filter_map(|rule| check(rule).err()).collect();
    assert!(failed.is_empty(), "{} of {} rules do not hold:\n{}", failed.len(), rules.len(), failed.join("\n\n"));
}
