//! The subtitle track of a finished video, as FFmpeg reads it.
//!
//! In: a video. Out: its lines, each on the frames whose times it has.

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::ff;
use crate::media::input::Input;
use crate::subtitle::SubtitleLine;
use crate::time::{FrameRate, FrameSpan};

/// The lines of a video's subtitle track at this rate; nothing where it has none.
///
/// # Errors
/// The video cannot be read, or a line begins or ends between two frames.
pub fn lines(video: &Input, fps: FrameRate) -> Result<Option<Vec<SubtitleLine>>, Error> {
    let path = video.name();
    let mut input = video.demuxer()?;
    let text = |stream: &ffmpeg::Stream<'_>| stream.parameters().medium() == ffmpeg::media::Type::Subtitle;
    let Some(stream) = input.streams().find(text) else { return Ok(None) };
    let (index, base) = (stream.index(), stream.time_base());
    let frame = |time: i64| {
        let num = i128::from(time) * i128::from(base.numerator()) * i128::from(fps.num());
        let den = i128::from(base.denominator()) * i128::from(fps.den());
        (num % den == 0).then(|| u64::try_from(num / den).ok()).flatten()
    };
    let mut lines = Vec::new();
    loop {
        let mut packet = ffmpeg::Packet::empty();
        match packet.read(&mut input) {
            Ok(()) if packet.stream() != index => {}
            Ok(()) => {
                let start = packet.pts().unwrap_or_default();
                let span = frame(start).zip(frame(start + packet.duration()));
                let span = span.and_then(|(start, end)| FrameSpan::new(start, end)).ok_or_else(|| {
                    Error::source_file(path, "has a subtitle that begins or ends between two frames")
                })?;
                let data = packet.data().unwrap_or_default();
                let length =
                    data.get(..2).map_or(0, |head| usize::from(u16::from_be_bytes([head[0], head[1]])));
                let said = data.get(2..2 + length).unwrap_or_default();
                if !said.is_empty() {
                    lines.push(SubtitleLine { span, text: String::from_utf8_lossy(said).into_owned() });
                }
            }
            Err(ffmpeg::Error::Eof) => {
                ff::check_reads(&input).map_err(Error::ffmpeg("read it", path))?;
                return Ok(Some(lines));
            }
            Err(error) => return Err(Error::ffmpeg("read it", path)(error)),
        }
    }
}
