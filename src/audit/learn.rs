//! Attacks that learn from other samples: what was right where a fact was the same.
//!
//! In: samples, a fact, and a way of naming options. Out: what the attack takes of each sample. The questions lie in ten folds,
//! drawn at random but always the same, and what is taken of a fold's samples is learnt from the folds before it alone
//! (prequential validation: Dawid 1984). Of the first nothing is known, and what is taken is drawn. So, whatever was learnt, a
//! fair target is hit with the probability of chance, given all hits before: their number is exactly binomial. It would not be
//! if each fold were guessed from all others: two samples that teach each other are right together. A question that stands
//! at several lengths lies in one fold with all of them.

use std::collections::BTreeMap;

use super::facts::{Bases, Fact};
use super::figure::Guess;
use super::naming::{Names, Naming};
use super::sample::Sample;
use crate::seed::Seed;

/// Folds, each guessed from those before it.
pub(super) const FOLDS: usize = 10;
/// Options at chance that every estimate starts from, so that what was seen once is no law.
const PRIOR: f64 = 2.0;

/// The fold of each sample.
pub(super) fn folds(samples: &[Sample<'_>]) -> Vec<usize> {
    shuffled_folds(&samples.iter().map(|sample| sample.question).collect::<Vec<_>>())
}

/// The fold of each sample, whose questions these are.
pub(super) fn shuffled_folds(of: &[usize]) -> Vec<usize> {
    let mut questions: Vec<usize> = of.to_vec();
    questions.sort_unstable();
    questions.dedup();
    Seed::new(0).stream("audit/folds", 0).shuffle(&mut questions);
    let fold: BTreeMap<usize, usize> =
        questions.into_iter().enumerate().map(|(at, question)| (question, at % FOLDS)).collect();
    of.iter().map(|question| fold[question]).collect()
}

/// How often an option was right, and how often it was shown.
type Count = [u32; 2];
/// Counts by bin of the fact and name of the option.
type Counts = BTreeMap<(u32, u32), Count>;

/// What is known before each fold: the counts of those before it, added up.
fn before(folds: Vec<Counts>) -> Vec<Counts> {
    let mut known = Counts::new();
    let mut before = Vec::with_capacity(folds.len());
    for fold in folds {
        before.push(known.clone());
        for (key, [right, shown]) in fold {
            let [known_right, known_shown] = known.entry(key).or_default();
            *known_right += right;
            *known_shown += shown;
        }
    }
    before
}

/// Samples of one type or of all, with their folds.
pub(super) struct Scope<'s, 'a> {
    pub(super) samples: Vec<&'s Sample<'a>>,
    pub(super) folds: Vec<usize>,
    /// Where each stands among all samples.
    pub(super) at: Vec<usize>,
}

impl Scope<'_, '_> {
    /// What is taken by options that were right where `fact` was the same; nothing where all samples are alike in it.
    pub(super) fn by_table(&self, fact: Fact, names: &Names, bases: &Bases<'_>) -> Vec<Option<Guess>> {
        let (bins, distinct) = fact.bins(&self.samples, bases);
        if distinct < 2 && fact != Fact::Nothing {
            return vec![None; self.samples.len()];
        }
        let of = |at: usize| Some((bins[at]?, names.of(self.at[at])?));
        let mut folds = vec![Counts::new(); FOLDS];
        for (at, sample) in self.samples.iter().enumerate() {
            let Some((bin, contents)) = of(at) else { continue };
            for (content, names) in contents.iter().enumerate() {
                for &name in names {
                    let [right, shown] = folds[self.folds[at]].entry((bin, name)).or_default();
                    *right += u32::from(content == sample.target);
                    *shown += 1;
                }
            }
        }
        let before = before(folds);
        let guess = |(at, sample): (usize, &&Sample<'_>)| {
            let (bin, contents) = of(at)?;
            let chance = 1.0 / sample.contents.len() as f64;
            let known = &before[self.folds[at]];
            let estimate = |name: &u32| {
                let [right, shown] = known.get(&(bin, *name)).copied().unwrap_or_default();
                (f64::from(right) + PRIOR * chance) / (f64::from(shown) + PRIOR)
            };
            let score =
                |names: &Vec<u32>| names.iter().map(estimate).sum::<f64>() / names.len().max(1) as f64;
            Some(Guess::best(&contents.iter().map(score).collect::<Vec<f64>>()))
        };
        self.samples.iter().enumerate().map(guess).collect()
    }

    /// What is taken by the letter that was right most often in each try.
    pub(super) fn by_letter(&self) -> Vec<Option<Guess>> {
        let mut folds = vec![Counts::new(); FOLDS];
        let place = |sample: &Sample<'_>, shown: &[usize]| {
            shown.iter().position(|content| *content == sample.target).unwrap_or(0) as u32
        };
        for (sample, &fold) in self.samples.iter().zip(&self.folds) {
            for (rotation, shown) in (0..).zip(&sample.shown) {
                let key = (rotation, place(sample, shown));
                folds[fold].entry(key).or_default()[0] += 1;
            }
        }
        let before = before(folds);
        let guess = |(sample, &fold): (&&Sample<'_>, &usize)| {
            let best = |rotation: u32| {
                let count =
                    |place: &usize| before[fold].get(&(rotation, *place as u32)).map_or(0, |it| it[0]);
                // Of equals the first.
                (0..sample.contents.len()).rev().max_by_key(count).unwrap_or(0)
            };
            Some(Guess::Places((0..sample.shown.len() as u32).map(best).collect()))
        };
        self.samples.iter().zip(&self.folds).map(guess).collect()
    }

    /// What is taken by the line of least squares through the right numbers over a fact.
    pub(super) fn by_line(&self, fact: Fact, bases: &Bases<'_>) -> Vec<Option<Guess>> {
        let xs = fact.numbers(&self.samples, bases);
        // From here on, so that sums of squares stay exact.
        let origin = xs.iter().flatten().next().copied().unwrap_or(0.0);
        let point = |(x, sample): (Option<f64>, &&Sample<'_>)| x.map(|x| x - origin).zip(sample.numbers());
        let points: Vec<Option<(f64, Vec<i64>)>> = xs.into_iter().zip(&self.samples).map(point).collect();
        let mut before = [Moments::default(); FOLDS];
        for ((point, sample), &fold) in points.iter().zip(&self.samples).zip(&self.folds) {
            if let Some((x, numbers)) = point {
                for later in before.iter_mut().skip(fold + 1) {
                    later.add(*x, numbers[sample.target] as f64);
                }
            }
        }
        let guess = |(point, &fold): (&Option<(f64, Vec<i64>)>, &usize)| {
            let (x, numbers) = point.as_ref()?;
            let wanted = before[fold].at(*x);
            // Without a line there is nothing to be near to.
            let near = |number: &i64| wanted.map_or(0.0, |wanted| -(*number as f64 - wanted).abs());
            Some(Guess::best(&numbers.iter().map(near).collect::<Vec<f64>>()))
        };
        points.iter().zip(&self.folds).map(guess).collect()
    }
}

/// Number, sum of x, of y, of x squared, of x times y.
#[derive(Clone, Copy, Debug, Default)]
struct Moments([f64; 5]);

impl Moments {
    fn add(&mut self, x: f64, y: f64) {
        let more = [1.0, x, y, x * x, x * y];
        self.0.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }

    /// The line at x; `None` where the xs are all the same.
    fn at(&self, x: f64) -> Option<f64> {
        let [n, sx, sy, sxx, sxy] = self.0;
        let spread = n * sxx - sx * sx;
        // Sums of whole numbers are exact, and a spread of 0 is 0.
        (n > 1.0 && spread > 0.5).then(|| (sy + (n * sxy - sx * sy) / spread * (n * x - sx)) / n)
    }
}

/// The attacks that learn by a table: a fact, and how options are named.
pub(super) fn tables() -> Vec<(Fact, Naming)> {
    let alone = Naming::ALL.map(|naming| (Fact::Nothing, naming));
    let with = Fact::ALL.iter().flat_map(|&fact| {
        let namings: &[Naming] = if fact.is_of_needles() {
            &[Naming::Place, Naming::Rank, Naming::Number]
        } else {
            &[Naming::Place, Naming::Rank, Naming::Text]
        };
        namings.iter().map(move |&naming| (fact, naming))
    });
    // A rank says what text it is where the texts are few; of needles it would say what they show.
    let is_fair = |(fact, naming): &(Fact, Naming)| !fact.is_of_needles() || *naming != Naming::Rank;
    alone.into_iter().chain(with).filter(is_fair).collect()
}

/// The facts that a line is laid over.
pub(super) const LINES: [Fact; 9] = [
    Fact::Length,
    Fact::ExtraLength,
    Fact::AskTime,
    Fact::AskTurn,
    Fact::Depth,
    Fact::NeedleArea,
    Fact::NeedleX,
    Fact::NeedleY,
    Fact::NeedleDuration,
];
