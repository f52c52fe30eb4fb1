//! The public pages that state what this module relies on.

/// Messenger's error codes.
pub(super) const ERR: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes";
/// Messenger's error codes, the older page.
pub(super) const ERR_OLD: &str = "https://developers.facebook.com/docs/messenger-platform/error-codes";
/// The Graph API's error codes.
pub(super) const GERR: &str = "https://developers.facebook.com/docs/graph-api/guides/error-handling";
/// The Graph API's rate limits.
pub(super) const GRL: &str = "https://developers.facebook.com/docs/graph-api/overview/rate-limiting";
/// `appsecret_proof`.
pub(super) const GSEC: &str = "https://developers.facebook.com/docs/graph-api/guides/secure-requests";
/// The Send API.
pub(super) const SEND: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api";
/// Sending messages, with the error table of that page.
pub(super) const SENDMSG: &str =
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages";
/// The instant form template.
pub(super) const TPL_INSTANT_FORM: &str = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates/instant-form-template";
/// Marketing Messages.
pub(super) const MM: &str = "https://developers.facebook.com/documentation/business-messaging/messenger-platform/marketing-messages-on-messenger";
/// Codes that no page of Meta's names, seen in an open-source Messenger service.
pub(super) const FLY: &str = "https://github.com/vlab-research/fly";
/// Code 230 explained by a vendor; Meta's pages no longer list it.
pub(super) const CODE_230: &str = "https://www.instantreply.co/tools/whatsapp-meta-error-code-lookup";
/// Code 101, as a user of the API reports it.
pub(super) const CODE_101: &str = "https://github.com/sns-sdks/python-facebook/issues/271";
/// A wrong app secret at sign-in, as a user of Meta's own SDK reports it.
pub(super) const WRONG_SECRET: &str = "https://github.com/facebookarchive/php-graph-sdk/issues/538";
/// A code that is used up, as a user of the API reports it.
pub(super) const USED_CODE: &str = "https://github.com/laravel/socialite/issues/385";
/// A code that is too old, as users of an SDK report it.
pub(super) const OLD_CODE: &str = "https://github.com/SammyK/LaravelFacebookSdk/issues/141";
/// Code 104, as a user of the API reports it.
pub(super) const CODE_104: &str = "https://github.com/node-facebook/facebook-node-sdk/issues/105";
/// Code 2200, as a user of Meta's own sample reports it.
pub(super) const CODE_2200: &str = "https://github.com/fbsamples/original-coast-clothing/issues/84";
/// Code 2500 about a missing token, as a user of Meta's own sample reports it.
pub(super) const CODE_2500: &str = "https://github.com/fbsamples/messenger-bot-samples/issues/11";
