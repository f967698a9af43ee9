//! What a plan amounts to, before anything is rendered.
//!
//! In: a planner, sizes of haystacks as far as they are known. Out: counts of samples, frames and bytes, per type and in all,
//! and the time that it takes. Frames to encode are exact where keyframes stand at equal distances, as in prepared
//! haystacks; bytes and time are estimates.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::question::Control;

use super::{Mode, PlannedVideo, Planner};

/// What a plan amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Questions, each about its own video.
    pub samples: u64,
    /// Rows of `metadata.jsonl`: one a try.
    pub rows: u64,
    /// Cells of the grid over all types; one a type without a grid.
    pub cells: u64,
    /// Length of all videos in milliseconds.
    pub millis: u64,
    /// Frames of all videos.
    pub frames: u64,
    /// Frames that have to be encoded; all others are copied as they are.
    pub encoded_frames: u64,
    /// Estimated size of all videos.
    pub bytes: u64,
    /// Estimated size of all videos as recipes, which hold what is encoded.
    pub recipe_bytes: u64,
    /// Estimated processor time of making all videos, haystacks being prepared, in milliseconds.
    pub cpu_millis: u64,
    /// The same per type, in the order of the spec.
    pub types: Vec<TypeSummary>,
    /// Controls that are made beside it, each of as many samples; they are in no other figure.
    pub controls: Vec<Control>,
    /// Everything a user should know of the plan: one sentence each.
    pub warnings: Vec<String>,
}

/// What a plan amounts to for one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TypeSummary {
    /// The type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its questions.
    pub samples: u64,
    /// Its needles.
    pub needles: u64,
    /// Frames of its videos.
    pub frames: u64,
    /// Frames of its videos that have to be encoded.
    pub encoded_frames: u64,
}

/// Bits that x264 spends on a thousand pixels of ordinary footage at a constant rate factor of 20; measured files lie
/// between a third and three times of it.
const BITS_PER_1000_PIXELS: u64 = 80;
/// What one step of the constant rate factor up leaves of the bits, in per-mille: six steps halve them.
const STEP_PERMILLE: u64 = 891;

/// Processor time of encoding a frame, with its share of decoding and checking, in nanoseconds a pixel; of copying a byte,
/// reading it back and digesting it, in picoseconds; and of each video besides, in milliseconds. From the samples of 1, 10
/// and 60 minutes at two sizes in `docs/benchmarks.md`; machines differ by more than the fit.
const ENCODE_NANOS_A_PIXEL: u64 = 9;
const COPY_PICOS_A_BYTE: u64 = 2_500;
const VIDEO_MILLIS: u64 = 20;

/// Plans all samples and adds them up. `sizes` has the bytes of the haystacks that are known, by id.
pub fn summary(planner: &Planner<'_>, sizes: &BTreeMap<String, u64>) -> Summary {
    let mut types: Vec<TypeSummary> = Vec::new();
    let mut total = Summary {
        cells: planner.cells(),
        controls: planner.spec().controls().to_vec(),
        warnings: planner.warnings().to_vec(),
        ..Summary::default()
    };
    let gops: BTreeMap<&str, (u64, u64)> = planner
        .haystacks()
        .iter()
        .map(|haystack| (haystack.id.as_str(), (haystack.form.gop.max(1), haystack.form.frames)))
        .collect();
    let bits = bits_per_1000_pixels(planner.spec().wanted().crf);
    let mut picos = 0_u128;
    for sample in planner.samples() {
        let video = &sample.video;
        let encoded = encoded_frames(video, &gops);
        let (num, den) = (u128::from(video.fps.num()), u128::from(video.fps.den()));
        total.samples += 1;
        total.rows += sample.options.len() as u64;
        total.millis += (u128::from(video.num_frames) * den * 1000 / num) as u64;
        total.frames += video.num_frames;
        total.encoded_frames += encoded;
        let pixels = u64::from(video.width) * u64::from(video.height);
        let guess = |frames: u64| (u128::from(frames * pixels) * u128::from(bits) / 8000) as u64;
        let copied: u64 = video
            .parts
            .iter()
            .map(|part| match (sizes.get(&part.haystack), gops.get(part.haystack.as_str())) {
                (Some(&bytes), Some(&(_, frames))) => {
                    (u128::from(bytes) * u128::from(part.span.count()) / u128::from(frames.max(1))) as u64
                }
                _ => guess(part.span.count()),
            })
            .sum();
        let inserted = video.num_frames - video.parts.iter().map(|part| part.span.count()).sum::<u64>();
        total.bytes += copied + guess(inserted);
        total.recipe_bytes += guess(encoded);
        picos += u128::from(encoded * pixels * ENCODE_NANOS_A_PIXEL) * 1000
            + u128::from(copied * COPY_PICOS_A_BYTE)
            + u128::from(VIDEO_MILLIS) * 1_000_000_000;
        if types.last().is_none_or(|last| last.kind != sample.kind) {
            types.push(TypeSummary { kind: sample.kind.clone(), ..TypeSummary::default() });
        }
        if let Some(of) = types.last_mut() {
            of.samples += 1;
            of.needles += video.needles.len() as u64;
            of.frames += video.num_frames;
            of.encoded_frames += encoded;
        }
    }
    total.types = types;
    total.cpu_millis = (picos / 1_000_000_000) as u64;
    total
}

fn bits_per_1000_pixels(crf: u8) -> u64 {
    let mut bits = BITS_PER_1000_PIXELS * 1000;
    for _ in 20..crf {
        bits = bits * STEP_PERMILLE / 1000;
    }
    for _ in crf..20 {
        bits = bits * 1000 / STEP_PERMILLE;
    }
    bits.div_ceil(1000)
}

/// Frames of needles, and of groups of pictures that a needle or a cut lies in.
fn encoded_frames(video: &PlannedVideo, gops: &BTreeMap<&str, (u64, u64)>) -> u64 {
    // Frames of the joined haystacks that have to be encoded, as half-open pairs.
    let mut touched: Vec<(u64, u64)> = Vec::new();
    let mut inserted = 0;
    let mut cuts = Vec::new();
    let mut drawn = Vec::new();
    let mut last_clip = None;
    for needle in &video.needles {
        if last_clip == Some(needle.span) {
            continue;
        }
        last_clip = Some(needle.span);
        let start = needle.span.start() - inserted;
        match needle.mode {
            Mode::Insert => {
                cuts.push(start);
                inserted += needle.span.count();
            }
            Mode::Overlay => drawn.push((start, start + needle.span.count())),
        }
    }
    let mut offset = 0;
    for part in &video.parts {
        let (gop, frames) = gops.get(part.haystack.as_str()).copied().unwrap_or((1, u64::MAX));
        let (start, end) = (part.span.start(), part.span.end());
        let mut touch = |from: u64, to: u64| {
            let (from, to) = ((from / gop * gop).max(start), to.div_ceil(gop).saturating_mul(gop).min(end));
            touched.push((from - start + offset, to - start + offset));
        };
        if !start.is_multiple_of(gop) {
            touch(start, start + 1);
        }
        if !end.is_multiple_of(gop) && end != frames {
            touch(end - 1, end);
        }
        let local = |position: u64| position.checked_sub(offset).map(|at| at + start).filter(|&at| at < end);
        for at in
            cuts.iter().filter_map(|&cut| local(cut)).filter(|&at| at > start && !at.is_multiple_of(gop))
        {
            touch(at, at + 1);
        }
        for &(from, to) in &drawn {
            let (from, to) = (from.max(offset), to.min(offset + part.span.count()));
            if from < to {
                touch(from - offset + start, to - offset + start);
            }
        }
        offset += part.span.count();
    }
    touched.sort_unstable();
    let (mut sum, mut reached) = (inserted, 0);
    for (from, to) in touched {
        sum += to.saturating_sub(from.max(reached));
        reached = reached.max(to);
    }
    sum
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<16} {:>9} {:>9} {:>12} {:>9}", "type", "samples", "needles", "frames", "encoded")?;
        for of in &self.types {
            writeln!(
                f,
                "{:<16} {:>9} {:>9} {:>12} {:>8}%",
                of.kind,
                of.samples,
                of.needles,
                of.frames,
                percent(of.encoded_frames, of.frames)
            )?;
        }
        writeln!(f)?;
        writeln!(f, "{} samples, {} rows, {} cells", self.samples, self.rows, self.cells)?;
        writeln!(
            f,
            "{} of video, {} frames, {}% of them to encode",
            Clock(self.millis),
            self.frames,
            percent(self.encoded_frames, self.frames),
        )?;
        writeln!(
            f,
            "about {} MB, or {} MB as recipes; about {} of processor time once haystacks are prepared",
            self.bytes.div_ceil(1_000_000),
            self.recipe_bytes.div_ceil(1_000_000),
            Clock(self.cpu_millis)
        )?;
        if !self.controls.is_empty() {
            let names: Vec<&str> = self.controls.iter().map(|control| control.name()).collect();
            writeln!(f, "beside it, and not counted here, as many samples each: {}", names.join(", "))?;
        }
        self.warnings.iter().try_for_each(|warning| writeln!(f, "note: {warning}"))
    }
}

/// A share with one decimal, rounded half up.
fn percent(part: u64, whole: u64) -> String {
    let whole = u128::from(whole.max(1));
    let permille = (u128::from(part) * 2000 + whole) / (2 * whole);
    format!("{}.{}", permille / 10, permille % 10)
}

/// Hours, minutes and seconds.
struct Clock(u64);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = (self.0 + 500) / 1000;
        let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
        match (hours, minutes) {
            (0, 0) => write!(f, "{secs} s"),
            (0, _) => write!(f, "{minutes} min {secs} s"),
            _ => write!(f, "{hours} h {minutes} min"),
        }
    }
}
