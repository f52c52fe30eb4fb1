//! How somebody came to the conversation: a link, an advertisement, a plugin, a shop.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_referrals>

use super::event_spec::EventSpec;
use super::fields::{Field, FieldType, field};

pub(super) const SPECS: &[EventSpec] = &[EventSpec::fields("referral", "facebook.referral", REFERRAL, &[])];

/// A referral, also where it is a part of a message or a postback.
pub(super) const REFERRAL: &[Field] = &[
    field("ref", "ref", FieldType::Text),
    field("source", "source", FieldType::Text),
    field("type", "type", FieldType::Text),
    field("referer_uri", "refererUri", FieldType::Text),
    field("origin_domain", "originDomain", FieldType::Text),
    field("is_guest_user", "isGuestUser", FieldType::Flag),
    field("ad_id", "adId", FieldType::Id),
    field("ads_context_data", "adsContextData", FieldType::One(ADS_CONTEXT)),
    field("product", "product", FieldType::One(PRODUCT)),
];

const ADS_CONTEXT: &[Field] = &[
    field("ad_title", "adTitle", FieldType::Text),
    field("photo_url", "photoUrl", FieldType::Text),
    field("video_url", "videoUrl", FieldType::Text),
    field("post_id", "postId", FieldType::Id),
    field("product_id", "productId", FieldType::Id),
    field("flow_id", "flowId", FieldType::Id),
];

const PRODUCT: &[Field] = &[field("id", "id", FieldType::Id)];
