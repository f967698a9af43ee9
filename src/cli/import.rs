//! `vniah import`: result files of other tools become answers.
//!
//! In: a dataset and a result file. Out: `answers.jsonl`, and on stderr an account of every row that was not taken as it
//! stood.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::baseline::{check_output, write_output};
use super::exit::{Exit, Failure};
use super::print::{json, put, say};
use super::terminal::Terminal;
use crate::answers::import::{Account, Columns, Duplicates, Format};
use crate::project::{Dataset, Import, Imported, Session};
use crate::wording;

/// Read another tool's result file as answers.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory, which holds metadata.jsonl
    #[arg(value_name = "DATASET")]
    out: PathBuf,
    /// Result file
    file: PathBuf,
    /// File for the answers. An existing file is replaced, unless `ask` or `quiz` wrote answers to it
    #[arg(short, long, value_name = "answers.jsonl")]
    output: PathBuf,
    /// Replace the file even if `ask` or `quiz` wrote answers to it
    #[arg(long)]
    force: bool,
    /// Format of the file [default: detected, and printed]
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// Column or key with the id of the row (CSV and JSON Lines)
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// Column or key with the response
    #[arg(long, value_name = "NAME")]
    response_column: Option<String>,
    /// Which reply to take if a row has several different ones. Without this option, that is an error
    #[arg(long, value_enum)]
    duplicates: Option<DuplicatesName>,
    /// Name of the model, if the file does not state it
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    VnbenchA,
    VnbenchB,
    LmmsEval,
    Vlmevalkit,
    Inspect,
    Jsonl,
    Csv,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::VnbenchA => Self::VnbenchA,
            FormatName::VnbenchB => Self::VnbenchB,
            FormatName::LmmsEval => Self::LmmsEval,
            FormatName::Vlmevalkit => Self::VlmEvalKit,
            FormatName::Inspect => Self::Inspect,
            FormatName::Jsonl => Self::Jsonl,
            FormatName::Csv => Self::Csv,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DuplicatesName {
    First,
    Last,
}

/// Runs `vniah import`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    check_output(&args.output, args.force)?;
    let mut columns = Columns::default();
    if let Some(name) = &args.id_column {
        columns.id = vec![name.clone()];
    }
    if let Some(name) = &args.response_column {
        columns.response = vec![name.clone()];
    }
    let how = Import {
        format: args.format.map(Format::from),
        columns,
        duplicates: match args.duplicates {
            Some(DuplicatesName::Last) => Duplicates::Last,
            Some(DuplicatesName::First) | None => Duplicates::First,
        },
        model: args.model.clone(),
    };
    let session = Session { job: terminal.job(), ..Session::default() };
    let imported = Dataset::open(&args.out, &session).import(&args.file, &how)?;
    let Imported { answers, account, .. } = &imported;
    say(&told(&args.file, imported.format, account));
    if let Some(taken) = &imported.taken {
        let others = match taken.others.as_slice() {
            [] => String::new(),
            others => format!("; not from {}", others.join(", ")),
        };
        say(&format!("  ids from `{}`, replies from `{}`{others}", taken.id, taken.response));
    }
    if account.is_truth {
        say(
            "warning: every reply is exactly the right answer: does the column hold the right answers rather than the model's? \
             --response-column names another",
        );
    }
    if account.answered == 0 {
        let message = format!("no row of `{}` joins a row of the dataset", args.file.display());
        return Err(Failure::message(Exit::Input, message).hint(
            "does the file belong to another dataset? --format and --id-column say how it names rows",
        ));
    }
    if account.other_truth > 0 {
        let message = format!(
            "{} of `{}` {} another right letter than the dataset has: {}",
            wording::count(account.other_truth, "row"),
            args.file.display(),
            wording::verb(account.other_truth, "states", "state"),
            account.other_truth_first.join(", ")
        );
        return Err(Failure::message(Exit::Input, message)
            .hint("the file seems to belong to another dataset, or to another version of this; name the directory that was asked"));
    }
    if account.contradicting > 0 && args.duplicates.is_none() {
        let message = format!(
            "{} {} otherwise than another to the same row",
            wording::count(account.contradicting, "row"),
            wording::verb(account.contradicting, "replies", "reply")
        );
        return Err(
            Failure::message(Exit::Input, message).hint("--duplicates first|last chooses which to take")
        );
    }
    write_output(&args.output, answers, args.force)?;
    if args.json { put(&json(account)) } else { Ok(()) }
}

fn told(file: &Path, format: Format, account: &Account) -> String {
    let mut lines = vec![format!(
        "{}: {} of the layout {}; {} of the dataset {} answered, {} of them failed requests",
        file.display(),
        wording::count(account.read, "row"),
        format.name(),
        wording::count(account.answered, "row"),
        wording::verb(account.answered, "is", "are"),
        account.failed
    )];
    let mut tell = |count: usize, verbs: [&str; 2], what: &str, first: &[String]| {
        if count > 0 {
            let more = if count > first.len() && !first.is_empty() { ", ..." } else { "" };
            let list = if first.is_empty() { String::new() } else { format!(": {}{more}", first.join(", ")) };
            lines.push(format!(
                "  {} {} {what}{list}",
                wording::count(count, "row"),
                wording::verb(count, verbs[0], verbs[1])
            ));
        }
    };
    tell(account.unjoined, ["joins", "join"], "no row of the dataset", &account.unjoined_first);
    tell(account.repeated, ["repeats", "repeat"], "another's reply", &[]);
    tell(account.contradicting, ["replies", "reply"], "otherwise than another", &account.contradicting_first);
    tell(
        account.absent,
        ["of the dataset is absent, and scores", "of the dataset are absent, and score"],
        "as missing",
        &account.absent_first,
    );
    lines.join("\n")
}
