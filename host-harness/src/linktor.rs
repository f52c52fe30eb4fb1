//! Linktor's bus: its core hears there what people say, and says there what agents answer.

mod inbound;
mod wire;
