//! Making samples of a dataset again from what it carries and its haystacks, and comparing them with what it keeps.
//!
//! In: a dataset and its origin. Out: by video, whether its bytes, its subtitles and its rows are those that are made again, or where
//! they differ. The dataset itself is never written to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::error::Error;
use super::opened::Dataset;
use super::remade::Remade;
use crate::checksum;
use crate::dataset::difference::{Different, FieldDifference, fields};
use crate::dataset::{self, MANIFEST, METADATA, Row, VIDEOS};
use crate::files;
use crate::job::Stage;
use crate::plan::VideoPlan;
use crate::render::again::{Again, again};
use crate::render::{claim, rows, subtitles};
use crate::subtitle;
use crate::wording;

/// What is made again.
#[derive(Clone, Debug, Default)]
pub struct Reproduce {
    /// Ids of the samples; all, if none is named.
    pub samples: Vec<String>,
    /// Directory that keeps what is made: empty, new, or begun by an earlier run for the same samples.
    pub out: Option<PathBuf>,
}

/// A video that was made again, with the rows about it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Reproduced {
    /// The samples about it.
    pub samples: Vec<String>,
    /// The video within the dataset; empty where a control has none.
    pub file_name: String,
    /// Whether video, subtitles and rows are equal.
    pub is_equal: bool,
    /// The video; nothing where a control has none.
    pub video: Option<Again>,
    /// What of its subtitle file differs.
    pub subtitles: Option<String>,
    /// Number of rows about it.
    pub row_count: usize,
    /// Rows that differ, by id: what the dataset has, and what is made again.
    pub rows: Vec<Different>,
}

impl Dataset {
    /// Makes the videos and rows of these samples again and compares them with what the dataset keeps.
    ///
    /// # Errors
    /// The dataset's spec, packs, families or haystacks are not those that made it, or a video cannot be made.
    pub fn reproduce(&self, what: &Reproduce) -> Result<Vec<Reproduced>, Error> {
        self.session().run(|| self.reproduced(what))
    }

    fn reproduced(&self, what: &Reproduce) -> Result<Vec<Reproduced>, Error> {
        let job = &self.session().job;
        let found = dataset::read_rows(self.dir())?;
        self.check_samples(&what.samples, &found)?;
        let asked: BTreeSet<&str> = what.samples.iter().map(String::as_str).collect();
        let is_asked = |planned: &VideoPlan| {
            let mut ids = planned.questions.iter().map(|question| question.sample_id.as_str());
            asked.is_empty() || ids.any(|id| asked.contains(id))
        };
        let remade = Remade::open_for(self.dir(), self.origin(), self.session(), is_asked)?;
        let videos: Vec<VideoPlan> = remade.planner().videos().filter(is_asked).collect();
        let rows: BTreeMap<&str, &Row> = found.iter().map(|row| (row.id.as_str(), row)).collect();
        let held = what.out.as_deref().map(|out| self.begin(out)).transpose()?;
        let stage = job.start(Stage::Render, videos.len() as u64);
        let made = videos
            .par_iter()
            .map(|planned| {
                job.go_on()?;
                let made = self.one(planned, &remade, &rows, what.out.as_deref())?;
                stage.advance(&planned.video.name);
                Ok(made)
            })
            .collect::<Result<Vec<(Reproduced, Vec<Row>)>, Error>>();
        let made = made.and_then(|made| kept_rows(what.out.as_deref(), made));
        held.map_or(Ok(()), claim::Held::release)?;
        let made = made?;
        let equal = made.iter().filter(|video| video.is_equal).count();
        stage.finish(&format!("made {} again, {equal} of them equal", wording::count(made.len(), "video")));
        Ok(made)
    }

    /// Claims the directory in which what is made is kept.
    fn begin(&self, out: &Path) -> Result<claim::Held, Error> {
        // A dataset of recipes would take the videos for its own.
        if out.join(MANIFEST).exists() {
            return Err(Error::FullDir { dir: out.to_owned() });
        }
        files::make_dir(out)?;
        let held = claim::hold(out, &self.session().job)?;
        files::make_dir_within(out, VIDEOS)?;
        Ok(held)
    }

    fn one(
        &self,
        planned: &VideoPlan,
        remade: &Remade,
        found: &BTreeMap<&str, &Row>,
        out: Option<&Path>,
    ) -> Result<(Reproduced, Vec<Row>), Error> {
        let file_name = rows::file_name(&planned.video);
        let control = remade.planner().control();
        let video = match &*file_name {
            "" => None,
            file_name => {
                let kept = remade.videos(self.dir()).open(file_name);
                let path = out.map(|out| out.join(file_name));
                let makers = (&*remade.ready, remade.project.spec().library());
                let (present, absent): (Option<&Path>, Option<&Path>) = match path.as_deref() {
                    Some(path) if path.exists() => (Some(path), None),
                    path => (None, path),
                };
                let made = again(&planned.video, makers, &kept, absent, &self.session().job)?;
                // From an earlier run. What is written now is compared where it is written.
                if let (Some(out), Some(path)) = (out, present)
                    && checksum::of_file(path)? != made.sha256
                {
                    return Err(Error::FullDir { dir: out.to_owned() });
                }
                Some(made)
            }
        };
        let lines = subtitles::file_name(&planned.video);
        if let Some(out) = out.filter(|_| !lines.is_empty()) {
            keep(out, &lines, subtitle::srt(&subtitles::timed(&planned.video)).as_bytes())?;
        }
        let sha256 = video.as_ref().map_or("", |video| &video.sha256);
        let made = rows::rows_under(planned, sha256, control);
        let differ = |row: &Row| different(row, found.get(row.id.as_str()).copied());
        let rows: Vec<Different> = made.iter().filter_map(differ).collect();
        let subtitles = subtitles::differences(self.dir(), &planned.video)?;
        let is_same = video.as_ref().is_none_or(|video| video.difference.is_none());
        let reproduced = Reproduced {
            samples: planned.questions.iter().map(|question| question.sample_id.clone()).collect(),
            file_name,
            is_equal: is_same && subtitles.is_none() && rows.is_empty(),
            video,
            subtitles,
            row_count: made.len(),
            rows,
        };
        Ok((reproduced, made))
    }
}

/// What of a planned row differs from the one that was found.
fn different(planned: &Row, found: Option<&Row>) -> Option<Different> {
    let json = |row| serde_json::to_value(row).expect("values of this crate serialise");
    let fields = match found {
        Some(found) if found == planned => return None,
        Some(found) => fields(&json(found), &json(planned)),
        None => vec![FieldDifference {
            field: "id".to_owned(),
            first: serde_json::Value::Null,
            second: planned.id.clone().into(),
        }],
    };
    Some(Different { name: planned.id.clone(), fields })
}

/// Keeps the rows of what was made in `out`, if that is given.
fn kept_rows(out: Option<&Path>, made: Vec<(Reproduced, Vec<Row>)>) -> Result<Vec<Reproduced>, Error> {
    let (made, rows): (Vec<Reproduced>, Vec<Vec<Row>>) = made.into_iter().unzip();
    if let Some(out) = out {
        let mut text = Vec::new();
        for row in rows.iter().flatten() {
            serde_json::to_writer(&mut text, row).expect("values of this crate serialise");
            text.push(b'\n');
        }
        keep(out, METADATA, &text)?;
    }
    Ok(made)
}

/// Writes a file into `out`, or finds it there from an earlier run. Nothing else is overwritten.
fn keep(out: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let path = out.join(name);
    if !path.exists() {
        return Ok(files::write_bytes(&path, bytes)?);
    }
    if files::read_bytes(&path)? == bytes { Ok(()) } else { Err(Error::FullDir { dir: out.to_owned() }) }
}
