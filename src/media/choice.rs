//! Which streams of a file are read: those that any other program reads.
//!
//! In: an open file. Out: its video stream, and its sound streams in the order in which they are tried.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::context::Input;
use ffmpeg_next::format::stream::{Disposition, Stream};
use ffmpeg_next::media::Type;

use crate::media::ff;

/// The video stream that FFmpeg, and with it every reader, takes for the best: the default one before others. Covers and
/// stills are none, and a stream that can be decoded goes before one that cannot.
pub(super) fn video(input: &Input) -> Option<Stream<'_>> {
    if let Some(best) = input.streams().best(Type::Video).filter(|stream| is_video(stream) && decodes(stream))
    {
        return Some(best);
    }
    let is_default = |stream: &Stream<'_>| stream.disposition().contains(Disposition::DEFAULT);
    let order =
        |stream: &Stream<'_>| (decodes(stream), is_default(stream), std::cmp::Reverse(stream.index()));
    input.streams().filter(is_video).max_by_key(order)
}

/// Whether a stream is one of moving pictures.
pub(super) fn is_video(stream: &Stream<'_>) -> bool {
    stream.parameters().medium() == Type::Video && !ff::is_beside(stream)
}

/// Whether there is a decoder for a stream.
fn decodes(stream: &Stream<'_>) -> bool {
    ffmpeg::decoder::find(stream.parameters().id()).is_some()
}

/// The sound streams: the one that FFmpeg takes for the best, then the others.
pub(super) fn sound(input: &Input) -> Vec<usize> {
    let best = input.streams().best(Type::Audio).map(|stream| stream.index());
    let others = input
        .streams()
        .filter(|stream| stream.parameters().medium() == Type::Audio)
        .map(|stream| stream.index())
        .filter(|&index| Some(index) != best);
    best.into_iter().chain(others).collect()
}
