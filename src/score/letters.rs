//! Which letters a model favours, and what became of its replies.
//!
//! In: joined samples. Out: for each letter how often it is read and how often it is right; statuses and readings.

use std::collections::BTreeMap;

use super::bootstrap::{ByCluster, Clusters, Ratio, ratios, sum_into};
use super::details::{LetterUse, Letters, Replies};
use super::figures::rounded;
use super::sample::Sample;
use super::sheet::SheetRow;
use super::verdict::Verdict;
use crate::dataset::letter;
use crate::seed::Seed;

/// The use of letters under one rule.
pub(super) fn letters(samples: &[Sample], rows: &[SheetRow], rule: usize, seed: Seed) -> Letters {
    let most = rows.iter().map(|row| row.options().len()).max().unwrap_or(0);
    let mut uses = vec![[0_u64; 3]; most];
    let mut clusters = ByCluster::new();
    for sample in samples {
        for one in &sample.tries {
            let row = &rows[one.row];
            if let Some(target) = row.options().iter().position(|option| **option == *row.gt) {
                uses[target][0] += 1;
                uses[target][2] += u64::from(one.read.verdicts[rule] == Verdict::Correct);
            }
            if let Some(read) = one.read.options[rule].map(usize::from).filter(|read| *read < most) {
                uses[read][1] += 1;
                for at in 0..most {
                    let ratio = Ratio { above: i64::from(at == read), below: 1 };
                    sum_into(&mut clusters, sample.cluster.rank, at, ratio);
                }
            }
        }
    }
    let intervals = ratios(&Clusters::new(&clusters, most), seed);
    let total = |at: usize| uses.iter().map(|own| own[at]).sum::<u64>().max(1) as f64;
    let (targets, chosen) = (total(0), total(1));
    let share = |part: u64, of: f64| part as f64 / of;
    let recalls: Vec<f64> =
        uses.iter().filter(|own| own[0] > 0).map(|own| share(own[2], own[0] as f64)).collect();
    let mean = recalls.iter().sum::<f64>() / recalls.len().max(1) as f64;
    let variance = recalls.iter().map(|recall| (recall - mean) * (recall - mean)).sum::<f64>()
        / recalls.len().max(1) as f64;
    let variation: f64 =
        uses.iter().map(|own| (share(own[1], chosen) - share(own[0], targets)).abs()).sum::<f64>() / 2.0;
    let none_read = uses.iter().all(|own| own[1] == 0);
    Letters {
        letters: uses
            .iter()
            .zip(intervals)
            .enumerate()
            .map(|(at, (own, interval))| LetterUse {
                letter: letter(at),
                target: own[0],
                chosen: own[1],
                correct: own[2],
                share: rounded(share(own[1], chosen)),
                share_interval: interval.map(|ends| ends.map(rounded)),
                recall: if own[0] > 0 { rounded(share(own[2], own[0] as f64)) } else { 0.0 },
            })
            .collect(),
        recall_deviation: rounded(variance.sqrt()),
        total_variation: if none_read { 0.0 } else { rounded(variation) },
    }
}

/// Statuses and readings of all tries.
pub(super) fn replies(samples: &[Sample], rule: usize) -> Replies {
    let mut replies = Replies::default();
    let mut readings: BTreeMap<&str, u64> = BTreeMap::new();
    let mut statuses: BTreeMap<&str, u64> = BTreeMap::new();
    for one in samples.iter().flat_map(|sample| &sample.tries) {
        *readings.entry(one.read.reasons[rule].unwrap_or("missing")).or_default() += 1;
        if let Some(status) = one.answer.and_then(|own| own.status) {
            *statuses.entry(status).or_default() += 1;
        }
    }
    let owned =
        |counts: BTreeMap<&str, u64>| counts.into_iter().map(|(name, own)| (name.to_owned(), own)).collect();
    replies.readings = owned(readings);
    replies.statuses = owned(statuses);
    replies
}
