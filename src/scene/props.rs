//! What several scenes share: skies, birds, cars, trees.
//!
//! In: a canvas, a moment, a place. Out: painted pixels. Sizes are in pixels where a parameter says so, else in world
//! units of the layer.

use super::canvas::{Canvas, Colour, blend, rgb, scale};
use super::film::{Layer, Moment};
use super::noise::{fbm, mix, smooth, unit, value1, wave};

/// Lower than any frame: the bottom of the nearest ground.
pub(super) const LOWEST: f32 = 9.0;

/// A sky: colours from zenith to horizon, and clouds.
pub(super) struct Sky {
    /// Colour at the top of the frame.
    pub(super) top: Colour,
    /// Colour at the horizon.
    pub(super) low: Colour,
    /// Colour of lit cloud.
    pub(super) cloud: Colour,
    /// Share of cloud, 0 to 1.
    pub(super) cover: f32,
    /// Speed of the clouds in world units a second.
    pub(super) drift: f32,
}

/// Paints a sky down to `horizon`, in world units of the farthest layer.
pub(super) fn sky(canvas: &mut Canvas, m: &Moment, sky: &Sky, horizon: f32) {
    let far = m.view.layer(0.06);
    let threshold = mix(0.78, 0.32, sky.cover);
    canvas.rows(-1.0, far.py(horizon) + 2.0, |px, py| {
        let (x, y) = (far.wx(px), far.wy(py));
        let v = smooth(-0.15, 1.0, y / horizon);
        let base = blend(sky.top, sky.low, v);
        // Clouds flatten towards the horizon.
        let stretch = 2.2 + 7.0 * v;
        let n = fbm(x * (1.3 + v) + m.t * sky.drift, y * stretch, 4, m.seed ^ 0xC10D);
        let thick = smooth(threshold, threshold + 0.22, n);
        if thick <= 0.0 {
            return base;
        }
        let lit = 1.0 - 0.22 * smooth(threshold + 0.1, threshold + 0.4, n);
        blend(base, blend(scale(sky.cloud, lit), sky.low, 0.35 * v), thick * 0.85)
    });
}

/// The sun: a disc with a halo.
pub(super) fn sun(canvas: &mut Canvas, at: (f32, f32), radius: f32, colour: Colour) {
    canvas.glow(at, radius * 9.0, colour, 0.32);
    canvas.glow(at, radius * 2.6, colour, 0.4);
    canvas.ellipse(at, (radius, radius), scale(blend(colour, [1.0; 3], 0.75), 1.12), 0.0);
}

/// A flock that crosses the frame, wings beating.
pub(super) fn birds(canvas: &mut Canvas, m: &Moment, count: i32, colour: Colour) {
    let layer = m.view.layer(0.25);
    let way = if m.seed & 4 == 0 { 1.0 } else { -1.0 };
    let middle = m.centre * 0.25;
    for i in 0..count {
        let own = |k| unit(i, k, m.seed ^ 0xB12D);
        let x = middle + way * (m.through * 0.9 - 0.55) + (own(0) - 0.5) * 0.5;
        let y = 0.14 + own(1) * 0.16 + 0.01 * wave(m.t * 0.3 + own(2));
        let size = layer.unit * mix(0.011, 0.019, own(3));
        let flap = wave(m.t * mix(2.0, 3.0, own(4)) + own(5));
        let (cx, cy) = layer.px(x, y);
        for side in [-1.0, 1.0] {
            let joint = (cx + side * size * 0.55, cy - size * (0.25 + 0.35 * flap));
            let tip = (cx + side * size * 1.15, cy - size * (0.05 + 0.65 * flap));
            canvas.stroke((cx, cy), joint, size * 0.17, colour, 1.0);
            canvas.stroke(joint, tip, size * 0.11, colour, 1.0);
        }
    }
}

/// A car seen from the side, wheels on `at`, in pixels; `lights` is how far its lamps are on.
pub(super) fn car(canvas: &mut Canvas, at: (f32, f32), size: f32, paint: Colour, way: f32, lights: f32) {
    let (x, y) = at;
    let p = |dx: f32, dy: f32| (x + way * dx * size, y - dy * size);
    let dark = scale(paint, 0.35);
    canvas.ellipse((x, y), (size * 1.15, size * 0.09), [0.02; 3], 0.9);
    let body = [
        p(-1.0, 0.16),
        p(-1.02, 0.42),
        p(-0.9, 0.5),
        p(-0.6, 0.53),
        p(-0.36, 0.8),
        p(0.26, 0.8),
        p(0.56, 0.52),
        p(0.95, 0.45),
        p(1.04, 0.32),
        p(1.02, 0.16),
    ];
    canvas.polygon(&body, paint, 1.0);
    let glass = blend(rgb(0x2B_3A46), rgb(0xF5_DFA0), lights * 0.25);
    canvas.polygon(&[p(-0.5, 0.53), p(-0.31, 0.74), p(-0.06, 0.74), p(-0.06, 0.53)], glass, 1.0);
    canvas.polygon(&[p(0.0, 0.53), p(0.0, 0.74), p(0.22, 0.74), p(0.46, 0.53)], glass, 1.0);
    canvas.stroke(p(-1.0, 0.3), p(1.02, 0.3), size * 0.03, dark, 0.7);
    for wheel in [-0.6, 0.6] {
        canvas.ellipse(p(wheel, 0.16), (size * 0.19, size * 0.19), rgb(0x15_1515), 0.0);
        canvas.ellipse(p(wheel, 0.16), (size * 0.09, size * 0.09), rgb(0x8A_8D90), 0.0);
    }
    if lights > 0.0 {
        let front = p(1.0, 0.36);
        let beam = [front, p(3.2, 0.5), p(3.2, 0.0)];
        canvas.polygon(&beam, rgb(0xFF_F0C0), 0.10 * lights);
        canvas.glow(front, size * 0.7, rgb(0xFF_F0C0), 0.9 * lights);
        canvas.glow(p(-1.0, 0.38), size * 0.4, rgb(0xFF_2A1A), 0.9 * lights);
    }
}

/// A broad-leaved tree, its foot on `foot`, in pixels.
pub(super) fn tree(canvas: &mut Canvas, foot: (f32, f32), size: f32, leaf: Colour, t: f32, seed: u32) {
    let sway = size * 0.02 * wave(t * 0.35 + (seed % 97) as f32 * 0.01);
    let (x, y) = foot;
    let trunk = blend(rgb(0x3A_2A1C), leaf, 0.15);
    let bole = [
        (x - size * 0.06, y),
        (x - size * 0.03 + sway * 0.4, y - size * 0.55),
        (x + size * 0.03 + sway * 0.4, y - size * 0.55),
        (x + size * 0.06, y),
    ];
    canvas.polygon(&bole, trunk, 1.0);
    // Dark crowns first, lit ones over them, up and to the left of the light.
    for pass in 0..3_i32 {
        for blob in 0..7_i32 {
            let own = |k| unit(blob, k, seed) - 0.5;
            let cx = x + sway * (1.0 + own(5)) + size * (own(0) * 0.55 - 0.05 * pass as f32);
            let cy = y - size * (0.68 + own(1) * 0.36 + 0.05 * pass as f32);
            let r = size * (0.2 + own(2) * 0.1) * (1.0 - 0.24 * pass as f32);
            let shade = 0.62 + 0.2 * pass as f32 + own(3) * 0.1;
            canvas.ellipse((cx, cy), (r, r * 0.88), scale(leaf, shade), 0.16);
        }
    }
}

/// A conifer, its foot on `foot`, in pixels.
pub(super) fn pine(canvas: &mut Canvas, foot: (f32, f32), size: f32, colour: Colour, t: f32, seed: u32) {
    let sway = size * 0.012 * wave(t * 0.3 + (seed % 89) as f32 * 0.011);
    let (x, y) = foot;
    let stem = size * 0.03;
    canvas.rect(x - stem, y - size * 0.2, x + stem, y, scale(colour, 0.7));
    for tier in 0..5_i32 {
        let up = tier as f32 / 5.0;
        let ragged = 0.85 + 0.3 * unit(tier, 3, seed);
        let half = size * 0.23 * (1.0 - up * 0.85) * ragged;
        let (base, tip) = (y - size * (0.1 + up * 0.75), y - size * (0.38 + up * 0.66));
        let lean = sway * up;
        let points = [
            (x - half + lean, base),
            (x + lean, base - size * 0.04),
            (x + half + lean, base),
            (x + lean * 1.4, tip),
        ];
        canvas.polygon(&points, scale(colour, 0.85 + 0.1 * up), 1.0);
    }
}

/// Paints a hill: `top` is its outline in world units of `layer`, and it ends at `bottom`, where nearer ground has
/// covered it for certain.
pub(super) fn hill(
    canvas: &mut Canvas,
    layer: &Layer,
    bottom: f32,
    top: impl Fn(f32) -> f32,
    shade: impl Fn(f32, f32, f32) -> Colour,
) {
    canvas.below(
        layer.py(bottom),
        |px| layer.py(top(layer.wx(px))),
        |px, py, under| shade(layer.wx(px), layer.wy(py), under / layer.unit),
    );
}

/// Streaks of rain, or flakes of snow when slow and round, in three sheets; speeds in frame heights a second.
pub(super) fn falling(canvas: &mut Canvas, m: &Moment, count: i32, rain: bool, colour: Colour) {
    let (w, h) = (canvas.w as f32, canvas.h as f32);
    for i in 0..count {
        let own = |k| unit(i, k, m.seed ^ 0xFA11);
        let near = mix(0.4, 1.0, own(3));
        let speed = if rain { 2.4 } else { 0.22 } * near;
        let along = own(1) + m.t * speed;
        let lap = super::noise::floor(along);
        let y = (along - lap as f32) * 1.2 - 0.1;
        let gust = if rain {
            -0.12 * y
        } else {
            0.05 * wave(m.t * 0.2 + own(4)) + 0.1 * (value1(m.t * 0.4, m.seed) - y * 0.5)
        };
        let x = unit(i, lap, m.seed ^ 0x0F11) * 1.2 - 0.05 + gust * near;
        let at = (x * w, y * h);
        if rain {
            let length = h * 0.075 * near;
            canvas.stroke(at, (at.0 - length * 0.1, at.1 + length), h * 0.0032 * near, colour, 0.30 * near);
        } else {
            let r = (h * 0.0075 * near * near).max(0.7);
            canvas.ellipse(at, (r, r), colour, 0.5);
        }
    }
}
