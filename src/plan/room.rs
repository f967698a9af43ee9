//! Which haystacks and lengths have room for the needles of each type.
//!
//! In: a checked spec, haystacks. Out: what is too short for which type; as a problem, or, where the spec leaves it out, as a
//! warning. The most needles that a type can have count, whatever its samples draw.

use std::collections::{BTreeMap, BTreeSet};

use crate::haystack::Haystack;
use crate::question::Form;
use crate::spec::{CheckedSpec, Length, Task, TooShort};
use crate::time::FrameRate;
use crate::wording;

use super::check::{Findings, lasting, listed, rates, times};
use super::moments::MomentLaw;
use super::placement::Rule;
use super::spans::Law;

/// A haystack, or a length at a frame rate, that has too few frames for a type.
#[derive(Clone, Copy, Debug)]
struct Short {
    /// Which haystack, or which length of the grid.
    base: usize,
    /// The frame rate, of a length.
    fps: Option<FrameRate>,
    /// Frames that it has.
    frames: u64,
    /// Frames that the type needs.
    needed: u64,
}

/// What has no room for which type.
#[derive(Debug)]
pub(super) struct Room<'a> {
    spec: &'a CheckedSpec,
    haystacks: &'a [Haystack],
    /// By task.
    short: Vec<Vec<Short>>,
    is_left_out: bool,
}

impl<'a> Room<'a> {
    /// Looks at every haystack, or every length, of every type. Where the spec leaves out what is too short, it is left out, unless
    /// that leaves nothing at all.
    pub(super) fn new(spec: &'a CheckedSpec, haystacks: &'a [Haystack]) -> Self {
        let short: Vec<Vec<Short>> = spec.tasks().iter().map(|task| short(spec, task, haystacks)).collect();
        let mut room = Self { spec, haystacks, short, is_left_out: false };
        let leaves_any = (0..spec.tasks().len()).any(|task| room.bases_short(task).len() < room.bases());
        room.is_left_out = spec.too_short() == TooShort::Skip && leaves_any;
        room
    }

    /// Number of haystacks, or of lengths.
    fn bases(&self) -> usize {
        lengths(self.spec).map_or(self.haystacks.len(), <[Length]>::len)
    }

    /// By task: the haystacks, or the lengths, that its samples are made of; nothing where these are all.
    pub(super) fn left(&self) -> Vec<Option<Vec<usize>>> {
        (0..self.short.len()).map(|task| self.left_of(task)).collect()
    }

    fn left_of(&self, task: usize) -> Option<Vec<usize>> {
        let short = self.bases_short(task);
        let is_all = !self.is_left_out || short.is_empty();
        (!is_all).then(|| (0..self.bases()).filter(|base| !short.contains(base)).collect())
    }

    fn bases_short(&self, task: usize) -> BTreeSet<usize> {
        self.short[task].iter().map(|short| short.base).collect()
    }

    /// Reports what is too short; `uses` says whether any sample of a task is made of a haystack or length.
    pub(super) fn check(&self, uses: impl Fn(usize, usize) -> bool, findings: &mut Findings) {
        let mut is_refused = false;
        for (index, task) in self.spec.tasks().iter().enumerate() {
            if self.short[index].is_empty() {
                continue;
            }
            if self.is_left_out {
                findings.warnings.push(self.left_out(index, task));
                continue;
            }
            let used: BTreeSet<usize> = (0..self.bases()).filter(|base| uses(index, *base)).collect();
            let problems = self.refused(index, task, &used);
            is_refused |= !problems.is_empty();
            findings.problems.extend(problems);
        }
        if is_refused {
            let skip = match self.spec.too_short() {
                TooShort::Error => "leaves out what is too short, type by type",
                TooShort::Skip => "leaves nothing",
            };
            findings.hints.push(format!(
                "name the types to make in `[[tasks]]`, set `needles.duration` or `needles.gap`, or use longer haystacks; \
                 `haystacks.too_short = \"skip\"` {skip}"
            ));
        }
    }

    /// What is left out of a type.
    fn left_out(&self, index: usize, task: &Task) -> String {
        let short = &self.short[index];
        let (least, most) = short
            .iter()
            .fold((u64::MAX, 0), |(least, most), short| (least.min(short.needed), most.max(short.needed)));
        let needed = if least == most { format!("{most}") } else { format!("{least} to {most}") };
        let which: Vec<String> = short.iter().map(|short| self.described(short)).collect();
        let (name, count, all) = (task.name(), self.bases_short(index).len(), self.bases());
        let what = wording::form(all as u64, self.noun());
        let (needed, which) = (format!("it needs {needed} frames"), listed(&which));
        if count == all {
            return format!(
                "`{name}` is left out: {needed}, and none of {all} {what} has as many ({which}); longer videos bring it back"
            );
        }
        format!("`{name}`: {count} of {all} {what} too short and left out: {needed}; {which}")
    }

    /// What is refused of a type: its haystacks or lengths that are too short, by what they need to have.
    fn refused(&self, index: usize, task: &Task, used: &BTreeSet<usize>) -> Vec<String> {
        let mut groups: BTreeMap<u64, Vec<&Short>> = BTreeMap::new();
        for short in self.short[index].iter().filter(|short| used.contains(&short.base)) {
            groups.entry(short.needed).or_default().push(short);
        }
        // Of times the options need room, of which one is the needle's.
        let (number, what) = match task.durations {
            Some(_) if task.forms.first() == Some(&Form::Choice) => (Law::times(task), "option"),
            _ => (task.family.most_places() as u64, "needle"),
        };
        let problem = |(needed, group): (u64, Vec<&Short>)| {
            let which: Vec<String> = group.iter().map(|short| self.described(short)).collect();
            let count = group.iter().map(|short| short.base).collect::<BTreeSet<usize>>().len();
            format!(
                "{}: {} of {}, {} apart, {} {needed} frames; {} ({count} of {})",
                task.family.kind(),
                wording::count(number, what),
                lasting(task),
                task.difficulty.distance.as_ref().unwrap_or(&task.gap),
                wording::verb(number, "needs", "need"),
                listed(&which),
                wording::count(used.len() as u64, self.noun())
            )
        };
        groups.into_iter().map(problem).collect()
    }

    /// What is counted.
    fn noun(&self) -> &'static str {
        if lengths(self.spec).is_some() { "length" } else { "haystack" }
    }

    fn described(&self, short: &Short) -> String {
        match (lengths(self.spec), short.fps) {
            (Some(lengths), Some(fps)) => {
                let (length, frames) = (&lengths[short.base], short.frames);
                format!("length `{length}` has {frames} at {fps} frames a second")
            }
            _ => format!("haystack `{}` has {}", self.haystacks[short.base].id, short.frames),
        }
    }
}

/// The lengths that are asked for, if any are.
fn lengths(spec: &CheckedSpec) -> Option<&[Length]> {
    spec.grid().and_then(|grid| grid.lengths.as_deref())
}

/// What is too short for a type.
fn short(spec: &CheckedSpec, task: &Task, haystacks: &[Haystack]) -> Vec<Short> {
    let places = task.family.most_places() as u64;
    let has_depths = spec.grid().is_some_and(|grid| grid.depths.is_some());
    let needed_of = |rule: Rule| {
        if has_depths && task.family.asks_for_one_among_others() {
            rule.needed_around(places)
        } else {
            rule.needed(places)
        }
    };
    let mut short = Vec::new();
    let mut note = |base, fps, frames, needed| {
        if frames < needed {
            short.push(Short { base, fps, frames, needed });
        }
    };
    let Some(lengths) = lengths(spec) else {
        for (base, Haystack { form, .. }) in haystacks.iter().enumerate() {
            let times = times(task, form.fps);
            let needed = if let Some(law) = MomentLaw::new(task, form.frames, form.fps) {
                law.needed().saturating_sub(times.finished(0, task))
            } else if task.durations.is_some() {
                (Law::needed(task, form.fps) + 1).saturating_sub(times.finished(0, task))
            } else {
                needed_of(times.rule(0)) + times.inserted(places) - times.finished(0, task)
            };
            note(base, None, form.frames, needed);
        }
        return short;
    };
    let rates = rates(haystacks);
    for (base, length) in lengths.iter().enumerate() {
        for &fps in &rates {
            let times = times(task, fps);
            let needed = if let Some(law) = MomentLaw::new(task, length.frames(fps), fps) {
                law.needed()
            } else if task.durations.is_some() {
                Law::needed(task, fps) + 1
            } else {
                times.inserted(places) + needed_of(times.rule(0))
            };
            note(base, Some(fps), length.frames(fps), needed);
        }
    }
    short
}
