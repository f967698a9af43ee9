//! A leaderboard: runs of one dataset, best first, as Markdown, CSV, LaTeX or HTML.
//!
//! In: scores. Out: text. The columns are overall with its interval, per-try, chance-corrected, completeness, as judged where a
//! judge was asked, then every task and every type.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Group, Scores};
use crate::markup;

/// What the table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Markup {
    /// Markdown with pipes.
    Markdown,
    /// Comma-separated values, shares from 0 to 1.
    Csv,
    /// A `tabular` with rules of the package booktabs.
    Latex,
    /// A `table` element.
    Html,
}

/// What the columns are.
const NOTE: &str = "\
All tries right: samples right in every try; types are averaged to tasks, tasks to the whole, with its 95% interval.
Task and type columns are the same share. Per-try: tries that are right. Complete: tries with a reply.
Corrected: (share - chance) / (1 - chance) of all tries right, where chance is a random letter for each try; who
keeps one option's content reaches more.";
/// The same where types have other main figures.
const MIXED_NOTE: &str = "\
Main: the main figure of each type (choices: samples right in every try; spans: mean IoU; other open answers: exact);
types are averaged to tasks, tasks to the whole, with its 95% interval. Task and type columns are the same figure.
Per-try: tries that are right. Complete: tries with a reply. Corrected: (share - chance) / (1 - chance) of the samples
right in every try.";

/// The heads and rows of the table.
struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Runs in the order of the board: best first, by name where equal. Names are those of [`names`].
pub fn ranked<'a>(runs: &'a [Scores], names: &'a [String]) -> Vec<(usize, &'a str, &'a Scores)> {
    let mut order: Vec<(usize, &str, &Scores)> =
        runs.iter().zip(names).enumerate().map(|(at, (own, name))| (at, name.as_str(), own)).collect();
    order.sort_by(|one, other| {
        other.2.overall.main.value.total_cmp(&one.2.overall.main.value).then(one.1.cmp(other.1))
    });
    order
}

/// The models' names; runs of one model are told apart by a number.
pub fn names(runs: &[Scores]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut unique = |model: &str| {
        let mut name = model.to_owned();
        let mut count = 2;
        while !taken.insert(name.clone()) {
            name = format!("{model} ({count})");
            count += 1;
        }
        name
    };
    runs.iter().map(|own| unique(&own.model)).collect()
}

/// The leaderboard of `runs`.
pub fn leaderboard(runs: &[Scores], markup: Markup) -> String {
    let names = names(runs);
    let table = table(runs, &names, markup == Markup::Csv);
    let note = if is_mixed(runs) { MIXED_NOTE } else { NOTE };
    match markup {
        Markup::Markdown => markdown(&table) + "\n" + note + "\n",
        Markup::Csv => csv(&table),
        Markup::Latex => format!("% {}\n", note.replace('\n', "\n% ")) + &latex(&table),
        Markup::Html => {
            html(&table).replacen("<table>\n", &format!("<table>\n<caption>{note}</caption>\n"), 1)
        }
    }
}

/// Whether some main figure is another than the share of samples that are right in every try.
fn is_mixed(runs: &[Scores]) -> bool {
    runs.iter().flat_map(|own| own.types.values()).any(|group| group.main.measure != "circular")
}

fn table(runs: &[Scores], names: &[String], raw: bool) -> Table {
    let all =
        |keys: fn(&Scores) -> Vec<&String>| -> BTreeSet<&String> { runs.iter().flat_map(keys).collect() };
    let tasks = all(|own| own.tasks.keys().collect());
    let kinds = all(|own| own.types.keys().collect());
    let share = |share: f64| if raw { share.to_string() } else { format!("{:.1}", share * 100.0) };
    let of = |group: Option<&Group>| group.map_or_else(String::new, |group| share(group.main.value));
    // A number of CSV is a share of 0 to 1.
    let unit = if raw { "" } else { " %" };
    let main = if is_mixed(runs) { "main" } else { "all tries right" };
    let shares = [main, "95% low", "95% high", "per-try", "corrected", "complete"];
    let fixed = std::iter::once("run".to_owned())
        .chain(shares.map(|head| format!("{head}{unit}")))
        .chain(std::iter::once("samples".to_owned()));
    let judged = runs.iter().any(|own| own.judge.is_some());
    let heads = fixed.chain(judged.then(|| format!("judged{unit}")));
    let rows = ranked(runs, names).into_iter().map(|(_, name, own)| {
        let overall = &own.overall;
        let figures = [
            overall.main.value,
            overall.main.interval[0],
            overall.main.interval[1],
            overall.per_try,
            overall.corrected.circular,
            overall.complete,
        ];
        let mut row = vec![name.to_owned()];
        row.extend(figures.map(share));
        row.push(overall.samples.to_string());
        if judged {
            row.push(of(own.letter_rules.get("judged").map(|judged| &judged.overall)));
        }
        row.extend(tasks.iter().map(|task| of(own.tasks.get(*task))));
        row.extend(kinds.iter().map(|kind| of(own.types.get(*kind))));
        row
    });
    Table {
        rows: rows.collect(),
        heads: heads
            .chain(tasks.iter().map(|own| format!("{own}{unit}")))
            .chain(kinds.iter().map(|own| format!("{own}{unit}")))
            .collect(),
    }
}

fn markdown(table: &Table) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| markup::markdown(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = format!("|---|{}\n", "---:|".repeat(table.heads.len() - 1));
    let rows: String = table.rows.iter().map(|row| line(row)).collect();
    line(&table.heads) + &rule + &rows
}

fn csv(table: &Table) -> String {
    let quoted = |cell: String| {
        if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
    };
    // Names alone may look like formulas: figures are ours, and stay numbers.
    let name = |cell: &String| quoted(markup::csv(cell));
    let heads: Vec<String> = table.heads.iter().map(name).collect();
    let row = |row: &Vec<String>| {
        let (run, figures) = row.split_first().expect("each row names its run");
        let cells = std::iter::once(name(run)).chain(figures.iter().cloned());
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    heads.join(",") + "\n" + &table.rows.iter().map(row).collect::<String>()
}

fn latex(table: &Table) -> String {
    let line = |row: &[String]| {
        row.iter().map(|cell| markup::latex(cell)).collect::<Vec<_>>().join(" & ") + " \\\\\n"
    };
    let rows: String = table.rows.iter().map(|row| line(row)).collect();
    format!(
        "% \\usepackage{{booktabs}}\n\\begin{{tabular}}{{l{}}}\n\\toprule\n{}\\midrule\n{rows}\\bottomrule\n\\end{{tabular}}\n",
        "r".repeat(table.heads.len() - 1),
        line(&table.heads)
    )
}

fn html(table: &Table) -> String {
    let mut out = String::from("<table>\n<thead><tr>");
    for head in &table.heads {
        // Writing to a string cannot fail.
        write!(out, "<th>{}</th>", markup::html(head)).expect("a string can be written to");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| format!("<td>{}</td>", markup::html(cell))).collect();
        writeln!(out, "<tr>{}</tr>", cells.concat()).expect("a string can be written to");
    }
    out + "</tbody>\n</table>\n"
}
