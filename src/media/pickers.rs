//! Readers of single frames of one video, shared by threads and by calls that follow each other.
//!
//! In: an input and its frame rate. Out: a reader for whoever needs one, which goes on from where it is: opening a video again costs
//! reading its whole header.

use std::sync::{Mutex, PoisonError};

use crate::media::Error;
use crate::media::input::Input;
use crate::media::seek::FramePicker;
use crate::time::FrameRate;

/// Readers of one video that are kept while nobody uses them.
const MOST: usize = 16;

/// Readers of one video.
pub struct Pickers {
    video: Input,
    fps: FrameRate,
    /// Those that nobody uses, and the number of threads of each.
    idle: Mutex<Vec<(usize, FramePicker)>>,
}

impl Pickers {
    /// Readers of a video of this constant frame rate, each opened when it is needed.
    pub fn new(video: Input, fps: FrameRate) -> Self {
        Self { video, fps, idle: Mutex::default() }
    }

    /// Lets `work` use a reader with so many threads that decode. One that fails is not used again.
    pub fn with<T, E: From<Error>>(
        &self,
        threads: usize,
        work: impl FnOnce(&mut FramePicker) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = {
            let mut idle = idle();
            let at = idle.iter().rposition(|(of, _)| *of == threads);
            at.map(|at| idle.swap_remove(at).1)
        };
        let mut picker = match taken {
            Some(picker) => picker,
            None => FramePicker::open_with(&self.video, self.fps, threads)?,
        };
        let done = work(&mut picker)?;
        let mut idle = idle();
        if idle.len() < MOST {
            idle.push((threads, picker));
        }
        Ok(done)
    }
}

impl std::fmt::Debug for Pickers {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Pickers").field("video", &self.video).finish_non_exhaustive()
    }
}
