//! What the adapter shows of itself.

use crate::kit::{BrokenAdapter, Defect, Inner};

#[derive(Debug, Default)]
struct ShowsItsConfig;

impl Defect for ShowsItsConfig {
    fn debug(&self, inner: &Inner) -> String {
        format!("MemoryChannel {{ config: {} }}", inner.config)
    }
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![BrokenAdapter::code::<ShowsItsConfig>("shows its secrets in Debug", "secrets.debug")]
}
