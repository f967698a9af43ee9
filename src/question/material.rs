//! What a question is drawn from.
//!
//! In: a family, what can be shown, and what cannot. Out: things to ask for, no two of them alike.

use std::sync::Arc;

use super::family::Family;
use super::pool::Pool;
use crate::seed::Stream;

/// What a question is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// The family.
    pub family: &'a Family,
    /// The labels that can be asked for.
    pub pool: &'a Pool,
    /// What distractors show, where there are any.
    pub distractors: Option<&'a Distractors>,
    /// Candidates that are not shown, ascending: haystacks show them by themselves.
    pub left_out: &'a [usize],
    /// The same of what distractors show.
    pub others_left_out: &'a [usize],
    /// The pack of the labels.
    pub pack: &'a str,
    /// The keys, where things are shown for keys.
    pub keys: Option<&'a Pool>,
    /// The cues, where things are shown while others are heard or read.
    pub cues: Option<&'a Pool>,
    /// Which of the videos that are drawn together: 0 where each is drawn for itself.
    pub member: u64,
    /// How far what moves goes while it is shown, in 65,536ths of a round.
    pub travel: i64,
}

impl Material<'_> {
    /// The first `count` candidates of `order` that are not left out and no two of which are alike.
    ///
    /// # Panics
    /// If there are fewer, which a check of the pool against its family excludes.
    pub(super) fn take(&self, count: usize, order: &[usize]) -> Vec<usize> {
        let taken = self.pool.take_distinct(order, self.left_out, count);
        assert_eq!(taken.len(), count, "a pool that was checked against its family");
        taken
    }

    /// `count` keys no two of which are alike, in random order.
    ///
    /// # Panics
    /// If there are fewer, or no keys at all, which checks of the spec exclude.
    pub(super) fn take_keys(&self, count: usize, stream: &mut Stream) -> Vec<usize> {
        let keys = self.keys.expect("a family with keys has a pool of them");
        taken(keys, count, stream)
    }

    /// `count` cues no two of which are alike, in random order.
    ///
    /// # Panics
    /// If there are fewer, or no cues at all, which checks of the spec exclude.
    pub(super) fn take_cues(&self, count: usize, stream: &mut Stream) -> Vec<usize> {
        let cues = self.cues.expect("a family with cues has a pool of them");
        taken(cues, count, stream)
    }

    /// What a cue is called.
    pub(super) fn cue(&self, cue: usize) -> String {
        self.cues.map_or_else(String::new, |cues| cues.candidates()[cue].label.clone())
    }

    /// The cue of this label.
    ///
    /// # Panics
    /// If there is none, where cues are of the labels' own pack.
    pub(super) fn cue_of(&self, label: &str) -> usize {
        let cues = self.cues.expect("a family with cues has a pool of them");
        let found = cues.candidates().iter().position(|cue| cue.label == label);
        found.expect("cues and labels are of one pack")
    }

    /// What a candidate is called in options.
    pub(super) fn label(&self, candidate: usize) -> String {
        self.pool.candidates()[candidate].label.clone()
    }

    /// What a question calls a key: by its own words, or by one of its hints.
    pub(super) fn asked_key(&self, key: usize, stream: &mut Stream) -> String {
        let hints =
            self.keys.filter(|_| self.family.asks_by_hint()).map(|keys| &keys.candidates()[key].hints);
        match hints {
            Some(hints) if !hints.is_empty() => hints[stream.below(hints.len() as u64) as usize].clone(),
            _ => self.key(key),
        }
    }

    /// What a key is called, in needles and answers.
    pub(super) fn key(&self, key: usize) -> String {
        self.keys.map_or_else(String::new, |keys| keys.candidates()[key].label.clone())
    }
}

/// `count` candidates of a pool no two of which are alike, in random order.
fn taken(pool: &Pool, count: usize, stream: &mut Stream) -> Vec<usize> {
    let everything = pool.candidates().len();
    let taken = pool.take_distinct(&stream.distinct(everything, everything), &[], count);
    assert_eq!(taken.len(), count, "a pool that was checked against its family");
    taken
}

/// What distractors show.
#[derive(Clone, Debug)]
pub struct Distractors {
    /// The labels.
    pub pool: Arc<Pool>,
    /// Whether they are those that are asked for, too.
    pub own: bool,
    /// For each candidate that can be asked for: those of the pool, the ones that are taken first before the others. Absent
    /// where all are as good.
    pub ranks: Option<Arc<Vec<Vec<usize>>>>,
}
