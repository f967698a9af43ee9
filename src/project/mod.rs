//! Projects: from a spec to a dataset, and from a dataset to frames, answers and scores.
//!
//! In: a spec or the directory of a dataset, and a [`Session`] (what may be used of the machine, when to stop, who listens). Out:
//! datasets, plans, frames, answers, scores. This is what a program calls that uses vniah as a library, and all that the command
//! line calls. Values are owned, nothing is printed, and no state is shared but by clones of one session.
//!
//! Make a dataset, read the frames that a sampler takes, and score answers:
//!
//! ```
//! use vniah::answers::Answers;
//! use vniah::project::{Make, Project, Sees, Session, Settings};
//! use vniah::{sampler::Sampler, score};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let dir = dir.path();
//! // A drawn scene, so that this works without any video.
//! std::fs::write(
//!     dir.join("haystacks.toml"),
//!     r#"
//!     [[haystack]]
//!     id = "harbour"
//!     scene = { name = "harbour", seed = 1, width = 128, height = 72, fps = 25, seconds = 4 }
//!     "#,
//! )?;
//! let spec = r#"
//!     seed = 1
//!     [haystacks]
//!     catalogue = "haystacks.toml"
//!     [[tasks]]
//!     type = "ret_edit1"
//! "#;
//! let settings = Settings { cache: Some(dir.join("cache")), ..Settings::default() };
//! let session = Session { settings, ..Session::default() };
//! let project = Project::of_text(spec, dir, &session)?;
//! let dataset = project.generate(&dir.join("dataset"), &Make::default())?.dataset;
//!
//! let rows = dataset.rows()?;
//! let sampler: Sampler = "linspace(8)".parse()?;
//! let frames = dataset.frames(&rows[0].sample_id, &sampler)?;
//! assert_eq!(frames.len(), 8);
//! assert_eq!(frames[7].image.dimensions(), (128, 72));
//!
//! // The oracle looks at every frame, and answers from what it sees.
//! let answers = Answers::of(dataset.oracle(Sees::default())?)?;
//! let scores = dataset.score(&answers, &score::Options::new("oracle"))?;
//! assert_eq!(scores.overall.correct, 1);
//! # Ok(())
//! # }
//! ```
//!
//! Stop work from another thread, and hear of it:
//!
//! ```
//! use std::path::Path;
//! use vniah::job::{Event, Job, Progress};
//! use vniah::project::{Blame, Make, Project, Session};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let progress = Progress::new(|event| {
//!     if let Event::Warning(warning) = event {
//!         eprintln!("{warning}");
//!     }
//! });
//! let job = Job { progress, ..Job::default() };
//! let session = Session { job: job.clone(), ..Session::default() };
//! let project = Project::read(Path::new("haystacks.example/spec.toml"), &session)?;
//! // Any clone of the job stops it.
//! std::thread::spawn(move || job.cancel.stop()).join().expect("a thread that stops a job ends");
//! # let dir = tempfile::tempdir()?;
//! let stopped = project.generate(dir.path(), &Make::default()).unwrap_err();
//! assert_eq!(stopped.blame(), Blame::Stopped);
//! # Ok(())
//! # }
//! ```

mod auditing;
#[cfg(test)]
mod axes_tests;
mod blame;
mod error;
mod exports;
mod failures;
#[cfg(test)]
mod frames_only_tests;
mod framing;
mod generating;
mod grading;
mod importing;
mod making;
mod materialize;
mod merging;
#[cfg(test)]
mod moments_tests;
mod opened;
mod oracle;
mod origin;
mod page;
mod place;
#[cfg(test)]
mod plan_tests;
mod planned;
mod recorded;
mod remade;
mod replies;
mod reproduce;
mod scoring;
mod settings;
mod solve;
mod threads;
mod verify;

pub use auditing::{audit_annotation, audit_plan};
pub use blame::Blame;
pub use error::Error;
pub use framing::{Frame, Taken};
pub use generating::{Made, Make};
pub use grading::{Graded, Grader, Verdict};
pub use importing::{Import, Imported};
pub use making::Project;
pub use merging::merge;
pub use opened::Dataset;
pub use oracle::Sees;
pub use origin::Origin;
pub use page::{Page, Show};
pub use place::Place;
pub use planned::Plan;
pub use recorded::Recorded;
pub use replies::{Ask, Reply, extract, grade};
pub use reproduce::{Reproduce, Reproduced};
pub use scoring::{check_scores_file, write_scores};
pub use settings::{Session, Settings};
pub use solve::{SolvedType, TypeOutcome};
pub use threads::fit;
pub use verify::{Difference, Verify, VerifyReport};
