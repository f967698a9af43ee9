//! The leaderboard: runs, best first, each against the best.
//!
//! In: runs. Out: HTML; nothing for fewer than two. The differences are paired over samples, as `vniah compare` takes them.

use std::collections::BTreeMap;

use super::Run;
use super::effective::length;
use super::html::{escape, interval, percent, put, whole};
use super::table::{is_mixed, main_head, tick};
use crate::score::compare::{Difference, compare, holm};
use crate::score::{OVERALL, effective_length};

/// Runs that are set against the best: each is a bootstrap.
const MOST: usize = 24;

/// The leaderboard.
pub(super) fn section(runs: &[Run], threshold: f64) -> String {
    if runs.len() < 2 {
        return String::new();
    }
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by(|&one, &other| {
        let share = |at: usize| runs[at].scores.overall.main.value;
        share(other).total_cmp(&share(one)).then_with(|| runs[one].name.cmp(&runs[other].name))
    });
    let against = against_the_best(runs, &order);
    let mut rows = String::new();
    for (rank, &at) in order.iter().enumerate() {
        let (run, overall) = (&runs[at], &runs[at].scores.overall);
        put!(
            rows,
            "<tr><th scope=\"row\"><i class=\"key k{}\"></i>{}. {}</th><td class=\"score\"><b>{}</b>{}<small>{} – {}</small></td>\
             {}<td>{}</td><td>{}</td><td>{}</td></tr>\n",
            at % 6,
            rank + 1,
            escape(&run.name),
            percent(overall.main.value),
            interval(overall.main.value, overall.main.interval, tick(overall)),
            percent(overall.main.interval[0]),
            percent(overall.main.interval[1]),
            difference(against.get(&rank), is_mixed(runs)),
            percent(overall.corrected.circular).replace('-', "−"),
            percent(overall.complete),
            effective_length(run.scores, threshold).get(OVERALL).map_or_else(|| "–".to_owned(), length),
        );
    }
    format!(
        "<div class=\"wide\" id=\"leaderboard\"><table class=\"runs\"><thead><tr><th scope=\"col\">Run</th>\
         <th scope=\"col\" class=\"score\">{} %</th><th scope=\"col\">To the best</th><th scope=\"col\">95%</th>\
         <th scope=\"col\">p</th><th scope=\"col\">Corrected %</th><th scope=\"col\">Complete %</th>\
         <th scope=\"col\">Effective length</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n\
         <p class=\"note\">Differences are in points, paired over samples, with intervals from a bootstrap over haystacks and \
         McNemar’s exact test of samples right in every try, where all types are scored by these; p is corrected for the number \
         of these tests by Holm’s method. A difference whose interval holds 0 is not shown to be one. Circular: share of samples \
         right in every try, with its 95% interval. Corrected: (circular − chance) / (1 − chance), by the chance of random letters; staying with one option’s \
         content reaches more (the tick on each scale). Effective length: the longest at which accuracy is at least {}% of that at \
         the shortest and above that tick; ≥ where none longer was asked.</p>\n",
        main_head(runs),
        whole(threshold)
    )
}

/// How runs differ from the best, by rank, the best being 0: with p-values that are corrected for the number of runs that are compared.
fn against_the_best(runs: &[Run], order: &[usize]) -> BTreeMap<usize, Difference> {
    let best = &runs[order[0]];
    let compared = order.iter().enumerate().skip(1).take(MOST).filter_map(|(rank, &at)| {
        let names = [best.name.clone(), runs[at].name.clone()];
        let pair = compare(best.scores, runs[at].scores, names, runs[at].scores.settings.seed).ok()?;
        Some((rank, pair.overall))
    });
    let mut compared: BTreeMap<usize, Difference> = compared.collect();
    let uncorrected: Vec<f64> = compared.values().map(|own| own.mcnemar_p).collect();
    for (own, corrected) in compared.values_mut().zip(holm(&uncorrected)) {
        own.mcnemar_p = corrected;
    }
    compared
}

/// The difference of the main figure; p is of samples right in every try, and left out where the main figure is another one.
fn difference(own: Option<&Difference>, is_mixed: bool) -> String {
    let Some(own) = own else { return "<td>–</td><td>–</td><td>–</td>".to_owned() };
    let signed = |share: f64| format!("{:+.1}", share * 100.0).replace('-', "−");
    let ends = own
        .interval
        .map_or_else(|| "–".to_owned(), |[low, high]| format!("{} to {}", signed(low), signed(high)));
    let p = match own.mcnemar_p {
        _ if is_mixed => "–".to_owned(),
        p if p < 0.0001 => "&lt; 0.0001".to_owned(),
        p => format!("{p:.4}"),
    };
    format!("<td>{}</td><td>{ends}</td><td>{p}</td>", signed(own.difference))
}
