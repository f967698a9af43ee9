//! `vniah verify`: is every video what the plan says?
//!
//! In: a dataset. Out: what was compared, or the list of differences and exit code 5.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::baseline::Text;
use super::exit::{Exit, Failure};
use super::machine::Machine;
use super::origin::Origin;
use super::print::{json, percent, put, table};
use super::terminal::Terminal;
use crate::baseline::Reader;
use crate::dataset::CONTROLS;
use crate::media::mix::proof;
use crate::project::{TypeOutcome, Verify, VerifyReport};
use crate::wording;

/// Decode every video and compare it with the plan.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Dataset directory.
    dataset: PathBuf,
    #[command(flatten)]
    origin: Origin,
    /// Check only this sample; repeatable.
    #[arg(long = "sample", value_name = "ID")]
    samples: Vec<String>,
    /// Also answer every question from the decoded frames. The check fails if a question with clearly visible needles cannot be
    /// answered.
    #[arg(long)]
    solve: bool,
    #[command(flatten)]
    text: Text,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    machine: Machine,
}

/// Samples that a message names; JSON lists all.
const NAMED: usize = 3;

/// Runs `vniah verify`.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<(), Failure> {
    let solve = args.solve.then(|| args.text.reader_or(Reader::Ocr));
    let what = Verify { samples: args.samples.clone(), solve };
    let report = args.origin.dataset(&args.dataset, &args.machine, terminal).verify(&what)?;
    if args.json {
        put(&json(&report))?;
    } else {
        let mut text = summary(&report);
        for (name, control) in &report.controls {
            write!(text, "{CONTROLS}/{name}: {}", summary(control)).expect("writing to a string succeeds");
        }
        if !report.solved.is_empty() {
            text.push_str(&solved_table(&report.solved));
        }
        put(&text)?;
    }
    verdict(&report)
}

/// Fails if anything is not as planned, or if a sample that has to be solved is not.
fn verdict(report: &VerifyReport) -> Result<(), Failure> {
    let (differences, unsolved) = (report.count(), report.unsolved());
    if differences > 0 {
        let count = wording::count(differences, "difference");
        let message = format!("{count} between the plan and the dataset");
        return Err(Failure::message(Exit::Check, message));
    }
    if unsolved.is_empty() {
        return Ok(());
    }
    let more = if unsolved.len() > NAMED { ", ..." } else { "" };
    let named = unsolved[..unsolved.len().min(NAMED)].join("`, `");
    let message = format!(
        "{} cannot be solved from the videos: `{named}`{more}",
        wording::count(unsolved.len(), "sample")
    );
    Err(Failure::message(Exit::Check, message))
}

fn summary(report: &VerifyReport) -> String {
    let compared = &report.compared;
    let mut text = format!(
        "{}: {} equal to their haystack, {} and {} as drawn (worst {:.1} dB)\n",
        wording::count(report.videos, "video"),
        wording::count(compared.equal_frames, "frame"),
        wording::count(compared.encoded_frames, "encoded frame"),
        wording::count(compared.needle_frames, "needle view"),
        compared.worst_psnr
    );
    if !compared.sound.is_none() {
        let proof::Compared { equal_packets, mixed_packets, heard_needles, least_alike, .. } = compared.sound;
        writeln!(
            text,
            "  sound: {equal_packets} packets equal to their haystack, {mixed_packets} with needles; {heard_needles} needles heard at \
             their sample and level (at least {least_alike:.2} alike)"
        )
        .expect("writing to a string succeeds");
    }
    if compared.lost_frames > 0 {
        writeln!(
            text,
            "  {} needle views show no difference: these needles are nearly invisible by design",
            compared.lost_frames
        )
        .expect("writing to a string succeeds");
    }
    if compared.told_frames < compared.looked_frames {
        writeln!(
            text,
            "  detection recognises {} of {} needle views",
            compared.told_frames, compared.looked_frames
        )
        .expect("writing to a string succeeds");
    }
    for difference in &report.differences {
        writeln!(text, "  {}: {}", difference.file, difference.what).expect("writing to a string succeeds");
    }
    text
}

/// What was solved, for a reader.
fn solved_table(solved: &[TypeOutcome]) -> String {
    let head = ["type", "solver", "samples", "solved", "%", "demanded"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for kind in solved {
        lines.push(vec![
            if kind.setting.is_empty() {
                kind.kind.clone()
            } else {
                format!("{}-{}", kind.kind, kind.setting)
            },
            kind.solver.to_owned(),
            kind.samples.to_string(),
            kind.solved.to_string(),
            percent(kind.solved as f64 / kind.samples.max(1) as f64),
            if kind.is_demanded { "all" } else { "none: made hard to see" }.to_owned(),
        ]);
    }
    format!("\n{}", table(&lines))
}
