//! What a question is drawn from.
//!
//! In: a family, what can be shown, and what cannot. Out: things to ask for, no two of them alike.

use std::sync::Arc;

use super::family::Family;
use super::pool::Pool;

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
    /// The pack of the labels.
    pub pack: &'a str,
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
