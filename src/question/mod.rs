//! Questions: families as data, the options of a question, and the prompt.
//!
//! In: families (TOML, embedded or the user's own) and the labels of a needle pack. Out: a question with its options,
//! its target and what has to be shown for the target to be right. In that order: the options first, then the target
//! uniformly among them, then the needles. So nothing that can be read off the options says anything about the target,
//! whatever the reader computes from them.
//!
//! What a needle looks like and where it lies is decided elsewhere; a label is text here.

mod answer;
mod check;
mod check_ask;
mod control;
mod cue;
mod draw;
mod drawn;
pub mod evidence;
mod family;
mod kind;
#[cfg(test)]
mod left_out_tests;
mod material;
mod moments;
mod needs;
mod parse;
mod pool;
mod prompt;
mod query;
mod question_kind;
mod range;
mod raw;
mod scene;
mod sense;
pub mod span_law;
#[cfg(test)]
mod tests;
mod variation;
mod wording;
#[cfg(test)]
mod wording_tests;
mod words;

pub use answer::{Answer, AnswerKind, DELAY_MILLIS, Form, NEVER, NO_SPANS, seconds, seconds_of};
pub use control::Control;
pub use draw::draw;
pub use drawn::{Area, Ask, Clip, Drawn, Moving};
pub use evidence::{Evidence, Starts};
pub use family::{Error, Families, Family};
pub use kind::{BOUNCES, stale};
pub use material::{Distractors, Material};
pub use parse::{embedded, embedded_text, parse, read_dir};
pub use pool::{Candidate, Pool};
pub use prompt::{Prompt, instruction, listed};
pub use query::{Direction, Query};
pub use question_kind::QuestionKind;
pub use range::fewest_and_most;
pub use raw::{Labels, OVERALL};
pub use scene::{Cell, Glimpse, Played, Point, Region, Scene, Sighting};
pub use sense::Sense;
pub use variation::Variation;
pub use words::{Course, Side, is_yes};

use std::sync::LazyLock;

use crate::language::Language;

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

/// The task of a type: of one that comes with the program, what its family says; else what its name begins with.
pub fn task_of(kind: &str) -> &str {
    match (built_in().get(kind), kind.split('_').next()) {
        (Some(family), _) => family.task(),
        (None, Some("ret")) => "retrieval",
        (None, Some("ord")) => "ordering",
        (None, Some("cnt")) => "counting",
        (None, other) => other.unwrap_or_default(),
    }
}

/// The families that come with the program, in English.
pub fn built_in() -> &'static Families {
    static FAMILIES: LazyLock<Families> = LazyLock::new(|| embedded(Language::En));
    &FAMILIES
}

/// The options as try `rotation` shows them: shifted cyclically, so that over the tries each option stands in each
/// place once.
pub fn rotated(options: &[String], rotation: usize) -> Vec<String> {
    let mut shifted = options.to_vec();
    shifted.rotate_left(rotation % options.len().max(1));
    shifted
}
