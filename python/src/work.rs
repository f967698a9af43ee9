//! Work that is done without the interpreter's lock, on a thread of its own, while the caller's thread listens to signals.
//!
//! In: work in a session. Out: what it gives, or an exception. An interrupt is raised within a second: the work is asked to stop, and
//! where it does not end at once, it goes on to its next look at that wish with nobody waiting. What it tells of its progress is
//! collected, and told to Python by the thread that called.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use vniah::files;
use vniah::job::{Event, Job, Progress, Stage};
use vniah::project::{Error, Session, Settings};

use crate::fault;

/// How often signals are looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// How long work that is asked to stop is waited for.
const GRACE: Duration = Duration::from_millis(700);

/// Does work in a session of its own. `progress` is told of it: kind, stage, unit, number, text.
pub(crate) fn run<T: Send + 'static>(
    py: Python<'_>,
    settings: &Settings,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Session) -> Result<T, Error> + Send + 'static,
) -> PyResult<T> {
    let heard = Arc::new(Heard { hears_all: progress.is_some(), events: Mutex::default() });
    let listener = Arc::clone(&heard);
    let listen = Progress::new(move |event| listener.hear(event));
    let job = Job { progress: listen, ..Job::default() };
    let session = Session { settings: settings.clone(), job: job.clone() };
    let (sender, receiver) = mpsc::channel();
    let begin = move || {
        let running = Running::begin();
        // Never in the pool that the whole process shares: a process that is forked from this one has none of its threads, and would wait.
        let result = catch_unwind(AssertUnwindSafe(|| session.run(|| work(&session))));
        drop(running);
        // Nobody may be waiting any more.
        drop(sender.send(result));
    };
    let begun = std::thread::Builder::new().name("vniah".to_owned()).spawn(begin);
    begun.map_err(|error| fault::raised(&Error::Threads { reason: error.to_string() }))?;
    let receiver = Mutex::new(receiver);
    loop {
        match py.detach(|| wait(&receiver, PAUSE)) {
            Ok(Ok(result)) => {
                heard.tell(py, progress)?;
                return result.map_err(|error| fault::raised(&error));
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                return Err(fault::bug("vniah stopped at a bug of its own; what it says of it stands above"));
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Err(raised) = py.check_signals().and_then(|()| heard.tell(py, progress)) {
                    job.cancel.stop();
                    drop(py.detach(|| wait(&receiver, GRACE)));
                    return Err(raised);
                }
            }
        }
    }
}

/// Work under way, and the process that it is of: who is forked does none of its parent's.
static UNDER_WAY: AtomicU32 = AtomicU32::new(0);
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// Counts as work under way while it lives.
struct Running;

impl Running {
    fn begin() -> Self {
        if PROCESS.swap(std::process::id(), Ordering::SeqCst) != std::process::id() {
            UNDER_WAY.store(0, Ordering::SeqCst);
        }
        UNDER_WAY.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        UNDER_WAY.fetch_sub(1, Ordering::SeqCst);
    }
}

/// At the end of the process: removes the files that work which nobody waits for has begun and not finished.
#[pyfunction]
pub(crate) fn abandon(py: Python<'_>) {
    if PROCESS.load(Ordering::SeqCst) == std::process::id() && UNDER_WAY.load(Ordering::SeqCst) > 0 {
        py.detach(files::abandon);
    }
}

fn wait<T>(receiver: &Mutex<Receiver<T>>, time: Duration) -> Result<T, RecvTimeoutError> {
    receiver.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(time)
}

/// What was heard and is not told yet.
struct Heard {
    /// Whether somebody listens to more than warnings.
    hears_all: bool,
    events: Mutex<Vec<Told>>,
}

/// An event that is kept.
enum Told {
    Started { stage: Stage, total: u64 },
    Advanced { stage: Stage, by: u64, item: String },
    Finished { stage: Stage, summary: String },
    Failed { stage: Stage },
    Warning(String),
    Note(String),
}

impl Heard {
    fn events(&self) -> MutexGuard<'_, Vec<Told>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, event: Event<'_>) {
        let told = match event {
            Event::Warning(warning) => Told::Warning(warning.to_owned()),
            _ if !self.hears_all => return,
            Event::Started { stage, total } => Told::Started { stage, total },
            Event::Advanced { stage, by, item } => {
                let mut events = self.events();
                // Steps of one stage are told as one.
                if let Some(Told::Advanced { stage: last, by: sum, item: at }) = events.last_mut()
                    && *last == stage
                {
                    *sum += by;
                    item.clone_into(at);
                } else {
                    events.push(Told::Advanced { stage, by, item: item.to_owned() });
                }
                return;
            }
            Event::Finished { stage, summary } => Told::Finished { stage, summary: summary.to_owned() },
            Event::Failed { stage } => Told::Failed { stage },
            Event::Note(note) => Told::Note(note.to_owned()),
            _ => return,
        };
        self.events().push(told);
    }

    fn tell(&self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let events = std::mem::take(&mut *self.events());
        for event in events {
            if let Told::Warning(warning) = &event {
                py.import("vniah._errors")?.call_method1("warn", (warning,))?;
            }
            if let Some(progress) = progress {
                progress.call1(event.arguments())?;
            }
        }
        Ok(())
    }
}

impl Told {
    /// Kind, stage, unit, number, text.
    fn arguments(&self) -> (&'static str, &'static str, &'static str, u64, &str) {
        match self {
            Self::Started { stage, total } => ("started", stage.name(), stage.unit(), *total, ""),
            Self::Advanced { stage, by, item } => ("advanced", stage.name(), stage.unit(), *by, item),
            Self::Finished { stage, summary } => ("finished", stage.name(), stage.unit(), 0, summary),
            Self::Failed { stage } => ("failed", stage.name(), stage.unit(), 0, ""),
            Self::Warning(warning) => ("warning", "", "", 0, warning),
            Self::Note(note) => ("note", "", "", 0, note),
        }
    }
}
