//! Work that somebody waits for: how that one asks it to stop, and hears how far it is and what is not as it should be.
//!
//! In: a token and a listener. Out: both, wherever work is done. A job belongs to whoever began it, so that several run side by
//! side in one process, and the library itself prints nothing.

use std::fmt;
use std::sync::Arc;

use crate::cancel::{Cancel, Stopped};

/// What work is told: when to stop, and who listens. By default nobody stops it and nobody listens.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// Raised when the work is to stop.
    pub cancel: Cancel,
    /// Hears of the work.
    pub progress: Progress,
}

/// A listener; its clones are the same one. It is called from any thread, from several at once, and is not to take long.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Listener>>);

type Listener = dyn Fn(Event<'_>) + Send + Sync;

/// What a listener hears. Of each stage it hears the start first and one end last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A stage begins.
    Started {
        /// Which.
        stage: Stage,
        /// How much there is to do, in units of the stage.
        total: u64,
    },
    /// Some of a stage is done.
    Advanced {
        /// Which.
        stage: Stage,
        /// How much more, in units of the stage.
        by: u64,
        /// What was worked on.
        item: &'a str,
    },
    /// A stage is done.
    Finished {
        /// Which.
        stage: Stage,
        /// What was done, as a sentence without a full stop.
        summary: &'a str,
    },
    /// A stage ended in an error, which the work gives back.
    Failed {
        /// Which.
        stage: Stage,
    },
    /// Something is not as it should be, and the work goes on: a sentence without a full stop. It may come several times.
    Warning(&'a str),
    /// Something was done, or is waited for: a sentence without a full stop.
    Note(&'a str),
}

/// Work of one kind, which is counted in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Haystacks are probed.
    Probe,
    /// Haystacks are searched for the pictures that tasks hide.
    Search,
    /// It is estimated what videos of haystacks cost.
    Estimate,
    /// Haystacks are prepared.
    Prepare,
    /// Videos are rendered.
    Render,
    /// Videos of parts are joined into one dataset.
    Merge,
    /// Videos are compared with the plan.
    Verify,
    /// Questions are answered from decoded frames.
    Solve,
    /// Sampled frames are read.
    Read,
    /// Recipes are written as video files.
    Write,
    /// A model is asked.
    Ask,
    /// A model judges replies.
    Judge,
}

impl Stage {
    /// What is going on, such as `rendering`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Probe => "probing",
            Self::Search => "looking for needles in",
            Self::Estimate => "estimating",
            Self::Prepare => "preparing",
            Self::Render => "rendering",
            Self::Merge => "merging",
            Self::Verify => "verifying",
            Self::Solve => "solving",
            Self::Read => "reading",
            Self::Write => "writing",
            Self::Ask => "asking",
            Self::Judge => "judging",
        }
    }

    /// What is counted, such as `videos`.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Probe | Self::Search | Self::Estimate => "haystacks",
            Self::Prepare => "frames",
            Self::Render | Self::Merge | Self::Verify | Self::Read | Self::Write => "videos",
            Self::Solve => "samples",
            Self::Ask => "rows",
            Self::Judge => "replies",
        }
    }
}

impl Progress {
    /// A listener.
    pub fn new(listener: impl Fn(Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    fn tell(&self, event: Event<'_>) {
        if let Some(listener) = &self.0 {
            listener(event);
        }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Progress(heard)" } else { "Progress(silent)" })
    }
}

impl Job {
    /// Fails if somebody asked to stop.
    pub fn go_on(&self) -> Result<(), Stopped> {
        self.cancel.go_on()
    }

    /// Tells of something that is not as it should be.
    pub fn warn(&self, warning: &str) {
        self.progress.tell(Event::Warning(warning));
    }

    /// Tells of something that was done, or is waited for.
    pub fn note(&self, note: &str) {
        self.progress.tell(Event::Note(note));
    }

    /// Begins a stage of `total` units.
    pub fn start(&self, stage: Stage, total: u64) -> Running {
        self.progress.tell(Event::Started { stage, total });
        Running { job: self.clone(), stage, is_over: false }
    }
}

/// A stage under way. Dropped before it is finished, it has failed.
#[derive(Debug)]
pub struct Running {
    job: Job,
    stage: Stage,
    is_over: bool,
}

impl Running {
    /// One more unit is done: `item`.
    pub fn advance(&self, item: &str) {
        self.item(item).advance(1);
    }

    /// Something that is worked on, which takes several units.
    pub fn item<'a>(&'a self, name: &'a str) -> Item<'a> {
        Item { stage: self, name }
    }

    /// Tells of something beside what is counted.
    pub fn note(&self, note: &str) {
        self.job.note(note);
    }

    /// The stage is done; `summary` says what was done.
    pub fn finish(mut self, summary: &str) {
        self.is_over = true;
        self.job.progress.tell(Event::Finished { stage: self.stage, summary });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_over {
            self.job.progress.tell(Event::Failed { stage: self.stage });
        }
    }
}

/// What a stage works on.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    stage: &'a Running,
    name: &'a str,
}

impl Item<'_> {
    /// The job that it belongs to.
    pub fn job(&self) -> &Job {
        &self.stage.job
    }

    /// So many more units are done.
    pub fn advance(&self, by: u64) {
        let event = Event::Advanced { stage: self.stage.stage, by, item: self.name };
        self.stage.job.progress.tell(event);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_stage_is_heard_from_its_start_to_its_end() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&heard);
        let progress = Progress::new(move |event| list.lock().unwrap().push(format!("{event:?}")));
        let job = Job { progress, ..Job::default() };
        let stage = job.start(Stage::Prepare, 5);
        stage.item("a").advance(4);
        stage.advance("b");
        job.warn("odd");
        stage.finish("prepared");
        drop(job.start(Stage::Render, 1));
        assert_eq!(
            *heard.lock().unwrap(),
            [
                "Started { stage: Prepare, total: 5 }",
                "Advanced { stage: Prepare, by: 4, item: \"a\" }",
                "Advanced { stage: Prepare, by: 1, item: \"b\" }",
                "Warning(\"odd\")",
                "Finished { stage: Prepare, summary: \"prepared\" }",
                "Started { stage: Render, total: 1 }",
                "Failed { stage: Render }",
            ]
        );
    }
}
