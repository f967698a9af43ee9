//! One page that shows a dataset and the scores of runs.
//!
//! In: a dataset and scores. Out: a self-contained page, with frames of a sample of each type, and its charts as files. Nothing is written.

use std::collections::BTreeMap;
use std::path::Path;
use std::slice;

use super::error::Error;
use super::opened::Dataset;
use crate::coverage;
use crate::dataset::{self, Row};
use crate::media::seek::FramePicker;
use crate::picture;
use crate::render;
use crate::render::videos::Videos;
use crate::report::{self, Example, View};
use crate::sampler::Sampler;
use crate::score::{self, Scores};
use crate::wording;

/// The longer side of an example's frames has at most so many pixels.
const LONGEST: u32 = 360;
/// Quality of these frames as JPEG, 1 to 100.
const QUALITY: u8 = 72;

/// What a page shows besides samples and scores.
#[derive(Clone, Debug)]
pub struct Show {
    /// Title of the page.
    pub title: String,
    /// The sampler through which the models saw the videos: adds its ceiling, and accuracy of what was seen.
    pub sampler: Option<Sampler>,
    /// The share of the shortest length's accuracy at which a length counts as effective.
    pub threshold: f64,
    /// Whether heatmaps and curves are drawn as files, too.
    pub plots: bool,
}

impl Default for Show {
    fn default() -> Self {
        Self { title: "vniah report".to_owned(), sampler: None, threshold: score::THRESHOLD, plots: false }
    }
}

/// A page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page {
    /// The page itself.
    pub html: String,
    /// Names and content of files with its heatmaps and curves.
    pub plots: BTreeMap<String, Vec<u8>>,
}

impl Dataset {
    /// A page of these runs, which is to lie at `place`: from there, it leads to the videos.
    pub fn report(&self, runs: &[Scores], place: &Path, show: &Show) -> Result<Page, Error> {
        let rows = self.rows()?;
        let videos = report::videos_from(place, self.dir())?;
        let control = dataset::read_control(self.dir())?;
        let measure = |sampler| self.coverage(slice::from_ref(sampler), coverage::Options::default());
        // What a control leaves out cannot be seen, so that there is no ceiling to state.
        let measured = show.sampler.as_ref().map(measure).transpose()?;
        let view = show.sampler.as_ref().zip(measured.as_ref()).and_then(|(sampler, measured)| {
            let coverage = measured.samplers.get(sampler.name())?;
            let seen = coverage::seen(&rows, sampler, sampler.resize(), false);
            Some(View { sampler: sampler.name(), coverage, seen })
        });
        let examples = self.examples(&rows)?;
        let options = report::Options {
            title: &show.title,
            videos: &videos,
            view: view.as_ref(),
            examples: &examples,
            threshold: show.threshold,
            control,
        };
        let html = report::page(&rows, runs, &options)?;
        let plots = if show.plots { report::plots(&rows, runs, &options)? } else { BTreeMap::new() };
        Ok(Page { html, plots })
    }

    /// A sample of each type with its frames. A video that is absent or broken is told in the page, which shows the rest.
    fn examples<'a>(&self, rows: &'a [Row]) -> Result<Vec<Example<'a>>, Error> {
        // Recipes are left alone: their haystacks would have to be made ready first.
        let videos = Videos::files(self.dir());
        let mut examples = report::examples(rows, |row| videos.has(&row.file_name));
        for example in &mut examples {
            self.session().job.go_on()?;
            if !videos.has(&example.row.file_name) {
                example.trouble = Some("Its video is not here, so no frames are shown.".to_owned());
                continue;
            }
            if let Err(error) = pictures(&videos, example) {
                // A machine that cannot read says nothing of the video.
                if error.is_of_machine() {
                    return Err(error);
                }
                // The page is for others, too: places of this machine are told on the terminal alone.
                let name = &example.row.file_name;
                example.trouble =
                    Some(format!("Its frames cannot be read: see what vniah verify says of {name}."));
                let kind = &example.kind;
                self.session()
                    .job
                    .warn(&format!("the example of `{kind}` has no frames: {}", wording::chain(&error)));
            }
        }
        Ok(examples)
    }
}

/// Reads the frames of an example; those before the first that cannot be read are kept.
fn pictures(videos: &Videos, example: &mut Example<'_>) -> Result<(), Error> {
    let row = example.row;
    let video = videos.open(&row.file_name)?;
    let mut picker = FramePicker::open(&video, row.fps())?;
    for &at in &example.wanted {
        let frame = picker.frame(at)?;
        let jpeg = picture::jpeg_within(&frame, picker.matrix(), QUALITY, Some(LONGEST))
            .map_err(|source| render::Error::Picture { video: row.file_name.clone(), source })?;
        example.pictures.push(jpeg);
    }
    Ok(())
}
