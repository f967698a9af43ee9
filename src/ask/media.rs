//! What a request shows of a video: content parts, and what stands for them in the request's digest.
//!
//! In: a row and the way to show its video. Out: parts of a message with the media whole, and the same parts with each
//! medium replaced by its SHA-256, so that a digest neither holds a machine's paths nor needs the videos to be compared.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::beside::{SOUND_RATE, sound_part};
use super::frames::{Jpeg, jpegs};
use super::part::Part;
use super::{Error, Mode};
use crate::dataset::Row;
use crate::digest;
use crate::files;
use crate::media::input::Input;
use crate::media::wav;
use crate::render::videos::{Videos, seen_path};
use crate::sampler::Sampler;
use crate::subtitle::TimedLine;
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
    /// Whether the lines of subtitle tracks are read.
    pub subtitles: bool,
    /// Whether the sound goes with frames, where a row needs it.
    pub sound: bool,
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
    /// Lines of the subtitle track that have appeared when the question is asked; none where they are not sent.
    pub lines: Vec<TimedLine>,
    /// The sound up to then, where a row needs it.
    pub sound: SentSound,
}

/// How a request holds the sound.
#[derive(Debug)]
pub enum SentSound {
    /// Not at all.
    None,
    /// In the video that it holds.
    InVideo,
    /// As a part of its own.
    Beside {
        /// Whole.
        part: Part,
        /// With its digest in its place.
        digested: Part,
    },
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
    let shown = pictured(show, row)?;
    let lines = if show.subtitles { show.videos.subtitles(&row.subtitle_path)? } else { Vec::new() };
    let sound = if row.audio_needed { heard(show, row)? } else { SentSound::None };
    Ok(Shown { lines: row.lines_before(lines), sound, ..shown })
}

/// The sound of a row's video until it is asked; nothing where it has no track, as in the control `deaf`: its lines record that.
fn heard(show: &Show, row: &Row) -> Result<SentSound, Error> {
    match show.mode {
        Mode::VideoUrl if show.videos.has_sound(&row.video_path)? => Ok(SentSound::InVideo),
        Mode::Frames | Mode::VideoJpeg if show.sound => {
            let count = rate(row)?.audio_sample(row.ask_frame, SOUND_RATE);
            let Some(bytes) = wav::start(&show.videos.open(&row.video_path)?, SOUND_RATE, count as usize)?
            else {
                return Ok(SentSound::None);
            };
            let digested = sound_part(&format!("sha256:{}", digest::of_bytes(&bytes)));
            Ok(SentSound::Beside { part: sound_part(&BASE64.encode(&bytes)), digested })
        }
        _ => Ok(SentSound::None),
    }
}

/// The video of `row` without what goes beside it.
fn pictured(show: &Show, row: &Row) -> Result<Shown, Error> {
    if show.mode == Mode::Text {
        let (parts, digested, fields) = (Vec::new(), Vec::new(), Vec::new());
        return Ok(Shown {
            parts,
            digested,
            fields,
            indices: None,
            is_frames: false,
            lines: Vec::new(),
            sound: SentSound::None,
        });
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
            Ok(Shown {
                parts,
                digested,
                fields,
                indices: Some(indices),
                is_frames,
                lines: Vec::new(),
                sound: SentSound::None,
            })
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
    let path = seen_path(row);
    let url = match &show.source {
        VideoSource::Data => {
            let bytes = show.videos.open(&path)?.bytes()?;
            let mut url = "data:video/mp4;base64,".to_owned();
            append_base64(&mut url, &bytes);
            url
        }
        VideoSource::File => {
            let Input::File(path) = show.videos.open(&path)? else {
                return Err(Error::NoFile { file: path });
            };
            let path = path.canonicalize().map_err(files::Error::io("find", &path))?;
            format!("file://{}", encoded_path(path.as_os_str().as_encoded_bytes()))
        }
        VideoSource::Http(base) => {
            format!("{}/{}", base.trim_end_matches('/'), encoded_path(path.as_bytes()))
        }
    };
    Ok(Shown {
        parts: vec![part("video_url", &url)],
        digested: vec![part("video_url", &digested(row))],
        fields: Vec::new(),
        indices,
        is_frames: false,
        lines: Vec::new(),
        sound: SentSound::None,
    })
}

/// What stands for the video of a row: its digest, and how much of it is seen.
fn digested(row: &Row) -> String {
    let whole = format!("sha256:{}", row.sha256);
    if row.sees_all() { whole } else { format!("{whole}, {} frames", row.ask_frame) }
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

/// A video, or its subtitles where there is none, the frame before which it may be seen, and whether its sound is needed.
type View = (String, u64, bool);
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
            let name = if row.video_path.is_empty() { &row.subtitle_path } else { &row.video_path };
            let view: View = (name.clone(), row.ask_frame, row.audio_needed);
            if let Some((_, slot)) = held.iter().find(|(known, _)| *known == view) {
                Arc::clone(slot)
            } else {
                if held.len() >= self.most {
                    held.remove(0);
                }
                let slot = Slot::default();
                held.push((view, Arc::clone(&slot)));
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
