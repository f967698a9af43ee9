//! Failures: what became of the replies of each run, accuracy given that the needles were seen, and the samples that no run
//! has right.
//!
//! In: runs. Out: HTML. Each sample is a link into the viewer, which shows its rows.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::html::{count, escape, percent, put};
use crate::score::Slice;

/// Samples that are listed; the viewer's filter shows all.
const LISTED: usize = 200;

/// The section of failures.
pub(super) fn section(runs: &[Run]) -> String {
    if runs.is_empty() {
        return String::new();
    }
    format!(
        "<section id=\"failures\"><h2>Failures</h2>\n{}{}{}</section>",
        replies(runs),
        visible(runs),
        failed_by_all(runs)
    )
}

/// A table with a line a key and a column a run.
fn by_run(runs: &[Run], caption: &str, of: impl Fn(&Run) -> BTreeMap<String, u64>) -> String {
    let all: Vec<BTreeMap<String, u64>> = runs.iter().map(of).collect();
    let keys: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).collect();
    if keys.is_empty() {
        return String::new();
    }
    let mut heads = String::new();
    for (index, run) in runs.iter().enumerate() {
        put!(heads, "<th scope=\"col\"><i class=\"key k{}\"></i>{}</th>", index % 6, escape(&run.name));
    }
    let mut rows = String::new();
    for key in keys {
        put!(rows, "<tr><th scope=\"row\">{}</th>", escape(key));
        for own in &all {
            put!(
                rows,
                "<td>{}</td>",
                own.get(key).map_or_else(|| "–".to_owned(), |tries| count(*tries as usize))
            );
        }
        rows.push_str("</tr>\n");
    }
    format!(
        "<div class=\"wide\"><table class=\"runs counts\"><caption>{caption}</caption><thead><tr><th scope=\"col\">tries</th>{heads}</tr>\
         </thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
}

fn replies(runs: &[Run]) -> String {
    by_run(runs, "What became of the requests", |run| run.scores.replies.statuses.clone())
        + &by_run(runs, "How replies were read, or why not", |run| run.scores.replies.readings.clone())
}

fn visible(runs: &[Run]) -> String {
    let mut rows = String::new();
    for (index, run) in runs.iter().enumerate() {
        let Some(own) = &run.scores.visible else { continue };
        let cell = |slice: Option<&Slice>| match slice {
            None => "–".to_owned(),
            Some(slice) => format!(
                "<b>{}</b> <small>{}–{}, n {}</small>",
                percent(slice.circular),
                percent(slice.interval[0]),
                percent(slice.interval[1]),
                slice.samples
            ),
        };
        put!(
            rows,
            "<tr><th scope=\"row\"><i class=\"key k{}\"></i>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            index % 6,
            escape(&run.name),
            escape(&own.samplers.join(", ")),
            cell(own.seen.as_ref()),
            cell(own.unseen.as_ref()),
            percent(own.ceiling),
            own.unknown
        );
    }
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<div class=\"wide\"><table class=\"runs\"><caption>Accuracy given visible</caption><thead><tr><th scope=\"col\">Run</th>\
         <th scope=\"col\">Sampler</th><th scope=\"col\">All needles sent, circular %</th>\
         <th scope=\"col\">Some not sent</th><th scope=\"col\">Ceiling %</th><th scope=\"col\">Not known</th></tr></thead>\n\
         <tbody>\n{rows}</tbody></table></div>\n"
    )
}

fn failed_by_all(runs: &[Run]) -> String {
    let mut somewhere: BTreeSet<&str> = BTreeSet::new();
    for run in runs {
        let own = run.scores.verdicts.iter().filter(|sample| sample.is_right());
        somewhere.extend(own.map(|sample| sample.sample_id.as_str()));
    }
    let mut by_kind: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let mut failed = Vec::new();
    for sample in &runs[0].scores.verdicts {
        let is_failed = !somewhere.contains(sample.sample_id.as_str());
        let own = by_kind.entry(&sample.kind).or_default();
        own.0 += u64::from(is_failed);
        own.1 += 1;
        if is_failed {
            failed.push(sample.sample_id.as_str());
        }
    }
    let whose = if runs.len() > 1 { "no run has right" } else { "are not right" };
    let kinds: Vec<String> = by_kind
        .iter()
        .filter(|(_, (failed, _))| *failed > 0)
        .map(|(kind, (failed, of))| format!("{} {failed} of {of}", escape(kind)))
        .collect();
    let mut out = format!(
        "<h3>Samples that {whose} in every try: {} of {}</h3>\n",
        count(failed.len()),
        count(runs[0].scores.verdicts.len())
    );
    if failed.is_empty() {
        return out;
    }
    put!(out, "<p class=\"note\">{}</p>\n<ul class=\"failed\">\n", kinds.join(" · "));
    for id in failed.iter().take(LISTED) {
        put!(out, "<li><a href=\"#sample={}\">{}</a></li>\n", encoded(id), escape(id));
    }
    out.push_str("</ul>\n");
    if failed.len() > LISTED {
        put!(
            out,
            "<p class=\"note\">The first {LISTED} are listed; the viewer’s filter “no run right” shows all.</p>\n"
        );
    }
    out
}

/// An id as a part of a fragment.
pub(super) fn encoded(id: &str) -> String {
    super::html::url_path(id).replace('/', "%2F")
}
