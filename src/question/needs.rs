//! How many labels, keys and frames the questions of a family take.
//!
//! In: a family. Out: numbers of labels, or of keys, no two of which are alike: what a pack has to hold; the frames of a needle.

use super::family::Family;
use super::question_kind::QuestionKind;
use super::raw::Labels;

impl Family {
    /// How many labels no two of which are alike a pack has to hold.
    pub fn labels_needed(&self) -> usize {
        match (self.question_kind(), self.labels()) {
            (QuestionKind::Which | QuestionKind::Conflict | QuestionKind::Last, _) => self.options_number(),
            // What is asked for at each time, and its counterpart.
            (QuestionKind::Seen, _) => 2 * self.ask_times(),
            // All that are shown, and the one that another takes the place of.
            (QuestionKind::Appears, _) => self.totals().1 + 1,
            // One that is named, and one for the first place of each option.
            (QuestionKind::Sequence, _) => self.options_number() + 1,
            (
                QuestionKind::Exists
                | QuestionKind::Side
                | QuestionKind::Blink
                | QuestionKind::Cups
                | QuestionKind::Spin
                | QuestionKind::Faster,
                _,
            ) => 2,
            (QuestionKind::Chain, _) => self.labels_of_chains(),
            // Boxes take the same states, each in an order of its own.
            (QuestionKind::State, _) => self.each().1,
            (QuestionKind::Order | QuestionKind::Key | QuestionKind::Next | QuestionKind::During, _)
            | (QuestionKind::Count, Labels::Distinct) => self.totals().1,
            (QuestionKind::Count, Labels::Same)
            | (
                QuestionKind::When
                | QuestionKind::Cell
                | QuestionKind::Heading
                | QuestionKind::Bounces
                | QuestionKind::Turn
                | QuestionKind::Arrow,
                _,
            ) => 1,
        }
    }

    fn labels_of_chains(&self) -> usize {
        let (chains, links) = (self.count().1, self.each().1);
        if self.is_cyclic() { chains * links } else { chains * (links + 1) }
    }

    /// How many keys no two of which are alike a pack has to hold; none where there are no keys.
    pub fn keys_needed(&self) -> usize {
        match self.question_kind() {
            QuestionKind::Chain => self.labels_of_chains(),
            QuestionKind::Key | QuestionKind::State => self.count().1,
            _ => 0,
        }
    }

    /// The fewest frames that a needle has to last, so that it shows all that is asked about.
    pub fn least_frames(&self) -> u64 {
        self.question_kind().least_frames(self)
    }

    /// How many labels, no two of which are alike, what is asked for takes at most.
    pub fn labels_shown(&self) -> usize {
        match (self.question_kind(), self.labels()) {
            (QuestionKind::Which | QuestionKind::Exists, _)
            | (
                QuestionKind::Order | QuestionKind::Count | QuestionKind::When | QuestionKind::Cell,
                Labels::Same,
            ) => 1,
            (
                QuestionKind::Order | QuestionKind::Count | QuestionKind::When | QuestionKind::Cell,
                Labels::Distinct,
            )
            | (QuestionKind::Appears, _) => self.totals().1,
            _ => self.labels_needed(),
        }
    }
}
