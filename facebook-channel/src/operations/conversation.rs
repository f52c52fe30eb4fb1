//! What was said: a conversation as Meta keeps it.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversations>

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{items, text, truth};
use super::handler::{OperationHandler, Outcome};
use super::id::{self, Id};
use super::request::Query;
use crate::graph::Page;

const DOCS: &str = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversations";

/// Meta hands out the last 20 messages and no more.
const FIELDS: &str = "id,participants,messages.limit(20){id,message,created_time,from},is_owner,updated_time";

/// Asks for a person's conversation.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["person"]))]
pub(super) struct GetConversation {
    /// The person (PSID).
    #[serde(alias = "to", alias = "recipient", alias = "psid", alias = "userId")]
    #[schemars(title = "Person", extend("examples" = ["7411002233445566"]))]
    person: Id,
}

/// A conversation. Everything but the lists is absent where the person has none with the Page.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conversation {
    /// Its id.
    id: Option<String>,
    /// Who takes part: the person and the Page.
    participants: Vec<Participant>,
    /// The last 20 messages, the newest first.
    messages: Vec<Message>,
    /// Whether this channel's app answers.
    is_owner: Option<bool>,
    /// When something happened last, as ISO 8601.
    updated_time: Option<String>,
}

/// Somebody who takes part.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Participant {
    /// Their id: a PSID, or the Page's.
    id: Option<String>,
    /// Their name.
    name: Option<String>,
}

/// A message.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are Meta's")]
pub(super) struct Message {
    /// Its id (mid).
    id: Option<String>,
    /// Its words; absent where it has none.
    message: Option<String>,
    /// When it was sent, as ISO 8601.
    created_time: Option<String>,
    /// Who sent it.
    from: Option<Participant>,
}

impl Conversation {
    fn read(found: &Value) -> Self {
        Self {
            id: text(&found["id"]),
            participants: items(&found["participants"]["data"], Participant::read),
            messages: items(&found["messages"]["data"], Message::read),
            is_owner: truth(&found["is_owner"]),
            updated_time: text(&found["updated_time"]),
        }
    }
}

impl Participant {
    fn read(somebody: &Value) -> Self {
        Self { id: text(&somebody["id"]), name: text(&somebody["name"]) }
    }
}

impl Message {
    fn read(message: &Value) -> Self {
        Self {
            id: text(&message["id"]),
            message: text(&message["message"]),
            created_time: text(&message["created_time"]),
            from: message.get("from").filter(|from| from.is_object()).map(Participant::read),
        }
    }
}

#[async_trait]
impl OperationHandler for GetConversation {
    type Output = Conversation;

    const OPERATION: Operation =
        Operation::of::<Self, Conversation>("getConversation", Effect::Reads, || json!({ "person": "7411002233445566" }))
            .described(
                "Show a conversation",
                "A person's conversation as Meta keeps it, with the last 20 messages. Meta allows 2 such calls a second for a Page.",
            )
            .documented(DOCS);

    fn check(&self, report: &mut Report) {
        id::person(&self.person, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Conversation>> {
        let request = Query::default()
            .with("platform", "messenger")
            .with("user_id", self.person.as_str())
            .with("fields", FIELDS)
            .get(page.graph.path(&[page.id, "conversations"])?);
        let answer = page.graph.call(&request).await?;
        Ok(Conversation::read(&answer["data"][0]).into())
    }
}
