//! A person's name and picture.

use channel_api::{ProviderRequest, Result, UserProfile};
use serde_json::Value;

use super::client::GraphClient;

impl GraphClient {
    /// Looks up a person by the id that the Page knows them by (PSID). Without the feature Business Asset User Profile Access,
    /// Meta leaves the fields out, which is no error.
    ///
    /// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/user-profile>
    pub(crate) async fn user_profile(&self, person: &str) -> Result<UserProfile> {
        let path = self.path(&[person])?;
        let request = ProviderRequest::get(path, &[("fields", "first_name,last_name,profile_pic")]);
        let profile = self.call(&request).await.map_err(|error| error.with_operation("user_profile"))?;
        let field = |name: &str| profile.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(UserProfile {
            first_name: field("first_name"),
            last_name: field("last_name"),
            profile_pic: field("profile_pic"),
        })
    }
}
