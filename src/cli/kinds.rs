//! What single kinds of question say, as `vniah score` prints it.
//!
//! In: scores. Out: a table each of groups, existence, stale answers, hops and the gap of both forms, a row a type.

use super::print::{percent, table};
use crate::score::{Figure, KindTable, Scores, kind_tables};

/// The tables; nothing where no type is of these kinds.
pub(super) fn text(scores: &Scores) -> String {
    kind_tables(scores).iter().map(of_table).collect()
}

fn of_table(shown: &KindTable) -> String {
    let head = [shown.title.to_lowercase()].into_iter().chain(shown.heads.iter().cloned());
    let mut lines: Vec<Vec<String>> = vec![head.collect()];
    for (kind, figures) in &shown.rows {
        lines.push([format!("  {kind}")].into_iter().chain(figures.iter().map(cell)).collect());
    }
    format!("\n{}{}\n", table(&lines), shown.note)
}

fn cell(figure: &Figure) -> String {
    let ends = |interval: &Option<[f64; 2]>, shown: &dyn Fn(f64) -> String, between: &str| {
        let text = |[low, high]: &[f64; 2]| format!(" ({} {between} {})", shown(*low), shown(*high));
        interval.as_ref().map(text).unwrap_or_default()
    };
    let points = |share: f64| format!("{:+.1}", share * 100.0);
    let number = |number: f64| format!("{number:.2}");
    match figure {
        Figure::Absent => "-".to_owned(),
        Figure::Count(count) => count.to_string(),
        Figure::Measure(name) => name.clone(),
        Figure::Share { value, interval, .. } => percent(*value) + &ends(interval, &percent, "-"),
        Figure::Points { value, interval } => points(*value) + &ends(interval, &points, "to"),
        Figure::Number { value, interval } => number(*value) + &ends(interval, &number, "to"),
    }
}
