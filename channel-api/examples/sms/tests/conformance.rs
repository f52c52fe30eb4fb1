//! The channel, measured: a test of each case.

channel_conformance::conformance_tests!(sms_channel::SmsFactory);
