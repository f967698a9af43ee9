//! Verification: is every frame what the plan says?
//!
//! In: a planned video and what was made of it. Out: a list of differences, empty where the file is right. The file is read through
//! FFmpeg's own demuxer, as every other program reads it; what it should be is made again from haystacks and needles.
//! Copied frames must be equal; encoded frames must be close to the ideal drawing, and in each needle's box closer to it
//! than to the same frame without the needle. A needle that is made to be hardly there may be lost on some frames, while it
//! fades for one, but not on all. Besides, each needle has to be told by detection on its frames, and not on those beside them,
//! where it is as clear as by default. One frame is held at a time, so memory does not grow with length.

use std::collections::BTreeMap;

use crate::media::decode::{FileReader, SpanReader};
use crate::media::input::Input;
use crate::media::mix::proof;
use crate::media::probe::{self, Contents};
use crate::media::sound;
use crate::media::yuv::{Yuv, differs_by_more, psnr};
use crate::needle::Library;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::compared::Compared;
use crate::render::presence::Watch;
use crate::render::ready::Ready;
use crate::render::segment::{FrameMaker, Views};
use crate::render::sounding;
use crate::render::subtitles;
use crate::render::timeline::{Run, Segment, Timeline};
use crate::spec::Task;

/// An encoded frame below 24 dB of luma PSNR against its ideal shows something else: settings down to the
/// coarsest that a spec allows stay above 27 dB on footage, and another frame of the same scene falls below 22 dB.
/// As a mean of squared differences: 65,025 / 10^2.4, in thousandths.
const MOST_DIFFERENCE: u64 = 258_869;
/// A block of a needle below 18.5 dB of PSNR shows something else, such as another letter: at the default
/// quality, right ones stay above 26 dB even among the hard edges of barcodes; wrong needles stay below 18 dB somewhere.
/// As a mean of squared differences: 65,025 / 10^1.85, in thousandths.
const MOST_BLOCK_DIFFERENCE: u64 = 918_502;
/// Beyond this constant rate factor, coarse encoding takes away as much of a block as another letter would.
const COARSEST_OF_BLOCKS: u8 = 24;
/// Side of the blocks of a needle that are compared each by itself, in pixels: about a letter's.
const BLOCK: u32 = 8;
/// Differences of one video that are listed.
const MOST_DIFFERENCES: usize = 10;

/// A frame of an insert, as it was found and as it ought to be.
pub(super) struct Seen {
    found: Yuv,
    ideal: Yuv,
}

/// A comparison under way.
pub(super) struct Comparison<'a> {
    video: &'a PlannedVideo,
    maker: &'a FrameMaker<'a>,
    crf: u8,
    differences: Vec<String>,
    compared: Compared,
    /// By needle that is made hard to see: squared distance of what was found to the frames without it less that to those with
    /// it, and the squared distance of the two, over all frames.
    found: BTreeMap<usize, (i64, u64)>,
    /// Looks for the needles too, where a whole video is read.
    watch: Option<Watch<'a>>,
}

/// Decodes a whole video, which is one of `task`, and compares every frame.
pub fn whole(
    video: &PlannedVideo,
    task: &Task,
    ready: &BTreeMap<String, Ready>,
    library: &Library,
    input: &Input,
) -> Result<(Compared, Vec<String>), Error> {
    let timeline = Timeline::new(video, |id| ready.get(id).map(|ready| &*ready.video))?;
    let maker = FrameMaker::new(video, ready, library)?;
    let mut comparison = Comparison::new(video, &maker, ready);
    // Of a black video, nothing is to be seen.
    if !video.is_black {
        comparison.watch = Some(Watch::new(video, task, library, comparison.crf)?);
    }
    comparison.contents(&probe::contents(input)?, ready, input)?;
    if let Some(difference) = subtitles::track_differs(input, video)? {
        comparison.differ(difference);
    }
    let mut reader = FileReader::open(input)?;
    for segment in timeline.segments() {
        if comparison.is_hopeless() {
            return Ok(comparison.end());
        }
        comparison.segment(segment, &mut reader)?;
    }
    if reader.next_frame()?.is_some() {
        comparison.differ(format!("frames follow frame {}, which should be the last", video.num_frames - 1));
    }
    if let Some(sound) = sounding::sound(video, &timeline, ready)? {
        let needles = sounding::needles(video, library, &sound)?;
        if !needles.is_empty() {
            let count = sound.packets(video.fps, video.num_frames);
            let (compared, differences) = proof::whole(&sound, count, &needles, input)?;
            comparison.compared.sound = compared;
            for difference in differences {
                comparison.differ(difference);
            }
        }
    }
    Ok(comparison.end())
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        video: &'a PlannedVideo,
        maker: &'a FrameMaker<'a>,
        ready: &BTreeMap<String, Ready>,
    ) -> Self {
        let compared = Compared::default();
        let crf = video.parts.first().map_or(0, |part| ready[&part.haystack].settings().crf);
        Self { video, maker, crf, differences: Vec::new(), compared, found: BTreeMap::new(), watch: None }
    }

    /// What was compared, and what differs.
    pub(super) fn end(mut self) -> (Compared, Vec<String>) {
        for (needle, (nearer, strength)) in std::mem::take(&mut self.found) {
            if is_lost(nearer, strength) {
                let label = &self.video.needles[needle].label;
                self.differ(format!(
                    "needle `{label}` was lost in encoding: raise its opacity or lower `video.quality`"
                ));
            }
        }
        if let Some(watch) = self.watch.take() {
            let (looked, told, differences) = watch.end();
            (self.compared.looked_frames, self.compared.told_frames) = (looked, told);
            for difference in differences {
                self.differ(difference);
            }
        }
        (self.compared, self.differences)
    }

    /// Whether so much differs that no more is listed.
    pub(super) fn is_hopeless(&self) -> bool {
        self.differences.len() >= MOST_DIFFERENCES
    }

    /// Notes a difference.
    pub(super) fn differ(&mut self, what: String) {
        if !self.is_hopeless() {
            self.differences.push(what);
        }
    }

    /// Compares what a file's header says with the plan.
    pub(super) fn contents(
        &mut self,
        found: &Contents,
        ready: &BTreeMap<String, Ready>,
        input: &Input,
    ) -> Result<(), Error> {
        let video = self.video;
        if found.video.len() as u64 != video.num_frames {
            self.differ(format!("it has {} frames, not {}", found.video.len(), video.num_frames));
        }
        if (found.width, found.height) != (video.width, video.height) {
            self.differ(format!(
                "it is {}x{}, not {}x{}",
                found.width, found.height, video.width, video.height
            ));
        }
        let tracks = video.parts.iter().filter_map(|part| ready[&part.haystack].audio.as_ref());
        let rate = tracks.map(|track| track.sample_rate).next().unwrap_or(sound::SILENT_RATE);
        let samples = video.fps.audio_sample(video.num_frames, rate);
        let expected = if video.audio { sound::packets_for(samples) } else { 0 };
        if found.audio.len() as u64 != expected {
            self.differ(format!("its sound has {} packets, not {expected}", found.audio.len()));
        }
        let size = input.size()?;
        let end = |&(place, bytes): &(u64, u32)| place + u64::from(bytes);
        if found.video.iter().chain(&found.audio).map(end).max().is_some_and(|end| end > size) {
            self.differ("it ends before its last packet does".to_owned());
        }
        Ok(())
    }

    /// Compares one segment with the frames that `reader` gives next.
    fn segment(&mut self, segment: &Segment, reader: &mut FileReader) -> Result<(), Error> {
        match segment {
            Segment::Copy { at, haystack, span } => {
                let mut source = SpanReader::open(&self.maker.haystack(haystack).video, *span)?;
                let (mut frame, mut differs) = (*at, None);
                while let Some(wanted) = source.next_frame()? {
                    let Some(found) = self.decoded(reader, frame)? else { return Ok(()) };
                    self.compared.equal_frames += 1;
                    // One difference stands for its segment; reading goes on, so that the next begins at its own frame.
                    if differs.is_none() && found != wanted {
                        differs = Some(frame);
                    }
                    frame += 1;
                }
                if let Some(frame) = differs {
                    // A frame that is shown later may be decoded before, and referred to.
                    let cause = source.damaged().map_or_else(String::new, |at| {
                        format!(": `{haystack}` is damaged, its frame {at} decodes with errors; leave it out, or re-encode it")
                    });
                    self.differ(format!("frame {frame} is not equal to the haystack's{cause}"));
                }
                Ok(())
            }
            Segment::Encode(runs) => runs.iter().try_for_each(|run| self.run(run, reader)),
            Segment::Rest { at, haystack, span } => {
                let (haystack, overlays) = (haystack.clone(), Vec::new());
                self.run(&Run::Haystack { at: *at, haystack, span: *span, overlays }, reader)
            }
            Segment::Black { at, count } => {
                let black = self.maker.black();
                for at in *at..at + count {
                    let Some(found) = self.decoded(reader, at)? else { return Ok(()) };
                    self.compare(at, &found, &black);
                }
                Ok(())
            }
        }
    }

    /// Compares one run with the frames that `reader` gives next.
    pub(super) fn run(&mut self, run: &Run, reader: &mut FileReader) -> Result<(), Error> {
        let mut ideal = self.maker.frames(run, true)?;
        let mut last = None;
        let mut at = run.at();
        while let Some(wanted) = ideal.next_frame()? {
            if !self.view((run, at), wanted, reader, &mut last)? {
                return Ok(());
            }
            at += 1;
        }
        Ok(())
    }

    /// Compares frame `at`, which is of `run`, with the one that `reader` gives next; `last` keeps what the frame before it was.
    /// `false` where no more of the run is to be compared.
    pub(super) fn view(
        &mut self,
        (run, at): (&Run, u64),
        wanted: Views,
        reader: &mut FileReader,
        last: &mut Option<Seen>,
    ) -> Result<bool, Error> {
        let (needles, is_still) = match run {
            Run::Haystack { overlays, .. } => (overlays, false),
            Run::Insert { needles, .. } => (needles, true),
        };
        let Some(found) = self.decoded(reader, at)? else { return Ok(false) };
        // Frames of an insert ought to be alike, unless it fades: one that is equal to the one before is as right as that.
        let is_again = |last: &Seen| last.found == found && last.ideal == wanted.drawn;
        if is_still && last.as_ref().is_some_and(is_again) {
            self.compared.encoded_frames += 1;
            self.compared.needle_frames += needles.len() as u64;
            return Ok(true);
        }
        self.compare(at, &found, &wanted.drawn);
        if let Some(bare) = &wanted.bare {
            for &needle in needles {
                self.compare_needle(at, needle, [&found, &wanted.drawn, bare]);
            }
        }
        *last = is_still.then_some(Seen { found, ideal: wanted.drawn });
        Ok(!self.is_hopeless())
    }

    /// The decoded frame `at`, with its time checked; a difference if there is none.
    fn decoded(&mut self, reader: &mut FileReader, at: u64) -> Result<Option<Yuv>, Error> {
        self.maker.go_on()?;
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
        if let Some(watch) = &mut self.watch {
            watch.look(at, &frame);
        }
        Ok(Some(frame))
    }

    fn compare(&mut self, at: u64, found: &Yuv, wanted: &Yuv) {
        let (sum, count) = found.luma_difference(wanted, [0, 0, found.width, found.height]);
        let quality = psnr(sum, count);
        self.compared.encoded_frames += 1;
        self.compared.worst_psnr = self.compared.worst_psnr.min(quality);
        if differs_by_more(sum, count, MOST_DIFFERENCE) {
            self.differ(format!("frame {at} is not what was drawn ({quality:.1} dB)"));
        }
    }

    fn compare_needle(&mut self, at: u64, needle: usize, [found, ideal, bare]: [&Yuv; 3]) {
        let planned = &self.video.needles[needle];
        let areas: Vec<[u32; 4]> =
            planned.drawn_places(at).iter().map(|place| [place.x, place.y, place.w, place.h]).collect();
        if areas.is_empty() {
            return;
        }
        let difference = |one: &Yuv, other: &Yuv| {
            let parts = areas.iter().map(|&area| one.difference(other, area));
            parts.fold((0, 0), |(sum, count), part| (sum + part.0, count + part.1))
        };
        let ((to_ideal, _), (to_bare, _)) = (difference(found, ideal), difference(found, bare));
        self.compared.needle_frames += 1;
        let (strength, count) = difference(ideal, bare);
        if !planned.effects.is_none() {
            let (nearer, whole) = self.found.entry(needle).or_default();
            *nearer += to_bare as i64 - to_ideal as i64;
            *whole += strength;
        }
        if to_ideal >= to_bare && !planned.effects.is_none() && is_faint(self.crf, strength, count) {
            self.compared.lost_frames += 1;
        } else if to_ideal >= to_bare {
            self.differ(format!("needle `{}` is not on frame {at}", planned.label));
        } else if self.crf <= COARSEST_OF_BLOCKS {
            let (sum, count) = worst_block(found, ideal, &areas);
            if differs_by_more(sum, count, MOST_BLOCK_DIFFERENCE) {
                let worst = psnr(sum, count);
                self.differ(format!(
                    "needle `{}` is not what was drawn on frame {at} ({worst:.1} dB)",
                    planned.label
                ));
            }
        }
    }
}

/// Whether encoding has taken a needle away: what was found is nearer to the frames with it than to those without by less than a
/// quarter of what it changes them by. What is kept whole is nearer by all of it; a quarter is more than chance makes of what is lost.
pub(super) fn is_lost(nearer: i64, strength: u64) -> bool {
    strength == 0 || nearer * 4 < strength as i64
}

/// Whether encoding may lose what changes `count` samples by so much, a sum of squares: by less than half a step of the
/// quantiser on average. Its steps are those that the scaling of ITU-T H.264 amounts to (section 8.5): six sizes, doubled
/// with every six of the parameter.
pub(super) fn is_faint(crf: u8, sum: u64, count: u64) -> bool {
    const SIXTEENTHS: [u64; 6] = [10, 11, 13, 14, 16, 18];
    let step = SIXTEENTHS[usize::from(crf % 6)] << (crf / 6);
    sum * 32 * 32 < count * step * step
}

/// The block within `areas` that differs most, over luma and chroma: its sum of squared differences and its samples.
fn worst_block(found: &Yuv, ideal: &Yuv, areas: &[[u32; 4]]) -> (u64, u64) {
    let mut worst = (0, 1);
    for &[x, y, w, h] in areas {
        for top in (y..y + h).step_by(BLOCK as usize) {
            for left in (x..x + w).step_by(BLOCK as usize) {
                let size = [BLOCK.min(x + w - left), BLOCK.min(y + h - top)];
                let (sum, count) = found.difference(ideal, [left, top, size[0], size[1]]);
                if u128::from(sum) * u128::from(worst.1) > u128::from(worst.0) * u128::from(count) {
                    worst = (sum, count);
                }
            }
        }
    }
    worst
}
