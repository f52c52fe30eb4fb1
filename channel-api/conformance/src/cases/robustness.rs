//! Input of every kind: none may bring the adapter down, or keep it busy for long.

use channel_api::profile::Profile;
use channel_api::{ChannelAdapter, ChannelAdapterExt as _, ProviderRequest, Subscription, Token};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::normalize::samples;
use super::send::MESSAGE_ID;
use crate::Reply;
use crate::clock::is_proportional;
use crate::context::CaseContext;
use crate::facets::Facets as _;
use crate::finding::{Checked, Finding, Findings};
use crate::json::changed;
use crate::panics::unless_it_panics;
use crate::random::Random;
use crate::upstream::Behaviour;

/// How many random inputs each hook gets.
const ROUNDS: usize = 300;

fn no_panic<T>(findings: &mut Findings, at: impl Into<String>, call: impl FnOnce() -> T) {
    let survived = unless_it_panics(call).is_some();
    findings.check(survived, at, "no panic", || "one".to_owned());
}

fn shortened(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(400).collect()
}

pub(crate) async fn normalize_never_panics(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let fixture = context.fixture();
    let samples = samples(context)?;
    let mut random = Random::seeded(5);
    let mut bodies: Vec<Vec<u8>> = Vec::new();
    for sample in &samples {
        bodies.extend(changed(&sample.item).into_iter().map(|(_, item)| fixture.body(&[item])));
    }
    let whole = fixture.body(&samples.iter().map(|sample| sample.item.clone()).collect::<Vec<_>>());
    if let Ok(json) = serde_json::from_slice::<Value>(&fixture.body(&[])) {
        bodies.extend(changed(&json).into_iter().map(|(_, body)| body.to_string().into_bytes()));
    }
    for _ in 0..ROUNDS {
        bodies.push(random.damaged(&whole));
        bodies.push(random.json(4).to_string().into_bytes());
        bodies.push(fixture.body(&[random.json(4)]));
        bodies.push(random.bytes(64));
    }
    for body in bodies {
        let at = format!("the body {}", shortened(&body));
        no_panic(&mut findings, at.as_str(), || CaseContext::normalize(&*channel, &body));
        no_panic(&mut findings, format!("the accounts in {at}"), || (context.registration().accounts)(&body));
        if findings.are_plenty() {
            break;
        }
    }
    Ok(findings)
}

pub(crate) async fn nothing_panics(context: &CaseContext) -> Checked {
    let mut findings = Findings::default();
    let mut random = Random::seeded(1);
    configurations(context, &mut findings, &mut random)?;
    webhooks(context, &mut findings, &mut random)?;
    messages(context, &mut findings, &mut random)?;
    answers(context, &mut findings, &mut random).await?;
    inputs(context, &mut findings, &mut random).await?;
    Ok(findings)
}

fn configurations(context: &CaseContext, findings: &mut Findings, random: &mut Random) -> Result<(), Finding> {
    let check = context.registration().check;
    let odd = changed(&context.config()?).into_iter().map(|(_, config)| config);
    for config in odd.chain((0..ROUNDS).map(|_| random.json(3))) {
        no_panic(findings, format!("the configuration {config}"), || check(&config));
    }
    Ok(())
}

fn webhooks(context: &CaseContext, findings: &mut Findings, random: &mut Random) -> Result<(), Finding> {
    let channel = context.channel()?;
    let body = context.fixture().body(&[]);
    let names: Vec<_> = context.signed(&body).keys().cloned().collect();
    for _ in 0..ROUNDS {
        let mut headers = HeaderMap::new();
        for name in &names {
            let length = random.below(90);
            if let Ok(value) = HeaderValue::from_bytes(&random.bytes(length)) {
                headers.insert(name, value);
            }
            if let Ok(value) = HeaderValue::from_str(&format!("sha256={}", random.word())) {
                headers.entry(name).or_insert(value);
            }
        }
        let at = format!("the headers {headers:?}");
        no_panic(findings, at.as_str(), || CaseContext::verify(&*channel, &headers, &body));
        no_panic(findings, at, || (context.registration().check_head)(&headers));
        let known = context.fixture().handshake().map(|handshake| handshake.query).unwrap_or_default();
        let odd = |random: &mut Random| String::from_utf8_lossy(&random.bytes(12)).into_owned();
        let query = known.iter().map(|(name, _)| ((*name).to_owned(), odd(random))).collect();
        let query = Subscription::new(query);
        no_panic(findings, "a handshake of noise", || channel.challenge(&query));
    }
    Ok(())
}

fn messages(context: &CaseContext, findings: &mut Findings, random: &mut Random) -> Result<(), Finding> {
    let channel = context.channel()?;
    let mut messages: Vec<Value> = (0..ROUNDS).map(|_| random.json(5)).collect();
    for sample in context.fixture().messages() {
        messages.extend(changed(&sample.message).into_iter().map(|(_, message)| message));
    }
    let token = Token::from_random([7; 16]);
    for _ in 0..ROUNDS {
        let call = ProviderRequest::post("/conformance", random.json(4));
        no_panic(findings, format!("a token for {call:?}"), || channel.stamp(&mut call.clone(), &token));
    }
    for message in messages {
        no_panic(findings, format!("the message {message}"), || channel.denormalize_json(&message));
        if findings.are_plenty() {
            break;
        }
    }
    for _ in 0..ROUNDS {
        let profile = |random: &mut Random| match random.json(4) {
            Value::Object(members) => Profile(members),
            _ => Profile::default(),
        };
        let (current, desired) = (profile(random), profile(random));
        no_panic(findings, format!("the profile {desired:?}"), || channel.profile_plan(&current, &desired));
    }
    Ok(())
}

async fn answers(context: &CaseContext, findings: &mut Findings, random: &mut Random) -> Result<(), Finding> {
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    if channel.capabilities().sends_content.is_empty() {
        return Ok(());
    }
    let request = context.text_request(&*channel)?;
    let usual = [context.fixture().accepted(MESSAGE_ID), context.fixture().failure("conformance")];
    let mut calls: Vec<(ProviderRequest, Vec<u8>)> = Vec::new();
    for reply in usual {
        calls.extend((0..12).map(|_| (request.clone(), random.damaged(&reply.body))));
        let json: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        calls.extend(changed(&json).into_iter().map(|(_, body)| (request.clone(), body.to_string().into_bytes())));
    }
    for path in ["", "/", "//", "no slash", "/a/../b", "/%00", "/\u{0}?x#y", "http://elsewhere.example/"] {
        let mut odd = request.clone();
        path.clone_into(&mut odd.path);
        calls.push((odd, Vec::new()));
    }
    for (request, body) in calls {
        let at = format!("the call {} under the answer {}", request.path, shortened(&body));
        upstream.always(Behaviour::Answer(Reply::text(if random.below(2) == 0 { 200 } else { 400 }, body)));
        let calling = std::sync::Arc::clone(&channel);
        let ended = tokio::spawn(async move { calling.send(&request).await }).await;
        if ended.is_err() {
            findings.add(Finding::new(at, "no panic", "one"));
        }
    }
    Ok(())
}

/// How many random inputs each operation gets.
const INPUTS: usize = 20;

async fn inputs(context: &CaseContext, findings: &mut Findings, random: &mut Random) -> Result<(), Finding> {
    let (channel, upstream) = (context.channel()?, context.upstream()?);
    let samples = context.fixture().operations();
    for operation in channel.operation_list() {
        let mut tried: Vec<(Value, Reply)> = Vec::new();
        let failure = context.fixture().failure("conformance");
        let odd = changed(&(operation.example)()).into_iter().map(|(_, input)| input);
        tried.extend(odd.map(|input| (input, failure.clone())));
        tried.extend((0..INPUTS).map(|_| (random.json(4), failure.clone())));
        for reply in samples.iter().filter(|sample| sample.name == operation.name).flat_map(|sample| &sample.replies) {
            let json: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            let odd = changed(&json).into_iter().map(|(_, body)| body.to_string().into_bytes());
            let damaged: Vec<Vec<u8>> = (0..INPUTS).map(|_| random.damaged(&reply.body)).collect();
            tried.extend(odd.chain(damaged).map(|body| ((operation.example)(), Reply::text(200, body))));
        }
        for (input, reply) in tried {
            let at = format!("`{}` of {input} under the answer {}", operation.name, shortened(&reply.body));
            upstream.always(Behaviour::Answer(reply));
            let performing = std::sync::Arc::clone(&channel);
            if tokio::spawn(async move { drop(performing.perform(operation.name, &input).await) }).await.is_err() {
                findings.add(Finding::new(at, "no panic", "one"));
            }
        }
    }
    Ok(())
}

/// How often the small body is read while the large one is read once.
const TIMES: usize = 8;

/// Compares one body with another that is eight times as large: the small one is read eight times, so that both take about as
/// long. With the square of the size the large one takes eight times as long.
fn grows(findings: &mut Findings, channel: &dyn ChannelAdapter, at: &str, small: &[u8], large: &[u8]) {
    let read = |body: &[u8]| drop(unless_it_panics(|| CaseContext::normalize(channel, body)));
    let compared = is_proportional(|| (0..TIMES).for_each(|_| read(small)), || read(large));
    if let Err((few, one)) = compared {
        let expected = format!("about {few:?}, as long as {TIMES} of an eighth of its size take");
        findings.add(Finding::new(at, expected, format!("{one:?}")));
    }
}

/// Makes a body of a size.
type Body<'a> = &'a dyn Fn(usize) -> String;

pub(crate) async fn deep_and_wide(context: &CaseContext) -> Checked {
    const DEEP: usize = 16_000;
    const WIDE: usize = 1 << 16;
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let fixture = context.fixture();
    let frame = String::from_utf8_lossy(&fixture.body(&[Value::from("conformance")])).into_owned();
    let within = |inside: String| frame.replace("\"conformance\"", &inside);
    let bodies: [(&str, usize, Body<'_>); 7] = [
        ("a body of open brackets", DEEP, &|size| "[".repeat(size)),
        ("an event of nested lists", DEEP, &|size| within(format!("{}{}", "[".repeat(size), "]".repeat(size)))),
        ("an event of nested objects", DEEP, &|size| {
            within(format!("{}1{}", "{\"a\":".repeat(size), "}".repeat(size)))
        }),
        ("a body of spaces", WIDE, &|size| " ".repeat(size)),
        ("an event that is a long text", WIDE, &|size| within(format!("\"{}\"", "é".repeat(size / 2)))),
        ("an event with many members", WIDE, &|size| within(format!("{{{}\"z\":1}}", "\"a\":1,".repeat(size / 6)))),
        ("an event of many escapes", WIDE, &|size| within(format!("\"{}\"", "\\u00e9".repeat(size / 6)))),
    ];
    for (at, size, body) in bodies {
        grows(&mut findings, &*channel, at, body(size / TIMES).as_bytes(), body(size).as_bytes());
    }
    Ok(findings)
}

pub(crate) async fn growth(context: &CaseContext) -> Checked {
    const MANY: usize = 1200;
    let mut findings = Findings::default();
    let channel = context.channel()?;
    let samples = samples(context)?;
    let body = |count: usize| {
        let items = samples.iter().map(|sample| sample.item.clone()).cycle().take(count);
        context.fixture().body(&items.collect::<Vec<_>>())
    };
    grows(&mut findings, &*channel, &format!("a body of {MANY} events"), &body(MANY / TIMES), &body(MANY));
    Ok(findings)
}
