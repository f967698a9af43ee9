//! Normalising decoded frames: upright, progressive, square pixels, 8-bit 4:2:0 BT.709, the wanted size.
//!
//! In: frames as decoded. Out: as many frames of the canonical form, made by FFmpeg's own filters.

use std::path::Path;

use ffmpeg_next as ffmpeg;

use crate::media::Error;
use crate::media::colour::Matrix;
use crate::media::decode::yuv_of;
use crate::media::first_frames::Scan;
use crate::media::recolour::{BT601_TO_BT709, Recolour};
use crate::media::size::Size;
use crate::media::source::Source;
use crate::media::yuv::Yuv;

/// How the scaler works: the same on every machine.
const FLAGS: &str = "flags=bicubic+accurate_rnd+full_chroma_int+bitexact";

/// A chain of FFmpeg filters from decoded to canonical frames.
pub(super) struct Normaliser {
    graph: ffmpeg::filter::Graph,
    /// What is left to do to the colours of what the filters give.
    recolour: Option<Recolour>,
}

impl Normaliser {
    /// Builds the chain for frames like `first`.
    pub(super) fn new(source: &Source, first: &ffmpeg::frame::Video, size: Size) -> Result<Self, Error> {
        let path = &source.path;
        let step = |step| Error::ffmpeg(step, path);
        let find = |name: &'static str| {
            ffmpeg::filter::find(name).ok_or(Error::Missing("filter library of its own"))
        };
        let mut graph = ffmpeg::filter::Graph::new();
        // FFmpeg's scaler would bring them into another matrix, at several times the cost of encoding them.
        let is_plain = first.format() == ffmpeg::format::Pixel::YUV420P && !source.full_range;
        let recolour = (is_plain && source.matrix == Matrix::Bt601).then_some(BT601_TO_BT709);
        let format: ffmpeg::ffi::AVPixelFormat = first.format().into();
        let arguments = format!(
            "video_size={}x{}:pix_fmt={}:time_base=1/1000000:pixel_aspect=1/1",
            first.width(),
            first.height(),
            format as i32
        );
        graph.add(&find("buffer")?, "in", &arguments).map_err(step("set up a filter"))?;
        graph.add(&find("buffersink")?, "out", "").map_err(step("set up a filter"))?;
        graph
            .output("in", 0)
            .and_then(|parser| parser.input("out", 0))
            .and_then(|parser| parser.parse(&chain(source, size, is_plain)))
            .and_then(|()| graph.validate())
            .map_err(step("set up its filters"))?;
        Ok(Self { graph, recolour })
    }

    /// Puts a frame in.
    pub(super) fn push(&mut self, frame: &ffmpeg::frame::Video, path: &Path) -> Result<(), Error> {
        let mut input = self.graph.get("in").ok_or(Error::Missing("filter library of its own"))?;
        input.source().add(frame).map_err(Error::ffmpeg("filter a frame", path))
    }

    /// Says that no frame follows.
    pub(super) fn flush(&mut self, path: &Path) -> Result<(), Error> {
        let mut input = self.graph.get("in").ok_or(Error::Missing("filter library of its own"))?;
        input.source().flush().map_err(Error::ffmpeg("filter the last frame", path))
    }

    /// Takes a frame that is ready.
    pub(super) fn pull(&mut self, path: &Path) -> Result<Option<Yuv>, Error> {
        let mut output = self.graph.get("out").ok_or(Error::Missing("filter library of its own"))?;
        let mut frame = ffmpeg::frame::Video::empty();
        match output.sink().frame(&mut frame) {
            Ok(()) => {
                let frame = yuv_of(&frame, path)?;
                Ok(Some(match self.recolour {
                    Some(recolour) => recolour.of(&frame),
                    None => frame,
                }))
            }
            Err(ffmpeg::Error::Eof) => Ok(None),
            Err(ffmpeg::Error::Other { errno }) if errno == ffmpeg::error::EAGAIN => Ok(None),
            Err(error) => Err(Error::ffmpeg("filter a frame", path)(error)),
        }
    }
}

/// The chain in FFmpeg's filter language; one for `is_plain` frames, 4:2:0 of 8 bits and limited range, leaves their colours. A picture of
/// another shape is fitted into the wanted size with black bars.
fn chain(source: &Source, size: Size, is_plain: bool) -> String {
    let Size { width, height } = size;
    let mut filters: Vec<String> = Vec::new();
    match source.scan {
        Scan::Progressive => {}
        Scan::Flagged => filters.push("bwdif=mode=send_frame:parity=auto:deint=interlaced".to_owned()),
        Scan::All => filters.push("bwdif=mode=send_frame:parity=auto:deint=all".to_owned()),
    }
    match source.rotation {
        90 => filters.push("transpose=clock".to_owned()),
        180 => filters.push("hflip,vflip".to_owned()),
        270 => filters.push("transpose=cclock".to_owned()),
        _ => {}
    }
    let matrix = match source.matrix {
        Matrix::Bt601 => "bt601",
        Matrix::Bt709 => "bt709",
    };
    let range = if source.full_range { "pc" } else { "tv" };
    let colours =
        format!("in_color_matrix={matrix}:in_range={range}:out_color_matrix=bt709:out_range=tv:{FLAGS}");
    let colours = if is_plain { FLAGS.to_owned() } else { colours };
    // The size as shown, less the odd row or column that 4:2:0 cannot hold.
    let (even_width, even_height) = (source.width & !1, source.height & !1);
    if (even_width, even_height) == (width, height) {
        let (w, h) = (source.width, source.height);
        filters.push(format!("scale={w}:{h}:{colours},format=yuv420p,crop={width}:{height}:0:0:exact=1"));
    } else {
        let Size { width: w, height: h } = source.size().fitted(size);
        let (x, y) = (((width - w) / 2) & !1, ((height - h) / 2) & !1);
        filters.push(format!("scale={w}:{h}:{colours},format=yuv420p,pad={width}:{height}:{x}:{y}:black"));
    }
    filters.push("setsar=1".to_owned());
    filters.join(",")
}
