//! Effective length: how far accuracy holds, as a table.
//!
//! In: runs and a threshold. Out: HTML. What the effective length is, [`effective_length`] says.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::html::{escape, put, whole};
use crate::score::{EffectiveLength, OVERALL, effective_length};

/// The table of effective lengths; nothing where all videos have one length.
pub(super) fn table(runs: &[Run], threshold: f64) -> String {
    let all: Vec<BTreeMap<String, EffectiveLength>> =
        runs.iter().map(|run| effective_length(run.scores, threshold)).collect();
    let groups: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).collect();
    if groups.is_empty() {
        return String::new();
    }
    let groups = || {
        groups.iter().filter(|name| **name == OVERALL).chain(groups.iter().filter(|name| **name != OVERALL))
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
                Some(own) => {
                    length(own)
                        + &own.accuracy.map_or_else(
                            || {
                                format!(
                                    " <small>{}% at {}</small>",
                                    whole(own.base),
                                    escape(&own.base_length)
                                )
                            },
                            |share| format!(" <small>{}% of {}%</small>", whole(share), whole(own.base)),
                        )
                }
                None => "–".to_owned(),
            };
            put!(rows, "<td>{text}</td>");
        }
        rows.push_str("</tr>\n");
    }
    format!(
        "<h3>Effective length</h3>\n<p class=\"note\">The longest length at which accuracy is at least {}% of the shortest \
         length’s, and above chance, which is staying with one option’s content; ≥ where none longer was asked; beside it, accuracy there and at the shortest, as the mean of tasks.</p>\n<div class=\"wide\"><table class=\"runs\"><thead><tr>\
         <th scope=\"col\">Run</th>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n",
        whole(threshold)
    )
}

/// One effective length.
pub(super) fn length(own: &EffectiveLength) -> String {
    match &own.length {
        None => "none".to_owned(),
        Some(length) => format!("<b>{}{}</b>", if own.is_longest { "≥ " } else { "" }, escape(length)),
    }
}
