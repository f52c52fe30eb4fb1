//! A person's name and picture, and where the permissions reach so far, their language and time zone.

use std::sync::atomic::{AtomicBool, Ordering};

use channel_api::{Error, ErrorKind, ProviderRequest, Result, UserProfile};
use serde_json::Value;

use super::page::Page;

/// What the feature Business Asset User Profile Access lets an app see.
const FIELDS: &str = "first_name,last_name,profile_pic";
/// The same, and what takes the permissions `pages_user_locale` and `pages_user_timezone`.
const ALL_FIELDS: &str = "first_name,last_name,profile_pic,locale,timezone";

/// What says nothing about the person: they are to be asked about again.
const PASSING: [ErrorKind; 4] =
    [ErrorKind::RateLimited, ErrorKind::Credentials, ErrorKind::ProviderFailed, ErrorKind::Unreachable];

/// Looks people up for one Page.
#[derive(Debug, Default)]
pub(crate) struct UserProfiles {
    /// Meta has refused to be asked for language and time zone. A token with more permissions makes a new channel.
    without_place: AtomicBool,
}

impl UserProfiles {
    /// Looks up a person by the id that the Page knows them by (PSID).
    ///
    /// Without a permission Meta mostly leaves its fields out, which is no error; where it refuses the call, the fields that need
    /// more than the others are not asked for again. Where the answer holds no name, the conversation may know one.
    ///
    /// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/user-profile>
    pub(crate) async fn look_up(&self, page: Page<'_>, person: &str) -> Result<UserProfile> {
        let profile = self.profile(page, person).await.map_err(|error| error.with_operation("user_profile"))?;
        let field =
            |name: &str| profile.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let mut told = UserProfile {
            first_name: field("first_name"),
            last_name: field("last_name"),
            profile_pic: field("profile_pic"),
            locale: field("locale"),
            timezone: profile.get("timezone").and_then(Value::as_number).cloned(),
            ..UserProfile::default()
        };
        if told.first_name.is_none() && told.last_name.is_none() {
            told.name = participant(page, person).await.map_err(|error| error.with_operation("user_profile"))?;
        }
        Ok(told)
    }

    async fn profile(&self, page: Page<'_>, person: &str) -> Result<Value> {
        let path = page.graph.path(&[person])?;
        let ask = async |fields| page.graph.call(&ProviderRequest::get(path.clone(), &[("fields", fields)])).await;
        if self.without_place.load(Ordering::Relaxed) {
            return ask(FIELDS).await;
        }
        match ask(ALL_FIELDS).await {
            Err(error) if may_be_about_fields(&error) => {
                let profile = ask(FIELDS).await?;
                self.without_place.store(true, Ordering::Relaxed);
                Ok(profile)
            }
            answered => answered,
        }
    }
}

/// Whether Meta may mean the fields that were asked for: it refuses the call, and gives no subcode that says more.
fn may_be_about_fields(error: &Error) -> bool {
    error.provider().is_some_and(|meta| {
        meta.subcode_number().is_none() && matches!(meta.code_number(), Some(3 | 10 | 100 | 200..=299))
    })
}

/// The name under which a person takes part in the conversation with the Page. Whatever Meta refuses here, it has answered the
/// look-up itself; but that it is out of reach, or asked too much, is worth knowing.
///
/// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversations>
async fn participant(page: Page<'_>, person: &str) -> Result<Option<String>> {
    let query = [("platform", "messenger"), ("user_id", person), ("fields", "participants")];
    let request = ProviderRequest::get(page.graph.path(&[page.id, "conversations"])?, &query);
    let answer = match page.graph.call(&request).await {
        Ok(answer) => answer,
        Err(error) if PASSING.contains(&error.kind()) => return Err(error),
        Err(_) => return Ok(None),
    };
    let participants = answer["data"][0]["participants"]["data"].as_array();
    let found = participants.into_iter().flatten().find(|somebody| somebody["id"] == person);
    Ok(found.and_then(|somebody| somebody["name"].as_str()).filter(|name| !name.is_empty()).map(str::to_owned))
}
