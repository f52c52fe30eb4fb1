//! What is done to a message that was sent: reactions, changes, taking it back.

use serde_json::json;

use super::{By, Consequence, PersonError, bubble};
use crate::event::SimulatorEvent;
use crate::platform::Platform;
use crate::thread::{Side, Thread};
use crate::world::World;

/// Source: `message_edits` in the documentation's list of webhook events.
const EDITS: u32 = 5;

/// How Meta names a reaction. Source: `message_reactions` in the same list.
const REACTIONS: &[(&str, &[&str])] = &[
    ("smile", &["😀", "😃", "😄", "😁", "😆", "🙂"]),
    ("angry", &["😠", "😡"]),
    ("sad", &["😢", "😭"]),
    ("wow", &["😮", "😲"]),
    ("love", &["❤", "❤\u{fe0f}", "😍"]),
    ("like", &["👍"]),
    ("dislike", &["👎"]),
];

impl Platform {
    /// Puts an emoji on a message of the Page, or takes it off with `None`; without `mid`, on the last one. Returns the
    /// message id.
    pub(crate) fn react(
        &self,
        from: Option<&str>,
        mid: Option<&str>,
        emoji: Option<&str>,
    ) -> Result<String, PersonError> {
        if emoji.is_some_and(|emoji| emoji.trim().is_empty()) {
            return Err(PersonError::EmptyText);
        }
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let thread = writable(&mut world, &by, "react to")?;
        let mid = find(thread, &by, Side::Page, mid, "react to")?;
        if let Some(entry) = thread.entry_mut(&mid) {
            if emoji.is_none() && entry.reaction.is_none() {
                return Err(PersonError::NoSuchMessage { name: by.name, what: "take a reaction off" });
            }
            entry.reaction = emoji.map(str::to_owned);
        }
        let reaction = match emoji {
            Some(emoji) => {
                // A reaction opens the window as a message does.
                thread.last_wrote = Some(by.at);
                json!({"reaction": name(emoji), "emoji": emoji, "action": "react", "mid": mid})
            }
            None => json!({"action": "unreact", "mid": mid}),
        };
        let event = SimulatorEvent::PersonReacted {
            page: by.page.id.clone(),
            person: by.psid.clone(),
            name: by.name.clone(),
            mid: mid.clone(),
            emoji: emoji.map(str::to_owned),
        };
        let consequence = Consequence { field: "message_reactions", element: ("reaction", reaction), event };
        self.did(&mut world, &by, consequence);
        Ok(mid)
    }

    /// Changes a text; without `mid`, the last one.
    pub(crate) fn edit(&self, from: Option<&str>, mid: Option<&str>, text: &str) -> Result<String, PersonError> {
        if text.trim().is_empty() {
            return Err(PersonError::EmptyText);
        }
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let thread = writable(&mut world, &by, "change")?;
        let mid = find(thread, &by, Side::Person, mid, "change")?;
        let mut edits = 0;
        if let Some(entry) = thread.entry_mut(&mid) {
            if entry.shown.text.is_none() {
                return Err(PersonError::NoSuchMessage { name: by.name, what: "change" });
            }
            if entry.edits >= EDITS {
                return Err(PersonError::TooManyEdits { limit: EDITS });
            }
            entry.edits += 1;
            entry.shown = bubble(text);
            edits = entry.edits;
        }
        let edit = json!({"mid": mid, "text": text, "num_edit": edits});
        let event = SimulatorEvent::PersonEdited {
            page: by.page.id.clone(),
            person: by.psid.clone(),
            name: by.name.clone(),
            mid: mid.clone(),
            text: text.to_owned(),
        };
        self.did(&mut world, &by, Consequence { field: "message_edits", element: ("message_edit", edit), event });
        Ok(mid)
    }

    /// Takes a message back; without `mid`, the last one.
    pub(crate) fn unsend(&self, from: Option<&str>, mid: Option<&str>) -> Result<String, PersonError> {
        let mut world = self.world();
        let by = self.writer(&world, from)?;
        let thread = writable(&mut world, &by, "take back")?;
        let mid = find(thread, &by, Side::Person, mid, "take back")?;
        thread.entries.retain(|entry| entry.mid != mid);
        let message = json!({"mid": mid, "is_deleted": true});
        let (page, person, name) = (by.page.id.clone(), by.psid.clone(), by.name.clone());
        let event = SimulatorEvent::PersonUnsent { page, person, name, mid: mid.clone() };
        self.did(&mut world, &by, Consequence { field: "messages", element: ("message", message), event });
        Ok(mid)
    }
}

fn writable<'a>(world: &'a mut World, by: &By, what: &'static str) -> Result<&'a mut Thread, PersonError> {
    world.thread_mut(&by.psid).ok_or_else(|| PersonError::NoSuchMessage { name: by.name.clone(), what })
}

/// A message of this side; without a name, the last.
fn find(thread: &Thread, by: &By, side: Side, mid: Option<&str>, what: &'static str) -> Result<String, PersonError> {
    let mut of_this_side = thread.entries.iter().rev().filter(|entry| entry.from == side);
    let found = of_this_side.find(|entry| mid.is_none_or(|mid| entry.mid == mid));
    found.map(|entry| entry.mid.clone()).ok_or_else(|| PersonError::NoSuchMessage { name: by.name.clone(), what })
}

fn name(emoji: &str) -> &'static str {
    REACTIONS.iter().find(|(_, known)| known.contains(&emoji)).map_or("other", |(name, _)| name)
}
