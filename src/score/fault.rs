//! Why a run cannot be scored, or scores cannot be read.
//!
//! In: what was found. Out: an error that names it.

use crate::dataset;
use crate::files;
use crate::version::Mismatch;
use crate::wording;

/// A run that cannot be scored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The dataset has no rows.
    #[error("the dataset holds no rows")]
    NoRows,
    /// Replies are to be read by a judge, and there are no verdicts of one.
    #[error("the rule `judged` needs the verdicts of a judge")]
    NoJudge,
    /// Answers to rows that the dataset does not have.
    #[error("{} {} to ids that the dataset does not have: {}", wording::count(*count, "answer"), wording::verb(*count, "is", "are"), first.join(", "))]
    UnknownIds {
        /// How many.
        count: usize,
        /// The first of them, each with the nearest id that exists.
        first: Vec<String>,
    },
    /// Answers that were asked of rows that have the same ids and are others: of another dataset, or of a control.
    #[error(
        "{} {} asked of rows of another dataset or control, which have the same ids: {}. Score them with the directory that they were \
         asked of. If the rows are the same to you, remove the key `row_sha256` from the answers",
        wording::count(*count, "answer"), wording::verb(*count, "was", "were"), first.join(", ")
    )]
    OtherRows {
        /// How many.
        count: usize,
        /// The first of them.
        first: Vec<String>,
    },
    /// Right answers of open rows that are not of their kind.
    #[error("{} of the dataset {} no right answer: {}", wording::count(*count, "row"), wording::verb(*count, "has", "have"), first.join("; "))]
    Truths {
        /// How many.
        count: usize,
        /// What is wrong with the first of them, one sentence each.
        first: Vec<String>,
    },
    /// The answers come from more than one model.
    #[error("the answers come from {} models: {}", models.len(), models.join(", "))]
    Models {
        /// Their names.
        models: Vec<String>,
    },
    /// Scores of different datasets.
    #[error("the scores of `{}` and `{}` are of different datasets: ids or right answers differ, or one is of a control", models[0], models[1])]
    OtherDataset {
        /// Whose scores.
        models: [String; 2],
    },
    /// The file is not `scores.json`.
    #[error("`{path}` is not a scores file")]
    NotScores {
        /// The file.
        path: String,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// The file holds answers, which are not scored yet.
    #[error(
        "`{path}` is an answers file, not scores; run `vniah score` first: `vniah score DATASET {} -o scores.json`",
        wording::shell_word(path)
    )]
    Answers {
        /// The file.
        path: String,
    },
    /// The scores are of another format version.
    #[error("`{path}` {mismatch}: run `vniah score` on the answers again")]
    Version {
        /// The file.
        path: String,
        /// Which versions.
        mismatch: Mismatch,
    },
    /// The rows of a dataset cannot be read.
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] files::Error),
}
