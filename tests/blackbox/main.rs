//! The built host from outside: what Meta, a person, an operator and a program see of it.
//!
//! Every test has a host process of its own on a free port, and waits for conditions with a deadline.
#![expect(clippy::expect_used, reason = "a test's support fails a test by panicking")]
#![expect(clippy::string_slice, reason = "the samples that are cut are ASCII")]

mod api;
mod attached;
mod bad_input;
mod bad_messages;
mod batch;
mod body_size;
mod borders;
mod broadcasts;
mod bus_inbound;
mod bus_media;
mod bus_refusals;
mod bus_room;
mod bus_user;
mod canaries;
mod cli;
mod connection;
mod credentials;
mod demo;
mod durability;
mod erasure;
mod fallback;
mod faults;
mod graph_errors;
mod half_characters;
mod hand_over;
mod handshake;
mod history;
mod idempotency;
mod keeping;
mod keyless;
mod linktor_acts;
mod linktor_demo;
mod linktor_outbound;
mod load;
mod media;
mod media_address;
mod oauth;
mod operations;
mod outbox;
mod outbox_command;
mod own_acts;
mod pace;
mod people;
mod problems;
mod profile;
mod redrive;
mod routing;
mod secrets;
mod seed;
mod signature;
mod stage;
mod statuses;
mod stream;
mod subscription;
mod watched;
mod window;
