//! A source from its first to its last frame.
//!
//! In: a probed source. Out: nothing but that all of it could be decoded and brought into canonical form, as whatever is done with it
//! later does in parts.

use crate::job::Job;
use crate::media::Error;
use crate::media::canonical::CanonicalReader;
use crate::media::prepare_sound;
use crate::media::source::Source;
use crate::media::target::Target;

/// Decodes all pictures and all sound of a source. What is damaged is left out, as it is by who prepares it.
///
/// # Errors
/// The source cannot be read, or the work was stopped.
pub fn decode(source: &Source, job: &Job) -> Result<(), Error> {
    let target =
        Target { width: source.width & !1, height: source.height & !1, fps: source.clock.fps, crf: 23 };
    let mut reader = CanonicalReader::open(source, target)?;
    while reader.next_frame()?.is_some() {
        job.go_on()?;
    }
    source
        .audio
        .as_ref()
        .map_or(Ok(()), |(stream, _)| prepare_sound::decode(source, *stream, source.prepared_channels, job))
}
