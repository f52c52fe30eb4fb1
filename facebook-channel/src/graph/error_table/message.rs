//! What is wrong with the message itself: its author has to mend it.

use channel_api::ErrorKind::Rejected;

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{ERR, ERR_OLD, GERR, SEND, TPL_INSTANT_FORM};

const ATTACHMENT: &str = "Check that the address is public, answers quickly over a valid certificate, and that the file is of \
    the type it is sent as and below Meta's size limit. A link in a text always works.";
const CHECK_TEMPLATE: &str = "Check the template against its rules: all required fields, at most 3 buttons, at most 10 \
    elements in a carousel, titles and payloads within their lengths.";

pub(super) const RULES: &[Rule] = &[
    Rule::code(100, Rejected, "facebook.invalid_parameter")
        .says("Meta refuses a parameter of the call.")
        .with_hint(
            "Meta's own message names the parameter. A message with one of the tags CONFIRMED_EVENT_UPDATE, \
            POST_PURCHASE_UPDATE or ACCOUNT_UPDATE is refused so since 27 April 2026: use a utility template.",
        )
        .source(ERR),
    Rule::code(100, Rejected, "facebook.text_too_long")
        .words("message[text]")
        .says("Meta refuses the message's text: it is longer than 2000 characters, or empty.")
        .with_hint("Shorten the text, or let it be split (options.split).")
        .source(SEND),
    Rule::code(100, Rejected, "facebook.template_invalid")
        .words("message[attachment]")
        .says("Meta refuses the template or attachment.")
        .with_hint(CHECK_TEMPLATE)
        .source(ERR),
    Rule::pair(100, 2_018_008, Rejected, "facebook.attachment_unreachable")
        .safe()
        .says("Meta could not fetch the attachment from its address.")
        .with_hint(ATTACHMENT)
        .source(ERR),
    Rule::pair(100, 2_018_014, Rejected, "facebook.message_and_action")
        .says("A message and a sender action were sent in one call.")
        .with_hint("Send them one after the other.")
        .source(ERR),
    Rule::pair(100, 2_018_032, Rejected, "facebook.empty_message")
        .says("The message holds no valid data.")
        .with_hint("Give it a text, an attachment or a template.")
        .source(ERR_OLD),
    Rule::pair(100, 2_018_034, Rejected, "facebook.empty_message")
        .says("The message is empty.")
        .with_hint("Give it a text, an attachment or a template.")
        .source(ERR_OLD),
    Rule::pair(100, 2_018_047, Rejected, "facebook.attachment_type")
        .says("The attachment could not be uploaded: its type does not match.")
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
        .with_hint("Try once more; then send a smaller video, or a link to it.")
        .source(ERR),
    Rule::pair(100, 2_018_320, Rejected, "facebook.product_invalid")
        .says("A product of the template is not in the Page's catalogue.")
        .with_hint("Check the product ids and that the catalogue is connected to the Page.")
        .source(ERR),
    Rule::pair(100, 2_018_328, Rejected, "facebook.product_version")
        .says("Product templates need at least version 8 of the Graph API.")
        .with_hint("Raise graph_api_version in the channel's configuration.")
        .source(ERR),
    Rule::pair(100, 2_534_015, Rejected, "facebook.invalid_parameter")
        .says("Meta refuses the data of the message to an Instagram user.")
        .with_hint("Meta's own message names the parameter.")
        .source(ERR),
    Rule::pair(100, 2_534_025, Rejected, "facebook.private_reply_invalid")
        .says("The private reply is not possible: the comment has been answered, is too old, or is gone.")
        .with_hint("One private reply is possible for each comment, within 7 days.")
        .source(ERR),
    Rule::pair(1, 2_018_382, Rejected, "facebook.form_invalid")
        .says("The instant form cannot be used.")
        .with_hint("Check form_id: the form must belong to the Page and be active.")
        .source(TPL_INSTANT_FORM),
    Rule::code(506, Rejected, "facebook.duplicate")
        .says("Meta takes this for a repetition of what was sent just before.")
        .with_hint("Nothing has to be done if the earlier one went out; otherwise change the wording.")
        .source(GERR),
    Rule::bare(9_000_001, Rejected, "facebook.message_gone")
        .says("The message was deleted, or is older than the last 20 of its conversation.")
        .with_hint("Go on without it: Meta does not hand it out any more.")
        .source(ERR),
];
