//! The subtitle track of an MP4 file: timed text (3GPP TS 26.245), which FFmpeg calls `mov_text`.
//!
//! In: lines on frames. Out: samples without a gap from the first frame to the last, those between lines empty; the boxes of the track.

use mp4_atom::{Codec, Ftab, Hdlr, Mdhd, Mdia, Minf, Nmhd, Stsd, Stts, SttsEntry, Tkhd, Trak, Tx3g};

use super::movie::Movie;
use super::parts::{chunk_boxes, edit, here};
use super::table::Table;
use crate::subtitle::SubtitleLine;

/// A sample of the track.
pub(super) struct TextSample {
    /// The length of its text, and the text.
    pub(super) bytes: Vec<u8>,
    /// How many frames it lasts.
    frames: u64,
}

impl TextSample {
    fn of(text: &str, frames: u64) -> Self {
        // A text longer than its length can say is cut where a character ends.
        let most = (0..=text.len().min(usize::from(u16::MAX))).rev().find(|&at| text.is_char_boundary(at));
        let text = &text[..most.unwrap_or_default()];
        let mut bytes = (text.len() as u16).to_be_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        Self { bytes, frames }
    }
}

/// The samples of a track of so many frames; none where there are no lines.
pub(super) fn samples(lines: &[SubtitleLine], frames: u64) -> Vec<TextSample> {
    let mut samples = Vec::new();
    if lines.is_empty() {
        return samples;
    }
    let mut at = 0;
    for line in lines {
        if line.span.start() > at {
            samples.push(TextSample::of("", line.span.start() - at));
        }
        samples.push(TextSample::of(&line.text, line.span.count()));
        at = line.span.end();
    }
    if frames > at {
        samples.push(TextSample::of("", frames - at));
    }
    samples
}

/// The boxes of the track. Time is counted in `scale` ticks a second, `step` a frame.
pub(super) fn trak(
    movie: &Movie,
    samples: &[TextSample],
    table: &Table,
    (track_id, scale, step): (u32, u32, u64),
    wide: bool,
) -> Trak {
    let mut entries: Vec<SttsEntry> = Vec::new();
    for sample in samples {
        let sample_delta = (sample.frames * step) as u32;
        match entries.last_mut() {
            Some(last) if last.sample_delta == sample_delta => last.sample_count += 1,
            _ => entries.push(SttsEntry { sample_count: 1, sample_delta }),
        }
    }
    let length = samples.iter().map(|sample| sample.frames).sum::<u64>() * step;
    let (width, height) = (movie.width as i16, (movie.height / 4) as i16);
    let entry = Tx3g {
        data_reference_index: 1,
        // Centred, at the lower edge: white on nothing, in the font that FFmpeg takes for the usual one and so says nothing of.
        box_record: [0, 0, height, width],
        style_record: [0, 0, 0, 0, 0, 1, 0, 16, 255, 255, 255, 255],
        ftab: Some(Ftab { font_entries: vec![mp4_atom::FontEntry { font_id: 1, font: "Arial".to_owned() }] }),
        ..Tx3g::default()
    };
    let stbl = mp4_atom::Stbl {
        stsd: Stsd { codecs: vec![Codec::from(entry)] },
        stts: Stts { entries },
        ..chunk_boxes(table, wide)
    };
    Trak {
        tkhd: Tkhd {
            track_id,
            duration: length,
            alternate_group: 2,
            enabled: true,
            in_movie: true,
            width: (movie.width as u16).into(),
            height: (movie.height as u16 / 4).into(),
            ..Tkhd::default()
        },
        edts: Some(edit(length, 0)),
        mdia: Mdia {
            mdhd: Mdhd { timescale: scale, duration: length, language: "und".to_owned(), ..Mdhd::default() },
            hdlr: Hdlr { handler: mp4_atom::FourCC::new(b"sbtl"), name: "SubtitleHandler".to_owned() },
            minf: Minf { nmhd: Some(Nmhd {}), dinf: here(), stbl, ..Minf::default() },
        },
        ..Trak::default()
    }
}
