//! Media in both directions: what is kept at the provider, to be sent by id ([`Uploads`]), and what people have sent, fetched
//! through the host ([`Downloads`]).

mod address;
mod downloads;
mod fetched;
mod refusal;
mod resolver;
mod spool;
#[cfg(test)]
mod tests;
mod uploads;

pub(crate) use self::downloads::Downloads;
pub(crate) use self::fetched::Fetched;
pub(crate) use self::refusal::Refusal;
pub(crate) use self::spool::{SpoolError, Spooled, spool};
pub(crate) use self::uploads::{Given, Outcome, Uploads, largest};
