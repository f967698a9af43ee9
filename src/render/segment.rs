//! Segments: the frames of a run as they ought to look, and their encoding.
//!
//! In: runs of a timeline, prepared haystacks, drawings. Out: frames one at a time, or encoded packets. Rendering and
//! verification draw through the same code, so a needle is compared with exactly what was meant.

use std::collections::BTreeMap;

use image::GrayImage;

use crate::media::colour::{Layer, Matrix};
use crate::media::decode::{self, SpanReader};
use crate::media::encode::{Encoder, Run as Packets, Settings};
use crate::media::yuv::Yuv;
use crate::needle::{self, Ground, Library, Look};
use crate::plan::PlannedVideo;
use crate::render::Error;
use crate::render::ready::Ready;
use crate::render::timeline::Run;

/// What frames are made of: one video's haystacks and drawings.
pub struct Studio<'a> {
    ready: &'a BTreeMap<String, Ready>,
    layers: Vec<Layer>,
    grounds: Vec<Option<Ground>>,
    matrix: Matrix,
}

/// A frame as it ought to look, and as it would without its needles.
pub struct Views {
    /// With its needles.
    pub drawn: Yuv,
    /// Without; `None` where it has no needles.
    pub bare: Option<Yuv>,
}

impl<'a> Studio<'a> {
    /// Draws the needles of `video`.
    pub fn new(
        video: &PlannedVideo,
        ready: &'a BTreeMap<String, Ready>,
        library: &Library,
    ) -> Result<Self, Error> {
        let first = video.parts.first().and_then(|part| ready.get(&part.haystack));
        let matrix = first.map_or(Matrix::Bt709, |ready| ready.video.matrix);
        let (mut layers, mut grounds) = (Vec::new(), Vec::new());
        for needle in &video.needles {
            let drawing = library.draw(&needle.look, needle.place, video.width, video.height)?;
            layers.push(Layer::new(&drawing, needle.place.x, needle.place.y, matrix));
            grounds.push(match &needle.look {
                Look::Picture { ground, .. } => Some(*ground),
                Look::Text { .. } | Look::Patch { .. } => None,
            });
        }
        Ok(Self { ready, layers, grounds, matrix })
    }

    /// The haystack of this id.
    pub fn haystack(&self, id: &str) -> &'a Ready {
        &self.ready[id]
    }

    /// The frames of a run; with `bare`, also as they are without its needles.
    pub fn frames(&self, run: &Run, bare: bool) -> Result<RunFrames<'_>, Error> {
        match run {
            Run::Haystack { haystack, span, overlays, .. } => {
                let reader = SpanReader::open(&self.haystack(haystack).video, *span)?;
                let layers: Vec<&Layer> = overlays.iter().map(|&at| &self.layers[at]).collect();
                let bare = bare && !layers.is_empty();
                Ok(RunFrames::Haystack { reader, layers, bare })
            }
            Run::Insert { count, needles: drawn, beside, .. } => {
                let ground = self.ground(drawn, beside)?;
                let mut frame = ground.clone();
                for &at in drawn {
                    self.layers[at].apply(&mut frame);
                }
                Ok(RunFrames::Still { frame, ground: bare.then_some(ground), left: *count })
            }
        }
    }

    /// The ground of an inserted frame: a plain colour, or the haystack frame beside it, blurred.
    fn ground(&self, drawn: &[usize], (haystack, frame): &(String, u64)) -> Result<Yuv, Error> {
        let track = &self.haystack(haystack).video;
        match drawn.iter().find_map(|&at| self.grounds[at]) {
            Some(Ground::Plain) => {
                Ok(Yuv::filled(track.width, track.height, self.matrix.yuv(needle::PLAIN_GROUND)))
            }
            Some(Ground::Blur) | None => Ok(blurred(&decode::frame_at(track, *frame)?)),
        }
    }

    /// Encodes runs into one segment. Each insert starts with a keyframe, and so does what follows it.
    pub fn encode(&self, runs: &[Run], settings: Settings) -> Result<Packets, Error> {
        let mut encoder = Encoder::open(settings)?;
        let mut after_insert = true;
        for run in runs {
            super::go_on()?;
            let insert = matches!(run, Run::Insert { .. });
            let mut key = insert || after_insert;
            let mut frames = self.frames(run, false)?;
            while let Some(frame) = frames.next_frame()? {
                encoder.push(&frame.drawn, key)?;
                key = false;
            }
            after_insert = insert;
        }
        Ok(encoder.finish()?)
    }
}

/// Frames of one run, one at a time.
pub enum RunFrames<'a> {
    /// Decoded, with layers on top.
    Haystack {
        /// Where they come from.
        reader: SpanReader<'a>,
        /// What is drawn onto each.
        layers: Vec<&'a Layer>,
        /// Whether each is also given without.
        bare: bool,
    },
    /// The same frame again.
    Still {
        /// The frame.
        frame: Yuv,
        /// Its ground alone, where it is asked for.
        ground: Option<Yuv>,
        /// How often it is still to come.
        left: u64,
    },
}

impl RunFrames<'_> {
    /// The next frame; `None` after the last.
    pub fn next_frame(&mut self) -> Result<Option<Views>, Error> {
        match self {
            Self::Haystack { reader, layers, bare } => Ok(reader.next_frame()?.map(|mut drawn| {
                let bare = bare.then(|| drawn.clone());
                for layer in layers.iter() {
                    layer.apply(&mut drawn);
                }
                Views { drawn, bare }
            })),
            Self::Still { left: 0, .. } => Ok(None),
            Self::Still { frame, ground, left } => {
                *left -= 1;
                Ok(Some(Views { drawn: frame.clone(), bare: ground.clone() }))
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
