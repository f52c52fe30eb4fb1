//! The table against the list of what there is, row by row, and the rules by which a row is found.

use std::collections::{HashMap, HashSet};

use channel_api::ErrorKind::{self, ProviderFailed, RateLimited, Rejected, ThreadOwned};

use channel_api::Scope;

use super::super::error_table::error_table;
use super::super::errors::rule_for;
use super::documented::Again::{Safe, Unsure};
use super::documented::{BY_WORDS, DOCUMENTED, REPORTED, again};

fn given(number: i64) -> Option<i64> {
    Some(number).filter(|number| *number != 0)
}

#[test]
fn every_known_failure_is_there() {
    for &(code, subcode, kind, advice, name) in DOCUMENTED.iter().chain(REPORTED) {
        let rule = rule_for(given(code), given(subcode), "").unwrap_or_else(|| panic!("{code}/{subcode} is missing"));
        let found = (rule.kind, again(rule.retry), rule.name.trim_start_matches("facebook."));
        assert_eq!(found, (kind, advice, name), "{code}/{subcode} found {rule}");
        if subcode != 0 {
            assert_eq!(
                (rule.code, rule.subcode),
                (Some(code), Some(subcode)),
                "{code}/{subcode} has no row of its own"
            );
        }
    }
    for &(code, subcode, said, kind, advice, name) in BY_WORDS {
        let rule = rule_for(given(code), given(subcode), said).unwrap_or_else(|| panic!("{code}/{subcode} {said}"));
        let found = (rule.kind, again(rule.retry), rule.name.trim_start_matches("facebook."));
        assert_eq!(found, (kind, advice, name), "{code}/{subcode} {said} found {rule}");
    }
}

#[test]
fn every_row_is_expected_and_reached_by_its_own_numbers() {
    let numbers = DOCUMENTED.iter().chain(REPORTED).map(|row| (row.0, row.1));
    let expected: HashSet<(i64, i64)> = numbers.collect();
    let reached: HashSet<String> = BY_WORDS
        .iter()
        .filter_map(|row| rule_for(given(row.0), given(row.1), row.2))
        .map(ToString::to_string)
        .collect();
    for rule in error_table() {
        let (code, subcode) = (rule.code, rule.subcode);
        let found = rule_for(code, subcode, rule.words.unwrap_or_default()).unwrap();
        assert_eq!(found, rule, "{rule} is hidden by {found}");
        let key = match (code, subcode) {
            (None, Some(number)) => (number, 0),
            (code, subcode) => (code.unwrap_or_default(), subcode.unwrap_or_default()),
        };
        let is_listed =
            if rule.words.is_some() { reached.contains(&rule.to_string()) } else { expected.contains(&key) };
        assert!(is_listed, "{rule} is not in the lists of this test");
    }
}

/// Words that name a cause. What stands for everything under a code has none of them.
const CAUSES: [&str; 12] = [
    "tag",
    "permission",
    "review",
    "longer",
    "empty",
    "expired",
    "password",
    "development mode",
    "role",
    "template",
    "removed",
    "lacks",
];

#[test]
fn what_stands_for_everything_names_no_cause() {
    let all: Vec<_> = error_table().iter().filter(|rule| rule.catch_all).collect();
    for rule in &all {
        assert_eq!(rule.words, None, "{rule}");
        assert!(rule.hint.contains("Meta's own words"), "{rule}: {}", rule.hint);
        let text = format!("{} {}", rule.sentence, rule.hint).to_ascii_lowercase();
        for cause in CAUSES {
            assert!(!text.contains(cause), "{rule} names a cause, {cause}: {text}");
        }
    }
    // Every code under which Meta's own rows differ, and every range.
    for code in [1, 2, 10, 100, 190, 200] {
        assert!(all.iter().any(|rule| rule.code == Some(code)), "{code}");
    }
    for rule in error_table().iter().filter(|rule| rule.through.is_some() && rule.words.is_none()) {
        let one_thing = rule.name == "facebook.extensions_sdk";
        assert!(rule.catch_all || one_thing, "{rule} is a range of which each number means something of its own");
    }
}

#[test]
fn no_row_is_there_twice() {
    let mut seen = HashSet::new();
    for rule in error_table() {
        assert!(seen.insert((rule.code, rule.subcode, rule.words)), "{rule}");
    }
    assert_eq!(seen.len(), error_table().len());
}

#[test]
fn rows_are_fit_for_people_and_programs() {
    let mut kinds: HashMap<&str, ErrorKind> = HashMap::new();
    for rule in error_table() {
        let name = rule.name.strip_prefix("facebook.").unwrap_or_default();
        assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{rule}: {}", rule.name);
        assert_eq!(*kinds.entry(rule.name).or_insert(rule.kind), rule.kind, "{} means one thing", rule.name);
        assert!(rule.sentence.ends_with('.') && !rule.sentence.contains("  "), "{rule}: {}", rule.sentence);
        assert!(rule.hint.ends_with('.') && !rule.hint.contains("  "), "{rule}: {}", rule.hint);
        assert!(rule.source.starts_with("https://"), "{rule}");
        // Never twice what may have been sent: a refusal that is certain is a refusal of the call as such.
        if again(rule.retry) == Safe {
            assert!(matches!(rule.kind, RateLimited | ThreadOwned | Rejected), "{rule}");
        }
        if rule.kind == ProviderFailed {
            assert_eq!(again(rule.retry), Unsure, "{rule}: a failure of Meta's tells nothing of what was done");
        }
    }
    assert!(kinds.len() > 60);
}

#[test]
fn the_subcode_decides_then_the_words_then_the_code_then_the_range() {
    for (code, subcode, message, name) in [
        // The subcode means the same under a code that Meta did not document.
        (Some(100), Some(2_018_278), "", "facebook.window_closed"),
        (None, Some(2_018_300), "", "facebook.thread_owned"),
        (Some(10), Some(2_018_321), "", "facebook.thread_automated"),
        (Some(2_018_321), Some(5), "", "facebook.thread_automated"),
        (Some(100), Some(2_018_392), "", "facebook.call_failed"),
        // Small subcodes mean something only with their code.
        (Some(100), Some(463), "", "facebook.invalid_parameter"),
        (Some(190), Some(33), "", "facebook.token_invalid"),
        (Some(613), Some(99), "", "facebook.rate_limited"),
        // Words, where the numbers do not tell.
        (Some(100), Some(2_018_001), "No matching user found, appsecret_proof", "facebook.person_unknown"),
        (Some(10), Some(2_018_278), "permission for the feature Human Agent", "facebook.window_closed"),
        (Some(230), Some(7), "", "facebook.permission_missing"),
        (Some(250), Some(7), "", "facebook.not_allowed"),
    ] {
        assert_eq!(
            rule_for(code, subcode, message).map(|rule| rule.name),
            Some(name),
            "{code:?}/{subcode:?} {message}"
        );
    }
    for (code, subcode) in
        [(None, None), (Some(2500), None), (Some(300), None), (Some(199), None), (Some(463), None), (Some(0), Some(0))]
    {
        assert_eq!(rule_for(code, subcode, ""), None, "{code:?}/{subcode:?}");
    }
}

#[test]
fn rows_print_as_meta_s_tables_do() {
    let shown: Vec<String> = error_table().iter().map(ToString::to_string).collect();
    for row in [
        "190/463",
        "200-299",
        "200-299 \"permission\"",
        "2018300",
        "10/2018300",
        "2018389-2018396",
        "any \"appsecret_proof\"",
    ] {
        assert!(shown.iter().any(|shown| shown == row), "{row}");
    }
}

#[test]
fn a_limit_says_whom_it_stops() {
    for rule in error_table() {
        assert!(rule.kind != RateLimited || rule.scope.is_some(), "{rule}");
    }
    for (code, subcode, scope) in [
        (4, None, Some(Scope::App)),
        (341, None, Some(Scope::App)),
        (17, None, Some(Scope::Account)),
        (32, None, Some(Scope::Account)),
        (80_001, None, Some(Scope::Account)),
        (80_006, None, Some(Scope::Account)),
        (368, None, Some(Scope::Account)),
        (10, Some(1_893_063), Some(Scope::Account)),
        (613, None, Some(Scope::Call)),
        // They fail one message.
        (4, Some(2_018_354), None),
        (613, Some(1_893_016), None),
        (613, Some(2_018_338), None),
        (9, Some(2_018_352), Some(Scope::Message)),
    ] {
        let rule = rule_for(Some(code), subcode, "").unwrap();
        assert_eq!(rule.scope, scope, "{rule}");
    }
}
