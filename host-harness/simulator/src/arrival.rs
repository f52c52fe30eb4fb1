//! What an app hears of a thread: as an event of its own, or on `standby` while another app controls the thread.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/standby>.

use serde_json::{Value, json};

use super::entities::Page;
use super::event::SimulatorEvent;
use super::platform::Platform;
use super::webhook::{Webhook, messaging};
use super::world::{Control, World};

/// What comes on standby at all.
const ON_STANDBY: &[&str] =
    &["messages", "messaging_postbacks", "message_reads", "message_deliveries", "message_echoes"];

impl Platform {
    /// Tells the app of something in a thread.
    pub(super) fn notify(
        &self,
        world: &mut World,
        page: &Page,
        psid: &str,
        (field, now): (&'static str, i64),
        mut element: Value,
    ) {
        let webhook = match world.control(page, psid, now) {
            Control::Ours => Webhook::new(field, &page.id, now, &element),
            Control::Theirs(_) if ON_STANDBY.contains(&field) => {
                // What a button means is nobody's business but the owner's.
                if let Some(postback) = element.get_mut("postback").and_then(Value::as_object_mut) {
                    postback.remove("payload");
                }
                Webhook::standby(&page.id, now, &element)
            }
            Control::Theirs(_) => return,
        };
        self.enqueue(page, [webhook]);
    }

    /// The phone receives what is on its way, and the person reads it, unless they are not like that.
    pub(super) fn arrive(&self, world: &mut World, page: &Page, psid: &str, now: i64) {
        let Some(person) = world.thread(psid).map(|thread| thread.person.clone()) else { return };
        if !person.phone_off {
            self.deliver_to(world, page, psid, now);
            if !person.reads_later {
                self.read_by(world, page, psid, now);
            }
        }
    }

    /// The phone receives what it has not received yet.
    pub(super) fn deliver_to(&self, world: &mut World, page: &Page, psid: &str, now: i64) {
        let Some(thread) = world.thread_mut(psid) else { return };
        let mids = std::mem::take(&mut thread.undelivered);
        if mids.is_empty() {
            return;
        }
        thread.unread.extend(mids.iter().cloned());
        // Meta's sample of a delivery has no timestamp, so neither has this.
        let element = json!({
            "sender": {"id": psid}, "recipient": {"id": page.id}, "delivery": {"mids": mids, "watermark": now},
        });
        self.emit(SimulatorEvent::Delivered { page: page.id.clone(), person: psid.to_owned(), mids });
        self.notify(world, page, psid, ("message_deliveries", now), element);
    }

    /// The person reads what was delivered. Returns how many messages that were.
    pub(super) fn read_by(&self, world: &mut World, page: &Page, psid: &str, now: i64) -> usize {
        let Some(thread) = world.thread_mut(psid) else { return 0 };
        let read = std::mem::take(&mut thread.unread).len();
        if read > 0 {
            let element = messaging(psid, &page.id, now, "read", json!({ "watermark": now }));
            self.emit(SimulatorEvent::Read { page: page.id.clone(), person: psid.to_owned(), watermark: now });
            self.notify(world, page, psid, ("message_reads", now), element);
        }
        read
    }
}
