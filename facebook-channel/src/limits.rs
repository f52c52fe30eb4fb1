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
    ($(#[$about:meta])* $list:ident: $($(#[$doc:meta])* $constant:ident = $name:literal $min:literal..=$max:literal $unit:ident, $source:expr;)*) => {
        $(
            $(#[$doc])*
            pub const $constant: Limit =
                Limit::new($name, $max, Unit::$unit, $source).with_min($min);
        )*

        $(#[$about])*
        pub const $list: &[Limit] = &[$($constant),*];
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
    /// What is counted in a message, in the order of this page.
    ALL:

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

const MENU_PAGE: &str = meta!("send-messages/persistent-menu");
const WELCOME_PAGE: &str = meta!("discovery/welcome-screen");
const ICE_BREAKERS_PAGE: &str = meta!("reference/messenger-profile-api/ice-breakers");
const COMMANDS_PAGE: &str = meta!("reference/messenger-profile-api/commands");

limits! {
    /// What is counted in the Page's profile.
    PROFILE:

    /// A greeting.
    GREETING_TEXT = "profile.greeting.text.length" 1..=160 Characters, WELCOME_PAGE;
    /// What comes back with a tap on Get Started.
    GET_STARTED_PAYLOAD = "profile.get_started.payload.length" 1..=1000 Characters, WELCOME_PAGE;
    /// The items of a menu, all on one level.
    MENU_ITEMS = "profile.persistent_menu.items.count" 0..=20 Items, MENU_PAGE;
    /// The words on a menu's item.
    MENU_TITLE = "profile.persistent_menu.title.length" 1..=30 Characters, MENU_PAGE;
    /// What comes back with a tap on a menu's item.
    MENU_PAYLOAD = "profile.persistent_menu.payload.length" 1..=1000 Characters, MENU_PAGE;
    /// The questions to begin with.
    ICE_BREAKERS = "profile.ice_breakers.count" 1..=4 Items, ICE_BREAKERS_PAGE;
    /// The commands of one locale.
    COMMANDS = "profile.commands.count" 1..=100 Items, COMMANDS_PAGE;
    /// A command's name.
    COMMAND_NAME = "profile.commands.name.length" 1..=32 Characters, COMMANDS_PAGE;
    /// What a command does.
    COMMAND_DESCRIPTION = "profile.commands.description.length" 1..=64 Characters, COMMANDS_PAGE;
    /// The domains that web views and plugins may use.
    WHITELISTED_DOMAINS = "profile.whitelisted_domains.count" 1..=50 Items,
        meta!("reference/messenger-profile-api/domain-whitelisting");
}

limits! {
    /// What is counted beside messages and profile.
    CALLS:

    /// The calls of one batch.
    BATCH = "batch.items" 1..=50 Items, "https://developers.facebook.com/docs/graph-api/batch-requests";
    /// A file that is uploaded: "25 MB".
    UPLOAD = "upload.bytes" 1..=26_214_400 Bytes, meta!("reference/attachment-upload-api");
    /// An image that Meta fetches from its address: "8 MB". Only Meta sees how large it is.
    IMAGE_AT_ADDRESS = "image.url.bytes" 1..=8_388_608 Bytes, meta!("send-messages/saving-assets");
    /// How long the id of an upload is good.
    UPLOAD_EXPIRY = "upload.expires_in_days" 90..=90 Days, meta!("send-messages/saving-assets");
}

limits! {
    /// What is counted in the input of an operation.
    OPERATIONS:

    /// The note that goes with a conversation from app to app. Meta states no limit for it; this is the Send API's for the same
    /// note.
    THREAD_METADATA = "operation.thread_control.metadata.length" 0..=1000 Characters, SEND_API;
    /// For how long an app may keep a conversation: 7 days.
    THREAD_EXTENSION = "operation.thread_control.duration" 1..=604_800 Seconds, meta!("conversation-routing");
    /// A persona's name.
    PERSONA_NAME = "operation.persona.name.length" 1..=50 Characters, meta!("send-messages/personas");
    /// The people that one call blocks.
    MODERATED_PEOPLE = "operation.moderation.people.count" 1..=10 Items, meta!("moderate-conversations-api");
    /// What happens to them.
    MODERATION_ACTIONS = "operation.moderation.actions.count" 1..=2 Items, meta!("moderate-conversations-api");
    /// How much of a list is asked for at once. Meta's lists differ and name no number; this keeps an answer short.
    LIST_LIMIT = "operation.list.limit" 1..=100 Items, "https://developers.facebook.com/docs/graph-api/results";
}

const LISTS: [&[Limit]; 4] = [ALL, PROFILE, &[UPLOAD], OPERATIONS];

const COUNT: usize = ALL.len() + PROFILE.len() + 1 + OPERATIONS.len();

/// All that is checked before a call, wherever it stands: what the channel declares.
pub const EVERY: &[Limit] = &every();

const fn every() -> [Limit; COUNT] {
    let mut every = [UPLOAD; COUNT];
    let (mut list, mut count) = (0, 0);
    while list < LISTS.len() {
        let mut index = 0;
        while index < LISTS[list].len() {
            every[count] = LISTS[list][index];
            index += 1;
            count += 1;
        }
        list += 1;
    }
    every
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_names_its_own() {
        assert!(PROFILE.iter().all(|limit| limit.name.starts_with("profile.")));
        assert!(OPERATIONS.iter().all(|limit| limit.name.starts_with("operation.")));
        assert!(!ALL.iter().any(|limit| limit.name.starts_with("profile.") || limit.name.starts_with("operation.")));
    }

    #[test]
    fn names_are_unique_and_sources_are_public() {
        let all = [ALL, PROFILE, CALLS, OPERATIONS].concat();
        let mut names: Vec<_> = all.iter().map(|limit| limit.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len());
        for limit in &all {
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
