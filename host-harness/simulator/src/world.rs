//! What the simulator knows: Pages, people and their conversations.

use std::collections::HashMap;

use super::dates::DAY_MS;
use super::entities::{Page, Person};
use super::login_state::OAuth;
use super::media::Media;
use super::page_state::PageState;
use super::thread::Thread;

/// Everything that a call may read or change, under one lock.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) pages: Vec<Page>,
    pub(super) threads: Vec<Thread>,
    /// Reusable attachments by their ids.
    pub(super) uploads: HashMap<String, Upload>,
    pub(super) oauth: OAuth,
    pub(super) media: Media,
    states: HashMap<String, PageState>,
}

/// An attachment that can be sent by its id.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    /// Only this Page can use it.
    pub(super) page_id: String,
    /// `image`, `video`, `audio`, `file`.
    pub(super) kind: String,
    /// When, in milliseconds.
    pub(super) at: i64,
}

/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/saving-assets>.
const UPLOAD_LIVES_MS: i64 = 90 * DAY_MS;

/// Who may write in a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// The app that is connected here: it owns the thread, or nobody does and it may.
    Ours,
    /// Another app.
    Theirs(String),
}

impl World {
    pub(super) fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// What belongs to a Page. A Page that was never asked about has the defaults.
    pub(super) fn state(&mut self, page_id: &str) -> &mut PageState {
        self.states.entry(page_id.to_owned()).or_default()
    }

    pub(super) fn thread(&self, psid: &str) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.person.psid == psid)
    }

    pub(super) fn thread_mut(&mut self, psid: &str) -> Option<&mut Thread> {
        self.threads.iter_mut().find(|thread| thread.person.psid == psid)
    }

    /// Who may write in this thread now. An idle thread belongs to the default app, if there is one, and else to nobody.
    pub(super) fn control(&mut self, page: &Page, psid: &str, now: i64) -> Control {
        let default = self.state(&page.id).settings.default_app.clone();
        let owner = self.thread(psid).and_then(|thread| thread.owner(now)).map(str::to_owned);
        match owner.or(default) {
            Some(app) if app != page.app_id => Control::Theirs(app),
            _ => Control::Ours,
        }
    }

    /// An attachment of this Page that has not expired.
    pub(super) fn upload(&self, id: &str, page_id: &str, now: i64) -> Option<&Upload> {
        self.uploads.get(id).filter(|upload| upload.page_id == page_id && now - upload.at < UPLOAD_LIVES_MS)
    }

    /// Adds a Page, or replaces the one with the same id.
    pub(super) fn put_page(&mut self, page: Page) {
        match self.pages.iter_mut().find(|known| known.id == page.id) {
            Some(known) => *known = page,
            None => self.pages.push(page),
        }
    }

    /// Adds a person, or replaces what is known of them; the conversation stays. Says what is wrong otherwise.
    pub(super) fn put_person(&mut self, person: Person) -> Result<(), String> {
        if person.psid.trim().is_empty() {
            return Err("a person needs a psid".into());
        }
        let page_id = match (&person.page_id, self.pages.first()) {
            (Some(id), _) if self.page(id).is_some() => id.clone(),
            (Some(id), _) => return Err(format!("person {:?}: no Page {id:?} is known", person.psid)),
            (None, Some(first)) => first.id.clone(),
            (None, None) => return Err(format!("person {:?}: add a Page first", person.psid)),
        };
        if let Some(thread) = self.thread_mut(&person.psid) {
            if thread.page_id != page_id {
                return Err(format!(
                    "person {:?} belongs to Page {}: a psid is valid for one Page",
                    person.psid, thread.page_id
                ));
            }
            thread.person = person;
            return Ok(());
        }
        self.threads.push(Thread::new(person, page_id));
        Ok(())
    }
}
