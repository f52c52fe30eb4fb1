//! Media in both directions, shown on servers of our own.

mod downloads;
mod received;
mod uploads;
