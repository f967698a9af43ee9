//! What a plan needs of its haystacks.
//!
//! In: a checked spec, haystacks, slots. Out: every impossible request, and every warning. The check assumes the most
//! needles that a type can have, whatever its samples draw: a plan that exists for some answers only would tell them.

use std::collections::{BTreeMap, BTreeSet};

use crate::haystack::{AudioForm, Haystack};
use crate::id;
use crate::needle::{Look, LookKind, PixelBox, WayIn};
use crate::question::{Pool, Starts};
use crate::spec::{CheckedSpec, Difficulty, Durations, LeftOut, Task};
use crate::time::{FrameRate, FrameSpan};

use super::grid::{self, Base, Slots};
use super::looks::{Shown, candidates, look, pack};
use super::placement::{Rule, Window};
use crate::wording;

/// What a check found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<String>,
    pub(super) hints: Vec<String>,
    pub(super) warnings: Vec<String>,
}

/// A task's times in frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    mode: WayIn,
    duration: u64,
    /// As `duration`, but for needles whose durations are drawn: the least.
    shortest: u64,
    gap: u64,
    exact: bool,
}

/// A task's times at a frame rate.
pub(super) fn times(task: &Task, fps: FrameRate) -> Times {
    let Difficulty { distance, .. } = &task.difficulty;
    let gap = distance.as_ref().unwrap_or(&task.gap).frames(fps);
    let duration = task.duration_frames(fps);
    let shortest = task.durations.as_ref().map_or(duration, |Durations { least, .. }| least.frames(fps));
    Times { mode: task.family.mode(), duration, shortest, gap, exact: distance.is_some() }
}

impl Times {
    /// Frames by which so many needles make a video longer.
    pub(super) fn inserted(self, places: u64) -> u64 {
        if self.mode == WayIn::Insert { places * self.duration } else { 0 }
    }

    /// Frames by which needles of these spans make a video longer.
    pub(super) fn inserted_by(self, spans: &[FrameSpan]) -> u64 {
        if self.mode == WayIn::Insert { spans.iter().map(|span| span.count()).sum() } else { 0 }
    }

    /// The frames of the finished video on which needles at these places in the haystack show.
    pub(super) fn spans(self, positions: &[u64]) -> Vec<FrameSpan> {
        let starts = (0..).zip(positions).map(|(index, at)| at + self.inserted(index));
        let span = |start| FrameSpan::new(start, start + self.duration).expect("a needle lasts a frame");
        starts.map(span).collect()
    }

    /// Length of the finished video where a haystack of so many frames is taken: with as many needles as the type has at
    /// least. Each more takes the place of haystack frames, so that the length does not tell how many there are.
    pub(super) fn finished(self, haystack: u64, task: &Task) -> u64 {
        let shortest = if self.mode == WayIn::Insert { self.shortest } else { 0 };
        haystack + task.family.fewest_places() as u64 * shortest
    }

    /// Frames that a needle lasts.
    pub(super) fn duration(self) -> u64 {
        self.duration
    }

    /// Haystack frames between two needles, at least.
    pub(super) fn gap(self) -> u64 {
        self.gap
    }

    /// Frames from the start of one needle to that of the next, at least.
    pub(super) fn apart(self) -> u64 {
        self.duration + self.gap
    }

    /// The range of starts, in frames of the finished video, of so many needles within a window of haystack frames, or
    /// anywhere.
    pub(super) fn starts(self, rule: Rule, window: Option<Window>, places: u64) -> Starts {
        let Window { start, frames } = window.unwrap_or(Window { start: 0, frames: rule.frames });
        Starts { first: start, last: start + frames + self.inserted(places) - self.duration }
    }

    /// The rule for so many haystack frames.
    pub(super) fn rule(self, frames: u64) -> Rule {
        let covered = if self.mode == WayIn::Insert { 0 } else { self.duration };
        Rule { frames, covered, inserted: self.inserted(1), gap: self.gap, exact: self.exact }
    }
}

/// Names of haystacks in a message; the rest are counted.
const NAMES_SHOWN: usize = 3;

/// Bytes of what the ids of samples begin with, at most: with depth, number and the ending of a file that is being written, a file's
/// name of 255 bytes has room for it.
const LONGEST_NAME: usize = 200;

/// The first of several, and how many more there are.
pub(super) fn listed(names: &[String]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMES_SHOWN { format!("{shown} and {} more", names.len() - NAMES_SHOWN) } else { shown }
}

/// Checks ids.
pub(super) fn check(spec: &CheckedSpec, haystacks: &[Haystack], slots: &Slots) -> Findings {
    let mut findings = Findings::default();
    if haystacks.is_empty() {
        findings.problems.push("there is no haystack".to_owned());
        return findings;
    }
    for pair in haystacks.windows(2) {
        if pair[0].id == pair[1].id {
            findings.problems.push(format!("two haystacks have the id `{}`", pair[0].id));
        }
    }
    for haystack in haystacks.iter().filter(|haystack| !id::is_valid(&haystack.id)) {
        let id = &haystack.id;
        findings.problems.push(format!("haystack id `{id}` is not made of letters, digits, `_` and `-`"));
    }
    let (mut ids, mut long) = (BTreeSet::new(), Vec::new());
    for (index, task) in spec.tasks().iter().enumerate() {
        for base in slots.bases().iter().filter(|base| slots.uses(index, base)) {
            let id = grid::base_id(&task.name(), base, haystacks);
            if ids.contains(&id::folded(&id)) {
                findings
                    .problems
                    .push(format!("two samples would have the id `{id}`; rename a type or a haystack"));
            }
            if id.len() > LONGEST_NAME {
                long.push(format!("`{id}`"));
            }
            ids.insert(id::folded(&id));
        }
    }
    if !long.is_empty() {
        findings.problems.push(format!(
            "ids of samples would begin with {}, longer than {LONGEST_NAME} bytes; files are named by them: give the haystack a shorter id, \
             or vary fewer keys",
            listed(&long)
        ));
    }
    check_frames(spec, haystacks, &mut findings);
    findings
}

/// Checks lengths, and whether haystacks can be joined to them.
pub(super) fn check_lengths(
    spec: &CheckedSpec,
    haystacks: &[Haystack],
    slots: &Slots,
    findings: &mut Findings,
) {
    for base in slots.bases() {
        if let Base::Length(length) = base {
            let problems = rates(haystacks).into_iter().filter_map(|fps| length.problem(fps));
            findings.problems.extend(problems.map(|problem| format!("length `{length}`: {problem}")));
        }
    }
    check_joins(spec, haystacks, findings);
}

/// Every frame rate of the haystacks, once.
pub(super) fn rates(haystacks: &[Haystack]) -> Vec<FrameRate> {
    let rates = haystacks.iter().map(|haystack| haystack.form.fps);
    let rates: BTreeMap<(u32, u32), FrameRate> = rates.map(|fps| ((fps.num(), fps.den()), fps)).collect();
    rates.into_values().collect()
}

/// How long a task's needles last, in words.
pub(super) fn lasting(task: &Task) -> String {
    task.durations.as_ref().map_or_else(|| task.difficulty.duration.to_string(), ToString::to_string)
}

/// Whether needles have the frames that they need to show all that is asked about.
fn check_frames(spec: &CheckedSpec, haystacks: &[Haystack], findings: &mut Findings) {
    for task in spec.tasks() {
        let (duration, least) = (&task.difficulty.duration, task.family.least_frames());
        for fps in rates(haystacks).into_iter().filter(|fps| duration.frames(*fps) < least) {
            let (name, frames) = (task.name(), wording::count(duration.frames(fps) as usize, "frame"));
            findings.problems.push(format!(
                "{name}: `duration` {duration} is {frames} at {fps}, and what is asked about takes {least} or more"
            ));
        }
    }
}

/// Whether haystacks can be joined where a length takes several, and whether they have to repeat.
fn check_joins(spec: &CheckedSpec, haystacks: &[Haystack], findings: &mut Findings) {
    let Some(lengths) = spec.grid().and_then(|grid| grid.lengths.as_ref()) else { return };
    let is_joined = |haystack: &Haystack| {
        lengths.iter().any(|length| length.frames(haystack.form.fps) > haystack.form.frames)
    };
    if !haystacks.iter().any(is_joined) {
        return;
    }
    let mut forms: BTreeMap<(u32, u32, u32, u32), Vec<String>> = BTreeMap::new();
    let mut sounds: Vec<(AudioForm, Vec<String>)> = Vec::new();
    for Haystack { id, form, .. } in haystacks {
        let key = (form.width, form.height, form.fps.num(), form.fps.den());
        forms.entry(key).or_default().push(id.clone());
        if let Some(audio) = form.audio {
            match sounds.iter_mut().find(|(other, _)| *other == audio) {
                Some((_, ids)) => ids.push(id.clone()),
                None => sounds.push((audio, vec![id.clone()])),
            }
        }
    }
    if forms.len() > 1 {
        let forms = forms.into_iter().map(|((width, height, num, den), ids)| {
            let fps = FrameRate::new(num, den).map_or_else(String::new, |fps| fps.to_string());
            format!("{width}x{height} at {fps} ({})", listed(&ids))
        });
        findings.problems.push(format!(
            "haystacks that are joined have to agree in size and frame rate: {}",
            forms.collect::<Vec<_>>().join("; ")
        ));
        findings.hints.push("set `video.width`, `video.height` and `video.fps`".to_owned());
    }
    if sounds.len() > 1 {
        let sounds = sounds.iter().map(|(audio, ids)| {
            format!(
                "{} Hz, {} ({})",
                audio.sample_rate,
                wording::count(audio.channels, "channel"),
                listed(ids)
            )
        });
        findings.problems.push(format!(
            "haystacks that are joined have to agree in their sound: {}",
            sounds.collect::<Vec<_>>().join("; ")
        ));
        findings.hints.push("`video.audio = false` leaves the sound out".to_owned());
    }
    let together = haystacks.iter().map(|haystack| haystack.form.frames).fold(0, u64::saturating_add);
    let fps = haystacks[0].form.fps;
    for length in lengths.iter().filter(|length| length.frames(fps) > together) {
        findings.warnings.push(format!(
            "length `{length}` is {} frames, all haystacks together are {together}: they repeat within its videos",
            length.frames(fps)
        ));
    }
}

/// Where each candidate of a task lies in frames of this size, then where each distractor does; nothing for patches, whose
/// place is random.
pub(super) fn places(
    spec: &CheckedSpec,
    task: &Task,
    (width, height): (u32, u32),
    findings: &mut Findings,
) -> Vec<PixelBox> {
    let is_patch = task.family.look().is_small();
    let spot = task.spot();
    let mut places = Vec::new();
    for shown in candidates(task) {
        let look = match look(task, shown) {
            // A frame that holds no picture holds no patch.
            Look::Patch { pack, item } => {
                Look::Picture { pack, item, from: None, ground: task.difficulty.ground }
            }
            look => look,
        };
        let size = task.difficulty.clip_size_permille(task.family.plays_over());
        match spec.library().place_at(&look, (spot, size), width, height) {
            Ok(place) => places.push(place),
            Err(error) => {
                // One label that does not fit is enough to say so.
                let kind = task.family.kind();
                findings
                    .problems
                    .push(format!("{kind}: `{}` in {width}x{height}: {error}", shown.candidate.label));
                break;
            }
        }
    }
    if is_patch { Vec::new() } else { places }
}

/// By task: the candidates that each haystack shows by itself, ascending. A length has one list, of all haystacks: its
/// video may take any of them, and a question is the same at every length. Subtitles tell what they mean, whatever the
/// haystack shows.
pub(super) fn left_out(
    spec: &CheckedSpec,
    haystacks: &[Haystack],
    slots: &Slots,
    findings: &mut Findings,
) -> Vec<Vec<LeftOut>> {
    let with_lengths = slots.bases().iter().any(|base| matches!(base, Base::Length(_)));
    let shown = |haystacks: &[Haystack], task: &Task| {
        let of = |pool: &Pool| {
            pool.named(haystacks.iter().flat_map(|haystack| &haystack.shows).map(String::as_str))
        };
        let others = task.others.as_ref().map(|others| of(&others.distractors.pool));
        LeftOut { asked: of(&task.pool), others: others.unwrap_or_default() }
    };
    let mut all = Vec::new();
    for (index, task) in spec.tasks().iter().enumerate() {
        let left_out: Vec<LeftOut> = if task.family.look() == LookKind::Text {
            vec![LeftOut::default(); haystacks.len().max(1)]
        } else if with_lengths {
            vec![shown(haystacks, task)]
        } else {
            // Many haystacks show the same.
            let mut known: BTreeMap<&[String], LeftOut> = BTreeMap::new();
            let shown = haystacks.chunks(1).map(|haystack| {
                known.entry(&haystack[0].shows).or_insert_with(|| shown(haystack, task)).clone()
            });
            shown.collect()
        };
        // Of what is asked for, then of distractors: the pack, how many labels it needs to have, how many are left; and where.
        let mut few: BTreeMap<(usize, &str, usize, usize), Vec<String>> = BTreeMap::new();
        for base in slots.bases().iter().filter(|base| slots.uses(index, base)) {
            let (left_out, name) = match base {
                Base::Whole(haystack) => {
                    (&left_out[*haystack], format!("haystack `{}`", haystacks[*haystack].id))
                }
                Base::Length(_) => (&left_out[0], "all haystacks together".to_owned()),
            };
            let asked =
                (&task.pack, task.family.labels_needed(), task.pool.distinct_without(&left_out.asked));
            let others = task.others.as_ref().map(|others| {
                let left = others.distractors.pool.distinct_without(&left_out.others);
                (&others.pack, others.needed(&task.family), left)
            });
            for (at, (pack, needed, left)) in std::iter::once(asked).chain(others).enumerate() {
                if left < needed {
                    few.entry((at, pack, needed, left)).or_default().push(name.clone());
                }
            }
        }
        for ((_, pack, needed, left), mut names) in few {
            names.dedup();
            let kind = task.family.kind();
            findings.problems.push(format!(
                "{kind}: needs {}, pack `{pack}` has {left} besides those shown by {}",
                wording::count(needed, "distinct label"),
                listed(&names)
            ));
            let hint = "name a larger pack in `tasks.pack`, or leave the haystack out";
            if !findings.hints.iter().any(|other| other == hint) {
                findings.hints.push(hint.to_owned());
            }
        }
        all.push(left_out);
    }
    all
}

/// Width to height of each candidate of a task that pastes patches, then of each distractor.
pub(super) fn aspects(spec: &CheckedSpec, task: &Task, findings: &mut Findings) -> Vec<(u32, u32)> {
    if !task.family.look().is_small() {
        return Vec::new();
    }
    let aspect = |Shown { candidate, is_distractor, .. }: Shown<'_>| {
        spec.library().aspect(pack(task, is_distractor), &candidate.item)
    };
    let aspects: Result<Vec<(u32, u32)>, _> = candidates(task).map(aspect).collect();
    aspects
        .map_err(|error| findings.problems.push(format!("{}: {error}", task.family.kind())))
        .unwrap_or_default()
}
