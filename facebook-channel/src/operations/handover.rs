//! Who answers a person: Meta's conversation routing.
//!
//! Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing>

mod control;
mod owner;
mod routing;

pub(crate) use control::{
    ExtendThreadControl, PassThreadControl, ReleaseThreadControl, RequestThreadControl, TakeThreadControl,
};
pub(crate) use owner::GetThreadOwner;
pub(crate) use routing::{GetRoutingFeatures, ListSecondaryReceivers};

const DOCS: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing";
