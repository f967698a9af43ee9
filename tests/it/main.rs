//! Integration tests: one binary, one module a topic, through the real program.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod answers_file;
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
mod import_loose;
mod judge;
mod merge;
mod movies;
mod needles;
mod packs;
mod readers;
mod recipes;
mod replies;
mod report;
mod sampler;
mod score;
mod score_figures;
mod server;
mod servers;
mod spec;
mod splice;
mod verify;
