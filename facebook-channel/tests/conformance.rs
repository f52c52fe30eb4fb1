//! The adapter, measured against the written contract: a test of each case.

use facebook_channel::FacebookFactory;

channel_conformance::conformance_tests!(FacebookFactory);
