//! A wish to stop: raised by who waits for a result, looked at by who works on it.
//!
//! In: a token that both hold. Out: an error at the next point where the work can end without leaving anything half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A token of one run: its clones are raised together.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// The user asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stopped before the end; run the same command again to finish")]
pub struct Stopped;

impl Cancel {
    /// Asks to stop; says whether that was asked before.
    pub fn stop(&self) -> bool {
        self.0.swap(true, Ordering::Relaxed)
    }

    /// Whether somebody asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails if somebody asked to stop.
    pub fn go_on(&self) -> Result<(), Stopped> {
        if self.is_stopped() { Err(Stopped) } else { Ok(()) }
    }

    /// The flag itself, for code that takes one.
    pub fn flag(&self) -> &AtomicBool {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_stop_together_and_other_tokens_go_on() {
        let (token, other) = (Cancel::default(), Cancel::default());
        let clone = token.clone();
        assert_eq!(clone.go_on(), Ok(()));
        assert!(!token.stop() && token.stop());
        assert_eq!((clone.go_on(), other.go_on()), (Err(Stopped), Ok(())));
    }
}
