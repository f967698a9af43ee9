//! How far a model reaches: its effective length, and its accuracy where it could see.
//!
//! In: the cells of a run, joined samples. Out: the longest length that holds up against the shortest, and accuracy apart for
//! samples whose needles are in the frames that were sent.

use std::collections::{BTreeMap, BTreeSet};

use super::Scores;
use super::details::{EffectiveLength, Slice, Visible};
use super::figures::rounded;
use super::sample::Sample;
use super::slicer::Slicer;
use crate::answers::Answers;
use crate::question::OVERALL;
use crate::seed::Seed;

/// Share of the shortest length's accuracy that a length has to reach, where nothing else is said: `NoLiMa`'s (Modarressi et
/// al. 2025, arXiv 2502.05167).
pub const THRESHOLD: f64 = 0.85;

/// Right ones and all, by type.
type Shares<'a> = BTreeMap<(&'a str, &'a str), (u64, u64)>;

/// The mean of the tasks, each the mean of its types.
fn mean_of_tasks(shares: &Shares<'_>) -> f64 {
    let mut tasks: BTreeMap<&str, (f64, u32)> = BTreeMap::new();
    for ((task, _), (right, of)) in shares {
        let own = tasks.entry(task).or_default();
        own.0 += *right as f64 / (*of).max(1) as f64;
        own.1 += 1;
    }
    let sum: f64 = tasks.values().map(|(sum, types)| sum / f64::from(*types)).sum();
    sum / tasks.len().max(1) as f64
}

fn count<'a>(shares: &mut Shares<'a>, sample: &'a Sample<'_>, right: bool) {
    let own = shares.entry((&sample.row.task, &sample.kind)).or_default();
    own.0 += u64::from(right);
    own.1 += 1;
}

/// The longest length at which accuracy is at least `threshold` of the shortest length's and above chance, overall and by task.
///
/// Accuracy is the mean of the tasks, each of its types, as far as a length has them. Chance is that of one who stays with one
/// option's content: a model that does not beat it holds up at no length. Empty with fewer than two lengths.
pub fn effective_length(scores: &Scores, threshold: f64) -> BTreeMap<String, EffectiveLength> {
    let mut groups: BTreeMap<&str, BTreeMap<&str, (f64, Shares)>> = BTreeMap::new();
    for cell in &scores.cells {
        for name in [OVERALL, cell.task.as_str()] {
            let lengths = groups.entry(name).or_default();
            let own = lengths.entry(&cell.length).or_insert((f64::INFINITY, Shares::new()));
            own.0 = own.0.min(cell.length_secs);
            let share = own.1.entry((&cell.task, &cell.kind)).or_default();
            share.0 += cell.correct;
            share.1 += cell.samples;
        }
    }
    groups.retain(|_, lengths| lengths.len() > 1);
    let reached = |(name, lengths): (&str, BTreeMap<&str, (f64, Shares)>)| {
        let chance = scores.tasks.get(name).unwrap_or(&scores.overall).chance.circular_content;
        (name.to_owned(), reach(lengths, threshold, chance))
    };
    groups.into_iter().map(reached).collect()
}

fn reach(lengths: BTreeMap<&str, (f64, Shares)>, threshold: f64, chance: f64) -> EffectiveLength {
    let mut lengths: Vec<(&str, f64, f64)> =
        lengths.into_iter().map(|(name, (secs, shares))| (name, secs, mean_of_tasks(&shares))).collect();
    lengths.sort_by(|one, other| one.1.total_cmp(&other.1).then(one.0.cmp(other.0)));
    let base = lengths[0].2;
    // A millionth is far below one sample's share, and what shares of files are rounded to.
    let beats = |share: f64| share > chance + 1e-6;
    // A billionth is far above what division rounds.
    let holds = |share: f64| beats(base) && beats(share) && share >= threshold * base - 1e-9;
    let at = lengths.iter().rposition(|(_, _, share)| holds(*share));
    let last = at.map(|at| lengths[at]);
    EffectiveLength {
        base_length: lengths[0].0.to_owned(),
        base: rounded(base),
        threshold,
        chance: rounded(chance),
        length: last.map(|(name, ..)| name.to_owned()),
        length_secs: last.map(|(_, secs, _)| secs),
        accuracy: last.map(|(.., share)| rounded(share)),
        is_longest: at.is_some_and(|at| at + 1 == lengths.len()),
    }
}

/// Accuracy by visibility; nothing where neither an answer nor the `sampler` that was named says which frames were sent.
pub(super) fn visible(
    samples: &[Sample],
    answers: &Answers,
    sampler: Option<&str>,
    rule: usize,
    seed: Seed,
) -> Option<Visible> {
    let mut all = Slicer::new(rule);
    let mut by_type = Slicer::new(rule);
    let mut shares = Shares::new();
    let (mut known, mut by_sampler) = (0, 0);
    for sample in samples {
        let Some(seen) = sample.seen() else { continue };
        known += 1;
        by_sampler +=
            u64::from(sample.tries.iter().any(|one| one.answer.is_none_or(|own| own.indices.is_none())));
        // Seen stands first.
        all.add(&!seen, sample);
        by_type.add(&(&*sample.kind, !seen), sample);
        count(&mut shares, sample, seen);
    }
    if known == 0 {
        return None;
    }
    let mut samplers: BTreeSet<&str> = answers.samplers().iter().map(String::as_str).collect();
    samplers.extend(sampler.filter(|_| by_sampler > 0));
    let name = |unseen: bool| if unseen { "unseen" } else { "seen" }.to_owned();
    let mut seen = None;
    let mut unseen = None;
    for slice in all.slices(seed, |key| name(*key)) {
        if slice.value == "seen" { seen = Some(slice) } else { unseen = Some(slice) }
    }
    let kinds: Vec<&str> = by_type.keys().map(|(kind, _)| *kind).collect();
    let mut types: BTreeMap<String, Vec<Slice>> = BTreeMap::new();
    for (kind, slice) in kinds.into_iter().zip(by_type.slices(seed, |(_, key)| name(*key))) {
        types.entry(kind.to_owned()).or_default().push(slice);
    }
    Some(Visible {
        samplers: samplers.into_iter().map(str::to_owned).collect(),
        known,
        by_sampler,
        unknown: samples.len() as u64 - known,
        ceiling: rounded(mean_of_tasks(&shares)),
        seen,
        unseen,
        types,
    })
}
