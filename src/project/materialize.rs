//! Files of the videos that a dataset keeps as recipes.
//!
//! In: a dataset of recipes. Out: MP4 files in its `videos`, byte for byte those that a dataset of files has, each compared with the
//! digest that its recipe names. Run again, it makes what is missing. Videos that fail keep no other from being written.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::error::Error;
use super::failures;
use super::opened::Dataset;
use super::remade::Remade;
use crate::cancel::Stopped;
use crate::checksum;
use crate::dataset::{Store, VIDEOS};
use crate::files;
use crate::job::Stage;
use crate::render::{claim, videos};
use crate::wording;

impl Dataset {
    /// Writes the videos of these samples as files, or of all, if none is named.
    pub fn materialize(&self, samples: &[String]) -> Result<(), Error> {
        let job = &self.session().job;
        if self.manifest()?.store == Store::File {
            job.note(&format!("`{}` keeps its videos as files already", self.dir().display()));
            return Ok(());
        }
        let rows = self.rows()?;
        self.check_samples(samples, &rows)?;
        self.check_has_videos()?;
        let is_asked = |id: &String| samples.is_empty() || samples.contains(id);
        let asked = rows.iter().filter(|row| is_asked(&row.sample_id));
        let names: BTreeSet<&str> = asked.map(|row| row.file_name.as_str()).collect();
        self.session().run(|| self.write_videos(&names))
    }

    fn write_videos(&self, names: &BTreeSet<&str>) -> Result<(), Error> {
        let (dir, job) = (self.dir(), &self.session().job);
        let remade = Remade::open(dir, self.origin(), self.session())?;
        let held = claim::hold(dir, job)?;
        files::make_dir_within(dir, VIDEOS)?;
        let stage = job.start(Stage::Write, names.len() as u64);
        // Where the disk is full, no other video can be written either.
        let is_full = AtomicBool::new(false);
        let written: Vec<Result<bool, Error>> = names
            .par_iter()
            .map(|name| {
                job.go_on()?;
                if is_full.load(Ordering::Relaxed) {
                    return Err(Error::Stopped(Stopped));
                }
                let written = one(dir, name, &remade);
                if written.as_ref().is_err_and(Error::is_disk_full) {
                    is_full.store(true, Ordering::Relaxed);
                }
                stage.advance(name);
                written
            })
            .collect();
        held.release()?;
        let written = failures::all(written, "video")?.into_iter().filter(|written| *written).count();
        stage.finish(&format!(
            "wrote {}, {} were there: `{}`",
            wording::count(written, "video"),
            names.len() - written,
            dir.join(VIDEOS).display()
        ));
        Ok(())
    }
}

/// Writes one video; `false` if it is there already.
fn one(dir: &Path, name: &str, remade: &Remade) -> Result<bool, Error> {
    let path = dir.join(name);
    let (recipe, spliced) = videos::recipe(dir, name, &remade.ready)?;
    let sha256 = || checksum::of_file(&path);
    if path.exists() {
        if sha256()? == recipe.head.sha256 {
            return Ok(false);
        }
        return Err(Error::Foreign { path });
    }
    if spliced.write(&path)? == recipe.head.sha256 && spliced.differs_at(&path)?.is_none() {
        return Ok(true);
    }
    std::fs::remove_file(&path).map_err(files::Error::io("remove", &path))?;
    Err(Error::OtherBytes { name: name.to_owned() })
}
