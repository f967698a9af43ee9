//! `vniah compare`: runs of one dataset, paired sample by sample.
//!
//! In: scores. Out: for two runs a table of differences, for more every pair below a leaderboard; or the leaderboard alone
//! as Markdown, CSV, LaTeX or HTML.

use std::path::PathBuf;

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::print::{json, put, say, table};
use crate::markup;
use crate::score::compare::{Comparison, Difference, compare};
use crate::score::leaderboard::{Markup, leaderboard, names, ranked};
use crate::score::{self, FEWEST_CLUSTERS, OVERALL, Scores};

/// Compare runs of one dataset, sample by sample.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Scores of two or more runs, written by `vniah score -o`. One run is enough for --leaderboard
    #[arg(required = true)]
    scores: Vec<PathBuf>,
    /// Print only the leaderboard, in this format
    #[arg(long, value_name = "FORMAT", value_enum)]
    leaderboard: Option<MarkupName>,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print every pair of runs as JSON, including their cells
    #[arg(long, conflicts_with = "leaderboard")]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MarkupName {
    Markdown,
    Csv,
    Latex,
    Html,
}

impl From<MarkupName> for Markup {
    fn from(name: MarkupName) -> Self {
        match name {
            MarkupName::Markdown => Self::Markdown,
            MarkupName::Csv => Self::Csv,
            MarkupName::Latex => Self::Latex,
            MarkupName::Html => Self::Html,
        }
    }
}

/// Runs `vniah compare`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if args.scores.len() < 2 && args.leaderboard.is_none() {
        return Err(Failure::message(Exit::Usage, "a comparison needs the scores of two runs or more")
            .hint("`--leaderboard markdown` also makes a table of one run"));
    }
    let runs: Vec<Scores> = args.scores.iter().map(|path| score::read(path)).collect::<Result<_, _>>()?;
    score::compare::check_same_dataset(&runs.iter().collect::<Vec<_>>())?;
    if let Some(other) = runs.iter().find(|run| run.rule != runs[0].rule) {
        say(&format!(
            "warning: letters of `{}` are read by the rule {}, and those of `{}` by {}: a difference may be the rules'",
            markup::line(&runs[0].model),
            runs[0].rule.name(),
            markup::line(&other.model),
            other.rule.name()
        ));
    }
    if let Some(markup) = args.leaderboard {
        return put(&leaderboard(&runs, markup.into()));
    }
    let names = names(&runs);
    // Two runs stand as they were given; more of them by rank.
    let order: Vec<usize> = if runs.len() == 2 {
        vec![0, 1]
    } else {
        ranked(&runs, &names).into_iter().map(|(at, ..)| at).collect()
    };
    let mut pairs = Vec::new();
    for (place, &first) in order.iter().enumerate() {
        for &second in &order[place + 1..] {
            let both = [names[first].clone(), names[second].clone()];
            pairs.push(compare(&runs[first], &runs[second], both, args.seed)?);
        }
    }
    if args.json {
        return put(&json(&pairs));
    }
    match &pairs[..] {
        [one] => put(&told(one)),
        more => put(&(leaderboard(&runs, Markup::Markdown) + "\n" + &all_pairs(more))),
    }
}

const HEADS: [&str; 8] = [
    "samples",
    "first %",
    "second %",
    "difference",
    "95% interval",
    "only first",
    "only second",
    "McNemar p",
];

fn cells(own: &Difference) -> Vec<String> {
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    let signed = |share: f64| format!("{:+.1}", share * 100.0);
    vec![
        own.samples.to_string(),
        percent(own.main[0]),
        percent(own.main[1]),
        signed(own.difference),
        own.interval
            .map_or_else(|| "-".to_owned(), |[low, high]| format!("{} to {}", signed(low), signed(high))),
        own.only_first.to_string(),
        own.only_second.to_string(),
        if own.mcnemar_p < 0.0001 { "< 0.0001".to_owned() } else { format!("{:.4}", own.mcnemar_p) },
        own.smallest_difference.map_or_else(|| "-".to_owned(), percent),
    ]
}

fn lines(first: &str, groups: &[(String, &Difference)]) -> String {
    let heads = std::iter::once(first).chain(HEADS).chain(std::iter::once("detectable"));
    let mut rows = vec![heads.map(str::to_owned).collect::<Vec<String>>()];
    rows.extend(groups.iter().map(|(name, own)| {
        let mut row = vec![name.clone()];
        row.extend(cells(own));
        row
    }));
    table(&rows)
}

fn told(pair: &Comparison) -> String {
    let mut groups = vec![(OVERALL.to_owned(), &pair.overall)];
    groups.extend(pair.tasks.iter().map(|(name, own)| (name.clone(), own)));
    groups.extend(pair.types.iter().map(|(name, own)| (format!("  {name}"), own)));
    let uneven = pair.cells.iter().filter(|cell| cell.difference.mcnemar_p < 0.05).count();
    let by_chance = pair.cells.len() as f64 * 0.05;
    format!(
        "first: {}\nsecond: {}\n\n{}\n{}of {} cells, {uneven} have p < 0.05 (up to {by_chance:.0} would by chance); --json has them\n",
        pair.runs[0],
        pair.runs[1],
        lines("", &groups),
        notes(pair),
        pair.cells.len(),
    )
}

fn all_pairs(pairs: &[Comparison]) -> String {
    let groups: Vec<(String, &Difference)> =
        pairs.iter().map(|pair| (format!("{} / {}", pair.runs[0], pair.runs[1]), &pair.overall)).collect();
    format!("{}\n{}", lines("first / second", &groups), pairs.first().map(notes).unwrap_or_default())
}

/// What the shares are where not all of them are of samples right in every try.
const MAIN: &str = "first, second: main figures (spans: mean IoU); only first, only second and p count samples that are right\n";

/// Whether some main figure is not the share of samples that are right in every try.
fn has_credits(pair: &Comparison) -> bool {
    pair.types.values().any(|own| {
        own.main.iter().zip(&own.circular).any(|(main, circular)| main.total_cmp(circular).is_ne())
    })
}

fn notes(pair: &Comparison) -> String {
    let clusters = pair.haystack_clusters;
    let intervals = if clusters < FEWEST_CLUSTERS as u64 {
        format!("none with fewer than {FEWEST_CLUSTERS} haystack clusters; here are {clusters}")
    } else {
        format!(
            "bootstrap over {clusters} haystack clusters ({} resamples, seed {})",
            pair.resamples, pair.seed
        )
    };
    format!(
        "{}difference: second minus first, in points; 95% intervals: {intervals}\n\
         detectable: the smallest true difference this dataset would find 80% of the time (p < 0.05), in points\n",
        if has_credits(pair) { MAIN } else { "" },
    )
}
