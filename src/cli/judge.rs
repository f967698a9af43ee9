//! `vniah score --judge`: a model is asked which option a reply names that the rules cannot read.
//!
//! In: a sheet, answers, and what the command line says of a judge. Out: its verdicts, which are kept in a file of their own: what is
//! in it is not asked again.

use std::path::{Path, PathBuf};

use super::endpoint::{Endpoint, Reasons, prompt, spent, stopped, told};
use super::exit::{Exit, Failure, unasked};
use super::print::{json, put, say};
use super::terminal::Terminal;
use crate::answers::Answers;
use crate::answers::judged::Judged;
use crate::ask::body::Parameters;
use crate::ask::http::Server;
use crate::ask::judge::{Case, MODE, PROMPT, cases};
use crate::ask::log::{Log, Resumed};
use crate::ask::run::{Composed, run as ask};
use crate::job::Stage;
use crate::score::Sheet;
use crate::wording;

/// What the command line says of a judge.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Judge")]
pub(super) struct JudgeArgs {
    /// Ask this model which option a reply names if the robust rule cannot read it. The judge sees the question, the options and
    /// the reply, never the right option. The main figures stay the same unless you add `--rule judged`
    #[arg(long, value_name = "MODEL", requires = "base_url")]
    judge: Option<String>,
    /// Address of the judge's server up to `/v1`
    #[arg(long, value_name = "URL", requires = "judge")]
    base_url: Option<String>,
    /// File of the judge's verdicts. It is read if it exists; `--judge` adds to it [default with --judge: ANSWERS.judged.jsonl]
    #[arg(long, value_name = "FILE")]
    judged: Option<PathBuf>,
    /// Prompt, or `@FILE`, with the placeholders `{question}`, `{options}`, `{reply}` and `{none}`
    #[arg(long, value_name = "TEXT|@FILE", requires = "judge")]
    judge_prompt: Option<String>,
    #[command(flatten)]
    endpoint: Endpoint,
    /// Print the first request to the judge; send nothing and score nothing
    #[arg(long, requires = "judge")]
    dry_run: bool,
}

/// What becomes of a judge.
pub(super) enum Outcome {
    /// A request was shown; there is nothing to score.
    DryRun,
    /// The verdicts.
    Verdicts(Asked),
}

/// The verdicts, if a judge is used.
#[derive(Default)]
pub(super) struct Asked {
    /// All that there are.
    pub(super) judged: Option<Judged>,
    /// Replies on which the request failed.
    pub(super) failed: u64,
}

impl JudgeArgs {
    /// Whether there are verdicts to come from anywhere.
    pub(super) fn is_given(&self) -> bool {
        self.judge.is_some() || self.judged.is_some()
    }
}

/// The judge's verdicts on `answers`, which `first` holds; asks for those that are not there, if a judge is named.
pub(super) fn run(
    args: &JudgeArgs,
    first: &Path,
    sheet: &Sheet,
    answers: &Answers,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let file = args.judged.clone().unwrap_or_else(|| first.with_extension("judged.jsonl"));
    let asked = match (&args.judge, &args.base_url) {
        (Some(model), Some(base_url)) => {
            let places = ["{question}", "{options}", "{reply}", "{none}"];
            let prompt = prompt("judge-prompt", args.judge_prompt.as_deref(), PROMPT, &places)?;
            let parameters = args.endpoint.parameters(model, MODE, prompt)?;
            let server = args.endpoint.server(base_url)?;
            let cases = cases(sheet.choices(), answers);
            if args.dry_run {
                dry_run(&cases, &parameters, &server)?;
                return Ok(Outcome::DryRun);
            }
            ask_judge(args, (&server, &parameters), &file, &cases, terminal)?
        }
        _ if args.judged.is_some() => 0,
        _ => return Ok(Outcome::Verdicts(Asked::default())),
    };
    let judged = Judged::read(&file)?;
    Ok(Outcome::Verdicts(Asked { judged: Some(judged), failed: asked }))
}

/// Asks for the verdicts that `file` does not hold; gives how many requests failed.
fn ask_judge(
    args: &JudgeArgs,
    (server, parameters): (&Server, &Parameters),
    file: &Path,
    cases: &[Case<'_>],
    terminal: &Terminal,
) -> Result<u64, Failure> {
    let failed = |error| unasked("--judged", error);
    let Resumed { log, left, warnings } =
        Log::resume(file, parameters, server.given_url(), |_| None).map_err(failed)?;
    for warning in &warnings {
        say(warning);
    }
    let is_left =
        |case: &&Case| left.get(&case.key()).is_none_or(|is_failed| *is_failed && args.endpoint.retry_errors);
    let todo: Vec<Case> = cases.iter().filter(is_left).copied().collect();
    let kept = cases.iter().filter(|case| left.get(&case.key()).is_some_and(|is_failed| *is_failed)).count();
    say(&format!(
        "the replies to {} cannot be read; verdicts on {} of them and {} are in `{}`",
        wording::count(cases.len(), "row"),
        cases.iter().filter(|case| left.get(&case.key()) == Some(&false)).count(),
        wording::count(kept, "error"),
        file.display()
    ));
    if todo.is_empty() {
        return Ok(kept as u64);
    }
    let limiter = args.endpoint.limiter();
    let setup = args.endpoint.setup(server, parameters, &limiter, terminal);
    let stage = setup.job.start(Stage::Judge, todo.len() as u64);
    let compose = |case: &Case| Ok(Composed::Request(case.request(parameters)));
    let reasons = Reasons::default();
    let summary = ask(&setup, &todo, compose, log, |record, summary| {
        if let Some(reason) = reasons.of(record) {
            stage.note(&reason);
        }
        stage.advance(&format!("{} {}", spent(summary, &setup), record.id));
    })
    .map_err(failed)?;
    stage.finish(&told("judged the replies to", "row", &summary, &setup));
    stopped(&summary, "row")?;
    let kept = if args.endpoint.retry_errors { 0 } else { kept as u64 };
    Ok(kept + summary.failed)
}

fn dry_run(cases: &[Case<'_>], parameters: &Parameters, server: &Server) -> Result<(), Failure> {
    let Some(case) = cases.first() else {
        say("every reply can be read: there is nothing to judge");
        return Ok(());
    };
    let request = case.request(parameters);
    let url = server.url();
    say(&format!(
        "POST {url} for `{}`, the first of {} to be judged; nothing was sent",
        case.id,
        wording::count(cases.len(), "row")
    ));
    put(&json(&request.body))
}

/// The end of a scoring: its scores are written, but some replies could not be judged.
pub(super) fn ended(failed: u64) -> Result<(), Failure> {
    if failed == 0 {
        return Ok(());
    }
    let requests = wording::count(failed, "request");
    let message = format!("{requests} to the judge ended in an error: these replies stay unreadable");
    Err(Failure::message(Exit::Stopped, message).hint("--retry-errors asks again"))
}
