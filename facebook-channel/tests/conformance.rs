//! The adapter, measured against the written contract: a test of each case.

use facebook_channel::FacebookFactory;

channel_api::conformance_tests!(FacebookFactory);
