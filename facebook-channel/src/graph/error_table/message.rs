//! What is wrong with the call itself, by the parameter that Meta refuses: its author has to mend it.

use channel_api::ErrorKind::Rejected;

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{
    CODE_105, CODE_10900, COMMENT_ID, EMPTY_TEXT, ERR, ERR_OLD, GERR, INVALID_TAG, LONG_PAYLOAD, MM, NO_SUCH_FIELD,
    NOT_UTF8, PARAMETER_MISSING, RETIRED_TAG, SEND, TWO_ACTIONS, UNKNOWN_KEYS,
};
use super::OWN_WORDS;

const NAMED: &str = "Meta's own words name the part and what it must be.";
const CONTENT: &str = "Give it a text, an attachment or a template.";
const OTHER_TAG: &str = "CONFIRMED_EVENT_UPDATE, POST_PURCHASE_UPDATE and ACCOUNT_UPDATE have ended on 27 April 2026: send an \
    approved utility template instead. A human's answer within 7 days may carry HUMAN_AGENT.";
const ONE_ACTION: &str = "Leave the card's item_url out: its default_action says where a tap leads.";

pub(super) const RULES: &[Rule] = &[
    Rule::code(100, Rejected, "facebook.invalid_parameter")
        .catch_all()
        .says("Meta refuses a parameter of the call.")
        .with_hint(OWN_WORDS)
        .source(ERR),
    Rule::code(100, Rejected, "facebook.text_too_long")
        .words("length of param message[text]")
        .says("Meta refuses the message's text: it is longer than 2000 characters.")
        .with_hint("Shorten the text, or let it be split (options.split).")
        .source(SEND),
    Rule::code(100, Rejected, "facebook.too_long")
        .words("length of param")
        .says("Meta refuses a part of the call that is longer than it may be.")
        .with_hint("Meta's own words name the part and its limit: shorten it.")
        .source(LONG_PAYLOAD),
    Rule::code(100, Rejected, "facebook.empty")
        .words("must be a non-empty")
        .says("Meta refuses a text that is empty or not valid UTF-8.")
        .with_hint("Meta's own words name the text: fill it in, or leave it out where it may be left out.")
        .source(EMPTY_TEXT),
    Rule::code(100, Rejected, "facebook.text_invalid")
        .words("utf-8 encoded string")
        .says("Meta refuses a text that is not valid UTF-8, or no text at all.")
        .with_hint("Meta's own words name it. Write it as a string in UTF-8, without half characters.")
        .source(NOT_UTF8),
    Rule::code(100, Rejected, "facebook.text_refused")
        .words("message[text]")
        .says("Meta refuses the message's text.")
        .with_hint(NAMED)
        .source(SEND),
    Rule::code(100, Rejected, "facebook.template_invalid")
        .words("message[attachment]")
        .says("Meta refuses the template or attachment.")
        .with_hint(NAMED)
        .source(ERR),
    Rule::code(100, Rejected, "facebook.unknown_keys")
        .words("invalid keys")
        .says("Meta refuses fields that it does not know in this place.")
        .with_hint("Meta's own words name them: leave them out, or correct their spelling.")
        .source(UNKNOWN_KEYS),
    Rule::code(100, Rejected, "facebook.parameter_missing")
        .words("the parameter…is required")
        .says("Meta misses a part of the call that it requires.")
        .with_hint("Meta's own words name the part.")
        .source(PARAMETER_MISSING),
    Rule::code(100, Rejected, "facebook.field_unknown")
        .words("nonexisting field")
        .says("Meta was asked for a field that this kind of object does not have.")
        .with_hint("Meta's own words name the field and the kind: check whether the id that was given is of the kind that it should be.")
        .source(NO_SUCH_FIELD),
    Rule::code(100, Rejected, "facebook.tag_refused")
        .words("param tag")
        .says("Meta refuses the message's tag.")
        .with_hint(OTHER_TAG)
        .source(SEND),
    Rule::code(100, Rejected, "facebook.tag_refused")
        .words("invalid tag")
        .says("Meta refuses the message's tag.")
        .with_hint(OTHER_TAG)
        .source(INVALID_TAG),
    Rule::pair(100, 1_893_061, Rejected, "facebook.tag_refused")
        .says("Meta refuses the message's tag, as it does with those that have ended.")
        .with_hint(OTHER_TAG)
        .source(RETIRED_TAG),
    Rule::code(100, Rejected, "facebook.notification_token_refused")
        .words("notification token")
        .says("Meta does not accept the token for notifications.")
        .with_hint("Forget the token, and let the person opt in again where that is still offered.")
        .source(MM),
    Rule::code(100, Rejected, "facebook.notification_token_refused")
        .words("notification_messages_token")
        .says("Meta does not accept the token for notifications.")
        .with_hint("Such tokens work only in Australia, Europe, Japan, South Korea and the United Kingdom since 10 February 2026. \
            Elsewhere use utility templates.")
        .source(MM),
    Rule::code(105, Rejected, "facebook.too_many")
        .says("Meta refuses a list that holds more than it may.")
        .with_hint("Meta's own words name the list: shorten it.")
        .source(CODE_105),
    Rule::pair(1, 2_018_085, Rejected, "facebook.two_actions")
        .says("Meta refuses a card that has both an item_url and a default_action.")
        .with_hint(ONE_ACTION)
        .source(TWO_ACTIONS),
    Rule::code(1, Rejected, "facebook.two_actions")
        .words("both item_url and default_action")
        .says("Meta refuses a card that has both an item_url and a default_action.")
        .with_hint(ONE_ACTION)
        .source(TWO_ACTIONS),
    Rule::pair(100, 2_018_014, Rejected, "facebook.message_and_action")
        .says("A message and a sender action were sent in one call.")
        .with_hint("Send them one after the other.")
        .source(ERR),
    Rule::pair(100, 2_018_032, Rejected, "facebook.empty_message")
        .says("The message holds no valid data.")
        .with_hint(CONTENT)
        .source(ERR_OLD),
    Rule::pair(100, 2_018_034, Rejected, "facebook.empty_message")
        .says("The message is empty.")
        .with_hint(CONTENT)
        .source(ERR_OLD),
    Rule::pair(100, 2_534_015, Rejected, "facebook.invalid_parameter")
        .says("Meta refuses the data of the message to an Instagram user.")
        .with_hint(OWN_WORDS)
        .source(ERR),
    Rule::pair(100, 2_534_025, Rejected, "facebook.private_reply_invalid")
        .says("Meta refuses the private reply to the comment.")
        .with_hint("Meta's own words say why. One private reply is possible for each comment, within 7 days.")
        .source(ERR),
    Rule::pair(100, 2_018_292, Rejected, "facebook.comment_unknown")
        .says("Meta does not accept the id of the comment or post.")
        .with_hint("Take comment_id or post_id as the Page's own feed event has it.")
        .source(COMMENT_ID),
    Rule::code(10_900, Rejected, "facebook.private_reply_repeated")
        .says("This comment has had its private reply.")
        .with_hint("One private reply is possible for each comment, ever: answer the comment itself, or wait until the person writes.")
        .source(CODE_10900),
    Rule::code(10_902, Rejected, "facebook.private_reply_invalid")
        .says("This cannot be answered privately: it is too old, or no comment.")
        .with_hint("A private reply is possible within 7 days, and to comments only: answer in public instead.")
        .source(CODE_10900),
    Rule::code(10_903, Rejected, "facebook.private_reply_invalid")
        .says("Meta does not let this be answered privately.")
        .with_hint("A private reply is possible within 7 days, and to comments only: answer in public instead.")
        .source(CODE_10900),
    Rule::code(506, Rejected, "facebook.duplicate")
        .says("Meta takes this for a repetition of what was sent just before.")
        .with_hint("Nothing has to be done if the earlier one went out; otherwise change the wording.")
        .source(GERR),
    Rule::bare(9_000_001, Rejected, "facebook.message_gone")
        .says("The message was deleted, or is older than the last 20 of its conversation.")
        .with_hint("Go on without it: Meta does not hand it out any more.")
        .source(ERR),
];
