//! The reference adapter, measured: a test of each case.

mod memory;

use memory::MemoryFactory;

channel_api::register_adapter!(MemoryFactory);
channel_conformance::conformance_tests!(MemoryFactory);
