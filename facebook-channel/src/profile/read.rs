//! Reading the profile as it is.

use channel_api::profile::Profile;
use channel_api::{Error, ErrorKind, JsonObject, ProviderRequest, Result, Retry};
use serde_json::Value;

use super::EDGE;
use super::answer::{names_greeting, of_budget};
use super::document::is_set;
use super::property::Property;
use crate::graph::Page;

/// Reads the profile: a document with what is set, which changes nothing when it is desired.
///
/// One call. Only where Meta refuses to tell the greeting, which its reference no longer lists, a second one asks for the rest.
pub(crate) async fn read(page: Page<'_>) -> Result<Profile> {
    ask(page).await.map_err(|error| of_budget(error).with_operation("profile_read"))
}

async fn ask(page: Page<'_>) -> Result<Profile> {
    let path = page.graph.path(&[page.id, EDGE])?;
    let fields = |greeting: bool| {
        let asked = Property::ALL.into_iter().filter(|property| greeting || *property != Property::Greeting);
        asked.map(Property::name).collect::<Vec<_>>().join(",")
    };
    let request = |fields: String| ProviderRequest::get(path.as_str(), &[("fields", &fields)]);
    let answer = match page.graph.call(&request(fields(true))).await {
        Err(error) if is_unknown_greeting(&error) => page.graph.call(&request(fields(false))).await?,
        answer => answer?,
    };
    document(&answer)
}

fn is_unknown_greeting(error: &Error) -> bool {
    error.provider().is_some_and(|provider| provider.code_number() == Some(100)) && names_greeting(error)
}

/// The document in `{"data": [{…}]}`: one object, or one for each property.
fn document(answer: &Value) -> Result<Profile> {
    let Some(data) = answer.get("data").and_then(Value::as_array) else {
        let sentence = "Meta's answer is not the Page's profile";
        return Err(Error::new(ErrorKind::ProviderFailed, "facebook.unreadable_reply", sentence)
            .with_retry(Retry::SAFE)
            .with_hint("read it again; nothing was changed"));
    };
    let members = data.iter().filter_map(Value::as_object).flatten();
    let set = members.filter(|(name, value)| is_set(value) && Property::ALL.iter().any(|known| known.name() == *name));
    Ok(Profile(set.map(|(name, value)| (name.clone(), value.clone())).collect::<JsonObject>()))
}
