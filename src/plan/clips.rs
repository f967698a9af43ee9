//! Whether short videos are long enough for the needles that show them.
//!
//! In: tasks, and the rates of their haystacks. Out: a problem for each task whose needles last longer than a video of its pack.

use crate::haystack::Haystack;
use crate::needle::LookKind;
use crate::spec::{CheckedSpec, Task};
use crate::time::FrameRate;
use crate::wording;

use super::check::{Findings, lasting, listed, rates};
use super::looks::{candidates, pack};

/// Checks all tasks.
pub(super) fn check(spec: &CheckedSpec, haystacks: &[Haystack], findings: &mut Findings) {
    for task in spec.tasks().iter().filter(|task| task.family.look() == LookKind::Clip) {
        for fps in rates(haystacks) {
            if let Some(problem) = problem(spec, task, fps) {
                findings.problems.push(problem);
                break;
            }
        }
    }
}

/// What is too short for a task's needles in videos of this rate.
fn problem(spec: &CheckedSpec, task: &Task, fps: FrameRate) -> Option<String> {
    let longest = task.durations.as_ref().map_or(&task.difficulty.duration, |durations| &durations.most);
    let wanted = longest.frames(fps);
    let mut short: Vec<(String, u64)> = candidates(task)
        .filter_map(|shown| {
            let found =
                spec.library().footage(pack(task, shown.is_distractor), &shown.candidate.item).ok()?;
            let has = found.1.longest(fps);
            (has < wanted).then(|| (shown.candidate.label.clone(), has))
        })
        .collect();
    short.dedup();
    let least = short.iter().map(|(_, has)| *has).min()?;
    let names: Vec<String> = short.iter().map(|(label, has)| format!("`{label}` has {has}")).collect();
    Some(format!(
        "{}: needles of {} are {} at {fps} a second, and the videos of pack `{}` are shorter: {}; set `duration` to \"{}\" or less, \
         or take longer videos",
        task.family.kind(),
        lasting(task),
        wording::count(wanted, "frame"),
        task.pack,
        listed(&names),
        wording::count(least, "frame"),
    ))
}
