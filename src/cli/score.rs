//! `vniah score`: scores the answers of one run.
//!
//! In: a dataset directory and answers. Out: a table (or JSON) on stdout, and `scores.json`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::axes;
use super::controls::{self, Answered};
use super::exit::{Exit, Failure, unscorable};
use super::judge;
use super::kinds;
use super::print::{percent, put, say};
use super::share::share;
use super::terminal::Terminal;
use crate::answers::import::vnbench;
use crate::answers::{self, Answers};
use crate::dataset;
use crate::markup;
use crate::project;
use crate::sampler::Sampler;
use crate::score::{self, Group, JudgeUse, OVERALL, Reading, Scores, Sheet};
use crate::wording;

/// Arguments of `vniah score`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    #[arg(value_name = "DATASET", required_unless_present = "vnbench")]
    out: Option<PathBuf>,
    /// Answers of one run: JSON Lines with `id` and `response`. Several files are parts of one run
    #[arg(required_unless_present = "vnbench")]
    answers: Vec<PathBuf>,
    /// Score a result file of VNBench's scripts, without a dataset. The file itself holds the right answers
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "answers"])]
    vnbench: Option<PathBuf>,
    /// How to read the labels `ret_insert1` and `ret_insert2`, which VNBench's released files swap
    #[arg(long, value_enum, default_value_t = LabelsName::Question, conflicts_with = "out")]
    labels: LabelsName,
    /// File for the scores. An existing file is replaced only if it holds scores
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Rule that reads replies for the main figure. `robust` understands wordy replies, `official` is VNBench's rule, `judged` is
    /// `robust` plus a judge's verdicts on what it cannot read. The table shows all of them
    #[arg(long, value_enum, default_value_t)]
    rule: Reading,
    /// Name of the model, if the answers do not state it
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Sampler of the model, if the answers do not state which frames it saw
    #[arg(long, value_name = "ID", conflicts_with = "vnbench")]
    sampler: Option<Sampler>,
    /// A length counts as effective if its accuracy is at least this share of the shortest length's
    #[arg(long, value_name = "SHARE", default_value_t = score::THRESHOLD, value_parser = share)]
    threshold: f64,
    /// Seed of the bootstrap intervals
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Answers of the same model to a control of the dataset, such as `no-needle=FILE`; repeatable
    #[arg(long = "control", value_name = "NAME=FILE", conflicts_with = "vnbench")]
    controls: Vec<Answered>,
    /// Print the scores as JSON instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    judge: judge::JudgeArgs,
}

impl ValueEnum for Reading {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LabelsName {
    /// By the question: a fruit is `ret_insert1`, a landmark is `ret_insert2`. Without questions in the file, as given.
    Question,
    /// As the file states them.
    AsGiven,
    /// The other way round.
    Swapped,
}

impl From<LabelsName> for vnbench::Labels {
    fn from(name: LabelsName) -> Self {
        match name {
            LabelsName::Question => Self::Question,
            LabelsName::AsGiven => Self::AsGiven,
            LabelsName::Swapped => Self::Swapped,
        }
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    if let Some(output) = &args.output {
        project::check_scores_file(output)?;
    }
    if args.rule == Reading::Judged && !args.judge.is_given() {
        return Err(Failure::message(Exit::Usage, "--rule judged needs --judge MODEL, or --judged FILE"));
    }
    let (sheet, answers) = match (&args.vnbench, &args.out) {
        (Some(file), _) => of_vnbench(file, args.labels)?,
        (None, Some(out)) => of_dataset(out, &args.answers)?,
        (None, None) => unreachable!("the command line requires one of the two"),
    };
    let first = args.vnbench.as_ref().unwrap_or_else(|| &args.answers[0]);
    let fallback_model = first.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // What cannot be scored is not judged either: a judge costs money.
    if args.judge.is_given() {
        score::check(&sheet, &answers, args.model.as_deref()).map_err(unscorable)?;
    }
    let asked = match judge::run(&args.judge, first, &sheet, &answers, terminal)? {
        judge::Outcome::DryRun => return Ok(()),
        judge::Outcome::Verdicts(asked) => asked,
    };
    let control = args.out.as_deref().map(dataset::read_control).transpose()?.flatten();
    let options = score::Options {
        control,
        model: args.model.clone(),
        rule: args.rule,
        judged: asked.judged,
        sampler: args.sampler.clone(),
        threshold: args.threshold,
        seed: args.seed,
        ..score::Options::new(fallback_model)
    };
    let mut scores = score::score_sheet(&sheet, &answers, &options).map_err(unscorable)?;
    controls::add_scored(&args.controls, args.out.as_deref(), (&sheet, &answers), (&mut scores, &options))?;
    if let Some(output) = &args.output {
        project::write_scores(output, &scores)?;
    }
    put(&if args.json { scores.to_json() } else { table(&scores) })?;
    for unheard in &scores.unheard {
        say(&markup::line(&unheard.sentence()));
    }
    // The program is about to end: to free a million rows string by string would only delay it.
    std::mem::forget((sheet, answers, scores));
    judge::ended(asked.failed)
}

fn of_dataset(out: &Path, answers: &[PathBuf]) -> Result<(Sheet, Answers), Failure> {
    // The two readings depend on nothing of each other, and of large runs they are most of the work.
    let is_asked = answers.iter().any(|path| answers::begins_with_asked(path));
    let read = || if is_asked { Sheet::read_asked(out) } else { Sheet::read(out) };
    let (sheet, answers) = rayon::join(read, || Answers::read(answers));
    let (sheet, answers) = (sheet?, answers?);
    if !is_asked {
        // Files of several tools in one may say it further down.
        score::check_asked(out, &answers)?;
    }
    Ok((sheet, answers))
}

/// A file of VNBench's scripts; says which labels were taken how.
fn of_vnbench(file: &Path, labels: LabelsName) -> Result<(Sheet, Answers), Failure> {
    let own = vnbench::read(file, labels.into())?;
    let relabelled = own.iter().filter(|row| row.is_relabelled).count();
    let unsure = own.iter().filter(|row| row.prompt.is_empty() && row.kind.starts_with("ret_insert")).count();
    say(&format!(
        "{}: {}; `ret_insert1` is the fruit, `ret_insert2` the landmark: {} {} another label in the file",
        file.display(),
        wording::count(own.len(), "row"),
        wording::count(relabelled, "row"),
        wording::verb(relabelled, "has", "have")
    ));
    if unsure > 0 && matches!(labels, LabelsName::Question) {
        let (rows, hold) = (wording::count(unsure, "row"), wording::verb(unsure, "holds", "hold"));
        say(&format!("  {rows} of these types {hold} no question: labels are taken as given"));
    }
    let (rows, answers, repeated) = score::vnbench::rows_and_answers(&own);
    if repeated > 0 {
        let repeat = wording::verb(repeated, "repeats", "repeat");
        let repeated = wording::count(repeated, "row");
        say(&format!("  {repeated} {repeat} a video, type and try: the first of each is scored"));
    }
    Ok((Sheet::of(&rows), answers))
}

/// The scores as a table: overall, then each task with its types.
fn table(scores: &Scores) -> String {
    let fixed = ["", "circular %", "95% interval", "per-try %", "samples", "unreadable", "missing"];
    let readings: Vec<_> = Reading::ALL
        .iter()
        .filter_map(|own| Some((own.name(), scores.letter_rules.get(own.name())?)))
        .collect();
    let has_main = scores.types.values().any(|group| group.main.measure != "circular");
    let main_head = has_main.then(|| "main %".to_owned());
    let heads = fixed.into_iter().map(str::to_owned);
    let heads = heads.clone().take(1).chain(main_head).chain(heads.skip(1));
    let mut lines: Vec<Vec<String>> =
        vec![heads.chain(readings.iter().map(|(name, _)| format!("{name} %"))).collect()];
    let mut add = |name: String, group: &Group, each: Vec<f64>| {
        let mut line = vec![
            name,
            percent(group.circular),
            format!("{} - {}", percent(group.interval[0]), percent(group.interval[1])),
            percent(group.per_try),
            group.samples.to_string(),
            group.unreadable.to_string(),
            group.missing.to_string(),
        ];
        if has_main {
            line.insert(1, main(&group.main));
        }
        line.extend(each.into_iter().map(percent));
        lines.push(line);
    };
    let each = |of: &dyn Fn(&score::RuleScores) -> f64| readings.iter().map(|(_, own)| of(own)).collect();
    add(OVERALL.to_owned(), &scores.overall, each(&|own| own.overall.circular));
    for (task, group) in &scores.tasks {
        add(task.clone(), group, each(&|own| own.tasks[task].circular));
        for (kind, group) in scores.types_of(task) {
            add(format!("  {kind}"), group, each(&|own| own.types[kind].circular));
        }
    }
    let mut text = format!(
        "{}{}, letters read by the {} rule\n\n",
        markup::line(&scores.model),
        of_control(scores),
        scores.rule.name()
    );
    text.push_str(&aligned(&lines));
    text.push_str(&notes(scores));
    text.push_str(&groups(scores));
    text.push_str(&kinds::text(scores));
    text.push_str(&axes::text(scores));
    text.push_str(&controls::text(scores));
    text + &scores.judge.as_ref().map_or_else(String::new, judge_line)
}

/// Which control was asked, if one was.
fn of_control(scores: &Scores) -> String {
    scores.control.map_or_else(String::new, |control| format!(" on the control `{}`", control.name()))
}

/// A main figure with its measure and interval.
fn main(own: &score::Main) -> String {
    let [low, high] = own.interval.map(percent);
    format!("{} {} ({low} - {high}; chance {})", own.measure, percent(own.value), percent(own.chance))
}

/// What share of the groups is right.
fn groups(scores: &Scores) -> String {
    let Some(groups) = &scores.groups else { return String::new() };
    let own = &groups.overall;
    let [low, high] = own.interval.map(percent);
    let chance = own.chance.map(|chance| format!("; chance {}%", percent(chance))).unwrap_or_default();
    format!(
        "groups: of {} groups {}% are right in all samples ({low} - {high}{chance}); mean of (right / samples)^2 {}%\n",
        own.groups,
        percent(own.right),
        percent(own.squared)
    )
}

/// What the figures of the table are, what guessing reaches, and how intervals are made.
fn notes(scores: &Scores) -> String {
    let chance = scores.chance;
    let settings = &scores.settings;
    let corrected = scores.overall.corrected;
    let stays = score::Corrected::of(chance.circular_content, chance.per_try, chance);
    let clusters = settings.haystack_clusters;
    let intervals = if clusters < score::FEWEST_CLUSTERS as u64 {
        format!(
            "95% intervals: Wilson for types and averages. With fewer than {} haystack clusters, differences between \
             source videos are not included, so real uncertainty is larger",
            score::FEWEST_CLUSTERS
        )
    } else {
        format!(
            "95% intervals: Wilson for types with one sample per cluster; bootstrap over clusters for other types and for \
             averages ({} resamples, seed {})",
            settings.resamples, settings.seed
        )
    };
    format!(
        "\ncircular: samples that are right in every try, also under `robust` and `official`; every sample is in the denominator; \
         unreadable and missing count tries\n\
         chance: per-try {}%; circular {}% with a random letter for each try, {}% by staying with one option's content\n\
         corrected for chance: circular {}%, per-try {}%; random letters reach 0 in both, staying with one option's content \
         {}% and {}%\n\
         {intervals}\n\
         haystack clusters: {clusters}; haystacks joined in one video share footage and count as one cluster\n",
        percent(chance.per_try),
        percent(chance.circular_letters),
        percent(chance.circular_content),
        percent(corrected.circular),
        percent(corrected.per_try),
        percent(stays.circular),
        percent(stays.per_try),
    )
}

/// What the judge did; the main figures hold it only under `--rule judged`.
fn judge_line(own: &JudgeUse) -> String {
    format!(
        "judge {}: of {} replies that the robust rule cannot read, {} name an option ({} the right one), {} name none, {} verdicts \
         cannot be read, {} are not judged; `judged` is circular accuracy by the robust rule and these verdicts\n",
        own.models.join(", "),
        own.replies,
        own.named,
        own.correct,
        own.none,
        own.unreadable,
        own.not_judged,
    )
}

/// Columns padded to their widest entry: the first to the left, the others to the right.
fn aligned(lines: &[Vec<String>]) -> String {
    let lines: Vec<Vec<String>> =
        lines.iter().map(|line| line.iter().map(|cell| markup::line(cell).into_owned()).collect()).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                // A formatter takes no width over 65,535.
                let blanks = " ".repeat(width - cell.chars().count());
                if column == 0 { cell.clone() + &blanks } else { blanks + cell }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
