//! A question that is drawn, and what has to be shown for it.
//!
//! In: what a kind of question draws. Out: the question with its options, and its needles in order of time.

/// A question, and what a video has to show for its target to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The question, without its options.
    pub question: String,
    /// The options in the order of try 0; none yet where they are times.
    pub options: Vec<String>,
    /// Index of the right option.
    pub target: usize,
    /// What is shown, in order of time.
    pub clips: Vec<Clip>,
}

/// What is shown at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// The candidates that are shown, each by a needle of its own; those of distractors are of their own pool.
    pub candidates: Vec<usize>,
    /// Shown, but not asked for.
    pub is_distractor: bool,
}

impl Clip {
    pub(super) fn of(candidates: Vec<usize>) -> Self {
        Self { candidates, is_distractor: false }
    }
}
