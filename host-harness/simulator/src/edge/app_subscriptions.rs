//! `GET /{app}/subscriptions`: where the app's webhooks go, and which of them it gets. Asked with the app's own token.
//! Source: <https://developers.facebook.com/docs/graph-api/reference/app/subscriptions>.

use serde_json::{Value, json};

use crate::entities::SUBSCRIBED_FIELDS;
use crate::platform::Platform;
use crate::version::Version;

impl Platform {
    /// The app has one address for all its Pages: the first Page's that has one.
    pub(super) fn app_subscriptions(&self, app_id: &str, version: Version) -> Value {
        let mut world = self.world();
        let of_app = world.pages.iter().filter(|page| page.app_id == app_id);
        let Some(id) = of_app.map(|page| page.id.clone()).next() else { return json!({"data": []}) };
        let webhook = world.pages.iter().find_map(|page| page.webhook_url.clone().filter(|_| page.app_id == app_id));
        let app = world.state(&id).settings.app_subscription.clone();
        let Some(url) = app.callback_url.or(webhook).filter(|_| app.exists) else { return json!({"data": []}) };
        let all = || SUBSCRIBED_FIELDS.iter().map(|name| (*name).to_owned()).collect();
        let names: Vec<String> = app.fields.unwrap_or_else(all);
        let fields: Vec<Value> =
            names.iter().map(|name| json!({"name": name, "version": version.to_string()})).collect();
        json!({"data": [{"object": "page", "callback_url": url, "active": app.active, "fields": fields}]})
    }
}
