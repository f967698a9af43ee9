//! Evidence: the frames that a viewer needs to answer a question.
//!
//! In: spans of frames with the number and the distance of samples that each needs, and the indices that were sampled.
//! Out: whether they suffice, and where a needle may start so that they do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::FrameSpan;

/// At least [`Self::samples`] sampled frames in [`Self::span`], and no two neighbours among the sampled frames in it farther
/// apart than [`Self::closer_than`].
///
/// "All needles are seen" is one piece for each needle that is asked for: its span, one sample, no distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Columns", into = "Columns")]
#[schemars(with = "Columns")]
pub struct Evidence {
    /// Where the samples have to lie.
    pub span: FrameSpan,
    /// How many distinct frames have to be sampled there.
    pub samples: u64,
    /// Frames from one sampled frame to the next, at most; 0 demands nothing.
    pub closer_than: u64,
}

/// A closed range of frames at which a needle may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starts {
    /// The first.
    pub first: u64,
    /// The last; never before the first.
    pub last: u64,
}

/// Frames that a viewer needs, as a row has them.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Evidence")]
struct Columns {
    /// First frame of the span.
    start_frame: u64,
    /// The frame after its last.
    end_frame: u64,
    /// How many distinct frames of it have to be sampled.
    samples: u64,
    /// Frames from one of them to the next, at most; 0 demands nothing.
    closer_than: u64,
}

impl TryFrom<Columns> for Evidence {
    type Error = String;

    fn try_from(columns: Columns) -> Result<Self, String> {
        let span = FrameSpan::try_from([columns.start_frame, columns.end_frame])?;
        if columns.samples > span.count() {
            return Err(format!("span `{span}` has no {} frames to be sampled", columns.samples));
        }
        Ok(Self { span, samples: columns.samples, closer_than: columns.closer_than })
    }
}

impl From<Evidence> for Columns {
    fn from(evidence: Evidence) -> Self {
        Self {
            start_frame: evidence.span.start(),
            end_frame: evidence.span.end(),
            samples: evidence.samples,
            closer_than: evidence.closer_than,
        }
    }
}

impl Evidence {
    /// One frame of `span`.
    pub fn of(span: FrameSpan) -> Self {
        Self { span, samples: 1, closer_than: 0 }
    }

    /// Whether `indices`, which ascend and may repeat, suffice.
    pub fn is_seen(&self, indices: &[u64]) -> bool {
        let first = indices.partition_point(|&index| index < self.span.start());
        let end = indices.partition_point(|&index| index < self.span.end());
        let within = &indices[first..end.max(first)];
        // One piece for each needle is by far the most frequent, and needs no walk.
        if self.samples <= 1 && self.closer_than == 0 {
            return within.len() as u64 >= self.samples;
        }
        let mut distinct = u64::from(!within.is_empty());
        for pair in within.windows(2) {
            let distance = pair[1] - pair[0];
            distinct += u64::from(distance > 0);
            if self.closer_than > 0 && distance > self.closer_than {
                return false;
            }
        }
        distinct >= self.samples
    }

    /// Whether frames that follow each other at most `distance` frames apart suffice from wherever they begin.
    ///
    /// For samplers whose phase is unpublished; if this is false, they may suffice or not.
    pub fn is_surely_seen(&self, distance: u64) -> bool {
        let distance = distance.max(1);
        self.span.count() / distance >= self.samples
            && (self.closer_than == 0 || self.closer_than >= distance)
    }

    /// Starts up to `last` to which the span may be moved so that `indices`, which ascend, suffice: closed ranges,
    /// ascending, apart.
    pub fn starts_seen(&self, indices: &[u64], last: u64) -> Vec<Starts> {
        if self.samples == 0 && self.closer_than == 0 {
            return vec![Starts { first: 0, last }];
        }
        let mut distinct = indices.to_vec();
        distinct.dedup();
        let duration = self.span.count();
        let held =
            |from: u64, to: u64| Starts { first: (to + 1).saturating_sub(duration), last: from.min(last) };
        let mut ranges: Vec<Starts> = Vec::new();
        let groups: Vec<Starts> = match self.samples {
            0 => vec![Starts { first: 0, last }],
            samples => distinct
                .windows(usize::try_from(samples).unwrap_or(usize::MAX))
                .map(|group| held(group[0], group[group.len() - 1]))
                .collect(),
        };
        for group in groups.into_iter().filter(|group| group.first <= group.last) {
            match ranges.last_mut() {
                Some(range) if group.first <= range.last + 1 => range.last = range.last.max(group.last),
                _ => ranges.push(group),
            }
        }
        if self.closer_than == 0 {
            return ranges;
        }
        let wide = distinct.windows(2).filter(|pair| pair[1] - pair[0] > self.closer_than);
        let refused = wide.map(|pair| held(pair[0], pair[1])).filter(|range| range.first <= range.last);
        refused.fold(ranges, |ranges, refused| without(&ranges, refused))
    }
}

/// Whether `indices`, which ascend, suffice for every piece of `evidence`.
pub fn is_seen(evidence: &[Evidence], indices: &[u64]) -> bool {
    evidence.iter().all(|piece| piece.is_seen(indices))
}

/// What of `ranges` lies outside of `refused`.
fn without(ranges: &[Starts], refused: Starts) -> Vec<Starts> {
    let mut left = Vec::new();
    for &range in ranges {
        if refused.last < range.first || range.last < refused.first {
            left.push(range);
            continue;
        }
        if range.first < refused.first {
            left.push(Starts { last: refused.first - 1, ..range });
        }
        if refused.last < range.last {
            left.push(Starts { first: refused.last + 1, ..range });
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn piece(start: u64, end: u64, samples: u64, closer_than: u64) -> Evidence {
        Evidence { span: FrameSpan::new(start, end).unwrap(), samples, closer_than }
    }

    #[test]
    fn samples_are_counted_and_their_distance_is_kept() {
        let indices = [0, 10, 10, 20, 31, 40];
        assert!(piece(10, 11, 1, 0).is_seen(&indices));
        assert!(!piece(11, 20, 1, 0).is_seen(&indices));
        // A repeated frame is one frame.
        assert!(!piece(5, 20, 2, 0).is_seen(&indices));
        assert!(piece(5, 21, 2, 0).is_seen(&indices));
        assert!(piece(0, 21, 3, 10).is_seen(&indices));
        assert!(!piece(0, 32, 3, 10).is_seen(&indices), "20 and 31 are farther apart");
        assert!(piece(21, 31, 0, 1).is_seen(&indices));
        assert!(!piece(41, 50, 1, 0).is_seen(&indices) && !piece(0, 5, 1, 0).is_seen(&[]));
        assert!(is_seen(&[], &[]) && is_seen(&[piece(0, 1, 1, 0), piece(40, 45, 1, 0)], &indices));
        assert!(!is_seen(&[piece(0, 1, 1, 0), piece(41, 45, 1, 0)], &indices));
    }

    #[test]
    fn an_unpublished_phase_leaves_what_is_sure() {
        assert!(piece(100, 130, 1, 0).is_surely_seen(30));
        assert!(!piece(100, 129, 1, 0).is_surely_seen(30));
        assert!(piece(100, 160, 2, 30).is_surely_seen(30));
        assert!(!piece(100, 160, 2, 29).is_surely_seen(30) && !piece(100, 159, 2, 30).is_surely_seen(30));
    }

    #[test]
    fn a_row_names_its_columns() {
        let text = r#"{"start_frame":3,"end_frame":9,"samples":2,"closer_than":0}"#;
        let evidence: Evidence = serde_json::from_str(text).unwrap();
        assert_eq!(evidence, piece(3, 9, 2, 0));
        assert_eq!(serde_json::to_string(&evidence).unwrap(), text);
        for bad in [
            r#"{"start_frame":9,"end_frame":9,"samples":1,"closer_than":0}"#,
            r#"{"start_frame":3,"end_frame":9,"samples":7,"closer_than":0}"#,
            r#"{"start_frame":3,"end_frame":9,"samples":1,"closer_than":0,"more":1}"#,
        ] {
            assert!(serde_json::from_str::<Evidence>(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn starts_are_those_at_which_it_is_seen(
            indices in prop::collection::vec(0_u64..60, 0..20),
            duration in 1_u64..25,
            samples in 0_u64..4,
            closer_than in 0_u64..12,
        ) {
            let mut indices = indices;
            indices.sort_unstable();
            let last = 60 - duration;
            let starts = piece(0, duration, samples, closer_than).starts_seen(&indices, last);
            for start in 0..=last {
                let seen = piece(start, start + duration, samples, closer_than).is_seen(&indices);
                prop_assert_eq!(starts.iter().any(|range| (range.first..=range.last).contains(&start)), seen, "{}", start);
            }
            prop_assert!(starts.windows(2).all(|pair| pair[0].last + 1 < pair[1].first) || closer_than > 0);
        }
    }
}
