//! How a model counts, and how near its orders come.
//!
//! In: joined samples. Out: for types whose options are all numbers, off-by-one errors, bias and confusion; for types whose
//! options are orders of the same items, Kendall's tau.

use std::collections::{BTreeMap, BTreeSet};

use super::bootstrap::{Clusters, ratios, sum_into};
use super::details::{Confusion, Counting, Ordering};
use super::file::rounded;
use super::join::{Sample, Verdict};
use crate::dataset::Row;
use crate::seed::Seed;

/// Confusions and clusters of one type.
#[derive(Default)]
struct Numbers {
    confusion: BTreeMap<(i64, i64), u64>,
    /// By cluster: the sum of differences, and tries.
    clusters: BTreeMap<String, BTreeMap<usize, [i64; 2]>>,
}

/// Every type whose samples all have numbers for options.
fn numeric(samples: &[Sample]) -> BTreeSet<String> {
    let is_number = |row: &Row| row.options.iter().all(|option| option.parse::<i64>().is_ok());
    let mut kinds: BTreeMap<&str, bool> = BTreeMap::new();
    for sample in samples {
        *kinds.entry(&sample.row.kind).or_insert(true) &= is_number(sample.row);
    }
    kinds.into_iter().filter(|(_, all)| *all).map(|(kind, _)| kind.to_owned()).collect()
}

/// How the model counts, by type.
pub(super) fn counting(
    samples: &[Sample],
    rows: &[Row],
    rule: usize,
    seed: Seed,
) -> BTreeMap<String, Counting> {
    let mut types: BTreeMap<String, Numbers> =
        numeric(samples).into_iter().map(|kind| (kind, Numbers::default())).collect();
    for sample in samples {
        let Some(own) = types.get_mut(&sample.row.kind) else { continue };
        for one in &sample.tries {
            let options = &rows[one.row].options;
            let read =
                one.read.options[rule].and_then(|index| options.get(usize::from(index))?.parse::<i64>().ok());
            if let (Some(read), Ok(answer)) = (read, sample.row.gt.parse::<i64>()) {
                *own.confusion.entry((answer, read)).or_default() += 1;
                sum_into(&mut own.clusters, &sample.cluster, 0, [read - answer, 1]);
            }
        }
    }
    types.retain(|_, own| !own.confusion.is_empty());
    types.into_iter().map(|(kind, own)| (kind, figures(&own, seed))).collect()
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

impl Sample<'_> {
    /// The items of each option, if the options are orders of the same two or more items.
    pub(super) fn orders(&self) -> Option<Vec<Vec<&str>>> {
        items(&self.row.options)
    }
}

fn items(options: &[String]) -> Option<Vec<Vec<&str>>> {
    let orders: Vec<Vec<&str>> = options.iter().map(|option| option.split(", ").collect()).collect();
    let sets: BTreeSet<BTreeSet<&str>> = orders.iter().map(|order| order.iter().copied().collect()).collect();
    let all_differ = orders.iter().all(|order| order.iter().collect::<BTreeSet<_>>().len() == order.len());
    (sets.len() == 1 && all_differ && orders[0].len() > 1).then_some(orders)
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
    clusters: BTreeMap<String, BTreeMap<usize, [i64; 2]>>,
}

/// Credit for orders that are partly right, by type.
pub(super) fn ordering(
    samples: &[Sample],
    rows: &[Row],
    rule: usize,
    seed: Seed,
) -> BTreeMap<String, Ordering> {
    let mut types: BTreeMap<&str, Orders> = BTreeMap::new();
    for sample in samples {
        if sample.orders().is_none() {
            continue;
        }
        let own = types.entry(&sample.row.kind).or_default();
        for one in &sample.tries {
            let Some(orders) = items(&rows[one.row].options) else { continue };
            let target: Vec<&str> = sample.row.gt.split(", ").collect();
            let read = one.read.options[rule].and_then(|index| orders.get(usize::from(index)));
            let credit = match one.read.verdicts[rule] {
                Verdict::Unreadable | Verdict::Missing => 0.0,
                _ => read.map_or(0.0, |order| tau(order, &target)),
            };
            own.tries += 1;
            own.tau += credit;
            own.chance += orders.iter().map(|order| tau(order, &target)).sum::<f64>() / orders.len() as f64;
            // Millionths, so that sums are exact and do not depend on their order.
            sum_into(&mut own.clusters, &sample.cluster, 0, [(credit * 1e6).round() as i64, 1]);
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

    #[test]
    fn only_orders_of_the_same_items_are_orders() {
        let strings = |options: &[&str]| options.iter().map(|&own| own.to_owned()).collect::<Vec<_>>();
        assert!(items(&strings(&["a, b", "b, a"])).is_some());
        for other in [&["a, b", "b, c"][..], &["a", "b"], &["a, a", "a, a"], &[]] {
            assert!(items(&strings(other)).is_none(), "{other:?}");
        }
    }
}
