//! Integration tests: one binary, one module a topic, through the real program.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod answers_file;
mod architecture;
mod ask;
mod audit;
mod bad_media;
mod bench;
mod cache;
mod chinese;
mod clock_cases;
mod cluster;
mod compare;
mod controls;
mod docs;
mod export;
mod footage;
mod formats;
mod frames;
mod generate;
mod hard_edges;
mod hostile;
mod hostile_pictures;
mod hostile_scores;
mod hostile_serve;
mod import;
mod import_loose;
mod interrupts;
mod judge;
mod merge;
mod movies;
mod needles;
mod opening;
mod packs;
mod planned;
mod readers;
mod recipes;
mod replies;
mod report;
mod sampler;
mod score;
mod server;
mod servers;
mod spec;
mod splice;
mod verify;
