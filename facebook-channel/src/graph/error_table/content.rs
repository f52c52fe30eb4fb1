//! What a message carries: files, products, forms, the menu. Its author has to mend it.

use channel_api::ErrorKind::Rejected;

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{CODE_546, ERR, MENU_WITHOUT_BUTTON, TPL_INSTANT_FORM};

const ADDRESS: &str = "Check that the address is public, answers quickly over a valid certificate, and that the file is of \
    the type it is sent as and below Meta's size limit (8 MB for an image by its address, 25 MB otherwise). A link in a text always \
    works.";

pub(super) const RULES: &[Rule] = &[
    Rule::pair(100, 2_018_008, Rejected, "facebook.attachment_unreachable")
        .safe()
        .says("Meta could not fetch the attachment from its address.")
        .with_hint(ADDRESS)
        .source(ERR),
    Rule::code(546, Rejected, "facebook.attachment_type")
        .says("What Meta fetched or was given is no file of a type that it takes.")
        .with_hint("Open the address: it must lead to the file itself, not to a page about it or a sign-in. Send the file as what it is, \
            image, audio, video or file, or upload it and send it by its id.")
        .source(CODE_546),
    Rule::pair(100, 2_018_047, Rejected, "facebook.attachment_type")
        .says("Meta could not take the attachment: the upload failed, or the file is not of the type it is sent as.")
        .with_hint("Send the file as what it is: image, audio, video or file.")
        .source(ERR),
    Rule::pair(100, 2_018_074, Rejected, "facebook.attachment_gone")
        .says("The attachment id is not the Page's own, or it has expired after 90 days.")
        .with_hint("Upload the attachment again, or send it by its address.")
        .source(ERR),
    Rule::pair(100, 2_018_109, Rejected, "facebook.attachment_too_large")
        .says("The attachment is larger than Meta allows.")
        .with_hint("Send a link to it instead, or a smaller file.")
        .source(ERR),
    Rule::pair(100, 2_018_294, Rejected, "facebook.video_unreadable")
        .uncertain()
        .says("The video took longer than 75 seconds to process, or is damaged.")
        .with_hint("Wait for its echo (webhook field message_echoes). If none comes, send a smaller video, or a link to it.")
        .source(ERR),
    Rule::pair(100, 2_018_320, Rejected, "facebook.product_invalid")
        .says("Meta does not accept a product of the template.")
        .with_hint("Check the product ids and that the catalogue is connected to the Page.")
        .source(ERR),
    Rule::pair(100, 2_018_328, Rejected, "facebook.product_version")
        .says("Product templates need at least version 8 of the Graph API.")
        .with_hint("Raise graph_api_version in the channel's configuration.")
        .source(ERR),
    Rule::pair(1, 2_018_382, Rejected, "facebook.form_invalid")
        .says("The instant form cannot be used.")
        .with_hint("Check form_id; Meta's own words say more, where it gives any.")
        .source(TPL_INSTANT_FORM),
    Rule::pair(100, 2_018_145, Rejected, "facebook.get_started_missing")
        .says("A menu needs a Get Started button, which the Page does not have.")
        .with_hint("Set getStarted together with the menu, or before it; take it away together with the menu, or after it.")
        .source(MENU_WITHOUT_BUTTON),
];
