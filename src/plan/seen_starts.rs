//! Places that samplers see.
//!
//! In: samplers, a video's length and rate, how long needles last, where they would lie. Out: the nearest places at which
//! every one of the samplers sees every needle, in the same order, no closer than their gap; or that there are none.
//! Whether there are depends on the window and the number of needles alone, not on where they would lie: so it is known
//! before any sample is drawn.

use crate::question::{Evidence, Starts};
use crate::sampler::Sampler;
use crate::time::{FrameRate, FrameSpan};

/// Starts at which a needle is seen by every sampler: ranges that ascend and lie apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SeenStarts(Vec<Starts>);

impl SeenStarts {
    /// Where a needle of `duration` frames is seen in a video of `frames`; `Err` says why one sampler never sees one.
    pub(super) fn new(
        samplers: &[Sampler],
        frames: u64,
        fps: FrameRate,
        duration: u64,
    ) -> Result<Self, String> {
        let last = frames.saturating_sub(duration);
        let needle = Evidence::of(FrameSpan::new(0, duration).expect("a needle lasts a frame"));
        let mut all = vec![Starts { first: 0, last }];
        for sampler in samplers {
            if let Some(distance) = sampler.unknown_phase(fps) {
                if duration < distance {
                    return Err(format!(
                        "the phase of `{sampler}` is unpublished, and only needles of {distance} frames are surely seen"
                    ));
                }
                continue;
            }
            let indices = sampler.indices(frames, fps).map_err(|refused| refused.to_string())?;
            all = intersection(&all, &needle.starts_seen(&indices, last));
        }
        Ok(Self(all))
    }

    /// The last start of at most `bound`.
    fn at_most(&self, bound: u64) -> Option<u64> {
        let after = self.0.partition_point(|range| range.first <= bound);
        let range = self.0.get(after.checked_sub(1)?)?;
        Some(range.last.min(bound))
    }

    /// The first start of at least `bound`.
    fn at_least(&self, bound: u64) -> Option<u64> {
        let from = self.0.partition_point(|range| range.last < bound);
        self.0.get(from).map(|range| range.first.max(bound))
    }

    /// For each of `count` needles: the last start that leaves those after it room, `apart` frames from start to start,
    /// within `window` of starts. `None` if they do not fit.
    pub(super) fn latest(&self, count: u64, apart: u64, window: Starts) -> Option<Vec<u64>> {
        let mut latest = Vec::new();
        let mut bound = window.last;
        for left in (0..count).rev() {
            let start = self.at_most(bound).filter(|&start| start >= window.first)?;
            latest.push(start);
            if left > 0 {
                bound = start.checked_sub(apart)?;
            }
        }
        latest.reverse();
        Some(latest)
    }

    /// The starts nearest to `wished`, which ascend, under the same rules.
    pub(super) fn settle(&self, wished: &[u64], apart: u64, window: Starts) -> Option<Vec<u64>> {
        let latest = self.latest(wished.len() as u64, apart, window)?;
        let mut earliest = window.first;
        let mut starts = Vec::new();
        for (&wish, latest) in wished.iter().zip(latest) {
            let wish = wish.clamp(earliest, latest.max(earliest));
            // `latest` is itself a start, so that there is one on the one side or on the other.
            let before = self.at_most(wish).filter(|&start| start >= earliest);
            let after = self.at_least(wish).filter(|&start| start <= latest);
            let start = match (before, after) {
                (Some(before), Some(after)) if wish - before <= after - wish => before,
                (_, Some(after)) => after,
                (before, None) => before?,
            };
            starts.push(start);
            earliest = start + apart;
        }
        Some(starts)
    }
}

/// What lies in a range of both.
fn intersection(one: &[Starts], other: &[Starts]) -> Vec<Starts> {
    let (mut at, mut by) = (0, 0);
    let mut both = Vec::new();
    while let (Some(left), Some(right)) = (one.get(at), other.get(by)) {
        let shared = Starts { first: left.first.max(right.first), last: left.last.min(right.last) };
        if shared.first <= shared.last {
            both.push(shared);
        }
        if left.last < right.last { at += 1 } else { by += 1 }
    }
    both
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sampler::{Sight, saw};

    fn samplers(texts: &[&str]) -> Vec<Sampler> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn starts_are_where_every_sampler_looks() {
        let fps = FrameRate::new(25, 1).unwrap();
        let seen = |ranges: &[(u64, u64)]| {
            Ok(SeenStarts(ranges.iter().map(|&(first, last)| Starts { first, last }).collect()))
        };
        // Indices 0, 49, 99 and 0, 50.
        let both = samplers(&["linspace(3)", "hf-default(2)"]);
        assert_eq!(SeenStarts::new(&both, 100, fps, 2), seen(&[(0, 0), (49, 49)]));
        assert_eq!(SeenStarts::new(&both, 100, fps, 1), seen(&[(0, 0)]));
        assert!(SeenStarts::new(&samplers(&["gemini"]), 100, fps, 24).is_err());
        assert_eq!(SeenStarts::new(&samplers(&["gemini"]), 100, fps, 25), seen(&[(0, 75)]));
    }

    proptest! {
        #[test]
        fn needles_are_moved_to_where_they_are_seen_and_no_further_than_needed(
            frames in 200_u64..3000,
            duration in 1_u64..40,
            gap in 1_u64..30,
            n in 4_u64..80,
            draws in prop::collection::vec(0_u64..1000, 1..5),
        ) {
            let fps = FrameRate::new(25, 1).unwrap();
            let samplers = samplers(&[&format!("linspace({n})"), "fps:1"]);
            let seen_starts = SeenStarts::new(&samplers, frames, fps, duration).unwrap();
            let window = Starts { first: 0, last: frames - duration };
            let mut wished: Vec<u64> = draws.iter().map(|draw| draw * window.last / 1000).collect();
            wished.sort_unstable();
            let apart = duration + gap;
            let Some(starts) = seen_starts.settle(&wished, apart, window) else {
                prop_assert!(seen_starts.latest(wished.len() as u64, apart, window).is_none());
                return Ok(());
            };
            for sampler in &samplers {
                let indices = sampler.indices(frames, fps).unwrap();
                for &start in &starts {
                    let span = FrameSpan::new(start, start + duration).unwrap();
                    prop_assert!(span.end() <= frames);
                    prop_assert_eq!(saw(&indices, span, None), Sight::Seen);
                }
            }
            prop_assert!(starts.windows(2).all(|pair| pair[0] + apart <= pair[1]));
            if let [wish] = wished[..] {
                let nearest = (0..=window.last)
                    .filter(|&start| seen_starts.at_most(start) == Some(start))
                    .map(|start| start.abs_diff(wish))
                    .min();
                prop_assert_eq!(nearest, Some(starts[0].abs_diff(wish)));
            }
        }
    }
}
