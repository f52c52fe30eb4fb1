//! What a Page and its app may do, and how they stand with Meta: changed by `POST /_sim/settings`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::graph_error::GraphError;

/// The state of one Page. What is not named in a change stays as it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Settings {
    /// Permissions of the Page's token.
    pub(super) scopes: Vec<String>,
    /// Features that passed App Review.
    pub(super) features: Vec<String>,
    /// What became of the token.
    pub(super) token: TokenState,
    /// When the token ends, in seconds since the epoch; `null` for never, as with one made from a long-lived user token.
    pub(super) token_expires_at: Option<i64>,
    /// The app is live. In development mode it may write to its testers only.
    pub(super) live: bool,
    /// PSIDs of people with a role on the app.
    pub(super) testers: Vec<String>,
    /// The app that owns new threads under Conversation Routing; `null` while none is configured.
    pub(super) default_app: Option<String>,
    /// Two letters.
    pub(super) country: String,
    /// The admin has accepted the terms that labels need.
    pub(super) contact_terms_accepted: bool,
    /// What kind of Page it is.
    pub(super) category: String,
    /// Address of the Page's picture; empty for none.
    pub(super) picture: String,
    /// When access to data ends, in seconds since the epoch; `null` for 90 days from now.
    pub(super) data_access_expires_at: Option<i64>,
    /// Messaging is restricted for a violation of the policies.
    pub(super) restricted: bool,
    /// Ids in the catalogue that is linked to the Page.
    pub(super) products: Vec<String>,
    /// Webhook fields that Meta does not take from this app, whatever its permissions.
    pub(super) refused_fields: Vec<String>,
    /// The app's half of the subscription, which the app has once for all its Pages.
    pub(super) app_subscription: AppSubscription,
    pub(super) limits: Limits,
}

/// Where the app's webhooks go. It is told, and changes nothing of what is delivered.
///
/// Source: <https://developers.facebook.com/docs/graph-api/reference/app/subscriptions>.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AppSubscription {
    /// The app has one for Pages.
    pub(super) exists: bool,
    /// Meta delivers to it.
    pub(super) active: bool,
    /// Another address than the Page's webhook; `null` for that.
    pub(super) callback_url: Option<String>,
    /// The fields of it; `null` for all.
    pub(super) fields: Option<Vec<String>>,
}

impl Default for AppSubscription {
    fn default() -> Self {
        Self { exists: true, active: true, callback_url: None, fields: None }
    }
}

/// How many calls a Page has. `0` switches a limit off.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/overview/rate-limiting>.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Limits {
    /// Calls of all kinds in `seconds`. Meta counts 200 for each engaged person in a day.
    pub(super) calls: usize,
    pub(super) seconds: u32,
    /// The code to refuse with: 4, 17, 32, 341, 613, 80001 or 80006.
    pub(super) code: i64,
    /// Messages in a second with text, an image, a file or a template.
    pub(super) texts_a_second: usize,
    /// Messages in a second with audio or video.
    pub(super) media_a_second: usize,
    /// Private replies in an hour.
    pub(super) private_replies_an_hour: usize,
    /// Calls of the Conversations API in a second.
    pub(super) conversations_a_second: usize,
}

/// What a token is worth, with the sub-code of 190 that Meta answers for it.
///
/// Source: <https://developers.facebook.com/docs/graph-api/guides/error-handling>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TokenState {
    #[default]
    Valid,
    /// 458
    AppRemoved,
    /// 459
    Checkpoint,
    /// 460
    PasswordChanged,
    /// 463
    Expired,
    /// 464
    Unconfirmed,
    /// 467
    LoggedOut,
    /// 492
    RoleLost,
}

impl Default for Settings {
    /// A Page in good standing, with everything granted that a support channel asks for.
    fn default() -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            scopes: owned(&[
                "pages_messaging",
                "pages_utility_messaging",
                "pages_manage_metadata",
                "pages_read_engagement",
                "pages_manage_engagement",
                "pages_show_list",
                "pages_user_locale",
                "pages_user_timezone",
                "pages_user_gender",
                "catalog_management",
            ]),
            features: owned(&["human_agent", "user_profile"]),
            token: TokenState::Valid,
            token_expires_at: None,
            live: true,
            testers: Vec::new(),
            default_app: None,
            country: "US".to_owned(),
            contact_terms_accepted: true,
            category: "Local business".to_owned(),
            picture: "https://scontent.example/page.jpg".to_owned(),
            data_access_expires_at: None,
            restricted: false,
            products: owned(&["501", "502", "503"]),
            refused_fields: Vec::new(),
            app_subscription: AppSubscription::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    /// Meta's numbers, for a Page with a thousand engaged people.
    fn default() -> Self {
        Self {
            calls: 200_000,
            seconds: 24 * 60 * 60,
            code: 80_006,
            texts_a_second: 300,
            media_a_second: 10,
            private_replies_an_hour: 750,
            conversations_a_second: 2,
        }
    }
}

impl Settings {
    /// These settings with a change put over them; nested objects likewise. Says what is wrong otherwise.
    pub(super) fn changed(&self, change: &Map<String, Value>) -> Result<Self, String> {
        let mut merged = serde_json::to_value(self).map_err(|error| error.to_string())?;
        merge(&mut merged, change);
        let changed: Self = serde_json::from_value(merged).map_err(|error| format!("not a setting: {error}"))?;
        if ![4, 17, 32, 341, 613, 80_001, 80_006].contains(&changed.limits.code) {
            return Err("limits.code must be one of 4, 17, 32, 341, 613, 80001, 80006".to_owned());
        }
        if changed.limits.seconds == 0 {
            return Err("limits.seconds must be at least 1".to_owned());
        }
        Ok(changed)
    }

    pub(super) fn has_scope(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope == name)
    }

    pub(super) fn has_feature(&self, name: &str) -> bool {
        self.features.iter().any(|feature| feature == name)
    }

    /// Whether the token still works at this time. The texts are the documented ones where there are any.
    pub(super) fn check_token(&self, app_id: &str, now_ms: i64) -> Result<(), GraphError> {
        let expired = self.token_expires_at.is_some_and(|end| end.saturating_mul(1000) <= now_ms);
        let (subcode, reason) = match self.token {
            TokenState::Valid if expired => (463, "Session has expired.".to_owned()),
            TokenState::Valid => return Ok(()),
            TokenState::AppRemoved => (458, format!("The user has not authorized application {app_id}.")),
            TokenState::Checkpoint => (
                459,
                "You cannot access the app till you log in to www.facebook.com and follow the instructions given."
                    .to_owned(),
            ),
            TokenState::PasswordChanged => (
                460,
                "The session has been invalidated because the user changed their password or Facebook has changed the \
                 session for security reasons."
                    .to_owned(),
            ),
            TokenState::Expired => (463, "Session has expired.".to_owned()),
            TokenState::Unconfirmed => {
                (464, "Sessions for the user are not allowed because the user is not a confirmed user.".to_owned())
            }
            TokenState::LoggedOut => (467, "The session is invalid because the user logged out.".to_owned()),
            TokenState::RoleLost => (492, "The user must have a role on the Page.".to_owned()),
        };
        Err(GraphError::token(subcode, reason))
    }
}

fn merge(base: &mut Value, change: &Map<String, Value>) {
    for (key, value) in change {
        match (base.get_mut(key), value) {
            (Some(inner @ Value::Object(_)), Value::Object(change)) => merge(inner, change),
            _ => base[key] = value.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Settings;

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let change = json!({"limits": {"calls": 5}, "tokenExpiresAt": 1_796_083_200});
        let changed = Settings::default().changed(change.as_object().unwrap()).unwrap();
        assert_eq!((changed.limits.calls, changed.limits.code, changed.live), (5, 80_006, true));
        assert!(changed.check_token("1", 1_796_083_199_999).is_ok());
        assert_eq!(changed.check_token("1", 1_796_083_200_000).unwrap_err().subcode, Some(463));
        for wrong in [json!({"scope": []}), json!({"limits": {"code": 5}}), json!({"token": "lost"})] {
            assert!(Settings::default().changed(wrong.as_object().unwrap()).is_err(), "{wrong}");
        }
    }
}
