//! Questions that are drawn, and what has to be shown for them.
//!
//! In: what a kind of question draws. Out: the questions about a video with their options, and its needles in order of time.

use super::answer::Form;
use super::material::Material;
use super::query::Query;
use super::scene::Cell;
use crate::needle::{Path, Share};

/// What a video has to show, and the questions about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The questions, at least one.
    pub asks: Vec<Ask>,
    /// What is shown, in order of time.
    pub clips: Vec<Clip>,
}

/// One question, whose target what is shown makes right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// What tells it from the other questions about its video, as ids have it; empty where there is no other.
    pub name: String,
    /// The question, without its options.
    pub question: String,
    /// The same as it is worded where the form is open, if that differs.
    pub open_question: Option<String>,
    /// What it names and fixes.
    pub query: Query,
    /// The options in the order of try 0; none yet where they are times.
    pub options: Vec<String>,
    /// Index of the right option.
    pub target: usize,
    /// It is asked when so many of the clips have been shown; when all have, where nothing is stated.
    pub after: Option<usize>,
}

impl Ask {
    /// A question that names one candidate and nothing else; its options are still to come.
    pub(super) fn about(material: Material<'_>, candidate: usize) -> Self {
        let thing = material.label(candidate);
        let question = material.family.question_naming(material.pack, "", std::slice::from_ref(&thing), 0);
        Self { question, query: Query::about(&thing), ..Self::default() }
    }

    /// The question as a form words it.
    pub fn worded(&self, form: Form) -> &str {
        self.open_question.as_deref().filter(|_| form == Form::Open).unwrap_or(&self.question)
    }
}

/// What is shown at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// The candidates that are shown, each by a needle of its own; those of distractors are of their own pool.
    pub candidates: Vec<usize>,
    /// What they are shown for: a candidate of the pool of keys.
    pub key: Option<usize>,
    /// What is heard or read meanwhile: a candidate of the pool of cues.
    pub cue: Option<usize>,
    /// The part of the picture in which they are shown, where that is asked for.
    pub cell: Option<Cell>,
    /// Shown, but not asked for.
    pub is_distractor: bool,
    /// How they move, the hindmost first; empty where nothing does.
    pub moving: Vec<Moving>,
    /// Whether what is shown is played backward.
    pub is_reversed: bool,
}

/// Something that moves while a clip is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moving {
    /// The candidate that moves.
    pub candidate: usize,
    /// The part of the picture in which it moves.
    pub area: Area,
    /// Where in it.
    pub path: Path,
    /// On which part of the clip's frames it is shown.
    pub share: Share,
}

/// A part of the picture in which something moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// The whole picture.
    Whole,
    /// A square somewhere in one of several columns, as large as leaves it some room there.
    Square {
        /// Which column, from the left.
        column: u32,
        /// How many columns there are.
        columns: u32,
    },
}

impl Clip {
    pub(super) fn of(candidates: Vec<usize>) -> Self {
        Self {
            candidates,
            key: None,
            cue: None,
            cell: None,
            is_distractor: false,
            moving: Vec::new(),
            is_reversed: false,
        }
    }

    /// Things that move together. A thing that moves in several parts is one candidate.
    pub(super) fn moving(moving: Vec<Moving>) -> Self {
        let mut candidates: Vec<usize> = Vec::new();
        for of in &moving {
            if !candidates.contains(&of.candidate) {
                candidates.push(of.candidate);
            }
        }
        Self { moving, ..Self::of(candidates) }
    }

    /// One candidate that is shown for a key.
    pub(super) fn keyed(key: usize, candidate: usize) -> Self {
        Self { key: Some(key), ..Self::of(vec![candidate]) }
    }

    /// One candidate that is shown while a cue is heard or read.
    pub(super) fn with_cue(cue: usize, candidate: usize) -> Self {
        Self { cue: Some(cue), ..Self::of(vec![candidate]) }
    }

    /// One candidate that is shown in a part of the picture.
    pub(super) fn within(cell: Cell, candidate: usize) -> Self {
        Self { cell: Some(cell), ..Self::of(vec![candidate]) }
    }
}
