//! The timeline of one video: which frames are copied, which are encoded, and from what.
//!
//! In: a planned video and the indices of its haystacks. Out: segments in order, gap-free, that add up to the planned
//! length. A segment is `Copy` (packets as they are), `Encode` (the needle's frames, and those up to the next whole second of the
//! GOPs that it cuts) or `Rest` (such a second, which is encoded alike in every video that needs it). Pure: nothing is read.

use std::collections::BTreeMap;

use crate::media::index::VideoTrack;
use crate::needle::WayIn;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::time::FrameSpan;

/// What is known of a haystack's packets, whether or not it is prepared yet.
pub trait Cuts {
    /// Number of frames.
    fn frames(&self) -> u64;
    /// The part of `span` whose packets can be copied as they are.
    fn copyable(&self, span: FrameSpan) -> Option<FrameSpan>;
    /// The first second of the GOP of `frame` that starts at `frame` or after it.
    fn second(&self, frame: u64) -> Option<FrameSpan>;
}

impl Cuts for VideoTrack {
    fn frames(&self) -> u64 {
        Self::frames(self)
    }

    fn copyable(&self, span: FrameSpan) -> Option<FrameSpan> {
        Self::copyable(self, span)
    }

    fn second(&self, frame: u64) -> Option<FrameSpan> {
        Self::second(self, frame)
    }
}

/// A run of frames of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Frames of a haystack, with overlays drawn onto them.
    Haystack {
        /// First frame of the finished video.
        at: u64,
        /// Which haystack.
        haystack: String,
        /// Its frames.
        span: FrameSpan,
        /// Indices of the planned needles that are drawn on all of them.
        overlays: Vec<usize>,
    },
    /// Frames that no haystack has.
    Insert {
        /// First frame of the finished video.
        at: u64,
        /// Number of frames.
        count: u64,
        /// Indices of the planned needles that are drawn.
        needles: Vec<usize>,
        /// The haystack frame before them, or after them at the very start: what shows around the needle, blurred.
        beside: (String, u64),
    },
}

impl Run {
    /// First frame of the finished video.
    pub fn at(&self) -> u64 {
        match self {
            Self::Haystack { at, .. } | Self::Insert { at, .. } => *at,
        }
    }

    /// Number of frames.
    pub fn count(&self) -> u64 {
        match self {
            Self::Haystack { span, .. } => span.count(),
            Self::Insert { count, .. } => *count,
        }
    }
}

/// A stretch of the finished video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Packets of a haystack as they are.
    Copy {
        /// First frame of the finished video.
        at: u64,
        /// Which haystack.
        haystack: String,
        /// Its frames.
        span: FrameSpan,
    },
    /// Frames to encode.
    Encode(Vec<Run>),
    /// A second of a GOP that was cut before: frames of a haystack, encoded by themselves, the same in every video.
    Rest {
        /// First frame of the finished video.
        at: u64,
        /// Which haystack.
        haystack: String,
        /// Its frames.
        span: FrameSpan,
    },
    /// Black frames, where no picture is to be seen.
    Black {
        /// First frame of the finished video.
        at: u64,
        /// Number of frames.
        count: u64,
    },
}

impl Segment {
    /// First frame of the finished video.
    pub fn at(&self) -> u64 {
        match self {
            Self::Copy { at, .. } | Self::Rest { at, .. } | Self::Black { at, .. } => *at,
            Self::Encode(runs) => runs.first().map_or(0, Run::at),
        }
    }

    /// Number of frames.
    pub fn count(&self) -> u64 {
        match self {
            Self::Copy { span, .. } | Self::Rest { span, .. } => span.count(),
            Self::Encode(runs) => runs.iter().map(Run::count).sum(),
            Self::Black { count, .. } => *count,
        }
    }
}

/// The segments of a video, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    runs: Vec<Run>,
    segments: Vec<Segment>,
}

impl Timeline {
    /// Works out the timeline of `video`.
    pub fn new<'a, T: Cuts + 'a>(
        video: &PlannedVideo,
        tracks: impl Fn(&str) -> Option<&'a T>,
    ) -> Result<Self, Error> {
        let fail = |reason: String| Error::Plan { video: video.name.clone(), reason };
        let runs = runs(video).map_err(fail)?;
        let mut segments: Vec<Segment> = Vec::new();
        if video.is_black {
            segments.push(Segment::Black { at: 0, count: video.num_frames });
        }
        for run in runs.iter().filter(|_| !video.is_black) {
            match run {
                Run::Haystack { at, haystack, span, overlays } if overlays.is_empty() => {
                    let track = tracks(haystack).ok_or_else(|| fail(format!("no haystack `{haystack}`")))?;
                    if span.end() > track.frames() {
                        return Err(fail(format!(
                            "`{haystack}` has {} frames, not {}",
                            track.frames(),
                            span.end()
                        )));
                    }
                    let part = |from: u64, to: u64| {
                        FrameSpan::new(from, to)
                            .map(|part| (at + from - span.start(), haystack.clone(), part))
                    };
                    let copied = track.copyable(*span);
                    let (start, end) =
                        copied.map_or((span.end(), span.end()), |copied| (copied.start(), copied.end()));
                    cut(&mut segments, track, part(span.start(), start));
                    if let Some((at, haystack, span)) = copied.and_then(|_| part(start, end)) {
                        segments.push(Segment::Copy { at, haystack, span });
                    }
                    encode(&mut segments, part(end, span.end()));
                }
                run => push_run(&mut segments, run.clone()),
            }
        }
        let timeline = Self { runs, segments };
        timeline.check(video.num_frames).map_err(fail)?;
        Ok(timeline)
    }

    /// The runs, in order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The segments, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Number of frames that are encoded.
    pub fn encoded_frames(&self) -> u64 {
        self.segments
            .iter()
            .filter(|segment| !matches!(segment, Segment::Copy { .. }))
            .map(Segment::count)
            .sum()
    }

    /// Gap-free, without overlap, and as long as planned.
    fn check(&self, frames: u64) -> Result<(), String> {
        let mut next = 0;
        for segment in &self.segments {
            if segment.at() != next {
                return Err(format!("frame {next} is followed by frame {}", segment.at()));
            }
            next += segment.count();
        }
        if next == frames {
            Ok(())
        } else {
            Err(format!("its segments add up to {next} frames, not {frames}"))
        }
    }
}

fn encode(segments: &mut Vec<Segment>, part: Option<(u64, String, FrameSpan)>) {
    if let Some((at, haystack, span)) = part {
        push_run(segments, Run::Haystack { at, haystack, span, overlays: Vec::new() });
    }
}

/// Adds frames of a GOP that starts before them: whole seconds of it by themselves, as every video has them.
fn cut<T: Cuts>(segments: &mut Vec<Segment>, track: &T, part: Option<(u64, String, FrameSpan)>) {
    let Some((at, haystack, span)) = part else { return };
    let part = |from: u64, to: u64| {
        FrameSpan::new(from, to).map(|part| (at + from - span.start(), haystack.clone(), part))
    };
    let mut next = span.start();
    while next < span.end() {
        let Some(second) = track.second(next).filter(|second| second.end() <= span.end()) else { break };
        encode(segments, part(next, second.start()));
        if let Some((at, haystack, span)) = part(second.start(), second.end()) {
            segments.push(Segment::Rest { at, haystack, span });
        }
        next = second.end();
    }
    encode(segments, part(next, span.end()));
}

fn push_run(segments: &mut Vec<Segment>, run: Run) {
    match segments.last_mut() {
        Some(Segment::Encode(runs)) => runs.push(run),
        _ => segments.push(Segment::Encode(vec![run])),
    }
}

/// The finished video as runs: inserts between haystack frames, haystack frames cut where an overlay starts or ends.
fn runs(video: &PlannedVideo) -> Result<Vec<Run>, String> {
    let mut inserts: BTreeMap<u64, (u64, Vec<usize>)> = BTreeMap::new();
    let mut cuts = Vec::new();
    for (index, needle) in video.needles.iter().enumerate() {
        match needle.mode {
            WayIn::Insert => {
                let entry = inserts.entry(needle.span.start()).or_insert((needle.span.count(), Vec::new()));
                if entry.0 != needle.span.count() {
                    return Err(format!("inserts at frame {} differ in length", needle.span.start()));
                }
                entry.1.push(index);
            }
            WayIn::Overlay => cuts.extend([needle.span.start(), needle.span.end()]),
            WayIn::Mix | WayIn::Subtitle => {}
        }
    }
    cuts.sort_unstable();
    let mut source = Haystacks { video, part: 0, used: 0, cuts, runs: Vec::new() };
    let mut at = 0;
    for (start, (count, needles)) in inserts {
        let before = start.checked_sub(at).ok_or_else(|| format!("inserts overlap at frame {start}"))?;
        source.take(at, before)?;
        let beside = source.beside()?;
        source.runs.push(Run::Insert { at: start, count, needles, beside });
        at = start + count;
    }
    let rest = video.num_frames.checked_sub(at).ok_or_else(|| format!("an insert ends at frame {at}"))?;
    source.take(at, rest)?;
    if source.part < video.parts.len() {
        return Err("its haystack frames are more than its length holds".to_owned());
    }
    Ok(source.runs)
}

/// Haystack frames being used up.
struct Haystacks<'a> {
    video: &'a PlannedVideo,
    part: usize,
    used: u64,
    cuts: Vec<u64>,
    runs: Vec<Run>,
}

impl Haystacks<'_> {
    /// Moves `count` haystack frames to frame `at` of the finished video.
    fn take(&mut self, mut at: u64, mut count: u64) -> Result<(), String> {
        while count > 0 {
            let part = self
                .video
                .parts
                .get(self.part)
                .ok_or("its haystack frames are fewer than its length needs")?;
            let cut = self.cuts.iter().copied().find(|&cut| cut > at).unwrap_or(u64::MAX);
            let length = count.min(part.span.count() - self.used).min(cut - at);
            let start = part.span.start() + self.used;
            let span = FrameSpan::new(start, start + length).ok_or("a run is empty")?;
            let drawn = |needle: &&(usize, FrameSpan)| needle.1.contains(at);
            let overlays = self.video.needles.iter().enumerate();
            let overlays =
                overlays.filter(|(_, needle)| needle.mode == WayIn::Overlay).map(|(at, n)| (at, n.span));
            let overlays: Vec<(usize, FrameSpan)> = overlays.collect();
            let overlays = overlays.iter().filter(drawn).map(|needle| needle.0).collect();
            self.runs.push(Run::Haystack { at, haystack: part.haystack.clone(), span, overlays });
            at += length;
            count -= length;
            self.used += length;
            if self.used == part.span.count() {
                self.part += 1;
                self.used = 0;
            }
        }
        Ok(())
    }

    /// The haystack frame before the next one, or the next one at the very start.
    fn beside(&self) -> Result<(String, u64), String> {
        let last = self.runs.iter().rev().find_map(|run| match run {
            Run::Haystack { haystack, span, .. } => Some((haystack.clone(), span.end() - 1)),
            Run::Insert { .. } => None,
        });
        let first = || self.video.parts.first().map(|part| (part.haystack.clone(), part.span.start()));
        last.or_else(first).ok_or_else(|| "it has no haystack".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A haystack of 1,000 frames, with keyframes 250 apart and seconds of 25.
    struct Footage;

    impl Cuts for Footage {
        fn frames(&self) -> u64 {
            1000
        }

        fn copyable(&self, span: FrameSpan) -> Option<FrameSpan> {
            FrameSpan::new(span.start().next_multiple_of(250), span.end())
        }

        fn second(&self, frame: u64) -> Option<FrameSpan> {
            let start = frame.next_multiple_of(25);
            FrameSpan::new(start, (start + 25).min(frame / 250 * 250 + 250))
        }
    }

    #[test]
    fn what_a_cut_leaves_of_a_group_is_whole_seconds_of_it() {
        let of = |from: u64, to: u64| {
            let mut segments = Vec::new();
            let span = FrameSpan::new(from, to);
            cut(&mut segments, &Footage, span.map(|span| (from + 1000, "a".to_owned(), span)));
            let seconds = segments.iter().map(|segment| match segment {
                Segment::Rest { at, span, .. } => (*at - 1000, span.count(), true),
                other => (other.at() - 1000, other.count(), false),
            });
            seconds.collect::<Vec<_>>()
        };
        assert_eq!(of(190, 250), [(190, 10, false), (200, 25, true), (225, 25, true)]);
        // What comes before the next needle is encoded with it.
        assert_eq!(of(200, 240), [(200, 25, true), (225, 15, false)]);
        assert_eq!(of(201, 220), [(201, 19, false)]);
        assert_eq!(of(240, 250), [(240, 10, false)]);
    }
}
