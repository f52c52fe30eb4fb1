//! Every number that is checked before a call, each with the page that states it.
//!
//! Lengths are counted in Unicode scalar values: Meta says "characters" and nothing finer.

use channel_api::capability::{Limit, Unit};

macro_rules! meta {
    ($page:literal) => {
        concat!("https://developers.facebook.com/documentation/business-messaging/messenger-platform/", $page)
    };
}

macro_rules! limits {
    ($($(#[$doc:meta])* $constant:ident = $name:literal $min:literal..=$max:literal $unit:ident, $source:expr;)*) => {
        $(
            $(#[$doc])*
            pub const $constant: Limit =
                Limit { name: $name, min: $min, max: $max, unit: Unit::$unit, source: $source };
        )*

        /// All of them, in the order of this page.
        pub const ALL: &[Limit] = &[$($constant),*];
    };
}

const SEND_API: &str = meta!("reference/send-api");
const QUICK_REPLY_PAGE: &str = meta!("send-messages/quick-replies");
const GENERIC_PAGE: &str = meta!("send-messages/template/generic");
const BUTTON_PAGE: &str = meta!("send-messages/template/button");
const MEDIA_PAGE: &str = meta!("send-messages/template/media");
const COUPON_PAGE: &str = meta!("send-messages/template/coupon");
const FEEDBACK_PAGE: &str = meta!("send-messages/templates/customer-feedback-template");
const IMAGE_GRID_PAGE: &str = meta!("send-messages/template/image-grid");
// Meta's own pages on these are gone; the projects below kept their text.
const AIRLINE_PAGE: &str = "https://github.com/bottenderjs/messaging-apis";
const OPT_IN_PAGE: &str = "https://github.com/bottenderjs/messaging-apis";

limits! {
    /// A message's text. The page says "less than 2000", the API's own error says "less than or equal to 2000".
    TEXT = "text.length" 1..=2000 Characters, SEND_API;
    /// The note that comes back with a message's echo: "less than 1000".
    METADATA = "metadata.length" 0..=999 Characters, SEND_API;
    /// Pictures in one message.
    IMAGES = "attachments.count" 1..=30 Items, meta!("changelog");
    /// Quick replies below a message.
    QUICK_REPLIES = "quick_replies.count" 0..=13 Items, QUICK_REPLY_PAGE;
    /// The words on a quick reply.
    QUICK_REPLY_TITLE = "quick_replies.title.length" 0..=20 Characters, QUICK_REPLY_PAGE;
    /// What comes back with a tap on a quick reply.
    QUICK_REPLY_PAYLOAD = "quick_replies.payload.length" 0..=1000 Characters, QUICK_REPLY_PAGE;

    /// The words on a button.
    BUTTON_TITLE = "button.title.length" 1..=20 Characters, meta!("send-messages/buttons/postback");
    /// What comes back with a tap on a button.
    BUTTON_PAYLOAD = "button.payload.length" 1..=1000 Characters, meta!("send-messages/buttons/postback");
    /// How long a call button works.
    CALL_EXPIRY = "button.expires_in_days" 1..=7 Days, meta!("calling/callaudiocta");

    /// A button template's text.
    BUTTON_TEXT = "template.button.text.length" 1..=640 Characters, BUTTON_PAGE;
    /// A button template's buttons.
    BUTTON_BUTTONS = "template.button.buttons.count" 1..=3 Items, BUTTON_PAGE;
    /// A carousel's cards.
    GENERIC_ELEMENTS = "template.generic.elements.count" 1..=10 Items, GENERIC_PAGE;
    /// A card's headline.
    GENERIC_TITLE = "template.generic.title.length" 1..=80 Characters, GENERIC_PAGE;
    /// The line below a card's headline.
    GENERIC_SUBTITLE = "template.generic.subtitle.length" 0..=80 Characters, GENERIC_PAGE;
    /// A card's buttons.
    GENERIC_BUTTONS = "template.generic.buttons.count" 0..=3 Items, GENERIC_PAGE;
    /// A media template's pictures or films.
    MEDIA_ELEMENTS = "template.media.elements.count" 1..=1 Items, MEDIA_PAGE;
    /// A media template's buttons. Older pages and clients know one only.
    MEDIA_BUTTONS = "template.media.buttons.count" 0..=3 Items, MEDIA_PAGE;
    /// The things on a receipt.
    RECEIPT_ELEMENTS = "template.receipt.elements.count" 0..=100 Items, meta!("send-messages/template/receipt");
    /// The products of a product template.
    PRODUCT_ELEMENTS = "template.product.elements.count" 1..=10 Items, meta!("send-messages/template/product");
    /// A coupon's headline.
    COUPON_TITLE = "template.coupon.title.length" 1..=80 Characters, COUPON_PAGE;
    /// The line below a coupon's headline.
    COUPON_SUBTITLE = "template.coupon.subtitle.length" 0..=80 Characters, COUPON_PAGE;

    /// A survey's headline.
    FEEDBACK_TITLE = "template.customer_feedback.title.length" 1..=65 Characters, FEEDBACK_PAGE;
    /// The line below a survey's headline.
    FEEDBACK_SUBTITLE = "template.customer_feedback.subtitle.length" 1..=80 Characters, FEEDBACK_PAGE;
    /// The words on the button that opens a survey.
    FEEDBACK_BUTTON_TITLE = "template.customer_feedback.button_title.length" 1..=20 Characters, FEEDBACK_PAGE;
    /// A survey's screens.
    FEEDBACK_SCREENS = "template.customer_feedback.feedback_screens.count" 1..=1 Items, FEEDBACK_PAGE;
    /// A survey's questions.
    FEEDBACK_QUESTIONS = "template.customer_feedback.questions.count" 1..=1 Items, FEEDBACK_PAGE;
    /// A question's id.
    FEEDBACK_QUESTION_ID = "template.customer_feedback.question.id.length" 1..=80 Characters, FEEDBACK_PAGE;
    /// A question's words.
    FEEDBACK_QUESTION_TITLE = "template.customer_feedback.question.title.length" 5..=85 Characters, FEEDBACK_PAGE;
    /// The hint in a question's text field.
    FEEDBACK_PLACEHOLDER = "template.customer_feedback.follow_up.placeholder.length" 0..=65 Characters, FEEDBACK_PAGE;
    /// How long a survey can be answered.
    FEEDBACK_EXPIRY = "template.customer_feedback.expires_in_days" 1..=7 Days, FEEDBACK_PAGE;
    /// How long a form for an address can be filled in.
    INFORMATION_EXPIRY = "template.customer_information.expires_in_days" 1..=7 Days,
        meta!("send-messages/templates/structured-information-template");

    /// The grids of an image grid template.
    GRID_ELEMENTS = "template.image_grid.elements.count" 1..=1 Items, IMAGE_GRID_PAGE;
    /// A grid's pictures.
    GRID_IMAGES = "template.image_grid.images.count" 2..=6 Items, IMAGE_GRID_PAGE;
    /// The pictures that are shown large.
    GRID_HEROES = "template.image_grid.hero_images.count" 0..=1 Items, IMAGE_GRID_PAGE;
    /// A grid's headline.
    GRID_TITLE = "template.image_grid.title.length" 0..=45 Characters, IMAGE_GRID_PAGE;
    /// The line below a grid's headline.
    GRID_SUBTITLE = "template.image_grid.subtitle.length" 0..=80 Characters, IMAGE_GRID_PAGE;
    /// A grid's buttons.
    GRID_BUTTONS = "template.image_grid.buttons.count" 0..=3 Items, IMAGE_GRID_PAGE;

    /// The headline of a request for one later message.
    ONE_TIME_TITLE = "template.one_time_notif_req.title.length" 1..=65 Characters, OPT_IN_PAGE;
    /// The headline of a request for recurring messages.
    NOTIFICATION_TITLE = "template.notification_messages.title.length" 0..=65 Characters, OPT_IN_PAGE;

    /// A boarding pass's fields at the side.
    AUXILIARY_FIELDS = "template.airline_boardingpass.auxiliary_fields.count" 0..=5 Items, AIRLINE_PAGE;
    /// A boarding pass's fields below.
    SECONDARY_FIELDS = "template.airline_boardingpass.secondary_fields.count" 0..=5 Items, AIRLINE_PAGE;
    /// What a seat includes.
    PRODUCT_INFO = "template.airline_itinerary.product_info.count" 0..=4 Items, AIRLINE_PAGE;
    /// An itinerary's surcharges.
    PRICE_INFO = "template.airline_itinerary.price_info.count" 0..=4 Items, AIRLINE_PAGE;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_sources_are_public() {
        let mut names: Vec<_> = ALL.iter().map(|limit| limit.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        for limit in ALL {
            assert!(limit.min <= limit.max, "{}", limit.name);
            assert!(limit.source.starts_with("https://"), "{}", limit.name);
            assert!(
                limit.name.bytes().all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte)),
                "{}",
                limit.name
            );
        }
    }
}
