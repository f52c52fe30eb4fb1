//! Which adapters are measured, and what is said of them.

use channel_api::{ErrorKind, Registration};
use channel_conformance::Outcome;

use super::*;

fn facebook() -> Registration {
    *Registry::discover().unwrap().get("facebook").unwrap()
}

fn without_fixture() -> Subject {
    Subject::new(facebook()).with_fixture(None)
}

#[test]
fn one_type_or_all() {
    let registry = Registry::discover().unwrap();
    assert_eq!(subjects(&registry, None).unwrap().len(), registry.iter().count());
    assert_eq!(subjects(&registry, Some("messenger")).unwrap()[0].registration().id, "facebook");
    let error = subjects(&registry, Some("pigeon")).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "registry.unknown_type"));
}

#[test]
fn nothing_measured_is_nothing_shown() {
    assert!(!is_good(&[]));
    assert!(!is_good(&[Report::default()]));
}

#[test]
fn without_a_fixture_one_case_fails_and_the_others_say_why_they_did_not_run() {
    let mut lines = Vec::new();
    let reports = run(&[without_fixture()], |case| {
        lines.push(table::case(case));
        Ok::<_, std::convert::Infallible>(())
    });
    let reports = reports.unwrap();
    assert_eq!(reports[0].counts(), (0, 1, CASES.len() - 1));
    assert!(!is_good(&reports));
    assert!(lines[0].starts_with("FAILED   registration.brings_a_fixture"), "{}", lines[0]);
    assert!(lines[0].contains("REG-5") && lines[0].contains("expected one fixture"), "{}", lines[0]);
    assert!(lines[1].ends_with("the adapter brings no fixture"), "{}", lines[1]);
    let summary = together(&reports).summary();
    let cases = CASES.len();
    assert_eq!(
        summary,
        format!("conformance: facebook FAILED: 0 of {cases} cases, 1 failed, {} skipped, 0 clauses", cases - 1)
    );
}

#[test]
fn the_report_s_json_is_as_documented() {
    let subject = Subject::new(facebook());
    let case = |id: &str| subject.run_case(CASES.iter().find(|case| case.id == id).unwrap());
    let report = Report { cases: vec![case("registration.identity"), case("profile.calls_in_order")] };
    let skipped = matches!(report.cases[1].outcome, Outcome::Skipped(_));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["passed"], if skipped { 1 } else { 2 });
    assert_eq!(
        json["cases"][0],
        serde_json::json!({"id": "registration.identity", "clause": "REG-1", "adapter": "facebook", "outcome": "passed"})
    );
    assert_eq!(json["cases"][1].get("reason").is_some(), skipped);
}
