//! Operations: refused before a call, performed once, told as the schema says.

use serde_json::{Value, json};

pub(crate) use super::descriptions::{described, example_is_good, schemas_draw_forms};
use crate::OperationSample;
use crate::Reply;
use crate::address::pairs;
use crate::context::{CaseContext, outcome_of};
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::json::lacks;
use crate::upstream::{Behaviour, Received};
use channel_api::operation::Effect;
use channel_api::{ChannelAdapter, ErrorKind, Operation, Performed, Result, Retry};

/// The fixture's samples, each with its operation and its input. One without an operation is looked at elsewhere.
pub(super) fn samples(
    context: &CaseContext,
    channel: &dyn ChannelAdapter,
) -> Vec<(&'static Operation, OperationSample, Value)> {
    let operations = channel.operation_list();
    let with_operation = |sample: OperationSample| {
        let operation = operations.iter().find(|operation| operation.name == sample.name)?;
        let input = sample.input_of(Some(operation));
        Some((operation, sample, input))
    };
    context.fixture().operations().into_iter().filter_map(with_operation).collect()
}

fn is_refused(told: &Result<Performed>, pointer: &str) -> bool {
    told.as_ref().is_err_and(|error| {
        error.kind() == ErrorKind::InvalidMessage && error.issues().iter().any(|issue| issue.pointer == pointer)
    })
}

pub(crate) async fn problems_all_at_once(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let operations = channel.operation_list();
    let refused = context.fixture().refused_inputs();
    if !refused.iter().any(|sample| sample.pointers.len() > 1) {
        return Err(Finding::not_brought("an operation's input with two problems"));
    }
    for sample in refused {
        let told = channel.perform(&sample.name, &sample.input).await;
        for pointer in &sample.pointers {
            let expected = format!("a refusal with an issue at {pointer}");
            findings.check(is_refused(&told, pointer), sample.to_string(), &expected, || outcome_of(&told, "success"));
        }
        let issues = told.as_ref().err().map_or(&[][..], |error| error.issues());
        let more = issues.iter().find(|issue| !sample.pointers.contains(&issue.pointer));
        findings.check(more.is_none(), sample.to_string(), "no other issue", || format!("{more:?}"));
    }
    for operation in operations {
        let told = channel.perform(operation.name, &json!({})).await;
        let schema = (operation.input)();
        for field in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let at = format!("the operation `{}` with an empty input", operation.name);
            let expected = format!("a refusal with an issue at /{field}, which its schema requires");
            findings.check(is_refused(&told, &format!("/{field}")), at, &expected, || outcome_of(&told, "success"));
        }
    }
    // An operation that needs nothing may have called; none that was refused has.
    let needless =
        operations.iter().filter(|operation| (operation.input)()["required"].as_array().is_none_or(Vec::is_empty));
    let (made, most) = (upstream.take().len(), needless.count());
    findings.check(made <= most, "inputs that are refused", "no call", || format!("{made} calls"));
    Ok(findings)
}

pub(crate) async fn unknown_fields(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    for operation in channel.operation_list() {
        let mut input = (operation.example)();
        input["conformanceUnknown"] = json!(1);
        let told = channel.perform(operation.name, &input).await;
        let at = format!("an unknown field of `{}`", operation.name);
        findings.check(is_refused(&told, "/conformanceUnknown"), at, "a refusal at /conformanceUnknown", || {
            outcome_of(&told, "success")
        });
        for input in [Value::Null, json!([(operation.example)()]), json!("conformance"), json!(7)] {
            let told = channel.perform(operation.name, &input).await;
            let at = format!("the input {input} of `{}`", operation.name);
            let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidMessage);
            findings.check(good, at, "an error of kind invalid_message", || outcome_of(&told, "success"));
        }
    }
    let made = upstream.connections();
    findings.check(made == 0, "inputs that are refused", "no call", || format!("{made} connections"));
    Ok(findings)
}

pub(crate) async fn unknown_operation(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let first = channel.operation_list().first().map_or("conformance", |operation| operation.name);
    for name in ["", "conformanceLevitate", &first.to_uppercase(), &format!("{first} "), "../etc", "\u{0}💥"] {
        let told = channel.perform(name, &json!({})).await;
        let good = told.as_ref().is_err_and(|error| {
            error.kind() == ErrorKind::Unsupported && error.hint().is_some_and(|hint| hint.contains(' '))
        });
        let at = format!("the operation {name:?}");
        findings.check(good, at, "an error of kind unsupported, with a hint", || outcome_of(&told, "success"));
    }
    let made = upstream.connections();
    findings.check(made == 0, "operations that there are not", "no call", || format!("{made} connections"));
    Ok(findings)
}

/// Looks at one call against what the fixture says of it.
pub(super) fn compare(findings: &mut Findings, at: &str, expected: &Value, got: &Received) {
    let text = |name: &str| expected[name].as_str().unwrap_or_default();
    let (method, path) = (text("method"), text("path"));
    let target = got.target.split('?').next().unwrap_or_default();
    let same = got.method == method && target.ends_with(path);
    findings.check(same, at, &format!("{method} {path}"), || format!("{} {target}", got.method));
    let query = pairs(&got.target);
    for pair in expected["query"].as_array().into_iter().flatten() {
        let wanted = (pair[0].as_str().unwrap_or_default(), pair[1].as_str().unwrap_or_default());
        let there = query.iter().any(|(name, value)| (name.as_str(), value.as_str()) == wanted);
        // The query may hold what is nobody's business, so only names are told.
        let names = || format!("{:?}", query.iter().map(|(name, _)| name).collect::<Vec<_>>());
        findings.check(there, format!("{at}, its query"), &format!("{}={}", wanted.0, wanted.1), names);
    }
    let body = &expected["body"];
    if !body.is_null() {
        let told: Value = serde_json::from_slice(&got.body).unwrap_or_default();
        if let Some((pointer, found)) = lacks(body, &told) {
            let wanted = body.pointer(&pointer).map_or_else(|| "nothing".to_owned(), Value::to_string);
            findings.add(Finding::new(format!("{at}, its body, {pointer}"), wanted, found));
        }
    }
}

pub(crate) async fn calls_as_expected(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let samples = samples(context, &*channel);
    for operation in channel.operation_list() {
        let there = samples.iter().any(|(sampled, ..)| sampled.name == operation.name);
        let expected = format!("a sample of the operation `{}`", operation.name);
        findings.check(there, "the fixture", &expected, || "none".to_owned());
    }
    for (operation, sample, input) in samples {
        upstream.take();
        upstream.always(Behaviour::Answer(Reply::text(503, "")));
        upstream.next(sample.replies.iter().cloned().map(Behaviour::Answer));
        let told = channel.perform(operation.name, &input).await;
        findings.check(told.is_ok(), sample.to_string(), "success", || outcome_of(&told, ""));
        let made = upstream.take();
        let expected = format!("{} calls, each once", sample.replies.len());
        let same = made.len() == sample.replies.len();
        findings.check(same, sample.to_string(), &expected, || {
            let calls = made
                .iter()
                .map(|call| format!("{} {}", call.method, call.target.split('?').next().unwrap_or_default()));
            format!("{:?}", calls.collect::<Vec<_>>())
        });
        for (index, (expected, got)) in sample.requests.iter().zip(&made).enumerate() {
            compare(&mut findings, &format!("{sample}, call {index}"), expected, got);
        }
    }
    Ok(findings)
}

/// Performs a sample, whose call of this number meets with this behaviour.
async fn meeting(
    context: &CaseContext,
    (operation, sample, input): &(&Operation, OperationSample, Value),
    number: usize,
    behaviour: Behaviour,
) -> Result<(Result<Performed>, usize), Finding> {
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    upstream.take();
    upstream.always(behaviour);
    upstream.next(sample.replies.iter().take(number).cloned().map(Behaviour::Answer));
    let told = channel.perform(operation.name, input).await;
    Ok((told, upstream.take().len()))
}

pub(crate) async fn first_failure_ends_it(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    for performed in samples(context, &*channel) {
        for number in 0..performed.1.replies.len() {
            let failure = Behaviour::Answer(context.fixture().failure("conformance"));
            for (what, behaviour) in [
                ("fails", failure),
                ("breaks off", Behaviour::BreakOff),
                ("cannot be read", Behaviour::Answer(Reply::text(200, "<html>Welcome</html>"))),
            ] {
                let at = format!("{}, whose call {number} {what}", performed.1);
                let (told, made) = meeting(context, &performed, number, behaviour).await?;
                findings.check(told.is_err(), at.as_str(), "an error", || "success".to_owned());
                findings.check(made == number + 1, at, "no call after it, and none twice", || format!("{made} calls"));
            }
        }
    }
    Ok(findings)
}

pub(crate) async fn lost_answer(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let all = samples(context, &*channel);
    // What only reads may be asked again at any time.
    for performed in all.into_iter().filter(|(operation, ..)| operation.effect != Effect::Reads) {
        let of = |told: &Result<Performed>| told.as_ref().err().map(channel_api::Error::retry);
        for number in 0..performed.1.replies.len() {
            let (told, _) = meeting(context, &performed, number, Behaviour::BreakOff).await?;
            let at = format!("{}, of whose call {number} no answer comes", performed.1);
            let good = matches!(of(&told), Some(Retry::IfIdempotent { .. }));
            findings.check(good, at, "an error with the advice if_idempotent", || format!("{:?}", of(&told)));
            // What was read before it changed nothing, and the same profile can be set up again.
            let sets_up = channel.desired(performed.0.name, &performed.2).is_some();
            if number > 0 && !sets_up {
                let slow = Behaviour::Answer(Reply::text(429, ""));
                let (told, _) = meeting(context, &performed, number, slow).await?;
                let at = format!("{}, whose call {number} is refused after others were made", performed.1);
                let good = told.is_err() && !matches!(of(&told), Some(Retry::Safe { .. }));
                findings.check(good, at, "an error that is not `safe`", || format!("{:?}", of(&told)));
            }
        }
    }
    Ok(findings)
}

/// The samples, performed; one that fails is found by `calls_as_expected`.
pub(super) async fn performed(
    context: &CaseContext,
) -> Result<Vec<(&'static Operation, OperationSample, Performed)>, Finding> {
    let channel = context.channel()?;
    let mut all = Vec::new();
    for sample in samples(context, &*channel) {
        let (told, _) = meeting(context, &sample, sample.1.replies.len(), Behaviour::BreakOff).await?;
        all.extend(told.ok().map(|performed| (sample.0, sample.1, performed)));
    }
    Ok(all)
}

pub(crate) async fn output(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    for (operation, sample, performed) in performed(context).await? {
        if let Some((pointer, found)) = lacks(&sample.output, &performed.output) {
            let wanted = sample.output.pointer(&pointer).map_or_else(|| "nothing".to_owned(), Value::to_string);
            findings.add(Finding::new(format!("the output of {sample}, {pointer}"), wanted, found));
        }
        let Ok(validator) = jsonschema::validator_for(&(operation.output)()) else { continue };
        for error in validator.iter_errors(&performed.output) {
            let at = format!("the output of {sample}, {}", error.instance_path());
            findings.add(Finding::new(at, "what its schema says", format!("a breach of {}", error.schema_path())));
        }
    }
    Ok(findings)
}

pub(crate) async fn asks_for_a_profile(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let example = |operation: &Operation| (operation.example)();
    let asks = |operation: &&Operation| channel.desired(operation.name, &example(operation)).is_some();
    let asking: Vec<_> = channel.operation_list().iter().filter(asks).collect();
    findings.check(channel.profile().is_some(), "the channel", "a profile to set up", || "none".to_owned());
    let operations = channel.operations();
    for operation in asking {
        let at = format!("the operation `{}` with its example", operation.name);
        let desired = channel.desired(operation.name, &example(operation));
        let good = desired.as_ref().is_some_and(|desired| desired.as_ref().is_ok_and(|profile| !profile.0.is_empty()));
        findings.check(good, at.as_str(), "a profile with a property", || format!("{desired:?}"));
        if let Some(operations) = operations {
            let told = operations.perform(operation.name, &example(operation)).await;
            let expected = "no way past the profile: an error of kind unsupported";
            let good = told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported);
            findings.check(good, at, expected, || outcome_of(&told, "success"));
        }
    }
    let made = upstream.connections();
    findings.check(made == 0, "operations that ask for a profile", "no call", || format!("{made} connections"));
    Ok(findings)
}

/// Those of the fixture's operations that change who answers, or those that do not.
async fn threads(context: &CaseContext, changing: bool) -> Checked {
    let mut findings = Findings::default();
    let all = performed(context).await?.into_iter();
    for (_, sample, performed) in all.filter(|(_, sample, _)| sample.thread.is_some() == changing) {
        let told = performed.thread.as_ref().and_then(|thread| serde_json::to_value(thread).ok());
        let expected = sample.thread.as_ref().map_or_else(|| "no change of who answers".to_owned(), Value::to_string);
        findings.check(told == sample.thread, sample.to_string(), &expected, || format!("{told:?}"));
    }
    Ok(findings)
}

pub(crate) async fn thread(context: &CaseContext) -> Checked {
    threads(context, true).await
}

pub(crate) async fn no_thread(context: &CaseContext) -> Checked {
    threads(context, false).await
}
