//! A glance at a source: small pictures of keyframes that are spread evenly over it.
//!
//! In: a probed source. Out: RGB pictures as its canonical form would show them, with their times. Only keyframes are decoded,
//! each by itself; packets are read to the end, so that it works where a container cannot seek.

use ffmpeg_next as ffmpeg;
use image::RgbImage;

use crate::media::Error;
use crate::media::colour::Matrix;
use crate::media::ff;
use crate::media::filter::Normaliser;
use crate::media::open;
use crate::media::rgb::rgb_of;
use crate::media::size::Size;
use crate::media::source::Source;
use crate::media::timestamps::{Finder, Stamp};

/// Milliseconds from one picture to the next, at least.
pub const EVERY_MILLIS: u64 = 2000;
/// The most pictures of a source.
pub const MOST: u64 = 200;

/// How many pictures a source of this length gives, at most.
pub fn count(millis: u64) -> u64 {
    millis.div_ceil(EVERY_MILLIS).clamp(1, MOST)
}

/// Width and height with a longer side of `longest`, even.
pub fn size((width, height): (u32, u32), longest: u32) -> (u32, u32) {
    let side = |side: u32| ((side * longest / width.max(height)) & !1).max(2);
    (side(width), side(height))
}

/// Milliseconds of a number of units of time.
fn millis(units: i64, (num, den): (i64, i64)) -> u64 {
    (i128::from(units.max(0)) * i128::from(num) * 1000 / i128::from(den.max(1))) as u64
}

/// Shows pictures whose longer side has `longest` pixels, with their times in milliseconds: the first keyframe at or after
/// each of evenly spaced times.
pub fn at(source: &Source, longest: u32, mut see: impl FnMut(u64, &RgbImage)) -> Result<(), Error> {
    ff::init();
    let path = &source.path;
    let clock = &source.clock;
    let mut input = open::input(path)?;
    let stream = input.stream(source.stream).ok_or_else(|| Error::source_file(path, "has changed"))?;
    let mut decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())
        .and_then(|context| context.decoder().video())
        .map_err(Error::ffmpeg("open its decoder", path))?;
    let (first, last) = (clock.times[0], clock.times[clock.times.len() - 1]);
    let all = millis(last - first + clock.last_duration, clock.time_base);
    let wanted = count(all);
    let (mut taken, mut seen, mut packets) = (0, 0, 0_usize);
    let mut packet = ffmpeg::Packet::empty();
    let mut goes_on = Finder::new(clock.rule, clock.time_base);
    while taken < wanted && packet.read(&mut input).is_ok() {
        if packet.stream() != source.stream {
            continue;
        }
        if !clock.jumps.is_empty() {
            goes_on.next(Stamp::of(&packet)).put(&mut packet);
        }
        // Where packets have no times, they are counted.
        let counted = clock.times[packets.min(clock.times.len() - 1)];
        packets += 1;
        let time = if clock.timed { packet.pts().unwrap_or(counted) } else { counted };
        let time = millis(time - first, clock.time_base);
        if !packet.is_key() || time < taken * all / wanted {
            continue;
        }
        taken = (time * wanted / all.max(1) + 1).max(taken + 1);
        let mut frame = ffmpeg::frame::Video::empty();
        // A damaged keyframe is not seen; preparing says what is wrong with it.
        let sent = decoder.send_packet(&packet).and_then(|()| decoder.send_eof());
        let decoded = sent.and_then(|()| decoder.receive_frame(&mut frame));
        decoder.flush();
        if decoded.is_ok() {
            see(time, &picture(source, &mut frame, longest)?);
            seen += 1;
        }
    }
    ff::check_reads(&input).map_err(Error::ffmpeg("read it", path))?;
    if seen > 0 { Ok(()) } else { Err(Error::source_file(path, "holds no keyframe that can be decoded")) }
}

fn picture(source: &Source, frame: &mut ffmpeg::frame::Video, longest: u32) -> Result<RgbImage, Error> {
    let path = &source.path;
    frame.set_pts(Some(0));
    let (width, height) = size((source.width, source.height), longest);
    let mut filter = Normaliser::new(source, frame, Size { width, height })?;
    filter.push(frame, path)?;
    filter.flush(path)?;
    let small =
        filter.pull(path)?.ok_or_else(|| Error::source_file(path, "gives no picture of a keyframe"))?;
    Ok(rgb_of(&small, Matrix::Bt709))
}
