//! Every limit that the adapter names is enforced at both ends, at its place and under its name; and the schema, which was
//! written from Meta's pages, draws the same line.

mod cases;

use channel_api::capability::{Limit, Unit};
use facebook_channel::limits;
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};

use crate::adapter::{denormalize, places};
use crate::places::with;
use crate::schema::{allows, complaints};
use crate::spelling::{snake, wire_pointer};
use cases::Case;

/// Sizes on this side of the line: the smallest and the largest that are allowed.
fn allowed(limit: &Limit) -> Vec<usize> {
    vec![limit.min, limit.max]
}

/// Sizes on the other side. That an empty text is missing and not too short is for another rule.
fn broken(case: &Case, limit: &Limit) -> impl Strategy<Value = usize> + use<> {
    let above = limit.max + 1..=limit.max + case.above;
    let least = usize::from(limit.unit == Unit::Characters);
    if case.below && limit.min > least { prop_oneof![2 => above, 1 => least..limit.min].boxed() } else { above.boxed() }
}

fn check(case: &Case, limit: &'static Limit) -> Result<(), String> {
    let at = wire_pointer(case.at);
    let wire = case.wire.unwrap_or(case.sized);
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) });
    let tried = runner.run(&(case.good.clone(), broken(case, limit)), |(good, size)| {
        let body =
            denormalize(&good).map_err(|issues| TestCaseError::fail(format!("{:?}", places(&issues))))?.remove(0);
        for size in allowed(limit) {
            let taken = denormalize(&with(good.clone(), case.at, (case.sized)(size)));
            prop_assert!(taken.is_ok(), "{} with {size}: {:?}", case.at, taken.map_err(|issues| places(&issues)));
            let body = with(body.clone(), &at, snake(&wire(size)));
            // An empty list is left out of a body.
            prop_assert!(size == 0 || allows(&body), "the schema refuses {at} with {size}: {:?}", complaints(&body));
        }
        let refused = denormalize(&with(good, case.at, (case.sized)(size)));
        let issues = refused.err().ok_or_else(|| TestCaseError::fail(format!("{} with {size} passes", case.at)))?;
        let [issue] = issues.as_slice() else {
            return Err(TestCaseError::fail(format!("one rule is broken, and told is {:?}", places(&issues))));
        };
        let bound = if size > limit.max { limit.max } else { limit.min };
        prop_assert!(issue.pointer.starts_with(case.at), "{issue:?} is not at {}", case.at);
        prop_assert_eq!(&*issue.code, limit.name);
        prop_assert_eq!((issue.limit, issue.actual), (Some(bound as u64), Some(size as u64)), "{:?}", issue);
        prop_assert!(!issue.message.is_empty());
        prop_assert!(!allows(&with(body, &at, snake(&wire(size)))), "the schema allows {at} with {size}");
        Ok(())
    });
    tried.map_err(|error| match error {
        TestError::Fail(reason, _) => format!("{}: {reason}", limit.name),
        error @ TestError::Abort(_) => format!("{}: {error}", limit.name),
    })
}

#[test]
fn every_limit_is_enforced_at_its_place_and_stands_on_meta_s_pages() {
    let cases = cases::all();
    let mut failed = Vec::new();
    for case in &cases {
        match limits::ALL.iter().find(|limit| limit.name == case.limit) {
            Some(limit) => failed.extend(check(case, limit).err()),
            None => failed.push(format!("there is no limit {}", case.limit)),
        }
    }
    let tried = |limit: &Limit| cases.iter().any(|case| case.limit == limit.name);
    failed
        .extend(limits::ALL.iter().filter(|limit| !tried(limit)).map(|limit| format!("{} is never tried", limit.name)));
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
