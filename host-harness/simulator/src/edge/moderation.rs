//! `POST /{page}/moderate_conversations`. Source: `…/moderate-conversations-api`.

use serde_json::{Value, json};

use crate::call::Call;
use crate::entities::Page;
use crate::event::SimulatorEvent;
use crate::graph_error::GraphError;
use crate::platform::Platform;
use crate::rules::param::Param;
use crate::rules::recipient::no_matching_user;
use crate::thread::Thread;

const PEOPLE: usize = 10;
const ACTIONS: usize = 2;
const KNOWN: &[&str] = &["block_user", "unblock_user", "ban_user", "unban_user", "move_to_spam"];

impl Platform {
    /// Shuts people out, lets them in again, or puts their conversations away.
    pub(super) fn moderate(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let mut world = self.world();
        if !world.state(&page.id).settings.has_scope("pages_messaging") {
            return Err(GraphError::permission("pages_messaging"));
        }
        let actions = Param::required(&call.params, "actions")?;
        let mut asked: Vec<&str> = Vec::new();
        for action in actions.items(ACTIONS)? {
            asked.push(action.one_of(KNOWN)?);
        }
        for (there, back) in [("block_user", "unblock_user"), ("ban_user", "unban_user")] {
            if asked.contains(&there) && asked.contains(&back) {
                return Err(actions.must(&format!("not have both {there} and {back}")));
            }
        }
        let mut people = Vec::new();
        for user in Param::required(&call.params, "user_ids")?.items(PEOPLE)? {
            user.object(&["id"])?;
            let psid = user.require("id")?.id()?;
            let known = |thread: &Thread| thread.page_id == page.id && !thread.gone && !thread.entries.is_empty();
            // There must be a conversation.
            if !world.thread(&psid).is_some_and(known) {
                return Err(no_matching_user());
            }
            people.push(psid);
        }
        for psid in people {
            let Some(thread) = world.thread_mut(&psid) else { continue };
            for action in &asked {
                match *action {
                    "block_user" | "ban_user" => thread.shut_out = true,
                    "unblock_user" | "unban_user" => thread.shut_out = false,
                    _ => thread.spam = true,
                }
            }
            let (page, name, what) = (page.id.clone(), thread.person.name(), asked.join(" and "));
            self.emit(SimulatorEvent::PersonDid { page, person: psid, name, what: format!("is moderated: {what}") });
        }
        Ok(json!({"success": true}))
    }
}
