//! Whether short videos are long enough for the needles that show them, and needles for the sounds that go with them.
//!
//! In: tasks, and the rates of their haystacks. Out: a problem for each task whose needles last longer than a video of its pack, or
//! not as long as a sound.

use crate::haystack::Haystack;
use crate::needle::{LookKind, Recording};
use crate::spec::{CheckedSpec, Task};
use crate::time::FrameRate;
use crate::wording;

use super::check::{Findings, lasting, listed, rates};
use super::looks::{candidates, pack};

/// Checks all tasks.
pub(super) fn check(spec: &CheckedSpec, haystacks: &[Haystack], findings: &mut Findings) {
    for task in spec.tasks() {
        let problem = |fps| match (task.family.look(), task.family.cue_look()) {
            (LookKind::Clip, _) => problem(spec, task, fps),
            (_, Some(LookKind::Sound)) => problem_of_cues(spec, task, fps),
            _ => None,
        };
        findings.problems.extend(rates(haystacks).into_iter().find_map(problem));
    }
}

/// Whether sounds go on when what they belong to is no longer shown.
fn problem_of_cues(spec: &CheckedSpec, task: &Task, fps: FrameRate) -> Option<String> {
    let pack = task.family.cue_pack(&task.pack)?;
    let cues = task.cues.iter().flat_map(|cues| cues.candidates());
    let recordings = cues.filter_map(|cue| spec.library().recordings(pack, &cue.item).ok());
    let recordings: Vec<&Recording> = recordings.flat_map(|(_, recordings)| recordings).collect();
    let longest = recordings.iter().filter_map(|recording| recording.frames(fps)).max()?;
    let millis = recordings.iter().filter_map(|recording| recording.millis()).max()?;
    let shown = task.difficulty.duration.frames(fps);
    (shown < longest).then(|| {
        format!(
            "{}: needles of {} are {} at {fps} a second, and the sounds of pack `{pack}` that go with them are up to {longest}; set \
             `duration` to \"{millis}ms\" or more",
            task.family.kind(),
            lasting(task),
            wording::count(shown, "frame"),
        )
    })
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
