//! What a judge model did for one run.
//!
//! In: joined samples, the judge's verdicts. Out: how many replies it was needed for, and what it said of them.

use std::collections::BTreeSet;

use super::reading::{JudgeUse, Judgement, Reading};
use super::sample::Sample;
use super::sheet::SheetRow;
use super::verdict::Verdict;
use crate::answers::judged::{self, Judged};

/// What the judge did.
pub(super) fn judge_use(samples: &[Sample], rows: &[SheetRow], judged: &Judged) -> JudgeUse {
    let mut sums = JudgeUse { models: judged.models().iter().cloned().collect(), ..JudgeUse::default() };
    let mut used = BTreeSet::new();
    for one in samples.iter().flat_map(|sample| &sample.tries) {
        let given = match one.read.judge {
            Judgement::NotNeeded => continue,
            Judgement::Open => {
                sums.not_judged += 1;
                None
            }
            Judgement::Given(verdict) => Some(verdict),
        };
        sums.replies += 1;
        let Some(verdict) = given else { continue };
        used.insert(&*rows[one.row].id);
        match verdict {
            judged::Verdict::Option(_) => {
                sums.named += 1;
                let is_right = one.read.verdicts[Reading::Judged as usize] == Verdict::Correct;
                sums.correct += u64::from(is_right);
            }
            judged::Verdict::None => sums.none += 1,
            judged::Verdict::Unreadable => sums.unreadable += 1,
        }
    }
    sums.unused = judged.len() as u64 - used.len() as u64;
    sums
}
