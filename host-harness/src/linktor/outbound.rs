//! What agents answer: taken from the bus, kept under the core's id, and only then acknowledged.

mod translate;
