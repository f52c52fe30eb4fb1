//! The channel, measured: a test of each case.

channel_conformance::conformance_tests!(telegram_channel::TelegramFactory);
