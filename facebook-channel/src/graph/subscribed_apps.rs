//! The list of apps to which Meta sends webhooks of the Page, and what of it is this channel's.
//!
//! A list of fields replaces the one before, so what is not known for certain is told to be unknown: whoever took it for nothing
//! would take away what an operator has chosen.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps>

use channel_api::connection::SubscriptionStatus;
use channel_api::{Action, Error, ErrorKind, Issue, Pointer, ProviderRequest, Result};
use serde_json::Value;

use super::client::GraphClient;
use super::issue::FIELDS;
use super::reply::id;
use super::subscription::names;
use crate::webhook_field;

/// How many pages of the list are read at most. Meta gives 25 apps on one.
///
/// Source: <https://developers.facebook.com/docs/graph-api/results>
const MOST_PAGES: usize = 10;

/// The apps on the list, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct SubscribedApps {
    apps: Vec<Value>,
    /// Whether there is no app besides.
    whole: bool,
}

/// Why it is not known what Meta sends to the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Several apps are on the list, and which is ours is not known.
    App,
    /// Ours may stand where the list was not read.
    Rest,
    /// Ours is on the list, without its fields.
    Fields,
}

impl GraphClient {
    /// Asks which webhooks of the Page Meta sends, and to which app: until that of this id is found.
    pub(super) async fn subscribed_apps(&self, page_id: &str, app_id: Option<&str>) -> Result<SubscribedApps> {
        let mut found = SubscribedApps::default();
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let path = self.path(&[page_id, "subscribed_apps"])?;
            let mut request = ProviderRequest::get(path, &[("fields", "id,name,subscribed_fields")]);
            // Only the place in the list is taken from Meta's answer, never an address.
            request.query.extend(after.clone().map(|after| ("after".to_owned(), after)));
            let answer = self.call(&request).await?;
            let Some(apps) = answer.get("data").and_then(Value::as_array) else { return Ok(found) };
            found.apps.extend(apps.iter().cloned());
            found.whole = answer.pointer("/paging/next").is_none_or(Value::is_null);
            let next = answer.pointer("/paging/cursors/after").and_then(id);
            if found.whole || found.of(app_id).is_some() || next.is_none() || next == after {
                return Ok(found);
            }
            after = next;
        }
        Ok(found)
    }
}

impl SubscribedApps {
    fn of(&self, app_id: Option<&str>) -> Option<&Value> {
        self.apps.iter().find(|app| app_id.is_some() && app.get("id").and_then(id).as_deref() == app_id)
    }

    /// What Meta sends to the app of what it shall send. Without an App ID the only app on the list is taken for ours.
    pub(super) fn read(&self, app_id: Option<&str>, wanted: &[&str]) -> Result<SubscriptionStatus, Unknown> {
        let ours = match (self.of(app_id), &*self.apps) {
            (Some(ours), _) => Some(ours),
            (None, [_, _, ..]) if app_id.is_none() => return Err(Unknown::App),
            (None, _) if !self.whole => return Err(Unknown::Rest),
            (None, [app]) if app_id.is_none() => Some(app),
            (None, _) => None,
        };
        let fields = match ours.map(|app| app.get("subscribed_fields").filter(|fields| fields.is_array())) {
            Some(None) => return Err(Unknown::Fields),
            fields => names(fields.flatten()),
        };
        let lacks = |field: &&str| !fields.iter().any(|given| given == field);
        let missing = wanted.iter().copied().filter(lacks).map(str::to_owned).collect();
        let besides = webhook_field::all().map(|(field, _)| field).filter(|field| !wanted.contains(field));
        let available = besides.filter(lacks).map(str::to_owned).collect();
        Ok(SubscriptionStatus { fields, missing, available })
    }

    /// The app that is taken for ours because it is the only one, as an operator knows it.
    pub(super) fn only(&self) -> Option<String> {
        let [app] = &*self.apps else { return None };
        let id = app.get("id").and_then(id)?;
        Some(app.get("name").and_then(Value::as_str).map_or_else(|| id.clone(), |name| format!("{name} ({id})")))
    }

    /// What Meta sends to the one app that has come to the list since, if it is one.
    pub(super) fn came_since(&self, before: &Self) -> Option<Vec<String>> {
        let id_of = |app: &Value| app.get("id").and_then(id);
        let is_new = |app: &&Value| id_of(app).is_some() && before.apps.iter().all(|known| id_of(known) != id_of(app));
        let mut new = self.apps.iter().filter(is_new);
        let app = new.next().filter(|_| self.whole && new.next().is_none())?;
        Some(names(app.get("subscribed_fields")))
    }
}

impl Unknown {
    const fn message(self) -> &'static str {
        match self {
            Self::App => "several apps are subscribed to the Page, and which of them is this channel's is not known",
            Self::Rest => {
                "Meta did not give the list of the Page's apps to its end, and this channel's may stand in the rest"
            }
            Self::Fields => "Meta does not say to which webhooks of the Page the app is subscribed",
        }
    }

    const fn hint(self) -> &'static str {
        match self {
            Self::App => {
                "enter the App ID (in the app: Settings, Basic): without it, fields that the app has could be taken away"
            }
            Self::Rest => {
                "check again later; where it stays so, enter the App ID (in the app: Settings, Basic) if it is not entered, or end \
                 the subscriptions of apps that nobody uses: while the list is not known, fields that the app has could be taken away"
            }
            Self::Fields => {
                "check again later; where it stays so, subscribe to the Page's webhooks at Meta: while the app's are not known, \
                 fields that it has could be taken away"
            }
        }
    }

    /// For a check.
    pub(super) fn warning(self) -> Issue {
        let field = FIELDS.key("app_id");
        let (pointer, action) = match self {
            Self::App => (&field, Action::CheckConfiguration),
            Self::Rest | Self::Fields => (&Pointer::ROOT, Action::RetryLater),
        };
        let unknown = Issue::new(pointer, "facebook.subscription_unknown", self.message());
        unknown.with_hint(self.hint()).with_action(action)
    }

    /// For whoever would change the list.
    pub(super) fn error(self) -> Error {
        let (kind, code) = match self {
            Self::App => (ErrorKind::Config, "facebook.app_unknown"),
            Self::Rest | Self::Fields => (ErrorKind::Rejected, "facebook.subscription_unknown"),
        };
        Error::new(kind, code, self.message()).with_hint(self.hint())
    }
}
