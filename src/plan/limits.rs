//! Whether anything that is asked for is larger than can be made.
//!
//! In: a checked spec, haystacks, slots. Out: frames, videos, pixels and samples beyond what a file, an encoder or a plan holds, each
//! with the key to set; and a warning of depths that were hardly meant.

use std::collections::BTreeMap;

use crate::haystack::Haystack;
use crate::spec::{CheckedSpec, MOST_SAMPLES};
use crate::time::{FrameRate, MOST_FRAMES, MOST_SECS, percent};

use super::check::{Findings, lasting, times};
use super::grid::{Base, Slots};

/// The largest width and height that x264 encodes.
const LARGEST: u32 = 16_384;
/// Depths that all lie at most so far into a haystack, in per-mille, were hardly meant so.
const SHALLOW_PERMILLE: u16 = 10;

/// Whether the shortest durations are shorter than the longest, at every rate.
fn check_durations(spec: &CheckedSpec, haystacks: &[Haystack], findings: &mut Findings) {
    let rates: BTreeMap<(u32, u32), FrameRate> =
        haystacks.iter().map(|Haystack { form, .. }| ((form.fps.num(), form.fps.den()), form.fps)).collect();
    for task in spec.tasks() {
        let problem = |fps: &FrameRate| task.durations.as_ref()?.problem(*fps);
        let problem = rates.values().find_map(problem);
        let named = |problem| format!("{}: durations: {problem}", task.family.kind());
        findings.problems.extend(problem.map(named));
    }
}

/// Whether anything is larger than can be made: frames, videos, their number.
pub(super) fn check(spec: &CheckedSpec, haystacks: &[Haystack], slots: &Slots, findings: &mut Findings) {
    let samples = slots.len();
    if samples > MOST_SAMPLES {
        findings.problems.push(format!(
            "grid: {samples} samples or more are asked for, and a plan has at most {MOST_SAMPLES}; lower `grid.repeats` or \
             `tasks.samples`, or name fewer values"
        ));
    }
    for Haystack { id, form, .. } in haystacks {
        if form.frames > MOST_FRAMES {
            findings.problems.push(format!(
                "haystack `{id}` has {} frames, and a haystack has at most {MOST_FRAMES}: cut it, or lower `video.fps`",
                form.frames
            ));
        }
        let secs = form.fps.secs(form.frames);
        if secs > f64::from(MOST_SECS) {
            findings.problems.push(format!(
                "haystack `{id}` lasts {secs:.0} seconds, and a video lasts {MOST_SECS} at most: its times are wrong, or it has to be cut"
            ));
        }
        if form.width.max(form.height) > LARGEST {
            findings.problems.push(format!(
                "haystack `{id}` would be {}x{}, and frames have at most {LARGEST} pixels a side; set both `video.width` and \
                 `video.height`",
                form.width, form.height
            ));
        }
    }
    for base in slots.bases() {
        let Base::Length(length) = base else { continue };
        // More frames than a video has are refused where lengths are read.
        let is_long = |Haystack { form, .. }: &Haystack| {
            let frames = length.frames(form.fps);
            frames <= MOST_FRAMES && form.fps.secs(frames) > f64::from(MOST_SECS)
        };
        if haystacks.iter().any(is_long) {
            findings.problems.push(format!(
                "grid: length `{}` is more than {MOST_SECS} seconds, which a video lasts at most",
                length.text()
            ));
        }
    }
    check_durations(spec, haystacks, findings);
    for (index, task) in spec.tasks().iter().enumerate() {
        let is_longer = |base: &&Base<'_>| match base {
            Base::Whole(at) => {
                let form = &haystacks[*at].form;
                times(task, form.fps).finished(form.frames.min(MOST_FRAMES), task) > MOST_FRAMES
            }
            Base::Length(_) => false,
        };
        if slots.bases().iter().filter(|base| slots.uses(index, base)).any(|base| is_longer(&base)) {
            findings.problems.push(format!(
                "{}: needles of {} make videos longer than {MOST_FRAMES} frames; shorten `needles.duration`",
                task.family.kind(),
                lasting(task)
            ));
        }
    }
    let depths: Vec<u16> = slots.depths().iter().flatten().map(|depth| depth.permille()).collect();
    if depths.len() > 1 && depths.iter().all(|&depth| depth <= SHALLOW_PERMILLE) {
        let last = percent(depths.iter().copied().max().unwrap_or(0));
        findings.warnings.push(format!(
            "all depths lie in the first {last} of the haystacks: `grid.depths` is per cent, and 100 is the end"
        ));
    }
}
