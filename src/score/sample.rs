//! Samples: one question with its tries, and what was read from their replies.
//!
//! In: nothing. Out: types; [`join`](super::join) fills them.

use std::borrow::Cow;

use super::clusters::Cluster;
use super::reading::Read;
use super::sheet::SheetRow;
use super::verdict::Verdict;
use crate::answers::Known;

/// One try with what was read from its reply.
#[derive(Clone, Debug)]
pub(super) struct Try<'a> {
    /// Index of its row.
    pub(super) row: usize,
    /// Its answer: looked up once, since of large runs lookups are a good part of the work.
    pub(super) answer: Option<Known<'a>>,
    /// What its reply says.
    pub(super) read: Read,
    /// Whether the frames sent show every needle that is asked for; nothing where that is not known.
    pub(super) seen: Option<bool>,
}

/// One question with its tries.
#[derive(Clone, Debug)]
pub(super) struct Sample<'a> {
    /// The first of its rows.
    pub(super) row: &'a SheetRow,
    /// Its type, with its form where the type is asked in both.
    pub(super) kind: Cow<'a, str>,
    /// Its cluster: samples of one vary together, since they share haystacks, directly or through others.
    pub(super) cluster: Cluster,
    pub(super) tries: Vec<Try<'a>>,
}

impl Sample<'_> {
    /// Right in every try.
    pub(super) fn is_correct(&self, rule: usize) -> bool {
        self.tries.iter().all(|one| one.read.verdicts[rule] == Verdict::Correct)
    }

    /// Number of tries with this verdict.
    pub(super) fn count(&self, rule: usize, verdict: Verdict) -> u64 {
        self.tries.iter().filter(|one| one.read.verdicts[rule] == verdict).count() as u64
    }

    /// Whether the frames sent show every needle that is asked for, in all tries.
    pub(super) fn seen(&self) -> Option<bool> {
        self.tries.iter().try_fold(true, |all, one| one.seen.map(|seen| all && seen))
    }
}
