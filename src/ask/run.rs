//! The run: things to ask about, to requests, to lines, several at a time.
//!
//! In: what is still to be asked about (rows of a dataset, replies for a judge), how a request is made of it, the way to ask,
//! and a job. Out: appended lines, and a [`Summary`]. When the job is stopped no new request is sent; those under way are paid for, so they are waited
//! for and recorded.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Error;
use super::body::{Parameters, Request};
use super::fault::Fault;
use super::http::Server;
use super::limit::{Limiter, back_off};
use super::log::Log;
use super::record::{Record, Recorded};
use super::reply::{Reply, Status, Usage};
use crate::job::Job;

/// How a run asks.
pub struct Setup<'a> {
    /// The server.
    pub server: &'a Server,
    /// What all requests have in common.
    pub parameters: &'a Parameters,
    /// Limits of the rate.
    pub limiter: &'a Limiter,
    /// Requests under way at once.
    pub concurrency: usize,
    /// Attempts for one request, at most.
    pub attempts: u32,
    /// Rows in a row that may end in an error before the run is given up.
    pub most_errors: u32,
    /// Prices of a million tokens of requests and of replies, in any unit.
    pub prices: Option<[f64; 2]>,
    /// Counts the requests that are sent and whose replies are not written yet.
    pub under_way: UnderWay,
    /// Who has it asked: that one may stop it.
    pub job: Job,
}

/// Requests that were sent and whose replies are not written yet. Its clones count the same ones.
#[derive(Clone, Debug, Default)]
pub struct UnderWay(Arc<AtomicU32>);

impl UnderWay {
    /// Whether there is any.
    pub fn any(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }

    /// Counts one more as long as what this gives lives.
    fn begin(&self) -> impl Drop + use<> {
        struct Ended(UnderWay);
        impl Drop for Ended {
            fn drop(&mut self) {
                self.0.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.0.fetch_add(1, Ordering::SeqCst);
        Ended(self.clone())
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Requests with a reply.
    pub answered: u64,
    /// Requests that ended in an error.
    pub failed: u64,
    /// What was not asked about, since the run was stopped.
    pub left: u64,
    /// Requests that were sent, repetitions included.
    pub requests: u64,
    /// Tokens that the server counted.
    pub usage: Usage,
    /// Cost by the prices given.
    pub cost: f64,
}

/// What all workers share.
struct Shared<'a, T, C> {
    setup: &'a Setup<'a>,
    items: &'a [T],
    compose: C,
    next: AtomicUsize,
    settings: String,
    recorded: Recorded,
    /// Whether the server has answered any request: what it forbids then is one request.
    has_answered: AtomicBool,
    log: Mutex<(Log, Summary)>,
    in_a_row: AtomicU32,
    fatal: Mutex<Option<Error>>,
}

/// How long a wait goes before the flag is looked at again.
const GLANCE: Duration = Duration::from_millis(50);

/// What there is to send about an item.
#[derive(Debug)]
pub enum Composed {
    /// A request.
    Request(Request),
    /// Nothing: the item cannot be shown.
    Unshown {
        /// Its id.
        id: String,
        /// Digest of what it asks about what.
        row_sha256: String,
        /// Why not.
        reason: String,
    },
}

/// Asks about `items`, each by the request that `compose` makes of it, and tells `progress` each line that was written and the
/// sums so far.
pub fn run<T: Sync>(
    setup: &Setup<'_>,
    items: &[T],
    compose: impl Fn(&T) -> Result<Composed, Error> + Sync,
    log: Log,
    progress: impl Fn(&Record, &Summary) + Sync,
) -> Result<Summary, Error> {
    let shared = Shared {
        setup,
        items,
        compose,
        next: AtomicUsize::new(0),
        settings: setup.parameters.sha256(),
        recorded: Recorded::of(setup.parameters),
        has_answered: AtomicBool::new(log.has_answers()),
        log: Mutex::new((log, Summary::default())),
        in_a_row: AtomicU32::new(0),
        fatal: Mutex::new(None),
    };
    std::thread::scope(|scope| {
        for _ in 0..setup.concurrency.max(1) {
            scope.spawn(|| shared.work(&progress));
        }
    });
    if let Some(error) = shared.fatal.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let (_, mut summary) = shared.log.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary.left = items.len() as u64 - summary.answered - summary.failed;
    Ok(summary)
}

/// What a line records of a request, but its body; of an item that could not be shown, its name.
#[derive(Debug, Default)]
struct Sent {
    id: String,
    sha256: String,
    row_sha256: Option<String>,
    indices: Option<Vec<u64>>,
    subtitle_lines: Option<u64>,
    sound: Option<&'static str>,
}

impl Sent {
    fn of(request: Request) -> Self {
        let Request { id, sha256, row_sha256, indices, subtitle_lines, sound, body: _ } = request;
        Self { id, sha256, row_sha256, indices, subtitle_lines, sound }
    }
}

/// What became of one request.
struct Asked {
    outcome: Result<Reply, String>,
    attempts: u32,
    latency: Duration,
    /// Why no other request is of use, where the row that shows it is to be recorded.
    end: Option<Error>,
}

impl<T: Sync, C: Fn(&T) -> Result<Composed, Error> + Sync> Shared<'_, T, C> {
    fn is_stopped(&self) -> bool {
        self.setup.job.cancel.is_stopped() || self.lock_fatal().is_some()
    }

    fn lock_fatal(&self) -> std::sync::MutexGuard<'_, Option<Error>> {
        self.fatal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, error: Error) {
        self.lock_fatal().get_or_insert(error);
    }

    fn work(&self, progress: &(impl Fn(&Record, &Summary) + Sync)) {
        while !self.is_stopped() {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = self.items.get(at) else { return };
            if let Err(error) = self.one(item, progress) {
                self.fail(error);
            }
        }
    }

    fn one(&self, item: &T, progress: &(impl Fn(&Record, &Summary) + Sync)) -> Result<(), Error> {
        let setup = self.setup;
        let composed = (self.compose)(item)?;
        let _under_way = setup.under_way.begin();
        let request = match composed {
            Composed::Request(request) => request,
            // The others can be asked: one damaged video is not to keep a run from its end. It says nothing of the server.
            Composed::Unshown { id, row_sha256, reason } => {
                let sent = Sent { id, row_sha256: Some(row_sha256), ..Sent::default() };
                let asked = Asked { outcome: Err(reason), attempts: 0, latency: Duration::ZERO, end: None };
                let (record, _) = self.record(sent, asked);
                return self.write(&record, true, progress);
            }
        };
        let body = serde_json::to_vec(&request.body).expect("values of this crate serialise");
        // Stopped before anything was sent: nothing is recorded.
        let Some(asked) = self.ask(&request.id, &body)? else { return Ok(()) };
        let failed = asked.outcome.is_err();
        let (record, end) = self.record(Sent::of(request), asked);
        self.write(&record, failed, progress)?;
        if let Some(end) = end {
            return Err(end);
        }
        let in_a_row = if failed { self.in_a_row.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        if !failed {
            self.in_a_row.store(0, Ordering::Relaxed);
        } else if in_a_row >= setup.most_errors {
            return Err(Error::Hopeless { count: in_a_row, last: record.error.unwrap_or_default() });
        }
        Ok(())
    }

    /// The line of a request, and why the run ends with it, if it does.
    fn record(&self, sent: Sent, asked: Asked) -> (Record, Option<Error>) {
        let parameters = self.setup.parameters;
        let (reply, error) = match asked.outcome {
            Ok(reply) => (Some(reply), None),
            Err(text) => (None, Some(text)),
        };
        let status = reply.as_ref().map_or(Status::Error, |reply| reply.status);
        let usage = reply.as_ref().and_then(|reply| reply.usage);
        let (response, reasoning, finish_reason) = reply
            .map_or((None, None, None), |reply| (Some(reply.text), reply.reasoning, reply.finish_reason));
        let record = Record {
            id: sent.id,
            response,
            reasoning,
            model: parameters.model.clone(),
            status,
            error,
            finish_reason,
            mode: parameters.mode.to_owned(),
            sampler: parameters.sampler.clone(),
            indices: sent.indices,
            subtitle_lines: sent.subtitle_lines,
            sound: sent.sound.map(str::to_owned),
            usage,
            cost: usage.and_then(|usage| self.cost(usage)),
            latency_ms: asked.latency.as_millis() as u64,
            attempts: asked.attempts,
            base_url: Some(self.setup.server.base_url()),
            request_sha256: sent.sha256,
            row_sha256: sent.row_sha256,
            settings_sha256: self.settings.clone(),
            parameters: self.recorded.clone(),
        };
        (record, asked.end)
    }

    fn cost(&self, usage: Usage) -> Option<f64> {
        let [prompt, completion] = self.setup.prices?;
        Some((usage.prompt_tokens as f64 * prompt + usage.completion_tokens as f64 * completion) / 1e6)
    }

    fn write(
        &self,
        record: &Record,
        failed: bool,
        progress: &(impl Fn(&Record, &Summary) + Sync),
    ) -> Result<(), Error> {
        let mut guard = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let (log, summary) = &mut *guard;
        log.append(record)?;
        summary.answered += u64::from(!failed);
        summary.failed += u64::from(failed);
        summary.requests += u64::from(record.attempts);
        let usage = record.usage.unwrap_or_default();
        summary.usage.prompt_tokens += usage.prompt_tokens;
        summary.usage.completion_tokens += usage.completion_tokens;
        summary.cost += record.cost.unwrap_or(0.0);
        progress(record, summary);
        Ok(())
    }

    /// Waits; `false` if the run was stopped meanwhile.
    fn sleep(&self, wait: Duration) -> bool {
        let start = Instant::now();
        while let Some(rest) = wait.checked_sub(start.elapsed()).filter(|rest| !rest.is_zero()) {
            if self.is_stopped() {
                return false;
            }
            std::thread::sleep(rest.min(GLANCE));
        }
        true
    }

    /// Asks until a reply comes, the attempts are used up, or it is clear that none will come; nothing if the run was stopped
    /// before that.
    fn ask(&self, id: &str, body: &[u8]) -> Result<Option<Asked>, Error> {
        let setup = self.setup;
        let mut attempts = 0;
        loop {
            while let Some(wait) = setup.limiter.take() {
                if !self.sleep(wait) {
                    return Ok(None);
                }
            }
            if self.is_stopped() {
                return Ok(None);
            }
            attempts += 1;
            let start = Instant::now();
            let sent = setup.server.send(body);
            let latency = start.elapsed();
            let asked = |outcome, end| Ok(Some(Asked { outcome, attempts, latency, end }));
            let refused = |what: String| Error::Refused { server: setup.server.base_url(), what };
            match sent {
                Ok(reply) => {
                    self.has_answered.store(true, Ordering::Relaxed);
                    let usage = reply.usage.unwrap_or_default();
                    setup.limiter.used(usage.prompt_tokens + usage.completion_tokens);
                    return asked(Ok(reply), None);
                }
                Err(Fault::Lasting(text)) => return asked(Err(text), None),
                Err(Fault::Forbidden(text)) if self.has_answered.load(Ordering::Relaxed) => {
                    return asked(Err(text), None);
                }
                // The row is recorded, so that the next run does not begin with it, should it alone be forbidden.
                Err(Fault::Forbidden(text)) => {
                    let end = refused(format!("refuses the requests with {text}"));
                    return asked(Err(text), Some(end));
                }
                Err(Fault::Fatal(what)) => return Err(refused(what)),
                Err(Fault::Passing { text, .. }) if attempts >= setup.attempts => {
                    return asked(Err(text), None);
                }
                Err(Fault::Passing { wait, .. }) => {
                    if !self.sleep(back_off(id, attempts, wait)) {
                        return Ok(None);
                    }
                }
            }
        }
    }
}
