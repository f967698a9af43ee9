//! What a plan amounts to, before anything is rendered.
//!
//! In: a planner, and what each of its videos will cost. Out: counts of samples, frames and bytes, per type and in all, and the
//! time that it takes. Frames are exact; bytes and time are estimates.

use std::fmt;

use rayon::prelude::*;
use serde::Serialize;

use crate::question::Control;
use crate::wording;

use super::{PlannedVideo, Planner, VideoPlan};

/// What a plan amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Videos.
    pub videos: u64,
    /// Questions about them.
    pub samples: u64,
    /// Rows of `metadata.jsonl`: one a try.
    pub rows: u64,
    /// Cells of the grid over all types; one a type without a grid.
    pub cells: u64,
    /// Whether the spec has a grid, so that its cells mean something.
    #[serde(skip)]
    pub has_grid: bool,
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
    /// The same in picoseconds, while it is added up.
    #[serde(skip)]
    cpu_picos: u128,
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
    /// Its rows of `metadata.jsonl`.
    pub rows: u64,
    /// Its needles.
    pub needles: u64,
    /// Frames of its videos.
    pub frames: u64,
    /// Frames of its videos that have to be encoded.
    pub encoded_frames: u64,
}

/// Processor time of encoding a frame, with its share of decoding and checking, in nanoseconds a pixel; of copying a byte,
/// reading it back and digesting it, in picoseconds; and of each video besides, in milliseconds. From the samples of 1, 10
/// and 60 minutes at two sizes in `docs/benchmarks.md`; machines differ by more than the fit.
const ENCODE_NANOS_A_PIXEL: u64 = 9;
const COPY_PICOS_A_BYTE: u64 = 2_500;
const VIDEO_MILLIS: u64 = 20;

/// What a video will cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VideoCost {
    /// Frames that have to be encoded, exact.
    pub encoded_frames: u64,
    /// Bytes that are copied from haystacks.
    pub copied_bytes: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Size of its recipe.
    pub recipe_bytes: u64,
}

/// Videos that are planned on one thread before they are added up.
const CHUNK: u64 = 1024;

/// Plans all videos and adds them up; `cost` knows what a video will cost.
pub fn summary<E: Send>(
    planner: &Planner,
    cost: impl Fn(&PlannedVideo) -> Result<VideoCost, E> + Sync,
) -> Result<Summary, E> {
    let chunks = (0..chunks(planner)).into_par_iter().map(|at| chunk(planner, at, &cost, |_| {}));
    let chunks: Vec<Summary> = chunks.collect::<Result<_, E>>()?;
    let mut total = Summary::without_videos(planner);
    for chunk in chunks {
        total.add(chunk);
    }
    Ok(total)
}

/// How many chunks of videos there are.
pub(super) fn chunks(planner: &Planner) -> u64 {
    planner.len().div_ceil(CHUNK)
}

/// Plans the videos of a chunk, shows each to `see`, and adds them up.
pub(super) fn chunk<E>(
    planner: &Planner,
    at: u64,
    cost: impl Fn(&PlannedVideo) -> Result<VideoCost, E>,
    mut see: impl FnMut(&VideoPlan),
) -> Result<Summary, E> {
    let mut summary = Summary::default();
    for index in at * CHUNK..planner.len().min((at + 1) * CHUNK) {
        let planned = planner.video(index);
        see(&planned);
        summary.add_video(&planned, cost(&planned.video)?);
    }
    Ok(summary)
}

impl Summary {
    /// What does not depend on the videos.
    pub(super) fn without_videos(planner: &Planner) -> Self {
        Self {
            cells: planner.cells(),
            has_grid: planner.spec().grid().is_some(),
            controls: planner.spec().controls().to_vec(),
            warnings: planner.warnings().to_vec(),
            ..Self::default()
        }
    }

    fn add_video(&mut self, planned: &VideoPlan, cost: VideoCost) {
        let video = &planned.video;
        let (num, den) = (u128::from(video.fps.num()), u128::from(video.fps.den()));
        let needles = video.needles.len() as u64;
        let (samples, rows) = (planned.questions.len() as u64, planned.rows());
        self.videos += 1;
        self.samples += samples;
        self.rows += rows;
        self.millis += (u128::from(video.num_frames) * den * 1000 / num) as u64;
        self.frames += video.num_frames;
        self.encoded_frames += cost.encoded_frames;
        self.bytes += cost.bytes;
        self.recipe_bytes += cost.recipe_bytes;
        let pixels = u64::from(video.width) * u64::from(video.height);
        self.cpu_picos += u128::from(cost.encoded_frames) * u128::from(pixels * ENCODE_NANOS_A_PIXEL) * 1000
            + u128::from(cost.copied_bytes) * u128::from(COPY_PICOS_A_BYTE)
            + u128::from(VIDEO_MILLIS) * 1_000_000_000;
        self.add_type(TypeSummary {
            kind: planned.questions[0].kind.clone(),
            samples,
            rows,
            needles,
            frames: video.num_frames,
            encoded_frames: cost.encoded_frames,
        });
    }

    /// Adds what follows.
    pub(super) fn add(&mut self, next: Self) {
        self.videos += next.videos;
        self.samples += next.samples;
        self.rows += next.rows;
        self.millis += next.millis;
        self.frames += next.frames;
        self.encoded_frames += next.encoded_frames;
        self.bytes += next.bytes;
        self.recipe_bytes += next.recipe_bytes;
        self.cpu_picos += next.cpu_picos;
        self.cpu_millis = (self.cpu_picos / 1_000_000_000) as u64;
        for of in next.types {
            self.add_type(of);
        }
    }

    /// Adds to a type, or begins another.
    fn add_type(&mut self, next: TypeSummary) {
        match self.types.iter_mut().rfind(|known| known.kind == next.kind) {
            Some(known) => {
                known.samples += next.samples;
                known.rows += next.rows;
                known.needles += next.needles;
                known.frames += next.frames;
                known.encoded_frames += next.encoded_frames;
            }
            None => self.types.push(next),
        }
    }

    /// Questions, tries and rows; cells where there is a grid.
    fn counted(&self) -> String {
        let Self { samples, rows, cells, .. } = *self;
        let tries = rows.checked_div(samples).unwrap_or(0);
        let is_even = self.types.iter().all(|of| of.rows == of.samples * tries);
        let asked = if is_even {
            let [samples, tries, rows] = [(samples, "question"), (tries, "try"), (rows, "row")]
                .map(|(number, noun)| wording::count(number, noun));
            format!("{samples} x {tries} = {rows}")
        } else {
            let [samples, rows] =
                [(samples, "question"), (rows, "row")].map(|(number, noun)| wording::count(number, noun));
            format!("{samples}, each asked once for each of its options: {rows}")
        };
        if self.has_grid {
            format!("{asked}; cells (a type at a length and a depth): {cells}")
        } else {
            asked
        }
    }
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
        writeln!(f, "{}", self.counted())?;
        writeln!(
            f,
            "{} of video, {}, {}% of them to encode",
            Clock(self.millis),
            wording::count(self.frames, "frame"),
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
