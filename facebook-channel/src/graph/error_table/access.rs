//! Token, permissions, settings of app and Page: what an operator has to mend.

use channel_api::ErrorKind::{Config, Credentials, Permission};
use channel_api::Scope::Account;

use super::super::error_rule::GraphErrorRule as Rule;
use super::super::source::{
    CODE_101, CODE_104, CODE_210, CODE_230, CODE_2200, CODE_2500, CODE_2635, ERR, ERR_OLD, GERR, GSEC, HUMAN_AGENT,
    LOGIN, MISSING_FEATURE, NOT_GRANTED, OLD_CODE, UNKNOWN_VERSION, USED_CODE, USER_TOKEN, WRONG_SECRET,
};
use super::OWN_WORDS;

const REGENERATE: &str = "Regenerate the Page Access Token (in the app: Messenger, Settings, Access Tokens) and enter it in \
    the channel's configuration. Receiving goes on meanwhile.";
const PAGE_TOKEN: &str = "This is not a Page's token but another one, such as a person's or an app's own. Take the Page's (in the app: \
    Messenger, Settings, Access Tokens, Generate Token) and enter it in the channel's configuration.";
const APP_REVIEW: &str = "Submit pages_messaging for the app's review and switch the app to live mode. Until then only people \
    with a role in the app can be written to: for testing, add them as testers.";
const GRANT: &str = "Meta's own words name the permission. Generate a new Page Access Token and grant it while doing so. For \
    people without a role in the app it must also be approved in the app's review.";
const FEATURE: &str = "Meta's own words name the feature: request it in the app's review (in the app: App Review, Permissions and \
    Features).";
const THROUGH_A_PROXY: &str = "If there is a proxy in between, let it pass the Authorization header on.";
const APP_AND_SECRET: &str = "Copy the App ID and the App Secret again (in the app: Settings, Basic).";
const VERSION: &str = "Change graph_api_version in the channel's configuration to a version that Meta serves: v27.0 is the newest \
    of November 2026.";
const SUPPORT_INBOX: &str = "Stop sending. Let an admin of the Page look into its support inbox at Facebook.";
const PSID_INSTEAD: &str =
    "Write to the person's PSID instead; matching phone numbers is no longer offered to new apps.";
const INSTAGRAM: &str = "This concerns an Instagram account linked to the Page, not Messenger. Connect it again in the Page's \
    settings.";

pub(super) const RULES: &[Rule] = &[
    Rule::code(190, Credentials, "facebook.token_invalid")
        .catch_all()
        .says("Meta does not accept the Page Access Token.")
        .with_hint("Meta's own words say why. Where they ask for nothing else, regenerate the Page Access Token (in the app: Messenger, \
            Settings, Access Tokens) and enter it in the channel's configuration. Receiving goes on meanwhile.")
        .source(ERR),
    Rule::pair(190, 458, Credentials, "facebook.app_removed")
        .says("The person who made the Page Access Token has removed the app.")
        .with_hint("Log in to the app again as an admin of the Page and generate a new Page Access Token.")
        .source(GERR),
    Rule::pair(190, 459, Credentials, "facebook.login_required")
        .says("The person who made the Page Access Token has to pass a security check at Facebook.")
        .with_hint("Log in at facebook.com as that person and follow what it asks for; the token may then work again.")
        .source(GERR),
    Rule::pair(190, 460, Credentials, "facebook.password_changed")
        .says("The Page Access Token ended when the person who made it changed the password.")
        .with_hint(REGENERATE)
        .source(GERR),
    Rule::pair(190, 463, Credentials, "facebook.token_expired")
        .says("The Page Access Token has expired.")
        .with_hint(REGENERATE)
        .source(GERR),
    Rule::pair(190, 464, Credentials, "facebook.login_required")
        .says("The account of the person who made the Page Access Token is not confirmed.")
        .with_hint("Confirm the account at facebook.com; the token may then work again.")
        .source(GERR),
    Rule::pair(190, 467, Credentials, "facebook.token_invalid")
        .says("The Page Access Token is no longer valid: it has ended or was withdrawn.")
        .with_hint(REGENERATE)
        .source(GERR),
    Rule::pair(190, 492, Credentials, "facebook.role_lost")
        .says("The person who made the Page Access Token has no role on the Page that suffices.")
        .with_hint("Let another admin of the Page generate a new Page Access Token.")
        .source(GERR),
    Rule::code(190, Credentials, "facebook.page_not_granted")
        .words("must be granted before impersonating")
        .says("The app was not granted this Page, or none of the permissions that the Page's token needs.")
        .with_hint("Sign in to the app again, and tick this Page and the permissions that Meta's own words name; then enter the new Page \
            Access Token.")
        .source(NOT_GRANTED),
    Rule::code(210, Credentials, "facebook.not_a_page_token")
        .says("The call needs a Page's token, and this is none.")
        .with_hint(PAGE_TOKEN)
        .source(CODE_210),
    Rule::pair(190, 2_069_032, Credentials, "facebook.not_a_page_token")
        .says("The call needs a Page's token, and this is a person's.")
        .with_hint(PAGE_TOKEN)
        .source(USER_TOKEN),
    Rule::saying("with a page access token", Credentials, "facebook.not_a_page_token")
        .says("The call needs a Page's token, and this is none.")
        .with_hint(PAGE_TOKEN)
        .source(CODE_210),
    Rule::saying("requires a page access token", Credentials, "facebook.not_a_page_token")
        .says("The call needs a Page's token, and this is none.")
        .with_hint(PAGE_TOKEN)
        .source(CODE_210),
    Rule::saying("user access token is not supported", Credentials, "facebook.not_a_page_token")
        .says("The call needs a Page's token, and this is a person's.")
        .with_hint(PAGE_TOKEN)
        .source(USER_TOKEN),
    Rule::code(102, Credentials, "facebook.token_invalid")
        .says("The session behind the Page Access Token is no longer valid.")
        .with_hint(REGENERATE)
        .source(GERR),
    Rule::code(104, Credentials, "facebook.token_missing")
        .says("The call reached Meta without a Page Access Token.")
        .with_hint(THROUGH_A_PROXY)
        .source(CODE_104),
    Rule::code(2500, Credentials, "facebook.token_missing")
        .words("access token")
        .says("The call reached Meta without a Page Access Token.")
        .with_hint(THROUGH_A_PROXY)
        .source(CODE_2500),
    // To a version that it does not know Meta answers about the rest of the path, as if the version were an object.
    Rule::code(2500, Config, "facebook.version_unknown")
        .words("unknown path components")
        .mended_at("graph_api_version")
        .says("Meta does not know the path of the call: the Graph API's version in it does not exist, or the address is not the Graph API's.")
        .with_hint("Check graph_api_version in the channel's configuration (v27.0 is the newest of November 2026), and graph_api_url \
            where it is set.")
        .source(UNKNOWN_VERSION),
    Rule::code(2635, Config, "facebook.version_ended")
        .mended_at("graph_api_version")
        .says("Meta no longer serves the Graph API's version of this channel: it has ended.")
        .with_hint(VERSION)
        .source(CODE_2635),
    Rule::saying("appsecret_proof", Credentials, "facebook.app_secret_proof")
        .mended_at("app_secret")
        .says("Meta does not accept the proof of the App Secret.")
        .with_hint("App Secret and Page Access Token must come from the same app. Copy the App Secret again (in the app: Settings, \
            Basic), or regenerate the token there.")
        .source(GSEC),
    Rule::code(101, Config, "facebook.wrong_app")
        .mended_at("app_id")
        .says("Meta knows no such app, or the App ID and the App Secret do not belong together.")
        .with_hint(APP_AND_SECRET)
        .source(CODE_101),
    Rule::saying("validating client secret", Config, "facebook.wrong_app")
        .mended_at("app_id")
        .says("Meta does not accept the App Secret of this app.")
        .with_hint(APP_AND_SECRET)
        .source(WRONG_SECRET),
    Rule::saying("authorization code has been used", Credentials, "facebook.login_code")
        .says("This sign-in was completed before: its code works once.")
        .with_hint("Start the sign-in again.")
        .source(USED_CODE),
    Rule::saying("authorization code has expired", Credentials, "facebook.login_code")
        .says("The sign-in took too long: its code has expired.")
        .with_hint("Start the sign-in again.")
        .source(OLD_CODE),
    Rule::saying("redirect_uri is identical", Credentials, "facebook.login_code")
        .says("The sign-in was completed with another redirect address than it was begun with.")
        .with_hint("Start the sign-in again, and give the same address both times, to the letter.")
        .source(LOGIN),
    Rule::code(3, Permission, "facebook.capability_missing")
        .says("The app lacks a capability or a permission that this call needs.")
        .with_hint("Look for it in the app's dashboard (App Review, Permissions and Features); Meta's own words name it, where it gives \
            any.")
        .source(GERR),
    Rule::code(10, Permission, "facebook.not_allowed")
        .catch_all()
        .says("Meta does not allow this call.")
        .with_hint(OWN_WORDS)
        .source(ERR),
    Rule::code(10, Permission, "facebook.feature_missing")
        .words("human agent")
        .says("The app is not approved for the feature Human Agent.")
        .with_hint("Request the feature Human Agent in the app's review. Within 24 hours of the person's message leave the tag \
            HUMAN_AGENT out: it is not needed then.")
        .source(HUMAN_AGENT),
    Rule::code(10, Permission, "facebook.feature_missing")
        .words("for the feature")
        .says("The app is not approved for a feature that this call needs.")
        .with_hint(FEATURE)
        .source(MISSING_FEATURE),
    Rule::code(10, Permission, "facebook.permission_missing")
        .words("developers or testers")
        .says("The app is not live, or not approved for pages_messaging, and the person has no role in it.")
        .with_hint(APP_REVIEW)
        .source(ERR),
    Rule::code(10, Permission, "facebook.permission_missing")
        .words("permission")
        .says("The app or the token lacks a permission.")
        .with_hint(GRANT)
        .source(GERR),
    Rule::code(200, Permission, "facebook.not_allowed")
        .through(299)
        .catch_all()
        .says("Meta does not allow this call.")
        .with_hint(OWN_WORDS)
        .source(GERR),
    Rule::code(200, Permission, "facebook.permission_missing")
        .through(299)
        .words("developers or testers")
        .says("The app is not live, or not approved for pages_messaging, and the person has no role in it.")
        .with_hint(APP_REVIEW)
        .source(ERR),
    Rule::code(200, Permission, "facebook.permission_missing")
        .through(299)
        .words("requires pages_messaging")
        .says("The app or the token lacks the permission pages_messaging.")
        .with_hint("Generate a new Page Access Token and grant pages_messaging while doing so. For people without a role in the app it must \
            also be approved in the app's review.")
        .source(GERR),
    Rule::code(200, Permission, "facebook.permission_missing")
        .through(299)
        .words("requires pages_manage_metadata")
        .says("The app or the token lacks the permission pages_manage_metadata.")
        .with_hint("Generate a new Page Access Token and grant pages_manage_metadata while doing so. For people without a role in the app it must \
            also be approved in the app's review.")
        .source(GERR),
    Rule::code(200, Permission, "facebook.permission_missing")
        .through(299)
        .words("requires pages_read_engagement")
        .says("The app or the token lacks the permission pages_read_engagement.")
        .with_hint("Generate a new Page Access Token and grant pages_read_engagement while doing so. For people without a role in the app it must \
            also be approved in the app's review.")
        .source(GERR),
    Rule::code(200, Permission, "facebook.permission_missing")
        .through(299)
        .words("permission")
        .says("The app or the token lacks a permission.")
        .with_hint(GRANT)
        .source(GERR),
    Rule::pair(200, 2_018_028, Permission, "facebook.permission_missing")
        .says("The app is not approved for pages_messaging.")
        .with_hint(APP_REVIEW)
        .source(ERR),
    Rule::code(230, Permission, "facebook.permission_missing")
        .says("The Page Access Token does not carry the permission pages_messaging.")
        .with_hint("Generate a new Page Access Token and grant pages_messaging while doing so.")
        .source(CODE_230),
    Rule::pair(100, 33, Permission, "facebook.object_unreachable")
        .says("There is no such object, or this token may not see it.")
        .with_hint("Check the id that was given (a person's PSID, a comment, a label, a persona), the Page ID, and that the Page Access \
            Token belongs to this Page.")
        .source(ERR),
    Rule::pair(100, 2_018_164, Config, "facebook.wrong_app_id")
        .mended_at("app_id")
        .says("The app id is not the one that Meta expects.")
        .with_hint("Check the app's id, here and in the app's settings at Meta.")
        .source(ERR),
    Rule::pair(200, 2_018_021, Permission, "facebook.phone_matching")
        .says("The app may not write to people by their phone number.")
        .with_hint(PSID_INSTEAD)
        .source(ERR_OLD),
    Rule::pair(200, 2_018_027, Permission, "facebook.phone_matching")
        .says("The app has no permission to match phone numbers.")
        .with_hint(PSID_INSTEAD)
        .source(ERR_OLD),
    Rule::pair(2, 2_018_344, Permission, "facebook.terms_not_accepted")
        .says("The Page has not accepted the terms for custom labels.")
        .with_hint("Let an admin of the Page accept them at facebook.com/PAGE_ID/inbox/page_contact_tos/.")
        .source(ERR),
    Rule::bare(2_018_247, Permission, "facebook.profile_not_allowed")
        .says("The app may not read people's profiles.")
        .with_hint("Go on without the profile, or request the feature Business Asset User Profile Access.")
        .source(ERR),
    Rule::pair(10, 1_893_063, Permission, "facebook.page_restricted")
        .stops(Account)
        .says("Meta has restricted the Page: for a time it cannot send messages.")
        .with_hint(SUPPORT_INBOX)
        .source(ERR),
    Rule::pair(10, 2_018_336, Permission, "facebook.region_restricted")
        .says("European privacy rules switch this feature off for the conversation.")
        .with_hint("Leave the feature out for this person.")
        .source(ERR),
    Rule::pair(613, 2_018_338, Permission, "facebook.tag_abuse")
        .says("Meta warns that tagged messages to this person are too frequent and may restrict the Page.")
        .with_hint("Send far fewer messages with a tag, to this person and in general, at once.")
        .source(ERR),
    Rule::code(2022, Permission, "facebook.commerce_disabled")
        .says("The Page may not send commerce messages for now, after a violation of Meta's policies.")
        .with_hint("Let an admin of the Page look into its support inbox at Facebook.")
        .source(ERR),
    Rule::pair(368, 4_854_002, Permission, "facebook.identity_check")
        .stops(Account)
        .says("Meta asks for a check of identity before the Page may go on.")
        .with_hint("Log in at facebook.com as the admin who connected the Page and confirm the identity.")
        .source(GERR),
    Rule::code(2200, Config, "facebook.webhook_verification_failed")
        .says("Webhook verification failed: Meta did not get its challenge back from the callback URL.")
        .with_hint("Check that the Verify Token is the same at Meta and in the channel's configuration, that the callback URL is \
            publicly accessible, and that its certificate is valid and publicly trusted.")
        .source(CODE_2200),
    Rule::pair(10, 2_534_077, Permission, "facebook.instagram_link")
        .says("The Instagram account is not linked to the Page, or asks for two-factor authentication.")
        .with_hint(INSTAGRAM)
        .source(ERR),
    Rule::pair(100, 2_534_013, Permission, "facebook.instagram_link")
        .says("The Page is not linked to an Instagram account.")
        .with_hint(INSTAGRAM)
        .source(ERR),
    Rule::pair(100, 2_534_029, Permission, "facebook.page_restricted")
        .stops(Account)
        .says("Meta has blocked the business from messaging.")
        .with_hint(SUPPORT_INBOX)
        .source(ERR),
    Rule::pair(200, 2_534_041, Permission, "facebook.instagram_messages_off")
        .says("The owner of the Instagram account has switched off access to its messages.")
        .with_hint("Let the owner allow access to messages in Instagram's privacy settings.")
        .source(ERR),
    Rule::code(36_103, Permission, "facebook.instagram_not_eligible")
        .says("The Instagram account cannot be used with this API.")
        .with_hint("This concerns an Instagram account, not Messenger. Meta's own words say more, where it gives any.")
        .source(ERR),
];
