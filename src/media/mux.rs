//! The MP4 writer: one header, then runs of bytes, most of them copied from where they lie.
//!
//! In: pieces of a video (packets of an indexed track, or encoded ones) and of its sound. Out: the bytes of an MP4 file, its
//! header first, chunks of about a second, constant frame durations from time 0, and an edit list that cancels the delay
//! between decoding and display, which is the form that every reader reads exactly. Nothing of the clock or of
//! versions is in it.

use std::path::Path;

use crate::media::Error;
use crate::media::sound;

mod boxes;
mod movie;
mod open_sources;
mod origin;
mod parts;
mod sounding;
mod spliced;
mod table;
mod text;
#[cfg(test)]
mod wide_tests;
mod writing;

pub use movie::{Movie, Piece, Sound, Stretch};
pub use origin::Origin;
pub use spliced::{Reader, Spliced};
use table::Table;
use text::TextSample;

/// The longest body whose chunks are placed by 32-bit numbers: the header before it has room below 4 GiB, too.
const MOST_NARROW: u64 = u32::MAX as u64 - (1 << 28);

/// A packet of the finished video, in decoding order.
struct VideoSample<'a> {
    bytes: Origin<'a>,
    frame: u64,
    key: bool,
}

impl Movie {
    /// The bytes of the movie, which messages call `name`.
    pub fn spliced(&self, name: &Path) -> Result<Spliced, Error> {
        self.spliced_above(MOST_NARROW, name)
    }

    /// As [`Self::spliced`], with 64-bit places of chunks where the body is longer than `most_narrow` bytes.
    fn spliced_above(&self, most_narrow: u64, name: &Path) -> Result<Spliced, Error> {
        let video = self.video_samples();
        let audio: Vec<Origin<'_>> = self
            .sound
            .iter()
            .flat_map(|sound| (0..sound.packets(self.fps, video.len() as u64)).map(|out| sound.origin(out)))
            .collect();
        let text = text::samples(&self.text, video.len() as u64);
        let mut layout = self.layout(&video, &audio, &text);
        let delay =
            video.iter().enumerate().map(|(at, sample)| (at as u64).saturating_sub(sample.frame)).max();
        let shown = boxes::Shown {
            delay: delay.unwrap_or(0),
            frames: video.iter().map(|sample| sample.frame).collect(),
            keys: (1..).zip(&video).filter(|(_, sample)| sample.key).map(|(at, _)| at).collect(),
        };
        let body: u64 = layout.order.iter().map(|bytes| u64::from(bytes.size())).sum();
        // The header's size does not depend on the offsets in it, once it is known whether they need 64 bits.
        let wide = body > most_narrow;
        let header = boxes::header(self, &shown, &layout.tables(&text), wide)?;
        let start = header.len() as u64 + boxes::MDAT_HEADER;
        layout.shift(start);
        let mut header = boxes::header(self, &shown, &layout.tables(&text), wide)?;
        header.extend(boxes::mdat_header(body));
        let mut spliced = Spliced::new(name, header);
        layout.order.into_iter().for_each(|origin| spliced.push(origin));
        Ok(spliced)
    }

    fn video_samples(&self) -> Vec<VideoSample<'_>> {
        let mut samples = Vec::new();
        let mut base = 0;
        for piece in &self.pieces {
            let first = samples.len();
            samples.extend(piece.origins().map(|bytes| VideoSample { bytes, frame: base, key: false }));
            let own = &mut samples[first..];
            match piece {
                Piece::Copy(track, span) => {
                    for (at, sample) in (span.start()..span.end()).zip(own) {
                        let frame = track.packets[at as usize].frame;
                        sample.frame += frame - span.start();
                        sample.key = frame == at && track.gop(at).start() == at;
                    }
                    base += span.count();
                }
                Piece::Encoded(packets) => {
                    for (packet, sample) in packets.iter().zip(own) {
                        sample.frame += packet.frame;
                        sample.key = packet.key;
                    }
                    base += packets.len() as u64;
                }
            }
        }
        samples
    }

    /// Interleaves chunks of one second. Subtitles, which are short, come first.
    fn layout<'a>(
        &self,
        video: &[VideoSample<'a>],
        audio: &[Origin<'a>],
        text: &'a [TextSample],
    ) -> Layout<'a> {
        let mut layout = Layout {
            order: Vec::with_capacity(video.len() + audio.len()),
            video: Table { sizes: Vec::new(), chunks: Vec::new(), offsets: Vec::new() },
            audio: self.sound.as_ref().map(|_| Table {
                sizes: Vec::new(),
                chunks: Vec::new(),
                offsets: Vec::new(),
            }),
            text: Table { sizes: Vec::new(), chunks: Vec::new(), offsets: Vec::new() },
        };
        let per_chunk = self.fps.frames_in_millis(1000).max(1) as usize;
        let mut at = 0;
        let mut audio_done = 0;
        layout.text.push(&mut at, text.iter().map(|sample| Origin::Held(&sample.bytes)), &mut layout.order);
        for (second, chunk) in video.chunks(per_chunk).enumerate() {
            layout.video.push(&mut at, chunk.iter().map(|sample| sample.bytes), &mut layout.order);
            if let (Some(table), Some(sound)) = (&mut layout.audio, &self.sound) {
                let frames = ((second + 1) * per_chunk).min(video.len()) as u64;
                let until =
                    sound::packets_for(self.fps.audio_sample(frames, sound.like.sample_rate)) as usize;
                let until = if frames == video.len() as u64 { audio.len() } else { until.min(audio.len()) };
                table.push(&mut at, audio[audio_done..until].iter().copied(), &mut layout.order);
                audio_done = until;
            }
        }
        layout
    }
}

/// The order of bytes in the file, and the tables that say so.
struct Layout<'a> {
    order: Vec<Origin<'a>>,
    video: Table,
    audio: Option<Table>,
    text: Table,
}

impl Layout<'_> {
    fn tables<'t>(&'t self, text: &'t [TextSample]) -> boxes::Tables<'t> {
        boxes::Tables { video: &self.video, audio: self.audio.as_ref(), text: (text, &self.text) }
    }

    fn shift(&mut self, start: u64) {
        let tables = [&mut self.video, &mut self.text].into_iter().chain(&mut self.audio);
        tables.flat_map(|table| &mut table.offsets).for_each(|offset| *offset += start);
    }
}
