//! The names that every sample uses.

/// The Page of the channel under test.
pub const PAGE: &str = "1098765432100001";
/// Another Page, which no channel has.
pub const OTHER_PAGE: &str = "1098765432100002";
/// The person who writes, scoped to [`PAGE`].
pub const PERSON: &str = "7411002233445566";
/// The app that is connected to [`PAGE`].
pub const APP: &str = "2233445566778899";
/// The Page's inbox: Meta's own app, where people of the business answer.
pub const INBOX: &str = "263902037430900";
/// The channel's id at the host.
pub const CHANNEL: &str = "ch_facebook_123";
/// The app's secret: webhooks are signed with it.
pub const APP_SECRET: &str = "5d41402abc4b2a76b9719d911017c592";
/// The Page's access token.
pub const PAGE_TOKEN: &str = "EAAGm0PX4ZCpsBAtokenOfThePage0001";
/// What the operator types into Meta's form and into the channel.
pub const VERIFY_TOKEN: &str = "verify-me-2026";
/// The key of the host's API.
pub const API_KEY: &str = "key-of-the-host-api-000000000001";
/// When the samples happen: 2026-11-22T09:00:00Z, in milliseconds since the epoch.
pub const NOW_MS: u64 = 1_795_338_000_000;
/// The tenant at Linktor.
pub const TENANT: &str = "7a0c2f64-1d5e-4b1c-9a53-0c8f6f2e4d01";
/// The channel's id at Linktor.
pub const LINKTOR_CHANNEL: &str = "c3e9b8a2-6f47-4d0e-8b1a-5d7e9f3a2c02";
