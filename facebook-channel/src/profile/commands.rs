//! `commands`: what a person can choose after a slash.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api/commands>

use channel_api::{Pointer, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::locales::OfLocale;
use super::value::{Given, set_call};
use crate::limits;
use crate::rules;

/// Sets the commands.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["commands"]))]
pub(crate) struct SetCommands {
    /// The commands for each locale, `default` among them.
    #[schemars(title = "Commands", with = "Vec<CommandList>", length(min = 1))]
    commands: Given<Vec<CommandList>>,
}

/// The commands of one locale.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(inline, extend("required" = ["locale", "commands"]))]
pub(super) struct CommandList {
    /// `default` for everybody without commands of their own, or a locale.
    #[schemars(title = "Locale", extend("examples" = ["default", "pt_BR"]))]
    locale: Option<String>,
    /// The commands.
    #[schemars(title = "Commands", length(min = limits::COMMANDS.min, max = limits::COMMANDS.max))]
    commands: Option<Vec<Command>>,
}

/// One command.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(inline, extend("required" = ["name", "description"]))]
struct Command {
    /// Its name, without the slash.
    #[schemars(
        title = "Name",
        length(min = limits::COMMAND_NAME.min, max = limits::COMMAND_NAME.max),
        regex(pattern = "^[^/]"),
        extend("examples" = ["flights"])
    )]
    name: Option<String>,
    /// What it does.
    #[schemars(
        title = "Description",
        length(min = limits::COMMAND_DESCRIPTION.min, max = limits::COMMAND_DESCRIPTION.max),
        extend("examples" = ["Find a flight"])
    )]
    description: Option<String>,
}

set_call!(SetCommands { commands: Vec<CommandList> = "commands" });

impl OfLocale for CommandList {
    fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }

    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let at = at.key("commands");
        let Some(commands) = &self.commands else {
            return rules::filled(&at, None, "give the commands, each with name and description", report);
        };
        rules::count(&at, commands.len(), &limits::COMMANDS, "commands", report);
        let mut names: Vec<&str> = Vec::new();
        for (index, command) in commands.iter().enumerate() {
            command.check(&names, &at.index(index), report);
            names.extend(command.name.as_deref());
        }
    }
}

impl Command {
    fn check(&self, before: &[&str], at: &Pointer<'_>, report: &mut Report) {
        let (place, name) = (at.key("name"), self.name.as_deref());
        rules::words(&place, name, "name the command", &limits::COMMAND_NAME, report);
        let advice = "may not start with /: people type it, leave it out";
        rules::format(&place, name, |name| !name.starts_with('/'), advice, report);
        let twice = name.is_some_and(|name| before.contains(&name));
        rules::doubtful(&place, twice, "commands.duplicate", "is there twice in this locale", report);
        let (place, description) = (at.key("description"), self.description.as_deref());
        rules::words(&place, description, "say what the command does", &limits::COMMAND_DESCRIPTION, report);
    }
}
