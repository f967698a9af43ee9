//! WAV files, for models that take sound apart from pictures.
//!
//! In: samples, or a finished video. Out: the bytes of a file.

use crate::media::Error;
use crate::media::input::Input;
use crate::media::listen;

/// A WAV file of the first `count` samples of the sound of a video; `None` where it has no sound.
///
/// # Errors
/// The video cannot be read, or its sound cannot be decoded.
pub fn start(video: &Input, rate: u32, count: usize) -> Result<Option<Vec<u8>>, Error> {
    Ok(listen::start(video, rate, count)?.map(|samples| file(&samples, rate)))
}

/// A WAV file of samples of one channel (RIFF, linear PCM of 16 bits).
pub fn file(samples: &[i16], rate: u32) -> Vec<u8> {
    let length = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(samples.len() * 2 + 44);
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&length.saturating_add(36).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    bytes.extend_from_slice(&16_u32.to_le_bytes());
    for part in [1_u16, 1] {
        bytes.extend_from_slice(&part.to_le_bytes());
    }
    bytes.extend_from_slice(&rate.to_le_bytes());
    bytes.extend_from_slice(&(rate * 2).to_le_bytes());
    for part in [2_u16, 16] {
        bytes.extend_from_slice(&part.to_le_bytes());
    }
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}
