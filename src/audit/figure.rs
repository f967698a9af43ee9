//! How often a guesser is right, and whether that could be chance.
//!
//! In: what an attack takes of each sample. Out: a [`Figure`] with exact intervals.
//!
//! A guesser that cannot tell options apart draws one of them and stays with its content over the tries; what is counted is
//! the mean of its luck, so that no figure hangs on a draw. Samples that ask one question at several lengths are one trial, the
//! mean of theirs. A sum of independent means of luck strays no further from its expectation than as many single draws
//! do (Hoeffding 1956, 1963): taking it for a binomial count, rounded to the side of caution, makes intervals wider, not
//! narrower.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::binomial::clopper_pearson;
use super::sample::Sample;

/// What an attack takes of one sample.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Guess {
    /// Contents between which it does not decide, the same in every try.
    Contents(Vec<usize>),
    /// A place in each try.
    Places(Vec<usize>),
}

impl Guess {
    /// The contents with the best score.
    pub(super) fn best(scores: &[f64]) -> Self {
        let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let is_best = |at: &usize| scores[*at].total_cmp(&best).is_eq();
        Self::Contents((0..scores.len()).filter(is_best).collect())
    }

    /// Luck in a try on average, and in all tries together: 0 to 1.
    fn luck(&self, sample: &Sample<'_>) -> [f64; 2] {
        match self {
            Self::Contents(contents) if contents.contains(&sample.target) => [1.0 / contents.len() as f64; 2],
            Self::Contents(_) => [0.0; 2],
            Self::Places(places) => {
                let hits = sample.shown.iter().zip(places).filter(|(shown, place)| {
                    shown.get(**place).is_some_and(|content| *content == sample.target)
                });
                let hits = hits.count();
                let all = hits == sample.shown.len();
                [hits as f64 / sample.shown.len() as f64, if all { 1.0 } else { 0.0 }]
            }
        }
    }

    fn decides(&self, sample: &Sample<'_>) -> bool {
        match self {
            Self::Contents(contents) => contents.len() < sample.contents.len(),
            Self::Places(_) => true,
        }
    }
}

/// A share with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// The share, 0 to 1.
    pub share: f64,
    /// Ends of its exact interval, which holds together with those of all other figures at 95%.
    pub interval: [f64; 2],
}

/// How often one attack is right about one type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// The attack.
    pub attack: String,
    /// What it knows: `options`, `options of other samples`, or the fact about the video that it uses.
    pub knows: String,
    /// The type; absent for all types together.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Independent questions that it was tried on.
    pub questions: u64,
    /// What it would reach if it told nothing: the mean of one option's share, or of an open question's printed chance.
    pub chance: f64,
    /// Tries that it gets right; of open questions the mean credit.
    pub per_try: Share,
    /// Samples of which it gets every try right.
    pub circular: Share,
    /// Whether an interval lies above chance.
    pub beats_chance: bool,
}

impl Figure {
    /// The interval of the stronger of its two shares: the one whose lower end is higher.
    pub fn interval(&self) -> [f64; 2] {
        let [one, two] = [self.per_try.interval, self.circular.interval];
        if two[0] > one[0] { two } else { one }
    }

    /// That share, 0 to 1.
    pub fn share(&self) -> f64 {
        let is_circular = self.circular.interval[0] > self.per_try.interval[0];
        if is_circular { self.circular.share } else { self.per_try.share }
    }

    /// How far that lower end lies above chance.
    pub fn lead(&self) -> f64 {
        self.interval()[0] - self.chance
    }
}

/// Sums of luck over questions, before intervals.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub(super) attack: String,
    pub(super) knows: String,
    pub(super) kind: Option<String>,
    questions: u64,
    chance: f64,
    sums: [f64; 2],
    /// Whether luck in one try is luck in all.
    is_of_contents: bool,
}

impl Tally {
    /// Adds up guesses; `None` where the attack decides nothing, and so is no attack. Whether it does depends on options
    /// and facts, not on what is right.
    pub(super) fn of<'a>(
        attack: &str,
        knows: &str,
        kind: Option<&str>,
        guesses: impl IntoIterator<Item = (&'a Sample<'a>, Guess)>,
    ) -> Option<Self> {
        let mut questions: BTreeMap<usize, (f64, f64, [f64; 2])> = BTreeMap::new();
        let (mut decides, mut is_of_contents) = (false, true);
        for (sample, guess) in guesses {
            decides |= guess.decides(sample);
            is_of_contents &= matches!(guess, Guess::Contents(_));
            let luck = guess.luck(sample);
            let (count, chance, sums) = questions.entry(sample.question).or_default();
            *count += 1.0;
            *chance += 1.0 / sample.contents.len() as f64;
            sums.iter_mut().zip(luck).for_each(|(sum, luck)| *sum += luck);
        }
        let mut tally = Self {
            attack: attack.to_owned(),
            knows: knows.to_owned(),
            kind: kind.map(str::to_owned),
            questions: questions.len() as u64,
            chance: 0.0,
            sums: [0.0; 2],
            is_of_contents,
        };
        for (count, chance, sums) in questions.into_values() {
            tally.chance += chance / count;
            tally.sums.iter_mut().zip(sums).for_each(|(all, sum)| *all += sum / count);
        }
        tally.chance /= tally.questions.max(1) as f64;
        decides.then_some(tally)
    }

    /// Adds up credits of 0 to 1 of one attack on one open type, each with its question and chance; `None` of none.
    pub(super) fn of_credits(
        [attack, knows, kind]: [&str; 3],
        credits: impl IntoIterator<Item = (usize, f64, f64)>,
    ) -> Option<Self> {
        let mut questions: BTreeMap<usize, (f64, f64, f64)> = BTreeMap::new();
        for (question, chance, credit) in credits {
            let sums = questions.entry(question).or_default();
            sums.0 += 1.0;
            sums.1 += chance;
            sums.2 += credit;
        }
        let of = questions.len() as f64;
        let chance: f64 = questions.values().map(|(count, chance, _)| chance / count).sum();
        let credit: f64 = questions.values().map(|(count, _, credit)| credit / count).sum();
        (of > 0.0).then(|| Self {
            attack: attack.to_owned(),
            knows: knows.to_owned(),
            kind: Some(kind.to_owned()),
            questions: questions.len() as u64,
            chance: chance / of,
            sums: [credit; 2],
            is_of_contents: true,
        })
    }

    /// Numbers that are compared with chance: where luck in one try is luck in all, they are one.
    pub(super) fn comparisons(&self) -> u64 {
        if self.is_of_contents { 1 } else { 2 }
    }

    /// The figure, with intervals outside of which the truth lies with probability `alpha` at most.
    pub(super) fn figure(self, alpha: f64) -> Figure {
        // Sums of fractions such as 1/3 lie a rounding error beside whole numbers.
        const ROUNDING: f64 = 1e-6;
        let of = self.questions;
        let share = |sum: f64| Share {
            share: sum / of.max(1) as f64,
            interval: clopper_pearson(
                (sum + ROUNDING).floor() as u64,
                ((sum - ROUNDING).ceil() as u64).min(of),
                of,
                alpha,
            ),
        };
        let [per_try, circular] = self.sums.map(share);
        let above = |share: Share| share.interval[0] > self.chance + ROUNDING;
        Figure {
            attack: self.attack,
            knows: self.knows,
            kind: self.kind,
            questions: of,
            chance: self.chance,
            beats_chance: above(per_try) || above(circular),
            per_try,
            circular,
        }
    }
}
