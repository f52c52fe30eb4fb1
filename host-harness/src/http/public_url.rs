use std::sync::Arc;

/// The address under which browsers reach this host, where it has one.
#[derive(Clone, Debug)]
pub(crate) struct PublicUrl(pub(crate) Option<Arc<str>>);
