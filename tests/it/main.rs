//! Integration tests: one binary, one module a topic, through the real program.

mod architecture;
mod report;
mod score;
