//! Whether the samplers that have to see every needle can.
//!
//! In: a checked spec, haystacks, slots. Out: every type, length and depth at which there are no such places. All numbers of
//! needles that a type can have are tried, whatever its samples draw.

use crate::haystack::Haystack;
use crate::spec::{CheckedSpec, Task};
use crate::time::FrameRate;

use super::check::{self, Findings};
use super::grid::{Base, Slots};
use super::seen_starts::SeenStarts;
use crate::wording;

/// Checks every type at every length and depth.
pub(super) fn check(spec: &CheckedSpec, haystacks: &[Haystack], slots: &Slots, findings: &mut Findings) {
    if spec.required_samplers().is_empty() {
        return;
    }
    for (index, task) in spec.tasks().iter().enumerate() {
        if task.durations.is_some() {
            findings.problems.push(format!(
                "{}: needles whose times are asked for cannot be moved to where samplers see them: their times would tell of \
                 the sampler. `vniah coverage` states what the samplers leave to know",
                task.family.kind()
            ));
            continue;
        }
        if !task.family.most_between().is_empty() && task.family.ask_times() == 0 {
            findings.problems.push(format!(
                "{}: needles that lie anywhere cannot be moved to where samplers see them: their times would tell of the sampler. \
                 `vniah coverage` states what the samplers leave to know",
                task.family.kind()
            ));
            continue;
        }
        if task.family.ask_times() > 0 {
            findings.problems.push(format!(
                "{}: needles of questions at times of a video cannot be moved to where samplers see them: a sampler takes other \
                 frames for each question. `vniah coverage` states what it sees of each",
                task.family.kind()
            ));
            continue;
        }
        if task.difficulty.distance.is_some() && task.family.most_places() > 1 {
            findings.problems.push(format!(
                "{}: needles at an exact `distance` cannot be moved to where samplers see them",
                task.family.kind()
            ));
            continue;
        }
        for base in slots.bases().iter().filter(|base| slots.uses(index, base)) {
            let (name, videos): (String, Vec<(FrameRate, u64)>) = match base {
                Base::Whole(haystack) => {
                    let Haystack { id, form, .. } = &haystacks[*haystack];
                    let frames = check::times(task, form.fps).finished(form.frames, task);
                    (format!("haystack `{id}`"), vec![(form.fps, frames)])
                }
                Base::Length(length) => {
                    let rates = check::rates(haystacks).into_iter();
                    (format!("length `{length}`"), rates.map(|fps| (fps, length.frames(fps))).collect())
                }
            };
            let problem =
                videos.into_iter().find_map(|(fps, frames)| room(spec, task, slots, fps, frames).err());
            if let Some(problem) = problem {
                findings.problems.push(format!("{}: {name}: {problem}", task.family.kind()));
            }
        }
    }
    if !findings.problems.is_empty() {
        let hint = "set a longer `needles.duration`, or leave samplers out of `visibility.require_visible`";
        findings.hints.push(hint.to_owned());
    }
}

/// Whether there is room in a finished video of so many frames.
fn room(spec: &CheckedSpec, task: &Task, slots: &Slots, fps: FrameRate, frames: u64) -> Result<(), String> {
    let samplers = spec.required_samplers();
    let times = check::times(task, fps);
    let most = task.family.most_places() as u64;
    for places in 1..=most {
        let rule = times.rule(frames - times.inserted(places));
        let seen_starts = SeenStarts::new(samplers, frames, fps, times.duration())?;
        for depth in slots.depths() {
            let several = most > 1 && !task.family.asks_for_one_among_others();
            let window = depth.filter(|_| several).map(|depth| rule.window(depth, places, most));
            if seen_starts.latest(places, times.apart(), times.starts(rule, window, places)).is_none() {
                let names: Vec<String> = samplers.iter().map(|sampler| format!("`{sampler}`")).collect();
                let at = depth.map_or_else(String::new, |depth| format!(" at depth {depth}"));
                return Err(format!(
                    "{} of {}{at} {} no places that {} {}",
                    wording::count(places, "needle"),
                    task.difficulty.duration,
                    wording::verb(places, "has", "have"),
                    names.join(" and "),
                    wording::verb(names.len(), "sees", "see")
                ));
            }
        }
    }
    Ok(())
}
