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
/// Code 210, as users of an SDK report it.
pub(super) const CODE_210: &str = "https://github.com/bottenderjs/messaging-apis/issues/337";
/// 190/2069032, as a user of the API reports it.
pub(super) const USER_TOKEN: &str = "https://github.com/halsandr/Facebook_Connector/issues/1";
/// A Page that was not granted at sign-in, as users of a help desk report it.
pub(super) const NOT_GRANTED: &str = "https://github.com/chatwoot/chatwoot/issues/14729";
/// Code 2635, as users of a framework report it.
pub(super) const CODE_2635: &str = "https://github.com/microsoft/BotFramework-Services/issues/139";
/// What Meta answers to a version that it does not know, as users of an SDK report it.
pub(super) const UNKNOWN_VERSION: &str = "https://github.com/arsduo/koala/issues/611";
/// The manual sign-in, in which the redirect address must be the same twice.
pub(super) const LOGIN: &str =
    "https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow";
/// The feature Human Agent that code 10 names, as users of a help desk report it.
pub(super) const HUMAN_AGENT: &str = "https://github.com/chatwoot/chatwoot/issues/15887";
/// Code 10 that names a feature; in the same report the subcode of retired tags.
pub(super) const MISSING_FEATURE: &str = "https://github.com/chatwoot/chatwoot/issues/14669";
/// 100/1893061, as users of a help desk report it.
pub(super) const RETIRED_TAG: &str = MISSING_FEATURE;
/// Code 27, as a vendor reports it.
pub(super) const CODE_27: &str =
    "https://glama.ai/mcp/connectors/dev.postproxy/postproxy/tools/dm_chat_thread_control_take";
/// An app that is not the Page's primary one, as a user of an SDK reports it.
pub(super) const PRIMARY_APP: &str = "https://github.com/jgorset/facebook-messenger/issues/276";
/// Code 546, as a user of an SDK reports it.
pub(super) const CODE_546: &str = "https://github.com/jgorset/facebook-messenger/issues/221";
/// 1/2018085, as users of an SDK report it.
pub(super) const TWO_ACTIONS: &str = "https://github.com/claudiajs/claudia-bot-builder/issues/131";
/// A text that is not UTF-8, as a user of a framework reports it.
pub(super) const NOT_UTF8: &str = "https://github.com/intelligo-mn/intelligo/issues/12";
/// A text that is empty, as a user of an SDK reports it.
pub(super) const EMPTY_TEXT: &str = "https://github.com/maciekmm/messenger-platform-go-sdk/pull/14";
/// A part that is too long, as a user of a framework reports it.
pub(super) const LONG_PAYLOAD: &str = "https://github.com/Charca/bootbot/issues/23";
/// Fields that Meta does not know, as a user of an SDK reports them.
pub(super) const UNKNOWN_KEYS: &str = "https://github.com/restfb/restfb/issues/541";
/// A parameter that is missing, as a user of an extension reports it.
pub(super) const PARAMETER_MISSING: &str = "https://github.com/LiveHelperChat/fbmessenger/issues/9";
/// A person's field asked of a Page, as users of a driver report it.
pub(super) const NO_SUCH_FIELD: &str = "https://github.com/botman/driver-facebook/issues/22";
/// Code 105, as users of a framework report it.
pub(super) const CODE_105: &str = "https://github.com/howdyai/botkit/issues/1672";
/// 100/2018292, as a user of an SDK reports it.
pub(super) const COMMENT_ID: &str = "https://github.com/restfb/restfb/issues/1165";
/// 10900 and its neighbours, as users of Meta's own SDK report them.
pub(super) const CODE_10900: &str = "https://github.com/facebookarchive/php-graph-sdk/issues/568";
/// 100/2018145, as users of an SDK report it.
pub(super) const MENU_WITHOUT_BUTTON: &str = "https://github.com/pimax/fb-messenger-php/issues/90";
/// A tag that Meta does not know, as a user of an SDK reports it.
pub(super) const INVALID_TAG: &str = "https://github.com/ker0x/messenger/issues/67";
