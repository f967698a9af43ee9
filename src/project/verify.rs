//! Is every video what the plan says?
//!
//! In: a dataset and its origin. Out: what was compared, and every difference. What cannot be decoded is a difference like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;

use super::error::Error;
use super::opened::Dataset;
use super::oracle::Sees;
use super::remade::Remade;
use super::solve::{self, TypeOutcome};
use crate::baseline::Reader;
use crate::checksum;
use crate::dataset::{self, CONTROLS, Manifest, Row, Store};
use crate::job::Stage;
use crate::media::input::Input;
use crate::plan::{Planner, VideoPlan};
use crate::question::Control;
use crate::render;
use crate::render::compared::Compared;
use crate::render::rows;
use crate::render::subtitles;
use crate::render::verify;
use crate::render::videos;
use crate::spec::{Task, controls_of};
use crate::wording;

/// What is verified.
#[derive(Clone, Debug, Default)]
pub struct Verify {
    /// Ids of the samples whose videos are decoded; all, if none is named. Controls are verified only then.
    pub samples: Vec<String>,
    /// Whether every sample is solved from its decoded frames, too, and how subtitles are read for that.
    pub solve: Option<Reader>,
}

/// What was compared.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Videos that were decoded.
    pub videos: u64,
    /// What was compared of all of them.
    #[serde(flatten)]
    pub compared: Compared,
    /// Whatever is not as planned.
    pub differences: Vec<Difference>,
    /// What was solved, by type; nothing where that was not asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub solved: Vec<TypeOutcome>,
    /// The same of the controls that lie in the dataset.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub controls: BTreeMap<&'static str, VerifyReport>,
}

/// Something that is not as planned.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The file, within the dataset.
    pub file: String,
    /// What is wrong with it.
    pub what: String,
}

impl VerifyReport {
    /// Number of differences, in controls too.
    pub fn count(&self) -> usize {
        self.differences.len() + self.controls.values().map(Self::count).sum::<usize>()
    }

    /// Ids of samples that are not solved and have to be, since their needles are meant to be seen.
    pub fn unsolved(&self) -> Vec<&str> {
        let demanded = self.solved.iter().filter(|kind| kind.is_demanded);
        demanded.flat_map(|kind| kind.unsolved.iter().map(String::as_str)).collect()
    }
}

impl Dataset {
    /// Decodes every video again and compares it with the plan.
    pub fn verify(&self, what: &Verify) -> Result<VerifyReport, Error> {
        let mut report = self.session().run(|| compare(self, what))?;
        // The samples of its controls have the same names, and those that are named are the dataset's own.
        for control in Control::ALL.into_iter().filter(|_| what.samples.is_empty()) {
            let dir = self.dir().join(CONTROLS).join(control.name());
            if dir.join(dataset::MANIFEST).exists() {
                let dataset = Self::open(dir, self.session()).made_by(self.origin().clone());
                let control_report = self.session().run(|| compare(&dataset, &Verify::default()))?;
                report.controls.insert(control.name(), control_report);
            }
        }
        Ok(report)
    }
}

fn compare(dataset: &Dataset, what: &Verify) -> Result<VerifyReport, Error> {
    let remade = Remade::open(dataset.dir(), dataset.origin(), dataset.session())?;
    if what.solve.is_some() && remade.manifest.control.is_some() {
        return Err(Error::Unsolvable { dataset: dataset.dir().to_owned() });
    }
    let planner = remade.planner();
    let dir = dataset.dir();
    let chosen = chosen(dir, &what.samples, planner)?;
    let mut report = videos(dir, &remade, planner, &chosen)?;
    rows_that_changed(dir, planner, &mut report.differences)?;
    if what.samples.is_empty() && remade.manifest.control.is_none() {
        report.differences.extend(controls_that_are_missing(dir, &remade.manifest));
    }
    if let Some(reader) = what.solve {
        let rows = dataset::read_rows(dir)?;
        let is_asked = |id: &String| what.samples.is_empty() || what.samples.contains(id);
        let rows: Vec<Row> = rows.into_iter().filter(|row| is_asked(&row.sample_id)).collect();
        let sees = Sees { reader, ..Sees::default() };
        let spec = remade.project.spec();
        report.solved = solve::solve(&remade.videos(dir), &rows, spec, sees, &dataset.session().job)?;
    }
    Ok(report)
}

/// The controls that the dataset was to have beside it, and has not.
fn controls_that_are_missing(dir: &Path, manifest: &Manifest) -> impl Iterator<Item = Difference> {
    let file = |control: Control| format!("{CONTROLS}/{}/{}", control.name(), dataset::MANIFEST);
    let files = controls_of(&manifest.spec).into_iter().map(file).filter(|file| !dir.join(file).exists());
    let what = "is missing, and the spec asks for this control: `vniah generate` makes it";
    files.map(|file| Difference { file, what: what.to_owned() })
}

/// Compares the videos of the chosen samples.
fn videos(dir: &Path, remade: &Remade, planner: &Planner, chosen: &[u64]) -> Result<VerifyReport, Error> {
    let with_lines = chosen;
    let chosen = if planner.control().is_none_or(Control::has_videos) { chosen } else { &[] };
    let stage = remade.project.session().job.start(Stage::Verify, chosen.len() as u64);
    let results: Vec<(Compared, Vec<Difference>)> = chosen
        .par_iter()
        .map(|&index| {
            let planned = planner.video(index);
            let result = one(dir, remade, &planned, planner.task(index));
            stage.advance(&planned.video.name);
            result
        })
        .collect::<Result<_, Error>>()?;
    let store = remade.manifest.store;
    let mut names: BTreeSet<String> =
        chosen.iter().map(|&index| store.of(&rows::file_name(&planner.video(index).video))).collect();
    let mut lines = Vec::new();
    for &index in with_lines.iter().filter(|&&index| planner.task(index).family.has_subtitles()) {
        let video = planner.video(index).video;
        let file = subtitles::file_name(&video);
        let what = subtitles::differences(dir, &video)?;
        lines.extend(what.map(|what| Difference { file: file.clone(), what }));
        names.insert(file);
    }
    let mut report = VerifyReport {
        videos: chosen.len() as u64,
        compared: Compared::default(),
        differences: files_that_changed(dir, &remade.manifest, &names)?,
        solved: Vec::new(),
        controls: BTreeMap::new(),
    };
    report.differences.extend(lines);
    for (compared, differences) in results {
        report.compared.add(compared);
        report.differences.extend(differences);
    }
    stage.finish(&format!("verified {}", wording::count(report.videos, "video")));
    Ok(report)
}

/// Indices of the samples that are decoded: all, or those asked for.
fn chosen(dir: &Path, samples: &[String], planner: &Planner) -> Result<Vec<u64>, Error> {
    if samples.is_empty() {
        return Ok((0..planner.len()).collect());
    }
    let mut left: BTreeSet<&str> = samples.iter().map(String::as_str).collect();
    let chosen = (0..planner.len()).filter(|&index| names_any(&planner.video(index), &mut left)).collect();
    match left.first() {
        None => Ok(chosen),
        Some(id) => Err(Error::NoSample { dataset: dir.to_owned(), id: (*id).to_owned() }),
    }
}

/// Whether a question about a video is among `left`, which then no longer holds it.
fn names_any(planned: &VideoPlan, left: &mut BTreeSet<&str>) -> bool {
    // Each that is named is taken, not the first alone.
    planned.questions.iter().filter(|question| left.remove(question.sample_id.as_str())).count() > 0
}

fn one(
    dir: &Path,
    remade: &Remade,
    planned: &VideoPlan,
    task: &Task,
) -> Result<(Compared, Vec<Difference>), Error> {
    let file = rows::file_name(&planned.video);
    let library = remade.project.spec().library();
    let differ = |what: String| Difference { file: file.clone(), what };
    let compare = || {
        if remade.manifest.store == Store::File {
            return verify::whole(
                &planned.video,
                task,
                &remade.ready,
                library,
                &Input::file(dir.join(&file)),
            );
        }
        let (recipe, spliced) = videos::recipe(dir, &file, &remade.ready)?;
        let input = Input::Spliced(spliced);
        let (compared, mut differences) =
            verify::whole(&planned.video, task, &remade.ready, library, &input)?;
        if input.sha256()? != recipe.head.sha256 {
            differences.push("its recipe gives other bytes than those that it names".to_owned());
        }
        // A file that was made of a recipe is read in its place.
        let path = dir.join(&file);
        if path.exists() && checksum::of_file(&path)? != recipe.head.sha256 {
            differences.push("it was made of its recipe, and its bytes are no longer those".to_owned());
        }
        Ok((compared, differences))
    };
    match compare() {
        Ok((compared, differences)) => Ok((compared, differences.into_iter().map(differ).collect())),
        // A machine that is short of descriptors or memory says nothing of the dataset.
        Err(error) if error.is_of_machine() => Err(error.into()),
        // What is not there or cannot be decoded is a difference like any other: the rest is still compared.
        Err(
            error @ (render::Error::Media(_)
            | render::Error::Recipe { .. }
            | render::Error::File(_)
            | render::Error::NoVideo { .. }),
        ) => {
            let what = wording::chain(&error);
            Ok((Compared::default(), vec![differ(what)]))
        }
        Err(error) => Err(error.into()),
    }
}

/// Files whose bytes are not those that the manifest names: of the videos, those in `files`.
fn files_that_changed(
    dir: &Path,
    manifest: &Manifest,
    files: &BTreeSet<String>,
) -> Result<Vec<Difference>, Error> {
    let is_asked = |name: &str| !name.starts_with(manifest.store.dir()) || files.contains(name);
    let changed = manifest.outputs.par_iter().filter(|output| is_asked(&output.name)).map(|output| {
        let path = dir.join(&output.name);
        let what = match checksum::of_file(&path) {
            Ok(sha256) if sha256 == output.sha256 => return Ok(None),
            Ok(_) => "its bytes are not those in the manifest".to_owned(),
            Err(error) if error.is_of_machine() => return Err(render::Error::from(error).into()),
            Err(error) => wording::chain(&error),
        };
        Ok(Some(Difference { file: output.name.clone(), what }))
    });
    let changed: Vec<Option<Difference>> = changed.collect::<Result<_, Error>>()?;
    Ok(changed.into_iter().flatten().collect())
}

/// Rows that are not those that the plan gives.
fn rows_that_changed(dir: &Path, planner: &Planner, differences: &mut Vec<Difference>) -> Result<(), Error> {
    let found = match dataset::read_rows(dir) {
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
        for row in rows::rows_under(&planned, sha256, planner.control()) {
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
