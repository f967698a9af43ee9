//! Who has something rendered: how that one asks to stop, and hears what is not as it should be.
//!
//! In: a token, and a function that takes warnings. Out: both, wherever work is done. The library prints nothing by itself.

use crate::cancel::Cancel;
use crate::render::Error;

/// Who has something rendered. By default that is somebody who never stops it and hears no warning.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Raised when the work is to stop.
    pub cancel: Cancel,
    /// Takes a warning, a sentence without a full stop; it may come several times.
    pub warn: fn(&str),
}

impl Default for Caller {
    fn default() -> Self {
        Self { cancel: Cancel::default(), warn: |_unheard| {} }
    }
}

impl Caller {
    /// Fails if the caller has asked to stop.
    pub(crate) fn go_on(&self) -> Result<(), Error> {
        self.cancel.go_on().map_err(|_stopped| Error::Stopped)
    }
}
