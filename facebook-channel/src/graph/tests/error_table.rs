//! The table against Meta's pages, row by row, and the rules by which a row is found.

use std::collections::{HashMap, HashSet};

use channel_api::ErrorKind::{
    self, Config, Credentials, Permission, ProviderFailed, RateLimited, RecipientUnavailable, Rejected, ThreadOwned,
    WindowClosed,
};
use channel_api::Retry;

use super::super::error_table::error_table;
use super::super::errors::rule_for;

/// Retry advice without its time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Again {
    Never,
    Safe,
    Unsure,
}
use Again::{Never, Safe, Unsure};

fn again(retry: Retry) -> Again {
    match retry {
        Retry::Safe { .. } => Safe,
        Retry::IfIdempotent { .. } => Unsure,
        _ => Never,
    }
}

/// Code and subcode as they come from Meta (0: none), and what they mean.
const DOCUMENTED: &[(i64, i64, ErrorKind, Again)] = &[
    (-1, 0, ProviderFailed, Unsure),
    (1, 0, ProviderFailed, Unsure),
    (1, 99, ProviderFailed, Unsure),
    (1, 1_357_046, ProviderFailed, Unsure),
    (1, 2_018_382, Rejected, Never),
    (2, 0, ProviderFailed, Unsure),
    (2, 2_018_344, Permission, Never),
    (3, 0, Permission, Never),
    (4, 0, RateLimited, Safe),
    (4, 2_018_022, RateLimited, Safe),
    (4, 2_018_354, Rejected, Never),
    (9, 2_018_352, RateLimited, Safe),
    (10, 0, Permission, Never),
    (10, 1_404_170, Permission, Never),
    (10, 1_893_015, Rejected, Never),
    (10, 1_893_063, Permission, Never),
    (10, 2_018_065, WindowClosed, Never),
    (10, 2_018_108, RecipientUnavailable, Never),
    (10, 2_018_278, WindowClosed, Never),
    (10, 2_018_300, ThreadOwned, Never),
    (2_018_300, 0, ThreadOwned, Never),
    (10, 2_018_336, Permission, Never),
    (10, 2_534_022, WindowClosed, Never),
    (10, 2_534_077, Permission, Never),
    (17, 0, RateLimited, Safe),
    (32, 0, RateLimited, Safe),
    (100, 0, Rejected, Never),
    (100, 33, Permission, Never),
    (101, 0, Config, Never),
    (100, 2_018_001, RecipientUnavailable, Never),
    (100, 2_018_008, Rejected, Safe),
    (100, 2_018_014, Rejected, Never),
    (100, 2_018_032, Rejected, Never),
    (100, 2_018_034, Rejected, Never),
    (100, 2_018_047, Rejected, Never),
    (100, 2_018_074, Rejected, Never),
    (100, 2_018_109, Rejected, Never),
    (100, 2_018_164, Config, Never),
    (100, 2_018_218, Rejected, Never),
    (2_018_218, 0, Rejected, Never),
    (100, 2_018_294, Rejected, Unsure),
    (100, 2_018_320, Rejected, Never),
    (100, 2_018_328, Rejected, Never),
    (100, 2_534_013, Permission, Never),
    (100, 2_534_014, RecipientUnavailable, Never),
    (100, 2_534_015, Rejected, Never),
    (100, 2_534_025, Rejected, Never),
    (100, 2_534_029, Permission, Never),
    (100, 2_534_037, ThreadOwned, Never),
    (102, 0, Credentials, Never),
    (190, 0, Credentials, Never),
    (190, 458, Credentials, Never),
    (190, 459, Credentials, Never),
    (190, 460, Credentials, Never),
    (190, 463, Credentials, Never),
    (190, 464, Credentials, Never),
    (190, 467, Credentials, Never),
    (190, 492, Credentials, Never),
    (200, 0, Permission, Never),
    (201, 0, Permission, Never),
    (299, 0, Permission, Never),
    (200, 1_545_041, RecipientUnavailable, Never),
    (200, 2_018_021, Permission, Never),
    (200, 2_018_027, Permission, Never),
    (200, 2_018_028, Permission, Never),
    (200, 2_534_041, Permission, Never),
    (230, 0, Permission, Never),
    (341, 0, RateLimited, Safe),
    (368, 0, RateLimited, Safe),
    (368, 4_854_002, Permission, Never),
    (506, 0, Rejected, Never),
    (551, 0, RecipientUnavailable, Never),
    (551, 1_545_041, RecipientUnavailable, Never),
    (613, 0, RateLimited, Safe),
    (613, 1996, RateLimited, Safe),
    (613, 1_893_016, Rejected, Never),
    (613, 2_018_338, Permission, Never),
    (613, 2_534_040, RateLimited, Safe),
    (1200, 0, ProviderFailed, Unsure),
    (1_545_041, 0, RecipientUnavailable, Never),
    (2022, 0, Permission, Never),
    (10_303, 0, Rejected, Never),
    (24_001, 0, Rejected, Never),
    (24_002, 0, Rejected, Never),
    (24_005, 0, Rejected, Never),
    (36_103, 0, Permission, Never),
    (80_001, 0, RateLimited, Safe),
    (80_002, 0, RateLimited, Safe),
    (80_006, 0, RateLimited, Safe),
    (2_018_144, 0, Rejected, Never),
    (2_018_154, 0, Rejected, Never),
    (2_018_163, 0, Rejected, Never),
    (2_018_166, 0, Rejected, Never),
    (2_018_171, 0, Permission, Never),
    (2_018_234, 0, Rejected, Never),
    (2_018_247, 0, Permission, Never),
    (2_018_321, 0, ThreadOwned, Safe),
    (2_018_389, 0, Rejected, Never),
    (2_018_396, 0, Rejected, Never),
    (2_071_010, 0, Rejected, Never),
    (2_071_025, 0, Rejected, Never),
    (2_300_052, 0, RateLimited, Safe),
    (9_000_001, 0, Rejected, Never),
    // Not on Meta's pages, but what its API answers.
    (104, 0, Credentials, Never),
    (2200, 0, Config, Never),
];

fn given(number: i64) -> Option<i64> {
    Some(number).filter(|number| *number != 0)
}

#[test]
fn every_documented_failure_is_there() {
    for &(code, subcode, kind, advice) in DOCUMENTED {
        let rule = rule_for(given(code), given(subcode), "").unwrap_or_else(|| panic!("{code}/{subcode} is missing"));
        assert_eq!((rule.kind, again(rule.retry)), (kind, advice), "{code}/{subcode} found {rule}");
        if subcode != 0 {
            assert_eq!(
                (rule.code, rule.subcode),
                (Some(code), Some(subcode)),
                "{code}/{subcode} has no row of its own"
            );
        }
    }
}

#[test]
fn every_row_is_expected_and_reached_by_its_own_numbers() {
    let expected: HashSet<(i64, i64)> = DOCUMENTED.iter().map(|row| (row.0, row.1)).collect();
    for rule in error_table() {
        let (code, subcode) = (rule.code, rule.subcode);
        let found = rule_for(code, subcode, rule.words.unwrap_or_default()).unwrap();
        assert_eq!(found, rule, "{rule} is hidden by {found}");
        let key = match (code, subcode) {
            (None, Some(number)) => (number, 0),
            (code, subcode) => (code.unwrap_or_default(), subcode.unwrap_or_default()),
        };
        assert!(rule.words.is_some() || expected.contains(&key), "{rule} is not in the list of this test");
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
    assert!(kinds.len() > 40);
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
        (Some(200), Some(1_545_041), "Messaging Window closed", "facebook.window_closed"),
        (Some(200), Some(1_545_041), "This person isn't available right now.", "facebook.person_unavailable"),
        (
            Some(100),
            None,
            "(#100) Length of param message[text] must be less than or equal to 2000",
            "facebook.text_too_long",
        ),
        (
            Some(100),
            None,
            "(#100) Param message[attachment][type] is not supported. Please check developer docs for details",
            "facebook.template_invalid",
        ),
        (Some(1), None, "Error validating client secret.", "facebook.wrong_app"),
        (Some(100), Some(36_009), "This authorization code has been used.", "facebook.login_code"),
        (Some(100), None, "This authorization code has expired.", "facebook.login_code"),
        (Some(100), None, "Invalid appsecret_proof provided in the API argument", "facebook.app_secret_proof"),
        (None, None, "API calls from the server require an appsecret_proof argument", "facebook.app_secret_proof"),
        (Some(100), Some(2_018_001), "No matching user found, appsecret_proof", "facebook.person_unknown"),
        (
            Some(2500),
            None,
            "An active access token must be used to query information about the current user.",
            "facebook.token_missing",
        ),
        (Some(230), Some(7), "", "facebook.permission_missing"),
        (Some(250), Some(7), "", "facebook.permission_missing"),
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
    for row in ["190/463", "200-299", "2018300", "10/2018300", "2018389-2018396", "any \"appsecret_proof\""] {
        assert!(shown.iter().any(|shown| shown == row), "{row}");
    }
}
