//! Tallies: what is counted of samples, under each reading.
//!
//! In: one sample at a time. Out: integer sums, so that they depend on no order; a credit counts in millionths.

use std::cmp::Ordering;
use std::ops::AddAssign;

use super::reading::{FULL_CREDIT, Reading};
use super::sample::Sample;
use super::verdict::Verdict;

/// What one reading gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Samples that are right in every try.
    pub(super) right_samples: u32,
    /// Tries that are right.
    pub(super) right_tries: u32,
    /// The credit of all tries, in units of [`FULL_CREDIT`].
    pub(super) credit: u64,
}

/// Samples, and what each reading gives, in the order of [`Reading::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tallies {
    pub(super) samples: u32,
    pub(super) tries: u32,
    pub(super) readings: [Tally; 3],
}

impl Tallies {
    /// What one sample adds.
    pub(super) fn of(sample: &Sample) -> Self {
        let mut tallies = Self { samples: 1, tries: sample.tries.len() as u32, ..Self::default() };
        for rule in 0..Reading::ALL.len() {
            tallies.readings[rule] = Tally {
                right_samples: u32::from(sample.is_correct(rule)),
                right_tries: sample.count(rule, Verdict::Correct) as u32,
                credit: sample.tries.iter().map(|own| u64::from(own.read.credit[rule])).sum(),
            };
        }
        tallies
    }

    /// The mean credit of a try.
    pub(super) fn credit(&self, rule: usize) -> f64 {
        self.readings[rule].credit as f64 / f64::from(FULL_CREDIT) / f64::from(self.tries.max(1))
    }

    /// What a judge adds stands behind the rules, and credits behind counts, so that draws from sorted samples are the same with
    /// a judge as without.
    fn key(&self) -> ([u32; 8], [u64; 3]) {
        let [robust, official, judged] = self.readings;
        let counts = [
            self.samples,
            robust.right_samples,
            official.right_samples,
            self.tries,
            robust.right_tries,
            official.right_tries,
            judged.right_samples,
            judged.right_tries,
        ];
        (counts, self.readings.map(|tally| tally.credit))
    }
}

impl Tallies {
    /// What so many samples of these tallies add.
    pub(super) fn times(self, times: u32) -> Self {
        let Self { samples, tries, readings } = self;
        let tally = |Tally { right_samples, right_tries, credit }| Tally {
            right_samples: right_samples * times,
            right_tries: right_tries * times,
            credit: credit * u64::from(times),
        };
        Self { samples: samples * times, tries: tries * times, readings: readings.map(tally) }
    }
}

impl Ord for Tallies {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Tallies {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.right_samples += other.right_samples;
        self.right_tries += other.right_tries;
        self.credit += other.credit;
    }
}

impl AddAssign for Tallies {
    fn add_assign(&mut self, other: Self) {
        self.samples += other.samples;
        self.tries += other.tries;
        self.readings.iter_mut().zip(other.readings).for_each(|(sum, tally)| *sum += tally);
    }
}
