//! The law of a hidden span: how long the thing is shown and where, and what that law allows.
//!
//! In: the range of durations, the length of a video, the frames that are sampled of it. Out: drawn spans; the best
//! answer of somebody who does not look (chance), of somebody who sees the sampled frames (estimate), and the mean of
//! the latter over the law (ceiling); disjoint spans of equal length as options.
//!
//! Every figure is the exact mean of one stated answer over the law, up to rounding of floats. Where few answers are
//! possible, all are tried, and the figure is that of the best. Where many are, the answer is searched, coarse first,
//! then fine: the figure then is what that answer reaches, which is the best up to the fineness of the search.
//! Borders of an answer lie on frames. For the mean IoU no border between frames does better: as one border moves
//! between two frames, the IoU with each possible truth is linear or convex. R@k may gain up to one start a border.
//!
//! Only sums, products and quotients of floats are used, so that the figures are the same on every platform.

mod ceiling;
mod hidden;
mod law;
mod measure;
mod options;
mod search;
mod seen;
mod several;
mod sums;
#[cfg(test)]
mod tests;

pub use ceiling::Ceiling;
pub use law::SpanLaw;
pub use measure::{Guess, RECALL_AT, Share};
pub use options::{DisjointOptions, disjoint_options};
pub use several::{SeveralLaw, SimulatedChance, runs};
