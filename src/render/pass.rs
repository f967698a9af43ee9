//! One decoding for all that need a haystack's frames.
//!
//! In: a haystack, and those who take frames of it, each in order. Out: every frame given to whoever wants it, from one reading of
//! the groups of pictures that hold them. One frame is held at a time, so memory grows with those who take, not with groups.

use rayon::prelude::*;

use crate::media::decode::SpanReader;
use crate::media::index::VideoTrack;
use crate::media::yuv::Yuv;
use crate::render::Error;
use crate::render::timeline::Run;
use crate::time::FrameSpan;

/// Takes frames of a haystack, in order.
pub(super) trait Taker: Send {
    /// The runs that it takes frames for.
    fn runs(&self) -> &Runs;
    /// Takes the frame that its runs want.
    fn take(&mut self, frame: &Yuv) -> Result<(), Error>;
}

/// Gives all that they want to those who take frames of `track`, stretches of it that have no group of pictures in common side by side.
pub(super) fn side_by_side<T: Taker>(track: &VideoTrack, takers: &mut [T]) -> Result<(), Error> {
    takers.sort_by_key(|taker| taker.runs().wants());
    let mut chains: Vec<&mut [T]> = Vec::new();
    let mut rest = takers;
    while !rest.is_empty() {
        let mut end = 0;
        let joins = |taker: &T| {
            let Some(span) = taker.runs().left() else { return true };
            let is_near = end == 0 || track.gop(span.start()).start() < end;
            if is_near {
                end = end.max(track.gop(span.end() - 1).end());
            }
            is_near
        };
        let count = rest.iter().map(joins).take_while(|joins| *joins).count();
        let (chain, others) = rest.split_at_mut(count);
        chains.push(chain);
        rest = others;
    }
    chains.into_par_iter().try_for_each(|chain| pass(track, chain))
}

/// Gives all that they want to those who take frames of `track`.
pub(super) fn pass<T: Taker>(track: &VideoTrack, takers: &mut [T]) -> Result<(), Error> {
    while let Some(first) = next(takers, u64::MAX) {
        let end = track.gop(first).end();
        let span = FrameSpan::new(first, end).expect("a frame lies before the end of its group of pictures");
        let mut reader = SpanReader::open(track, span)?;
        while let Some(wanted) = next(takers, end) {
            reader.skip_to(wanted);
            let frame = reader.next_frame()?.ok_or_else(|| track.lacks(wanted))?;
            for taker in &mut *takers {
                while taker.runs().wants() == Some(wanted) {
                    taker.take(&frame)?;
                }
            }
        }
    }
    Ok(())
}

/// The first frame before `end` that anybody wants.
fn next<T: Taker>(takers: &[T], end: u64) -> Option<u64> {
    takers.iter().filter_map(|taker| taker.runs().wants()).min().filter(|wanted| *wanted < end)
}

/// Runs of frames of one haystack that come in its order, and which frame of it is wanted next.
pub(super) struct Runs {
    order: Vec<Run>,
    /// The run that is being taken, and how many of its frames were.
    at: usize,
    taken: u64,
}

impl Runs {
    /// `None` where they need frames of several haystacks, or earlier ones after later ones.
    pub(super) fn new(runs: Vec<Run>) -> Option<Self> {
        let haystack = haystack(runs.first()?);
        let mut before = 0;
        for run in &runs {
            let span = needed(run);
            if self::haystack(run) != haystack || span.start() < before {
                return None;
            }
            before = span.end() - 1;
        }
        Some(Self { order: runs, at: 0, taken: 0 })
    }

    /// The haystack whose frames they need.
    pub(super) fn haystack(&self) -> &str {
        self.order.first().map_or("", haystack)
    }

    /// From the frame that is wanted next to the last that they need.
    fn left(&self) -> Option<FrameSpan> {
        FrameSpan::new(self.wants()?, self.order.last().map(needed)?.end())
    }

    /// The haystack frame that is wanted next; none after the last run.
    pub(super) fn wants(&self) -> Option<u64> {
        self.order.get(self.at).map(|run| needed(run).start() + self.taken)
    }

    /// The run that the frame is wanted for, how many of its frames were taken, and whether footage goes on from the run before.
    pub(super) fn current(&self) -> Option<Current<'_>> {
        let run = self.order.get(self.at)?;
        let is_insert = |run: &Run| matches!(run, Run::Insert { .. });
        let before = self.at.checked_sub(1).map(|at| &self.order[at]);
        let goes_on = self.taken > 0 || (!is_insert(run) && before.is_some_and(|before| !is_insert(before)));
        Some(Current { run, taken: self.taken, goes_on })
    }

    /// Goes on after the frame that was wanted.
    pub(super) fn advance(&mut self) {
        self.taken += 1;
        if self.order.get(self.at).is_some_and(|run| self.taken == needed(run).count()) {
            (self.at, self.taken) = (self.at + 1, 0);
        }
    }

    /// Wants no more.
    pub(super) fn end(&mut self) {
        (self.at, self.taken) = (self.order.len(), 0);
    }
}

/// A run that frames are taken for.
pub(super) struct Current<'a> {
    pub(super) run: &'a Run,
    /// How many of the haystack frames that it needs were taken.
    pub(super) taken: u64,
    /// Whether what it shows goes on from what was shown before.
    pub(super) goes_on: bool,
}

fn haystack(run: &Run) -> &str {
    match run {
        Run::Haystack { haystack, .. } | Run::Insert { beside: (haystack, _), .. } => haystack,
    }
}

/// The haystack frames that a run needs.
fn needed(run: &Run) -> FrameSpan {
    match run {
        Run::Haystack { span, .. } => *span,
        Run::Insert { beside: (_, frame), .. } => FrameSpan::new(*frame, frame + 1).expect("one frame"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn footage(start: u64, end: u64) -> Run {
        let span = FrameSpan::new(start, end).unwrap();
        Run::Haystack { at: 0, haystack: "a".to_owned(), span, overlays: Vec::new() }
    }

    fn insert(beside: u64) -> Run {
        Run::Insert { at: 0, count: 25, needles: vec![0], beside: ("a".to_owned(), beside) }
    }

    #[test]
    fn runs_want_the_frames_that_they_need_in_order() {
        let mut runs = Runs::new(vec![footage(3, 5), insert(4), footage(5, 6), footage(6, 7)]).unwrap();
        let mut wanted = Vec::new();
        while let (Some(frame), Some(current)) = (runs.wants(), runs.current()) {
            wanted.push((frame, current.taken, current.goes_on));
            runs.advance();
        }
        let expected = [(3, 0, false), (4, 1, true), (4, 0, false), (5, 0, false), (6, 0, true)];
        assert_eq!(wanted, expected);
        // At the very start of a video, an insert shows what follows it.
        assert!(Runs::new(vec![insert(0), footage(0, 9)]).is_some());
        assert!(Runs::new(vec![footage(5, 9), footage(3, 4)]).is_none());
        assert!(Runs::new(Vec::new()).is_none());
    }
}
