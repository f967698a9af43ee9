//! Shots, cuts and the camera: what all scenes but the barcode share.
//!
//! In: a seed and a length. Out: a list of shots of a few seconds with hard cuts between them, and for each frame the
//! moment that a scene paints: which shot, how far into it, and where the camera looks.

use image::RgbImage;

use super::canvas::{Canvas, Grain};
use super::noise::{fbm1, mix, value1};
use crate::seed::Seed;
use crate::time::FrameRate;

/// Paints a moment of a scene.
pub(super) type Painter = fn(&mut Canvas, &Moment);

/// Shortest and longest shot in milliseconds: cuts come as often as in edited footage.
const SHOT_MILLIS: (u64, u64) = (2_600, 6_000);
/// A last shot shorter than this joins the one before.
const LEAST_LAST_MILLIS: u64 = 1_200;
/// Film grain in levels of 8 bits: visible as texture, cheap to encode.
const GRAIN_LEVELS: f32 = 4.5;

/// What a scene paints.
pub(super) struct Moment {
    /// Where the camera looks.
    pub(super) view: View,
    /// Where the camera looks halfway through the shot: what stands there is seen.
    pub(super) centre: f32,
    /// Seed of the shot's details.
    pub(super) seed: u32,
    /// Which of the scene's kinds of shot this is.
    pub(super) kind: u32,
    /// Seconds since the shot began, from a start of its own.
    pub(super) t: f32,
    /// Share of the shot that is over, 0 to 1.
    pub(super) through: f32,
    /// Mood of the light, 0 to 1, one value a shot.
    pub(super) light: f32,
    /// Share of the film that is over, 0 to 1.
    pub(super) hour: f32,
}

/// The camera: world units are frame heights, x = 0 in the middle, y = 0 at the top of an unmoved frame.
#[derive(Clone, Copy)]
pub(super) struct View {
    w: f32,
    h: f32,
    at: (f32, f32),
    zoom: f32,
}

/// The world as seen at one distance.
#[derive(Clone, Copy)]
pub(super) struct Layer {
    /// Pixels of a world unit.
    pub(super) unit: f32,
    x: f32,
    y: f32,
}

impl View {
    /// What lies at a distance: 0 does not move with the camera, 1 moves with it fully.
    pub(super) fn layer(&self, near: f32) -> Layer {
        let unit = self.h * (1.0 + (self.zoom - 1.0) * mix(0.35, 1.0, near));
        Layer {
            unit,
            x: self.w * 0.5 - self.at.0 * near * unit,
            y: self.h * 0.5 - (0.5 + self.at.1 * near) * unit,
        }
    }
}

impl Layer {
    /// World to pixels.
    pub(super) fn px(&self, x: f32, y: f32) -> (f32, f32) {
        (x * self.unit + self.x, y * self.unit + self.y)
    }

    /// World to pixels, downwards.
    pub(super) fn py(&self, y: f32) -> f32 {
        y * self.unit + self.y
    }

    /// Pixels to world, across.
    pub(super) fn wx(&self, px: f32) -> f32 {
        (px - self.x) / self.unit
    }

    /// Pixels to world, downwards.
    pub(super) fn wy(&self, py: f32) -> f32 {
        (py - self.y) / self.unit
    }

    /// Indices of cells of `cell` world units that a frame of `w` pixels shows, with `spare` more at each side.
    pub(super) fn cells(&self, w: usize, cell: f32, spare: i32) -> std::ops::RangeInclusive<i32> {
        let first = super::noise::floor(self.wx(0.0) / cell) - spare;
        first..=super::noise::floor(self.wx(w as f32) / cell) + spare
    }
}

struct Shot {
    first: u64,
    frames: u64,
    seed: u32,
    kind: u32,
    light: f32,
    /// Camera at the start and at the end: x, y, zoom.
    from: [f32; 3],
    to: [f32; 3],
}

/// A scene as a list of shots.
pub(super) struct Film {
    shots: Vec<Shot>,
    frames: u64,
    fps: FrameRate,
    grain: Grain,
    paint: Painter,
}

impl Film {
    /// Cuts `frames` into shots of `kinds` kinds, no kind twice in a row.
    pub(super) fn new(
        name: &str,
        seed: u64,
        fps: FrameRate,
        frames: u64,
        kinds: u32,
        paint: Painter,
    ) -> Self {
        let seed = Seed::new(seed);
        let label = format!("scene/{name}");
        let mut shots: Vec<Shot> = Vec::new();
        let mut first = 0;
        while first < frames || shots.is_empty() {
            let mut stream = seed.stream(&label, shots.len() as u64);
            let mut part =
                |low: f32, high: f32| low + (high - low) * (stream.below(10_001) as f32 / 10_000.0);
            let length = part(SHOT_MILLIS.0 as f32, SHOT_MILLIS.1 as f32) as u64;
            let mut length = fps.frames_in_millis(length).max(1);
            if first + length + fps.frames_in_millis(LEAST_LAST_MILLIS) > frames {
                length = frames.saturating_sub(first).max(1);
            }
            // Pans go left or right by half a frame height or so; zooms go in or out.
            let (start, pan, tilt) = (part(-3.0, 3.0), part(0.15, 0.75), part(-0.04, 0.04));
            let way = if part(0.0, 1.0) < 0.5 { -1.0 } else { 1.0 };
            let (wide, near) = (part(1.0, 1.08), part(1.1, 1.3));
            let (from_zoom, to_zoom) = if part(0.0, 1.0) < 0.5 { (wide, near) } else { (near, wide) };
            let light = part(0.0, 1.0);
            let details = part(0.0, 1.0);
            let kind = match shots.last() {
                Some(last) if kinds > 1 => {
                    (last.kind + 1 + stream.below(u64::from(kinds) - 1) as u32) % kinds
                }
                _ => stream.below(u64::from(kinds)) as u32,
            };
            shots.push(Shot {
                first,
                frames: length,
                seed: stream.below(1 << 32) as u32 ^ (details * 65_536.0) as u32,
                kind,
                light,
                from: [start, tilt, from_zoom],
                to: [start + way * pan, 0.0, to_zoom],
            });
            first += length;
        }
        Self { shots, frames: frames.max(1), fps, grain: Grain::new(GRAIN_LEVELS, 0x6A17), paint }
    }

    /// Index of the shot that holds a frame.
    fn shot(&self, index: u64) -> &Shot {
        &self.shots[self.shots.partition_point(|shot| shot.first <= index).max(1) - 1]
    }

    /// Frame `index` at a size.
    pub(super) fn frame(&self, index: u64, width: u32, height: u32) -> RgbImage {
        let index = index.min(self.frames - 1);
        let shot = self.shot(index);
        let within = index - shot.first;
        let through = within as f32 / shot.frames as f32;
        // Frame counts are exact in 64 bits; seconds within a shot are few, so 32 bits of float hold them.
        let seconds = self.fps.secs(within) as f32;
        let t = seconds + (shot.seed % 64) as f32;
        // Mostly an even move, as on rails, with the unrest of a held camera.
        let eased = mix(through, through * through * (3.0 - 2.0 * through), 0.6);
        let unrest = |seed: u32, size: f32| (fbm1(t * 0.9, 2, shot.seed ^ seed) - 0.5) * size;
        let view = View {
            w: width as f32,
            h: height as f32,
            at: (
                mix(shot.from[0], shot.to[0], eased) + unrest(1, 0.012),
                mix(shot.from[1], shot.to[1], eased) + unrest(2, 0.010),
            ),
            zoom: mix(shot.from[2], shot.to[2], eased),
        };
        let hour = index as f32 / self.frames as f32;
        let moment = Moment {
            view,
            centre: f32::midpoint(shot.from[0], shot.to[0]),
            seed: shot.seed,
            kind: shot.kind,
            t,
            through,
            light: shot.light,
            hour,
        };
        let mut canvas = Canvas::new(width, height);
        (self.paint)(&mut canvas, &moment);
        // Auto-exposure that never quite rests.
        let exposure = 0.985 + 0.05 * value1(t * 0.5, shot.seed ^ 3);
        canvas.develop(exposure, &self.grain, index as u32)
    }

    /// First frames of all shots.
    #[cfg(test)]
    pub(super) fn cuts(&self) -> Vec<u64> {
        self.shots.iter().map(|shot| shot.first).collect()
    }
}
