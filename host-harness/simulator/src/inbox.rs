//! Other apps on the same Page: the Page's inbox, where people of the business answer by hand, or any other.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing>.

use serde_json::{Value, json};

use super::entities::Page;
use super::event::SimulatorEvent;
use super::person::{PersonError, known};
use super::platform::Platform;
use super::webhook::{Webhook, app_number, messaging};
use super::world::World;

/// What another app does with a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Act {
    /// To the app that is connected here.
    Pass,
    Take,
    Request,
    Release,
}

impl Platform {
    /// Another app writes to a person. The app that is connected here sees an echo. Where threads have owners, the writer
    /// becomes the owner: a person of the business has answered.
    pub(super) fn other_app_says(&self, to: Option<&str>, app: &str, text: &str) -> Result<String, PersonError> {
        if text.trim().is_empty() {
            return Err(PersonError::EmptyText);
        }
        let now = self.clock.now_ms();
        let mut world = self.world();
        let (page, psid) = whose(&world, to)?;
        let routed = world.state(&page.id).settings.default_app.is_some();
        let owner = known(&world, &psid)?.owner(now).map(str::to_owned);
        if (routed || owner.is_some()) && owner.as_deref() != Some(app) {
            self.hand_over(&mut world, &page, &psid, Act::Take, app, None);
        }
        let mid = self.ids.mid();
        if let Some(thread) = world.thread_mut(&psid) {
            let message = json!({ "text": text });
            thread.page_wrote(&mid, now, message.as_object().unwrap_or(&serde_json::Map::new()), None);
            thread.undelivered.push(mid.clone());
        }
        let (page_id, person) = (page.id.clone(), psid.clone());
        let (app_id, text_said) = (app.to_owned(), text.to_owned());
        self.emit(SimulatorEvent::OtherAppSent {
            page: page_id,
            person,
            app: app_id,
            mid: mid.clone(),
            text: text_said,
        });
        let echo = json!({"is_echo": true, "app_id": app_number(app), "mid": mid, "text": text});
        let element = messaging(&page.id, &psid, now, "message", echo);
        self.notify(&mut world, &page, &psid, ("message_echoes", now), element);
        self.arrive(&mut world, &page, &psid, now);
        Ok(mid)
    }

    /// Another app passes, takes, asks for or lets go of control.
    pub(super) fn other_app_controls(
        &self,
        to: Option<&str>,
        act: Act,
        app: &str,
        metadata: Option<&str>,
    ) -> Result<(), PersonError> {
        let mut world = self.world();
        let (page, psid) = whose(&world, to)?;
        self.hand_over(&mut world, &page, &psid, act, app, metadata);
        Ok(())
    }

    fn hand_over(&self, world: &mut World, page: &Page, psid: &str, act: Act, app: &str, metadata: Option<&str>) {
        let now = self.clock.now_ms();
        let Some(thread) = world.thread_mut(psid) else { return };
        let before = thread.owner(now).map(str::to_owned);
        let was_ours = before.as_deref() == Some(page.app_id.as_str());
        let change: Option<(&str, Value)> = match act {
            Act::Pass => {
                thread.give_to(&page.app_id, now);
                let members = json!({"previous_owner_app_id": app, "new_owner_app_id": page.app_id});
                Some(("pass_thread_control", members))
            }
            Act::Take => {
                thread.give_to(app, now);
                // Told to the app that loses it; `null` for an idle thread of the default app.
                let members = json!({"previous_owner_app_id": before, "new_owner_app_id": app});
                (was_ours || before.is_none()).then_some(("take_thread_control", members))
            }
            Act::Request => {
                let members = json!({"requested_owner_app_id": app_number(app)});
                was_ours.then_some(("request_thread_control", members))
            }
            Act::Release => {
                thread.owner = None;
                None
            }
        };
        let action = format!("{act:?}").to_lowercase();
        self.emit(SimulatorEvent::ThreadControl {
            page: page.id.clone(),
            person: psid.to_owned(),
            action,
            app: if matches!(act, Act::Pass) { page.app_id.clone() } else { app.to_owned() },
        });
        if let Some((key, mut members)) = change {
            if let Some(metadata) = metadata {
                members["metadata"] = metadata.into();
            }
            let element = messaging(psid, &page.id, now, key, members);
            self.enqueue(page, [Webhook::new("messaging_handovers", &page.id, now, &element)]);
        }
    }
}

/// The Page and the person meant; without a name, the first.
fn whose(world: &World, to: Option<&str>) -> Result<(Page, String), PersonError> {
    let first = world.threads.first().map(|thread| thread.person.psid.clone()).unwrap_or_default();
    let psid = to.map_or(first, str::to_owned);
    let thread = known(world, &psid)?;
    let page = world.page(&thread.page_id).cloned();
    let page = page.ok_or_else(|| PersonError::UnknownPerson { person: psid.clone(), known: Vec::new() })?;
    Ok((page, psid))
}
