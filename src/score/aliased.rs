//! Aliased answers: what the frames that were sent seem to show of a motion, where they are too few to show it.
//!
//! In: joined samples, and the frames that their answers were given from. Out: by type, how many wrong answers are those that the frames
//! suggest. A thing that goes round, seen every three quarters of its round, seems to go the other way by a quarter.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bootstrap::Ratio;
use super::figures::rounded;
use super::frames_taken::FramesTaken;
use super::kinds::{answers_of, text};
use super::sample::Sample;
use super::sheet::SheetRow;
use super::try_shares::TryShares;
use super::verdict::Verdict;
use crate::answers::kind;
use crate::seed::Seed;

/// Which wrong answers about a motion are those that the frames suggest, over the tries of one type whose frames are known and
/// suggest a wrong one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Aliased {
    /// Tries whose frames suggest a wrong answer.
    pub suggested: u64,
    /// Of these, tries that were read and are wrong.
    pub wrong: u64,
    /// Of these, tries that give the answer which the frames suggest.
    pub aliased: u64,
    /// Share of the wrong tries that do; 0 where none is wrong.
    pub share: f64,
    /// The share of somebody who draws a wrong answer.
    pub chance: f64,
    /// 95% interval of `share`; absent where no try is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
}

/// The name under which shares are resampled.
const ALIASED: &str = "aliased";

/// Aliased answers by type; types whose frames are not known, or suggest no wrong answer, are left out.
pub(super) fn aliased(
    samples: &[Sample],
    (rows, frames): (&[SheetRow], &FramesTaken),
    rule: usize,
    seed: Seed,
) -> BTreeMap<String, Aliased> {
    let mut types: BTreeMap<String, Aliased> = BTreeMap::new();
    let mut shares = TryShares::default();
    for sample in samples.iter().filter(|sample| sample.row.question_kind.is_motion()) {
        let Some(scene) = &sample.row.scene else { continue };
        let mut tries = Ratio::default();
        for tried in &sample.tries {
            let row = &rows[tried.row];
            let Some(indices) = frames.indices(row, tried.answer.and_then(|answer| answer.indices)) else {
                continue;
            };
            let found = row.question_kind.answer(&row.query, &scene.sampled(&indices));
            let suggested = found.map(|answer| answer.stated(row.answer_kind, row.fps(), row.language));
            let Some(suggested) = suggested.filter(|suggested| **suggested != *row.answer) else { continue };
            let figures = types.entry(sample.kind.to_string()).or_default();
            figures.suggested += 1;
            if tried.read.verdicts[rule] != Verdict::Incorrect {
                continue;
            }
            let all = answers_of(row);
            let is_aliased = if row.has_options() {
                text(tried, row, rule) == Some(suggested.as_str())
            } else {
                tried
                    .read
                    .value
                    .as_ref()
                    .is_some_and(|said| kind::truth(&row.asked(), &suggested).as_ref() == Ok(said))
            };
            tries += Ratio { above: i64::from(is_aliased), below: 1 };
            let wrong = all.iter().filter(|name| ***name != *row.answer).count();
            figures.chance += if all.contains(&&suggested) { 1.0 / wrong.max(1) as f64 } else { 0.0 };
            figures.wrong += 1;
            figures.aliased += u64::from(is_aliased);
        }
        shares.add((&sample.kind, ALIASED), sample.cluster.rank, tries);
    }
    let intervals = shares.intervals(seed);
    for (kind, figures) in &mut types {
        let of = figures.wrong.max(1) as f64;
        figures.share = rounded(figures.aliased as f64 / of);
        figures.chance = rounded(figures.chance / of);
        figures.interval = intervals.get(&(kind.clone(), ALIASED)).copied();
    }
    types
}
