//! `vniah schema`: JSON Schema of a file format.
//!
//! In: a format's name. Out: its schema, made from the very types that read and write it.

use clap::ValueEnum;
use schemars::schema_for;

use super::exit::Failure;
use super::print::{json, put};
use crate::answers::Answer;
use crate::audit::Report;
use crate::dataset::{Manifest, Row, ShardFile};
use crate::plan::VideoPlan;
use crate::render::recipe::Head;
use crate::score::Scores;

/// Print the JSON Schema of a file format.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Format.
    name: Name,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Name {
    /// A line of plan.jsonl, except the first.
    Plan,
    /// A line of metadata.jsonl.
    Metadata,
    /// manifest.json.
    Manifest,
    /// The first line of a recipe.
    Recipe,
    /// shard.json.
    Shard,
    /// A line of answers.jsonl.
    Answers,
    /// scores.json.
    Scores,
    /// What `vniah audit --json` writes.
    Audit,
}

/// Runs `vniah schema`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    put(&json(&match args.name {
        Name::Plan => schema_for!(VideoPlan),
        Name::Metadata => schema_for!(Row),
        Name::Manifest => schema_for!(Manifest),
        Name::Recipe => schema_for!(Head),
        Name::Shard => schema_for!(ShardFile),
        Name::Answers => schema_for!(Answer),
        Name::Scores => schema_for!(Scores),
        Name::Audit => schema_for!(Report),
    }))
}
