//! How somebody came to the conversation: a link, an advertisement, a plugin, a shop.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events/messaging_referrals>

use super::fields::{Field, Form, field};
use super::kind::Kind;

pub(super) const KINDS: &[Kind] = &[Kind::fields("referral", "facebook.referral", REFERRAL, &[])];

/// A referral, also where it is a part of a message or a postback.
pub(super) const REFERRAL: &[Field] = &[
    field("ref", "ref", Form::Text),
    field("source", "source", Form::Text),
    field("type", "type", Form::Text),
    field("referer_uri", "refererUri", Form::Text),
    field("origin_domain", "originDomain", Form::Text),
    field("is_guest_user", "isGuestUser", Form::Flag),
    field("ad_id", "adId", Form::Id),
    field("ads_context_data", "adsContextData", Form::One(ADS_CONTEXT)),
    field("product", "product", Form::One(PRODUCT)),
];

const ADS_CONTEXT: &[Field] = &[
    field("ad_title", "adTitle", Form::Text),
    field("photo_url", "photoUrl", Form::Text),
    field("video_url", "videoUrl", Form::Text),
    field("post_id", "postId", Form::Id),
    field("product_id", "productId", Form::Id),
    field("flow_id", "flowId", Form::Id),
];

const PRODUCT: &[Field] = &[field("id", "id", Form::Id)];
