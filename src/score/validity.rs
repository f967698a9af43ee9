//! Whether scores from elsewhere can be drawn and added up.
//!
//! In: scores as they were read. Out: the first thing that no scores of this program hold. Names become cells of tables and names of
//! files; shares become places in a drawing; counts are added up.

use super::figures::Group;
use super::file::{Cell, SampleVerdicts, Scores};
use super::groups::Groups;
use crate::markup::quoted;
use crate::question::OVERALL;

/// Characters of a name.
const LONGEST_NAME: usize = 1000;
/// Samples and tries of a group.
const MOST: u64 = 1_000_000_000_000;
/// Squares of the heatmaps.
const MOST_CELLS: usize = 1_000_000;

/// What is wrong with `scores`, if anything is.
pub(super) fn fault(scores: &Scores) -> Option<String> {
    let groups = [(OVERALL, &scores.overall)].into_iter();
    let named = scores.tasks.iter().chain(&scores.types).map(|(name, group)| (name.as_str(), group));
    let names = [&scores.model].into_iter().chain(scores.tasks.keys()).chain(scores.types.keys());
    let cells = scores.cells.iter().flat_map(|cell| [&cell.kind, &cell.task, &cell.length]);
    let samples = scores.verdicts.iter().flat_map(|sample| [&sample.sample_id, &sample.kind, &sample.length]);
    if let Some(name) =
        names.chain(cells).chain(samples).find(|name| name.chars().nth(LONGEST_NAME).is_some())
    {
        return Some(format!("the name `{}` is longer than {LONGEST_NAME} characters", quoted(name)));
    }
    if scores.cells.len() > MOST_CELLS {
        return Some(format!("it has {} cells, over {MOST_CELLS}", scores.cells.len()));
    }
    if let Some((share, name)) =
        scores.groups.iter().flat_map(group_shares).find(|(share, _)| !is_share(*share))
    {
        return Some(format!("the groups of `{}` have a share of {share}: expected 0 to 1", quoted(name)));
    }
    if let Some((share, name)) = kind_shares(scores).find(|(share, _)| !is_share(*share)) {
        return Some(format!("the figures of `{}` have a share of {share}: expected 0 to 1", quoted(name)));
    }
    let is_credit = |sample: &SampleVerdicts| sample.credit.iter().all(|credit| is_share(*credit));
    if let Some(sample) = scores.verdicts.iter().find(|sample| !is_credit(sample)) {
        return Some(format!("`{}` has a credit that is not within 0 and 1", quoted(&sample.sample_id)));
    }
    groups
        .chain(named)
        .find_map(|(name, own)| group(name, own))
        .or_else(|| scores.cells.iter().find_map(cell))
}

fn is_share(share: f64) -> bool {
    (0.0..=1.0).contains(&share)
}

/// The shares of single kinds of question, each with the name of its type.
fn kind_shares(scores: &Scores) -> impl Iterator<Item = (f64, &str)> {
    let existence = scores.existence.iter().flat_map(|(name, own)| {
        let ends = [own.hits_interval, own.false_alarms_interval, own.yes_interval];
        let ends = ends.into_iter().flatten().flatten();
        ends.chain([own.yes]).map(|share| (share, name.as_str()))
    });
    let states = scores.states.iter().flat_map(|(name, own)| {
        let ends = own.interval.into_iter().flatten();
        ends.chain([own.share, own.chance]).map(|share| (share, name.as_str()))
    });
    let gaps = scores.gap.iter().flat_map(|(name, own)| {
        [own.choice, own.choice_chance, own.open, own.open_chance].map(|share| (share, name.as_str()))
    });
    let hops = scores
        .hops
        .iter()
        .flat_map(|(name, slices)| slices.iter().map(move |slice| (slice, name.as_str())))
        .flat_map(|(slice, name)| {
            [slice.circular, slice.interval[0], slice.interval[1]].map(|share| (share, name))
        });
    existence.chain(states).chain(gaps).chain(hops)
}

/// The shares of groups, each with the name of its type.
fn group_shares(groups: &Groups) -> impl Iterator<Item = (f64, &str)> {
    let named = groups.types.iter().map(|(name, share)| (name.as_str(), share));
    named.chain([(OVERALL, &groups.overall)]).flat_map(|(name, own)| {
        let shares = [own.right, own.squared, own.interval[0], own.interval[1]];
        shares.into_iter().chain(own.chance).map(move |share| (share, name))
    })
}

fn group(name: &str, own: &Group) -> Option<String> {
    let shares = [own.circular, own.per_try, own.complete, own.interval[0], own.interval[1], own.credit];
    let main = [own.main.value, own.main.chance, own.main.interval[0], own.main.interval[1]];
    if let Some(number) = own.measures.values().find(|number| !number.is_finite()) {
        return Some(format!("`{}` has a measure of {number}", quoted(name)));
    }
    if let Some(share) = shares.into_iter().chain(main).into_iter().find(|share| !is_share(*share)) {
        return Some(format!("`{}` has a share of {share}: expected 0 to 1", quoted(name)));
    }
    let Group { samples, correct, tries, correct_tries, unreadable, missing, .. } = *own;
    let is_sound = correct <= samples && samples <= MOST && tries <= MOST;
    let is_sound = is_sound && [correct_tries, unreadable, missing].into_iter().all(|part| part <= tries);
    (!is_sound).then(|| {
        format!(
            "the counts of `{}` contradict each other: {correct} of {samples} samples, {tries} tries",
            quoted(name)
        )
    })
}

fn cell(cell: &Cell) -> Option<String> {
    let Cell { kind, circular, per_try, interval, samples, correct, depth_permille, length_secs, .. } = cell;
    let is_sound = [*circular, *per_try, interval[0], interval[1]].into_iter().all(is_share)
        && correct <= samples
        && *samples <= MOST
        && depth_permille.is_none_or(|depth| depth <= 1000)
        && (0.0..=1e9).contains(length_secs);
    (!is_sound).then(|| format!("a cell of `{}` holds impossible numbers", quoted(kind)))
}
