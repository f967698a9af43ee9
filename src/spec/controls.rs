//! `[controls]`: what `generate` makes beside the dataset to show what answers come from.
//!
//! In: `make`. Out: controls. What is left of a video in each, the plan decides.

use super::reader::{Problems, Section};
use crate::question::Control;

/// Reads `[controls]`.
pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Vec<Control> {
    let mut controls: Vec<Control> = Vec::new();
    for (key, text) in section.texts("make", problems) {
        match Control::of_name(text) {
            Some(control) if controls.contains(&control) => {
                problems.note(&key, format!("`{text}` is listed twice"));
            }
            Some(control) => controls.push(control),
            None => {
                let known = Control::ALL.map(Control::name);
                problems.note(&key, format!("no control `{text}`; there are {}", known.join(", ")));
                problems.nearest("control", text, known);
            }
        }
    }
    section.finish(problems);
    controls.sort_unstable();
    controls
}
