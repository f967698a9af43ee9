//! Several things that a text names, put together.
//!
//! In: events in order. Out: the things in the order in which they are named, or why they cannot be read.

use std::collections::{BTreeMap, BTreeSet};

use super::chunks::Meant;
use super::clue::{Clue, Why};
use super::decide::{clue, is_naming, leading, standing};
use super::event::{Event, Manner, Stance, Statement};
use super::tier::Tier;
use super::wanted::Wanted;

/// Whether two answers name the same things; in the same order, where that counts.
pub(super) fn is_same(one: &[usize], other: &[usize], ordered: bool) -> bool {
    let set = |values: &[usize]| values.iter().copied().collect::<BTreeSet<usize>>();
    if ordered { one == other } else { set(one) == set(other) }
}

/// What `events` name.
pub(super) fn combine(events: &[Event], wanted: Wanted) -> Result<(Vec<usize>, Clue), Why> {
    let statements = standing(events)?;
    let naming: Vec<&Statement> = statements.iter().copied().filter(|said| is_naming(said)).collect();
    let asked: Vec<&Statement> =
        statements.iter().copied().filter(|said| said.stance == Stance::Asked).collect();
    let naming = if naming.is_empty() { asked } else { naming };
    let Some(tier) = naming.iter().map(|said| said.tier).max() else {
        let open: BTreeSet<usize> = statements
            .iter()
            .filter(|said| matches!(said.stance, Stance::Open | Stance::Among))
            .flat_map(|said| said.options.iter().copied())
            .collect();
        return Err(if open.len() > 1 { Why::Several } else { Why::NoOption });
    };
    let chosen = if tier >= Tier::Chosen {
        agreed(&leading(&naming, tier), &naming, wanted)?
    } else {
        let least = if tier == Tier::Stressed { tier } else { Tier::Mention };
        let chosen: Vec<&Statement> = naming.iter().copied().filter(|said| said.tier >= least).collect();
        if wanted == Wanted::Spans && !is_one_account(&chosen) {
            return Err(Why::Several);
        }
        chosen
    };
    if chosen.iter().any(|said| said.meant == Meant::Either) {
        return Err(Why::Several);
    }
    let values = sequence(&chosen, wanted);
    doubted(&values, &chosen, &statements)?;
    let tier = chosen.iter().map(|said| said.tier).max().unwrap_or(Tier::Mention);
    Ok((values, clue(tier, true)))
}

/// The statements of one answer: those that lead, with what else their sentences name. Answers that differ are several.
fn agreed<'a>(
    lead: &[&'a Statement],
    naming: &[&'a Statement],
    wanted: Wanted,
) -> Result<Vec<&'a Statement>, Why> {
    // "Red: yes", "blue: no", "green: yes".
    if lead.iter().all(|said| said.manner == Manner::Ticked) {
        return Ok(lead.to_vec());
    }
    let mut answers: BTreeMap<usize, Vec<&Statement>> = BTreeMap::new();
    for said in lead {
        answers.entry(said.sentence).or_default();
    }
    let first = lead.first().map_or(0, |said| said.clause);
    let mut last = None;
    for &said in naming.iter().filter(|said| said.clause >= first) {
        let goes_on = wanted == Wanted::Spans && said.adds && last.is_some();
        let sentence = if goes_on { last.unwrap_or(said.sentence) } else { said.sentence };
        if let Some(answer) = answers.get_mut(&sentence) {
            answer.push(said);
            last = Some(sentence);
        }
    }
    let mut answers = answers.into_values().filter(|answer| !answer.is_empty());
    let Some(answer) = answers.next() else { return Err(Why::NoOption) };
    let values = sequence(&answer, wanted);
    let differs =
        |other: Vec<&Statement>| !is_same(&values, &sequence(&other, wanted), wanted == Wanted::Ordered);
    if answers.any(differs) { Err(Why::Several) } else { Ok(answer) }
}

/// Whether spans of different sentences are said to belong together, or are the same ones.
fn is_one_account(chosen: &[&Statement]) -> bool {
    let Some(first) = chosen.first() else { return true };
    let known: BTreeSet<usize> = first.options.iter().copied().collect();
    let goes_on = |said: &&Statement| {
        said.sentence == first.sentence || said.adds || said.options.iter().all(|span| known.contains(span))
    };
    chosen.iter().all(goes_on)
}

/// All that the statements name, each thing once unless order counts.
fn sequence(chosen: &[&Statement], wanted: Wanted) -> Vec<usize> {
    let all = chosen.iter().flat_map(|said| said.sequence.iter().copied());
    if wanted == Wanted::Ordered && chosen.len() == 1 {
        return all.collect();
    }
    let mut seen = BTreeSet::new();
    all.filter(|value| seen.insert(*value)).collect()
}

/// Whether what is said after the answer takes some of it back or leaves more open.
fn doubted(values: &[usize], chosen: &[&Statement], all: &[&Statement]) -> Result<(), Why> {
    let from = chosen.last().map_or(0, |said| said.clause);
    let values: BTreeSet<usize> = values.iter().copied().collect();
    for said in all.iter().filter(|said| said.clause > from) {
        let new = said.options.iter().any(|value| !values.contains(value));
        let denies = said.stance == Stance::Denied && said.manner == Manner::Flat;
        if denies && said.options.iter().any(|value| values.contains(value)) {
            return Err(Why::Contradiction);
        }
        if said.stance == Stance::Open && new {
            return Err(Why::Several);
        }
    }
    Ok(())
}
