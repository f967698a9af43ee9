//! A plan: what a dataset will hold, before anything is rendered.
//!
//! In: a project. Out: planned videos and questions, a file of them, and what they will cost.

use std::path::Path;

use super::error::Error;
use super::making::{Project, haystacks};
use crate::haystack::Haystack;
use crate::plan::{self, Planner, Summary, VideoPlan};
use crate::render::estimate::Costs;
use crate::render::haystacks::Surveyed;
use crate::wording;

/// What a dataset will hold.
#[derive(Debug)]
pub struct Plan {
    pub(super) project: Project,
    pub(super) surveyed: Vec<Surveyed>,
    pub(super) planner: Planner,
}

impl Project {
    /// Plans the dataset. A spec that cannot be planned, or whose needles no video can show, fails.
    pub fn plan(&self) -> Result<Plan, Error> {
        self.session().run(|| self.planned())
    }

    /// As [`plan`](Self::plan), on the threads that there are.
    pub(super) fn planned(&self) -> Result<Plan, Error> {
        let surveyed = self.surveyed()?;
        let planner = self.planner(&haystacks(&surveyed))?;
        self.check(&planner)?;
        Ok(Plan { project: self.clone(), surveyed, planner })
    }
}

impl Plan {
    /// The haystacks that videos are made of.
    pub fn haystacks(&self) -> &[Haystack] {
        self.planner.haystacks()
    }

    /// Plans any video by its number.
    pub fn planner(&self) -> &Planner {
        &self.planner
    }

    /// All videos with their questions, in order.
    pub fn videos(&self) -> impl Iterator<Item = VideoPlan> + '_ {
        self.planner.videos()
    }

    /// Writes the plan to `path`, one video a line, and says what [`summary`](Self::summary) does; a plan that is there is replaced, and
    /// nothing else is.
    pub fn write(&self, path: &Path) -> Result<Summary, Error> {
        if path.exists() && !plan::is_plan(path) {
            return Err(Error::NotPlan { path: path.to_owned() });
        }
        let summary = self.costed(|costs| plan::write(path, &self.planner, |video| Ok(costs.of(video)?)))?;
        let note = format!("wrote {} to `{}`", wording::count(summary.samples, "sample"), path.display());
        self.project.session().job.note(&note);
        Ok(summary)
    }

    /// What the dataset will hold and cost. Of haystacks that are not prepared yet, a few seconds are encoded to tell.
    pub fn summary(&self) -> Result<Summary, Error> {
        self.costed(|costs| plan::summary(&self.planner, |video| Ok(costs.of(video)?)))
    }

    /// What is made of the costs of videos.
    fn costed(
        &self,
        make: impl FnOnce(&Costs<'_>) -> Result<Summary, Error> + Send,
    ) -> Result<Summary, Error> {
        self.project.session().run(|| {
            self.project.warn_of(self.haystacks());
            make(&self.project.costs(&self.surveyed)?)
        })
    }
}
