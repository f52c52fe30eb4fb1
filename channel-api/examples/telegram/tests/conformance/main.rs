//! The channel, measured: a test of each case.

mod fixture;

channel_conformance::conformance_tests!(telegram_channel::TelegramFactory);
