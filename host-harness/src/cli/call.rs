use channel_api::facets::Operations;
use channel_api::operation::{self, Operation};
use channel_api::{ChannelAdapter, ChannelId, Error, Performed, Registry};
use clap::Args;
use serde_json::{Map, Value, json};

use super::channel::ChannelChoice;
use super::denormalize::{refuse, warn};
use super::{Failure, input, output};
use crate::adapters::CALL_EXAMPLES;
use crate::profile::{self, ProfileLocks};

#[derive(Debug, Args)]
#[command(after_help = CALL_EXAMPLES)]
pub(super) struct Call {
    /// The channel type; `plugins` lists them
    channel_type: String,
    /// The operation; without it, the operations are listed
    operation: Option<String>,
    #[command(flatten)]
    channel: ChannelChoice,
    /// The input, a JSON object; without it, stdin
    #[arg(long, value_name = "JSON", requires = "operation")]
    input: Option<String>,
    /// Print the operation itself, with the JSON Schemas of its input and output, and call nothing
    #[arg(long, requires = "operation", conflicts_with = "input")]
    schema: bool,
    /// Print JSON: the list with schemas, or {"output","warnings","thread"} of a call
    #[arg(long)]
    json: bool,
}

impl Call {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let offline = (Registry::discover()?.get(&self.channel_type)?.offline)(ChannelId::new("offline"), None);
        let known = offline.operations().map_or(&[][..], Operations::list);
        let Some(name) = &self.operation else { return list(known, self.json) };
        let found = known.iter().find(|operation| operation.name == name);
        let operation = found.ok_or_else(|| Failure::from(operation::unknown(name, known)))?;
        if self.schema {
            return output::pretty(operation);
        }
        let input = match self.read_input()? {
            Ok(input) => input,
            Err(error) => return refuse(&error),
        };
        let named = input.get("channelId").or_else(|| input.get("channel_id"));
        let adapter = self.channel.open_of(Some(&self.channel_type), named.and_then(Value::as_str))?;
        if let Some(message) = another_channel(named, &*adapter) {
            return Err(Failure::new(message, Some("leave channelId out, or choose with --channel")));
        }
        match profile::perform(&*adapter, &ProfileLocks::default(), operation.name, &input).await {
            Ok(performed) if self.json => output::line(&performed),
            Ok(performed) => tell(&performed),
            Err(error) if !error.issues().is_empty() => refuse(&error),
            Err(error) => Err(error.into()),
        }
    }

    fn read_input(&self) -> Result<Result<Value, Error>, Failure> {
        let text = match &self.input {
            Some(input) => input.clone().into_bytes(),
            None => input::stdin_if_given()?,
        };
        if text.iter().all(u8::is_ascii_whitespace) {
            // What needs an input says so, field by field.
            return Ok(Ok(Value::Object(Map::new())));
        }
        Ok(input::parse(&text, "the input"))
    }
}

/// The SDK's calls name their channel; another one than was chosen is a mistake.
fn another_channel(named: Option<&Value>, adapter: &dyn ChannelAdapter) -> Option<String> {
    let ours = adapter.channel_id();
    (named?.as_str() != Some(ours.as_str())).then(|| format!("the input names another channel than {ours}"))
}

fn list(known: &[Operation], as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::pretty(&json!({ "operations": known }));
    }
    let width = known.iter().map(|operation| operation.name.len()).max().unwrap_or_default();
    output::text(&format!("{:<width$}  {:<8} WHAT IT IS", "OPERATION", "EFFECT"))?;
    known.iter().try_for_each(|operation| {
        // A unit variant is a text in JSON.
        let effect = json!(operation.effect);
        let effect = effect.as_str().unwrap_or_default();
        output::text(&format!("{:<width$}  {effect:<8} {}", operation.name, operation.title))
    })
}

fn tell(performed: &Performed) -> Result<(), Failure> {
    warn(&performed.warnings)?;
    if let Some(thread) = &performed.thread {
        output::note(&format!("{} is answered by {} now", thread.person, json!(thread.owner)))?;
    }
    output::pretty(&performed.output)
}
