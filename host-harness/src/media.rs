//! Media in both directions: what is kept at the provider, to be sent by id ([`Uploads`]), and what people have sent, fetched
//! through the host ([`Downloads`]), also by a short address that does not end when the provider's does ([`Addresses`],
//! [`ReceivedMedia`]).

mod address;
mod addresses;
mod downloads;
mod fetched;
mod key;
mod part;
mod received;
mod refusal;
mod resolver;
mod spool;
#[cfg(test)]
mod tests;
mod uploads;

pub(crate) use self::addresses::Addresses;
pub(crate) use self::downloads::Downloads;
pub(crate) use self::fetched::Fetched;
pub(crate) use self::key::MediaKey;
pub(crate) use self::part::asked_for;
pub(crate) use self::received::{Missing, ReceivedMedia};
pub(crate) use self::refusal::Refusal;
pub(crate) use self::spool::{SpoolError, Spooled, spool};
pub(crate) use self::uploads::{Given, Outcome, Uploads, largest};
