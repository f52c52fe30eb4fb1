//! The inputs' shapes as forms show them, in the seed's names. What is read besides, and every rule, is in the readers.

use channel_api::JsonObject;
use schemars::JsonSchema;
use serde::Serialize;

use crate::limits;

macro_rules! forms {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(JsonSchema)]
        #[schemars(rename_all = "camelCase", inline)]
        #[expect(dead_code, reason = "a shape to make a schema of; nothing is read into it")]
        pub(super) struct $name {
            $($(#[$field_meta])* $field: $type,)*
        }
    )*};
}

forms! {
    /// The menu beside every conversation.
    PersistentMenu {
        /// One menu for each locale, `default` among them.
        #[schemars(title = "Menus", length(min = 1))]
        menu: Vec<Menu>,
    }

    /// The menu of one person.
    PersonMenu {
        /// The person (PSID).
        #[schemars(title = "Person", example = &"7411002233445566")]
        person: String,
        /// One menu for each locale, `default` among them.
        #[schemars(title = "Menus", length(min = 1))]
        menu: Vec<Menu>,
    }

    /// A person.
    Person {
        /// The person (PSID).
        #[schemars(title = "Person", example = &"7411002233445566")]
        person: String,
    }

    /// The menu of one locale.
    Menu {
        /// `default` for everybody without a menu of their own, or a locale.
        #[schemars(title = "Locale", example = &"default", example = &"pt_BR")]
        locale: String,
        /// People cannot type, only tap. Needs items.
        #[schemars(title = "No typing", extend("default" = false))]
        composer_input_disabled: Option<bool>,
        /// The items, from top to bottom, all on one level. Meta recommends five at most.
        #[schemars(title = "Items", length(max = limits::MENU_ITEMS.max))]
        call_to_actions: Option<Vec<Item>>,
    }

    /// One item of a menu.
    Item {
        /// Whether a tap comes back to you, or opens a page.
        #[schemars(title = "What a tap does")]
        r#type: Kind,
        /// The words on it.
        #[schemars(title = "Title", length(min = 1, max = limits::MENU_TITLE.max), example = &"Contact Support")]
        title: String,
        /// What comes back with a tap: for `postback` only, and needed there.
        #[schemars(title = "Payload", length(min = 1, max = limits::MENU_PAYLOAD.max), example = &"CONTACT_SUPPORT")]
        payload: Option<String>,
        /// The page to open: for `web_url` only, and needed there.
        #[schemars(title = "URL", url, example = &"https://example.com/products")]
        url: Option<String>,
        /// How much of the screen the page takes.
        #[schemars(title = "Height of the page", extend("default" = "full"))]
        webview_height_ratio: Option<Height>,
        /// The page uses the Messenger Extensions SDK; its domain must be among the whitelisted ones.
        #[schemars(title = "Messenger Extensions", extend("default" = false))]
        messenger_extensions: Option<bool>,
        /// The page for clients without Messenger Extensions.
        #[schemars(title = "Fallback URL", url, example = &"https://example.com/plain")]
        fallback_url: Option<String>,
        /// `hide` takes the share button of the page away.
        #[schemars(title = "Share button", extend("enum" = ["hide", null]))]
        webview_share_button: Option<String>,
    }

    /// The button that begins a conversation.
    GetStartedButton {
        /// What comes back with a tap.
        #[schemars(title = "Payload", length(min = 1, max = limits::GET_STARTED_PAYLOAD.max), example = &"GET_STARTED")]
        payload: String,
    }

    /// What stands there before the first message.
    Greeting {
        /// One text for each locale, `default` among them.
        #[schemars(title = "Greetings", length(min = 1))]
        greeting: Vec<GreetingText>,
    }

    /// The greeting of one locale.
    GreetingText {
        /// `default` for everybody without a text of their own, or a locale.
        #[schemars(title = "Locale", example = &"default", example = &"pt_BR")]
        locale: String,
        /// The words. Meta puts names in for `{{user_first_name}}`, `{{user_last_name}}` and `{{user_full_name}}`.
        #[schemars(title = "Text", length(min = 1, max = limits::GREETING_TEXT.max), example = &"Hi {{user_first_name}}!")]
        text: String,
    }

    /// Questions to begin with.
    IceBreakers {
        /// The questions for each locale, `default` among them.
        #[schemars(title = "Ice breakers", length(min = 1))]
        ice_breakers: Vec<Questions>,
    }

    /// The questions of one locale.
    Questions {
        /// `default` for everybody without questions of their own, or a locale.
        #[schemars(title = "Locale", example = &"default", example = &"pt_BR")]
        locale: String,
        /// The questions, from top to bottom.
        #[schemars(title = "Questions", length(min = 1, max = limits::ICE_BREAKERS.max))]
        call_to_actions: Vec<Question>,
    }

    /// One question.
    Question {
        /// What is asked.
        #[schemars(title = "Question", length(min = 1), example = &"Where are you located?")]
        question: String,
        /// What comes back with a tap.
        #[schemars(title = "Payload", length(min = 1), example = &"LOCATION")]
        payload: String,
    }

    /// What a person can choose after a slash.
    Commands {
        /// The commands for each locale, `default` among them.
        #[schemars(title = "Commands", length(min = 1))]
        commands: Vec<CommandList>,
    }

    /// The commands of one locale.
    CommandList {
        /// `default` for everybody without commands of their own, or a locale.
        #[schemars(title = "Locale", example = &"default", example = &"pt_BR")]
        locale: String,
        /// The commands.
        #[schemars(title = "Commands", length(min = 1, max = limits::COMMANDS.max))]
        commands: Vec<Command>,
    }

    /// One command.
    Command {
        /// Its name, without the slash.
        #[schemars(
            title = "Name",
            length(min = 1, max = limits::COMMAND_NAME.max),
            regex(pattern = "^[^/]"),
            example = &"flights"
        )]
        name: String,
        /// What it does.
        #[schemars(
            title = "Description",
            length(min = 1, max = limits::COMMAND_DESCRIPTION.max),
            example = &"Find a flight"
        )]
        description: String,
    }

    /// Where web views with Messenger Extensions, and plugins, may come from.
    Domains {
        /// The domains, each with https:// and the full host name; no IP address, no localhost.
        #[schemars(
            title = "Domains",
            length(min = 1, max = limits::WHITELISTED_DOMAINS.max),
            inner(url),
            extend("examples" = [["https://shop.example.org"]])
        )]
        domains: Vec<String>,
    }

    /// Where people log in to link their account.
    LinkingUrl {
        /// The page, with https://.
        #[schemars(title = "URL", url, regex(pattern = "^https://"), example = &"https://example.com/login")]
        url: String,
    }

    /// What shall go.
    Fields {
        /// The properties, by Meta's names or in camelCase.
        #[schemars(title = "Properties", length(min = 1), extend("uniqueItems" = true))]
        fields: Vec<Field>,
    }
}

/// What a tap on a menu's item does.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
#[expect(dead_code, reason = "a shape to make a schema of; nothing is read into it")]
pub(super) enum Kind {
    Postback,
    WebUrl,
}

/// How much of the screen a page takes.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
#[expect(dead_code, reason = "a shape to make a schema of; nothing is read into it")]
pub(super) enum Height {
    Compact,
    Tall,
    Full,
}

/// One property of the profile.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
#[expect(dead_code, reason = "a shape to make a schema of; nothing is read into it")]
pub(super) enum Field {
    GetStarted,
    PersistentMenu,
    IceBreakers,
    Greeting,
    Commands,
    WhitelistedDomains,
    AccountLinkingUrl,
}

/// The profile in Meta's JSON: what is set. What is not is absent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Document {
    #[schemars(with = "Properties")]
    pub(super) profile: JsonObject,
}

/// The profile in Meta's JSON: what is set. What is not is absent.
#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "a shape to make a schema of; nothing is read into it")]
struct Properties {
    /// The button that begins a conversation.
    get_started: Option<JsonObject>,
    /// The menus, one for each locale.
    persistent_menu: Option<Vec<JsonObject>>,
    /// The questions to begin with.
    ice_breakers: Option<Vec<JsonObject>>,
    /// The greetings, one for each locale.
    greeting: Option<Vec<JsonObject>>,
    /// The commands, one list for each locale.
    commands: Option<Vec<JsonObject>>,
    /// The domains.
    whitelisted_domains: Option<Vec<String>>,
    /// Where people log in to link their account.
    account_linking_url: Option<String>,
}

/// What was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Applied {
    /// The properties that are now as they were asked for.
    #[schemars(extend("examples" = [["persistent_menu"]]))]
    pub(super) applied: Vec<&'static str>,
}
