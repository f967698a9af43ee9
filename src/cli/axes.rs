//! Accuracy by difficulty, as `vniah score` prints it.
//!
//! In: scores. Out: a table for each key that the dataset varies, its values side by side.

use super::print::{percent, table};
use crate::score::{Scores, Slice};

/// The tables; nothing where nothing is varied.
pub(super) fn text(scores: &Scores) -> String {
    let axes = &scores.slices.difficulty;
    if axes.is_empty() {
        return String::new();
    }
    let mut text = String::from("\nby difficulty, circular % (samples)\n");
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
            add(format!("  {kind}"), slices);
        }
        if axis.types.len() > 1 {
            add("  all of these".to_owned(), &axis.all);
        }
        text.push_str(&table(&lines));
    }
    text
}
