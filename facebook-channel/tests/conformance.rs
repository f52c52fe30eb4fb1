//! The adapter, measured against the written contract: a test of each case.

channel_conformance::conformance_tests!(facebook_channel::FacebookFactory);
