//! Quiz: the questions of a dataset, put to people on a page of this machine.
//!
//! In: rows, their videos, settings. Out: for each annotator a file of answers like any other, one line a try, each on the disk before
//! the next question is shown. What is sent to the page is what a model is told, and nothing that tells the answer: no right answer,
//! no needle, no name of a file, sample or type.
//!
//! A question of options is asked once: what a person chooses is an option's text, so that one choice answers every try of the sample,
//! each by the letter that the text has there.

mod desk;
mod item;
mod page;
mod record;
mod reply;
mod routes;
mod settings;
mod sheet;

pub use desk::{Opened, Quiz, Tally};
pub use record::Record;
pub use settings::{Settings, Watch, model_of};

use crate::answers::output;
use crate::serve;

/// A quiz that cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to ask.
    #[error("the dataset holds no rows")]
    NoRows,
    /// A type that the dataset does not have.
    #[error("the dataset has no type `{name}`; it has {}", known.join(", "))]
    NoType {
        /// The name given.
        name: String,
        /// Types that it has.
        known: Vec<String>,
    },
    /// A name that cannot be part of a file's name.
    #[error("`{name}` is not a valid annotator name: expected 1 to {most} letters, digits, `-` or `_`")]
    Name {
        /// The name given.
        name: String,
        /// Characters of a name.
        most: usize,
    },
    /// Two annotators of one name.
    #[error("two annotators are called `{name}`")]
    Twice {
        /// The name.
        name: String,
    },
    /// The file of answers is being written, or is none.
    #[error(transparent)]
    Output(#[from] output::Error),
    /// The file of answers is of another quiz.
    #[error("`{path}`:{line}: was answered with other settings: {differences}")]
    OtherSettings {
        /// The file.
        path: String,
        /// The first line that differs.
        line: usize,
        /// What differs.
        differences: String,
    },
    /// The file of answers is of another dataset.
    #[error(
        "`{path}`:{line}: `{id}` is not a row of this dataset, or that row has another video or other options"
    )]
    OtherDataset {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// The row that it answers.
        id: String,
    },
    /// A line of the file of answers is no line of a quiz.
    #[error("`{path}`:{line}: was not written by `quiz`")]
    NotOurs {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// The page cannot be served.
    #[error(transparent)]
    Serve(#[from] serve::Error),
}
