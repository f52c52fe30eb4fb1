//! Every case, once.

use super::case::outcome;
use super::{Case, cases, needs};

macro_rules! cases {
    ($($area:ident { $($name:ident $clause:literal $need:ident;)* })*) => {
        /// Every case of the suite, in the order of the specification's areas.
        pub const CASES: &[Case] = &[$($(Case {
            id: concat!(stringify!($area), ".", stringify!($name)),
            clause: $clause,
            requires: needs::$need,
            run: |context| Box::pin(outcome(cases::$area::$name(context))),
        },)*)*];
    };
}

cases! {
    registration {
        brings_a_fixture "REG-5" nothing;
        identity "REG-1" nothing;
        example "REG-2" nothing;
        isolation "REG-3" proofs;
        offline "REG-4" nothing;
        accounts "REG-6" accounts;
    }
    config {
        good_is_accepted "CFG-2" nothing;
        problems_all_at_once "CFG-2" nothing;
        errors_hold_no_value "CFG-2" nothing;
        validation_is_pure "CFG-1" nothing;
        empty_secrets "CFG-3" nothing;
        both_spellings "CFG-4" nothing;
        unknown_key "CFG-4" nothing;
    }
    schema {
        draws_a_form "CFG-5" nothing;
        marks_secrets "CFG-5" nothing;
        lists_required "CFG-5" nothing;
        groups_every_field "CFG-5" nothing;
    }
    verify {
        signed_is_accepted "VER-7" proofs;
        changed_bytes "VER-1" signatures;
        untouched_bytes "VER-1" signatures;
        differences_are_alike "VER-2" proofs;
        missing_signature "VER-3" proofs;
        repeated_signature "VER-3" proofs;
        malformed_signature "VER-3" proofs;
        refusals_tell_nothing "VER-4" proofs;
        empty_secret_opens_nothing "CFG-3" proofs;
        two_secrets "VER-6" second_secret;
        head "VER-8" proofs;
        verifiers "VER-9" proofs;
        names_the_secret "VER-10" proofs;
    }
    handshake {
        answer "VER-7" handshake;
        guards "VER-5" handshake;
        refusals_tell_nothing "VER-4" handshake;
    }
    normalize {
        events_as_expected "NRM-10" receiving;
        carries_the_channel "NRM-10" receiving;
        unheard_of_is_kept "NRM-1" receiving;
        changed_is_not_lost "NRM-1" receiving;
        one_bad_event "NRM-2" in_batches;
        order "NRM-3" in_batches;
        ids_are_stable "NRM-4" receiving;
        ids_differ "NRM-4" receiving;
        happened_twice "NRM-4" happened_twice;
        no_webhook "NRM-6" receiving;
        observed "NRM-7" observed;
        echoes "NRM-8" echoes;
        missing "NRM-9" receiving;
        thread_owner "NRM-11" hand_overs_in;
        no_thread_owner "NRM-11" receiving;
        reads_back "NRM-12" receiving;
        correlation "NRM-13" copies;
        reply "NRM-14" receiving;
    }
    denormalize {
        requests_as_expected "DEN-5" sending;
        problems_all_at_once "DEN-1" sending;
        problems_are_useful "DEN-1" sending;
        refused_makes_no_call "DEN-2" sending;
        unknown_content "DEN-3" sending;
        options_are_not_ignored "DEN-3" sending;
        parts_are_not_ignored "DEN-3" sending;
        words_beside_are_not_lost "DEN-5" sending;
        pure "DEN-4" sending;
        no_credentials "DEN-4" sending;
        thread_owner "DEN-6" hand_overs_out;
        no_thread_owner "DEN-6" sending;
        stamp "DEN-7" stamps;
        fallback "DEN-8" falls_back;
    }
    send {
        makes_the_call "SND-1" sending;
        exactly_once "SND-1" sending;
        does_not_sleep "SND-1" sending;
        receipt "SND-10" sending;
        code_before_status "SND-2" provider_codes;
        failure_is_not_safe "SND-3" sending;
        lost_answer "SND-4" sending;
        deadline "SND-5" sending;
        endless_answer "SND-5" sending;
        credentials_not_in_address "SND-6" sending;
        credentials_not_shown "SND-6" sending;
        no_connection "SND-7" sending;
        unreadable_answer "SND-8" sending;
        redirect "SND-9" sending;
        observed "SND-11" sending;
    }
    batch {
        results_in_order "BAT-1" sending;
        empty "BAT-1" sending;
        each_on_its_own "BAT-2" sending;
        order_of_a_person "BAT-3" sending;
        failure_ends_a_person "BAT-4" sending_in_turn;
        lost_answer "BAT-5" sending;
    }
    media {
        by_url "MED-1" uploads;
        by_file "MED-1" uploads;
        streamed "MED-2" uploads;
        broken_file "MED-3" uploads;
        failing "MED-4" uploads;
        hosts "MED-5" media_hosts;
        download "MED-6" downloads;
        download_in_part "MED-7" bytes;
        download_failing "MED-8" downloads;
        received "MED-9" found_by_id;
    }
    operations {
        described "OPS-1" operations;
        schemas_draw_forms "OPS-1" operations;
        example_is_good "OPS-1" operations;
        problems_all_at_once "OPS-2" operations;
        unknown_fields "OPS-2" operations;
        unknown_operation "OPS-3" operations;
        calls_as_expected "OPS-4" operations;
        first_failure_ends_it "OPS-4" operations;
        lost_answer "OPS-5" operations;
        output "OPS-6" operations;
        thread "OPS-7" hand_over_operations;
        no_thread "OPS-7" operations;
        asks_for_a_profile "OPS-8" profile_operations;
    }
    errors {
        classified "ERR-1" sending;
        codes_are_bounded "ERR-1" sending;
        hints "ERR-2" sending;
        provider_is_kept "ERR-3" provider_words;
        wait_is_kept "ERR-4" waits;
        own_sentence "ERR-5" sending;
        read_back "ERR-6" sending;
    }
    capabilities {
        sends_what_it_declares "CAP-1" sending;
        receives_what_it_declares "CAP-1" receiving;
        facets_work "CAP-1" facets;
        undeclared "CAP-1" nothing;
        limits_are_well_formed "CAP-2" limits;
        limits_are_enforced "CAP-2" limits;
        limits_are_all_declared "CAP-2" nothing;
    }
    profile {
        plan_is_the_difference "PRO-1" profile;
        second_time_changes_nothing "PRO-1" profile;
        calls_in_order "PRO-2" profile;
        first_failure_ends_it "PRO-2" profile;
        warnings_stop_nothing "PRO-3" profile_warnings;
        failure_tells_what_was_applied "PRO-4" profile;
    }
    connection {
        all_is_well "CNX-2" connection;
        check_that_fails "CNX-2" connection;
        names_problems "CNX-1" named_problems;
        subscribe "CNX-3" connection;
        expiry "CNX-4" credentials_that_end;
        permissions "CNX-4" permissions;
        subscription "CNX-5" subscriptions;
        trial "CNX-6" connection;
        told_address "CNX-7" told_address;
        refused_part "CNX-8" parts_refused;
        another_host "CNX-9" elsewhere;
    }
    window {
        openings "WIN-1" window;
        judgements "WIN-2" window;
        nothing_known "WIN-3" window;
        ends "WIN-4" window;
    }
    login {
        address "LOG-1" login;
        accounts "LOG-2" login;
        failing "LOG-3" login;
        secrets "LOG-4" login;
    }
    secrets {
        debug "SEC-1" nothing;
        errors "SEC-1" nothing;
        repeated_by_the_provider "SEC-1" carried_secrets;
        translations "SEC-1" nothing;
    }
    robustness {
        normalize_never_panics "NRM-5" receiving;
        nothing_panics "ROB-1" nothing;
        deep_and_wide "ROB-2" receiving;
        growth "ROB-2" in_batches;
    }
    concurrency {
        from_many_threads "CON-1" nothing;
        translating_does_not_block "CON-1" nothing;
        calls_beside_each_other "CON-2" sending;
        send_leaves_the_thread "CON-2" sending;
    }
}

#[cfg(test)]
mod tests {
    use super::CASES;
    use channel_api::spec::CLAUSES;

    #[test]
    fn every_clause_has_a_case_and_every_case_its_clause() {
        for clause in CLAUSES {
            assert!(CASES.iter().any(|case| case.clause == clause.id), "no case measures {}", clause.id);
        }
        for case in CASES {
            assert!(case.clause().is_some(), "{} names {}, which is no clause", case.id, case.clause);
        }
    }

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<_> = CASES.iter().map(|case| case.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CASES.len());
    }
}
