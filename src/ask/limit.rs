//! Rate limits: requests and tokens a minute, and the waits between attempts.
//!
//! In: limits, and what was used. Out: when the next request may go. A limit is a bucket that fills evenly and holds a tenth
//! of a minute's amount at most. So a burst after a pause stays small, since the server's own window is not known.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::seed::Seed;

/// Limits of a run; none where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Requests a minute.
    pub requests: Option<u32>,
    /// Tokens a minute, of requests and replies.
    pub tokens: Option<u32>,
}

/// One limit. Amounts are requests or tokens, whichever it limits.
struct Bucket {
    a_minute: f64,
    /// What may be used now. Below zero, it is a debt.
    left: f64,
    filled: Instant,
}

impl Bucket {
    fn new(a_minute: u32) -> Self {
        let a_minute = f64::from(a_minute.max(1));
        Self { a_minute, left: (a_minute / 10.0).max(1.0), filled: Instant::now() }
    }

    fn fill(&mut self) {
        let now = Instant::now();
        let more = self.a_minute * now.duration_since(self.filled).as_secs_f64() / 60.0;
        self.left = (self.left + more).min((self.a_minute / 10.0).max(1.0));
        self.filled = now;
    }

    /// How long until `amount` is there.
    fn wait(&self, amount: f64) -> Duration {
        let lacking = (amount - self.left).max(0.0);
        Duration::from_millis((lacking / self.a_minute * 60_000.0).ceil() as u64)
    }
}

/// The limits of one run, shared by all who ask.
pub struct Limiter {
    requests: Option<Mutex<Bucket>>,
    tokens: Option<Mutex<Bucket>>,
}

impl Limiter {
    /// Full buckets.
    pub fn new(limits: Limits) -> Self {
        let bucket = |limit: u32| Mutex::new(Bucket::new(limit));
        Self { requests: limits.requests.map(bucket), tokens: limits.tokens.map(bucket) }
    }

    /// How long to wait; nothing if a request may go now, which takes it from the limits. Tokens are known only when a reply
    /// comes: a request may go while any are left, and what it used may leave a debt.
    pub fn take(&self) -> Option<Duration> {
        let mut tokens = self.tokens.as_ref().map(|own| own.lock().unwrap_or_else(PoisonError::into_inner));
        let mut requests =
            self.requests.as_ref().map(|own| own.lock().unwrap_or_else(PoisonError::into_inner));
        let mut wait = Duration::ZERO;
        for bucket in [&mut tokens, &mut requests].into_iter().flatten() {
            bucket.fill();
            wait = wait.max(bucket.wait(1.0));
        }
        if !wait.is_zero() {
            return Some(wait);
        }
        if let Some(bucket) = &mut requests {
            bucket.left -= 1.0;
        }
        None
    }

    /// Takes the tokens that a request has used.
    pub fn used(&self, tokens: u64) {
        if let Some(bucket) = &self.tokens {
            let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
            bucket.fill();
            bucket.left -= tokens as f64;
        }
    }
}

/// The first wait between attempts, and the longest.
const FIRST: u64 = 500;
const LONGEST: u64 = 60_000;

/// The wait before attempt `attempt`; 1 is the first repetition.
///
/// It is exponential, of which a random part between half and all, so that those who failed together do not come back
/// together; at least it is what the server asks for.
pub fn back_off(id: &str, attempt: u32, asked: Option<Duration>) -> Duration {
    let most = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST);
    let jittered =
        Seed::new(0).stream(format!("ask/back-off/{id}"), u64::from(attempt)).between(most / 2, most);
    Duration::from_millis(jittered).max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_honour_the_server() {
        let wait = |attempt, asked| back_off("x", attempt, asked).as_millis();
        assert!((250..=500).contains(&wait(1, None)) && (2000..=4000).contains(&wait(4, None)));
        assert!((30_000..=60_000).contains(&wait(40, None)));
        assert_eq!(wait(1, Some(Duration::from_secs(9))), 9000);
        assert_ne!(back_off("x", 3, None), back_off("y", 3, None));
    }

    #[test]
    fn limits_hold_back() {
        let free = Limiter::new(Limits::default());
        assert!((0..1000).all(|_| free.take().is_none()));
        let few = Limiter::new(Limits { requests: Some(60), tokens: None });
        let went = (0..100).filter(|_| few.take().is_none()).count();
        assert!((6..9).contains(&went), "{went}");
        assert!(few.take().unwrap() <= Duration::from_secs(1));
        let tokens = Limiter::new(Limits { requests: None, tokens: Some(600) });
        assert!(tokens.take().is_none());
        tokens.used(660);
        let wait = tokens.take().unwrap();
        assert!((Duration::from_secs(59)..Duration::from_secs(62)).contains(&wait), "{wait:?}");
    }
}
