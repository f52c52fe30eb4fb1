//! The clauses of the specification that the kit keeps for every adapter, against a stand-in that breaks connections.

mod acme;
mod answers;
mod calls;
mod network;
mod secrets;
mod uploads;
