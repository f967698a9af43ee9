//! `[controls]`: what `generate` makes beside the dataset to show what answers come from.
//!
//! In: `make`. Out: controls. What is left of a video in each, the plan decides.

use toml::{Table, Value};

use super::reader::{Problems, Section};
use crate::question::Control;

/// The controls that the text of a checked spec asks for, as a manifest keeps it.
pub fn controls_of(text: &str) -> Vec<Control> {
    let table: Table = text.parse().unwrap_or_default();
    let names = table.get("controls").and_then(|section| section.get("make")?.as_array());
    names.into_iter().flatten().filter_map(Value::as_str).filter_map(Control::of_name).collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_spec_says_which_controls_it_asks_for() {
        let text = "seed = 1\n[controls]\nmake = [\"no-needle\", \"unknown\", \"shuffled\"]\n";
        assert_eq!(controls_of(text), [Control::NoNeedle, Control::Shuffled]);
        assert_eq!((controls_of("seed = 1"), controls_of("not TOML")), (Vec::new(), Vec::new()));
    }
}
