//! A rule that does not fire allocates nothing.

use channel_api::{Issue, Pointer, Report};

use crate::address;
use crate::limits;
use crate::rules;

/// Every rule on a value that it has nothing against.
fn content_with_all(at: &Pointer<'_>, report: &mut Report) {
    let long = "a text of some length, with an é in it";
    rules::filled(at, Some(long), "say something", report);
    rules::fits(at, Some(long), &limits::TEXT, report);
    rules::words(&at.key("title"), Some("Buy now"), "say something", &limits::METADATA, report);
    rules::count(&at.key("elements").index(9), 2, &limits::QUICK_REPLIES, "quick replies", report);
    rules::choice(at, Some("full"), &["compact", "tall", "full"], report);
    rules::required_choice(at, Some("full"), &["compact", "tall", "full"], report);
    rules::exactly_one(at, &[("url", true), ("attachmentId", false)], report);
    rules::absent(at, false, "leave it out", report);
    rules::format(at, Some("+15105551234"), |text| text.starts_with('+'), "begins with +", report);
    rules::between(at, Some(3), &limits::QUICK_REPLIES, report);
    let url = address::required(at, Some("https://shop.example.org:443/a?b=c"), report);
    address::fetched(at, url, address::UPLOAD, report);
    address::opened_securely(at, url, report);
    address::none_in(at, Some(long), report);
    rules::doubtful(at, false, "doubt", "is not certain", report);
}

fn allocations(check: impl FnOnce(&mut Report)) -> u64 {
    let mut report = Report::default();
    let counted = allocation_counter::measure(|| check(&mut report)).count_total;
    drop(report);
    counted
}

#[test]
fn rules_that_do_not_fire_allocate_nothing() {
    assert_eq!(allocations(|report| content_with_all(&Pointer::ROOT.key("content"), report)), 0);
}

#[test]
fn a_rule_that_fires_is_counted() {
    assert_ne!(allocations(|report| rules::filled(&Pointer::ROOT, None, "say something", report)), 0);
    assert_ne!(allocations(|report| report.warn(Issue::new(&Pointer::ROOT, "code", "words"))), 0);
}
