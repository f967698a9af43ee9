//! Integration tests: one binary, one module a topic, through the real program.

mod architecture;
mod needles;
mod report;
mod score;
mod spec;
mod splice;
