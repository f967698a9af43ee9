//! Ask: the questions of a dataset, put to a server that speaks the chat completions of OpenAI.
//!
//! In: rows, their videos, a server and a model. Out: `answers.jsonl`, one line a try, appended and flushed as replies come,
//! so that a run that is stopped goes on where it was and pays for no row twice. Ways to show a video:
//!
//! | mode | what is sent | who samples |
//! |---|---|---|
//! | [`Mode::Frames`] | sampled frames as pictures | we |
//! | [`Mode::VideoUrl`] | the whole video, as data or by its address | the server |
//! | [`Mode::Text`] | nothing of the video: what the text alone gives away | nobody |
//! | [`Mode::VideoJpeg`] | sampled frames as one video with true indices and times (vLLM) | we |
//!
//! A judge model is asked by the same run ([`judge`]): it sees a question, its options and a reply, and no video.
//!
//! Replies are kept as they came. The key of the server comes from the environment and is in no file, log or error: what a
//! server says instead of a reply goes through [`key::Key::redacted`].

pub mod beside;
pub mod body;
pub mod fault;
pub mod frames;
pub mod http;
pub mod judge;
pub mod key;
pub mod limit;
pub mod log;
pub mod media;
pub mod part;
mod proxy;
pub mod record;
mod redirect;
pub mod reply;
pub mod run;
mod said;
mod settings;
pub mod times;
mod tls;

pub use said::cleaned;

use crate::answers::output;
use crate::files;
use crate::media as video;
use crate::picture;
use crate::render;
use crate::sampler;

/// How a video is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Sampled frames, each an `image_url`.
    Frames,
    /// The whole video as one `video_url`.
    VideoUrl,
    /// Sampled frames as one `video_url` of type `video/jpeg`.
    VideoJpeg,
    /// Not at all.
    Text,
}

impl Mode {
    /// The mode's name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::VideoUrl => "video-url",
            Self::VideoJpeg => "video-jpeg",
            Self::Text => "text",
        }
    }
}

impl Error {
    /// Whether it concerns one row alone: its video or its subtitles cannot be read, or a sampler does not take it.
    pub fn is_of_row(&self) -> bool {
        match self {
            Self::File(error) => !error.is_of_machine(),
            Self::Open(error) => !error.is_of_machine(),
            Self::Video(error) => !error.is_of_machine(),
            Self::Sampler { .. } | Self::Rate { .. } | Self::Picture { .. } => true,
            _ => false,
        }
    }
}

/// A run that cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] files::Error),
    /// A video cannot be opened.
    #[error(transparent)]
    Open(#[from] render::Error),
    /// A video cannot be decoded.
    #[error(transparent)]
    Video(#[from] video::Error),
    /// A video that a server is to read as a file is none.
    #[error(
        "`{file}` is no file, but kept as a recipe or the start of a video, so a server cannot read it as a file"
    )]
    NoFile {
        /// The video.
        file: String,
    },
    /// A sampler does not take a video.
    #[error("`{file}`: {source}")]
    Sampler {
        /// The video.
        file: String,
        /// Why not.
        source: sampler::Refused,
    },
    /// A row states no frame rate.
    #[error("row `{id}` states the frame rate 0")]
    Rate {
        /// The row.
        id: String,
    },
    /// A frame cannot be written as JPEG.
    #[error("`{file}`: frame {frame} cannot be written as JPEG")]
    Picture {
        /// The video.
        file: String,
        /// The frame.
        frame: u64,
        /// The encoder's reason.
        #[source]
        source: picture::Error,
    },
    /// The file of answers is being written, or is none.
    #[error(transparent)]
    Output(#[from] output::Error),
    /// The file of answers is of another run.
    #[error("`{path}`:{line}: was asked with other settings: {differences}")]
    OtherSettings {
        /// The file.
        path: String,
        /// The first line that differs.
        line: usize,
        /// What differs, as far as the line says.
        differences: String,
    },
    /// The file of answers is of another dataset, or of a control.
    #[error(
        "`{path}`:{line}: `{id}` was asked of another dataset or control: its video, question or options differ"
    )]
    OtherDataset {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// The row that it answers.
        id: String,
    },
    /// A line of the file of answers is no row of `ask`.
    #[error("`{path}`:{line}: was not written by `ask`")]
    NotOurs {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// The server refuses every request, so that to go on is of no use.
    #[error("the server at {server} {what}")]
    Refused {
        /// The server, without what may be secret.
        server: String,
        /// What it does, without the key.
        what: String,
    },
    /// Row after row ended in an error.
    #[error("{count} consecutive rows ended in an error; the last one: {last}")]
    Hopeless {
        /// How many.
        count: u32,
        /// The last error.
        last: String,
    },
}
