//! Rows of other tools' result files.
//!
//! In: a row of any layout. Out: one record of what it replies to which row of a dataset.

use super::columns::Taken;
use super::format::Format;
use crate::answers::Answer;

/// How a foreign row names the row of the dataset that it answers; what it knows is tried in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Our id.
    pub id: Option<String>,
    /// File name of the video without its ending, and the try.
    pub video_try: Option<(String, u32)>,
    /// Position in metadata.jsonl.
    pub position: Option<usize>,
    /// Type, where a video has questions of several.
    pub kind: Option<String>,
}

/// One foreign row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The row that it answers.
    pub key: Key,
    /// The reply; none where the tool says that it failed to get one.
    pub response: Option<String>,
    /// What became of the request, in the words of `ask`, as far as the tool says.
    pub status: Option<String>,
    /// The letter of the right option as the file states it, where its layout has a place for that.
    pub truth: Option<String>,
    /// What else the row says as a line of answers, where the layout is ours.
    pub recorded: Option<Box<Answer>>,
    /// Who replied.
    pub model: Option<String>,
    /// Line or row of the file, from 1.
    pub line: usize,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its layout.
    pub format: Format,
    /// Its rows, in order.
    pub replies: Vec<Reply>,
    /// The columns that ids and replies were taken from, where the layout does not fix them.
    pub taken: Option<Taken>,
}
