//! Families with other numbers than their files state.
//!
//! In: a family, and what a spec wants otherwise. Out: a family that is checked as if its file said so, or all that is wrong with it.

use toml::Value;

use super::check::checked;
use super::family::Family;
use super::question_kind::QuestionKind;
use super::raw::Raw;

/// What a spec wants otherwise than the family's file has it; nothing where it leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variation {
    /// Fewest and most needles; of kinds with keys, the number of keys, chains or boxes; of a shell game, that of cups.
    pub count: Option<(usize, usize)>,
    /// Fewest and most values of a key, links of a chain, changes of a box, or of a shell game. Says nothing where
    /// [`Family::can_vary_each`] does not hold.
    pub each: Option<(usize, usize)>,
    /// Needles that are shown and not asked for.
    pub distractors: Option<usize>,
    /// Whether questions name keys by a hint. Says nothing of kinds that ask for no key.
    pub hints: Option<bool>,
}

impl Family {
    /// The family as a spec wants it, or why it cannot be so. Numbers that are options are then chosen among as many as there
    /// are; of chains, steps that are farther than their links are no longer asked for.
    pub fn with(&self, variation: Variation) -> Result<Self, Vec<String>> {
        if variation == Variation::default() {
            return Ok(self.clone());
        }
        let mut raw = self.raw.clone();
        let mut problems = Vec::new();
        if self.question_kind == QuestionKind::Cups {
            set_cups(&mut raw, variation, &mut problems);
        } else if let Some((least, most)) = variation.count {
            raw.needle.count = Value::from(vec![least as i64, most as i64]);
            let totals = (most - least).saturating_mul(self.clips().unwrap_or(1)).saturating_add(1);
            raw.options.window = raw.options.window.map(|window| window.min(totals));
        }
        match variation.each.filter(|_| self.can_vary_each()) {
            Some((0 | 1, _)) if self.question_kind == QuestionKind::Key => {
                problems.push("needle.each: from 2 on, as the question asks for several values".to_owned());
            }
            Some(_) if self.question_kind == QuestionKind::Cups => {}
            Some((least, most)) => {
                raw.needle.each = Some(Value::from(vec![least as i64, most as i64]));
                self.keep_steps(&mut raw, variation.count.unwrap_or(self.count).1, most);
            }
            None => {}
        }
        if let Some(hints) = variation.hints.filter(|_| self.question_kind == QuestionKind::Key) {
            raw.ask.hints = Some(hints);
        }
        match (&mut raw.distractors, variation.distractors) {
            (Some(own), Some(number)) => own.count = number,
            (None, Some(1..)) => problems.push("the family says nothing of distractors".to_owned()),
            _ => {}
        }
        match checked(raw, self.sha256.clone()) {
            Ok(family) if problems.is_empty() => Ok(family),
            Ok(_) => Err(problems),
            Err(more) => {
                problems.extend(more);
                problems.dedup();
                Err(problems)
            }
        }
    }

    /// What a spec states as their number: of keys, chains or boxes; of cups; of needles elsewhere. The fewest and the most.
    pub fn varied_count(&self) -> (usize, usize) {
        match self.question_kind {
            QuestionKind::Cups => (self.options_number(), self.options_number()),
            _ if self.key_pack().is_some() => self.count(),
            _ => self.totals(),
        }
    }

    /// How many values a key has, links a chain, changes a box or a shell game: the fewest and the most; nothing where a spec cannot say so.
    pub fn varied_each(&self) -> Option<(usize, usize)> {
        let swaps = self.ask_swaps() as usize;
        let each = if self.question_kind == QuestionKind::Cups { (swaps, swaps) } else { self.each };
        self.can_vary_each().then_some(each)
    }

    /// Whether a spec can say how many values a key has, links a chain, changes a box or a shell game: where the question asks for one
    /// value, it has one.
    pub fn can_vary_each(&self) -> bool {
        match self.question_kind {
            QuestionKind::Chain | QuestionKind::State | QuestionKind::Cups => true,
            QuestionKind::Key => self.each.1 > 1,
            _ => false,
        }
    }

    /// Leaves out steps along chains of so many links that are no longer there, unless that leaves none.
    fn keep_steps(&self, raw: &mut Raw, chains: usize, links: usize) {
        if self.question_kind != QuestionKind::Chain {
            return;
        }
        let most = if self.is_cyclic() { (chains * links) as i64 - 1 } else { links as i64 };
        if let Some(steps) = &mut raw.ask.steps
            && steps.iter().any(|step| *step <= most)
        {
            steps.retain(|step| *step <= most);
        }
    }
}

/// A shell game of as many cups, and as many changes, as a spec wants.
fn set_cups(raw: &mut Raw, variation: Variation, problems: &mut Vec<String>) {
    let mut lone = |key: &str, range: Option<(usize, usize)>| {
        let (least, most) = range?;
        if least != most {
            problems.push(format!("needle.{key}: is one number where `kind = \"cups\"`"));
        }
        Some(most)
    };
    if let Some(cups) = lone("count", variation.count) {
        raw.options.number = cups;
    }
    if let Some(swaps) = lone("each", variation.each) {
        raw.ask.swaps = Some(u32::try_from(swaps).unwrap_or(u32::MAX));
    }
}
