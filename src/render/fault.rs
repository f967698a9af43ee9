//! What is wrong with a recipe, with what stands where a video should, and with a directory that a dataset is to be written to.
//!
//! In: what was found. Out: values whose fields say it, and whose text follows the name of a file.

use crate::version::Mismatch;

/// Why a directory cannot take a dataset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputFault {
    /// It is something else.
    #[error("is not a directory")]
    NotDir,
    /// What looks like a dataset is none.
    #[error("is not a dataset: {problem}")]
    NoDataset {
        /// Why not.
        problem: String,
    },
    /// It holds another dataset.
    #[error("holds the dataset of another spec or version: choose another directory")]
    Other,
    /// It holds the beginnings of another dataset.
    #[error("holds an unfinished dataset of another spec or version: choose another directory")]
    OtherUnfinished,
    /// It holds other files.
    #[error("is not empty and holds no dataset: choose another directory")]
    NotEmpty,
    /// Another process writes it.
    #[error("is being written by another process")]
    Busy,
}

/// Why something is not read as a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VideoFault {
    /// It is a directory, a pipe or the like.
    #[error("is not a file")]
    NotFile,
    /// It leads out of the dataset, to a file that is no video.
    #[error("is a link to a file outside the dataset and not to an MP4 video, so it is not read")]
    ForeignLink,
}

/// Why a recipe, or its video, cannot be read or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecipeFault {
    /// A video is made of something that lies in no haystack.
    #[error("is made of something that is not from a haystack")]
    NoHaystacks,
    /// It is no recipe.
    #[error("is not a recipe of format version {version}: {problem}")]
    NotRecipe {
        /// The version that is read.
        version: u32,
        /// What the parser found.
        problem: String,
    },
    /// It is of another format version.
    #[error("{0}")]
    Version(Mismatch),
    /// It holds more or less than it names.
    #[error("holds {held} bytes of packets and names {named}")]
    Packets {
        /// Bytes that it holds.
        held: u64,
        /// Bytes that it names.
        named: u64,
    },
    /// Its haystacks were prepared otherwise.
    #[error(
        "cannot be made of these haystacks: they were prepared otherwise than those of its recipe, as another release of \
         FFmpeg does; `ffmpeg` in manifest.json names the one that made it"
    )]
    OtherHaystacks,
    /// One of its haystacks is not there.
    #[error("needs a haystack `{id}`")]
    NoHaystack {
        /// The haystack.
        id: String,
    },
    /// A haystack has no sound.
    #[error("needs the sound of haystack `{id}`, which has none")]
    NoSound {
        /// The haystack.
        id: String,
    },
    /// The sound of a video is silent, and nothing makes silence.
    #[error("has sound that is silent, and FFmpeg has no AAC encoder")]
    NoEncoder,
    /// A haystack is too short.
    #[error("needs {needed} frames of `{id}`, which has {frames}")]
    TooShort {
        /// The haystack.
        id: String,
        /// Frames that are needed.
        needed: u64,
        /// Frames that it has.
        frames: u64,
    },
    /// It names a frame that is not among those of its run.
    #[error("names frame {frame} of a run of {count}")]
    Frame {
        /// The frame.
        frame: u64,
        /// Frames of the run.
        count: u64,
    },
    /// It names more frames than any video has.
    #[error("names {frames} frames, over {most}")]
    Frames {
        /// Frames.
        frames: u64,
        /// The most that a video may have.
        most: u64,
    },
    /// It names a sample that no sound has.
    #[error("names sample {sample} of a sound")]
    Sample {
        /// The sample.
        sample: u64,
    },
}
