//! Bias: which letters a run favours, how it counts, and how near its orders come.
//!
//! In: runs. Out: HTML; one card a run.

use std::collections::BTreeSet;

use super::Run;
use super::html::{count, escape, percent, put, whole};
use crate::score::{Counting, Letters, Ordering};

/// The section of bias.
pub(super) fn section(runs: &[Run]) -> String {
    if runs.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<section id=\"bias\"><h2>Bias</h2>\n<p class=\"note\">Letters: how often each is answered (bar), against how often it is \
         right (tick). Counting: rows are the right number, columns the number answered, in per cent of the row. Orders: \
         Kendall’s τ of the order answered and the right one, 1 if equal, −1 if turned round.</p>\n<div class=\"maps\">\n",
    );
    for (index, run) in runs.iter().enumerate() {
        put!(
            out,
            "<figure class=\"chart\"><figcaption><i class=\"key k{}\"></i>{}</figcaption>\n{}{}{}</figure>\n",
            index % 6,
            escape(&run.name),
            letters(&run.scores.letters),
            run.scores.counting.iter().map(|(kind, own)| counting(kind, own)).collect::<String>(),
            orders(run.scores.ordering.iter().collect()),
        );
    }
    out + "</div></section>"
}

fn letters(own: &Letters) -> String {
    let targets = own.letters.iter().map(|letter| letter.target).sum::<u64>().max(1) as f64;
    let most = own.letters.iter().map(|letter| letter.share).fold(0.5, f64::max);
    let mut rows = String::new();
    for letter in &own.letters {
        let right = letter.target as f64 / targets;
        let ends = letter
            .share_interval
            .map_or_else(String::new, |[low, high]| format!("<small>{}–{}</small>", whole(low), whole(high)));
        put!(
            rows,
            "<tr><th scope=\"row\">{}</th><td class=\"bar\"><span aria-hidden=\"true\"><i style=\"width:{}%\"></i>\
             <b style=\"left:{}%\"></b></span></td><td>{}%{ends}</td></tr>\n",
            escape(&letter.letter),
            percent(letter.share / most),
            percent(right / most),
            percent(letter.share),
        );
    }
    format!(
        "<table class=\"letters\"><caption>Letters answered</caption><tbody>\n{rows}</tbody></table>\n<p class=\"note\">Accuracy \
         by position varies by {} points (standard deviation).</p>\n",
        percent(own.recall_deviation)
    )
}

fn counting(kind: &str, own: &Counting) -> String {
    let answers: BTreeSet<i64> = own.confusion.iter().map(|one| one.answer).collect();
    let reads: BTreeSet<i64> = own.confusion.iter().map(|one| one.read).collect();
    let tries = |answer: i64, read: i64| {
        own.confusion.iter().find(|one| (one.answer, one.read) == (answer, read)).map_or(0, |one| one.tries)
    };
    let mut heads = String::new();
    for read in &reads {
        put!(heads, "<th scope=\"col\">{read}</th>");
    }
    let mut rows = String::new();
    for &answer in &answers {
        let all: u64 = reads.iter().map(|&read| tries(answer, read)).sum();
        put!(rows, "<tr><th scope=\"row\">{answer}</th>");
        for &read in &reads {
            let share = tries(answer, read) as f64 / all.max(1) as f64;
            let class = if answer == read { " class=\"is-exact\"" } else { "" };
            let shown = if share > 0.0 { whole(share) } else { String::new() };
            put!(rows, "<td{class} style=\"--share:{}%\">{shown}</td>", whole(share * 0.8));
        }
        rows.push_str("</tr>\n");
    }
    let signed = |number: f64| format!("{number:+.2}").replace('-', "−");
    let ends = own
        .bias_interval
        .map_or_else(String::new, |[low, high]| format!(" ({} to {})", signed(low), signed(high)));
    format!(
        "<div class=\"wide\"><table class=\"confusion\"><caption>{}</caption><thead><tr><td></td>{heads}</tr></thead><tbody>\n{rows}\
         </tbody></table></div>\n<p class=\"note\">{} numbers read: {}% exact, {}% off by one; bias {}{ends}</p>\n",
        escape(kind),
        count(own.read as usize),
        percent(own.exact as f64 / own.read.max(1) as f64),
        percent(own.off_by_one as f64 / own.read.max(1) as f64),
        signed(own.bias),
    )
}

fn orders(types: Vec<(&String, &Ordering)>) -> String {
    if types.is_empty() {
        return String::new();
    }
    let number = |number: f64| format!("{number:.2}").replace('-', "−");
    let mut rows = String::new();
    for (kind, own) in types {
        let ends = own
            .tau_interval
            .map_or_else(|| "–".to_owned(), |[low, high]| format!("{} to {}", number(low), number(high)));
        put!(
            rows,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{ends}</td><td>{}</td></tr>\n",
            escape(kind),
            number(own.tau),
            number(own.chance_tau)
        );
    }
    format!(
        "<table class=\"orders\"><caption>Orders</caption><thead><tr><td></td><th scope=\"col\">τ</th><th scope=\"col\">95%</th>\
         <th scope=\"col\">by chance</th></tr></thead><tbody>\n{rows}</tbody></table>\n"
    )
}
