//! Answer options of a hidden span: disjoint spans of equal length, of which one is right.
//!
//! In: a law, the number of options, how far they lie apart. Out: the options in order of time and which is right.

use std::collections::BTreeSet;

use super::law::SpanLaw;
use crate::seed::Stream;
use crate::time::FrameSpan;

/// Options of equal length, of which none shares a frame with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisjointOptions {
    /// In order of time.
    pub spans: Vec<FrameSpan>,
    /// Index of the right one.
    pub target: usize,
}

/// Draws `count` options with at least `apart` frames between neighbours; `None` if the longest do not fit.
///
/// First the duration, by `law`; then the set: of all sets of spans of that duration each is equally probable; then
/// the right one, uniformly among them. So nothing that can be computed from the set says which is right: not the order
/// of the options, not the gaps, not the distances to the ends. The number of free frames before the right span is
/// nearly uniform, its start therefore nearly: each rank among the options is equally probable, and a later rank has
/// more options before it. The start is exactly uniform for one option only.
pub fn disjoint_options(
    law: SpanLaw,
    count: u64,
    apart: u64,
    durations: &mut Stream,
    starts: &mut Stream,
    targets: &mut Stream,
) -> Option<DisjointOptions> {
    let gaps = count.checked_sub(1)?.checked_mul(apart)?;
    if count.checked_mul(law.most())?.checked_add(gaps)? > law.frames() {
        return None;
    }
    let duration = law.draw_duration(durations);
    let free = law.frames() - count * duration - gaps;
    // A place counts the free frames and the options before it, each as one.
    let places = ascending(count, free + count, starts).into_iter().zip(0..);
    let start = |(place, before): (u64, u64)| place - before + before * (duration + apart);
    let spans = places.map(start).filter_map(|start| FrameSpan::new(start, start + duration)).collect();
    Some(DisjointOptions { spans, target: targets.below(count) as usize })
}

/// `count` distinct numbers below `n`, ascending; each set is equally probable (Floyd's algorithm).
pub(super) fn ascending(count: u64, n: u64, stream: &mut Stream) -> Vec<u64> {
    let mut chosen = BTreeSet::new();
    for last in n - count..n {
        let number = stream.below(last + 1);
        if !chosen.insert(number) {
            chosen.insert(last);
        }
    }
    chosen.into_iter().collect()
}
