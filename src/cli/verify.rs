//! `vniah verify`: is every video what the plan says?
//!
//! In: a dataset. Out: what was compared, or the list of differences and exit code 5.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use rayon::prelude::*;
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::origin::Origin;
use super::print::{json, put};
use super::progress::Stage;
use super::solve::{self, TypeOutcome};
use super::source::{Machine, Remade, no_sample};
use crate::checksum;
use crate::dataset::{self, CONTROLS, Manifest, Store};
use crate::media::input::Input;
use crate::plan::{Planner, VideoPlan};
use crate::question::Control;
use crate::render;
use crate::render::rows;
use crate::render::verify::{self, Compared};
use crate::render::videos;
use crate::spec::Task;

/// Decode every video again and compare it with the plan.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Directory of the dataset.
    dataset: PathBuf,
    #[command(flatten)]
    origin: Origin,
    /// Decode this sample alone; may be given several times.
    #[arg(long = "sample", value_name = "ID")]
    samples: Vec<String>,
    /// Solve every sample from its decoded frames too; those whose needles are meant to be seen have to be solved.
    #[arg(long)]
    solve: bool,
    #[command(flatten)]
    text: super::baseline::Text,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    machine: Machine,
}

#[derive(Debug, Serialize)]
struct Report {
    videos: u64,
    equal_frames: u64,
    encoded_frames: u64,
    needle_frames: u64,
    lost_frames: u64,
    looked_frames: u64,
    told_frames: u64,
    worst_psnr: f64,
    differences: Vec<Difference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    solved: Vec<TypeOutcome>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    controls: BTreeMap<&'static str, Report>,
}

#[derive(Debug, Serialize)]
struct Difference {
    file: String,
    what: String,
}

/// Runs `vniah verify`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut report = args.machine.run(|| compare(args))?;
    // The samples of its controls have the same names, and those that are named are the dataset's own.
    for control in Control::ALL.into_iter().filter(|_| args.samples.is_empty()) {
        let dataset = args.dataset.join(CONTROLS).join(control.name());
        if dataset.join(dataset::MANIFEST).exists() {
            let own = Args { dataset, solve: false, ..args.clone() };
            report.controls.insert(control.name(), args.machine.run(|| compare(&own))?);
        }
    }
    if args.json {
        put(&json(&report))?;
    } else {
        let mut text = table(&report);
        for (name, control) in &report.controls {
            write!(text, "{CONTROLS}/{name}: {}", table(control)).expect("writing to a string succeeds");
        }
        if !report.solved.is_empty() {
            text.push_str(&solve::text(&report.solved));
        }
        put(&text)?;
    }
    let controls = report.controls.values().map(|control| control.differences.len()).sum::<usize>();
    let differences = report.differences.len() + controls;
    if differences == 0 {
        return solve::verdict(&report.solved);
    }
    let count =
        if differences == 1 { "1 difference".to_owned() } else { format!("{differences} differences") };
    let message = format!("{count} between the plan and the dataset");
    Err(Failure::message(Exit::Check, message))
}

fn table(report: &Report) -> String {
    let mut text = format!(
        "{} videos: {} frames equal to their haystack, {} encoded frames and {} needle views as drawn (worst {:.1} dB)\n",
        report.videos, report.equal_frames, report.encoded_frames, report.needle_frames, report.worst_psnr
    );
    if report.lost_frames > 0 {
        writeln!(
            text,
            "  {} views show nothing of a needle that is hardly there by design",
            report.lost_frames
        )
        .expect("writing to a string succeeds");
    }
    if report.told_frames < report.looked_frames {
        writeln!(
            text,
            "  {} of {} needle views can be told by detection for what they are",
            report.told_frames, report.looked_frames
        )
        .expect("writing to a string succeeds");
    }
    for difference in &report.differences {
        writeln!(text, "  {}: {}", difference.file, difference.what).expect("writing to a string succeeds");
    }
    text
}

fn compare(args: &Args) -> Result<Report, Failure> {
    let remade = Remade::open(&args.dataset, &args.origin, &args.machine)?;
    if args.solve && remade.manifest.control.is_some() {
        let message =
            format!("`{}` is a control: its questions are not to be solved", args.dataset.display());
        return Err(Failure::message(Exit::Usage, message));
    }
    let planner = remade.planner()?;
    let chosen = chosen(args, &planner)?;
    let mut report = videos(args, &remade, &planner, &chosen)?;
    rows_that_changed(args, &planner, &mut report.differences)?;
    if args.solve {
        report.solved = solve::solve(
            &args.dataset,
            &remade.videos(&args.dataset),
            &remade.project.spec,
            &args.samples,
            args.text,
        )?;
    }
    Ok(report)
}

/// Compares the videos of the chosen samples.
fn videos(args: &Args, remade: &Remade, planner: &Planner<'_>, chosen: &[u64]) -> Result<Report, Failure> {
    let chosen = if planner.control() == Some(Control::TextOnly) { &[] } else { chosen };
    let stage = Stage::start("verifying", chosen.len() as u64, "videos");
    let results: Vec<(Compared, Vec<Difference>)> = chosen
        .par_iter()
        .map(|&index| {
            let planned = planner.video(index);
            let result = one(args, remade, &planned, planner.task(index));
            stage.tick(&planned.video.name);
            result
        })
        .collect::<Result<_, Failure>>()?;
    let store = remade.manifest.store;
    let names = chosen.iter().map(|&index| store.of(&rows::file_name(&planner.video(index).video))).collect();
    let mut report = Report {
        videos: chosen.len() as u64,
        equal_frames: 0,
        encoded_frames: 0,
        needle_frames: 0,
        lost_frames: 0,
        looked_frames: 0,
        told_frames: 0,
        worst_psnr: 100.0,
        differences: files_that_changed(args, &remade.manifest, &names)?,
        solved: Vec::new(),
        controls: BTreeMap::new(),
    };
    for (compared, differences) in results {
        report.equal_frames += compared.equal_frames;
        report.encoded_frames += compared.encoded_frames;
        report.needle_frames += compared.needle_frames;
        report.lost_frames += compared.lost_frames;
        report.looked_frames += compared.looked_frames;
        report.told_frames += compared.told_frames;
        report.worst_psnr = report.worst_psnr.min(compared.worst_psnr);
        report.differences.extend(differences);
    }
    stage.end(&format!("verified {} videos", report.videos));
    Ok(report)
}

/// Indices of the samples that are decoded: all, or those asked for.
fn chosen(args: &Args, planner: &Planner<'_>) -> Result<Vec<u64>, Failure> {
    if args.samples.is_empty() {
        return Ok((0..planner.len()).collect());
    }
    let mut left: BTreeSet<&str> = args.samples.iter().map(String::as_str).collect();
    let chosen = (0..planner.len()).filter(|&index| names_any(&planner.video(index), &mut left)).collect();
    match left.first() {
        None => Ok(chosen),
        Some(id) => Err(no_sample(&args.dataset, id)),
    }
}

/// Whether a question about a video is among `left`, which then no longer holds it.
fn names_any(planned: &VideoPlan, left: &mut BTreeSet<&str>) -> bool {
    // Each that is named is taken, not the first alone.
    planned.questions.iter().filter(|question| left.remove(question.sample_id.as_str())).count() > 0
}

fn one(
    args: &Args,
    remade: &Remade,
    planned: &VideoPlan,
    task: &Task,
) -> Result<(Compared, Vec<Difference>), Failure> {
    let file = rows::file_name(&planned.video);
    let library = remade.project.spec.library();
    let differ = |what: String| Difference { file: file.clone(), what };
    let compare = || {
        if remade.manifest.store == Store::File {
            return verify::whole(
                &planned.video,
                task,
                &remade.ready,
                library,
                &Input::file(args.dataset.join(&file)),
            );
        }
        let (recipe, spliced) = videos::recipe(&args.dataset, &file, &remade.ready)?;
        let input = Input::Spliced(spliced);
        let (compared, mut differences) =
            verify::whole(&planned.video, task, &remade.ready, library, &input)?;
        if input.sha256()? != recipe.head.sha256 {
            differences.push("its recipe gives other bytes than those that it names".to_owned());
        }
        Ok((compared, differences))
    };
    match compare() {
        Ok((compared, differences)) => Ok((compared, differences.into_iter().map(differ).collect())),
        // A machine that is short of descriptors or memory says nothing of the dataset.
        Err(error) if error.is_of_machine() => Err(error.into()),
        // What cannot be decoded is a difference like any other: the rest is still compared.
        Err(error @ (render::Error::Media(_) | render::Error::Recipe { .. })) => {
            let what = format!("{:#}", anyhow::Error::new(error));
            Ok((Compared { worst_psnr: 100.0, ..Compared::default() }, vec![differ(what)]))
        }
        Err(error) => Err(error.into()),
    }
}

/// Files whose bytes are not those that the manifest names: of the videos, those in `files`.
fn files_that_changed(
    args: &Args,
    manifest: &Manifest,
    files: &BTreeSet<String>,
) -> Result<Vec<Difference>, Failure> {
    let is_asked = |name: &str| !name.starts_with(manifest.store.dir()) || files.contains(name);
    let changed = manifest.outputs.par_iter().filter(|output| is_asked(&output.name)).map(|output| {
        let path = args.dataset.join(&output.name);
        let what = match checksum::of_file(&path) {
            Ok(sha256) if sha256 == output.sha256 => return Ok(None),
            Ok(_) => "its bytes are not those in the manifest".to_owned(),
            Err(error) if error.is_of_machine() => return Err(render::Error::from(error).into()),
            Err(error) => format!("{:#}", anyhow::Error::new(error)),
        };
        Ok(Some(Difference { file: output.name.clone(), what }))
    });
    let changed: Vec<Option<Difference>> = changed.collect::<Result<_, Failure>>()?;
    Ok(changed.into_iter().flatten().collect())
}

/// Rows that are not those that the plan gives.
fn rows_that_changed(
    args: &Args,
    planner: &Planner<'_>,
    differences: &mut Vec<Difference>,
) -> Result<(), Failure> {
    let found = match dataset::read_rows(&args.dataset) {
        Ok(found) => found,
        // Rows that contradict each other are not the planned ones.
        Err(dataset::Error::Inconsistent { problems, .. }) => {
            let row = |what: String| Difference { file: dataset::METADATA.to_owned(), what };
            differences.extend(problems.into_iter().map(row));
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let digests: BTreeMap<&str, &str> =
        found.iter().map(|row| (row.sample_id.as_str(), row.sha256.as_str())).collect();
    let mut found = found.iter();
    for planned in planner.videos() {
        let id = planned.questions[0].sample_id.as_str();
        let sha256 = digests.get(id).copied().unwrap_or_default();
        for row in rows::rows(&planned, sha256) {
            if found.next() != Some(&row) {
                let what = format!("row `{}` is not the planned one", row.id);
                differences.push(Difference { file: dataset::METADATA.to_owned(), what });
                return Ok(());
            }
        }
    }
    if found.next().is_some() {
        let what = "rows follow the last planned one".to_owned();
        differences.push(Difference { file: dataset::METADATA.to_owned(), what });
    }
    Ok(())
}
