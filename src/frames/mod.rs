//! Sampled frames as pictures: exactly those that a sampler takes of each video of a dataset.
//!
//! In: rows of a dataset and its videos, a sampler, a directory. Out: JPEG or PNG files, or WebDataset shards (tar files whose members of one
//! sample share their name up to the first dot), and `index.jsonl`. Only the groups of pictures that hold a sampled frame are
//! decoded, on all threads; what is written does not depend on how many there are.

mod shard;
mod stack;

pub use crate::picture::Format;
pub use stack::{Stack, stack};

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;

use crate::cancel::Stopped;
use crate::dataset::Row;
use crate::files;
use crate::job::{Job, Stage};
use crate::media::{self, input::Input, pickers::Pickers, seek::FramePicker};
use crate::picture;
use crate::question::seconds;
use crate::render::{self, videos::Videos};
use crate::sampler::{Refused, Sampler};
use crate::time::FrameRate;
use crate::wording;
use shard::Shards;

/// Name of the file that lists all frames.
pub const INDEX: &str = "index.jsonl";

/// Frames that cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A video cannot be opened.
    #[error(transparent)]
    Video(#[from] render::Error),
    /// A video cannot be decoded.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] files::Error),
    /// Somebody asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The sampler fails on a video.
    #[error("`{file}` of the dataset cannot be sampled")]
    Refused {
        /// The video.
        file: String,
        /// Why.
        #[source]
        source: Refused,
    },
    /// A row that says something impossible.
    #[error("`{0}` has no frame rate")]
    Row(String),
    /// The video has other frames than its row says.
    #[error("`{file}` is {}x{} pixels, and its row says {}x{}", found.0, found.1, stated.0, stated.1)]
    Size {
        /// The video.
        file: String,
        /// Width and height of its frames.
        found: (u32, u32),
        /// What the row says.
        stated: (u32, u32),
    },
    /// A frame that may not be seen, or is not there.
    #[error("frame {frame} of `{file}` cannot be taken: only its first {seen} frames may be seen")]
    Beyond {
        /// The video.
        file: String,
        /// The frame.
        frame: u64,
        /// Frames that may be seen, from the first on.
        seen: u64,
    },
    /// Frames do not fit into memory.
    #[error("{frames} frames of `{file}` need {bytes} bytes of memory, more than the system gives")]
    Memory {
        /// The video.
        file: String,
        /// How many frames.
        frames: usize,
        /// Bytes of their pixels.
        bytes: u64,
    },
    /// A picture cannot be encoded.
    #[error("frame {frame} of `{file}` cannot be encoded")]
    Picture {
        /// The video.
        file: String,
        /// The frame.
        frame: u64,
        /// The encoder's reason.
        #[source]
        source: picture::Error,
    },
}

/// What is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Of each picture.
    pub format: Format,
    /// Bytes after which a shard is closed; absent, each picture is a file of its own.
    pub shard_bytes: Option<u64>,
}

/// A line of `index.jsonl`: one frame that the sampler takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Line<'a> {
    sample_id: &'a str,
    /// Video within the dataset.
    video: &'a str,
    /// Position among the frames that are taken, from 0.
    order: usize,
    /// Frame of the video.
    frame: u64,
    /// When it is shown, in seconds.
    time: f64,
    /// The same as `ask` sends it: two decimals, three where two do not tell frames apart.
    time_secs: String,
    /// Shard that holds it; absent where it is a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    /// Its path, within the directory or the shard.
    file: String,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Videos read.
    pub videos: u64,
    /// Pictures written; a frame that is taken twice is written once.
    pub pictures: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Outcome {
    /// Counts pictures of these sizes.
    fn add(&mut self, sizes: impl Iterator<Item = u64>) {
        for bytes in sizes {
            self.pictures += 1;
            self.bytes += bytes;
        }
    }
}

/// One sample's pictures, by frame.
type Pictures = BTreeMap<u64, Vec<u8>>;

/// Writes the frames that `sampler` takes of each sample's video into `out`, which exists. Pictures that an earlier run has
/// left there are kept.
pub fn write(
    videos: &Videos,
    rows: &[Row],
    sampler: &Sampler,
    out: &Path,
    options: Options,
    job: &Job,
) -> Result<Outcome, Error> {
    let samples = rows.iter().filter(|row| row.rotation == 0).count();
    let stage = job.start(Stage::Read, samples as u64);
    let mut seen = BTreeSet::new();
    let mut outcome = Outcome::default();
    let mut shards = options.shard_bytes.map(|bytes| Shards::new(out, bytes));
    files::write_atomic(&out.join(INDEX), |index| {
        for row in rows.iter().filter(|row| seen.insert(row.sample_id.as_str())) {
            job.go_on()?;
            let (fps, indices) = taken(row, sampler)?;
            outcome.videos += 1;
            let kept =
                if shards.is_none() { kept(out, &row.sample_id, options.format, &indices) } else { None };
            let shard = if let Some(kept) = kept {
                outcome.add(kept.into_iter());
                None
            } else {
                let pictures = pictures(videos.open(&row.file_name)?, row, fps, &indices, options.format)?;
                outcome.add(pictures.values().map(|bytes| bytes.len() as u64));
                if let Some(shards) = &mut shards {
                    Some(shards.put(&row.sample_id, &indices, fps, options.format, &pictures)?)
                } else {
                    put_files(out, &row.sample_id, options.format, &pictures)?;
                    None
                }
            };
            for (order, &frame) in indices.iter().enumerate() {
                let file = match &shard {
                    Some(_) => shard::member(&row.sample_id, order, options.format),
                    None => file(&row.sample_id, frame, options.format),
                };
                let line = Line {
                    sample_id: &row.sample_id,
                    video: &row.file_name,
                    order,
                    frame,
                    time: fps.secs(frame),
                    time_secs: seconds(frame, fps),
                    shard: shard.clone(),
                    file,
                };
                serde_json::to_writer(&mut *index, &line)
                    .map_err(std::io::Error::from)
                    .and_then(|()| std::io::Write::write_all(index, b"\n"))
                    .map_err(files::Error::io("write", &out.join(INDEX)))?;
            }
            stage.advance(&row.file_name);
        }
        if let Some(shards) = shards.take() {
            shards.finish()?;
        }
        // What the index names has to outlive a power failure as it does.
        files::flush_all(out)?;
        Ok::<(), Error>(())
    })?;
    stage.finish(&format!(
        "wrote {} of {} ({} MB) and {INDEX} to {}",
        wording::count(outcome.pictures, "picture"),
        wording::count(outcome.videos, "video"),
        outcome.bytes.div_ceil(1_000_000),
        out.display()
    ));
    Ok(outcome)
}

/// The frame rate of a row's video, and the frames that `sampler` takes of it, all before the question is asked.
pub fn taken(row: &Row, sampler: &Sampler) -> Result<(FrameRate, Vec<u64>), Error> {
    let fps = FrameRate::new(row.fps_num, row.fps_den).ok_or_else(|| Error::Row(row.id.clone()))?;
    let indices =
        row.sampled(sampler).map_err(|source| Error::Refused { file: row.file_name.clone(), source })?;
    Ok((fps, indices))
}

/// Path of a picture within the directory.
fn file(sample: &str, frame: u64, format: Format) -> String {
    format!("{sample}/{frame:08}.{}", format.extension())
}

/// Sizes of the pictures of a sample, where an earlier run has written them all.
fn kept(out: &Path, sample: &str, format: Format, indices: &[u64]) -> Option<Vec<u64>> {
    let frames: BTreeSet<u64> = indices.iter().copied().collect();
    frames.into_iter().map(|frame| whole(&out.join(file(sample, frame, format)), format)).collect()
}

/// The size of a picture, if it is there to its end: a power failure may leave files whose bytes never reached the disk.
fn whole(path: &Path, format: Format) -> Option<u64> {
    let mut file =
        std::fs::File::open(path).ok().filter(|file| file.metadata().is_ok_and(|found| found.is_file()))?;
    let mut end = vec![0; format.end().len()];
    let size = file.seek(SeekFrom::End(0)).ok()?;
    file.seek(SeekFrom::End(-(end.len() as i64))).ok()?;
    file.read_exact(&mut end).ok()?;
    (end == format.end()).then_some(size)
}

fn put_files(out: &Path, sample: &str, format: Format, pictures: &Pictures) -> Result<(), Error> {
    files::make_dir(&out.join(sample))?;
    let put = |(frame, bytes): (&u64, &Vec<u8>)| {
        let path = out.join(file(sample, *frame, format));
        // Should a power failure take some of them before they are flushed, the next run sees that they lack their end.
        files::write_unflushed(&path, bytes)
    };
    pictures.par_iter().try_for_each(put)?;
    Ok(())
}

/// Runs of frames that share their keyframe, cut into about as many parts as there are threads.
fn parts(frames: &[u64], picker: &FramePicker) -> Vec<Vec<u64>> {
    let mut groups: Vec<Vec<u64>> = Vec::new();
    let mut last = None;
    for &frame in frames {
        let key = picker.keyframe(frame);
        match groups.last_mut() {
            Some(group) if last == Some(key) => group.push(frame),
            _ => groups.push(vec![frame]),
        }
        last = Some(key);
    }
    // Several parts a thread keep one that meets long groups from holding up the rest.
    let parts = 4 * rayon::current_num_threads();
    let each = groups.len().div_ceil(parts).max(1);
    groups.chunks(each).map(<[Vec<u64>]>::concat).collect()
}

/// Decodes and encodes the frames of one video.
fn pictures(
    video: Input,
    row: &Row,
    fps: FrameRate,
    indices: &[u64],
    format: Format,
) -> Result<Pictures, Error> {
    let frames: Vec<u64> = indices.iter().copied().collect::<BTreeSet<u64>>().into_iter().collect();
    let pickers = Pickers::new(video, fps);
    let parts = pickers.with(1, |picker| Ok::<_, Error>(parts(&frames, picker)))?;
    let read = |part: Vec<u64>| {
        pickers.with(1, |picker| {
            let mut pictures = Pictures::new();
            for frame in part {
                let yuv = picker.frame(frame)?;
                let bytes = picture::encode(&yuv, picker.matrix(), format)
                    .map_err(|source| Error::Picture { file: row.file_name.clone(), frame, source })?;
                pictures.insert(frame, bytes);
            }
            Ok::<Pictures, Error>(pictures)
        })
    };
    let all: Vec<Pictures> = parts.into_par_iter().map(read).collect::<Result<_, Error>>()?;
    Ok(all.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::colour::Matrix;

    #[test]
    fn a_picture_without_its_end_is_taken_again() {
        let dir = tempfile::tempdir().unwrap();
        let frame = crate::media::yuv::Yuv::filled(16, 16, [90, 128, 128]);
        for format in [Format::Jpeg(80), Format::Png] {
            let bytes = picture::encode(&frame, Matrix::Bt601, format).unwrap();
            std::fs::create_dir_all(dir.path().join("s")).unwrap();
            let put = |frame: u64, bytes: &[u8]| {
                std::fs::write(dir.path().join(file("s", frame, format)), bytes).unwrap();
            };
            put(1, &bytes);
            put(2, &bytes);
            let size = bytes.len() as u64;
            assert_eq!(kept(dir.path(), "s", format, &[1, 2, 1]), Some(vec![size, size]));
            for damaged in [&bytes[..bytes.len() - 1], &[], &bytes[..1]] {
                put(2, damaged);
                assert_eq!(kept(dir.path(), "s", format, &[1, 2]), None);
            }
            assert_eq!(kept(dir.path(), "s", format, &[1, 3]), None);
        }
    }
}
