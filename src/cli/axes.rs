//! Accuracy by difficulty, as `vniah score` prints it.
//!
//! In: scores. Out: a table for each key that the dataset varies, its values side by side.

use super::print::{percent, table};
use crate::score::{Scores, Slice};

/// The measure of choices.
const CIRCULAR: &str = "circular";

/// The tables; nothing where nothing is varied.
pub(super) fn text(scores: &Scores) -> String {
    let axes = &scores.slices.difficulty;
    if axes.is_empty() {
        return String::new();
    }
    // Of choices the share is `circular`; what it is elsewhere is said in each row.
    let is_mixed = scores.types.keys().any(|kind| scores.right_measure(kind) != CIRCULAR);
    let share = if is_mixed { "right" } else { CIRCULAR };
    let mut text = format!("\nby difficulty, {share} % (samples)\n");
    for (key, axis) in axes {
        let values = axis.all.iter().map(|slice| axis.label(&slice.value));
        let mut lines: Vec<Vec<String>> = vec![std::iter::once(key.clone()).chain(values).collect()];
        let mut add = |name: String, slices: &[Slice]| {
            let cell = |own: &Slice| {
                let found = slices.iter().find(|slice| slice.value == own.value);
                found.map_or_else(
                    || "-".to_owned(),
                    |slice| format!("{} ({})", percent(slice.circular), slice.samples),
                )
            };
            lines.push(std::iter::once(name).chain(axis.all.iter().map(cell)).collect());
        };
        for (kind, slices) in &axis.types {
            match scores.right_measure(kind) {
                measure if is_mixed => add(format!("  {kind}, {measure}"), slices),
                _ => add(format!("  {kind}"), slices),
            }
        }
        if axis.types.len() > 1 {
            add("  all of these".to_owned(), &axis.all);
        }
        text.push_str(&table(&lines));
    }
    text
}
