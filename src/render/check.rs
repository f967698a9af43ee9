//! The check of a video that is just being written: cheap enough to make for every one.
//!
//! In: the video as its parts give it, its timeline. Out: what differs from the plan. Its header, as FFmpeg reads it, is held against
//! what was copied or encoded to each place that it names, and each needle's frames are decoded and compared with what was drawn.
//! Meanwhile the parts are written: their digest is taken of the bytes that are written, and the header, all encoded packets and both
//! ends of all ranges that were copied are read back from the file. [`verify`](super::verify) reads the file alone, and decodes the rest, too.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::media::decode::FileReader;
use crate::media::input::Input;
use crate::media::mux::{Movie, Piece, Spliced};
use crate::media::probe::{self, Contents};
use crate::media::yuv::Yuv;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::pass::{self, Current, Runs, Taker};
use crate::render::ready::Ready;
use crate::render::segment::FrameMaker;
use crate::render::timeline::{Run, Segment, Timeline};
use crate::render::verify::{Comparison, Seen};

/// Holds the places that the header of a video names against where its parts are put; its needles are not looked at yet.
pub(super) fn places<'a>(
    video: &'a PlannedVideo,
    (movie, spliced): (&Movie, &Arc<Spliced>),
    (maker, ready): (&'a FrameMaker<'a>, &BTreeMap<String, Ready>),
) -> Result<Comparison<'a>, Error> {
    let input = Input::Spliced(Arc::clone(spliced));
    let contents = probe::contents(&input)?;
    let mut comparison = Comparison::new(video, maker, ready);
    comparison.contents(&contents, ready, &input)?;
    if let Some(difference) = misplaced(movie, &contents, spliced) {
        comparison.differ(difference);
    }
    Ok(comparison)
}

/// Compares the needles of videos, decoding a haystack once for all of them. If they are several, they are of one haystack.
pub(super) fn needles(checking: Vec<Checking<'_, '_>>, ready: &BTreeMap<String, Ready>) -> Result<(), Error> {
    let (mut together, alone): (Vec<_>, Vec<_>) =
        checking.into_iter().partition(|checking| checking.order.is_some());
    for mut checking in alone {
        checking.by_itself()?;
    }
    match together.first().map(|checking| checking.runs().haystack().to_owned()) {
        Some(haystack) => pass::pass(&ready[&haystack].video, &mut together),
        None => Ok(()),
    }
}

/// The needles of a video being compared with what it shows.
pub(super) struct Checking<'a, 'c> {
    video: &'a PlannedVideo,
    maker: &'a FrameMaker<'a>,
    comparison: &'c mut Comparison<'a>,
    input: Input,
    /// Frames between decoding and display, at most.
    delay: u64,
    needles: Vec<&'a Run>,
    /// The same, where they need frames of one haystack in order.
    order: Option<Runs>,
    reader: Option<FileReader>,
    /// The frame of the video that the reader gives next.
    next: u64,
    last: Option<Seen>,
}

impl<'a, 'c> Checking<'a, 'c> {
    /// Compares the needles of a video, whose timeline this is, with what `input` shows.
    pub(super) fn new(
        video: &'a PlannedVideo,
        timeline: &'a Timeline,
        comparison: &'c mut Comparison<'a>,
        (maker, ready): (&'a FrameMaker<'a>, &BTreeMap<String, Ready>),
        input: Input,
    ) -> Self {
        let delay = video.parts.iter().map(|part| ready[&part.haystack].delay()).max().unwrap_or(0);
        let needles: Vec<&Run> = needle_runs(timeline).collect();
        let order = Runs::new(needles.iter().map(|run| (*run).clone()).collect());
        Self {
            video,
            maker,
            comparison,
            input,
            delay,
            needles,
            order,
            reader: None,
            next: u64::MAX,
            last: None,
        }
    }

    /// The reader of the video, which gives frame `at` next.
    fn reader_at(&mut self, at: u64) -> Result<FileReader, Error> {
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => FileReader::open(&self.input)?,
        };
        if self.next != at {
            reader.seek(at, self.video.fps, self.delay)?;
        }
        Ok(reader)
    }

    /// Compares all runs, decoding the haystacks for each.
    fn by_itself(&mut self) -> Result<(), Error> {
        for run in std::mem::take(&mut self.needles) {
            self.maker.go_on()?;
            let mut reader = self.reader_at(run.at())?;
            self.comparison.run(run, &mut reader)?;
            (self.reader, self.next) = (Some(reader), run.at() + run.count());
            if self.comparison.is_hopeless() {
                break;
            }
        }
        Ok(())
    }
}

impl Taker for Checking<'_, '_> {
    fn runs(&self) -> &Runs {
        self.order.as_ref().expect("only those whose runs are in order take frames")
    }

    fn take(&mut self, frame: &Yuv) -> Result<(), Error> {
        self.maker.go_on()?;
        let Some(mut runs) = self.order.take() else { return Ok(()) };
        if let Some(Current { run, taken, .. }) = runs.current() {
            if taken == 0 {
                self.last = None;
            }
            let at = run.at() + taken;
            let mut reader = self.reader_at(at)?;
            let (is_on, count) = match run {
                Run::Haystack { overlays, .. } => {
                    let views = self.maker.overlaid(frame, overlays, at, true);
                    (self.comparison.view((run, at), views, &mut reader, &mut self.last)?, 1)
                }
                Run::Insert { count, needles, .. } => {
                    let mut ideal = self.maker.inserted((at, *count), needles, frame, true);
                    let mut next = at;
                    let mut is_on = true;
                    while let Some(wanted) = ideal.next_frame()?.filter(|_| is_on) {
                        is_on = self.comparison.view((run, next), wanted, &mut reader, &mut self.last)?;
                        next += 1;
                    }
                    (is_on, *count)
                }
            };
            (self.reader, self.next) = (Some(reader), at + count);
            if is_on { runs.advance() } else { runs.end() }
        }
        if runs.wants().is_none() {
            self.reader = None;
        }
        self.order = Some(runs);
        Ok(())
    }
}

/// The runs of encoded frames that show needles, in order.
fn needle_runs(timeline: &Timeline) -> impl Iterator<Item = &Run> {
    let encoded = timeline.segments().iter().filter_map(|segment| match segment {
        Segment::Encode(runs) => Some(runs),
        Segment::Copy { .. } | Segment::Rest { .. } | Segment::Black { .. } => None,
    });
    encoded.flatten().filter(|run| match run {
        Run::Haystack { overlays, .. } => !overlays.is_empty(),
        Run::Insert { .. } => true,
    })
}

/// The first packet, in decoding order, for which the header names a place or a size where other bytes were put.
fn misplaced(movie: &Movie, contents: &Contents, spliced: &Spliced) -> Option<String> {
    let pictures = movie.pieces.iter().flat_map(Piece::origins).zip(&contents.video);
    let pictures = (0_u64..).zip(pictures).map(|(at, packet)| (("packet", at), packet));
    let sound = movie.sound.iter().flat_map(|sound| {
        (0..).zip(&contents.audio).map(|(out, place)| (("sound packet", out), (sound.origin(out), place)))
    });
    pictures.chain(sound).find_map(|((what, number), (origin, &(at, size)))| {
        if origin.size() != size {
            return Some(format!("{what} {number} has not the size of what was copied or encoded"));
        }
        let is_there = spliced.comes_from(at, u64::from(size), origin);
        (!is_there).then(|| format!("{what} {number} does not lie where its header says"))
    })
}
