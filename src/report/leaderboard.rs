//! The leaderboard: runs, best first, each against the best.
//!
//! In: runs. Out: HTML; nothing for fewer than two. The differences are paired over samples, as `vniah compare` takes them.

use super::Run;
use super::effective::length;
use super::html::{escape, interval, percent, put, whole};
use super::table::{is_mixed, main_head, tick};
use crate::score::compare::{Difference, compare};
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
    let best = order[0];
    let mut rows = String::new();
    for (rank, &at) in order.iter().enumerate() {
        let (run, overall) = (&runs[at], &runs[at].scores.overall);
        let against = (rank > 0 && rank <= MOST)
            .then(|| {
                let names = [runs[best].name.clone(), run.name.clone()];
                compare(runs[best].scores, run.scores, names, run.scores.settings.seed).ok()
            })
            .flatten();
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
            difference(against.as_ref().map(|pair| &pair.overall), is_mixed(runs)),
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
         McNemar’s exact test of samples right in every try, where all types are scored by these; p is not corrected for the number of \
         runs. A difference whose interval holds 0 is not shown to be one. Circular: share of samples right in every try, with its 95% \
         interval. Corrected: (circular − chance) / (1 − chance), by the chance of random letters; staying with one option’s \
         content reaches more (the tick on each scale). Effective length: the longest at which accuracy is at least {}% of that at \
         the shortest and above that tick; ≥ where none longer was asked.</p>\n",
        main_head(runs),
        whole(threshold)
    )
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
