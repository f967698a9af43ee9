//! Ceilings of choices and of open questions, and sums of them.
//!
//! In: samples as a sampler sees them. Out: what a perfect model reaches on each, and what guessing does.

use serde::Serialize;

use super::Seen;

/// What a perfect model that guesses the unseen reaches, under every metric; or one that guesses all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Ceiling {
    /// Share of tries.
    pub per_try: f64,
    /// Share of samples right in every try, where a guess is a letter for each try.
    pub circular_letters: f64,
    /// The same, where a guess is an option's content, kept over the tries.
    pub circular_content: f64,
}

/// Six decimals: sums of floats may differ in the last bits with the order of rows.
pub(super) fn rounded(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

impl Ceiling {
    /// The same under every metric: what is answered openly is asked once.
    pub(super) fn even(share: f64) -> Self {
        Self { per_try: share, circular_letters: share, circular_content: share }
    }

    /// Of one sample: everything where it is seen, else a guess; of times, what the best estimate reaches.
    pub(super) fn of(sample: &Seen<'_>, is_seen: bool) -> Self {
        if let Some(spans) = sample.spans {
            return Self::even(spans.mean_iou);
        }
        if is_seen {
            return Self::even(1.0);
        }
        Self::guess(sample)
    }

    /// Of one sample whose frames nobody looks at.
    pub(super) fn guess(sample: &Seen<'_>) -> Self {
        if !sample.row.has_options() {
            return Self::even(sample.row.chance);
        }
        let one = 1.0 / sample.row.options.len().max(1) as f64;
        let letters = (0..sample.tries).fold(1.0, |product, _| product * one);
        Self { per_try: one, circular_letters: letters, circular_content: one }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.per_try += other.per_try;
        self.circular_letters += other.circular_letters;
        self.circular_content += other.circular_content;
    }

    pub(super) fn over(self, count: usize) -> Self {
        let count = count.max(1) as f64;
        Self {
            per_try: self.per_try / count,
            circular_letters: self.circular_letters / count,
            circular_content: self.circular_content / count,
        }
    }

    pub(super) fn rounded(self) -> Self {
        Self {
            per_try: rounded(self.per_try),
            circular_letters: rounded(self.circular_letters),
            circular_content: rounded(self.circular_content),
        }
    }
}

pub(super) fn mean(parts: impl Iterator<Item = Ceiling>) -> Ceiling {
    let (sum, count) = parts.fold((Ceiling::default(), 0), |(mut sum, count), part| {
        sum.add(part);
        (sum, count + 1)
    });
    sum.over(count)
}
