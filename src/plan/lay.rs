//! Laying needles: where in the haystack the needles of one sample lie.
//!
//! In: the rule of its task, the depth of its cell, what was drawn for its question, a random stream. Out: positions, and
//! what lies at the depth.

use crate::question::Drawn;
use crate::seed::Stream;
use crate::spec::Task;
use crate::time::Depth;

use super::DepthOf;
use super::placement::Rule;
use super::sights;

/// Where the needles of a sample lie, in haystack frames.
pub(super) struct Laid {
    pub(super) positions: Vec<u64>,
    pub(super) depth_of: Option<DepthOf>,
    /// Haystack frames in which they all lie: the first, and how many; absent where there is no such window.
    pub(super) window: Option<(u64, u64)>,
}

impl Laid {
    /// Of needles whose times are drawn from a law of their own: no depth is theirs.
    pub(super) fn nowhere() -> Self {
        Self { positions: Vec::new(), depth_of: None, window: None }
    }
}

/// Lays a sample's needles. Where one of several is asked for, it lies at the depth and the others around it, so that
/// they change their order.
pub(super) fn lay(
    rule: Rule,
    depth: Option<Depth>,
    task: &Task,
    drawn: &mut Drawn,
    stream: &mut Stream,
) -> Laid {
    let places = drawn.clips.len() as u64;
    let Some(depth) = depth else {
        return Laid { positions: rule.anywhere(places, stream), depth_of: None, window: None };
    };
    if sights::one_is_asked(task) {
        let (positions, before) = rule.around(depth, places - 1, stream);
        let asked = drawn.clips.iter().position(|clip| !clip.is_distractor);
        let clip = drawn.clips.remove(asked.expect("one needle is asked for"));
        drawn.clips.insert(before as usize, clip);
        return Laid { positions, depth_of: Some(DepthOf::Needle), window: None };
    }
    let several = places > 1;
    Laid {
        positions: rule.at_depth(depth, places, stream),
        depth_of: Some(if several { DepthOf::Window } else { DepthOf::Needle }),
        window: several.then(|| rule.window(depth, places)),
    }
}
