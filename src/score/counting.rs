//! How a model counts, and how near its orders come.
//!
//! In: joined samples. Out: for questions that ask how many, off-by-one errors, bias and confusion; for questions that ask for an
//! order among options, Kendall's tau.

use std::collections::BTreeMap;

use super::bootstrap::{ByCluster, Clusters, Ratio, ratios, sum_into};
use super::details::{Confusion, Counting, Ordering};
use super::figures::rounded;
use super::sample::{Sample, Try};
use super::sheet::SheetRow;
use super::verdict::Verdict;
use crate::answers::kind::Value;
use crate::question::QuestionKind;
use crate::seed::Seed;

/// Confusions and clusters of one type.
#[derive(Default)]
struct Numbers {
    confusion: BTreeMap<(i64, i64), u64>,
    /// By cluster: the sum of differences, and tries.
    clusters: ByCluster<Ratio>,
}

/// What counts beyond this, either way, counts as this: sums over millions of such replies still fit.
const MOST: i64 = 1_000_000_000;

/// The whole number that a text is.
fn whole(text: &str) -> Option<i64> {
    text.trim().parse().ok().map(|number: i64| number.clamp(-MOST, MOST))
}

/// The whole number that was read of one try.
fn number(own: &Try<'_>, options: &[String], rule: usize) -> Option<i64> {
    match &own.read.value {
        Some(Value::Number(number)) => whole(&number.to_string()),
        Some(_) => None,
        None => whole(options.get(usize::from(own.read.options[rule]?))?),
    }
}

/// How the model counts, by type: of questions that ask how many.
pub(super) fn counting(
    samples: &[Sample],
    rows: &[SheetRow],
    rule: usize,
    seed: Seed,
) -> BTreeMap<String, Counting> {
    let mut types: BTreeMap<&str, Numbers> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.row.question_kind.asks_how_many()) {
        let own = types.entry(&sample.kind).or_default();
        for one in &sample.tries {
            let read = number(one, rows[one.row].options(), rule);
            if let (Some(read), Some(answer)) = (read, whole(&sample.row.gt)) {
                *own.confusion.entry((answer, read)).or_default() += 1;
                let ratio = Ratio { above: read - answer, below: 1 };
                sum_into(&mut own.clusters, sample.cluster.rank, 0, ratio);
            }
        }
    }
    types.retain(|_, own| !own.confusion.is_empty());
    types.into_iter().map(|(kind, own)| (kind.to_owned(), figures(&own, seed))).collect()
}

fn figures(own: &Numbers, seed: Seed) -> Counting {
    let total = |keep: fn(i64) -> bool| -> u64 {
        let kept = own.confusion.iter().filter(|((answer, read), _)| keep(read - answer));
        kept.map(|(_, tries)| tries).sum()
    };
    let read = total(|_| true);
    let sum = |of: fn(i64) -> i64| -> f64 {
        let sum: i64 =
            own.confusion.iter().map(|((answer, read), tries)| of(read - answer) * *tries as i64).sum();
        rounded(sum as f64 / read as f64)
    };
    let confusion = own.confusion.iter();
    Counting {
        read,
        exact: total(|difference| difference == 0),
        off_by_one: total(|difference| difference.abs() == 1),
        bias: sum(|difference| difference),
        bias_interval: ratios(&Clusters::new(&own.clusters, 1), seed)[0].map(|ends| ends.map(rounded)),
        absolute_error: sum(i64::abs),
        confusion: confusion.map(|(&(answer, read), &tries)| Confusion { answer, read, tries }).collect(),
    }
}

/// The items of an order.
fn items(order: &str) -> Vec<&str> {
    order.split(", ").collect()
}

/// Pairs of items that two orders of the same items put alike, less those that they do not.
fn agreement(one: &[&str], other: &[&str]) -> i64 {
    let place = |item: &str| other.iter().position(|known| *known == item).unwrap_or(0);
    let places: Vec<usize> = one.iter().map(|item| place(item)).collect();
    let mut sum = 0;
    for (at, first) in places.iter().enumerate() {
        sum += places[at + 1..].iter().map(|second| if first < second { 1 } else { -1 }).sum::<i64>();
    }
    sum
}

/// Kendall's tau (1938, without ties): the share of pairs put alike less the share of those that are not.
fn tau(one: &[&str], other: &[&str]) -> f64 {
    let items = one.len() as f64;
    agreement(one, other) as f64 / (items * (items - 1.0) / 2.0)
}

#[derive(Default)]
struct Orders {
    tries: u64,
    tau: f64,
    chance: f64,
    clusters: ByCluster<Ratio>,
}

/// Credit for orders that are partly right, by type: of questions for an order that show options. The measures of an open type
/// hold its own.
pub(super) fn ordering(
    samples: &[Sample],
    rows: &[SheetRow],
    rule: usize,
    seed: Seed,
) -> BTreeMap<String, Ordering> {
    let mut types: BTreeMap<&str, Orders> = BTreeMap::new();
    let is_asked = |row: &SheetRow| row.question_kind == QuestionKind::Order && row.has_options();
    for sample in samples.iter().filter(|sample| is_asked(sample.row)) {
        let own = types.entry(&sample.kind).or_default();
        let target = items(&sample.row.gt);
        for one in &sample.tries {
            let orders: Vec<Vec<&str>> = rows[one.row].options().iter().map(|order| items(order)).collect();
            // One item is in order by itself.
            if orders.iter().any(|order| order.len() != target.len()) || target.len() < 2 {
                continue;
            }
            let read = one.read.options[rule].and_then(|index| orders.get(usize::from(index)));
            let credit = match one.read.verdicts[rule] {
                Verdict::Unreadable | Verdict::Missing => 0.0,
                _ => read.map_or(0.0, |order| tau(order, &target)),
            };
            own.tries += 1;
            own.tau += credit;
            own.chance += orders.iter().map(|order| tau(order, &target)).sum::<f64>() / orders.len() as f64;
            // Millionths, so that sums are exact and do not depend on their order.
            let ratio = Ratio { above: (credit * 1e6).round() as i64, below: 1 };
            sum_into(&mut own.clusters, sample.cluster.rank, 0, ratio);
        }
    }
    let figures = |(kind, own): (&str, Orders)| {
        let (tau, chance) = (own.tau / own.tries as f64, own.chance / own.tries as f64);
        let interval = ratios(&Clusters::new(&own.clusters, 1), seed)[0];
        let ordering = Ordering {
            tries: own.tries,
            tau: rounded(tau),
            tau_interval: interval.map(|ends| ends.map(|end| rounded(end / 1e6))),
            chance_tau: rounded(chance),
            tau_corrected: if chance < 1.0 { rounded((tau - chance) / (1.0 - chance)) } else { 0.0 },
        };
        (kind.to_owned(), ordering)
    };
    types.into_iter().filter(|(_, own)| own.tries > 0).map(figures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tau_is_kendalls() {
        let order = |text: &'static str| text.split("").filter(|item| !item.is_empty()).collect::<Vec<_>>();
        for (one, other, want) in [
            ("abcd", "abcd", 1.0),
            ("abcd", "dcba", -1.0),
            ("abcd", "abdc", 4.0 / 6.0),
            ("abcd", "badc", 2.0 / 6.0),
        ] {
            assert!((tau(&order(one), &order(other)) - want).abs() < 1e-12, "{one} {other}");
        }
    }
}
