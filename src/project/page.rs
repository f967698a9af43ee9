//! One page that shows a dataset and the scores of runs.
//!
//! In: a dataset and scores. Out: a self-contained page, and its heatmaps and curves as files. Nothing is written.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::Error;
use super::opened::Dataset;
use crate::coverage;
use crate::report::{self, View};
use crate::sampler::Sampler;
use crate::score::{self, Scores};

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
        let samplers = show.sampler.as_slice();
        let measured = coverage::measure(&rows, samplers, coverage::Options::default());
        let view = show.sampler.as_ref().and_then(|sampler| {
            let coverage = measured.samplers.get(sampler.name())?;
            let seen = coverage::seen(&rows, sampler, sampler.resize(), false);
            Some(View { sampler: sampler.name(), coverage, seen })
        });
        let options = report::Options {
            title: &show.title,
            videos: &videos,
            view: view.as_ref(),
            threshold: show.threshold,
        };
        let html = report::page(&rows, runs, &options)?;
        let plots = if show.plots {
            report::plots(&rows, runs, view.as_ref(), show.threshold)?
        } else {
            BTreeMap::new()
        };
        Ok(Page { html, plots })
    }
}
