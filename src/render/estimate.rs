//! What videos will cost before they are made: frames to encode, and bytes.
//!
//! In: surveyed haystacks, a cache. Out: for each planned video the frames that rendering will encode, from the same timeline
//! as rendering, and an estimate of its bytes. Frames are exact: where packets of a haystack can be cut is known of one that
//! is used as it is, and follows from the settings for one that will be prepared. Bytes are exact where a haystack's packets
//! are there to be counted, and come from a trial of its encoding elsewhere.

use std::borrow::Cow;
use std::fs;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::digest;
use crate::haystack::{AudioForm, SceneRecipe};
use crate::job::Stage;
use crate::media::colour::{self, Matrix};
use crate::media::encode::Settings;
use crate::media::index::VideoTrack;
use crate::media::prepare;
use crate::media::sound::{PACKET_SAMPLES, SILENT_RATE};
use crate::media::trial::{self, Sizes, Sums};
use crate::plan::{PlannedVideo, VideoCost};
use crate::render::Error;
use crate::render::fingerprint::Fingerprint;
use crate::render::haystacks::Preparation;
use crate::render::probed;
use crate::render::ready::AS_IS_B_FRAMES;
use crate::render::record;
use crate::render::surveyed::{Surveyed, Surveying};
use crate::render::timeline::{Cuts, Run, Segment, Timeline};
use crate::scene::Scene;
use crate::time::FrameSpan;
use crate::wording;

/// Raised whenever a trial of the same source would give other sizes.
const VERSION: u32 = 1;
/// GOPs that the trials of one plan encode together, about: some seconds of work.
const MOST_TRIALS: u64 = 24;
/// GOPs that are tried of one source, at most.
const MOST_PLACES: u64 = 3;
/// Bytes of a file that do not grow with it, and those for each packet: its size, and its part of tables of chunks.
const HEADER_BYTES: u64 = 900;
const PACKET_BYTES: u64 = 4;
/// The time at which a packet is shown, where that is not the order in which it is decoded.
const SHIFT_BYTES: u64 = 8;
/// Bytes of a recipe that do not grow with it, and those of its line for each encoded packet.
const RECIPE_BYTES: u64 = 900;
const RECIPE_PACKET_BYTES: u64 = 15;
/// Bytes of a packet into which a needle is mixed, of one channel and of two: what FFmpeg's encoder makes of tones and noise.
const MIXED_BYTES: u64 = 500;
const MIXED_STEREO_BYTES: u64 = 720;
/// Bytes of a packet of silence.
const SILENT_BYTES: u64 = 7;
/// Bytes of a frame that shows the same as the one before it.
const STILL_BYTES: u64 = 40;

/// What is known of all haystacks.
pub struct Costs<'a> {
    footage: IndexMap<String, Footage<'a>>,
}

/// What is known of one haystack's packets.
struct Footage<'a> {
    cuts: Known<'a>,
    /// Bytes of all packets before each, in decoding order; empty where there are none to be counted.
    before: Vec<u64>,
    /// What its frames take when they are encoded.
    encoded: Sizes,
    /// Bytes that the header takes for each frame.
    header: u64,
    /// Mean size of a packet of its sound.
    sound: Option<(AudioForm, u64)>,
}

/// Where its packets can be cut.
enum Known<'a> {
    /// They are there.
    Track(Cow<'a, VideoTrack>),
    /// They will be, with keyframes at equal distances and no frame that is decoded out of order.
    Regular { frames: u64, gop: u64 },
}

impl Cuts for Footage<'_> {
    fn frames(&self) -> u64 {
        match &self.cuts {
            Known::Track(track) => track.frames(),
            Known::Regular { frames, .. } => *frames,
        }
    }

    fn copyable(&self, span: FrameSpan) -> Option<FrameSpan> {
        match &self.cuts {
            Known::Track(track) => track.copyable(span),
            Known::Regular { gop, .. } => FrameSpan::new(span.start().next_multiple_of(*gop), span.end()),
        }
    }

    fn second(&self, frame: u64) -> Option<FrameSpan> {
        match &self.cuts {
            Known::Track(track) => track.second(frame),
            // No GOP is longer than a second, so none of a cut one is left.
            Known::Regular { .. } => None,
        }
    }
}

impl Footage<'_> {
    /// Bytes of frames that are copied.
    fn copied(&self, span: FrameSpan) -> u64 {
        let (start, end) = (span.start(), span.end());
        match &self.cuts {
            Known::Track(_) => self.before[end as usize] - self.before[start as usize],
            Known::Regular { gop, .. } => {
                let keys = end.div_ceil(*gop) - start.div_ceil(*gop);
                keys * self.encoded.key + (span.count() - keys) * self.encoded.other
            }
        }
    }
}

impl<'a> Costs<'a> {
    /// Finds out what is known of haystacks. A few GOPs of those that are not prepared yet are encoded,
    /// and what they took is kept in the cache.
    pub fn new(preparation: &Preparation, surveyed: &'a [Surveyed]) -> Result<Self, Error> {
        let stage = preparation.job.start(Stage::Estimate, surveyed.len() as u64);
        // Of many haystacks, those at equal distances are tried, and stand for the ones behind them.
        let every = surveyed.len().div_ceil(MOST_TRIALS as usize).max(1);
        let places = (MOST_TRIALS / surveyed.len().max(1) as u64).clamp(1, MOST_PLACES);
        let tried: Vec<Option<Sizes>> = surveyed
            .par_iter()
            .enumerate()
            .map(|(at, of)| {
                preparation.job.go_on()?;
                let sizes = if at % every == 0 { tried(preparation, of, places)? } else { None };
                stage.advance(&of.haystack.id);
                Ok(sizes)
            })
            .collect::<Result<_, Error>>()?;
        let mut footage = IndexMap::with_capacity(surveyed.len());
        let mut last = None;
        for (of, tried) in surveyed.iter().zip(tried) {
            let pixels = u64::from(of.target.width) * u64::from(of.target.height);
            let (sizes, of_pixels) =
                tried.map(|sizes| (sizes, pixels)).or(last).unwrap_or((guessed(pixels), pixels));
            last = Some((sizes, of_pixels));
            let scale =
                |bytes: u64| (u128::from(bytes) * u128::from(pixels) / u128::from(of_pixels.max(1))) as u64;
            let encoded = Sizes { key: scale(sizes.key), other: scale(sizes.other) };
            footage.insert(of.haystack.id.clone(), Footage::new(preparation, of, encoded));
        }
        stage
            .finish(&format!("estimated what videos of {} take", wording::count(surveyed.len(), "haystack")));
        Ok(Self { footage })
    }

    /// What a video will cost.
    pub fn of(&self, video: &PlannedVideo) -> Result<VideoCost, Error> {
        if video.is_none() {
            return Ok(VideoCost::default());
        }
        let timeline = Timeline::new(video, |id| self.footage.get(id))?;
        let (mut copied, mut encoded, mut header) = (0, 0, HEADER_BYTES);
        for segment in timeline.segments() {
            match segment {
                Segment::Copy { haystack, span, .. } => copied += self.footage[haystack].copied(*span),
                Segment::Encode(runs) => encoded += self.encoded(runs),
                Segment::Rest { haystack, span, .. } => {
                    let Sizes { key, other } = self.footage[haystack].encoded;
                    encoded += key + (span.count() - 1) * other;
                }
                Segment::Black { count, .. } => encoded += count * STILL_BYTES,
            }
        }
        let sound = if video.audio { self.sound(video) } else { 0 };
        let mixed = self.mixed(video);
        for part in &video.parts {
            header += self.footage[&part.haystack].header * part.span.count();
        }
        let encoded_frames = timeline.encoded_frames();
        Ok(VideoCost {
            encoded_frames,
            copied_bytes: copied + sound,
            bytes: copied + sound + mixed + encoded + header,
            recipe_bytes: encoded + mixed + RECIPE_BYTES + encoded_frames * RECIPE_PACKET_BYTES,
        })
    }

    /// Bytes of a segment: it starts with a keyframe, as does an insert, and what follows one.
    fn encoded(&self, runs: &[Run]) -> u64 {
        let (mut bytes, mut is_new) = (0, true);
        for run in runs {
            match run {
                Run::Haystack { haystack, span, .. } => {
                    let Sizes { key, other } = self.footage[haystack].encoded;
                    bytes += span.count() * other;
                    if is_new {
                        bytes += key.saturating_sub(other);
                    }
                    is_new = false;
                }
                Run::Insert { count, beside: (haystack, _), .. } => {
                    // A picture on a plain ground takes about half of what a frame of footage does.
                    bytes += self.footage[haystack].encoded.key / 2 + (count - 1) * STILL_BYTES;
                    is_new = true;
                }
            }
        }
        bytes
    }

    /// Bytes of a video's sound, with their part of the header; silence takes next to nothing.
    fn sound(&self, video: &PlannedVideo) -> u64 {
        let of_part = |(haystack, frames): (&str, u64)| {
            let Some((form, bytes)) = self.footage[haystack].sound else { return 0 };
            let packets = video.fps.audio_sample(frames, form.sample_rate) / PACKET_SAMPLES;
            packets * (bytes + PACKET_BYTES)
        };
        if self.form(video).is_none() {
            let samples = video.fps.audio_sample(video.num_frames, SILENT_RATE);
            return samples / PACKET_SAMPLES * (SILENT_BYTES + PACKET_BYTES);
        }
        video.parts.iter().map(|part| of_part((&part.haystack, part.span.count()))).sum()
    }

    /// The form of a video's sound, where a haystack has any.
    fn form(&self, video: &PlannedVideo) -> Option<AudioForm> {
        video.parts.iter().find_map(|part| Some(self.footage[&part.haystack].sound?.0))
    }

    /// Bytes of the packets into which needles are mixed.
    fn mixed(&self, video: &PlannedVideo) -> u64 {
        let (rate, channels) =
            self.form(video).map_or((SILENT_RATE, 1), |form| (form.sample_rate, form.channels));
        let heard = video.needles.iter().filter(|needle| needle.look.loudness().is_some());
        let packets =
            heard.map(|needle| video.fps.audio_sample(needle.span.count(), rate) / PACKET_SAMPLES + 2);
        packets.sum::<u64>() * if channels == 1 { MIXED_BYTES } else { MIXED_STEREO_BYTES }
    }
}

impl<'a> Footage<'a> {
    fn new(preparation: &Preparation, of: &'a Surveyed, encoded: Sizes) -> Self {
        let form = &of.haystack.form;
        let known = as_is(of).map(Cow::Borrowed).or_else(|| prepared(preparation, of).map(Cow::Owned));
        let mut before = Vec::new();
        let mut header = PACKET_BYTES;
        let mut sizes = encoded;
        let cuts = match known {
            Some(track) => {
                let (mut sum, mut sums) = (0, Sums::default());
                before.push(0);
                for (size, is_key) in track.sizes() {
                    sum += u64::from(size);
                    before.push(sum);
                    sums.add(is_key, u64::from(size));
                }
                if track.delay() > 0 {
                    header += SHIFT_BYTES;
                }
                // What was prepared says best what its settings give.
                if let Some(means) = sums.means().filter(|_| matches!(track, Cow::Owned(_))) {
                    sizes = means;
                }
                Known::Track(track)
            }
            None => Known::Regular { frames: form.frames, gop: form.gop.max(1) },
        };
        let sound = form.audio.map(|form| (form, sound(preparation, of, form)));
        Footage { cuts, before, encoded: sizes, header, sound }
    }
}

/// The packets of a haystack that is used as it is.
fn as_is(of: &Surveyed) -> Option<&VideoTrack> {
    let Surveying::File(source) = &of.origin else { return None };
    source.as_is.as_ref().ok().filter(|_| of.reasons.is_empty())
}

/// What the prepared form of a haystack is called in the cache.
fn fingerprint(of: &Surveyed) -> Fingerprint {
    let revised = match &of.origin {
        Surveying::File(source) => source.revised.pictures,
        Surveying::Scene(_) => false,
    };
    Fingerprint::of(&of.haystack.sha256, of.target, revised)
}

/// The packets of a haystack that was prepared before. Nothing is held meanwhile: a file that goes away is none.
fn prepared(preparation: &Preparation, of: &Surveyed) -> Option<VideoTrack> {
    let path = fingerprint(of).path(&preparation.cache);
    let probed =
        path.exists().then(|| probed::source(&preparation.cache, &preparation.job, &path).ok()).flatten()?;
    prepare::open(&path, probed).ok().filter(|track| track.frames() == of.haystack.form.frames)
}

/// Mean size of a packet of a haystack's sound: counted, or what the encoder is set to.
fn sound(preparation: &Preparation, of: &Surveyed, form: AudioForm) -> u64 {
    let Surveying::File(source) = &of.origin else { return 0 };
    if let (Some((_, Ok(track))), None) = (&source.audio, &of.sound_reason) {
        return track.mean_bytes();
    }
    let secs = |bytes: u64| (bytes * PACKET_SAMPLES).div_ceil(u64::from(form.sample_rate.max(1)));
    let path = preparation.sound_path(source, form.channels, &of.haystack.sha256);
    let fps = of.haystack.form.fps;
    match fs::metadata(path) {
        Ok(file) => {
            let samples = fps.audio_sample(of.haystack.form.frames, form.sample_rate).max(1);
            (u128::from(file.len()) * u128::from(PACKET_SAMPLES) / u128::from(samples)) as u64
        }
        Err(_) => secs(crate::media::sound::BITS_A_CHANNEL as u64 / 8 * u64::from(form.channels)),
    }
}

/// What frames of a haystack take once encoded, from the cache or from a trial; nothing where its prepared file tells.
fn tried(preparation: &Preparation, of: &Surveyed, places: u64) -> Result<Option<Sizes>, Error> {
    let fingerprint = fingerprint(of);
    if fingerprint.path(&preparation.cache).exists() {
        return Ok(None);
    }
    let mut settings = of.target.settings();
    if as_is(of).is_some_and(|track| track.delay() > 0) {
        settings.b_frames = AS_IS_B_FRAMES;
    }
    let key = digest::of_value(&("trial", VERSION, &fingerprint, settings.b_frames, places));
    let place = preparation.cache.join(record::DIR).join(key);
    let known = record::read::<Sizes>(&place);
    if known.is_some() {
        return Ok(known);
    }
    let found = match &of.origin {
        // Preparing says what is wrong with a source that cannot be decoded.
        Surveying::File(source) => trial::of_source(source, settings, places).unwrap_or_default(),
        Surveying::Scene(recipe) => of_scene(recipe, settings, of.haystack.form.frames)?,
    };
    if let Some(sizes) = &found {
        record::keep(&preparation.cache, &preparation.job, &place, None, sizes);
    }
    Ok(found)
}

/// Tries the GOP in the middle of a scene.
fn of_scene(recipe: &SceneRecipe, settings: Settings, frames: u64) -> Result<Option<Sizes>, Error> {
    let Settings { width, height, fps, gop, .. } = settings;
    let Some(scene) = Scene::new(&recipe.name, recipe.seed, width, height, fps, frames) else {
        return Ok(None);
    };
    let start = frames.saturating_sub(gop) / 2;
    let frames: Vec<_> = (start..frames.min(start + gop))
        .into_par_iter()
        .map(|at| colour::yuv_of_rgb(&scene.frame(at), Matrix::Bt709))
        .collect();
    let mut sums = Sums::default();
    sums.add_run(&trial::encoded(&frames, settings)?);
    Ok(sums.means())
}

/// Sizes of frames of ordinary footage at the default quality, where nothing could be tried.
fn guessed(pixels: u64) -> Sizes {
    Sizes { key: pixels / 15, other: pixels / 120 }
}
