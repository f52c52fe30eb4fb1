//! What the provider can do beyond messages: labels, and who answers.

use channel_api::message::string_or_number;
use channel_api::operation::{self, Effect, Operation, Performed, Thread};
use channel_api::profile::Profile;
use channel_api::{Error, ErrorKind, Issue, Pointer, ProviderRequest, Quote, Report, Result, ThreadOwner, read};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::limits::{self, check};

const LABELS: &str = "/v1/labels";
const COLOURS: [&str; 2] = ["red", "blue"];

/// All of them, in the order in which they are listed.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::of::<ListLabels, Labels>("listLabels", Effect::Reads, || json!({}))
        .described("List labels", "The labels that the account has.")
        .documented("https://memory.example/docs/labels"),
    Operation::of::<CreateLabel, Label>("createLabel", Effect::Creates, || json!({"name": "VIP", "colour": "red"}))
        .described("Create a label", "A new label. A second one of the same name is another label.")
        .documented("https://memory.example/docs/labels"),
    Operation::of::<LabelPeople, Labelled>(
        "labelPeople",
        Effect::Sets,
        || json!({"label": "l_1", "people": ["p_1", "p_2"]}),
    )
    .described("Label people", "Puts a label on people, one call for each. It stops at the first that fails.")
    .documented("https://memory.example/docs/labels"),
    Operation::of::<HandOver, HandedOver>("handOver", Effect::Sets, || json!({"person": "p_1", "desk": "desk-7"}))
        .described("Hand over", "Lets another desk answer a person, or whoever comes first.")
        .documented("https://memory.example/docs/desks"),
    Operation::of::<SetGreeting, Applied>("setGreeting", Effect::Sets, || json!({"greeting": "Welcome"}))
        .described("Set the greeting", "Shows people who have never written a text.")
        .documented("https://memory.example/docs/profile"),
];

/// Lists the labels.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct ListLabels {}

/// Makes a label.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["name"]))]
struct CreateLabel {
    /// How it is called.
    #[schemars(title = "Name", with = "String", length(min = 1, max = 20))]
    name: Option<String>,
    /// How it is shown: red or blue.
    #[schemars(title = "Colour")]
    colour: Option<String>,
}

/// Puts a label on people.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["label", "people"]))]
struct LabelPeople {
    /// The label's id.
    #[schemars(title = "Label", with = "String")]
    label: Option<String>,
    /// The people's ids.
    #[schemars(title = "People")]
    people: Vec<String>,
}

/// Changes who answers.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["person"]))]
struct HandOver {
    /// The person's id.
    #[serde(deserialize_with = "string_or_number")]
    #[schemars(title = "Person", with = "String")]
    person: Option<String>,
    /// The desk that shall answer; nobody in particular without one.
    #[schemars(title = "Desk")]
    desk: Option<String>,
}

/// Sets the greeting.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["greeting"]))]
struct SetGreeting {
    /// The text.
    #[schemars(title = "Greeting", with = "String", length(min = 1, max = limits::GREETING.max))]
    greeting: Option<String>,
}

/// The account's labels.
#[derive(Debug, Serialize, JsonSchema)]
struct Labels {
    /// The labels, the oldest first.
    labels: Vec<Label>,
}

/// One label.
#[derive(Debug, Serialize, JsonSchema)]
struct Label {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
}

/// How far it went.
#[derive(Debug, Serialize, JsonSchema)]
struct Labelled {
    /// How many people have the label now.
    people: usize,
}

/// What was set.
#[derive(Debug, Serialize, JsonSchema)]
struct Applied {
    /// The properties.
    applied: Vec<String>,
}

/// What was changed.
#[derive(Debug, Serialize, JsonSchema)]
struct HandedOver {
    /// Whether the provider did it.
    ok: bool,
}

/// Calls of one operation, made in order.
pub(super) struct Ready {
    pub(super) requests: Vec<ProviderRequest>,
    finish: Box<dyn FnOnce(Vec<Value>) -> Result<Performed> + Send>,
}

impl Ready {
    /// What came of it, by the answers to its calls.
    pub(super) fn finish(self, answers: Vec<Value>) -> Result<Performed> {
        (self.finish)(answers)
    }
}

/// The profile that an operation asks for.
pub(super) fn desired(name: &str, input: &Value) -> Option<Result<Profile>> {
    let greeting = |set: SetGreeting| Profile([("greeting".to_owned(), json!(set.greeting))].into_iter().collect());
    (name == "setGreeting").then(|| parse(input, check_greeting).map(greeting))
}

fn check_greeting(set: &SetGreeting, report: &mut Report) {
    let (at, length) = (Pointer::ROOT.key("greeting"), set.greeting.as_ref().map_or(0, |text| text.chars().count()));
    if length == 0 {
        report.refuse(Issue::new(&at, "required", "write what people see"));
    }
    check(&limits::GREETING, length, &at, report);
}

/// Reads and checks the input, and says which calls it takes.
pub(super) fn prepare(name: &str, input: &Value) -> Result<Ready> {
    Ok(match name {
        "listLabels" => list(&parse(input, |_: &ListLabels, _| {})?),
        "createLabel" => create(&parse(input, check_label)?),
        "labelPeople" => label(&parse(input, check_people)?),
        "handOver" => hand_over(parse(input, check_person)?),
        "setGreeting" => return Err(Error::unsupported("perform").with_hint("set up the profile that it asks for")),
        _ => return Err(operation::unknown(name, OPERATIONS)),
    })
}

fn parse<T: DeserializeOwned + Default>(input: &Value, rules: fn(&T, &mut Report)) -> Result<T> {
    let mut report = Report::default();
    if input.is_object() {
        let parsed: T = read(input, &Pointer::ROOT, Quote::Values, &mut report);
        report.refuse_unknown_fields();
        let mut broken = Report::default();
        rules(&parsed, &mut broken);
        report.absorb(broken);
        if report.refusals.is_empty() {
            return Ok(parsed);
        }
    } else {
        report.refuse(operation::no_object());
    }
    Err(Error::refused(ErrorKind::InvalidMessage, "invalid_input", "the operation's input", report))
}

fn check_label(label: &CreateLabel, report: &mut Report) {
    let name = label.name.as_deref().unwrap_or_default();
    check(&limits::LABEL, name.chars().count(), &Pointer::ROOT.key("name"), report);
    if label.colour.as_deref().is_some_and(|colour| !COLOURS.contains(&colour)) {
        report.refuse(Issue::new(&Pointer::ROOT.key("colour"), "choice", "is red or blue"));
    }
}

fn id(name: &str, given: Option<&str>, report: &mut Report) {
    let is_id =
        |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if !given.is_some_and(is_id) {
        report.refuse(Issue::new(&Pointer::ROOT.key(name), "id", "give the id that the provider gave"));
    }
}

fn check_people(input: &LabelPeople, report: &mut Report) {
    id("label", input.label.as_deref(), report);
    if input.people.is_empty() {
        report.refuse(Issue::new(&Pointer::ROOT.key("people"), "required", "name at least one person"));
    }
    for person in &input.people {
        id("people", Some(person), report);
    }
}

fn check_person(input: &HandOver, report: &mut Report) {
    id("person", input.person.as_deref(), report);
    if input.desk.is_some() {
        id("desk", input.desk.as_deref(), report);
    }
}

fn list(_: &ListLabels) -> Ready {
    ready(vec![ProviderRequest::get(LABELS, &[])], |answers| {
        let answer = answers.into_iter().next().unwrap_or_default();
        let labels =
            answer["labels"].as_array().ok_or_else(unreadable)?.iter().map(read_label).collect::<Result<_>>()?;
        written(&Labels { labels })
    })
}

fn create(input: &CreateLabel) -> Ready {
    let body = json!({"name": input.name, "colour": input.colour});
    ready(vec![ProviderRequest::post(LABELS, body)], |answers| {
        written(&read_label(&answers.into_iter().next().unwrap_or_default())?)
    })
}

fn label(input: &LabelPeople) -> Ready {
    let body = json!({"label": input.label});
    let call = |person: &String| ProviderRequest::post(format!("/v1/people/{person}/labels"), body.clone());
    ready(input.people.iter().map(call).collect(), |answers| written(&Labelled { people: answers.len() }))
}

fn hand_over(input: HandOver) -> Ready {
    let person = input.person.unwrap_or_default();
    let call = ProviderRequest::post(format!("/v1/people/{person}/desk"), json!({"desk": input.desk}));
    ready(vec![call], move |answers| {
        let ok = answers.first().is_some_and(|answer| answer["ok"] == true);
        if !ok {
            return Err(unreadable());
        }
        let owner = input.desk.map_or(ThreadOwner::Nobody, ThreadOwner::App);
        Ok(Performed { thread: Some(Thread::new(person, owner)), ..written(&HandedOver { ok })? })
    })
}

fn ready(
    requests: Vec<ProviderRequest>,
    finish: impl FnOnce(Vec<Value>) -> Result<Performed> + Send + 'static,
) -> Ready {
    Ready { requests, finish: Box::new(finish) }
}

fn read_label(answer: &Value) -> Result<Label> {
    let text = |name: &str| answer[name].as_str().map(str::to_owned).ok_or_else(unreadable);
    Ok(Label { id: text("id")?, name: text("name")? })
}

fn unreadable() -> Error {
    Error::new(ErrorKind::Unexpected, "memory.unreadable", "the provider's answer cannot be read; it may have done it")
        .with_retry(channel_api::Retry::IF_IDEMPOTENT)
        .with_hint("list the labels before doing it again")
}

fn written(output: &impl Serialize) -> Result<Performed> {
    let output = serde_json::to_value(output).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "operation.output", "the outcome cannot be written as JSON")
            .with_source(error)
    })?;
    Ok(output.into())
}
