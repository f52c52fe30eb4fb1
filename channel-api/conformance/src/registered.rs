//! How the suite finds the fixture of an adapter that is linked into a program.

use std::sync::Arc;

use channel_api::AdapterFactory;

use super::Fixture;

/// The fixture of one channel type as data and a function pointer, so that it can stand in a `static`.
#[derive(Clone, Copy, Debug)]
pub struct RegisteredFixture {
    channel_type: &'static str,
    fixture: fn() -> Arc<dyn Fixture>,
}

inventory::collect!(RegisteredFixture);

impl RegisteredFixture {
    /// The fixture of a factory's channel type. [`register_fixture!`](crate::register_fixture) calls it.
    pub const fn of<F: AdapterFactory>(fixture: fn() -> Arc<dyn Fixture>) -> Self {
        Self { channel_type: F::ID, fixture }
    }

    /// The fixtures of a channel type: one, unless its author forgot it or registered it twice.
    pub(super) fn all_of(channel_type: &str) -> Vec<Arc<dyn Fixture>> {
        let of_it = |registered: &&Self| registered.channel_type == channel_type;
        inventory::iter::<Self>.into_iter().filter(of_it).map(|registered| (registered.fixture)()).collect()
    }
}

/// Registers what an adapter is measured with, in the adapter's crate: `register_fixture!(SmsFactory, SmsFixture);`.
#[macro_export]
macro_rules! register_fixture {
    ($factory:ty, $fixture:expr $(,)?) => {
        $crate::__inventory::submit! {
            $crate::RegisteredFixture::of::<$factory>(|| ::std::sync::Arc::new($fixture))
        }
    };
}
