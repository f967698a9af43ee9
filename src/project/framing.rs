//! Frames of a dataset's videos: exactly those that a sampler takes.
//!
//! In: a dataset, a sample, a sampler. Out: decoded pictures with their times, or a directory of picture files.

use std::path::Path;

use image::RgbImage;

use super::error::Error;
use super::opened::Dataset;
use crate::checksum;
use crate::dataset::{self, Row};
use crate::digest;
use crate::frames::{self, Options, Outcome, Stack};
use crate::media::input::Input;
use crate::media::rgb::rgb_of;
use crate::media::seek::FramePicker;
use crate::partial_dir::{self, Found};
use crate::sampler::Sampler;

/// A decoded frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its number in the video, from 0.
    pub index: u64,
    /// When it is shown, in seconds.
    pub secs: f64,
    /// What it shows.
    pub image: RgbImage,
}

/// Which frames are taken of a video.
#[derive(Clone, Copy, Debug)]
pub enum Taken<'a> {
    /// Those that a sampler takes, in its order.
    Sampler(&'a Sampler),
    /// These, in this order.
    Frames(&'a [u64]),
}

impl Taken<'_> {
    /// The numbers of the frames that are taken of a row's video, all before the question is asked.
    pub fn indices(self, row: &Row) -> Result<Vec<u64>, Error> {
        Ok(match self {
            Self::Sampler(sampler) => frames::taken(row, sampler)?.1,
            Self::Frames(indices) => indices.to_vec(),
        })
    }
}

impl Dataset {
    /// Decoded frames of a row's video in one block of memory, read on the threads of the session.
    pub fn stack(&self, row: &Row, taken: Taken<'_>) -> Result<Stack, Error> {
        let indices = taken.indices(row)?;
        let pickers = self.pickers(row)?;
        let stack = || Ok(frames::stack(&pickers, row, row.fps(), indices, &self.session().job)?);
        self.session().run(stack)
    }

    /// The video of a row: a file, or the parts that would make one. It has a size, its bytes and a digest.
    pub fn video(&self, row: &Row) -> Result<Input, Error> {
        if row.file_name.is_empty() {
            return Err(Error::NoVideos { dataset: self.dir().to_owned() });
        }
        Ok(self.videos()?.open(&row.file_name)?)
    }

    /// The frames that `sampler` takes of a sample's video, in its order, all before the question is asked.
    pub fn frames(&self, sample: &str, sampler: &Sampler) -> Result<Vec<Frame>, Error> {
        let rows = self.rows()?;
        let row = rows.iter().find(|row| row.sample_id == sample).ok_or_else(|| self.no_sample(sample))?;
        let (fps, indices) = frames::taken(row, sampler)?;
        let video = self.videos()?.open(&row.file_name)?;
        let mut picker = FramePicker::open(&video, fps)?;
        let mut taken = Vec::with_capacity(indices.len());
        for index in indices {
            self.session().job.go_on()?;
            let frame = picker.frame(index)?;
            taken.push(Frame { index, secs: fps.secs(index), image: rgb_of(&frame, picker.matrix()) });
        }
        Ok(taken)
    }

    /// Writes the frames that `sampler` takes of these samples, or of all if none is named, to the directory `out`: empty, absent,
    /// or left unfinished by the same call.
    pub fn write_frames(
        &self,
        samples: &[String],
        sampler: &Sampler,
        out: &Path,
        options: Options,
    ) -> Result<Outcome, Error> {
        let content = self.content(samples, sampler, options)?;
        match partial_dir::look(out, &content)? {
            Found::Empty | Found::Begun => {}
            Found::Other => return Err(Error::OtherFrames { dir: out.to_owned() }),
            Found::Full => return Err(Error::FullDir { dir: out.to_owned() }),
        }
        let rows = self.rows()?;
        self.check_samples(samples, &rows)?;
        let is_asked = |row: &&Row| samples.is_empty() || samples.contains(&row.sample_id);
        let rows: Vec<Row> = rows.iter().filter(is_asked).cloned().collect();
        let videos = self.videos()?;
        self.session().run(|| {
            let unfinished = partial_dir::begin(out, &content)?;
            let outcome = frames::write(&videos, &rows, sampler, out, options, &self.session().job)?;
            unfinished.finish()?;
            Ok(outcome)
        })
    }

    /// A word for all that decides what is written: the rows, the sampler, and how pictures are kept.
    fn content(&self, samples: &[String], sampler: &Sampler, options: Options) -> Result<String, Error> {
        let sha256 = checksum::of_file(&self.dir().join(dataset::METADATA))?;
        let settings =
            (sha256, sampler.name(), format!("{:?}", options.format), options.shard_bytes, samples);
        Ok(format!("vniah frames {}\n", digest::of_value(&settings)))
    }
}
