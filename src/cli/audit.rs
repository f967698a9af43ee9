//! `vniah audit`: can questions be answered without their videos?
//!
//! In: a dataset, a plan, or VNBench's annotation. Out: a table of attacks and checks, the whole report as JSON, and exit code
//! 5 with the name of every attack that beats chance and every check that found something.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Failure};
use super::print::{percent, put, table};
use crate::audit::{self, Figure, Report, vnbench};
use crate::dataset::{self, Row};
use crate::files;
use crate::language::Language;
use crate::needle::Library;
use crate::plan::{self, PlannedQuestion, VideoPlan};
use crate::render::rows;
use crate::wording;

/// Attack the questions without looking at a video.
///
/// Exit code 5 says that an attack beats chance, or that a check finds something.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory of a dataset, or a plan that `vniah plan -o` wrote: nothing need be rendered.
    #[arg(required_unless_present = "vnbench", conflicts_with = "vnbench")]
    dataset: Option<PathBuf>,
    /// Audit VNBench's own annotation, such as VNBench-main-4try.json.
    #[arg(long, value_name = "FILE")]
    vnbench: Option<PathBuf>,
    /// Write the whole report, every attack on every type, to this file; a report that is there is replaced.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A directory of your own needle packs, which say what names mean one thing; may be given more than once.
    #[arg(long, value_name = "DIR")]
    needles: Vec<PathBuf>,
}

/// Figures and checks that the error message names; the report holds all.
const NAMED: usize = 5;

/// Runs `vniah audit`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(path) = &args.json {
        refuse_foreign(path)?;
    }
    let library = Library::load(&args.needles, None, Language::En)?;
    let (rows, lengths) = match (&args.vnbench, &args.dataset) {
        (Some(file), _) => (vnbench::read(file)?, BTreeMap::new()),
        (None, Some(path)) if path.is_file() => (of_plan(path)?, BTreeMap::new()),
        (None, Some(dir)) => of_dataset(dir)?,
        (None, None) => unreachable!("the command line requires one of the two"),
    };
    if rows.is_empty() {
        return Err(Failure::message(Exit::Input, "there are no rows to audit"));
    }
    let report = audit::audit(&rows, &lengths, &library);
    if let Some(path) = &args.json {
        files::write_json(path, &report)?;
    }
    put(&text(&report))?;
    verdict(&report)
}

/// Options of a planned question: a letter each.
const MOST_OPTIONS: usize = 26;

/// A report is written over a report, and over nothing else.
fn refuse_foreign(path: &Path) -> Result<(), Failure> {
    let is_report = |text: String| serde_json::from_str::<Report>(&text).is_ok();
    if path.exists() && !files::read_text(path).is_ok_and(is_report) {
        let message = format!("`{}` exists and holds no report of an audit", path.display());
        return Err(Failure::message(Exit::Usage, message).hint("name another file with --json"));
    }
    Ok(())
}

/// Rows of a dataset, and the lengths of its haystacks in seconds. What rows contradict is the audit's to say.
fn of_dataset(dir: &Path) -> Result<(Vec<Row>, BTreeMap<String, f64>), Failure> {
    let rows = dataset::read_contradictory_rows(dir)?;
    let haystacks = dataset::read_manifest(dir)?.haystacks;
    let lengths = haystacks.into_iter().map(|haystack| {
        let secs = haystack.form.fps.secs(haystack.form.frames);
        (haystack.id, secs)
    });
    Ok((rows, lengths.collect()))
}

/// Rows of the dataset that a plan would become.
fn of_plan(path: &Path) -> Result<Vec<Row>, Failure> {
    let Some(stated) = plan::stated(path) else {
        let message = format!("`{}` is neither the directory of a dataset nor a plan", path.display());
        return Err(
            Failure::message(Exit::Input, message).hint("VNBench's annotation is read with --vnbench FILE")
        );
    };
    stated
        .check(plan::FORMAT_VERSION)
        .map_err(|mismatch| Failure::message(Exit::Input, format!("`{}` {mismatch}", path.display())))?;
    let header = |line: &Result<serde_json::Value, files::Error>| {
        line.as_ref().is_ok_and(|line| line.get("format_version").is_some())
    };
    let lines = files::read_json_lines::<serde_json::Value>(path)?.skip_while(header);
    let mut all = Vec::new();
    for (at, line) in lines.enumerate() {
        let planned: VideoPlan = serde_json::from_value(line?).map_err(|error| {
            let context = format!("`{}`: video {} is not a planned one", path.display(), at + 1);
            Failure::new(Exit::Input, anyhow::Error::new(error).context(context))
        })?;
        if let Some(problem) = impossible(&planned) {
            let message = format!("`{}`: video {}: {problem}", path.display(), at + 1);
            return Err(Failure::message(Exit::Input, message));
        }
        all.extend(rows::rows(&planned, ""));
    }
    Ok(all)
}

/// What no planned video says, and this one does.
fn impossible(planned: &VideoPlan) -> Option<String> {
    if planned.questions.is_empty() {
        return Some("it has no questions".to_owned());
    }
    planned.questions.iter().find_map(impossible_question).or_else(|| {
        // One row says all that the others say, but for the order of the options.
        let mut alone = planned.clone();
        for question in alone.questions.iter_mut().filter(|question| !question.options.is_empty()) {
            question.options = vec![question.options[question.target].clone()];
            question.target = 0;
        }
        rows::rows(&alone, "").iter().flat_map(dataset::problems).next()
    })
}

fn impossible_question(question: &PlannedQuestion) -> Option<String> {
    let (target, options) = (question.target, question.options.len());
    if target >= options.max(1) {
        return Some(format!("its target {target} is none of its {options} options"));
    }
    if options > MOST_OPTIONS {
        return Some(format!("it has {options} options"));
    }
    let stated = question.options.get(target)?;
    let answer = &question.answer;
    (stated != answer).then(|| format!("its answer `{answer}` is not its option `{stated}`"))
}

/// The report for a reader: how it was made, each attack where it is strongest, each check.
fn text(report: &Report) -> String {
    let confidence = percent(report.confidence);
    let mut text = format!(
        "{} samples, {} rows; intervals hold together at {confidence}% (Clopper-Pearson, Bonferroni over {} figures)\n\n",
        report.samples, report.rows, report.comparisons
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
        format!("{}: not so in {} of {} samples; {such_as}", check.check, check.found, check.samples)
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
