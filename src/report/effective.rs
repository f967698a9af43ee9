//! Effective length: how far accuracy holds.
//!
//! In: the cells of a run and a threshold. Out: the longest length at which accuracy is at least the threshold's share of
//! the shortest length's, in all and for each task. Shares are of all samples of a length, as the curves draw them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Run;
use super::html::{escape, put, whole};
use crate::score::Cell;

/// The share of the shortest length's accuracy that counts as holding, where nothing else is said: RULER's 85%.
pub const THRESHOLD: f64 = 0.85;

/// How far the accuracy of a group holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Effective {
    /// The longest such length; absent where nothing is right at the shortest.
    pub length: Option<String>,
    /// Its seconds.
    pub length_secs: Option<f64>,
    /// Accuracy at it.
    pub accuracy: Option<f64>,
    /// The shortest length.
    pub shortest: String,
    /// Accuracy at the shortest length.
    pub shortest_accuracy: f64,
}

/// Of each group of a run: `overall`, then tasks by name. Empty with fewer than two lengths.
pub(super) fn lengths(run: &Run, threshold: f64) -> BTreeMap<String, Effective> {
    let cells = &run.scores.cells;
    let tasks: BTreeSet<&str> = cells.iter().map(|cell| cell.task.as_str()).collect();
    let overall = std::iter::once(("overall", of(cells.iter(), threshold)));
    let each =
        tasks.into_iter().map(|task| (task, of(cells.iter().filter(|cell| cell.task == task), threshold)));
    overall.chain(each).filter_map(|(name, own)| Some((name.to_owned(), own?))).collect()
}

fn of<'a>(cells: impl Iterator<Item = &'a Cell>, threshold: f64) -> Option<Effective> {
    let mut sums: BTreeMap<&str, (f64, u64, u64)> = BTreeMap::new();
    for cell in cells {
        let own = sums.entry(&cell.length).or_insert((f64::INFINITY, 0, 0));
        own.0 = own.0.min(cell.length_secs);
        own.1 += cell.correct;
        own.2 += cell.samples;
    }
    let mut lengths: Vec<(&str, f64, f64)> = sums
        .into_iter()
        .map(|(length, (secs, correct, samples))| (length, secs, correct as f64 / samples.max(1) as f64))
        .collect();
    lengths.sort_by(|one, other| one.1.total_cmp(&other.1).then(one.0.cmp(other.0)));
    let &(shortest, _, first) = lengths.first().filter(|_| lengths.len() > 1)?;
    let holds = |own: &&(&str, f64, f64)| first > 0.0 && own.2 >= threshold * first;
    let last = lengths.iter().rev().find(holds);
    Some(Effective {
        length: last.map(|own| own.0.to_owned()),
        length_secs: last.map(|own| own.1),
        accuracy: last.map(|own| own.2),
        shortest: shortest.to_owned(),
        shortest_accuracy: first,
    })
}

/// The table of effective lengths; nothing where all videos have one length.
pub(super) fn table(runs: &[Run], threshold: f64) -> String {
    let all: Vec<BTreeMap<String, Effective>> = runs.iter().map(|run| lengths(run, threshold)).collect();
    let groups: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).collect();
    if groups.is_empty() {
        return String::new();
    }
    let groups = || {
        groups
            .iter()
            .filter(|name| **name == "overall")
            .chain(groups.iter().filter(|name| **name != "overall"))
    };
    let mut heads = String::new();
    for group in groups() {
        put!(heads, "<th scope=\"col\">{}</th>", escape(group));
    }
    let mut rows = String::new();
    for (index, (run, own)) in runs.iter().zip(&all).enumerate() {
        put!(rows, "<tr><th scope=\"row\"><i class=\"key k{}\"></i>{}</th>", index % 6, escape(&run.name));
        for group in groups() {
            let text = match own.get(*group) {
                Some(Effective {
                    length: Some(length),
                    accuracy: Some(share),
                    shortest_accuracy: first,
                    ..
                }) => {
                    format!(
                        "<b>{}</b> <small>{}% of {}%</small>",
                        escape(length),
                        whole(*share),
                        whole(*first)
                    )
                }
                _ => "none".to_owned(),
            };
            put!(rows, "<td>{text}</td>");
        }
        rows.push_str("</tr>\n");
    }
    format!(
        "<h3>Effective length</h3>\n<p class=\"note\">The longest length at which accuracy is at least {}% of the shortest \
         length’s; beside it, accuracy there and at the shortest.</p>\n<div class=\"wide\"><table class=\"runs\"><thead><tr>\
         <th scope=\"col\">Run</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n",
        whole(threshold)
    )
}
