//! `vniah audit`: can questions be answered without their videos?
//!
//! In: a dataset, a plan, or VNBench's annotation. Out: a table of attacks and checks, the whole report as JSON, and exit code
//! 5 with the name of every attack that beats chance and every check that found something.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::print::{percent, put, table};
use super::terminal::Terminal;
use crate::audit::{Figure, Report};
use crate::files;
use crate::language::Language;
use crate::needle::Library;
use crate::project::{self, Dataset, Session};
use crate::wording;

/// Try to answer the questions without looking at the videos.
///
/// Exit code 5 means that an attack beats chance or that a check found something.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, or a plan that `vniah plan -o` wrote. A plan needs no rendered videos.
    #[arg(required_unless_present = "vnbench", conflicts_with = "vnbench")]
    dataset: Option<PathBuf>,
    /// Audit VNBench's own annotation, such as VNBench-main-4try.json.
    #[arg(long, value_name = "FILE")]
    vnbench: Option<PathBuf>,
    /// Write the full report, with every attack on every type, to this file. An existing report is replaced.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Directory of your own needle packs. They state which names mean the same thing; repeatable.
    #[arg(long, value_name = "DIR")]
    needles: Vec<PathBuf>,
}

/// Figures and checks that the error message names; the report holds all.
const NAMED: usize = 5;

/// Runs `vniah audit`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    if let Some(path) = &args.json {
        refuse_foreign(path)?;
    }
    let library = Library::load(&args.needles, None, Language::En)?;
    let report = match (&args.vnbench, &args.dataset) {
        (Some(file), _) => project::audit_annotation(file, &library)?,
        (None, Some(path)) if path.is_file() => project::audit_plan(path, &library)?,
        (None, Some(dir)) => {
            let session = Session { job: terminal.job(), ..Session::default() };
            Dataset::open(dir, &session).audit(&library)?
        }
        (None, None) => unreachable!("the command line requires one of the two"),
    };
    if let Some(path) = &args.json {
        files::write_json(path, &report)?;
    }
    put(&text(&report))?;
    verdict(&report)
}

/// A report is written over a report, and over nothing else.
fn refuse_foreign(path: &Path) -> Result<(), Failure> {
    let is_report = |text: String| serde_json::from_str::<Report>(&text).is_ok();
    if path.exists() && !files::read_text(path).is_ok_and(is_report) {
        let message = format!("`{}` exists and holds no report of an audit", path.display());
        return Err(Failure::message(Exit::Usage, message).hint("name another file with --json"));
    }
    Ok(())
}

/// The report for a reader: how it was made, each attack where it is strongest, each check.
fn text(report: &Report) -> String {
    let confidence = percent(report.confidence);
    let mut text = format!(
        "{}, {}; intervals hold together at {confidence}% (Clopper-Pearson, Bonferroni over {})\n\n",
        wording::count(report.samples, "sample"),
        wording::count(report.rows, "row"),
        wording::count(report.comparisons, "figure")
    );
    let head = [
        "attack",
        "knows",
        "strongest on",
        "questions",
        "chance %",
        "per-try %",
        "circular %",
        "interval",
        "",
    ];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    // Each attack once, where the lower end of its interval is furthest above chance.
    let mut strongest: Vec<&Figure> = Vec::new();
    for figure in &report.figures {
        let same = |other: &&mut &Figure| other.attack == figure.attack && other.knows == figure.knows;
        match strongest.iter_mut().find(same) {
            Some(other) if figure.lead() > other.lead() => *other = figure,
            Some(_) => {}
            None => strongest.push(figure),
        }
    }
    for figure in strongest {
        let [low, high] = figure.interval();
        lines.push(vec![
            figure.attack.clone(),
            figure.knows.clone(),
            figure.kind.clone().unwrap_or_else(|| ALL_TYPES.to_owned()),
            figure.questions.to_string(),
            percent(figure.chance),
            percent(figure.per_try.share),
            percent(figure.circular.share),
            format!("{} - {}", percent(low), percent(high)),
            if figure.beats_chance { "beats chance" } else { "" }.to_owned(),
        ]);
    }
    text.push_str(&table(&lines));
    text.push('\n');
    let mut lines = vec![["check", "samples", "found", "such as"].map(str::to_owned).to_vec()];
    for check in &report.checks {
        lines.push(vec![
            check.check.clone(),
            check.samples.to_string(),
            check.found.to_string(),
            check.examples.first().cloned().unwrap_or_default(),
        ]);
    }
    text + &table(&lines)
}

const ALL_TYPES: &str = "all types";

fn verdict(report: &Report) -> Result<(), Failure> {
    let beaten = report.beaten();
    let mut findings: Vec<String> = beaten
        .iter()
        .take(NAMED)
        .map(|figure| {
            let [low, high] = figure.interval();
            format!(
                "`{}` (knows: {}) is right on {}% of {}, {} to {}; chance is {}%",
                figure.attack,
                figure.knows,
                percent(figure.per_try.share.max(figure.circular.share)),
                figure.kind.as_deref().unwrap_or(ALL_TYPES),
                percent(low),
                percent(high),
                percent(figure.chance)
            )
        })
        .collect();
    if beaten.len() > NAMED {
        findings.push(format!("{} more beat chance", beaten.len() - NAMED));
    }
    findings.extend(report.failed().map(|check| {
        let such_as = check.examples.first().map_or("", String::as_str);
        format!(
            "{}: not so in {} of {}; {such_as}",
            check.check,
            check.found,
            wording::count(check.samples, "sample")
        )
    }));
    if findings.is_empty() {
        return Ok(());
    }
    let (attacks, checks) = (beaten.len(), report.failed().count());
    let message = format!(
        "{} {} chance, {} found something\n  {}",
        wording::count(attacks, "figure"),
        wording::verb(attacks, "beats", "beat"),
        wording::count(checks, "check"),
        findings.join("\n  ")
    );
    Err(Failure::message(Exit::Check, message))
}
