//! The reference adapter, measured: a test of each case.

use channel_api::memory::MemoryFactory;

channel_api::register_adapter!(MemoryFactory);
channel_api::conformance_tests!(MemoryFactory);
