//! Encoding: short runs of frames to H.264 packets that can be spliced between others.
//!
//! In: frames and settings. Out: length-prefixed packets with the frame that each shows, and the parameter sets. One
//! encoder runs on one thread, because x264 writes other bytes with other numbers of threads; many encoders run side
//! by side. What x264 says of itself (its version, its thread count) is left out of the packets.

use std::path::Path;

use ffmpeg_next as ffmpeg;

use crate::media::colour::Tags;
use crate::media::ff;
use crate::media::nal;
use crate::media::yuv::Yuv;
use crate::media::{Error, LIBX264};
use crate::time::FrameRate;

/// Everything that the packets depend on, besides the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// What the packets say of their colours.
    pub tags: Tags,
    /// Constant rate factor.
    pub crf: u8,
    /// Frames from one keyframe to the next, at most.
    pub gop: u64,
    /// Consecutive B-frames, at most.
    pub b_frames: u8,
    /// Id of the parameter sets; where it is not 0, they travel in front of each keyframe.
    pub parameter_set: u32,
}

impl Settings {
    /// The settings in FFmpeg's and x264's words: what a manifest and a fingerprint hold.
    pub fn describe(crf: u8) -> String {
        format!("libx264 preset={PRESET} profile=high crf={crf} threads=1 {X264_PARAMS}")
    }
}

/// Largest width and height that it takes.
pub const LARGEST: u32 = 16_384;
/// The fastest that keeps the quality and the bytes of `veryfast`, given two things of it that the parameters below give back: macroblock
/// trees over ten frames, and its choice of how blocks within a frame are predicted. `docs/decisions/preset-of-the-rest.md` has the measurements.
const PRESET: &str = "superfast";
/// `stitchable` keeps the picture parameter set independent of the content; `cpu-independent` the bytes of the processor.
const X264_PARAMS: &str = "subme=2:mbtree=1:rc-lookahead=10:b-adapt=0:weightp=0:scenecut=0:open-gop=0:stitchable=1:\
                           force-cfr=1:cpu-independent=1";

/// A packet as encoded, in decoding order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Length-prefixed NAL units.
    pub data: Vec<u8>,
    /// Which frame of the run it shows.
    pub frame: u64,
    /// Whether it is an IDR picture.
    pub key: bool,
}

/// One run of frames being encoded.
pub struct Encoder {
    context: ffmpeg::encoder::Video,
    settings: Settings,
    sent: u64,
    packets: Vec<Encoded>,
    parameters: Option<(Vec<u8>, Vec<u8>)>,
}

/// A finished run.
#[derive(Debug)]
pub struct Run {
    /// Its packets, in decoding order.
    pub packets: Vec<Encoded>,
    /// Sequence parameter set.
    pub sps: Vec<u8>,
    /// Picture parameter set.
    pub pps: Vec<u8>,
}

impl Encoder {
    /// Opens an encoder.
    pub fn open(settings: Settings) -> Result<Self, Error> {
        ff::init();
        let codec = ffmpeg::encoder::find_by_name(LIBX264).ok_or(Error::Missing("libx264 encoder"))?;
        let mut context = ffmpeg::codec::context::Context::new_with_codec(codec);
        context.set_threading(ffmpeg::codec::threading::Config::count(1));
        ff::set_bitexact(&mut context);
        let mut video =
            context.encoder().video().map_err(Error::ffmpeg("set up libx264", Path::new(LIBX264)))?;
        video.set_width(settings.width);
        video.set_height(settings.height);
        video.set_format(ffmpeg::format::Pixel::YUV420P);
        video.set_aspect_ratio((1, 1));
        video.set_time_base((settings.fps.den() as i32, settings.fps.num() as i32));
        video.set_frame_rate(Some((settings.fps.num() as i32, settings.fps.den() as i32)));
        set_colour(&mut video, settings.tags);
        let mut options = ffmpeg::Dictionary::new();
        options.set("preset", PRESET);
        options.set("profile", "high");
        options.set("crf", &settings.crf.to_string());
        options.set("forced-idr", "1");
        let Settings { gop, b_frames, parameter_set, .. } = settings;
        let params =
            format!("keyint={gop}:min-keyint={gop}:bframes={b_frames}:sps-id={parameter_set}:{X264_PARAMS}");
        options.set("x264-params", &params);
        let opened =
            video.open_as_with(codec, options).map_err(Error::ffmpeg("open libx264", Path::new(LIBX264)))?;
        Ok(Self { context: opened, settings, sent: 0, packets: Vec::new(), parameters: None })
    }

    /// Encodes the next frame; `key` makes it an IDR picture.
    ///
    /// # Panics
    /// If the frame is of another size than the video: libx264 would read beyond it.
    pub fn push(&mut self, frame: &Yuv, key: bool) -> Result<(), Error> {
        let Settings { width, height, .. } = self.settings;
        assert_eq!((frame.width, frame.height), (width, height), "a frame has the size of its video");
        let mut picture = picture(frame);
        picture.set_pts(Some(self.sent as i64));
        picture.set_kind(if key { ffmpeg::picture::Type::I } else { ffmpeg::picture::Type::None });
        self.sent += 1;
        self.context.send_frame(&picture).map_err(Error::ffmpeg("encode a frame", Path::new(LIBX264)))?;
        self.receive()
    }

    /// Ends the run.
    pub fn finish(mut self) -> Result<Run, Error> {
        self.context.send_eof().map_err(Error::ffmpeg("flush libx264", Path::new(LIBX264)))?;
        self.receive()?;
        let (sps, pps) = self.parameters.ok_or(Error::Missing("libx264 that writes parameter sets"))?;
        Ok(Run { packets: self.packets, sps, pps })
    }

    fn receive(&mut self) -> Result<(), Error> {
        let mut packet = ffmpeg::Packet::empty();
        loop {
            match self.context.receive_packet(&mut packet) {
                Ok(()) => self.keep(&packet)?,
                Err(ffmpeg::Error::Eof) => return Ok(()),
                Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN => return Ok(()),
                Err(error) => return Err(Error::ffmpeg("encode", Path::new(LIBX264))(error)),
            }
        }
    }

    fn keep(&mut self, packet: &ffmpeg::Packet) -> Result<(), Error> {
        let units = nal::annex_b(packet.data().unwrap_or_default());
        let find = |kind: u8| units.iter().find(|unit| nal::kind(unit) == kind).map(|unit| unit.to_vec());
        if let (Some(sps), Some(pps)) = (find(nal::SPS), find(nal::PPS)) {
            let id = self.settings.parameter_set;
            if nal::sps_id(&sps) != Some(id) || nal::pps_ids(&pps) != Some((id, id)) {
                return Err(Error::Missing("libx264 that numbers parameter sets as told (sps-id)"));
            }
            if self.parameters.get_or_insert_with(|| (sps.clone(), pps.clone())) != &(sps, pps) {
                return Err(Error::Missing("libx264 that keeps its parameter sets (stitchable)"));
            }
        }
        let key = units.iter().any(|unit| nal::kind(unit) == nal::IDR);
        let mut data = Vec::with_capacity(packet.size() + 64);
        if let (true, true, Some((sps, pps))) = (key, self.settings.parameter_set != 0, &self.parameters) {
            nal::push_prefixed(&mut data, sps);
            nal::push_prefixed(&mut data, pps);
        }
        for unit in units.iter().filter(|unit| nal::is_slice(unit)) {
            nal::push_prefixed(&mut data, unit);
        }
        let frame = packet
            .pts()
            .and_then(|pts| u64::try_from(pts).ok())
            .ok_or(Error::Missing("libx264 with times"))?;
        self.packets.push(Encoded { data, frame, key });
        Ok(())
    }
}

/// Numbers that have no name here, such as reserved ones, say nothing.
fn set_colour(video: &mut ffmpeg::codec::encoder::video::Video, tags: Tags) {
    use ffmpeg::color::{Primaries, Range, Space, TransferCharacteristic as Transfer};
    video.set_color_range(Range::MPEG);
    video.set_color_primaries(match tags.primaries {
        1 => Primaries::BT709,
        4 => Primaries::BT470M,
        5 => Primaries::BT470BG,
        6 => Primaries::SMPTE170M,
        7 => Primaries::SMPTE240M,
        9 => Primaries::BT2020,
        _ => Primaries::Unspecified,
    });
    video.set_color_transfer_characteristic(match tags.transfer {
        1 => Transfer::BT709,
        4 => Transfer::GAMMA22,
        5 => Transfer::GAMMA28,
        6 => Transfer::SMPTE170M,
        7 => Transfer::SMPTE240M,
        8 => Transfer::Linear,
        13 => Transfer::IEC61966_2_1,
        14 => Transfer::BT2020_10,
        15 => Transfer::BT2020_12,
        16 => Transfer::SMPTE2084,
        18 => Transfer::ARIB_STD_B67,
        _ => Transfer::Unspecified,
    });
    video.set_colorspace(match tags.matrix {
        1 => Space::BT709,
        4 => Space::FCC,
        5 => Space::BT470BG,
        6 => Space::SMPTE170M,
        7 => Space::SMPTE240M,
        9 => Space::BT2020NCL,
        _ => Space::Unspecified,
    });
}

/// Copies tight planes into a frame of FFmpeg's.
pub(super) fn picture(frame: &Yuv) -> ffmpeg::frame::Video {
    let mut out = ffmpeg::frame::Video::new(ffmpeg::format::Pixel::YUV420P, frame.width, frame.height);
    let half = frame.width as usize / 2;
    for (index, plane, width) in
        [(0, &frame.y, frame.width as usize), (1, &frame.u, half), (2, &frame.v, half)]
    {
        let stride = out.stride(index);
        for (to, from) in out.data_mut(index).chunks_mut(stride).zip(plane.chunks(width)) {
            to[..width].copy_from_slice(from);
        }
    }
    out
}
