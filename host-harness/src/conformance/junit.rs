//! The report as `JUnit` XML, which every CI draws.

use std::fmt::Write as _;

use channel_conformance::{CaseReport, Outcome, Report};

/// One suite for each adapter, one test case for each case.
pub fn xml(reports: &[Report]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"conformance\">\n".to_owned();
    for report in reports {
        let (_, failed, skipped) = report.counts();
        let adapter = report.cases.first().map_or("", |case| case.adapter);
        let took: f64 = report.cases.iter().map(|case| case.took.as_secs_f64()).sum();
        line(
            &mut xml,
            &format!(
                "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" time=\"{took:.3}\">",
                escaped(adapter),
                report.cases.len()
            ),
        );
        report.cases.iter().for_each(|case| test_case(&mut xml, case));
        line(&mut xml, "  </testsuite>");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn test_case(xml: &mut String, report: &CaseReport) {
    let (area, name) = report.case.id.split_once('.').unwrap_or(("", report.case.id));
    let head = format!(
        "    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{:.3}\"",
        escaped(report.adapter),
        escaped(area),
        escaped(name),
        report.took.as_secs_f64()
    );
    match &report.outcome {
        Outcome::Passed => line(xml, &format!("{head}/>")),
        Outcome::Failed(_) => {
            let message = format!("{}: {}", report.case.clause, report.case.clause_text());
            let body = escaped(&report.to_string());
            line(xml, &format!("{head}><failure message=\"{}\">{body}</failure></testcase>", escaped(&message)));
        }
        other => {
            let reason = escaped(&other.reason().unwrap_or_default());
            line(xml, &format!("{head}><skipped message=\"{reason}\"/></testcase>"));
        }
    }
}

fn line(xml: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _written = writeln!(xml, "{text}");
}

/// The text as it may stand in an attribute or between tags. What XML 1.0 cannot hold at all becomes a question mark.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            other if other.is_control() || matches!(other, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use channel_conformance::{CASES, Finding};

    use super::*;

    fn report(outcome: Outcome) -> Report {
        Report { cases: vec![CaseReport::new(&CASES[0], "pigeon", outcome, Duration::from_millis(1500))] }
    }

    #[test]
    fn every_outcome_has_its_element() {
        let failed = Outcome::Failed(vec![Finding::new("here", "<a>", "\"b\" & \u{1b}")]);
        let xml = xml(&[report(Outcome::Passed), report(Outcome::Skipped("no <x>".into())), report(failed)]);
        for part in [
            "<testsuite name=\"pigeon\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"1.500\">",
            "<testcase classname=\"pigeon.registration\" name=\"brings_a_fixture\" time=\"1.500\"/>",
            "<skipped message=\"no &lt;x&gt;\"/>",
            "<failure message=\"REG-5: ",
            "expected &lt;a&gt;&#10;    got      &quot;b&quot; &amp; ?",
        ] {
            assert!(xml.contains(part), "{part} is not in {xml}");
        }
        assert_eq!(xml.matches("<testsuite ").count(), xml.matches("</testsuite>").count());
    }
}
