//! What a finished video is read from: a file, or the parts that would make one.
//!
//! In: a path, or a spliced video. Out: FFmpeg's demuxer on its bytes, and their number and digest. Whoever reads videos
//! takes an [`Input`], so that a video that exists as a recipe alone is read as any other.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ffmpeg_next as ffmpeg;

use crate::checksum;
use crate::files;
use crate::media::Error;
use crate::media::ff;
use crate::media::mux::{Reader, Spliced};
use crate::media::open;

/// A finished video.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Its bytes, read from where they lie.
    Spliced(Arc<Spliced>),
}

/// Bytes that FFmpeg asks for at once: a few pictures.
const BUFFER: usize = 1 << 17;

impl Input {
    /// A file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::File(path.into())
    }

    /// What messages call it.
    pub fn name(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Spliced(spliced) => spliced.name(),
        }
    }

    /// Number of bytes.
    pub fn size(&self) -> Result<u64, Error> {
        match self {
            Self::File(path) => Ok(std::fs::metadata(path).map_err(files::Error::io("read", path))?.len()),
            Self::Spliced(spliced) => Ok(spliced.size()),
        }
    }

    /// All bytes, in memory.
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        match self {
            Self::File(path) => Ok(std::fs::read(path).map_err(files::Error::io("read", path))?),
            Self::Spliced(spliced) => {
                let mut bytes = Vec::with_capacity(spliced.size() as usize);
                Reader::new(Arc::clone(spliced))
                    .read_to_end(&mut bytes)
                    .map_err(files::Error::io("read", spliced.name()))?;
                Ok(bytes)
            }
        }
    }

    /// All bytes, in order.
    pub fn reader(&self) -> Result<Box<dyn Read>, Error> {
        match self {
            Self::File(path) => Ok(Box::new(File::open(path).map_err(files::Error::io("read", path))?)),
            Self::Spliced(spliced) => Ok(Box::new(Reader::new(Arc::clone(spliced)))),
        }
    }

    /// Digest of all bytes.
    pub fn sha256(&self) -> Result<String, Error> {
        match self {
            Self::File(path) => Ok(checksum::of_file(path)?),
            Self::Spliced(spliced) => spliced.sha256(),
        }
    }

    /// Opens FFmpeg's demuxer on it, for who needs its pictures or what its header says.
    pub(super) fn pictures(&self) -> Result<ffmpeg::format::context::Input, Error> {
        match self {
            Self::File(path) => {
                ff::init();
                open::finished_file(path)
            }
            Self::Spliced(_) => self.demuxer(),
        }
    }

    /// Opens FFmpeg's demuxer on it.
    pub(super) fn demuxer(&self) -> Result<ffmpeg::format::context::Input, Error> {
        ff::init();
        match self {
            Self::File(path) => open::input(path),
            Self::Spliced(spliced) => {
                let reader = Reader::new(Arc::clone(spliced));
                ffmpeg::format::context::StreamIo::from_read_seek_with_capacity(reader, BUFFER)
                    .and_then(open::finished)
                    .map_err(Error::ffmpeg("open it", spliced.name()))
            }
        }
    }
}
