//! What stands in a message: media, stickers, places, links.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::JsonObject;
use crate::extra::flat_extra;
use crate::read::string_or_number;

/// Something with bytes behind it: by address, by the id of an earlier upload, or by the id under which it was received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct Media {
    /// Inbound: the provider's id of this medium, by which a channel that hands out
    /// [`MediaDownload`](crate::facets::MediaDownload) finds it again.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it can be fetched. An inbound address may expire: fetch it soon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The provider's id of an upload, which can be sent.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub attachment_id: Option<String>,
    /// What only this channel knows of it. What it does not [declare](crate::capability::Extras::media) is refused.
    #[serde(skip)]
    pub extra: JsonObject,
}

flat_extra!(Media);

impl Media {
    /// Media by address.
    pub fn url(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::default() }
    }

    /// Received media, by the provider's id.
    pub fn received(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }
}

/// A sticker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Sticker {
    /// The provider's id of the sticker.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where its picture can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Sticker {
    /// A sticker by its id, and where its picture is.
    pub fn new(id: Option<String>, url: Option<String>) -> Self {
        Self { id, url }
    }
}

/// A place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// What the place is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A map of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Location {
    /// A place by its coordinates, in degrees.
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self { latitude, longitude, ..Self::default() }
    }
}

/// A shared link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Link {
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The headline of its preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Inbound: what the provider says about it in words that it does not explain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
}

impl Link {
    /// A link with the headline of its preview.
    pub fn new(url: Option<String>, title: Option<String>) -> Self {
        Self { url, title, payload: None }
    }
}
