//! Integration tests: one binary, one module a topic, through the real program.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod architecture;
mod bench;
mod formats;
mod generate;
mod needles;
mod report;
mod score;
mod spec;
mod splice;
mod verify;
