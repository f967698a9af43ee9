//! What can go wrong with a project or a dataset: an error of any stage, or of what ties the stages together.
//!
//! In: the error of a stage. Out: one type, which says [whose fault](super::Blame) it is and what can be done about it.

use std::path::PathBuf;

use crate::answers::{self, import, judged, output};
use crate::ask;
use crate::audit::vnbench;
use crate::baseline;
use crate::cancel::Stopped;
use crate::dataset;
use crate::export;
use crate::files;
use crate::frames;
use crate::media;
use crate::needle;
use crate::needle::import::ImportError;
use crate::plan;
use crate::question::Control;
use crate::quiz;
use crate::render;
use crate::report;
use crate::sampler::{ParseError, ParseResizeError, Refused};
use crate::score;
use crate::serve;
use crate::spec::{self, ExportFormat};
use crate::version::Mismatch;
use crate::wording;

/// Why something could not be done. [`blame`](Self::blame) says whose fault it is, [`hint`](Self::hint) what can be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The spec cannot be used.
    #[error(transparent)]
    Spec(#[from] spec::Error),
    /// The haystacks cannot give what the spec asks for.
    #[error(transparent)]
    Plan(#[from] plan::Error),
    /// Haystacks or videos cannot be made or read.
    #[error(transparent)]
    Render(#[from] render::Error),
    /// Several of many failed, each by itself; the others are done.
    #[error("{} of {} failed\n  {}", failed.len(), wording::count(*of, what), problems.join("\n  "))]
    Several {
        /// What they are.
        what: &'static str,
        /// How many there are.
        of: usize,
        /// Why each failed, in their order.
        failed: Vec<Self>,
        /// The same of the first of them, a sentence each.
        problems: Vec<String>,
    },
    /// Media cannot be read or written.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] files::Error),
    /// The dataset cannot be read.
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    /// Needle packs cannot be used.
    #[error(transparent)]
    Needle(#[from] needle::Error),
    /// A needle pack cannot be imported.
    #[error(transparent)]
    Pack(#[from] ImportError),
    /// Frames cannot be taken.
    #[error(transparent)]
    Frames(#[from] frames::Error),
    /// The dataset cannot be exported.
    #[error(transparent)]
    Export(#[from] export::Error),
    /// A baseline cannot answer.
    #[error(transparent)]
    Baseline(#[from] baseline::Error),
    /// Answers cannot be read.
    #[error(transparent)]
    Answers(#[from] answers::Error),
    /// Answers of another tool cannot be read.
    #[error(transparent)]
    Import(#[from] import::Error),
    /// A judge's verdicts cannot be read.
    #[error(transparent)]
    Judged(#[from] judged::Error),
    /// A file of answers cannot be written.
    #[error(transparent)]
    Output(#[from] output::Error),
    /// A model cannot be asked.
    #[error(transparent)]
    Ask(#[from] ask::Error),
    /// Answers cannot be scored, or scores not read.
    #[error(transparent)]
    Score(#[from] score::Error),
    /// A report cannot be made.
    #[error(transparent)]
    Report(#[from] report::Error),
    /// `VNBench`'s annotation cannot be read.
    #[error(transparent)]
    Annotation(#[from] vnbench::Error),
    /// The sampler is not one that there is.
    #[error(transparent)]
    Sampler(#[from] ParseError),
    /// The resizing is not one that there is.
    #[error(transparent)]
    Resize(#[from] ParseResizeError),
    /// Videos cannot be served.
    #[error(transparent)]
    Serve(#[from] serve::Error),
    /// People cannot be asked.
    #[error(transparent)]
    Quiz(#[from] quiz::Error),
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A value is no spec.
    #[error("the spec cannot be written as TOML")]
    NoTable(#[from] toml::ser::Error),
    /// A file that is no plan lies where a plan is to be written.
    #[error("`{}` exists and is not a plan", path.display())]
    NotPlan {
        /// The file.
        path: PathBuf,
    },
    /// A file that holds no scores lies where scores are to be written.
    #[error("`{}` exists and holds no scores: it is not overwritten", path.display())]
    NoScores {
        /// The file.
        path: PathBuf,
    },
    /// What is to be audited is no plan.
    #[error("`{}` is neither a dataset directory nor a plan", path.display())]
    NoPlan {
        /// The file.
        path: PathBuf,
    },
    /// A plan is of another format version.
    #[error("`{}` {mismatch}", path.display())]
    PlanVersion {
        /// The file.
        path: PathBuf,
        /// Which versions disagree.
        mismatch: Mismatch,
    },
    /// A line of a plan is no planned video.
    #[error("`{}`: video {number} is not a planned one", path.display())]
    Unplanned {
        /// The file.
        path: PathBuf,
        /// Which video, from 1.
        number: usize,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// A planned video says what no plan says.
    #[error("`{}`: video {number}: {problem}", path.display())]
    Impossible {
        /// The file.
        path: PathBuf,
        /// Which video, from 1.
        number: usize,
        /// What it says.
        problem: String,
    },
    /// There is nothing to audit.
    #[error("there are no rows to audit")]
    NothingToAudit,
    /// A directory holds the beginnings of other frames than those that are to be written to it.
    #[error("`{}` holds the unfinished frames of another dataset or other settings", dir.display())]
    OtherFrames {
        /// The directory.
        dir: PathBuf,
    },
    /// A directory that is to be filled holds files.
    #[error("`{}` is not empty: nothing is overwritten", dir.display())]
    FullDir {
        /// The directory.
        dir: PathBuf,
    },
    /// There is no directory for a cache, and none is named.
    #[error("there is no home directory for the cache of prepared haystacks")]
    NoHome,
    /// The system starts no thread.
    #[error("cannot start a thread: {reason}")]
    Threads {
        /// The system's reason.
        reason: String,
    },
    /// The spec that is named is not there.
    #[error("there is no spec `{}`", path.display())]
    NoSpec {
        /// Where it should be.
        path: PathBuf,
    },
    /// The spec that made a dataset has been moved or removed.
    #[error("the spec of `{}` is not where it was when the dataset was made", dataset.display())]
    SpecMoved {
        /// The dataset.
        dataset: PathBuf,
    },
    /// Nothing says where the spec of a dataset lies.
    #[error("the cache `{}` does not say where the spec of `{}` is: the dataset was made with another cache", cache.display(), dataset.display())]
    SpecUnknown {
        /// The cache that was asked.
        cache: PathBuf,
        /// The dataset.
        dataset: PathBuf,
    },
    /// The spec that a dataset carries is a link out of it, or holds one.
    #[error("`{}` is a link that leads outside of the dataset", link.display())]
    SpecLink {
        /// The link.
        link: PathBuf,
    },
    /// The spec that a dataset carries names paths outside of it.
    #[error("the spec in `{}` names paths outside of it:\n  {}", dir.display(), paths.join("\n  "))]
    SpecOutside {
        /// Its directory.
        dir: PathBuf,
        /// The paths.
        paths: Vec<String>,
    },
    /// Source videos of a dataset are not found.
    #[error("source videos of `{}` are not found{}:\n  {}", dataset.display(), within(searched.as_ref()), missing.join("\n  "))]
    NoSources {
        /// The dataset.
        dataset: PathBuf,
        /// The directory that was searched, if one was named.
        searched: Option<PathBuf>,
        /// Ids and names of the videos.
        missing: Vec<String>,
    },
    /// A spec, with its haystacks as they are now, plans another dataset.
    #[error("`{}` and its haystacks no longer make the dataset in `{}`", spec.display(), dataset.display())]
    OtherPlan {
        /// The spec.
        spec: PathBuf,
        /// The dataset.
        dataset: PathBuf,
    },
    /// A spec takes families or packs that state something else than those which made the dataset.
    #[error(
        "`{}` was made by vniah {version} with other contents of {} than `{}` uses now",
        dataset.display(),
        changed.join(", "),
        spec.display()
    )]
    OtherMakers {
        /// The spec.
        spec: PathBuf,
        /// The dataset.
        dataset: PathBuf,
        /// Version of vniah that made the dataset.
        version: String,
        /// What differs: families, packs, the font.
        changed: Vec<String>,
    },
    /// The dataset has no such sample.
    #[error("`{}` has no sample `{id}`", dataset.display())]
    NoSample {
        /// The dataset.
        dataset: PathBuf,
        /// What was asked for.
        id: String,
    },
    /// The dataset has no such row.
    #[error("`{}` has no row `{id}`", dataset.display())]
    NoRow {
        /// The dataset.
        dataset: PathBuf,
        /// What was asked for.
        id: String,
        /// The nearest id that there is.
        nearest: Option<String>,
    },
    /// The dataset is a control without videos.
    #[error("`{}` is the dataset of a control without videos", dataset.display())]
    NoVideos {
        /// The dataset.
        dataset: PathBuf,
    },
    /// What a dataset's samplers see is asked of a control that leaves needles out.
    #[error("`{}` is the control `{}`: its needles are left out", dataset.display(), control.name())]
    Emptied {
        /// The control's directory.
        dataset: PathBuf,
        /// Which control.
        control: Control,
    },
    /// A control is to be solved, and its questions are not meant to be.
    #[error("`{}` is a control: its questions are not meant to be solved", dataset.display())]
    Unsolvable {
        /// The control.
        dataset: PathBuf,
    },
    /// The sampler fails on a sample's video.
    #[error("`{sample}`: {refused}")]
    Unsampled {
        /// The sample.
        sample: String,
        /// Why.
        refused: Refused,
    },
    /// A format names videos as files, and the dataset is to keep recipes.
    #[error("`export.formats` has `{}`, which names videos as files, and `--store recipe` keeps none", format.name())]
    NamesFiles {
        /// The format.
        format: ExportFormat,
    },
    /// Another file lies where a video is to be written.
    #[error("`{}` exists and is not the video of its recipe", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A recipe gives another video than it says.
    #[error("the recipe of `{name}` gives other bytes than those that it names")]
    OtherBytes {
        /// The video.
        name: String,
    },
}

/// Where sources were searched, as a part of a sentence.
fn within(searched: Option<&PathBuf>) -> String {
    searched.map_or_else(String::new, |dir| format!(" in `{}`", dir.display()))
}
