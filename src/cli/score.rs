//! `vniah score`: scores the answers of one run.
//!
//! In: a dataset directory and answers. Out: a table (or JSON) on stdout, and `scores.json`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::print::{percent, say};
use crate::answers::import::vnbench;
use crate::answers::{self, Answers};
use crate::dataset::{self, Row};
use crate::score::{self, Group, Scores};

/// Arguments of `vniah score`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    #[arg(required_unless_present = "vnbench")]
    out: Option<PathBuf>,
    /// Answers of one run, JSON Lines with `id` and `response`; several files are parts of it
    #[arg(required_unless_present = "vnbench")]
    answers: Vec<PathBuf>,
    /// Score a result file of VNBench's scripts on the right answers that it carries, without a dataset
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "answers"])]
    vnbench: Option<PathBuf>,
    /// How that file's labels `ret_insert1` and `ret_insert2` are taken, which the released files swap
    #[arg(long, value_enum, default_value_t = LabelsName::Question, conflicts_with = "out")]
    labels: LabelsName,
    /// Where to write the scores; an existing file is overwritten only if it holds scores
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How letters are read: `robust` understands wordy replies, `official` is VNBench's rule. Both are shown
    #[arg(long, value_enum, default_value_t = RuleName::Robust)]
    rule: RuleName,
    /// Name of the model, if the answers do not state it
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Seed of the bootstrap intervals
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print the scores as JSON instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RuleName {
    Robust,
    Official,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LabelsName {
    /// By the question: a fruit is `ret_insert1`, a landmark `ret_insert2`; as given where no question is in the file.
    Question,
    /// As the file gives them.
    AsGiven,
    /// The one for the other.
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

impl From<RuleName> for answers::Rule {
    fn from(name: RuleName) -> Self {
        match name {
            RuleName::Robust => Self::Robust,
            RuleName::Official => Self::Official,
        }
    }
}

pub(super) fn failure(error: score::Error) -> Failure {
    match error {
        score::Error::File(error) => error.into(),
        other => Failure::new(Exit::Input, other),
    }
}

#[expect(clippy::print_stdout, reason = "the table is this command's output")]
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(output) = &args.output
        && output.exists()
        && !score::is_scores(output)
    {
        let message = format!("`{}` exists and holds no scores: it is not overwritten", output.display());
        return Err(Failure::message(Exit::Usage, message));
    }
    let (rows, answers) = match (&args.vnbench, &args.out) {
        (Some(file), _) => of_vnbench(file, args.labels)?,
        (None, Some(out)) => of_dataset(out, &args.answers)?,
        (None, None) => unreachable!("the command line requires one of the two"),
    };
    let first = args.vnbench.as_ref().unwrap_or_else(|| &args.answers[0]);
    let fallback_model = first.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let options =
        score::Options { model: args.model.clone(), fallback_model, rule: args.rule.into(), seed: args.seed };
    let scores = score::score(&rows, &answers, &options).map_err(|error| {
        let several = matches!(error, score::Error::Models { .. });
        let failure = failure(error);
        if several {
            failure.hint("score each model's answers by themselves, or name the run with --model")
        } else {
            failure
        }
    })?;
    if let Some(output) = &args.output {
        score::write(output, &scores)?;
    }
    print!("{}", if args.json { scores.to_json() } else { table(&scores) });
    // The program is about to end: to free a million rows string by string would only delay it.
    std::mem::forget((rows, answers, scores));
    Ok(())
}

fn of_dataset(out: &Path, answers: &[PathBuf]) -> Result<(Vec<Row>, Answers), Failure> {
    // The two readings depend on nothing of each other, and of large runs they are most of the work.
    let (rows, answers) = rayon::join(|| dataset::read_rows(out), || Answers::read(answers));
    let answers = answers.map_err(|error| match error {
        answers::Error::File(error) => error.into(),
        problems @ answers::Error::Problems { .. } => Failure::new(Exit::Input, problems),
    });
    Ok((rows?, answers?))
}

/// A file of VNBench's scripts; says which labels were taken how.
fn of_vnbench(file: &Path, labels: LabelsName) -> Result<(Vec<Row>, Answers), Failure> {
    let own = vnbench::read(file, labels.into())?;
    let relabelled = own.iter().filter(|row| row.is_relabelled).count();
    let unsure = own.iter().filter(|row| row.prompt.is_empty() && row.kind.starts_with("ret_insert")).count();
    say(&format!(
        "{}: {} row(s); `ret_insert1` is the fruit, `ret_insert2` the landmark: {relabelled} row(s) have another label in \
         the file",
        file.display(),
        own.len()
    ));
    if unsure > 0 && matches!(labels, LabelsName::Question) {
        say(&format!("  {unsure} row(s) of these types hold no question: their labels are taken as given"));
    }
    let (rows, answers, repeated) = score::vnbench::rows_and_answers(&own);
    if repeated > 0 {
        say(&format!("  {repeated} row(s) repeat a video, type and try: the first of each is scored"));
    }
    Ok((rows, answers))
}

/// The scores as a table: overall, then each task with its types.
fn table(scores: &Scores) -> String {
    let mut lines = vec![
        [
            "",
            "circular %",
            "95% interval",
            "per-try %",
            "samples",
            "unreadable",
            "missing",
            "robust %",
            "official %",
        ]
        .map(str::to_owned),
    ];
    let rules =
        [answers::Rule::Robust, answers::Rule::Official].map(|rule| &scores.letter_rules[rule.name()]);
    let mut add = |name: String, group: &Group, both: [f64; 2]| {
        lines.push([
            name,
            percent(group.circular),
            format!("{} - {}", percent(group.interval[0]), percent(group.interval[1])),
            percent(group.per_try),
            group.samples.to_string(),
            group.unreadable.to_string(),
            group.missing.to_string(),
            percent(both[0]),
            percent(both[1]),
        ]);
    };
    add("overall".to_owned(), &scores.overall, rules.map(|rule| rule.overall.circular));
    for (task, group) in &scores.tasks {
        add(task.clone(), group, rules.map(|rule| rule.tasks[task].circular));
        for (kind, group) in &scores.types {
            if scores.verdicts.iter().any(|sample| sample.kind == *kind && sample.task == *task) {
                add(format!("  {kind}"), group, rules.map(|rule| rule.types[kind].circular));
            }
        }
    }
    let mut text = format!("{}, letters read by the {} rule\n\n", scores.model, scores.rule.name());
    text.push_str(&aligned(&lines));
    let chance = scores.chance;
    let settings = &scores.settings;
    // Writing to a string cannot fail.
    writeln!(
        text,
        "\nchance: per-try {}%; circular {}% by random letters, {}% by staying with one option's content\n\
         unreadable and missing count tries; every sample is in the denominator; `robust` and `official` are circular\n\
         intervals: types {}; means {} ({} resamples, seed {}, {} haystack clusters)",
        percent(chance.per_try),
        percent(chance.circular_letters),
        percent(chance.circular_content),
        settings.interval_of_types,
        settings.interval_of_means,
        settings.resamples,
        settings.seed,
        settings.haystack_clusters,
    )
    .expect("a string can be written to");
    text
}

/// Columns padded to their widest entry: the first to the left, the others to the right.
fn aligned<const N: usize>(lines: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
    });
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(widths)
            .enumerate()
            .map(
                |(column, (cell, width))| {
                    if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                },
            )
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
