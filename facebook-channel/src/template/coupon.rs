//! `coupon`: a code or a link that a tap reveals.

use channel_api::{Issue, Pointer, Report};
use serde::{Deserialize, Serialize};

use super::OwnTemplate;
use crate::address;
use crate::limits;
use crate::rules;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Coupon {
    title: Option<String>,
    subtitle: Option<String>,
    coupon_code: Option<String>,
    coupon_url: Option<String>,
    coupon_url_button_title: Option<String>,
    coupon_pre_message: Option<String>,
    image_url: Option<String>,
    payload: Option<String>,
}

impl OwnTemplate for Coupon {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::words(&at.key("title"), self.title.as_deref(), "a coupon needs a title", &limits::COUPON_TITLE, report);
        rules::fits(&at.key("subtitle"), self.subtitle.as_deref(), &limits::COUPON_SUBTITLE, report);
        if self.coupon_code.is_none() && self.coupon_url.is_none() {
            report.refuse(Issue::new(at, "template.coupon.empty", "give a couponCode, a couponUrl or both"));
        }
        let good = |code: &str| !code.is_empty() && !code.contains(char::is_whitespace);
        rules::format(
            &at.key("couponCode"),
            self.coupon_code.as_deref(),
            good,
            "a code is one word, without spaces",
            report,
        );
        address::opened(&at.key("couponUrl"), self.coupon_url.as_deref(), report);
        address::fetched(&at.key("imageUrl"), self.image_url.as_deref(), address::PUBLISH, report);
    }
}
