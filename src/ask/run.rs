//! The run: rows to requests to lines, several at a time.
//!
//! In: rows that are still to be asked, the way to show and to ask, and a flag that stops the run. Out: appended lines, and
//! a [`Summary`]. When the flag is raised no new request is sent; those that are under way are paid for, so they are waited
//! for and recorded.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Error;
use super::body::Parameters;
use super::http::{Fault, Server};
use super::limit::{Limiter, back_off};
use super::media::{Cache, Show};
use super::record::{Log, Record, Recorded};
use super::reply::{self, Reply, Status, Usage};
use crate::dataset::Row;

/// How a run asks.
pub struct Setup<'a> {
    /// The server.
    pub server: &'a Server,
    /// What all requests have in common.
    pub parameters: &'a Parameters,
    /// How videos are shown.
    pub show: &'a Show,
    /// Limits of the rate.
    pub limiter: &'a Limiter,
    /// Requests under way at once.
    pub concurrency: usize,
    /// Attempts for one row, at most.
    pub attempts: u32,
    /// Rows in a row that may end in an error before the run is given up.
    pub most_errors: u32,
    /// Prices of a million tokens of requests and of replies, in any unit.
    pub prices: Option<[f64; 2]>,
    /// Raised to stop.
    pub stop: &'a AtomicBool,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Rows with a reply.
    pub answered: u64,
    /// Rows that ended in an error.
    pub failed: u64,
    /// Rows that were not asked, since the run was stopped.
    pub left: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Tokens that the server counted.
    pub usage: Usage,
    /// Cost by the prices given.
    pub cost: f64,
}

/// What all workers share.
struct Shared<'a> {
    setup: &'a Setup<'a>,
    rows: &'a [&'a Row],
    next: AtomicUsize,
    cache: Cache,
    settings: String,
    log: Mutex<(Log, Summary)>,
    in_a_row: AtomicU32,
    fatal: Mutex<Option<Error>>,
}

/// How long a wait goes before the flag is looked at again.
const GLANCE: Duration = Duration::from_millis(50);

/// Asks `rows`, and tells `progress` each line that was written and the sums so far.
pub fn run(
    setup: &Setup<'_>,
    rows: &[&Row],
    log: Log,
    progress: impl Fn(&Record, &Summary) + Sync,
) -> Result<Summary, Error> {
    let shared = Shared {
        setup,
        rows,
        next: AtomicUsize::new(0),
        cache: Cache::new(setup.concurrency + 1),
        settings: setup.parameters.sha256(),
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
    summary.left = rows.len() as u64 - summary.answered - summary.failed;
    Ok(summary)
}

/// What became of one row.
struct Asked {
    outcome: Result<Reply, String>,
    attempts: u32,
    latency: Duration,
}

impl Shared<'_> {
    fn is_stopped(&self) -> bool {
        self.setup.stop.load(Ordering::Relaxed) || self.lock_fatal().is_some()
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
            let Some(row) = self.rows.get(at) else { return };
            if let Err(error) = self.one(row, progress) {
                self.fail(error);
            }
        }
    }

    fn one(&self, row: &Row, progress: &(impl Fn(&Record, &Summary) + Sync)) -> Result<(), Error> {
        let setup = self.setup;
        let shown = self.cache.shown(setup.show, row)?;
        let (body, digest) = setup.parameters.body(row, &shown);
        let body = serde_json::to_vec(&body).expect("values of this crate serialise");
        // Stopped before anything was sent: the row is left.
        let Some(asked) = self.ask(row, &body)? else { return Ok(()) };
        let failed = asked.outcome.is_err();
        let usage = asked.outcome.as_ref().ok().and_then(|reply| reply.usage);
        let (reply, error) = match asked.outcome {
            Ok(reply) => (Some(reply), None),
            Err(text) => (None, Some(text)),
        };
        let parameters = setup.parameters;
        let record = Record {
            id: row.id.clone(),
            response: reply.as_ref().map(|reply| setup.server.redact(&reply.text)),
            model: parameters.model.clone(),
            status: reply.as_ref().map_or(Status::Error, |reply| reply.status),
            error: error.clone(),
            finish_reason: reply.and_then(|reply| reply.finish_reason),
            mode: parameters.mode.to_owned(),
            sampler: parameters.sampler.clone(),
            indices: shown.indices.clone(),
            usage,
            cost: usage.and_then(|usage| self.cost(usage)),
            latency_ms: asked.latency.as_millis() as u64,
            attempts: asked.attempts,
            request_sha256: digest,
            settings_sha256: self.settings.clone(),
            parameters: Recorded {
                temperature: parameters.temperature,
                max_tokens: parameters.max_tokens,
                image_size: parameters.image_size,
                jpeg_quality: parameters.jpeg_quality,
            },
        };
        self.write(&record, failed, progress)?;
        let in_a_row = if failed { self.in_a_row.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        if !failed {
            self.in_a_row.store(0, Ordering::Relaxed);
        } else if in_a_row >= setup.most_errors {
            return Err(Error::Hopeless { count: in_a_row, last: error.unwrap_or_default() });
        }
        Ok(())
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
    fn ask(&self, row: &Row, body: &[u8]) -> Result<Option<Asked>, Error> {
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
            // A reply that makes no sense may be one that was cut on its way: it is asked for again.
            let read = sent.and_then(|text| {
                reply::read(&text)
                    .map_err(|text| Fault::Passing { text: setup.server.redact(&text), wait: None })
            });
            let asked = |outcome| Ok(Some(Asked { outcome, attempts, latency }));
            match read {
                Ok(reply) => {
                    let usage = reply.usage.unwrap_or_default();
                    setup.limiter.used(usage.prompt_tokens + usage.completion_tokens);
                    return asked(Ok(reply));
                }
                Err(Fault::Lasting(text)) => return asked(Err(text)),
                Err(Fault::Fatal { status, text }) => {
                    return Err(Error::Refused { server: setup.parameters.base_url.clone(), status, text });
                }
                Err(Fault::Passing { text, .. }) if attempts >= setup.attempts => return asked(Err(text)),
                Err(Fault::Passing { wait, .. }) => {
                    if !self.sleep(back_off(&row.id, attempts, wait)) {
                        return Ok(None);
                    }
                }
            }
        }
    }
}
