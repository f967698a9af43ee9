//! `vniah sampler`: which frames a sampler takes.
//!
//! In: samplers, a number of frames and a frame rate. Out: frame indices, or, without a sampler, the table of all.

use std::collections::BTreeMap;

use serde::Serialize;

use super::exit::{Exit, Failure};
use super::print::{json, put, table};
use crate::sampler::{CATALOGUE, Resize, Sampler, guaranteed_frames, split_list};
use crate::time::FrameRate;

/// Print the frames that a sampler takes from a video, or list all samplers.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Samplers, such as `linspace(64)` or `fps:1,max=64`. Without any, all samplers are listed.
    samplers: Vec<String>,
    /// Number of frames in the video.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    frames: Option<u64>,
    /// Frame rate of the video, such as `25`, `29.97` or `30000/1001`.
    #[arg(long, value_name = "F")]
    fps: Option<FrameRate>,
    /// Size of the video, such as `1280x720`. Adds the frame size and the number of tokens that the model gets.
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(u32, u32)>,
    /// How to resize frames [default: as the sampler's library does].
    #[arg(long, value_name = "RESIZE")]
    resize: Option<Resize>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Reads `1280x720`.
fn size(text: &str) -> Result<(u32, u32), String> {
    let side = |text: &str| text.trim().parse::<u32>().ok().filter(|side| (1..=65_535).contains(side));
    let sides = text.split_once('x').and_then(|(width, height)| side(width).zip(side(height)));
    sides.ok_or_else(|| "expected a size such as `1280x720`".to_owned())
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Output {
    frames: u64,
    fps: FrameRate,
    samplers: BTreeMap<String, Taken>,
}

/// What one sampler takes.
#[derive(Debug, Serialize)]
struct Taken {
    indices: Vec<u64>,
    /// Why the library fails on such a video; then there are no indices.
    refused: Option<String>,
    /// Whether the indices are those of one phase among many.
    phase_unknown: bool,
    /// The shortest needle that is seen wherever it lies.
    guaranteed_frames: Option<u64>,
    guaranteed_secs: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resized: Option<Resized>,
}

#[derive(Debug, Serialize)]
struct Resized {
    rule: String,
    width: u32,
    height: u32,
    tokens_per_frame: Option<f64>,
}

/// Reads samplers from the command line: each argument may be a list.
pub(super) fn samplers(given: &[String]) -> Result<Vec<Sampler>, Failure> {
    let mut samplers: Vec<Sampler> = Vec::new();
    for text in given.iter().flat_map(|text| split_list(text)) {
        let sampler: Sampler = text.parse()?;
        if !samplers.contains(&sampler) {
            samplers.push(sampler);
        }
    }
    Ok(samplers)
}

/// Runs `vniah sampler`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let samplers = samplers(&args.samplers)?;
    if samplers.is_empty() {
        return put(&if args.json { json(&CATALOGUE) } else { listing() });
    }
    let (Some(frames), Some(fps)) = (args.frames, args.fps) else {
        let message = "a sampler's frames depend on the video: name --frames N and --fps F";
        return Err(Failure::message(Exit::Usage, message));
    };
    let taken = samplers.iter().map(|sampler| (sampler.name().to_owned(), taken(args, sampler, frames, fps)));
    let output = Output { frames, fps, samplers: taken.collect() };
    if args.json {
        return put(&json(&output));
    }
    let mut text = String::new();
    for sampler in &samplers {
        let taken = &output.samplers[sampler.name()];
        if let Some(reason) = &taken.refused {
            return Err(Failure::message(Exit::Input, reason.clone()));
        }
        if samplers.len() > 1 {
            text.push_str(sampler.name());
            text.push_str(": ");
        }
        text.push_str(&taken.indices.iter().map(u64::to_string).collect::<Vec<_>>().join(" "));
        text.push('\n');
    }
    put(&text)
}

fn taken(args: &Args, sampler: &Sampler, frames: u64, fps: FrameRate) -> Taken {
    let (indices, refused) = match sampler.indices(frames, fps) {
        Ok(indices) => (indices, None),
        Err(refused) => (Vec::new(), Some(refused.to_string())),
    };
    let unknown = sampler.unknown_phase(fps);
    let guaranteed = unknown.or_else(|| guaranteed_frames(&indices, frames));
    let resized = args.size.map(|(width, height)| {
        let rule = args.resize.unwrap_or(sampler.resize());
        let count = indices.len() as u64;
        let (w, h) = rule.size(width, height, count);
        let tokens_per_frame = rule.tokens_per_frame(width, height, count);
        Resized { rule: rule.to_string(), width: w, height: h, tokens_per_frame }
    });
    Taken {
        guaranteed_frames: guaranteed,
        guaranteed_secs: guaranteed.map(|frames| fps.secs(frames)),
        phase_unknown: unknown.is_some(),
        indices,
        refused,
        resized,
    }
}

fn listing() -> String {
    let head = ["sampler", "takes", "used by"].map(str::to_owned).to_vec();
    let rows =
        CATALOGUE.iter().map(|listed| [listed.form, listed.rule, listed.used_by].map(str::to_owned).to_vec());
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    table(&rows) + "\nN frames at F frames a second last D = N / F\n"
}
