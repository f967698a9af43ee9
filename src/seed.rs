//! Named random streams: every decision draws from its own `ChaCha` stream.
//!
//! In: the spec's seed, the name of a decision, an index. Out: a stream whose numbers depend on these three alone, so
//! that adding a task, a haystack, a thread or a shard shifts no other decision. Ranges and shuffles are written out
//! here, because the algorithms behind a library's `random_range` may change between its releases.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ring::digest::{Context, SHA256};
use strength_reduce::StrengthReducedU64;

/// The seed of a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// The seed that a spec states.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of decision `label`, `index`.
    pub fn stream(self, label: impl Into<String>, index: u64) -> Stream {
        Stream { seed: self, label: label.into(), index, rng: None }
    }

    /// The numbers of a stream.
    fn rng(self, label: &str, index: u64) -> ChaCha8Rng {
        let mut hash = Context::new(&SHA256);
        hash.update(b"vniah stream 1\0");
        hash.update(&self.0.to_le_bytes());
        hash.update(&(label.len() as u64).to_le_bytes());
        hash.update(label.as_bytes());
        hash.update(&index.to_le_bytes());
        let seed = hash.finish().as_ref().try_into().expect("SHA-256 has as many bytes as a seed");
        ChaCha8Rng::from_seed(seed)
    }
}

/// One decision's source of random numbers.
#[derive(Clone, Debug)]
pub struct Stream {
    seed: Seed,
    label: String,
    index: u64,
    /// Made for the first number: many decisions turn out to need none.
    rng: Option<ChaCha8Rng>,
}

impl Stream {
    fn rng(&mut self) -> &mut ChaCha8Rng {
        self.rng.get_or_insert_with(|| self.seed.rng(&self.label, self.index))
    }

    /// A number uniform in `0..n`, without modulo bias.
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        let zone = zone_of(n);
        let rng = self.rng();
        loop {
            let draw = rng.next_u64();
            if draw <= zone {
                return draw % n;
            }
        }
    }

    /// Numbers uniform in `0..n`, those of [`Self::below`] one after the other.
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn all_below(&mut self, n: u64) -> impl Iterator<Item = u64> + '_ {
        let zone = zone_of(n);
        // Dividing by the same number again and again is multiplying.
        let divisor = StrengthReducedU64::new(n);
        let rng = self.rng();
        std::iter::repeat_with(|| rng.next_u64())
            .filter(move |draw| *draw <= zone)
            .map(move |draw| draw % divisor)
    }

    /// A number uniform in `low..=high`.
    ///
    /// # Panics
    /// If `low` is above `high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        assert!(low <= high, "a choice in an inverted range");
        low + self.below(high - low + 1)
    }

    /// Puts `items` in a uniformly random order (Fisher-Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// `count` distinct indices of `0..n` in random order.
    ///
    /// # Panics
    /// If `count` is above `n`.
    pub fn distinct(&mut self, count: usize, n: usize) -> Vec<usize> {
        assert!(count <= n, "{count} distinct choices among {n}");
        let mut indices: Vec<usize> = (0..n).collect();
        for at in 0..count {
            let other = at + self.below((n - at) as u64) as usize;
            indices.swap(at, other);
        }
        indices.truncate(count);
        indices
    }
}

/// The last number of the fair range to draw from: the largest multiple of `n` that fits.
fn zone_of(n: u64) -> u64 {
    assert!(n > 0, "a choice among nothing");
    u64::MAX - (u64::MAX % n + 1) % n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_fixed_for_ever() {
        let mut stream = Seed::new(7).stream("options/ret_edit1", 3);
        let drawn: Vec<u64> = (0..6).map(|_| stream.below(100)).collect();
        assert_eq!(drawn, FIXED);
    }

    /// A change of these numbers is a change of every dataset ever generated.
    const FIXED: [u64; 6] = [73, 81, 93, 0, 34, 39];

    #[test]
    fn many_numbers_are_those_drawn_one_by_one() {
        // Of the second, about a third is drawn again.
        for n in [1, 2, 1 << 20, 28_000, 28_001, u64::from(u32::MAX), u64::MAX / 3 * 2, u64::MAX] {
            let (mut one, mut all) = (Seed::new(3).stream("all", n), Seed::new(3).stream("all", n));
            let singly: Vec<u64> = (0..200).map(|_| one.below(n)).collect();
            assert_eq!(all.all_below(n).take(200).collect::<Vec<_>>(), singly);
            assert_eq!(all.below(100), one.below(100));
        }
    }

    #[test]
    fn label_and_index_do_not_run_together() {
        let first = |label, index| Seed::new(1).stream(label, index).below(u64::MAX);
        assert_ne!(first("a", 1), first("a1", 1));
        assert_ne!(first("a", 1), first("a", 2));
        assert_ne!(Seed::new(1).stream("a", 1).below(u64::MAX), Seed::new(2).stream("a", 1).below(u64::MAX));
    }

    #[test]
    fn choices_are_uniform() {
        let mut stream = Seed::new(5).stream("uniform", 0);
        let mut counts = [0_u32; 6];
        for _ in 0..60_000 {
            counts[stream.below(6) as usize] += 1;
        }
        // 5 standard deviations of a binomial with n = 60,000, p = 1/6 are 456.
        assert!(counts.iter().all(|&count| count.abs_diff(10_000) < 456), "{counts:?}");
        let mut order = stream.distinct(26, 26);
        order.sort_unstable();
        assert_eq!(order, (0..26).collect::<Vec<_>>());
    }
}
