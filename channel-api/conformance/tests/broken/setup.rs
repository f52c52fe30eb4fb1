//! Profile and connection.

use async_trait::async_trait;
use channel_api::connection::Subscribed;
use channel_api::profile::{Profile, ProfileChange, ProfilePlan};
use channel_api::{ConnectionStatus, Error, ErrorKind, Issue, Pointer, ProviderRequest, Report, Result};
use serde_json::{Value, json};

use crate::kit::{BrokenAdapter, Defect, Inner, whole};

macro_rules! plans {
    ($($name:ident: |$inner:ident, $current:ident, $desired:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn profile_plan(&self, $inner: &Inner, $current: &Profile, $desired: &Profile) -> Result<ProfilePlan> {
                $body
            }
        })*
    };
}

plans! {
    ClearsTheRest: |inner, current, desired| {
        let mut plan = inner.channel.profile().unwrap().plan(current, desired)?;
        for (property, from) in current.0.iter().filter(|(property, _)| !desired.0.contains_key(*property)) {
            plan.changes.push(ProfileChange::new(property, from.clone(), Value::Null));
            plan.requests.push(ProviderRequest::post("/v1/profile", json!({ property: null })));
        }
        Ok(plan)
    };
    RefusesWarnings: |inner, current, desired| {
        let plan = inner.channel.profile().unwrap().plan(current, desired)?;
        let report = Report { refusals: plan.warnings.clone(), warnings: Vec::new() };
        if report.refusals.is_empty() { Ok(plan) } else {
            Err(Error::refused(ErrorKind::InvalidMessage, "invalid_profile", "the profile", report))
        }
    };
    StartsFromNothing: |inner, current, desired| {
        let mut plan = inner.channel.profile().unwrap().plan(&Profile::default(), desired)?;
        for change in &mut plan.changes {
            change.from = current.0.get(&change.property).cloned().unwrap_or_default();
        }
        Ok(plan)
    };
}

macro_rules! applies {
    ($($name:ident: |$inner:ident, $plan:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        #[async_trait]
        impl Defect for $name {
            async fn profile_apply(&self, $inner: &Inner, $plan: &ProfilePlan) -> Result<()> {
                $body
            }
        })*
    };
}

applies! {
    LastFirst: |inner, plan| {
        let mut plan = plan.clone();
        plan.requests.reverse();
        inner.channel.profile().unwrap().apply(&plan).await
    };
    TellsNothing: |inner, plan| inner.channel.profile().unwrap().apply(plan).await.map_err(|error| whole(&error));
    GoesOn: |inner, plan| {
        let mut told = Ok(());
        for request in &plan.requests {
            let one = ProfilePlan { changes: Vec::new(), requests: vec![request.clone()], warnings: Vec::new() };
            told = told.and(inner.channel.profile().unwrap().apply(&one).await);
        }
        told
    };
}

macro_rules! checks {
    ($($name:ident: |$told:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        #[async_trait]
        impl Defect for $name {
            async fn connection_check(&self, inner: &Inner) -> Result<ConnectionStatus> {
                let $told = inner.channel.connection().unwrap().check(Some(channel_conformance::WEBHOOK)).await;
                $body
            }
        })*
    };
}

checks! {
    Endless: |told| told.map(|mut status| {
        status.credentials.iter_mut().for_each(|credentials| credentials.expires_at = None);
        status
    });
    LacksNothing: |told| told.map(|mut status| {
        status.credentials.iter_mut().for_each(|credentials| credentials.missing.clear());
        status
    });
    Unrepairable: |told| told.map(|status| ConnectionStatus { subscription: None, ..status });
    TakesAnyHost: |told| told.map(|status| ConnectionStatus { webhook: None, ..status });
    Nameless: |told| told.map(|status| ConnectionStatus { account_id: None, ..status });
    NeverFails: |told| Ok(told.unwrap_or_else(|_| ConnectionStatus::default()));
    InItsOwnWords: |told| told.map(|mut status| {
        for problem in &mut status.problems {
            *problem = Issue::new(&Pointer::ROOT.key("token"), "memory.permission", "something is missing");
        }
        status
    });
}

#[derive(Debug, Default)]
struct AlwaysSubscribed;

#[async_trait]
impl Defect for AlwaysSubscribed {
    async fn connection_subscribe(&self, inner: &Inner, webhook: Option<&str>) -> Result<Subscribed> {
        Ok(inner.channel.connection().unwrap().subscribe(webhook).await.unwrap_or_default())
    }
}

#[derive(Debug, Default)]
struct SaysNothingOfRefusals;

#[async_trait]
impl Defect for SaysNothingOfRefusals {
    async fn connection_subscribe(&self, inner: &Inner, webhook: Option<&str>) -> Result<Subscribed> {
        let told = inner.channel.connection().unwrap().subscribe(webhook).await?;
        Ok(Subscribed { warnings: Vec::new(), ..told })
    }
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<ClearsTheRest>("clears what nobody spoke of", "profile.plan_is_the_difference"),
        BrokenAdapter::code::<StartsFromNothing>(
            "sets up everything anew each time",
            "profile.second_time_changes_nothing",
        ),
        BrokenAdapter::code::<LastFirst>("sets up in another order", "profile.calls_in_order"),
        BrokenAdapter::code::<GoesOn>("goes on after a failure", "profile.first_failure_ends_it")
            .also(&["profile.failure_tells_what_was_applied"]),
        BrokenAdapter::code::<RefusesWarnings>("refuses what is only retired", "profile.warnings_stop_nothing"),
        BrokenAdapter::code::<TellsNothing>(
            "does not tell what it has set up",
            "profile.failure_tells_what_was_applied",
        ),
        BrokenAdapter::code::<Nameless>("does not say whose account it is", "connection.all_is_well"),
        BrokenAdapter::code::<NeverFails>("finds all well when it cannot ask", "connection.check_that_fails"),
        BrokenAdapter::code::<InItsOwnWords>("does not name what is missing", "connection.names_problems")
            .also(&["connection.permissions", "connection.subscription"]),
        BrokenAdapter::code::<Endless>("forgets when the token ends", "connection.expiry"),
        BrokenAdapter::code::<LacksNothing>("forgets what the token lacks", "connection.permissions"),
        BrokenAdapter::code::<Unrepairable>("forgets the subscription", "connection.subscription")
            .also(&["connection.another_host"]),
        BrokenAdapter::registration("needs everything for a trial", "connection.trial", |registration| {
            registration.trial = registration.build;
        }),
        BrokenAdapter::code::<AlwaysSubscribed>("takes a failed subscription for a good one", "connection.subscribe")
            .also(&["connection.told_address"]),
        BrokenAdapter::code::<SaysNothingOfRefusals>("does not tell what was refused", "connection.refused_part"),
        BrokenAdapter::code::<TakesAnyHost>("mends what goes to another host", "connection.another_host"),
    ]
}
