//! Answers to comments and posts: one in private, and in public under the comment.

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::Created;
use super::handler::{OperationHandler, Outcome};
use super::id::Id;
use super::text::Text;
use crate::graph::Page;
use crate::limits;
use crate::rules;
use crate::wire::Object;

const PRIVATE_REPLIES: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/private-replies";
const COMMENTS: &str = "https://developers.facebook.com/docs/graph-api/reference/object/comments";

/// A message to the author of a comment or of a visitor's post.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["text"], "oneOf" = [{"required": ["commentId"]}, {"required": ["postId"]}]))]
pub(super) struct ReplyPrivately {
    /// The comment whose author gets the message.
    #[schemars(title = "Comment", extend("examples" = ["1098765432100001_5544332211"]))]
    comment_id: Id,
    /// The visitor's post whose author gets the message. Give this or the comment.
    #[schemars(title = "Post", extend("examples" = ["1098765432100001_9988776655"]))]
    post_id: Id,
    /// The words.
    #[serde(alias = "message")]
    #[schemars(title = "Text", length(min = limits::TEXT.min, max = limits::TEXT.max), extend("examples" = ["We have it in red, too."]))]
    text: Text,
}

/// A message that Meta has taken.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    /// The message's id.
    message_id: Option<String>,
    /// The author's id (PSID), where Meta tells it.
    recipient_id: Option<String>,
}

/// An answer under a comment, for all to see.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["commentId", "message"]))]
pub(super) struct ReplyToComment {
    /// The comment that is answered.
    #[schemars(title = "Comment", extend("examples" = ["1098765432100001_5544332211"]))]
    comment_id: Id,
    /// The words.
    #[serde(alias = "text")]
    #[schemars(title = "Message", length(min = 1), extend("examples" = ["Thank you! We have sent you a message."]))]
    message: Text,
}

#[async_trait]
impl OperationHandler for ReplyPrivately {
    type Output = Sent;

    const OPERATION: Operation = Operation::of::<Self, Sent>("replyPrivately", Effect::Creates, || {
        json!({ "commentId": "1098765432100001_5544332211", "text": "We have it in red, too." })
    })
    .described(
        "Reply privately",
        "Sends one message to the author of a comment, or of a visitor's post. Meta allows one for each, within 7 days; more can be \
         sent when the person answers. It does what messages.send does with to: {\"commentId\": …}, which can send more than text.",
    )
    .documented(PRIVATE_REPLIES);

    fn check(&self, report: &mut Report) {
        let root = Pointer::ROOT;
        let ways = [("commentId", &self.comment_id), ("postId", &self.post_id)];
        rules::exactly_one(&root, &ways.map(|(name, id)| (name, id.given().is_some())), report);
        for (name, id) in ways {
            id.check_form(&root.key(name), report);
        }
        rules::words(&root.key("text"), self.text.given(), "write what the person gets", &limits::TEXT, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Sent>> {
        let recipient =
            Object::new().maybe("comment_id", self.comment_id.given()).maybe("post_id", self.post_id.given());
        let body = Object::new()
            .with("recipient", recipient)
            .with("messaging_type", "RESPONSE")
            .with("message", Object::new().maybe("text", self.text.given()));
        let request = ProviderRequest::post(page.graph.path(&[page.id, "messages"])?, body.into());
        let receipt = page.graph.send(&request).await?;
        Ok(Sent { message_id: receipt.message_id, recipient_id: receipt.recipient_id }.into())
    }
}

#[async_trait]
impl OperationHandler for ReplyToComment {
    type Output = Created;

    const OPERATION: Operation = Operation::of::<Self, Created>("replyToComment", Effect::Creates, || {
        json!({ "commentId": "1098765432100001_5544332211", "message": "Thank you! We have sent you a message." })
    })
    .described(
        "Reply to a comment",
        "Answers a comment in public, in the Page's name. The call belongs to the Graph API, not to Messenger: the token needs \
         pages_manage_engagement.",
    )
    .documented(COMMENTS);

    fn check(&self, report: &mut Report) {
        let root = Pointer::ROOT;
        self.comment_id.check(&root.key("commentId"), "name the comment by its id", report);
        rules::filled(&root.key("message"), self.message.given(), "write what everybody can read", report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Created>> {
        let body = Object::new().maybe("message", self.message.given());
        let path = page.graph.path(&[self.comment_id.as_str(), "comments"])?;
        Created::by(page, &ProviderRequest::post(path, body.into())).await
    }
}
