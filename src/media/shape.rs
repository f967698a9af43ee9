//! How a source is shown: its size, which way up it stands, and what its colours mean.
//!
//! In: what its stream and its first frames say. Out: size, rotation, matrix and range, with a word on what is unusual.

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::colour::Matrix;
use crate::media::ff::StreamFacts;
use crate::media::first_frames::Scan;
use crate::media::source::{SMALLEST, Source};

/// Whether its samples use the full range.
pub(super) fn full_range(facts: &StreamFacts) -> bool {
    facts.full_range || facts.pixel_format == ffmpeg::ffi::AVPixelFormat::AV_PIX_FMT_YUVJ420P as i32
}

/// Whether frames that say this are prepared otherwise than frames that say that.
pub(super) fn shown_otherwise(one: &StreamFacts, other: &StreamFacts) -> bool {
    let shown =
        |facts: &StreamFacts| (matrix(facts), full_range(facts), facts.rotation, facts.width, facts.height);
    shown(one) != shown(other)
}

/// What its colours are relative to.
pub(super) fn matrix(facts: &StreamFacts) -> Matrix {
    match facts.tags.matrix {
        1 => Matrix::Bt709,
        4..=6 => Matrix::Bt601,
        // Unspecified: players take high definition for BT.709 and the rest for BT.601.
        _ if facts.height >= 720 => Matrix::Bt709,
        _ => Matrix::Bt601,
    }
}

/// Sets size and rotation as shown, and says what is unusual.
pub(super) fn set_size(source: &mut Source, facts: &StreamFacts) -> Result<(), Error> {
    let (num, den) = (facts.sample_aspect.0 as u64, facts.sample_aspect.1 as u64);
    let mut width = ((2 * u64::from(facts.width) * num + den) / (2 * den)) as u32;
    let mut height = facts.height;
    let Some(rotation) = facts.rotation else {
        return Err(Error::source_file(&source.path, "is mirrored or turned by other than right angles"));
    };
    if rotation == 90 || rotation == 270 {
        (width, height) = (height, width);
    }
    if width < SMALLEST || height < SMALLEST {
        let reason = format!("is {width}x{height} pixels: a haystack needs at least {SMALLEST}x{SMALLEST}");
        return Err(Error::source_file(&source.path, reason));
    }
    (source.width, source.height, source.rotation) = (width, height, rotation);
    let mut warn = |yes: bool, what: String| {
        if yes {
            source.warnings.push(what);
        }
    };
    warn(rotation != 0, format!("turned by {rotation} degrees to stand upright"));
    warn(num != den, format!("made of square pixels; they are {num}:{den}"));
    warn(width % 2 == 1 || height % 2 == 1, format!("{width}x{height} pixels cropped to even sizes"));
    warn(source.scan != Scan::Progressive, "interlaced: made progressive".to_owned());
    warn(!source.clock.constant, "variable frame rate made constant".to_owned());
    warn(
        matches!(facts.tags.transfer, 16 | 18),
        "high dynamic range is not tone-mapped: colours look flat".to_owned(),
    );
    Ok(())
}
