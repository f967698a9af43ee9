//! Questions: families as data, the options of a question, and the prompt.
//!
//! In: families (TOML, embedded or the user's own) and the labels of a needle pack. Out: a question with its options,
//! its target and what has to be shown for the target to be right. In that order: the options first, then the target
//! uniformly among them, then the needles. So nothing that can be read off the options says anything about the target,
//! whatever the reader computes from them.
//!
//! What a needle looks like and where it lies is decided elsewhere; a label is text here.

mod draw;
mod family;
mod parse;
mod pool;
#[cfg(test)]
mod tests;

pub use draw::{Clip, Drawn, draw};
pub use family::{Error, Families, Family, Labels, LookKind, NeedleMode, Options};
pub use parse::{embedded, parse, read_dir};
pub use pool::{Candidate, Pool};

use std::fmt::Write as _;

/// The types of VNBench, in the order of its table.
pub const VNBENCH: [&str; 9] = [
    "ret_edit1",
    "ret_insert1",
    "ret_insert2",
    "ord_edit1",
    "ord_insert1",
    "ord_insert2",
    "cnt_edit1",
    "cnt_edit2",
    "cnt_insert1",
];

/// The options as try `rotation` shows them: shifted cyclically, so that over the tries each option stands in each
/// place once.
pub fn rotated(options: &[String], rotation: usize) -> Vec<String> {
    let mut shifted = options.to_vec();
    shifted.rotate_left(rotation % options.len().max(1));
    shifted
}

/// VNBench's prompt, to the letter.
pub fn prompt(question: &str, options: &[String]) -> String {
    let mut prompt = format!("{question}\n");
    for (letter, option) in ('A'..='Z').zip(options) {
        writeln!(prompt, "{letter}. {option}").expect("writing to a string succeeds");
    }
    prompt + "Answer with the option's letter from the given choices directly."
}
