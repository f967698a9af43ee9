//! Integration tests: one binary, one module a topic, through the real program.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod architecture;
mod ask;
mod audit;
mod bad_media;
mod bench;
mod chinese;
mod cluster;
mod compare;
mod controls;
mod docs;
mod export;
mod footage;
mod formats;
mod frames;
mod generate;
mod import;
mod judge;
mod merge;
mod movies;
mod needles;
mod packs;
mod planned;
mod recipes;
mod replies;
mod report;
mod sampler;
mod score;
mod server;
mod spec;
mod splice;
mod verify;
