//! The sound of videos as files of its own, for tools whose models take frames and a sound, and not the track of a video.
//!
//! In: an export. Out: `sounds/NAME.wav` beside its videos, for each video whose questions need the sound: the samples that `ask` sends, up to
//! the moment of the question. A video without a track, as in the control `deaf`, has none.

use std::collections::BTreeMap;
use std::path::Path;

use super::place::Placed;
use super::{Error, Export};
use crate::ask::beside::SOUND_RATE;
use crate::dataset::Row;
use crate::files;
use crate::media::wav;

/// Directory of the files.
const DIR: &str = "sounds";

/// Paths of sounds, by those of videos.
pub(super) type Sounds<'a> = BTreeMap<&'a str, String>;

/// The path of the sound of a row's video.
fn path(row: &Row) -> String {
    let name = Path::new(&row.video_path).file_stem().unwrap_or_default().to_string_lossy();
    format!("{DIR}/{name}.wav")
}

impl<'a> Export<'a> {
    /// Writes the sounds, and says which there are.
    pub(super) fn place_sounds(&'a self, placed: &mut Placed) -> Result<Sounds<'a>, Error> {
        let needed = self.rows.iter().filter(|row| row.audio_needed);
        let videos: BTreeMap<&str, &Row> = needed.map(|row| (row.video_path.as_str(), row)).collect();
        let mut sounds = Sounds::new();
        for (video, row) in videos {
            self.job.go_on()?;
            let count = row.fps().audio_sample(row.num_frames, SOUND_RATE) as usize;
            let Some(bytes) = wav::start(&self.videos.open(video)?, SOUND_RATE, count)? else { continue };
            let path = path(row);
            placed.put(&self.out.join(&path), |fresh| files::write_bytes(fresh, &bytes))?;
            sounds.insert(video, path);
        }
        Ok(sounds)
    }
}
