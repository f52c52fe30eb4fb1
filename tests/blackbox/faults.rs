//! The series of faults in short: a few kills, a few messages, waits of seconds. `tests/faults` plays it in full.

use std::time::Duration;

use tests::faults::scenarios::{Outcome, Size, named};

const SHORT: Size = Size { kills: 5, messages: 6, hanging: 1, settle: Duration::from_mins(1), seed: 1 };

/// Plays a scenario and fails when a bound is broken.
async fn keeps(name: &str) {
    match (named(name).play)(SHORT).await {
        Outcome::Judged(verdict) => {
            let broken = verdict.broken();
            assert!(broken.is_empty(), "{name}: {verdict}\n{}", broken.join("\n"));
        }
        // A disk and a clock of one's own are not to be had on every machine; `tests/faults` says so.
        Outcome::Skipped(_) => {}
    }
}

macro_rules! played {
    ($($test:ident: $name:literal,)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                keeps($name).await;
            }
        )*
    };
}

played! {
    a_host_that_is_killed: "kill -9 under load",
    a_host_that_is_killed_while_everything_fails: "kill -9, and every fault",
    a_provider_that_fails: "500",
    a_provider_that_is_too_busy: "429",
    a_provider_that_names_a_wait: "429 with retry-after",
    a_reply_that_breaks_off: "closing in mid-reply",
    a_connection_that_breaks_off: "breaking off",
    an_error_inside_a_success: "200 with an error inside",
    a_reply_that_is_no_json: "not JSON",
    a_reply_without_end: "10 MB",
    nobody_who_listens: "nobody listens",
    a_full_disk: "disk full",
    a_broken_disk: "store read-only",
    a_clock_that_jumps: "a clock that jumps",
    receipts_in_any_order: "receipts in any order",
    a_host_that_is_asked_to_end: "SIGTERM under load",
    callers_who_give_up: "callers give up, repeat",
}
