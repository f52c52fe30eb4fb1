//! `POST /{page}/messages`: what depends on the conversation, and what happens after a message was accepted.
//!
//! `…/` is the documentation's root, as in [`super::rules`].

mod assets;
mod echo;
mod reach;

use serde_json::{Map, Value, json};

use super::budget::Load;
use super::call::Call;
use super::edge::thread_control::another_app;
use super::entities::Page;
use super::event::SimulatorEvent;
use super::graph_error::GraphError;
use super::platform::Platform;
use super::rules::recipient::no_matching_user;
use super::rules::{self, Conditions, Control, Judged, What};
use super::settings::Settings;
use super::thread::{Side, Thread};
use super::webhook::{Webhook, messaging};
use super::world::{self, Upload, World};
use echo::echo;
use reach::Reached;

/// A message that every rule lets pass.
struct Accepted<'a> {
    page: &'a Page,
    reached: Reached,
    message: &'a Map<String, Value>,
    reply_to: Option<&'a str>,
    control: Option<Control>,
    persona: Option<String>,
    uploaded: Option<Upload>,
}

impl Platform {
    pub(super) fn send(&self, page: &Page, call: &Call) -> Result<Value, GraphError> {
        let now = self.clock.now_ms();
        let mut world = self.world();
        let settings = world.state(&page.id).settings.clone();
        may_send(&settings)?;
        let on = Conditions { now, country: settings.country.clone() };
        let Judged { recipient, window, tag, persona, what } = rules::judge(&call.params, call.file.as_ref(), &on)?;
        if tag == Some("HUMAN_AGENT") && !settings.has_feature("human_agent") {
            return Err(GraphError::not_allowed(
                "To use 'Human Agent', your use of this endpoint must be reviewed and approved by Facebook.",
            ));
        }
        let reached = reach::find(&mut world, page, &recipient, &settings, now)?;
        let thread = world.thread(&reached.psid).ok_or_else(no_matching_user)?;
        can_receive(thread, &settings)?;
        if matches!(world.control(page, &reached.psid, now), world::Control::Theirs(_)) {
            return Err(another_app());
        }
        reach::window(&world, &reached, window, now)?;
        if let Some(persona) = &persona
            && world.state(&page.id).persona(persona).is_none()
        {
            return Err(GraphError::parameter("Param persona_id must be a persona of this Page"));
        }
        match what {
            What::Action { action, payload } => {
                world.state(&page.id).usage.message(Load::Text, &settings.limits, now)?;
                self.act(page, &mut world, &reached, action, payload)
            }
            What::Message { message, reply_to, control } => {
                assets::judge(&mut world, page, message, now)?;
                let usage = &mut world.state(&page.id).usage;
                usage.message(load(message), &settings.limits, now)?;
                if reached.is_private_reply() {
                    usage.private_reply(&settings.limits, now)?;
                }
                let uploaded = reusable(message).map(|kind| Upload { page_id: page.id.clone(), kind, at: now });
                let accepted = Accepted { page, reached, message, reply_to, control, persona, uploaded };
                self.accept(&mut world, accepted, now)
            }
        }
    }

    fn act(
        &self,
        page: &Page,
        world: &mut World,
        reached: &Reached,
        action: &str,
        payload: Option<&Value>,
    ) -> Result<Value, GraphError> {
        let thread = world.thread_mut(&reached.psid).ok_or_else(no_matching_user)?;
        match action {
            "typing_on" => thread.typing = true,
            "typing_off" => thread.typing = false,
            "mark_seen" => {
                for entry in thread.entries.iter_mut().filter(|entry| entry.from == Side::Person) {
                    entry.seen = true;
                }
            }
            _ => {
                let part = |name: &str| payload.and_then(|payload| payload[name].as_str());
                let entry = thread.entry_mut(part("message_id").unwrap_or_default()).ok_or_else(no_such_message)?;
                entry.reaction = part("reaction").filter(|_| action == "react").map(str::to_owned);
            }
        }
        let (page, person) = (page.id.clone(), reached.psid.clone());
        self.emit(SimulatorEvent::SenderAction { page, person, action: action.to_owned() });
        Ok(if reached.answers_with_id { json!({ "recipient_id": reached.psid }) } else { json!({}) })
    }

    fn accept(&self, world: &mut World, accepted: Accepted<'_>, now: i64) -> Result<Value, GraphError> {
        let Accepted { page, reached, message, reply_to, control, persona, uploaded } = accepted;
        let psid = reached.psid.clone();
        let thread = world.thread_mut(&psid).ok_or_else(no_matching_user)?;
        let reply_to = match reply_to {
            Some(mid) => {
                let entry = thread.entry(mid).ok_or_else(no_such_message)?;
                Some(json!({"mid": mid, "is_self_reply": entry.from == Side::Page}))
            }
            None => None,
        };
        let mid = self.ids.mid();
        let shown = thread.page_wrote(&mid, now, message, persona);
        if thread.owner(now) == Some(page.app_id.as_str()) {
            thread.give_to(&page.app_id, now);
        }
        match control {
            Some(Control::Release) => thread.owner = None,
            Some(Control::Pass(Some(app))) => thread.give_to(&app, now),
            Some(Control::Pass(None)) => {
                if let Some(default) = world.state(&page.id).settings.default_app.clone()
                    && let Some(thread) = world.thread_mut(&psid)
                {
                    thread.give_to(&default, now);
                }
            }
            None => {}
        }
        let mut answer = json!({ "message_id": mid });
        if reached.answers_with_id {
            answer["recipient_id"] = psid.clone().into();
        }
        if let Some(upload) = uploaded {
            let id = self.ids.attachment();
            world.uploads.insert(id.clone(), upload);
            answer["attachment_id"] = id.into();
        }
        reached.used(world, page, now);
        let (page_id, person) = (page.id.clone(), psid.clone());
        self.emit(SimulatorEvent::PageSent { page: page_id, person, mid: mid.clone(), message: shown });
        let element = messaging(&page.id, &psid, now, "message", echo(page, &mid, message, reply_to));
        self.enqueue(page, [Webhook::new("message_echoes", &page.id, now, &element)]);
        if let Some(thread) = world.thread_mut(&psid) {
            thread.undelivered.push(mid);
        }
        self.arrive(world, page, &psid, now);
        Ok(answer)
    }
}

/// What a Page needs before anything else is looked at.
fn may_send(settings: &Settings) -> Result<(), GraphError> {
    if !settings.has_scope("pages_messaging") {
        return Err(GraphError::permission("pages_messaging"));
    }
    if settings.restricted {
        // Source: `…/error-codes` (1893063).
        return Err(
            GraphError::not_allowed("This Page is temporarily restricted from sending messages.").subcode(1_893_063)
        );
    }
    Ok(())
}

/// What stands between a Page and a person. Source: `…/error-codes`.
fn can_receive(thread: &Thread, settings: &Settings) -> Result<(), GraphError> {
    if thread.gone {
        return Err(no_matching_user());
    }
    if thread.blocked || thread.shut_out {
        // Text and sub-code seen at <https://github.com/microsoft/botframework-sdk/issues/4556>.
        return Err(GraphError::new(551, "(#551) This person isn't available right now.").subcode(1_545_041));
    }
    if thread.person.unreachable {
        return Err(GraphError::not_allowed("This person can't receive your messages right now.").subcode(2_018_108));
    }
    if !settings.live && !settings.testers.contains(&thread.person.psid) {
        return Err(GraphError::new(
            200,
            "(#200) Cannot message users who are not admins, developers or testers of the app until pages_messaging \
             permission is reviewed and the app is live.",
        )
        .subcode(2_018_028));
    }
    Ok(())
}

fn no_such_message() -> GraphError {
    GraphError::parameter("Invalid message id")
}

fn load(message: &Map<String, Value>) -> Load {
    let kind = message.get("attachment").and_then(|attachment| attachment["type"].as_str());
    if matches!(kind, Some("audio" | "video")) { Load::Media } else { Load::Text }
}

/// The kind of an attachment that is to be kept for later.
fn reusable(message: &Map<String, Value>) -> Option<String> {
    let attachment = message.get("attachment")?;
    let kept = attachment.pointer("/payload/is_reusable") == Some(&Value::Bool(true));
    kept.then(|| attachment["type"].as_str().unwrap_or_default().to_owned())
}
