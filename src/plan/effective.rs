//! What difficulty comes to in the videos that are planned.
//!
//! In: a checked spec and the sizes and rates of its haystacks. Out: the effective values of each sample, and the settings that
//! a frame has no room for or that come to the same: a curve over them would be flat, and say that difficulty does not matter.

use std::collections::BTreeMap;

use crate::haystack::Haystack;
use crate::needle::LookKind;
use crate::needle::{self, Effective};
use crate::spec::{self, CheckedSpec, Screen, Task};

use super::check::Findings;
use super::difficulty::difficulty_record;
use super::looks::{candidates, look};

/// Height in pixels of the lines of all that a task can show in a frame: what can be asked for, then its distractors. Empty
/// where no texts are shown.
pub(super) fn lines(
    spec: &CheckedSpec,
    task: &Task,
    (width, height): (u32, u32),
    findings: &mut Findings,
) -> Vec<u32> {
    if task.family.look() != LookKind::Text {
        return Vec::new();
    }
    let px = |shown| spec.library().line_px(&look(task, shown), width, height).ok().flatten();
    // A text that cannot be set at all is a problem that is told elsewhere.
    let lines: Vec<u32> = candidates(task).map_while(px).collect();
    let asked = needle::text_px(task.difficulty.text_size_permille, height);
    let smaller = lines.iter().filter(|&&px| px < asked).count();
    if smaller > 0 {
        let least = lines.iter().min().copied().unwrap_or_default();
        findings.warnings.push(format!(
            "{}: {smaller} of its {} texts are too long for lines of {asked} px in {width}x{height} and are set smaller, down to \
             {least} px: `difficulty_effective.text_px` states each",
            task.name(),
            lines.len()
        ));
    }
    lines
}

/// The effective values of a sample whose texts have lines of these heights.
pub(super) fn effective(task: &Task, screen: Screen, lines: impl Iterator<Item = u32>) -> Effective {
    let nominal = task.effective(screen);
    let text_px = lines.min().unwrap_or(nominal.text_px);
    Effective { text_px, ..nominal }
}

/// Each size and rate of the haystacks, once.
fn screens(haystacks: &[Haystack]) -> Vec<Screen> {
    let mut screens: Vec<Screen> = Vec::new();
    for form in haystacks.iter().map(|haystack| &haystack.form) {
        let screen = Screen { width: form.width, height: form.height, fps: form.fps };
        if !screens.contains(&screen) {
            screens.push(screen);
        }
    }
    screens
}

/// Finds settings that a frame has no room for, and settings of a type that come to the same.
pub(super) fn check(spec: &CheckedSpec, haystacks: &[Haystack], findings: &mut Findings) {
    let mut problems: Vec<String> = Vec::new();
    let mut note = |problem: String| {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    };
    let mut is_same = false;
    for screen in screens(haystacks) {
        // By what settings come to: the first of them.
        let mut first: BTreeMap<(&str, Comparable), &Task> = BTreeMap::new();
        for task in spec.tasks() {
            let faults = task.faults(screen);
            if !faults.is_empty() {
                for (key, fault) in faults {
                    note(format!("{}: {key} {fault}", task.family.kind()));
                }
                continue;
            }
            let kind = task.family.kind();
            match first.get(&(kind, comparable(task, screen))) {
                Some(other) => {
                    is_same = true;
                    same(other, task, screen).into_iter().for_each(&mut note);
                }
                None => {
                    first.insert((kind, comparable(task, screen)), task);
                }
            }
        }
    }
    if is_same {
        let hint = "leave values out that come to the same, or choose values that are further apart";
        findings.hints.push(hint.to_owned());
    }
    findings.problems.extend(problems);
}

/// All on which the videos of a type depend at one setting, in so far as it is difficulty.
type Comparable = (Effective, [String; 5], [Option<String>; 3]);

fn comparable(task: &Task, screen: Screen) -> Comparable {
    let asked = difficulty_record(task);
    let place = task.effective_place();
    (
        task.effective(screen),
        [asked.count, asked.distractors.to_string(), asked.similarity, place, asked.ground],
        [asked.each, asked.hints, asked.snr_db],
    )
}

/// Each key whose values two settings have in common, though they ask for different ones.
fn same(one: &Task, other: &Task, screen: Screen) -> Vec<String> {
    let asked: BTreeMap<&str, String> = difficulty_record(one).values().into_iter().collect();
    let effective = one.effective(screen);
    let mut found = Vec::new();
    for (key, value) in difficulty_record(other).values() {
        let Some(first) = asked.get(key).filter(|first| **first != value) else { continue };
        let comes_to = match key {
            "place" => one.effective_place(),
            _ => spec::axis(key).map_or_else(String::new, |axis| (axis.effective)(&effective)),
        };
        let comes_to = if comes_to.is_empty() { "the same".to_owned() } else { comes_to };
        found.push(format!(
            "{}: {key} {first} and {value} both come to {comes_to} in {}x{} at {} frames a second",
            one.family.kind(),
            screen.width,
            screen.height,
            screen.fps
        ));
    }
    found
}
