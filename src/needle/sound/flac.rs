//! FLAC files: what they state of themselves, and their samples.
//!
//! In: the bytes of a mono FLAC file. Out: rate and number of samples, then the samples, as 16-bit numbers. FLAC decodes to the same
//! whole numbers everywhere, which no lossy format does.

use std::io::Cursor;

use claxon::FlacReader;

/// Samples a second that a recording may have.
const RATES: std::ops::RangeInclusive<u32> = 8000..=192_000;
/// The longest recording, in milliseconds.
pub(in crate::needle) const LONGEST_MILLIS: u64 = 60_000;

/// What a file states of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stated {
    /// Samples a second.
    pub(super) sample_rate: u32,
    /// Number of samples.
    pub(super) samples: u64,
}

/// Reads what a file states; `Err` says what is wrong with it.
pub(super) fn stated(bytes: &[u8]) -> Result<Stated, String> {
    let info = open(bytes)?.streaminfo();
    if info.channels != 1 {
        return Err(format!("has {} channels; expected one: {CONVERT}", info.channels));
    }
    if !RATES.contains(&info.sample_rate) {
        let (least, most) = (RATES.start(), RATES.end());
        return Err(format!("has {} samples a second; expected {least} to {most}", info.sample_rate));
    }
    let samples = info.samples.filter(|&samples| samples > 0);
    let samples = samples.ok_or_else(|| format!("does not state how long it is: {CONVERT}"))?;
    let most = LONGEST_MILLIS * u64::from(info.sample_rate) / 1000;
    if samples > most {
        let secs = LONGEST_MILLIS / 1000;
        return Err(format!("lasts longer than {secs} seconds, the longest that a needle's sound may be"));
    }
    Ok(Stated { sample_rate: info.sample_rate, samples })
}

/// What to do with a file that is not as expected.
const CONVERT: &str = "`vniah needles import --as audiofolder` makes mono FLAC files of sounds";

/// Decodes a whole file; samples of more or fewer bits become 16-bit numbers.
pub(super) fn decoded(bytes: &[u8]) -> Result<Vec<i16>, String> {
    let mut reader = open(bytes)?;
    let bits = reader.streaminfo().bits_per_sample;
    let fitted = |sample: i32| if bits >= 16 { sample >> (bits - 16) } else { sample << (16 - bits) };
    let samples = reader.samples().map(|sample| sample.map(|sample| fitted(sample) as i16));
    samples.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

fn open(bytes: &[u8]) -> Result<FlacReader<Cursor<&[u8]>>, String> {
    FlacReader::new(Cursor::new(bytes)).map_err(|error| format!("is no FLAC file ({error}): {CONVERT}"))
}
