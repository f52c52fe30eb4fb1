//! The reference, printed from the data that the adapter works by.
//!
//! The chapters are files of `docs/` in this crate. A test keeps them current; `UPDATE_DOCS=1 cargo test -p facebook-channel
//! docs` writes them anew. [`linktor`] alone is written by hand.

pub mod capabilities {
    #![doc = include_str!("../docs/capabilities.md")]
}

pub mod events {
    #![doc = include_str!("../docs/events.md")]
}

pub mod webhook_fields {
    #![doc = include_str!("../docs/webhook_fields.md")]
}

pub mod limits {
    #![doc = include_str!("../docs/limits.md")]
}

pub mod errors {
    #![doc = include_str!("../docs/errors.md")]
}

pub mod troubleshooting {
    #![doc = include_str!("../docs/troubleshooting.md")]
}

pub mod operations {
    #![doc = include_str!("../docs/operations.md")]
}

pub mod linktor {
    #![doc = include_str!("../docs/linktor.md")]
}

#[cfg(test)]
mod markdown;
#[cfg(test)]
mod perform;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trouble;
