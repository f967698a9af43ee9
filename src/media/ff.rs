//! What ffmpeg-next has no safe call for: a few lines of `unsafe`, all of them here and in `opening`.
//!
//! In: ffmpeg-next's own types. Out: the same, with a field read or set.

#![expect(unsafe_code, reason = "FFmpeg fields without a safe accessor; each block says why it is sound")]

mod opening;

pub(super) use opening::{Format, format_of, open_header, open_input};

use std::ffi::{CStr, c_int};
use std::sync::Once;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::ffi;

use crate::media::colour::Tags;
use crate::media::size::Size;

/// Versions of FFmpeg's libraries, as they are at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// FFmpeg's release.
    pub release: String,
    /// libavcodec.
    pub avcodec: String,
    /// libavformat.
    pub avformat: String,
    /// libswscale.
    pub swscale: String,
}

/// Versions of the FFmpeg libraries that this program runs with.
pub fn versions() -> Versions {
    let dotted = |version: u32| format!("{}.{}.{}", version >> 16, (version >> 8) & 255, version & 255);
    // SAFETY: av_version_info returns a pointer to a static, null-terminated string.
    let release = unsafe { CStr::from_ptr(ffi::av_version_info()) }.to_string_lossy().into_owned();
    Versions {
        release,
        avcodec: dotted(ffmpeg::codec::version()),
        avformat: dotted(ffmpeg::format::version()),
        swscale: dotted(ffmpeg::software::scaling::version()),
    }
}

/// Initialises FFmpeg once, with its own messages off: errors reach the user through [`super::Error`].
pub(super) fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Initialisation registers formats and cannot fail in FFmpeg 4 and later.
        ffmpeg::init().ok();
        ffmpeg::log::set_level(ffmpeg::log::Level::Quiet);
    });
}

/// Fails if the system has refused a read of an input since it was opened. Demuxers take such a read for the end of the file, or for
/// damage: what they say of a file holds only if there was none.
pub(super) fn check_reads(input: &ffmpeg::format::context::Input) -> Result<(), ffmpeg::Error> {
    // SAFETY: an open input has a valid context, whose input may be absent; its error is a plain number.
    let error = unsafe { (*input.as_ptr()).pb.as_ref() }.map_or(0, |io| io.error);
    if error < 0 { Err(ffmpeg::Error::from(error)) } else { Ok(()) }
}

/// Codec parameters of a stream that are plain numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StreamFacts {
    pub(super) width: u32,
    pub(super) height: u32,
    /// `AVPixelFormat` as a number; -1 is unknown.
    pub(super) pixel_format: i32,
    pub(super) profile: i32,
    /// `AVFieldOrder` as a number; 0 unknown, 1 progressive.
    pub(super) field_order: u32,
    pub(super) tags: Tags,
    pub(super) full_range: bool,
    pub(super) sample_rate: u32,
    pub(super) sample_aspect: (i32, i32),
    /// Clockwise rotation for display in degrees, 0, 90, 180 or 270; `None` for any other display matrix.
    pub(super) rotation: Option<u32>,
}

/// Reads the facts of a stream.
pub(super) fn stream_facts(stream: &ffmpeg::format::stream::Stream<'_>) -> StreamFacts {
    // SAFETY: a stream of an open input has valid codec parameters as long as the input lives, and `stream` borrows it.
    let (parameters, aspect) = unsafe {
        let pointer = stream.as_ptr();
        (&*(*pointer).codecpar, (*pointer).sample_aspect_ratio)
    };
    let aspect = if aspect.num > 0 { aspect } else { parameters.sample_aspect_ratio };
    StreamFacts {
        width: u32::try_from(parameters.width).unwrap_or(0),
        height: u32::try_from(parameters.height).unwrap_or(0),
        pixel_format: parameters.format,
        profile: parameters.profile,
        field_order: parameters.field_order as u32,
        tags: Tags {
            primaries: parameters.color_primaries as u32,
            transfer: parameters.color_trc as u32,
            matrix: parameters.color_space as u32,
        },
        full_range: parameters.color_range == ffi::AVColorRange::AVCOL_RANGE_JPEG,
        sample_rate: u32::try_from(parameters.sample_rate).unwrap_or(0),
        sample_aspect: if aspect.num > 0 && aspect.den > 0 { (aspect.num, aspect.den) } else { (1, 1) },
        rotation: rotation(stream),
    }
}

fn rotation(stream: &ffmpeg::format::stream::Stream<'_>) -> Option<u32> {
    for data in stream.side_data() {
        if data.kind() == ffmpeg::packet::side_data::Type::DisplayMatrix {
            return turned(data.data());
        }
    }
    Some(0)
}

/// Clockwise rotation of a display matrix; `None` for any that is none by right angles.
fn turned(matrix: &[u8]) -> Option<u32> {
    let numbers: Vec<i32> = matrix
        .chunks_exact(4)
        .map(|bytes| i32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    let one = 1 << 16;
    match *numbers.get(..5)? {
        [a, 0, _, 0, d] if a == one && d == one => Some(0),
        [0, b, _, c, 0] if b == one && c == -one => Some(90),
        [a, 0, _, 0, d] if a == -one && d == -one => Some(180),
        [0, b, _, c, 0] if b == -one && c == one => Some(270),
        _ => None,
    }
}

/// What a decoded frame says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameFacts {
    pub(super) pixel_format: i32,
    pub(super) tags: Tags,
    /// `None` where it does not say.
    pub(super) full_range: Option<bool>,
    pub(super) interlaced: bool,
    /// How it is turned for display, where it has a display matrix.
    pub(super) turn: Option<Turn>,
}

/// How a display matrix turns a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Clockwise by this many degrees, a multiple of 90.
    Right(u32),
    /// In any other way.
    Other,
}

impl Turn {
    /// As [`StreamFacts::rotation`].
    pub(super) fn rotation(self) -> Option<u32> {
        match self {
            Self::Right(degrees) => Some(degrees),
            Self::Other => None,
        }
    }
}

/// Reads the facts of a decoded frame.
pub(super) fn frame_facts(frame: &ffmpeg::frame::Video) -> FrameFacts {
    // SAFETY: plain fields of a frame that we hold.
    let raw = unsafe { &*frame.as_ptr() };
    FrameFacts {
        pixel_format: raw.format,
        tags: Tags {
            primaries: raw.color_primaries as u32,
            transfer: raw.color_trc as u32,
            matrix: raw.colorspace as u32,
        },
        full_range: match raw.color_range {
            ffi::AVColorRange::AVCOL_RANGE_JPEG => Some(true),
            ffi::AVColorRange::AVCOL_RANGE_MPEG => Some(false),
            _ => None,
        },
        interlaced: frame.is_interlaced(),
        turn: frame
            .side_data(ffmpeg::frame::side_data::Type::DisplayMatrix)
            .map(|matrix| turned(matrix.data()).map_or(Turn::Other, Turn::Right)),
    }
}

/// Whether a format's clock may be set anew within a file.
pub(super) fn may_jump(input: &ffmpeg::format::context::Input) -> bool {
    // SAFETY: the format of an open input is a static description.
    let flags = unsafe { (*(*input.as_ptr()).iformat).flags };
    flags & ffi::AVFMT_TS_DISCONT != 0
}

/// Number of samples that a container's own index names for a stream, less those that an edit list leaves out.
pub(super) fn indexed_packets(stream: &ffmpeg::format::stream::Stream<'_>) -> u64 {
    // SAFETY: a stream of an open input, whose index this only counts.
    let entries = unsafe { ffi::avformat_index_get_entries_count(stream.as_ptr()) };
    u64::try_from(entries).unwrap_or(0)
}

/// Times of a stream's keyframes as a container's own index names them, ascending, in the stream's time base: the times
/// at which they are decoded.
pub(super) fn indexed_keyframes(stream: &ffmpeg::format::stream::Stream<'_>) -> Vec<i64> {
    let count = i32::try_from(indexed_packets(stream)).unwrap_or(i32::MAX);
    let mut times: Vec<i64> = (0..count)
        .filter_map(|at| {
            // SAFETY: an index below the count gives a pointer into the index of an open input, which `stream` borrows; the
            // call does not write, though it takes a mutable pointer.
            let entry = unsafe { ffi::avformat_index_get_entry(stream.as_ptr().cast_mut(), at).as_ref() }?;
            (entry.flags() & ffi::AVINDEX_KEYFRAME != 0).then_some(entry.timestamp)
        })
        .collect();
    times.sort_unstable();
    times
}

/// Bytes of the length before each NAL unit of an H.264 stream, which its configuration (`avcC`) states; nothing of other streams.
pub(super) fn length_size(stream: &ffmpeg::format::stream::Stream<'_>) -> Option<usize> {
    // SAFETY: the parameters of a stream of an open input, with as many bytes of configuration as they say.
    let configuration = unsafe {
        let parameters = &*(*stream.as_ptr()).codecpar;
        let is_described =
            parameters.codec_id == ffi::AVCodecID::AV_CODEC_ID_H264 && !parameters.extradata.is_null();
        let size = usize::try_from(parameters.extradata_size).unwrap_or(0);
        if is_described { std::slice::from_raw_parts(parameters.extradata, size) } else { &[] }
    };
    match configuration {
        [1, _, _, _, sizes, ..] => Some(usize::from(sizes & 3) + 1),
        _ => None,
    }
}

/// Place and size in the file of each sample that a container's own index names for a stream, in decoding order.
pub(super) fn index_entries(stream: &ffmpeg::format::stream::Stream<'_>) -> Vec<(u64, u32)> {
    let entry = |at: u64| {
        // SAFETY: the stream of an open input, and an entry that it has; the entry is read before anything else touches
        // the stream.
        let entry = unsafe { &*ffi::avformat_index_get_entry(stream.as_ptr().cast_mut(), at as i32) };
        (entry.pos as u64, entry.size() as u32)
    };
    (0..indexed_packets(stream)).map(entry).collect()
}

/// Microseconds that a container's header says it lasts; `None` where it says nothing and FFmpeg has guessed.
pub(super) fn stated_duration(input: &ffmpeg::format::context::Input) -> Option<i64> {
    // SAFETY: plain fields of an open input.
    let (method, duration) = unsafe {
        let raw = &*input.as_ptr();
        (raw.duration_estimation_method, raw.duration)
    };
    let stated = method == ffi::AVDurationEstimationMethod::AVFMT_DURATION_FROM_STREAM;
    (stated && duration > 0).then_some(duration)
}

/// Extradata of a stream: `avcC` for H.264 in MP4, the `AudioSpecificConfig` for AAC.
pub(super) fn extradata(stream: &ffmpeg::format::stream::Stream<'_>) -> Vec<u8> {
    // SAFETY: extradata is either null or points to extradata_size bytes owned by the parameters.
    unsafe {
        let parameters = &*(*stream.as_ptr()).codecpar;
        if parameters.extradata.is_null() || parameters.extradata_size <= 0 {
            return Vec::new();
        }
        std::slice::from_raw_parts(parameters.extradata, parameters.extradata_size as usize).to_vec()
    }
}

/// Puts extradata into codec parameters, replacing what was there.
pub(super) fn set_extradata(parameters: &mut ffmpeg::codec::Parameters, data: &[u8]) {
    // SAFETY: av_mallocz with the padding that FFmpeg demands; the parameters own and free the buffer.
    unsafe {
        let raw = &mut *parameters.as_mut_ptr();
        ffi::av_freep(std::ptr::addr_of_mut!(raw.extradata).cast());
        let padded = data.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize;
        raw.extradata = ffi::av_mallocz(padded).cast();
        assert!(!raw.extradata.is_null(), "out of memory");
        std::ptr::copy_nonoverlapping(data.as_ptr(), raw.extradata, data.len());
        raw.extradata_size = data.len() as i32;
    }
}

/// Sets what `avcC` alone does not carry of a decoder's parameters: the frame size, and the delay in frames between
/// decoding and display, which a decoder otherwise learns from the pictures themselves.
pub(super) fn set_video_facts(parameters: &mut ffmpeg::codec::Parameters, size: Size, delay: u64) {
    // SAFETY: plain integer fields of parameters that we own.
    unsafe {
        let raw = &mut *parameters.as_mut_ptr();
        raw.codec_type = ffi::AVMediaType::AVMEDIA_TYPE_VIDEO;
        raw.codec_id = ffi::AVCodecID::AV_CODEC_ID_H264;
        raw.width = size.width as i32;
        raw.height = size.height as i32;
        raw.video_delay = delay as i32;
    }
}

/// A decoder of AAC packets that this configuration describes.
pub(super) fn aac_decoder(sample_rate: u32, config: &[u8]) -> Option<ffmpeg::decoder::Audio> {
    aac_context(sample_rate, config)?.decoder().audio().ok()
}

/// The same in whole numbers, which gives the same samples on every processor.
pub(super) fn exact_aac_decoder(sample_rate: u32, config: &[u8]) -> Option<ffmpeg::decoder::Audio> {
    let codec = ffmpeg::decoder::find_by_name("aac_fixed")?;
    aac_context(sample_rate, config)?.decoder().open_as(codec).ok()?.audio().ok()
}

fn aac_context(sample_rate: u32, config: &[u8]) -> Option<ffmpeg::codec::context::Context> {
    let mut parameters = ffmpeg::codec::Parameters::new();
    // SAFETY: plain fields of parameters that we own.
    unsafe {
        let raw = &mut *parameters.as_mut_ptr();
        raw.codec_type = ffi::AVMediaType::AVMEDIA_TYPE_AUDIO;
        raw.codec_id = ffi::AVCodecID::AV_CODEC_ID_AAC;
        raw.sample_rate = sample_rate as i32;
    }
    set_extradata(&mut parameters, config);
    ffmpeg::codec::context::Context::from_parameters(parameters).ok()
}

/// Asks a context for output that names neither versions nor processors.
pub(super) fn set_bitexact(context: &mut ffmpeg::codec::context::Context) {
    // SAFETY: a flag field of a context that is not open yet.
    unsafe {
        (*context.as_mut_ptr()).flags |= ffi::AV_CODEC_FLAG_BITEXACT as i32;
    }
}

/// Best timestamp of a decoded frame, in the stream's time base.
pub(super) fn best_timestamp(frame: &ffmpeg::frame::Video) -> Option<i64> {
    frame.timestamp().or_else(|| frame.pts())
}

/// Whether a packet is marked to be decoded and not shown, as edit lists do.
pub(super) fn is_discarded(packet: &ffmpeg::Packet) -> bool {
    use ffmpeg::packet::Ref as _;
    // SAFETY: a flag field of a packet that we hold.
    unsafe { (*packet.as_ptr()).flags & ffi::AV_PKT_FLAG_DISCARD != 0 }
}

/// What a container calls a stream's codec: four letters in MP4, the type of the stream in MPEG-TS.
pub(super) fn codec_tag(stream: &ffmpeg::format::stream::Stream<'_>) -> u32 {
    // SAFETY: a plain number of an open input's stream.
    unsafe { (*(*stream.as_ptr()).codecpar).codec_tag }
}

/// Whether a stream is a picture beside the video: a cover, a still, or pictures of chapters.
pub(super) fn is_beside(stream: &ffmpeg::format::stream::Stream<'_>) -> bool {
    // SAFETY: a plain number of an open input's stream.
    let disposition = unsafe { (*stream.as_ptr()).disposition };
    let beside = ffi::AV_DISPOSITION_ATTACHED_PIC
        | ffi::AV_DISPOSITION_TIMED_THUMBNAILS
        | ffi::AV_DISPOSITION_STILL_IMAGE;
    disposition & beside as c_int != 0
}

/// What a packet carries beside its data, of one kind.
pub(super) fn side_data(packet: &ffmpeg::Packet, kind: ffi::AVPacketSideDataType) -> Option<&[u8]> {
    use ffmpeg::packet::Ref as _;
    let mut size = 0;
    // SAFETY: FFmpeg gives null, or a pointer to so many bytes that belong to the packet, which the slice borrows.
    unsafe {
        let data = ffi::av_packet_get_side_data(packet.as_ptr(), kind, &raw mut size);
        (!data.is_null()).then(|| std::slice::from_raw_parts(data, size))
    }
}

/// Whether a frame was decoded without an error that its decoder knows of.
pub(super) fn is_clean(frame: &ffmpeg::frame::Video) -> bool {
    // SAFETY: plain numbers of a frame that we hold.
    let (flags, errors) = unsafe { ((*frame.as_ptr()).flags, (*frame.as_ptr()).decode_error_flags) };
    flags & ffi::AV_FRAME_FLAG_CORRUPT as c_int == 0 && errors == 0
}

/// Extradata of an open sound encoder: its `AudioSpecificConfig`.
pub(super) fn encoder_extradata(encoder: &ffmpeg::encoder::Audio) -> Vec<u8> {
    // SAFETY: extradata of an open context is either null or points to extradata_size bytes that it owns.
    unsafe {
        let raw = &*encoder.as_ptr();
        if raw.extradata.is_null() || raw.extradata_size <= 0 {
            return Vec::new();
        }
        std::slice::from_raw_parts(raw.extradata, raw.extradata_size as usize).to_vec()
    }
}
