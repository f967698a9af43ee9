//! Which samples there are: from an index to a type, a haystack or a length, a depth and a repeat.
//!
//! In: tasks, grid and haystacks. Out: [`Slot`]s. The key of a slot names all that its sample's decisions may depend
//! on. A length is not part of it: the samples of one question at all lengths share needles, options and depths.

use std::sync::Arc;

use crate::haystack::Haystack;
use crate::letter;
use crate::seed::Seed;
use crate::spec::{CheckedSpec, Length, Task};
use crate::time::Depth;

/// Where a sample stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'a> {
    /// Index of the task.
    pub(super) task: usize,
    /// What the video is made of.
    pub(super) base: Base<'a>,
    /// The depth asked for.
    pub(super) depth: Option<Depth>,
    /// Repeat within the cell.
    pub(super) repeat: u64,
    /// Which of the videos that are drawn together; none where each is drawn for itself.
    pub(super) member: Option<u64>,
}

/// What a video is made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Base<'a> {
    /// One haystack, whole.
    Whole(usize),
    /// Haystacks joined or trimmed to a length.
    Length(&'a Length),
}

impl Slot<'_> {
    /// The sample's id, given the name of its task and the haystack's id: what is drawn together shares it.
    pub(super) fn id(&self, name: &str, haystacks: &[Haystack]) -> String {
        let base = base_id(name, &self.base, haystacks);
        match self.depth {
            Some(depth) => format!("{base}-d{}-{}", depth.permille(), self.repeat),
            None => format!("{base}-{}", self.repeat),
        }
    }

    /// What tells its video from those that are drawn with it, as ids have it: `-a`, `-b`; empty where there are none.
    pub(super) fn suffix(&self) -> String {
        self.member
            .map_or_else(String::new, |member| format!("-{}", letter::mark(member as usize).to_lowercase()))
    }

    /// What random streams are named by.
    pub(super) fn key(&self, kind: &str, haystacks: &[Haystack]) -> String {
        let base = match self.base {
            Base::Whole(haystack) => &haystacks[haystack].id,
            Base::Length(_) => "*",
        };
        match self.depth {
            Some(depth) => format!("{kind}/{base}/{}", depth.permille()),
            None => format!("{kind}/{base}"),
        }
    }
}

/// The part of a sample's id that its task and base give.
pub(super) fn base_id(name: &str, base: &Base<'_>, haystacks: &[Haystack]) -> String {
    match base {
        Base::Whole(haystack) => format!("{name}-{}", haystacks[*haystack].id),
        Base::Length(length) => format!("{name}-{}", length.id()),
    }
}

/// All slots, in order: by task, length, depth, repeat, haystack.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    lengths: Option<Arc<[Length]>>,
    depths: Vec<Option<Depth>>,
    /// One per task.
    rows: Vec<Row>,
    /// Number of haystacks, or of lengths.
    bases: u64,
    total: u64,
}

/// The slots of one task.
#[derive(Clone, Debug)]
struct Row {
    /// Index of the first.
    start: u64,
    /// The haystacks, or the lengths, that its samples are made of, ascending; absent where these are all.
    left: Option<Vec<usize>>,
    /// Samples of one cell; what is drawn together is one.
    each: u64,
    /// Videos of each sample, which are drawn together.
    members: u64,
    /// Haystacks of the last, incomplete round, sorted.
    rest: Vec<usize>,
    /// Whether its needles lie at depths that are asked for: not where their times are drawn, to be asked for.
    has_depths: bool,
}

impl Slots {
    /// The slots of a spec over so many haystacks, which are sorted by id; `left` has, by task, the haystacks or lengths that its
    /// samples are made of, where these are not all.
    pub(super) fn new(spec: &CheckedSpec, haystacks: &[Haystack], left: Vec<Option<Vec<usize>>>) -> Self {
        let grid = spec.grid();
        let lengths: Option<Arc<[Length]>> = grid.and_then(|grid| grid.lengths.as_deref()).map(Arc::from);
        let depths = grid
            .and_then(|grid| grid.depths.as_ref())
            .map_or_else(|| vec![None], |depths| depths.iter().copied().map(Some).collect());
        let repeats = grid.map_or(1, |grid| grid.repeats);
        let bases = lengths.as_ref().map_or(haystacks.len(), |lengths| lengths.len()) as u64;
        let mut rows = Vec::new();
        let mut total = 0_u64;
        for (task, left) in spec.tasks().iter().zip(left) {
            let count = left.as_ref().map_or(bases, |left| left.len() as u64);
            let whole = if lengths.is_some() { repeats } else { repeats.saturating_mul(count) };
            let each = if count == 0 { 0 } else { task.samples.unwrap_or(whole) };
            let rest = if lengths.is_none() && count > 0 {
                let mut ranked = ranked(spec.seed(), task, haystacks);
                ranked
                    .retain(|haystack| left.as_ref().is_none_or(|left| left.binary_search(haystack).is_ok()));
                ranked.truncate((each % count) as usize);
                ranked.sort_unstable();
                ranked
            } else {
                Vec::new()
            };
            let kind = task.family.question_kind();
            let (has_depths, members) = (task.family.has_depths(), kind.members());
            let cells = if lengths.is_some() { count } else { 1 };
            let cells = cells.saturating_mul(if has_depths { depths.len() as u64 } else { 1 });
            rows.push(Row { start: total, left, each, members, rest, has_depths });
            total = total.saturating_add(each.saturating_mul(members).saturating_mul(cells));
        }
        Self { lengths, depths, rows, bases, total }
    }

    /// Number of slots.
    pub(super) fn len(&self) -> u64 {
        self.total
    }

    /// The lengths that are asked for, if any are.
    fn lengths(&self) -> Option<&[Length]> {
        self.lengths.as_deref()
    }

    /// The first slot of each task that has any.
    pub(super) fn starts(&self) -> impl Iterator<Item = u64> + '_ {
        self.rows.iter().filter(|row| row.each > 0).map(|row| row.start)
    }

    /// The depths that are asked for, if any are.
    pub(super) fn depths(&self) -> &[Option<Depth>] {
        &self.depths
    }

    /// Number of questions about all videos.
    pub(super) fn questions(&self, tasks: &[Task]) -> u64 {
        let questions = |(row, task): (&Row, &Task)| {
            let videos = (row.each * row.members).saturating_mul(self.cells_of(row));
            videos.saturating_mul(task.forms.len() as u64 * task.family.asks())
        };
        self.rows.iter().zip(tasks).map(questions).fold(0, u64::saturating_add)
    }

    /// The depths of a task's cells.
    fn depths_of(&self, row: &Row) -> &[Option<Depth>] {
        if row.has_depths { &self.depths } else { &[None] }
    }

    /// Number of cells over all tasks; without a grid, one a task.
    pub(super) fn cells(&self) -> u64 {
        self.rows.iter().filter(|row| row.each > 0).map(|row| self.cells_of(row)).sum()
    }

    /// Number of cells of a task.
    fn cells_of(&self, row: &Row) -> u64 {
        let lengths = if self.lengths.is_some() { self.bases_of(row) } else { 1 };
        lengths.saturating_mul(self.depths_of(row).len() as u64)
    }

    /// Number of haystacks, or of lengths, of a task.
    fn bases_of(&self, row: &Row) -> u64 {
        row.left.as_ref().map_or(self.bases, |left| left.len() as u64)
    }

    /// The bases that samples of any task can have, for checks.
    pub(super) fn bases(&self) -> Vec<Base<'_>> {
        match self.lengths() {
            Some(lengths) => lengths.iter().map(Base::Length).collect(),
            None => (0..self.bases as usize).map(Base::Whole).collect(),
        }
    }

    /// Whether any sample of `task` is made of `base`.
    pub(super) fn uses(&self, task: usize, base: &Base<'_>) -> bool {
        let row = &self.rows[task];
        let is_left = |at: usize| row.left.as_ref().is_none_or(|left| left.binary_search(&at).is_ok());
        match base {
            Base::Whole(haystack) => {
                is_left(*haystack)
                    && (row.each >= self.bases_of(row) || row.rest.binary_search(haystack).is_ok())
            }
            Base::Length(length) => {
                let place = || self.lengths()?.iter().position(|other| other == *length);
                row.left.is_none() || place().is_some_and(is_left)
            }
        }
    }

    /// The slot with this index.
    ///
    /// # Panics
    /// If there are not so many.
    pub(super) fn slot(&self, index: u64) -> Slot<'_> {
        assert!(index < self.total, "sample {index} of {}", self.total);
        let task = self.rows.partition_point(|row| row.start <= index) - 1;
        let row = &self.rows[task];
        let base = |place: u64| row.left.as_ref().map_or(place as usize, |left| left[place as usize]);
        let (sample, member) = ((index - row.start) / row.members, (index - row.start) % row.members);
        let member = (row.members > 1).then_some(member);
        let (cell, within) = (sample / row.each, sample % row.each);
        let depths = self.depths_of(row);
        let depth = depths[(cell % depths.len() as u64) as usize];
        if let Some(lengths) = self.lengths() {
            let length = &lengths[base(cell / depths.len() as u64)];
            return Slot { task, base: Base::Length(length), depth, repeat: within, member };
        }
        let count = self.bases_of(row);
        let (repeat, place) = (within / count, within % count);
        let is_complete = repeat < row.each / count;
        let haystack = if is_complete { base(place) } else { row.rest[place as usize] };
        Slot { task, base: Base::Whole(haystack), depth, repeat, member }
    }
}

/// Haystacks in the order in which a task takes them when it does not take all.
fn ranked(seed: Seed, task: &Task, haystacks: &[Haystack]) -> Vec<usize> {
    let rank = |index: &usize| {
        let label = format!("rank/{}/{}", task.family.kind(), haystacks[*index].id);
        seed.stream(&label, 0).below(u64::MAX)
    };
    let mut order: Vec<usize> = (0..haystacks.len()).collect();
    order.sort_by_cached_key(rank);
    order
}
