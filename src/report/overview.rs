//! Overview: what each task tests, and a chart of every run's main figure by task.
//!
//! In: rows, runs, what a sampler sees. Out: HTML, and the chart as a drawing by itself. A bar is a run. Runs of people and of the
//! oracle are lines across the bars: they are what models are measured against.

use std::collections::{BTreeMap, BTreeSet};

use super::html::{escape, put, whole};
use super::svg::standalone;
use super::table::{main_head, tick};
use super::tasks;
use super::{Run, View};
use crate::coverage::SamplerCoverage;
use crate::dataset::{Row, TypeNames};
use crate::score::{Group, OVERALL};

/// Runs that are drawn at most; tables show all.
const MOST: usize = 12;
/// Width of the drawing, and where the plot begins and ends in it.
const WIDTH: f64 = 480.0;
const PLOT: (f64, f64) = (92.0, 436.0);
/// Height of a bar, the space below it, and the space between tasks.
const BAR: f64 = 13.0;
const BETWEEN: f64 = 3.0;
const APART: f64 = 15.0;
/// Where the first task begins.
const TOP: f64 = 26.0;
/// Letters of a task's name that have room.
const LETTERS: usize = 12;

/// A run that is drawn.
struct Drawn<'a> {
    /// Its number among all runs, which is its colour.
    index: usize,
    run: &'a Run<'a>,
    is_reference: bool,
}

/// The chart, before it is drawn.
struct Chart<'a> {
    /// `overall` first.
    tasks: Vec<&'a str>,
    drawn: Vec<Drawn<'a>>,
    /// By task.
    ceilings: BTreeMap<&'a str, f64>,
}

/// Whether a run shows what can be reached: the oracle's, or a person's.
fn is_reference(model: &str) -> bool {
    let model = model.to_lowercase();
    // `human`, `humans`, `human: NAME`; a model's name may begin so, too.
    let is_person = |after: &str| !after.trim_start_matches('s').starts_with(char::is_alphanumeric);
    model == "oracle" || model.strip_prefix("human").is_some_and(is_person)
}

/// What a perfect model that guesses the unseen reaches by main figures: types are averaged to tasks, tasks to overall, as scores are.
fn ceilings(coverage: &SamplerCoverage) -> BTreeMap<&str, f64> {
    let mut types: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for own in coverage.types.values() {
        types.entry(&own.task).or_default().push(own.ceiling.value);
    }
    let mean = |shares: &[f64]| shares.iter().sum::<f64>() / shares.len().max(1) as f64;
    let mut tasks: BTreeMap<&str, f64> =
        types.into_iter().map(|(task, shares)| (task, mean(&shares))).collect();
    let all: Vec<f64> = tasks.values().copied().collect();
    tasks.insert(OVERALL, mean(&all));
    tasks
}

fn group<'a>(run: &'a Run, task: &str) -> Option<&'a Group> {
    if task == OVERALL { Some(&run.scores.overall) } else { run.scores.tasks.get(task) }
}

fn x(share: f64) -> f64 {
    PLOT.0 + (PLOT.1 - PLOT.0) * share.clamp(0.0, 1.0)
}

impl<'a> Chart<'a> {
    fn new(runs: &'a [Run<'a>], view: Option<&'a View<'a>>) -> Self {
        let own = tasks::ordered(runs.iter().flat_map(|run| run.scores.tasks.keys().map(String::as_str)));
        // One task is all there is: its bars would stand there twice.
        let several = own.len() > 1;
        let tasks = std::iter::once(OVERALL).filter(|_| several).chain(own).collect();
        let drawn = |(index, run): (usize, &'a Run<'a>)| Drawn {
            index,
            run,
            is_reference: is_reference(&run.scores.model),
        };
        Self {
            tasks,
            drawn: runs.iter().enumerate().take(MOST).map(drawn).collect(),
            ceilings: view.map(|view| ceilings(view.coverage)).unwrap_or_default(),
        }
    }

    /// Height of one task's bars.
    fn tall(&self) -> f64 {
        let bars = self.drawn.iter().filter(|drawn| !drawn.is_reference).count().max(1) as f64;
        bars * (BAR + BETWEEN) - BETWEEN
    }

    fn height(&self) -> f64 {
        TOP + self.tasks.len() as f64 * (self.tall() + APART)
    }

    /// The elements of the drawing.
    fn body(&self) -> String {
        let (mut body, bottom) = (String::new(), self.height() - APART / 2.0);
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let at = x(share);
            put!(body, "<path class=\"rule\" d=\"M{at:.1} {:.1}V{bottom:.1}\"/>", TOP - 6.0);
            put!(
                body,
                "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}{}</text>",
                TOP - 12.0,
                whole(share),
                if share < 1.0 { "" } else { "%" }
            );
        }
        for (row, task) in self.tasks.iter().enumerate() {
            self.task(&mut body, task, TOP + row as f64 * (self.tall() + APART));
        }
        body
    }

    /// The bars of one task, and the lines across them.
    fn task(&self, body: &mut String, task: &str, top: f64) {
        let tall = self.tall();
        let class = if task == OVERALL { " class=\"name\"" } else { "" };
        put!(
            body,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\"{class}>{}</text>",
            PLOT.0 - 8.0,
            top + tall / 2.0 + 4.5,
            escape(&short(task))
        );
        let mut y = top;
        for drawn in self.drawn.iter().filter(|drawn| !drawn.is_reference) {
            if let Some(group) = group(drawn.run, task) {
                bar(body, drawn, group, y);
            }
            y += BAR + BETWEEN;
        }
        let (from, to) = (top - 3.0, top + tall + 3.0);
        let found = self.drawn.iter().find_map(|drawn| group(drawn.run, task));
        if let Some(chance) = found.map(tick) {
            put!(
                body,
                "<path class=\"chance\" d=\"M{:.1} {from:.1}V{to:.1}\"><title>chance: {}%</title></path>",
                x(chance),
                whole(chance)
            );
        }
        if let Some(&ceiling) = self.ceilings.get(task) {
            let at = x(ceiling);
            put!(
                body,
                "<path class=\"ceiling\" d=\"M{:.1} {from:.1}H{at:.1}V{to:.1}H{:.1}\"><title>ceiling: {}%</title></path>",
                at - 4.0,
                at - 4.0,
                whole(ceiling)
            );
        }
        for drawn in self.drawn.iter().filter(|drawn| drawn.is_reference) {
            let Some(group) = group(drawn.run, task) else { continue };
            let at = x(group.main.value);
            put!(
                body,
                "<g class=\"k{}\"><path class=\"reference\" d=\"M{at:.1} {from:.1}V{to:.1}\"/><path class=\"dot mark\" \
                 d=\"M{at:.1} {:.1}l5 5l-5 5l-5 -5z\"><title>{}</title></path></g>",
                drawn.index % 6,
                from - 5.0,
                title(drawn.run, group)
            );
        }
    }
}

fn title(run: &Run, group: &Group) -> String {
    let [low, high] = group.main.interval.map(whole);
    format!("{}: {}%, {low}–{high}%, n {}", escape(&run.name), whole(group.main.value), group.samples)
}

fn bar(body: &mut String, drawn: &Drawn, group: &Group, y: f64) {
    let (at, middle) = (x(group.main.value), y + BAR / 2.0);
    let [low, high] = group.main.interval.map(x);
    put!(
        body,
        "<g class=\"k{}\"><rect class=\"bar\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{BAR}\"><title>{}</title></rect>\
         <path class=\"spread\" d=\"M{low:.1} {middle:.1}H{high:.1}\"/></g>\
         <text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        drawn.index % 6,
        PLOT.0,
        (at - PLOT.0).max(1.0),
        title(drawn.run, group),
        PLOT.1 + 9.0,
        middle + 4.5,
        whole(group.main.value)
    );
}

/// A name that has room beside the plot.
fn short(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    let mut cut: String = name.chars().take(LETTERS - 1).collect();
    cut.push('…');
    cut
}

/// The tasks of the dataset, each with what it tests and its types, which lead to their examples.
fn listed(rows: &[Row]) -> String {
    let names = TypeNames::of(rows.iter());
    let mut types: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for row in rows {
        types.entry(&row.task).or_default().insert(names.name(row).into_owned());
    }
    let mut out = String::from("<dl class=\"tasks\">\n");
    for task in tasks::ordered(types.keys().copied()) {
        let links: Vec<String> = types[task]
            .iter()
            .map(|kind| format!("<a href=\"#{}\">{}</a>", super::examples::anchor(kind), escape(kind)))
            .collect();
        let tests = tasks::tests(task);
        let tests = if tests.is_empty() { String::new() } else { format!("{tests}<br>") };
        put!(out, "<div><dt>{}</dt><dd>{tests}<small>{}</small></dd></div>\n", escape(task), links.join(" "));
    }
    out + "</dl>"
}

/// The section.
pub(super) fn section(rows: &[Row], runs: &[Run], view: Option<&View<'_>>) -> String {
    let (chart, note) = if runs.is_empty() { (String::new(), String::new()) } else { drawn(runs, view) };
    format!(
        "<section id=\"overview\"><h2>Overview</h2>\n{note}<div class=\"overview\">\n{chart}{}</div></section>\n",
        listed(rows)
    )
}

/// The chart on the page, and what its lines mean.
fn drawn(runs: &[Run], view: Option<&View<'_>>) -> (String, String) {
    let chart = Chart::new(runs, view);
    let head = main_head(runs);
    let keys = chart.drawn.iter().map(|drawn| {
        let class = if drawn.is_reference { " line" } else { "" };
        format!("<span><i class=\"key k{}{class}\"></i>{}</span>", drawn.index % 6, escape(&drawn.run.name))
    });
    let mut more = String::new();
    if runs.len() > MOST {
        put!(more, " The first {MOST} of {} runs are drawn.", runs.len());
    }
    if chart.drawn.iter().any(|drawn| drawn.is_reference) {
        more.push_str(" Diamonds on lines: people and the oracle, who show what can be reached.");
    }
    if let Some(view) = view {
        put!(
            more,
            " Bracket: the ceiling of <code>{}</code>, which a perfect model reaches that sees its frames and guesses the rest.",
            escape(view.sampler)
        );
    }
    let note = format!(
        "<p class=\"note\">{head} figure of each run by task, in per cent, with 95% intervals. Dashed: what staying with one answer \
         reaches.{more}</p>\n"
    );
    let figure = format!(
        "<figure class=\"chart\"><figcaption>{head} % by task</figcaption><p class=\"keys\">{}</p><svg viewBox=\"0 0 {WIDTH} {:.0}\" \
         role=\"img\" aria-label=\"{head} figure of each run by task; the tables of scores have the numbers\">{}</svg></figure>\n",
        keys.collect::<String>(),
        chart.height(),
        chart.body()
    );
    (figure, note)
}

/// The chart as a drawing by itself, with its legend; none without runs.
pub(super) fn drawing(runs: &[Run], view: Option<&View<'_>>) -> Option<String> {
    if runs.is_empty() {
        return None;
    }
    let chart = Chart::new(runs, view);
    let mut body = format!("<g transform=\"translate(0 24)\">{}</g>", chart.body());
    put!(body, "<text x=\"10\" y=\"18\" class=\"title\">{} % by task</text>", main_head(runs));
    let mut y = chart.height() + 30.0;
    let mut entry = |mark: &str, name: &str| {
        put!(
            body,
            "<g transform=\"translate(0 {y:.1})\">{mark}</g><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            PLOT.0 + 16.0,
            y + 9.0,
            escape(name)
        );
        y += 18.0;
    };
    let (left, middle) = (PLOT.0, PLOT.0 + 4.5);
    for drawn in &chart.drawn {
        let mark = if drawn.is_reference {
            format!("<path class=\"dot\" d=\"M{middle} -0.5l5 5l-5 5l-5 -5z\"/>")
        } else {
            format!("<rect class=\"key\" x=\"{left}\" y=\"0\" width=\"9\" height=\"9\"/>")
        };
        entry(&format!("<g class=\"k{}\">{mark}</g>", drawn.index % 6), &drawn.run.name);
    }
    entry(&format!("<path class=\"chance\" d=\"M{middle} -3V12\"/>"), "chance");
    if let Some(view) = view {
        let mark = format!("<path class=\"ceiling\" d=\"M{left} -2H{}V11H{left}\"/>", left + 4.0);
        entry(&mark, &format!("ceiling of {}", view.sampler));
    }
    Some(standalone((WIDTH, y + 6.0), &body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_the_oracle_are_references() {
        for model in ["oracle", "human", "Human 3", "humans", "human: Ann"] {
            assert!(is_reference(model), "{model}");
        }
        for model in ["oracle-7b", "superhuman", "HumanOmni-7B", "humanoid", "blind", ""] {
            assert!(!is_reference(model), "{model}");
        }
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(
            (short("retrieval").as_str(), short("time of things").as_str()),
            ("retrieval", "time of thi…")
        );
    }
}
