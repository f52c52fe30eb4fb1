//! Operations.

use async_trait::async_trait;
use channel_api::operation::Thread;
use channel_api::{Error, ErrorKind, Operation, Performed, Report, Result, Retry, ThreadOwner};
use serde_json::{Value, json};

use crate::kit::{BrokenAdapter, Defect, Inner, memory, whole};

macro_rules! performs {
    ($($name:ident: |$inner:ident, $operation:ident, $input:ident| $body:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        #[async_trait]
        impl Defect for $name {
            async fn perform(&self, $inner: &Inner, $operation: &str, $input: &Value) -> Result<Performed> {
                $body
            }
        })*
    };
}

/// The reference adapter's operations, of which the one that makes labels is changed.
fn changed(change: fn(&mut Operation)) -> &'static [Operation] {
    let channel = (memory().offline)(channel_api::ChannelId::new("ch_operations"), None);
    let mut operations = channel.operations().unwrap().list().to_vec();
    operations.iter_mut().filter(|operation| operation.name == "createLabel").for_each(change);
    operations.leak()
}

macro_rules! lists {
    ($($name:ident: $change:expr;)*) => {
        $(#[derive(Debug, Default)]
        struct $name;

        impl Defect for $name {
            fn operations(&self, _: &Inner) -> &'static [Operation] {
                static CHANGED: std::sync::LazyLock<&[Operation]> = std::sync::LazyLock::new(|| changed($change));
                *CHANGED
            }
        })*
    };
}

lists! {
    Undocumented: |operation| operation.docs = "see the manual";
    Formless: |operation| operation.input = || json!({"type": "object", "properties": {"name": {"type": "string"}}});
    BadExample: |operation| operation.example = || json!({"name": "VIP", "colour": "green"});
}

/// Lists one operation less than it has.
#[derive(Debug, Default)]
struct Modest;

impl Defect for Modest {
    fn operations(&self, inner: &Inner) -> &'static [Operation] {
        inner.channel.operations().unwrap().list().get(1..).unwrap_or_default()
    }
}

/// The fields that the reference adapter knows.
fn known(inner: &Inner, name: &str, input: &Value) -> Value {
    let operation = inner.channel.operations().unwrap().list().iter().find(|operation| operation.name == name);
    let schema = operation.map(|operation| (operation.input)()).unwrap_or_default();
    let mut input = input.clone();
    if let Some(fields) = input.as_object_mut() {
        fields.retain(|field, _| schema["properties"].get(field).is_some());
    }
    input
}

performs! {
    FirstProblemOnly: |inner, name, input| inner.channel.operations().unwrap().perform(name, input).await.map_err(|error| {
        let mut report = Report::default();
        error.issues().iter().take(1).for_each(|issue| report.refuse(issue.clone()));
        if report.refusals.is_empty() { error } else {
            Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the operation's input", report)
        }
    });
    IgnoresTheUnknown: |inner, name, input| inner.channel.operations().unwrap().perform(name, &known(inner, name, input)).await;
    Guesses: |inner, name, input| {
        let alike = |operation: &&Operation| operation.name.eq_ignore_ascii_case(name.trim());
        let name = inner.channel.operations().unwrap().list().iter().find(alike).map_or(name, |operation| operation.name);
        inner.channel.operations().unwrap().perform(name, input).await
    };
    PerformsTwice: |inner, name, input| {
        let told = inner.channel.operations().unwrap().perform(name, input).await;
        if told.is_ok() && name == "createLabel" {
            drop(inner.channel.operations().unwrap().perform(name, input).await);
        }
        told
    };
    TriesAgain: |inner, name, input| match inner.channel.operations().unwrap().perform(name, input).await {
        Err(error) if error.kind() == ErrorKind::Rejected => inner.channel.operations().unwrap().perform(name, input).await,
        told => told,
    };
    SafeWhenLost: |inner, name, input| inner.channel.operations().unwrap().perform(name, input).await.map_err(|error| {
        if error.code() == "memory.no_answer" { error.with_retry(Retry::SAFE) } else { error }
    });
    SaysNothing: |inner, name, input| {
        inner.channel.operations().unwrap().perform(name, input).await.map(|performed| Performed { output: json!({}), ..performed })
    };
    KeepsTheThread: |inner, name, input| {
        inner.channel.operations().unwrap().perform(name, input).await.map(|performed| Performed { thread: None, ..performed })
    };
    HandsEverythingOver: |inner, name, input| {
        inner.channel.operations().unwrap().perform(name, input).await.map(|mut performed| {
            performed.thread.get_or_insert_with(|| Thread::new("p_1", ThreadOwner::Nobody));
            performed
        })
    };
    WritesByItself: |inner, name, input| match inner.channel.operations().unwrap().perform(name, input).await {
        Err(error) if name == "setGreeting" && error.kind() == ErrorKind::Unsupported => Ok(Performed::default()),
        told => told,
    };
    PanicsOnNull: |inner, name, input| {
        assert!(!input.as_object().is_some_and(|fields| fields.values().any(Value::is_null)), "null is not a value");
        inner.channel.operations().unwrap().perform(name, input).await
    };
    RepeatsTheProvider: |inner, name, input| match inner.channel.operations().unwrap().perform(name, input).await {
        Err(error) if error.code() == "memory.rejected" => {
            let answer = inner.by_hand("GET /v1/labels", &Value::Null).await;
            Err(whole(&error).with_context("answer", answer))
        }
        told => told,
    };
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::code::<Undocumented>("does not say where an operation is described", "operations.described"),
        BrokenAdapter::code::<Formless>("has a form without words", "operations.schemas_draw_forms"),
        BrokenAdapter::code::<BadExample>("gives an example that it refuses", "operations.example_is_good"),
        BrokenAdapter::code::<FirstProblemOnly>(
            "tells an input's first problem only",
            "operations.problems_all_at_once",
        ),
        BrokenAdapter::code::<IgnoresTheUnknown>("ignores a misspelt field", "operations.unknown_fields")
            .also(&["operations.problems_all_at_once"]),
        BrokenAdapter::code::<Guesses>("guesses which operation is meant", "operations.unknown_operation"),
        BrokenAdapter::code::<PerformsTwice>("makes two labels for one", "operations.calls_as_expected"),
        BrokenAdapter::code::<TriesAgain>("tries a refused operation again", "operations.first_failure_ends_it"),
        BrokenAdapter::code::<SafeWhenLost>("calls a lost operation safe", "operations.lost_answer"),
        BrokenAdapter::code::<SaysNothing>("does not say what came of it", "operations.output"),
        BrokenAdapter::code::<KeepsTheThread>("hands over in silence", "operations.thread"),
        BrokenAdapter::code::<HandsEverythingOver>("says that anything hands over", "operations.no_thread"),
        BrokenAdapter::code::<Modest>("performs what it does not list", "capabilities.undeclared")
            .also(&["operations.described"]),
        BrokenAdapter::code::<WritesByItself>(
            "writes the profile by an operation's own call",
            "operations.asks_for_a_profile",
        ),
        BrokenAdapter::code::<PanicsOnNull>("panics on a null in an input", "robustness.nothing_panics"),
        BrokenAdapter::code::<RepeatsTheProvider>(
            "repeats what the provider says of an operation",
            "secrets.repeated_by_the_provider",
        )
        .also(&["operations.first_failure_ends_it", "send.observed"]),
    ]
}
