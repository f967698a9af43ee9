//! Videos that are kept open, by name, for all who ask for them.
//!
//! In: videos. Out: inputs, each opened once for requests that follow each other.

use std::sync::{Arc, Mutex, PoisonError};

use super::Error;
use crate::media::input::Input;
use crate::render::videos::Videos;
use crate::subtitle::TimedLine;

/// Videos whose recipes are kept open: each request names a range, and a player sends many.
const MOST_OPEN: usize = 8;

/// A video, once it is open. Its lock holds up those alone who ask for the same video.
type Slot = Arc<Mutex<Option<Input>>>;

/// Videos, the last few of which are kept open.
pub(crate) struct Kept {
    videos: Arc<Videos>,
    /// The last one asked for stands last.
    open: Mutex<Vec<(String, Slot)>>,
}

impl Kept {
    /// All of `videos`; none is open yet.
    pub(crate) fn new(videos: Arc<Videos>) -> Self {
        Self { videos, open: Mutex::default() }
    }

    /// Opens the video with this name. A recipe's index takes long for a long video: others are opened meanwhile.
    pub(crate) fn video(&self, name: &str) -> Result<Input, Error> {
        let slot = self.slot(name);
        let mut held = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(input) = &*held {
            return Ok(input.clone());
        }
        let input = self.videos.open(name)?;
        *held = Some(input.clone());
        Ok(input)
    }

    /// The lines of the subtitle file that rows call `subtitle_path`.
    pub(crate) fn subtitles(&self, subtitle_path: &str) -> Result<Vec<TimedLine>, Error> {
        Ok(self.videos.subtitles(subtitle_path)?)
    }

    fn slot(&self, name: &str) -> Slot {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let known = open.iter().position(|(found, _)| found == name).map(|at| open.remove(at));
        let entry = known.unwrap_or_else(|| (name.to_owned(), Slot::default()));
        if open.len() == MOST_OPEN {
            open.remove(0);
        }
        let slot = Arc::clone(&entry.1);
        open.push(entry);
        slot
    }
}
