//! `/{page}/…_thread_control` and `/{page}/thread_owner`. Source: `…/conversation-routing`.

use serde_json::{Value, json};

use crate::call::Call;
use crate::entities::Page;
use crate::event::SimulatorEvent;
use crate::graph_error::GraphError;
use crate::platform::Platform;
use crate::rules::param::Param;
use crate::rules::recipient::no_matching_user;
use crate::thread::{Owner, Thread};
use crate::webhook::app_number;
use crate::world::World;

/// As for `message.metadata`: no limit of its own is documented.
const METADATA: usize = 1000;
/// Seven days.
const LONGEST_SECONDS: i64 = 7 * 24 * 60 * 60;

impl Platform {
    pub(super) fn thread_control(&self, call: &Call, page: &Page, action: &str) -> Result<Value, GraphError> {
        let recipient = Param::required(&call.params, "recipient")?;
        recipient.object(&["id"])?;
        let psid = recipient.require("id")?.id()?;
        if let Some(metadata) = Param::top(&call.params, "metadata") {
            metadata.at_most(metadata.string()?, METADATA)?;
        }
        let now = self.clock.now_ms();
        let mut world = self.world();
        let default = world.state(&page.id).settings.default_app.clone();
        let thread = own_thread(&mut world, page, &psid)?;
        let owner = thread.owner(now).map(str::to_owned);
        let is_ours = owner.as_deref() == Some(page.app_id.as_str());
        let is_default = default.as_deref() == Some(page.app_id.as_str());
        let mut app = page.app_id.clone();
        match action {
            "pass_thread_control" => {
                // An idle thread may be passed by the default app, and by any app if there is none.
                if !is_ours && (owner.is_some() || !(default.is_none() || is_default)) {
                    return Err(not_the_owner());
                }
                app = Param::required(&call.params, "target_app_id")?.id()?;
                thread.give_to(&app, now);
            }
            "take_thread_control" => {
                if default.is_none() {
                    return Err(roles_are_not_set_up());
                }
                if owner.is_some() && !is_ours && !is_default {
                    return Err(another_app());
                }
                thread.give_to(&app, now);
            }
            // The owner is told and decides: `POST /_sim/thread-control` plays it.
            "request_thread_control" => {}
            "release_thread_control" if is_ours => thread.owner = None,
            "extend_thread_control" if is_ours => {
                let seconds = Param::required(&call.params, "duration")?.whole(1..=LONGEST_SECONDS)?;
                thread.owner = Some(Owner { app_id: app.clone(), until: now + seconds * 1000 });
            }
            "release_thread_control" | "extend_thread_control" => return Err(not_the_owner()),
            _ => return Err(GraphError::unsupported(&call.verb())),
        }
        let action = action.trim_end_matches("_thread_control").to_owned();
        self.emit(SimulatorEvent::ThreadControl { page: page.id.clone(), person: psid, action, app });
        Ok(json!({"success": true}))
    }

    /// The owner's id is for the owner and for the default app; others see only how long the control lasts.
    pub(super) fn thread_owner(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let psid = Param::required(&call.params, "recipient")?.id()?;
        let now = self.clock.now_ms();
        let mut world = self.world();
        let default = world.state(&page.id).settings.default_app.clone();
        let thread = own_thread(&mut world, page, &psid)?;
        let Some(owner) = thread.owner.clone().filter(|owner| now < owner.until) else {
            return Ok(json!({"data": []}));
        };
        let mut answer = json!({"expiration": owner.until / 1000});
        if owner.app_id == page.app_id || default.as_deref() == Some(page.app_id.as_str()) {
            answer["app_id"] = app_number(&owner.app_id);
        }
        Ok(json!({"data": [{"thread_owner": answer}]}))
    }
}

/// Source: `…/error-codes` (2018171).
pub(super) fn roles_are_not_set_up() -> GraphError {
    GraphError::parameter("Thread control can only be taken when the Page has a default app").subcode(2_018_171)
}

/// Text and code seen at <https://github.com/davidchua/pymessenger/issues/93>.
pub(crate) fn another_app() -> GraphError {
    GraphError::not_allowed("Message failed to send because another app is controlling this thread now.")
        .subcode(2_018_300)
}

/// Source: `…/error-codes` (2534037).
fn not_the_owner() -> GraphError {
    GraphError::parameter("The app is not the owner of this thread").subcode(2_534_037)
}

fn own_thread<'a>(world: &'a mut World, page: &Page, psid: &str) -> Result<&'a mut Thread, GraphError> {
    world.thread_mut(psid).filter(|thread| thread.page_id == page.id && !thread.gone).ok_or_else(no_matching_user)
}
