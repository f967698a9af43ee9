//! The order in which a sample takes haystacks.
//!
//! In: a random rank for each haystack, and a sample's own key. Out: the haystacks in an order of the sample's own. A rank depends on
//! its own haystack alone, so that another haystack changes the samples that it comes first in, and no others.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The ranks of all haystacks, before a sample's own key is mixed in.
#[derive(Clone, Debug)]
pub(super) struct Ranks(Vec<u64>);

/// An order: nothing but its first haystack is looked for until more are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    /// The haystack that stands first.
    pub(super) first: usize,
    key: u64,
}

impl Order {
    /// The order of a sample that takes one haystack.
    pub(super) fn of_one(haystack: usize) -> Self {
        Self { first: haystack, key: 0 }
    }
}

impl Ranks {
    pub(super) fn new(ranks: Vec<u64>) -> Self {
        Self(ranks)
    }

    /// The order of a sample with this key.
    pub(super) fn order(&self, key: u64) -> Order {
        let ranks = self.0.iter().enumerate().map(|(index, &rank)| (mixed(rank ^ key), index));
        Order { first: ranks.min().map_or(0, |(_, index)| index), key }
    }

    /// All haystacks in an order, over and over. They are sorted no further than they are asked for: most samples need no second
    /// haystack, and few need all.
    pub(super) fn ordered(&self, order: Order) -> impl Iterator<Item = usize> + '_ {
        let mut behind: Option<BinaryHeap<Reverse<(u64, usize)>>> = None;
        let mut sorted = vec![order.first];
        (0..self.0.len()).cycle().map(move |at| {
            if at == sorted.len() {
                let behind = behind.get_or_insert_with(|| {
                    let others = self.0.iter().enumerate().filter(|(index, _)| *index != order.first);
                    others.map(|(index, &rank)| Reverse((mixed(rank ^ order.key), index))).collect()
                });
                sorted.extend(behind.pop().map(|Reverse((_, index))| index));
            }
            sorted[at]
        })
    }
}

/// The finaliser of `SplitMix64`: neighbouring numbers come out unrelated.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn haystacks_come_in_the_order_of_their_mixed_ranks_and_then_again() {
        let mut stream = Seed::new(5).stream("ranks", 0);
        for count in [1, 2, 9, 100] {
            let ranks: Vec<u64> = (0..count).map(|_| stream.below(u64::MAX)).collect();
            let key = stream.below(u64::MAX);
            let mut wanted: Vec<usize> = (0..count).collect();
            wanted.sort_by_key(|&index| mixed(ranks[index] ^ key));
            let ranks = Ranks::new(ranks);
            let order = ranks.order(key);
            assert_eq!(order.first, wanted[0]);
            let found: Vec<usize> = ranks.ordered(order).take(2 * count).collect();
            assert_eq!(found, [wanted.clone(), wanted].concat());
        }
    }
}
