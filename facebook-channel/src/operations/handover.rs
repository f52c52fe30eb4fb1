//! Who answers a person: Meta's conversation routing.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing>

mod control;
mod owner;
mod routing;

pub(super) use control::{
    ExtendThreadControl, PassThreadControl, ReleaseThreadControl, RequestThreadControl, TakeThreadControl,
};
pub(super) use owner::GetThreadOwner;
pub(super) use routing::{GetRoutingFeatures, SecondaryReceivers};

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing";
