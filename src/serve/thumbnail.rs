//! Thumbnails: a frame of each sample as a small picture, decoded when somebody asks for it.
//!
//! In: rows, videos. Out: JPEG by sample. The last thousands stay in memory, so that a page that is loaded again decodes nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;
use tokio::sync::Semaphore;

use super::Error;
use crate::dataset::Row;
use crate::media::seek::FramePicker;
use crate::picture;
use crate::render::videos::Videos;
use crate::time::FrameRate;

/// Pixels of the longer side: the page shows half as many, for screens with two pixels to each of theirs.
const LONGEST: u32 = 160;
/// Quality of the JPEG, 1 to 100.
const QUALITY: u8 = 70;
/// Bytes of pictures that stay in memory.
const MOST_BYTES: usize = 16 << 20;
/// Pictures that are decoded at a time: the video that is watched needs the processor, too.
const MOST_AT_ONCE: usize = 2;

/// The frame that stands for a sample.
struct Chosen {
    video: String,
    fps: FrameRate,
    frame: u64,
    tag: String,
}

/// Pictures of samples.
pub(super) struct Thumbnails {
    videos: Arc<Videos>,
    by_sample: BTreeMap<String, Chosen>,
    /// Held by who decodes.
    turns: Arc<Semaphore>,
    made: Mutex<Made>,
}

/// Pictures in memory.
#[derive(Default)]
struct Made {
    pictures: BTreeMap<String, Bytes>,
    /// Their samples, the oldest first.
    order: VecDeque<String>,
    bytes: usize,
}

impl Made {
    /// Keeps a picture. The oldest make room for it.
    fn keep(&mut self, sample: &str, picture: &Bytes) {
        if self.pictures.insert(sample.to_owned(), picture.clone()).is_some() {
            return;
        }
        self.order.push_back(sample.to_owned());
        self.bytes += picture.len();
        while self.bytes > MOST_BYTES {
            let Some(removed) = self.order.pop_front().and_then(|oldest| self.pictures.remove(&oldest))
            else {
                return;
            };
            self.bytes -= removed.len();
        }
    }
}

impl Thumbnails {
    /// A picture for each sample of `rows` that has a video; none is decoded yet.
    pub(super) fn new(rows: &[Row], videos: Arc<Videos>) -> Self {
        let shown = rows.iter().filter(|row| !row.file_name.is_empty());
        let by_sample = shown.map(|row| (row.sample_id.clone(), chosen(row))).collect();
        let turns = Arc::new(Semaphore::new(MOST_AT_ONCE));
        Self { videos, by_sample, turns, made: Mutex::default() }
    }

    /// The entity tag of a sample's picture, if it has one.
    pub(super) fn tag(&self, sample: &str) -> Option<&str> {
        self.by_sample.get(sample).map(|chosen| chosen.tag.as_str())
    }

    /// Where whoever decodes pictures waits for a turn.
    pub(super) fn turns(&self) -> Arc<Semaphore> {
        Arc::clone(&self.turns)
    }

    /// A sample's picture, if it is in memory.
    pub(super) fn made(&self, sample: &str) -> Option<Bytes> {
        self.held().pictures.get(sample).cloned()
    }

    /// Decodes a sample's picture; nothing if there is no such sample.
    pub(super) fn make(&self, sample: &str) -> Result<Option<Bytes>, Error> {
        if let Some(picture) = self.made(sample) {
            return Ok(Some(picture));
        }
        let Some(Chosen { video, fps, frame, .. }) = self.by_sample.get(sample) else { return Ok(None) };
        let mut picker = FramePicker::open(&self.videos.open(video)?, *fps)?;
        let frame = picker.frame(*frame)?;
        let picture = Bytes::from(picture::jpeg_within(&frame, picker.matrix(), QUALITY, Some(LONGEST))?);
        self.held().keep(sample, &picture);
        Ok(Some(picture))
    }

    fn held(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The middle of the first needle that is asked for; of a video without one, its middle.
fn chosen(row: &Row) -> Chosen {
    let needle = row.needles.iter().find(|needle| !needle.is_distractor);
    let last = row.num_frames.saturating_sub(1);
    let frame = needle.map_or(last / 2, |needle| needle.middle().min(last));
    Chosen { video: row.file_name.clone(), fps: row.fps(), frame, tag: format!("\"{}-{frame}\"", row.sha256) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::NeedleRow;

    #[test]
    fn a_sample_is_shown_by_the_needle_that_is_asked_for() {
        let needle = |start_frame, is_distractor| {
            let (label, key, kind, motion) = Default::default();
            let end_frame = start_frame + 10;
            NeedleRow {
                label,
                key,
                kind,
                start_frame,
                end_frame,
                x: 0,
                y: 0,
                w: 1,
                h: 1,
                is_distractor,
                motion,
            }
        };
        let row = |needles: Vec<NeedleRow>| Row { num_frames: 100, needles, ..Row::unstated() };
        assert_eq!(chosen(&row(vec![needle(10, true), needle(40, false), needle(60, false)])).frame, 45);
        assert_eq!(chosen(&row(vec![needle(10, true)])).frame, 49);
        assert_eq!(chosen(&row(vec![needle(u64::MAX - 10, false)])).frame, 99);
        assert_eq!(chosen(&Row::unstated()).frame, 0);
    }

    #[test]
    fn the_oldest_pictures_make_room() {
        let mut made = Made::default();
        let picture = Bytes::from(vec![0; MOST_BYTES / 2]);
        for sample in ["a", "b", "b", "c"] {
            made.keep(sample, &picture);
        }
        assert_eq!(made.pictures.keys().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(made.bytes, MOST_BYTES / 2 * 2);
    }
}
