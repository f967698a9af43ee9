//! Writing prepared haystacks: GOP by GOP, several at once, the same bytes however many.
//!
//! In: canonical frames, one at a time. Out: an MP4 file. Each GOP has an encoder of its own, so what one
//! holds depends on its own frames alone; packets go to a spool on disk until their number is known.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::files;
use crate::job::Job;
use crate::media::Error;
use crate::media::colour::{Matrix, Tags};
use crate::media::encode::{Encoder, Run};
use crate::media::index::{TrackFacts, VideoPacket, VideoTrack};
use crate::media::mux::{Movie, Piece};
use crate::media::nal::{self, AvcC};
use crate::media::target::{Target, gop};
use crate::media::yuv::Yuv;
use crate::time::FrameSpan;

/// Frames that are encoded, and those that come next, hold at most this many bytes, but for single GOPs that are larger.
const MOST_WAITING: u64 = 192 << 20;

/// Writes a prepared haystack from frames that `next` gives, as many at a time as it is asked for; fewer end the file.
pub(super) fn write(
    target: Target,
    path: &Path,
    job: &Job,
    next: impl FnMut(u64) -> Result<Vec<Yuv>, Error> + Send,
) -> Result<(), Error> {
    let spool_path = files::partial(&files::partial(path));
    let _unfinished = files::Unfinished::new(&spool_path);
    let result = spool(target, &spool_path, job, next).and_then(|spooled| finish(target, path, spooled));
    // Best effort: the spool lies in the cache under a partial name, which the next preparation overwrites.
    std::fs::remove_file(&spool_path).ok();
    result
}

/// Encodes all frames into the spool.
fn spool<'a>(
    target: Target,
    path: &'a Path,
    job: &Job,
    mut next: impl FnMut(u64) -> Result<Vec<Yuv>, Error> + Send,
) -> Result<Spool<'a>, Error> {
    let file = File::create(path).map_err(files::Error::io("write", path))?;
    let mut spool =
        Spool { file: BufWriter::new(file), path, at: 0, packets: vec![], keys: vec![], parameters: None };
    let frame_bytes = u64::from(target.width) * u64::from(target.height) * 3 / 2;
    let gop = gop(target.fps);
    let waiting = MOST_WAITING / (2 * frame_bytes * gop).max(1);
    let count = gop * waiting.clamp(1, rayon::current_num_threads() as u64);
    let mut frames = next(count)?;
    loop {
        let is_last = (frames.len() as u64) < count;
        // The next frames come while these are encoded: one decoder is slower than many encoders.
        let encoded = || {
            let runs = frames.par_chunks(gop as usize).map(|frames| encode(target, frames, job));
            runs.collect::<Result<Vec<Run>, _>>()
        };
        let (runs, following) = rayon::join(encoded, || if is_last { Ok(vec![]) } else { next(count) });
        runs?.into_iter().try_for_each(|run| spool.keep(run))?;
        if is_last {
            spool.file.flush().map_err(files::Error::io("write", path))?;
            return Ok(spool);
        }
        frames = following?;
    }
}

fn encode(target: Target, frames: &[Yuv], job: &Job) -> Result<Run, Error> {
    let mut encoder = Encoder::open(target.settings())?;
    for (at, frame) in frames.iter().enumerate() {
        job.go_on()?;
        encoder.push(frame, at == 0)?;
    }
    let run = encoder.finish()?;
    if run.packets.len() == frames.len() {
        Ok(run)
    } else {
        Err(Error::Missing("libx264 that returns every frame"))
    }
}

/// Muxes what was spooled.
fn finish(target: Target, path: &Path, spool: Spool<'_>) -> Result<(), Error> {
    let count = spool.packets.len() as u64;
    let span = FrameSpan::new(0, count).ok_or_else(|| Error::source_file(path, "has no frame"))?;
    let (sps, pps) = spool.parameters.ok_or_else(|| Error::source_file(path, "has no frame"))?;
    let facts = TrackFacts {
        width: target.width,
        height: target.height,
        fps: target.fps,
        matrix: Matrix::Bt709,
        tags: Tags::BT709,
        avcc: nal::avcc(&sps, &pps),
        config: AvcC { length_size: 4, sps: vec![sps], pps: vec![pps] },
    };
    let track = VideoTrack::new(spool.path, facts, spool.packets, spool.keys);
    let movie = Movie {
        width: target.width,
        height: target.height,
        fps: target.fps,
        avcc: track.avcc.clone(),
        tags: Tags::BT709,
        pieces: vec![Piece::Copy(Arc::new(track), span)],
        sound: None,
        text: Vec::new(),
    };
    Arc::new(movie.spliced(path)?).write(path).map(|_sha256| ())
}

/// Encoded packets on their way to a file.
struct Spool<'a> {
    file: BufWriter<File>,
    path: &'a Path,
    at: u64,
    packets: Vec<VideoPacket>,
    keys: Vec<u64>,
    parameters: Option<(Vec<u8>, Vec<u8>)>,
}

impl Spool<'_> {
    fn keep(&mut self, run: Run) -> Result<(), Error> {
        let base = self.packets.len() as u64;
        let parameters = (run.sps, run.pps);
        if self.parameters.get_or_insert_with(|| parameters.clone()) != &parameters {
            return Err(Error::Missing("libx264 that keeps its parameter sets (stitchable)"));
        }
        for packet in run.packets {
            self.file.write_all(&packet.data).map_err(files::Error::io("write", self.path))?;
            if packet.key {
                self.keys.push(base + packet.frame);
            }
            let size = packet.data.len() as u32;
            self.packets.push(VideoPacket { offset: self.at, size, frame: base + packet.frame });
            self.at += u64::from(size);
        }
        Ok(())
    }
}
