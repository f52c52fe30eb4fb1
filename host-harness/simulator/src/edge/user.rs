//! `GET /{psid}`. Source: `…/identity/user-profile`.

use serde_json::{Value, json};

use super::fields::fields;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::platform::Platform;

impl Platform {
    pub(super) fn user(&self, call: &Call, page: &Page, psid: &str) -> Result<Value, GraphError> {
        let mut world = self.world();
        let settings = world.state(&page.id).settings.clone();
        let Some(thread) = world.thread(psid).filter(|thread| thread.page_id == page.id && !thread.gone) else {
            return Err(GraphError::no_such_object(&call.verb(), psid));
        };
        let person = &thread.person;
        if person.without_profile {
            // Source: `…/error-codes` (2018218), for an account made with a phone number.
            return Err(GraphError::parameter("No profile available for this user.").subcode(2_018_218));
        }
        // Without the permission, or when it is empty, a field is left out.
        let visible = |allowed: bool, value: Value| if allowed && value != "" { value } else { Value::Null };
        let named = settings.has_feature("user_profile");
        let node = json!({
            "id": psid,
            "first_name": visible(named, person.first_name.as_str().into()),
            "last_name": visible(named, person.last_name.as_str().into()),
            "profile_pic": visible(named, person.profile_pic.as_str().into()),
            "name": visible(named, person.name().into()),
            "locale": visible(settings.has_scope("pages_user_locale"), json!(person.locale)),
            "timezone": visible(settings.has_scope("pages_user_timezone"), json!(person.timezone)),
            "gender": visible(settings.has_scope("pages_user_gender"), json!(person.gender)),
        });
        fields(call, &node, "User", "first_name,last_name,profile_pic")
    }
}
