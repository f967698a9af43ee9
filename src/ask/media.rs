//! What a request shows of a video: content parts, and what stands for them in the request's digest.
//!
//! In: a row and the way to show its video. Out: parts of a message with the media whole, and the same parts with each
//! medium replaced by its SHA-256, so that a digest neither holds a machine's paths nor needs the videos to be compared.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::frames::{Jpeg, jpegs};
use super::part::Part;
use super::{Error, Mode};
use crate::dataset::Row;
use crate::digest;
use crate::files;
use crate::media::input::Input;
use crate::render::videos::Videos;
use crate::sampler::Sampler;
use crate::time::FrameRate;

/// How a whole video reaches the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VideoSource {
    /// In the request itself.
    Data,
    /// By the path of its file, which the server can read.
    File,
    /// By an address: this, and the video's path in the dataset.
    Http(String),
}

/// The way to show videos.
#[derive(Clone, Debug)]
pub struct Show {
    /// The dataset's videos.
    pub videos: Arc<Videos>,
    /// Mode.
    pub mode: Mode,
    /// Sampler; for whole videos, the one that the server is said to use, if any.
    pub sampler: Option<Sampler>,
    /// How frames are written.
    pub jpeg: Jpeg,
    /// How whole videos reach the server.
    pub source: VideoSource,
}

/// A video as a request shows it.
#[derive(Debug)]
pub struct Shown {
    /// Content parts, media whole.
    pub parts: Vec<Part>,
    /// The same with digests for media.
    pub digested: Vec<Part>,
    /// Fields that the request has beside the messages.
    pub fields: Vec<(String, Value)>,
    /// Frames sent, or those that the server is said to take; absent where that is not known.
    pub indices: Option<Vec<u64>>,
    /// Whether each part is one of these frames.
    pub is_frames: bool,
}

fn part(kind: &'static str, url: &str) -> Part {
    Part::Media { kind, url: Arc::from(url) }
}

/// `bytes` as an address that holds them, after those that are in `url` already.
fn append_base64(url: &mut String, bytes: &[u8]) {
    url.reserve(bytes.len().div_ceil(3) * 4);
    BASE64.encode_string(bytes, url);
}

fn rate(row: &Row) -> Result<FrameRate, Error> {
    FrameRate::new(row.fps_num, row.fps_den).ok_or_else(|| Error::Rate { id: row.id.clone() })
}

fn indices(show: &Show, row: &Row) -> Result<Option<Vec<u64>>, Error> {
    let fps = rate(row)?;
    let Some(sampler) = &show.sampler else { return Ok(None) };
    // Where the phase is not published, no list is true.
    if sampler.unknown_phase(fps).is_some() {
        return Ok(None);
    }
    let indices =
        row.sampled(sampler).map_err(|source| Error::Sampler { file: row.video_path.clone(), source })?;
    Ok(Some(indices))
}

/// Shows the video of `row`.
pub fn shown(show: &Show, row: &Row) -> Result<Shown, Error> {
    if show.mode == Mode::Text {
        let (parts, digested, fields) = (Vec::new(), Vec::new(), Vec::new());
        return Ok(Shown { parts, digested, fields, indices: None, is_frames: false });
    }
    let indices = indices(show, row)?;
    match show.mode {
        Mode::Text => unreachable!("it shows nothing"),
        Mode::VideoUrl => whole(show, row, indices),
        Mode::Frames | Mode::VideoJpeg => {
            let indices = indices.unwrap_or_default();
            let video = show.videos.open(&row.video_path)?;
            let pictures = jpegs(&video, rate(row)?, &indices, show.jpeg)?;
            let digests: Vec<String> =
                pictures.iter().map(|picture| format!("sha256:{}", digest::of_bytes(picture))).collect();
            let (parts, digested, fields) = if show.mode == Mode::Frames {
                let parts = pictures.iter().map(|picture| {
                    let mut url = "data:image/jpeg;base64,".to_owned();
                    append_base64(&mut url, picture);
                    part("image_url", &url)
                });
                let digested = digests.iter().map(|text| part("image_url", text)).collect();
                (parts.collect(), digested, Vec::new())
            } else {
                let mut url = "data:video/jpeg;base64,".to_owned();
                for (at, picture) in pictures.iter().enumerate() {
                    url.push_str(if at == 0 { "" } else { "," });
                    append_base64(&mut url, picture);
                }
                let parts = vec![part("video_url", &url)];
                let digested = vec![part("video_url", &digests.join(","))];
                (parts, digested, vec![("media_io_kwargs".to_owned(), times(row, &indices))])
            };
            let is_frames = show.mode == Mode::Frames;
            Ok(Shown { parts, digested, fields, indices: Some(indices), is_frames })
        }
    }
}

/// What vLLM needs to know of frames that it did not sample, of a video that ends when the question is asked; without `num_frames` -1 it cuts the list to 32.
fn times(row: &Row, indices: &[u64]) -> Value {
    let fps = f64::from(row.fps_num) / f64::from(row.fps_den.max(1));
    let duration = row.ask_frame as f64 / fps;
    json!({"video": {
        "num_frames": -1,
        "fps": fps,
        "frames_indices": indices,
        "total_num_frames": row.ask_frame,
        "duration": duration,
        "do_sample_frames": false,
    }})
}

fn whole(show: &Show, row: &Row, indices: Option<Vec<u64>>) -> Result<Shown, Error> {
    if !row.sees_all() {
        let (seen, frames) = (row.ask_frame, row.num_frames);
        return Err(Error::NotWhole { id: row.id.clone(), seen, frames });
    }
    let url = match &show.source {
        VideoSource::Data => {
            let bytes = show.videos.open(&row.video_path)?.bytes()?;
            let mut url = "data:video/mp4;base64,".to_owned();
            append_base64(&mut url, &bytes);
            url
        }
        VideoSource::File => {
            let Input::File(path) = show.videos.open(&row.video_path)? else {
                return Err(Error::NoFile { file: row.video_path.clone() });
            };
            let path = path.canonicalize().map_err(files::Error::io("find", &path))?;
            format!("file://{}", encoded_path(path.as_os_str().as_encoded_bytes()))
        }
        VideoSource::Http(base) => {
            format!("{}/{}", base.trim_end_matches('/'), encoded_path(row.video_path.as_bytes()))
        }
    };
    Ok(Shown {
        parts: vec![part("video_url", &url)],
        digested: vec![part("video_url", &format!("sha256:{}", row.sha256))],
        fields: Vec::new(),
        indices,
        is_frames: false,
    })
}

/// A path as it stands in a URL: slashes stay, all but unreserved characters are percent-encoded.
fn encoded_path(path: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(path.len());
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string can be written to");
        }
    }
    out
}

/// The last videos shown: the tries of a question follow each other, and their frames are decoded once.
pub struct Cache {
    held: Mutex<Vec<(View, Slot)>>,
    most: usize,
}

/// A video and the frame before which it may be seen.
type View = (String, u64);
type Slot = Arc<Mutex<Option<Arc<Shown>>>>;

impl Cache {
    /// A cache of at most `most` videos.
    pub fn new(most: usize) -> Self {
        Self { held: Mutex::new(Vec::new()), most: most.max(1) }
    }

    /// The video of `row`, shown once for all who ask at the same time.
    pub fn shown(&self, show: &Show, row: &Row) -> Result<Arc<Shown>, Error> {
        let slot = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let is_same = |(name, end): &View| *name == row.video_path && *end == row.ask_frame;
            if let Some((_, slot)) = held.iter().find(|(view, _)| is_same(view)) {
                Arc::clone(slot)
            } else {
                if held.len() >= self.most {
                    held.remove(0);
                }
                let slot = Slot::default();
                held.push(((row.video_path.clone(), row.ask_frame), Arc::clone(&slot)));
                slot
            }
        };
        let mut own = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = &*own {
            return Ok(Arc::clone(shown));
        }
        let made = Arc::new(shown(show, row)?);
        *own = Some(Arc::clone(&made));
        Ok(made)
    }
}
