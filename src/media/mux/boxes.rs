//! The header of an MP4 file: `ftyp` and `moov` (ISO/IEC 14496-12 and -15).
//!
//! In: tables of packets. Out: bytes. `mp4-atom` carries the syntax; what stands here is which values the boxes get.

use std::path::Path;

use mp4_atom::esds::{DecoderConfig, DecoderSpecific, EsDescriptor};
use mp4_atom::{
    Atom as _, Audio, Avc1, Avcc, Buf as _, Codec, Colr, Ctts, CttsEntry, Encode as _, Esds, FixedPoint,
    FourCC, Ftyp, Hdlr, Mdhd, Mdia, Minf, Moov, Mp4a, Mvhd, Pasp, Smhd, Stbl, Stsd, Stss, Stts, SttsEntry,
    Tkhd, Trak, Visual, Vmhd,
};

use super::movie::{Movie, Sound};
use super::parts::{chunk_boxes, edit, here};
use super::table::Table;
use super::text::{self, TextSample};
use crate::media::Error;
use crate::media::colour::Tags;
use crate::media::sound;
use crate::time::FrameRate;

/// Bytes before the body of `mdat`: its 64-bit form, which serves every length.
pub(super) const MDAT_HEADER: u64 = 16;

/// When packets are shown.
pub(super) struct Shown {
    /// Frames between decoding and display.
    pub(super) delay: u64,
    /// The frame that each packet shows.
    pub(super) frames: Vec<u64>,
    /// 1-based numbers of keyframe packets.
    pub(super) keys: Vec<u32>,
}

/// The tables of all tracks.
pub(super) struct Tables<'a> {
    pub(super) video: &'a Table,
    pub(super) audio: Option<&'a Table>,
    /// Those of the subtitles, and their samples; none where there are none.
    pub(super) text: (&'a [TextSample], &'a Table),
}

/// Fewest ticks of a second.
const LEAST_TICKS: u32 = 10_000;

/// How time is counted: ticks of a second, and of a frame.
///
/// Readers round the time that they seek to the nearest tick. If a tick were a whole frame, the middle of a frame would
/// round up to the next one, and a keyframe there would be shown in its stead; so a tick is a small part of a frame.
#[derive(Clone, Copy)]
struct Ticks {
    scale: u32,
    step: u64,
}

impl Ticks {
    fn of(fps: FrameRate) -> Self {
        let (mut scale, mut step) = (fps.num(), u64::from(fps.den()));
        while scale < LEAST_TICKS {
            (scale, step) = (scale * 2, step * 2);
        }
        Self { scale, step }
    }
}

/// The head of an `mdat` box of `body` bytes.
pub(super) fn mdat_header(body: u64) -> Vec<u8> {
    let mut head = vec![0, 0, 0, 1];
    head.extend_from_slice(b"mdat");
    head.extend_from_slice(&(body + MDAT_HEADER).to_be_bytes());
    head
}

/// `ftyp` and `moov`.
pub(super) fn header(
    movie: &Movie,
    shown: &Shown,
    tables: &Tables<'_>,
    wide: bool,
) -> Result<Vec<u8>, Error> {
    let frames = shown.frames.len() as u64;
    let fps = movie.fps;
    // The movie counts time as its video does, so that edit lists end exactly with the last frame.
    let clock = Ticks::of(fps);
    let length = frames * clock.step;
    let mut traks = vec![video_trak(movie, shown, tables.video, length, wide)?];
    if let (Some(sound), Some(table)) = (&movie.sound, tables.audio) {
        traks.push(audio_trak(sound, table, fps.audio_sample(frames, sound.like.sample_rate), length, wide));
    }
    let (samples, table) = tables.text;
    if !samples.is_empty() {
        let time = (traks.len() as u32 + 1, clock.scale, clock.step);
        traks.push(text::trak(movie, samples, table, time, wide));
    }
    let brands = [b"isom", b"iso2", b"avc1", b"mp41"].map(FourCC::new);
    let ftyp =
        Ftyp { major_brand: FourCC::new(b"isom"), minor_version: 512, compatible_brands: brands.to_vec() };
    let moov = Moov {
        mvhd: Mvhd {
            timescale: clock.scale,
            duration: length,
            rate: 1.into(),
            volume: 1.into(),
            next_track_id: traks.len() as u32 + 1,
            ..Mvhd::default()
        },
        trak: traks,
        ..Moov::default()
    };
    let mut out = Vec::new();
    ftyp.encode(&mut out).and_then(|()| moov.encode(&mut out)).map_err(|error| syntax(&error))?;
    Ok(out)
}

fn syntax(error: &mp4_atom::Error) -> Error {
    Error::source_file(Path::new("moov"), format!("cannot be written: {error}"))
}

fn video_trak(movie: &Movie, shown: &Shown, table: &Table, length: u64, wide: bool) -> Result<Trak, Error> {
    let frames = shown.frames.len() as u64;
    let Ticks { scale, step } = Ticks::of(movie.fps);
    let avcc = avcc(&movie.avcc)?;
    let entry = Avc1 {
        visual: Visual {
            data_reference_index: 1,
            width: movie.width as u16,
            height: movie.height as u16,
            ..Visual::default()
        },
        avcc,
        btrt: None,
        colr: (movie.tags != Tags::NONE).then_some(Colr::Nclx {
            colour_primaries: movie.tags.primaries as u16,
            transfer_characteristics: movie.tags.transfer as u16,
            matrix_coefficients: movie.tags.matrix as u16,
            full_range_flag: false,
        }),
        pasp: Some(Pasp { h_spacing: 1, v_spacing: 1 }),
        taic: None,
        fiel: None,
        spatial: None,
    };
    let stbl = Stbl {
        stsd: Stsd { codecs: vec![Codec::from(entry)] },
        stts: Stts { entries: vec![SttsEntry { sample_count: frames as u32, sample_delta: step as u32 }] },
        ctts: (shown.delay > 0).then(|| composition(shown, step)),
        stss: (shown.keys.len() < shown.frames.len()).then(|| Stss { entries: shown.keys.clone() }),
        ..chunk_boxes(table, wide)
    };
    Ok(Trak {
        tkhd: Tkhd {
            track_id: 1,
            duration: length,
            enabled: true,
            in_movie: true,
            width: (movie.width as u16).into(),
            height: (movie.height as u16).into(),
            ..Tkhd::default()
        },
        edts: Some(edit(length, shown.delay * step)),
        mdia: Mdia {
            mdhd: Mdhd {
                timescale: scale,
                duration: frames * step,
                language: "und".to_owned(),
                ..Mdhd::default()
            },
            hdlr: Hdlr { handler: FourCC::new(b"vide"), name: "VideoHandler".to_owned() },
            minf: Minf { vmhd: Some(Vmhd::default()), dinf: here(), stbl, ..Minf::default() },
        },
        ..Trak::default()
    })
}

fn avcc(body: &[u8]) -> Result<Avcc, Error> {
    let mut body = body;
    let avcc = Avcc::decode_body(&mut body).map_err(|error| syntax(&error))?;
    if body.has_remaining() {
        return Err(Error::source_file(Path::new("avcC"), "holds more than parameter sets"));
    }
    Ok(avcc)
}

fn composition(shown: &Shown, step: u64) -> Ctts {
    let mut entries: Vec<CttsEntry> = Vec::new();
    for (at, &frame) in shown.frames.iter().enumerate() {
        let offset = ((frame + shown.delay - at as u64) * step) as i64;
        match entries.last_mut() {
            Some(last) if last.sample_offset == offset => last.sample_count += 1,
            _ => entries.push(CttsEntry { sample_count: 1, sample_offset: offset }),
        }
    }
    Ctts { entries }
}

fn audio_trak(sound: &Sound, table: &Table, samples: u64, length: u64, wide: bool) -> Trak {
    let track = &sound.like;
    let bytes: u64 = table.sizes.iter().map(|&size| u64::from(size)).sum();
    let bitrate = (bytes * 8 * u64::from(track.sample_rate)).checked_div(samples).unwrap_or(0) as u32;
    let entry = Mp4a {
        audio: Audio {
            data_reference_index: 1,
            channel_count: track.channels,
            sample_size: 16,
            sample_rate: FixedPoint::from(track.sample_rate.min(u32::from(u16::MAX)) as u16),
        },
        esds: elementary_stream(&track.config, bitrate),
        btrt: None,
        taic: None,
    };
    let packets = table.sizes.len() as u32;
    let delta = sound::PACKET_SAMPLES as u32;
    let stbl = Stbl {
        stsd: Stsd { codecs: vec![Codec::from(entry)] },
        stts: Stts { entries: vec![SttsEntry { sample_count: packets, sample_delta: delta }] },
        ..chunk_boxes(table, wide)
    };
    Trak {
        tkhd: Tkhd {
            track_id: 2,
            duration: length,
            alternate_group: 1,
            enabled: true,
            in_movie: true,
            volume: 1.into(),
            ..Tkhd::default()
        },
        edts: Some(edit(length, sound::PRIMING)),
        mdia: Mdia {
            mdhd: Mdhd {
                timescale: track.sample_rate,
                duration: u64::from(packets) * sound::PACKET_SAMPLES,
                language: "und".to_owned(),
                ..Mdhd::default()
            },
            hdlr: Hdlr { handler: FourCC::new(b"soun"), name: "SoundHandler".to_owned() },
            minf: Minf { smhd: Some(Smhd::default()), dinf: here(), stbl, ..Minf::default() },
        },
        ..Trak::default()
    }
}

fn elementary_stream(specific: &[u8], bitrate: u32) -> Esds {
    Esds {
        es_desc: EsDescriptor {
            es_id: 2,
            dec_config: DecoderConfig {
                // MPEG-4 audio, as a stream of sound (ISO/IEC 14496-1, tables 5 and 6).
                object_type_indication: 0x40,
                stream_type: 5,
                max_bitrate: bitrate,
                avg_bitrate: bitrate,
                dec_specific: Some(DecoderSpecific { raw: specific.to_vec(), ..DecoderSpecific::default() }),
                ..DecoderConfig::default()
            },
            ..EsDescriptor::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_a_small_and_exact_part_of_a_frame() {
        for (num, den, ticks) in
            [(25, 1, (12_800, 512)), (30_000, 1001, (30_000, 1001)), (90_000, 2999, (90_000, 2999))]
        {
            let Ticks { scale, step } = Ticks::of(FrameRate::new(num, den).unwrap());
            assert_eq!((scale, step), ticks);
        }
    }
}
