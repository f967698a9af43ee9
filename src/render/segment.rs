//! Segments: the frames of a run as they ought to look, and their encoding.
//!
//! In: runs of a timeline, prepared haystacks, drawings. Out: frames one at a time, or encoded packets. Rendering and
//! verification draw through the same code, so a needle is compared with exactly what was meant.

use std::collections::BTreeMap;

use image::GrayImage;

use crate::media::colour::{Layer, Matrix};
use crate::media::decode::{self, SpanReader};
use crate::media::encode::{Encoded, Encoder, Run as Packets, Settings};
use crate::media::playing::{How, Playing};
use crate::media::yuv::Yuv;
use crate::needle::{self, Ground, Library, Moving, Tile};
use crate::plan::{PlannedNeedle, PlannedVideo};
use crate::render::Error;
use crate::render::ready::Ready;
use crate::render::timeline::Run;

/// What frames are made of: one video's haystacks and drawings.
pub struct FrameMaker<'a> {
    ready: &'a BTreeMap<String, Ready>,
    needles: &'a [PlannedNeedle],
    drawings: Vec<Drawing>,
    grounds: Vec<Option<Ground>>,
    matrix: Matrix,
    /// Width and height of the video, in pixels.
    size: (u32, u32),
}

/// How a needle is drawn.
enum Drawing {
    /// All of its frames alike.
    Still(Layer),
    /// Each of its frames from pictures that move.
    Moving(Moving),
    /// Each of its frames from one of a short video.
    Playing(Box<Playing>),
    /// Not at all: it is heard or read.
    Nothing,
}

/// A frame as it ought to look, and as it would without its needles.
pub struct Views {
    /// With its needles.
    pub drawn: Yuv,
    /// Without; `None` where it has no needles.
    pub bare: Option<Yuv>,
}

impl<'a> FrameMaker<'a> {
    /// Draws the needles of `video`.
    pub fn new(
        video: &'a PlannedVideo,
        ready: &'a BTreeMap<String, Ready>,
        library: &Library,
    ) -> Result<Self, Error> {
        let first = video.parts.first().and_then(|part| ready.get(&part.haystack));
        let matrix = first.map_or(Matrix::Bt709, |ready| ready.video.matrix);
        let (mut drawings, mut grounds) = (Vec::new(), Vec::new());
        for needle in &video.needles {
            let drawing = if needle.mode.is_beside() {
                Drawing::Nothing
            } else if let Some(playing) = Playing::open(library, &needle.look, how(video, needle))? {
                Drawing::Playing(Box::new(playing))
            } else if let Some(moving) = library.moving(&needle.look, &needle.effects, video.height)? {
                Drawing::Moving(moving)
            } else {
                let drawing = library.draw(&needle.look, needle.place, video.width, video.height)?;
                let drawing = needle.effects.apply(drawing, video.height);
                Drawing::Still(Layer::new(&drawing, needle.place.x, needle.place.y, matrix))
            };
            drawings.push(drawing);
            grounds.push(needle.look.ground());
        }
        let size = (video.width, video.height);
        Ok(Self { ready, needles: &video.needles, drawings, grounds, matrix, size })
    }

    /// The haystack of this id.
    pub fn haystack(&self, id: &str) -> &'a Ready {
        &self.ready[id]
    }

    /// The frames of a run; with `bare`, also as they are without its needles.
    pub fn frames(&self, run: &Run, bare: bool) -> Result<RunFrames<'_>, Error> {
        match run {
            Run::Haystack { at, haystack, span, overlays } => {
                let reader = SpanReader::open(&self.haystack(haystack).video, *span)?;
                let bare = bare && !overlays.is_empty();
                Ok(RunFrames::Haystack { reader, drawn: self.drawn(overlays), at: *at, bare })
            }
            Run::Insert { at, count, needles, beside: (haystack, frame) } => {
                let beside = decode::frame_at(&self.haystack(haystack).video, *frame)?;
                Ok(self.inserted((*at, *count), needles, &beside, bare))
            }
        }
    }

    /// The frames of an insert, given the haystack frame beside it.
    pub(super) fn inserted(
        &self,
        (at, count): (u64, u64),
        needles: &[usize],
        beside: &Yuv,
        bare: bool,
    ) -> RunFrames<'_> {
        let ground = self.ground(needles, beside);
        let drawn = self.drawn(needles);
        let is_still = drawn.iter().all(Drawn::is_still);
        let frame = is_still.then(|| {
            let mut frame = ground.clone();
            onto(&mut frame, &drawn, at);
            frame
        });
        RunFrames::Still { ground, drawn, frame, at, end: at + count, bare }
    }

    /// A haystack frame that is frame `at` of the finished video with its needles; with `bare`, also without them.
    pub(super) fn overlaid(&self, frame: &Yuv, overlays: &[usize], at: u64, bare: bool) -> Views {
        let mut drawn = frame.clone();
        onto(&mut drawn, &self.drawn(overlays), at);
        Views { drawn, bare: bare.then(|| frame.clone()) }
    }

    fn drawn(&self, needles: &[usize]) -> Vec<Drawn<'_>> {
        needles
            .iter()
            .map(|&at| Drawn { drawing: &self.drawings[at], needle: &self.needles[at], matrix: self.matrix })
            .collect()
    }

    /// The ground of an inserted frame: a plain colour, or the haystack frame beside it, blurred.
    fn ground(&self, drawn: &[usize], beside: &Yuv) -> Yuv {
        match drawn.iter().find_map(|&at| self.grounds[at]) {
            Some(Ground::Plain) => {
                Yuv::filled(beside.width, beside.height, self.matrix.yuv(needle::PLAIN_GROUND))
            }
            Some(Ground::Blur) | None => blurred(beside),
        }
    }

    /// Fails if who had the haystacks made ready has asked to stop.
    pub(super) fn go_on(&self) -> Result<(), Error> {
        self.ready.values().next().map_or(Ok(()), |ready| Ok(ready.job.go_on()?))
    }

    /// A black frame, of the size of the video.
    pub(super) fn black(&self) -> Yuv {
        let (width, height) = self.size;
        Yuv::filled(width, height, self.matrix.yuv([0; 3]))
    }

    /// Encodes black frames: one GOP of them, again and again.
    pub(super) fn encode_black(&self, count: u64, settings: Settings) -> Result<Packets, Error> {
        let black = self.black();
        let encode = |count: u64| -> Result<Packets, Error> {
            let mut encoder = Encoder::open(settings)?;
            for at in 0..count {
                self.go_on()?;
                encoder.push(&black, at == 0)?;
            }
            Ok(encoder.finish()?)
        };
        let gop = settings.gop.clamp(1, count);
        let mut packets = encode(gop)?;
        let first = packets.packets.clone();
        let rest = if count.is_multiple_of(gop) { Vec::new() } else { encode(count % gop)?.packets };
        let again = (1..count / gop).map(|_| &first).chain([&rest]);
        for (run, start) in again.zip((gop..).step_by(gop as usize)) {
            packets
                .packets
                .extend(run.iter().cloned().map(|packet| Encoded { frame: packet.frame + start, ..packet }));
        }
        Ok(packets)
    }

    /// Encodes runs into one segment. Each insert starts with a keyframe, and so does what follows it.
    pub fn encode(&self, runs: &[Run], settings: Settings) -> Result<Packets, Error> {
        let mut encoder = Encoder::open(settings)?;
        let mut after_insert = true;
        for run in runs {
            let insert = matches!(run, Run::Insert { .. });
            let mut key = insert || after_insert;
            let mut frames = self.frames(run, false)?;
            while let Some(frame) = frames.next_frame()? {
                self.go_on()?;
                encoder.push(&frame.drawn, key)?;
                key = false;
            }
            after_insert = insert;
        }
        Ok(encoder.finish()?)
    }
}

/// How the clip of a needle is played.
pub(super) fn how(video: &PlannedVideo, needle: &PlannedNeedle) -> How {
    let (_, count) = needle.drawn_frame(needle.span.start());
    let size = (needle.place.w, needle.place.h);
    How { size, count, fps: video.fps, effects: needle.effects, frame_h: video.height }
}

/// A needle and its drawing.
pub struct Drawn<'a> {
    drawing: &'a Drawing,
    needle: &'a PlannedNeedle,
    matrix: Matrix,
}

impl Drawn<'_> {
    /// Whether all frames of the needle show the same.
    fn is_still(&self) -> bool {
        matches!(self.drawing, Drawing::Still(_)) && self.needle.effects.is_still()
    }

    /// Draws the needle as it is on frame `at` of the finished video.
    fn onto(&self, frame: &mut Yuv, at: u64) {
        let PlannedNeedle { span, effects, .. } = self.needle;
        let level = effects.level(at - span.start(), span.count());
        match self.drawing {
            Drawing::Still(layer) => layer.apply(frame, level, effects.tint_permille),
            Drawing::Nothing => {}
            Drawing::Playing(playing) => {
                let (shown, count) = self.needle.drawn_frame(at);
                let place = self.needle.place;
                let drawing = playing.drawing(shown, count);
                Layer::new(&drawing, place.x, place.y, self.matrix).apply(
                    frame,
                    level,
                    effects.tint_permille,
                );
            }
            Drawing::Moving(moving) => {
                let (shown, count) = self.needle.drawn_frame(at);
                for Tile { drawing, place } in moving.tiles(shown, count) {
                    Layer::new(&drawing, place.x, place.y, self.matrix).apply(
                        frame,
                        level,
                        effects.tint_permille,
                    );
                }
            }
        }
    }
}

/// Draws needles as they are on frame `at` of the finished video.
fn onto(frame: &mut Yuv, drawn: &[Drawn<'_>], at: u64) {
    for needle in drawn {
        needle.onto(frame, at);
    }
}

/// Frames of one run, one at a time.
pub enum RunFrames<'a> {
    /// Decoded, with needles on top.
    Haystack {
        /// Where they come from.
        reader: SpanReader<'a>,
        /// What is drawn onto each.
        drawn: Vec<Drawn<'a>>,
        /// The next frame of the finished video.
        at: u64,
        /// Whether each is also given without.
        bare: bool,
    },
    /// The same ground again.
    Still {
        /// The ground.
        ground: Yuv,
        /// What is drawn onto it.
        drawn: Vec<Drawn<'a>>,
        /// All frames, where they are alike.
        frame: Option<Yuv>,
        /// The next frame of the finished video.
        at: u64,
        /// The frame after the last.
        end: u64,
        /// Whether the ground alone is also given.
        bare: bool,
    },
}

impl RunFrames<'_> {
    /// The next frame; `None` after the last.
    pub fn next_frame(&mut self) -> Result<Option<Views>, Error> {
        match self {
            Self::Haystack { reader, drawn, at, bare } => Ok(reader.next_frame()?.map(|mut frame| {
                let bare = bare.then(|| frame.clone());
                onto(&mut frame, drawn, *at);
                *at += 1;
                Views { drawn: frame, bare }
            })),
            Self::Still { at, end, .. } if at == end => Ok(None),
            Self::Still { ground, drawn, frame, at, bare, .. } => {
                let frame = frame.clone().unwrap_or_else(|| {
                    let mut frame = ground.clone();
                    onto(&mut frame, drawn, *at);
                    frame
                });
                *at += 1;
                Ok(Some(Views { drawn: frame, bare: bare.then(|| ground.clone()) }))
            }
        }
    }
}

/// A frame so blurred that nothing on it can be told: three box filters of a twentieth of its height.
fn blurred(frame: &Yuv) -> Yuv {
    let blur = |plane: &[u8], width: u32, height: u32, radius: u32| {
        let image =
            GrayImage::from_raw(width, height, plane.to_vec()).expect("a plane has the size of its frame");
        (0..3).fold(image, |image, _| imageproc::filter::box_filter(&image, radius, radius)).into_raw()
    };
    let radius = (frame.height / 20).max(2);
    let (w, h) = (frame.width / 2, frame.height / 2);
    Yuv {
        width: frame.width,
        height: frame.height,
        y: blur(&frame.y, frame.width, frame.height, radius),
        u: blur(&frame.u, w, h, radius / 2),
        v: blur(&frame.v, w, h, radius / 2),
    }
}
