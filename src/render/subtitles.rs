//! Subtitle files: a `.srt` beside each video that has a subtitle track.
//!
//! In: planned videos. Out: files, the same bytes each time; or what of a file differs from its plan.

use std::path::Path;

use crate::dataset::{OutputDigest, SUBTITLES, VIDEOS};
use crate::digest;
use crate::files;
use crate::media::input::Input;
use crate::media::text_track;
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::carry;
use crate::render::claim::Done;
use crate::subtitle::{self, TimedLine};

/// Path of a video's subtitles within its dataset; empty where it has none.
pub fn file_name(video: &PlannedVideo) -> String {
    if video.subtitles.is_empty() { String::new() } else { format!("{VIDEOS}/{}{SUBTITLES}", video.name) }
}

/// Writes the subtitles of videos into the dataset directory `out`, but for what an earlier run has written.
pub(super) fn write(
    videos: impl Iterator<Item = PlannedVideo>,
    out: &Path,
) -> Result<Vec<OutputDigest>, Error> {
    let mut outputs = Vec::new();
    for video in videos {
        outputs.extend(file(&video, out)?);
    }
    Ok(outputs)
}

/// Writes the subtitles of a video into the dataset directory `out`, unless an earlier run has; nothing where it has none.
fn file(video: &PlannedVideo, out: &Path) -> Result<Option<OutputDigest>, Error> {
    let name = file_name(video);
    if name.is_empty() {
        return Ok(None);
    }
    let path = carry::place(out, &name)?;
    let text = subtitle::srt(&timed(video));
    let done = Done { bytes: text.len() as u64, sha256: digest::of_bytes(text.as_bytes()) };
    if path.is_symlink() || !Done::of(&path).is_ok_and(|found| found.sha256 == done.sha256) {
        files::write_bytes(&path, text.as_bytes())?;
    }
    Ok(Some(done.named(name)))
}

/// The lines of the subtitle file that rows of the dataset in `dir` call `name`.
///
/// # Errors
/// It cannot be read, leads out of the dataset, or is no subtitle file.
pub fn read(dir: &Path, name: &str) -> Result<Vec<TimedLine>, Error> {
    let path = dir.join(name);
    if files::leads_outside(dir, &path)? {
        return Err(files::Error::Outside { path, root: dir.to_owned() }.into());
    }
    let text = files::read_text(&path)?;
    subtitle::parse(&text).map_err(|problem| Error::Subtitles { path: path.display().to_string(), problem })
}

/// What of the subtitle file of a video differs from its plan.
///
/// # Errors
/// The machine cannot read it; what is missing or cannot be understood differs.
pub fn differences(dir: &Path, video: &PlannedVideo) -> Result<Option<String>, Error> {
    let name = file_name(video);
    if name.is_empty() {
        return Ok(None);
    }
    match read(dir, &name) {
        Ok(found) => Ok(differs(&found, video)),
        Err(error) if error.is_of_machine() => Err(error),
        Err(error) => Ok(Some(crate::wording::chain(&error))),
    }
}

/// What of the subtitle track of a video differs from its plan.
pub(super) fn track_differs(input: &Input, video: &PlannedVideo) -> Result<Option<String>, Error> {
    if !video.subtitle_track {
        return Ok(None);
    }
    let Some(found) = text_track::lines(input, video.fps)? else {
        return Ok(Some("it has no subtitle track".to_owned()));
    };
    let timed: Vec<TimedLine> = found.iter().map(|line| line.timed(video.fps)).collect();
    // Frames differ before milliseconds do.
    let is_same = found == video.subtitles;
    Ok(differs(&timed, video).or_else(|| (!is_same).then(|| "its subtitle track differs".to_owned())))
}

/// The lines of a video with their times.
pub fn timed(video: &PlannedVideo) -> Vec<TimedLine> {
    video.subtitles.iter().map(|line| line.timed(video.fps)).collect()
}

/// The first line that is not as it was planned.
fn differs(found: &[TimedLine], video: &PlannedVideo) -> Option<String> {
    let wanted = timed(video);
    if found == wanted {
        return None;
    }
    let at = found.iter().zip(&wanted).take_while(|(found, wanted)| found == wanted).count();
    let said = |line: Option<&TimedLine>| {
        line.map_or_else(
            || "missing".to_owned(),
            |line| {
                let (start, end) = (subtitle::clock(line.start_millis), subtitle::clock(line.end_millis));
                format!("`{start} --> {end} {}`", line.text)
            },
        )
    };
    Some(format!("subtitle {} is {}, not {}", at + 1, said(found.get(at)), said(wanted.get(at))))
}
