//! Verification: is every frame what the plan says?
//!
//! In: a planned video and its file. Out: a list of differences, empty where the file is right. The file is read through
//! FFmpeg's own demuxer, as every other program reads it; what it should be is made again from haystacks and needles.
//! Copied frames must be equal; encoded frames must be close to the ideal drawing, and in each needle's box closer to it
//! than to the same frame without the needle. One frame is held at a time, so memory does not grow with length.

use std::collections::BTreeMap;
use std::path::Path;

use crate::media::decode::{FileReader, SpanReader};
use crate::media::probe::{self, Tally};
use crate::media::sound;
use crate::media::yuv::{Yuv, psnr};
use crate::needle::Library;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::haystacks::Ready;
use crate::render::segment::Studio;
use crate::render::timeline::{Run, Segment, Timeline};

/// An encoded frame below this luma PSNR against its ideal, in decibels, shows something else: settings down to the
/// coarsest that a spec allows stay above 27 dB on footage, and another frame of the same scene falls below 22 dB.
const LEAST_PSNR: f64 = 24.0;
/// A block of a needle below this PSNR, in decibels, shows something else, such as another letter: at the default
/// quality, right ones stay above 26 dB even among the hard edges of barcodes; wrong needles stay below 18 dB somewhere.
const LEAST_BLOCK_PSNR: f64 = 18.5;
/// Beyond this constant rate factor, coarse encoding takes away as much of a block as another letter would.
const COARSEST_OF_BLOCKS: u8 = 24;
/// Side of the blocks of a needle that are compared each by itself, in pixels: about a letter's.
const BLOCK: u32 = 8;
/// Differences of one video that are listed.
const MOST_DIFFERENCES: usize = 10;

/// What was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Compared {
    /// Frames compared for equality.
    pub equal_frames: u64,
    /// Encoded frames compared with their ideal.
    pub encoded_frames: u64,
    /// Needle boxes compared, with and without the needle.
    pub needle_frames: u64,
    /// Lowest PSNR of an encoded frame, in decibels; 100 where none was encoded.
    pub worst_psnr: f64,
}

/// A comparison under way.
struct Comparison<'a> {
    video: &'a PlannedVideo,
    studio: Studio<'a>,
    crf: u8,
    differences: Vec<String>,
    compared: Compared,
}

/// Decodes a whole video and compares every frame.
pub fn whole(
    video: &PlannedVideo,
    ready: &BTreeMap<String, Ready>,
    library: &Library,
    path: &Path,
) -> Result<(Compared, Vec<String>), Error> {
    let timeline = Timeline::new(video, |id| ready.get(id).map(|ready| &*ready.video))?;
    let mut comparison = Comparison::new(video, ready, library)?;
    comparison.tally(&probe::tally(path, |_, _| Ok(()))?, ready);
    let mut reader = FileReader::open(path)?;
    for segment in timeline.segments() {
        super::go_on()?;
        if comparison.is_hopeless() {
            return Ok(comparison.end());
        }
        comparison.segment(segment, &mut reader)?;
    }
    if reader.next_frame()?.is_some() {
        comparison.differ(format!("frames follow frame {}, which should be the last", video.num_frames - 1));
    }
    Ok(comparison.end())
}

/// Compares a video that was just written, cheaply: copied packets byte for byte, encoded segments
/// decoded, needles compared with what was drawn.
pub fn quick(
    video: &PlannedVideo,
    timeline: &Timeline,
    ready: &BTreeMap<String, Ready>,
    library: &Library,
    path: &Path,
) -> Result<Vec<String>, Error> {
    let mut comparison = Comparison::new(video, ready, library)?;
    let mut copies = Copies::new(timeline, ready)?;
    let tally = probe::tally(path, |at, data| copies.compare(at, data))?;
    comparison.differences.append(&mut copies.differences);
    comparison.tally(&tally, ready);
    let delay = video.parts.iter().map(|part| ready[&part.haystack].delay()).max().unwrap_or(0);
    for segment in timeline.segments() {
        if let (Segment::Encode(runs), false) = (segment, comparison.is_hopeless()) {
            super::go_on()?;
            let mut reader = FileReader::open(path)?;
            reader.seek(segment.at(), video.fps, delay)?;
            for run in runs {
                // Footage that was only encoded again has no needle on it: it has to be there, and is not drawn anew.
                match run {
                    Run::Haystack { overlays, .. } if overlays.is_empty() => {
                        comparison.pass(run, &mut reader)?;
                    }
                    run => comparison.run(run, &mut reader)?,
                }
            }
        }
    }
    Ok(comparison.end().1)
}

impl<'a> Comparison<'a> {
    fn new(
        video: &'a PlannedVideo,
        ready: &'a BTreeMap<String, Ready>,
        library: &Library,
    ) -> Result<Self, Error> {
        let studio = Studio::new(video, ready, library)?;
        let compared = Compared { worst_psnr: 100.0, ..Compared::default() };
        let crf = video.parts.first().map_or(0, |part| ready[&part.haystack].settings().crf);
        Ok(Self { video, studio, crf, differences: Vec::new(), compared })
    }

    fn end(self) -> (Compared, Vec<String>) {
        (self.compared, self.differences)
    }

    fn is_hopeless(&self) -> bool {
        self.differences.len() >= MOST_DIFFERENCES
    }

    fn differ(&mut self, what: String) {
        if !self.is_hopeless() {
            self.differences.push(what);
        }
    }

    fn tally(&mut self, tally: &Tally, ready: &BTreeMap<String, Ready>) {
        let video = self.video;
        if tally.video_packets != video.num_frames {
            self.differ(format!("it has {} frames, not {}", tally.video_packets, video.num_frames));
        }
        if (tally.width, tally.height) != (video.width, video.height) {
            self.differ(format!(
                "it is {}x{}, not {}x{}",
                tally.width, tally.height, video.width, video.height
            ));
        }
        let tracks = video.parts.iter().filter_map(|part| ready[&part.haystack].audio.as_ref());
        let expected = tracks
            .filter(|_| video.audio)
            .map(|track| track.sample_rate)
            .next()
            .map_or(0, |rate| sound::packets_for(video.fps.audio_sample(video.num_frames, rate)));
        if tally.audio_packets != expected {
            self.differ(format!("its sound has {} packets, not {expected}", tally.audio_packets));
        }
    }

    /// Compares one segment with the frames that `reader` gives next.
    fn segment(&mut self, segment: &Segment, reader: &mut FileReader) -> Result<(), Error> {
        match segment {
            Segment::Copy { at, haystack, span } => {
                let mut source = SpanReader::open(&self.studio.haystack(haystack).video, *span)?;
                let (mut frame, mut is_equal) = (*at, true);
                while let Some(wanted) = source.next_frame()? {
                    let Some(found) = self.decoded(reader, frame)? else { return Ok(()) };
                    self.compared.equal_frames += 1;
                    // One difference stands for its segment; reading goes on, so that the next begins at its own frame.
                    if is_equal && found != wanted {
                        is_equal = false;
                        self.differ(format!("frame {frame} is not equal to the haystack's"));
                    }
                    frame += 1;
                }
                Ok(())
            }
            Segment::Encode(runs) => runs.iter().try_for_each(|run| self.run(run, reader)),
        }
    }

    fn run(&mut self, run: &Run, reader: &mut FileReader) -> Result<(), Error> {
        let needles: Vec<usize> = match run {
            Run::Haystack { overlays, .. } => overlays.clone(),
            Run::Insert { needles, .. } => needles.clone(),
        };
        let studio = Studio::clone(&self.studio);
        let mut ideal = studio.frames(run, true)?;
        let mut at = run.at();
        while let Some(wanted) = ideal.next_frame()? {
            let Some(found) = self.decoded(reader, at)? else { return Ok(()) };
            self.compare(at, &found, &wanted.drawn);
            if let Some(bare) = &wanted.bare {
                for &needle in &needles {
                    self.compare_needle(at, needle, [&found, &wanted.drawn, bare]);
                }
            }
            at += 1;
            if self.is_hopeless() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Decodes a run without comparing it: its frames have to be there, at their times.
    fn pass(&mut self, run: &Run, reader: &mut FileReader) -> Result<(), Error> {
        for at in run.at()..run.at() + run.count() {
            if self.decoded(reader, at)?.is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The decoded frame `at`, with its time checked; a difference if there is none.
    fn decoded(&mut self, reader: &mut FileReader, at: u64) -> Result<Option<Yuv>, Error> {
        let Some((frame, (num, den))) = reader.next_frame()? else {
            self.differ(format!("frame {at} is missing"));
            return Ok(None);
        };
        let fps = self.video.fps;
        if i128::from(num) * i128::from(fps.num()) != i128::from(at) * i128::from(fps.den()) * i128::from(den)
        {
            self.differ(format!("frame {at} is shown at {num}/{den} s"));
        }
        if (frame.width, frame.height) != (self.video.width, self.video.height) {
            self.differ(format!("frame {at} is {}x{}", frame.width, frame.height));
            return Ok(None);
        }
        Ok(Some(frame))
    }

    fn compare(&mut self, at: u64, found: &Yuv, wanted: &Yuv) {
        let (sum, count) = found.luma_difference(wanted, [0, 0, found.width, found.height]);
        let quality = psnr(sum, count);
        self.compared.encoded_frames += 1;
        self.compared.worst_psnr = self.compared.worst_psnr.min(quality);
        if quality < LEAST_PSNR {
            self.differ(format!("frame {at} is not what was drawn ({quality:.1} dB)"));
        }
    }

    fn compare_needle(&mut self, at: u64, needle: usize, [found, ideal, bare]: [&Yuv; 3]) {
        let planned = &self.video.needles[needle];
        let place = planned.place;
        let area = [place.x, place.y, place.w, place.h];
        let ((to_ideal, _), (to_bare, _)) = (found.difference(ideal, area), found.difference(bare, area));
        self.compared.needle_frames += 1;
        if to_ideal >= to_bare {
            self.differ(format!("needle `{}` is not on frame {at}", planned.label));
        } else if self.crf <= COARSEST_OF_BLOCKS {
            let worst = worst_block(found, ideal, area);
            if worst < LEAST_BLOCK_PSNR {
                self.differ(format!(
                    "needle `{}` is not what was drawn on frame {at} ({worst:.1} dB)",
                    planned.label
                ));
            }
        }
    }
}

/// PSNR in decibels of the block within `area` that differs most, over luma and chroma.
fn worst_block(found: &Yuv, ideal: &Yuv, [x, y, w, h]: [u32; 4]) -> f64 {
    let mut worst: f64 = 100.0;
    for top in (y..y + h).step_by(BLOCK as usize) {
        for left in (x..x + w).step_by(BLOCK as usize) {
            let size = [BLOCK.min(x + w - left), BLOCK.min(y + h - top)];
            let (sum, count) = found.difference(ideal, [left, top, size[0], size[1]]);
            worst = worst.min(psnr(sum, count));
        }
    }
    worst
}

/// Copied packets as they ought to be, in decoding order.
struct Copies<'a> {
    /// First packet, haystack and first source packet of each copied segment; ascending.
    segments: Vec<(u64, u64, &'a Ready, u64)>,
    files: BTreeMap<&'a str, std::fs::File>,
    differences: Vec<String>,
}

impl<'a> Copies<'a> {
    fn new(timeline: &Timeline, ready: &'a BTreeMap<String, Ready>) -> Result<Self, Error> {
        let mut copies = Self { segments: Vec::new(), files: BTreeMap::new(), differences: Vec::new() };
        for segment in timeline.segments() {
            if let Segment::Copy { at, haystack, span } = segment {
                let source = &ready[haystack];
                copies.segments.push((*at, *at + span.count(), source, span.start()));
                let file = std::fs::File::open(&source.video.path)
                    .map_err(crate::files::Error::io("read", &source.video.path))?;
                copies.files.insert(&source.haystack.id, file);
            }
        }
        Ok(copies)
    }

    fn compare(&mut self, at: u64, data: &[u8]) -> Result<(), crate::media::Error> {
        let after = self.segments.partition_point(|segment| segment.0 <= at);
        let Some(&(start, end, source, first)) = after.checked_sub(1).map(|index| &self.segments[index])
        else {
            return Ok(());
        };
        if at < end {
            let file = &self.files[source.haystack.id.as_str()];
            if source.video.packet(file, first + at - start)? != data
                && self.differences.len() < MOST_DIFFERENCES
            {
                self.differences.push(format!("packet {at} is not equal to the haystack's"));
            }
        }
        Ok(())
    }
}
