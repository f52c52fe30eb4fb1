//! Keeping people away, and what Meta has approved the Page's app for.

use async_trait::async_trait;
use channel_api::operation::{Effect, Operation};
use channel_api::{Issue, Pointer, ProviderRequest, Report, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Item, List, Success, text};
use super::handler::{OperationHandler, Outcome};
use super::id::{self, Id};
use super::request::Query;
use crate::graph::Page;
use crate::limits;
use crate::rules;

const MODERATION: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/moderate-conversations-api";
const REVIEW: &str = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/messaging-feature-review-api";

const ACTIONS: [&str; 5] = ["block_user", "unblock_user", "ban_user", "unban_user", "move_to_spam"];
const CONTRADICTIONS: [[&str; 2]; 2] = [["block_user", "unblock_user"], ["ban_user", "unban_user"]];

/// Keeps people away from the Page, or lets them in again.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["people", "actions"]))]
pub(super) struct ModerateConversations {
    /// The people (PSIDs), at most 10.
    #[serde(alias = "userIds")]
    #[schemars(title = "People", length(min = limits::MODERATED_PEOPLE.min, max = limits::MODERATED_PEOPLE.max), extend("examples" = [["7411002233445566"]]))]
    people: Vec<Id>,
    /// What happens, at most two things: `block_user` ends messages, `ban_user` ends everything on the Page, `unblock_user` and
    /// `unban_user` undo them, `move_to_spam` puts the conversation away.
    #[schemars(
        title = "Actions",
        length(min = limits::MODERATION_ACTIONS.min, max = limits::MODERATION_ACTIONS.max),
        extend(
            "items" = {"type": "string", "enum": ACTIONS},
            "uniqueItems" = true,
            "examples" = [["block_user", "move_to_spam"]]
        )
    )]
    actions: Vec<String>,
}

/// Asks which features Meta has reviewed. It has no fields.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct GetFeatureReview {}

/// A feature and how its review stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Feature {
    /// The feature's name.
    feature: Option<String>,
    /// `pending`, `rejected`, `approved` or `limited`.
    status: Option<String>,
}

impl Item for Feature {
    fn read(feature: &Value) -> Self {
        Self { feature: text(&feature["feature"]), status: text(&feature["status"]) }
    }
}

#[async_trait]
impl OperationHandler for ModerateConversations {
    type Output = Success;

    const OPERATION: Operation = Operation::of::<Self, Success>("moderateConversations", Effect::Sets, || {
        json!({ "people": ["7411002233445566"], "actions": ["block_user", "move_to_spam"] })
    })
    .described(
        "Block and unblock",
        "Blocks or bans people, lets them in again, or moves their conversations to spam. All of it happens to all of the people.",
    )
    .documented(MODERATION);

    fn check(&self, report: &mut Report) {
        let (people, actions) = (Pointer::ROOT.key("people"), Pointer::ROOT.key("actions"));
        rules::count(&people, self.people.len(), &limits::MODERATED_PEOPLE, "people", report);
        for (index, person) in self.people.iter().enumerate() {
            id::person_at(&people.index(index), person, report);
        }
        rules::count(&actions, self.actions.len(), &limits::MODERATION_ACTIONS, "actions", report);
        for (index, action) in self.actions.iter().enumerate() {
            let at = actions.index(index);
            rules::choice(&at, Some(action), &ACTIONS, report);
            if self.actions.iter().take(index).any(|earlier| earlier == action) {
                report.refuse(Issue::new(&at, "duplicate", "stands there already: leave it out"));
            }
        }
        for pair in CONTRADICTIONS {
            if pair.iter().all(|action| self.actions.iter().any(|given| given == action)) {
                let advice = format!("{} and {} contradict each other: leave one out", pair[0], pair[1]);
                report.refuse(Issue::new(&actions, "moderation.contradiction", advice));
            }
        }
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<Success>> {
        let people: Vec<_> = self.people.iter().map(|person| json!({ "id": person.as_str() })).collect();
        let path = page.graph.path(&[page.id, "moderate_conversations"])?;
        Success::of(page, &ProviderRequest::post(path, json!({ "user_ids": people, "actions": self.actions }))).await
    }
}

#[async_trait]
impl OperationHandler for GetFeatureReview {
    type Output = List<Feature>;

    const OPERATION: Operation = Operation::of::<Self, List<Feature>>("getFeatureReview", Effect::Reads, || json!({}))
        .described(
            "Feature review",
            "Which messaging features Meta has approved for the Page, such as the tag HUMAN_AGENT.",
        )
        .documented(REVIEW);

    async fn perform(self, page: Page<'_>) -> Result<Outcome<List<Feature>>> {
        let request = Query::default().get(page.graph.path(&[page.id, "messaging_feature_review"])?);
        Ok(List::read(&page.graph.call(&request).await?).into())
    }
}
