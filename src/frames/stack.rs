//! Frames of one video in one block of memory, as arrays of pixels are.
//!
//! In: a row, its video, the numbers of frames. Out: their pixels, in that order. Groups of pictures are decoded side by side, and each
//! picture is written where it stays.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Error, parts};
use crate::dataset::Row;
use crate::job::Job;
use crate::media::pickers::Pickers;
use crate::media::rgb::write_rgb;
use crate::time::FrameRate;

/// Decoded frames of one video.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// Their numbers in the video, from 0, in the order in which they were asked for.
    pub indices: Vec<u64>,
    /// When each is shown, in seconds.
    pub secs: Vec<f64>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue of each pixel, frame by frame, row by row.
    pub rgb: Vec<u8>,
}

/// Decodes frames of a row's video, all before the question is asked. A frame may be asked for more than once.
pub fn stack(
    pickers: &Pickers,
    row: &Row,
    fps: FrameRate,
    indices: Vec<u64>,
    job: &Job,
) -> Result<Stack, Error> {
    let file = || row.file_name.clone();
    if let Some(&frame) = indices.iter().find(|&&frame| frame >= row.ask_frame) {
        return Err(Error::Beyond { file: file(), frame, seen: row.ask_frame });
    }
    let mut rgb = block(row, indices.len())?;
    let size = row.width as usize * row.height as usize * 3;
    // A frame that is asked for again is copied once it is there.
    let mut first: BTreeMap<u64, usize> = BTreeMap::new();
    for (at, &frame) in indices.iter().enumerate() {
        first.entry(frame).or_insert(at);
    }
    let mut places: Vec<Option<&mut [u8]>> = rgb.chunks_exact_mut(size.max(1)).map(Some).collect();
    let mut wanted = first.iter().filter_map(|(&frame, &at)| Some((frame, places.get_mut(at)?.take()?)));
    let frames: Vec<u64> = first.keys().copied().collect();
    let parts = pickers.with(1, |picker| Ok::<_, Error>(parts(&frames, picker)))?;
    let parts: Vec<Vec<(u64, &mut [u8])>> =
        parts.iter().map(|part| wanted.by_ref().take(part.len()).collect()).collect();
    // Threads that have no part of their own help to decode the others'.
    let helpers = (rayon::current_num_threads() / parts.len().max(1)).max(1);
    let read = |part: Vec<(u64, &mut [u8])>| {
        pickers.with(helpers, |picker| {
            for (frame, place) in part {
                job.go_on()?;
                let decoded = picker.frame(frame)?;
                let (found, stated) = ((decoded.width, decoded.height), (row.width, row.height));
                if found != stated {
                    return Err(Error::Size { file: file(), found, stated });
                }
                write_rgb(&decoded, picker.matrix(), place);
            }
            Ok(())
        })
    };
    parts.into_par_iter().try_for_each(read)?;
    for (at, frame) in indices.iter().enumerate() {
        let from = first[frame] * size;
        if from != at * size {
            rgb.copy_within(from..from + size, at * size);
        }
    }
    let secs = indices.iter().map(|&frame| fps.secs(frame)).collect();
    Ok(Stack { indices, secs, width: row.width, height: row.height, rgb })
}

/// Room for so many frames: what the system does not give is an error, not the end of the process.
fn block(row: &Row, frames: usize) -> Result<Vec<u8>, Error> {
    let pixels = u64::from(row.width) * u64::from(row.height);
    let bytes = pixels.saturating_mul(3).saturating_mul(frames as u64);
    let refused = || Error::Memory { file: row.file_name.clone(), frames, bytes };
    let length = usize::try_from(bytes).map_err(|_too_many| refused())?;
    let mut block = Vec::new();
    block.try_reserve_exact(length).map_err(|_refused| refused())?;
    block.resize(length, 0);
    Ok(block)
}
