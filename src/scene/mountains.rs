//! Mountains: ridges in haze, snow on the heights, mist, birds, now and then snowfall.
//!
//! In: a moment. Out: its picture.

use super::canvas::{Canvas, Colour, blend, rgb, scale};
use super::film::Moment;
use super::noise::{fbm, fbm1, hash, mix, smooth, unit, value1};
use super::props::{LOWEST, Sky, birds, falling, hill, pine, sky, sun};

/// Kinds of shot: range with a lake, range with forest, snowfall.
pub(super) const KINDS: u32 = 3;

struct Mood {
    top: Colour,
    low: Colour,
    cloud: Colour,
    rock: Colour,
    snow: Colour,
    wood: Colour,
}

fn mood(m: &Moment) -> Mood {
    let [top, low, cloud, rock, snow, wood] = match (m.kind, m.light) {
        (2, _) => [0x8F_9DAE, 0xD3_DAE0, 0xE8_ECF0, 0x5C_6672, 0xEE_F2F6, 0x2E_3F43],
        (_, l) if l < 0.4 => [0x2F_6FB5, 0xC6_DFEE, 0xFF_FFFF, 0x62_6C78, 0xFB_FDFF, 0x2F_4A38],
        (_, l) if l < 0.7 => [0x6C_8CB8, 0xF6_DDBE, 0xFF_EBD6, 0x74_6A6C, 0xFF_F0DE, 0x3A_4A38],
        _ => [0x39_3C70, 0xF2_A28A, 0xFF_BFA8, 0x5A_4A66, 0xFF_CDBE, 0x26_2C40],
    }
    .map(rgb);
    Mood { top, low, cloud, rock, snow, wood }
}

/// Paints a moment.
pub(super) fn paint(canvas: &mut Canvas, m: &Moment) {
    let mood = mood(m);
    let cover = if m.kind == 2 { 0.9 } else { 0.2 + 0.4 * unit(0, 9, m.seed) };
    sky(canvas, m, &Sky { top: mood.top, low: mood.low, cloud: mood.cloud, cover, drift: 0.025 }, 0.62);
    if m.kind != 2 {
        let far = m.view.layer(0.04);
        let x = m.centre * 0.04 + mix(-0.6, 0.6, unit(1, 1, m.seed));
        sun(
            canvas,
            far.px(x, mix(0.1, 0.34, m.light)),
            far.unit * 0.032,
            blend(mood.cloud, rgb(0xFF_E9B0), 0.5),
        );
    }
    range(canvas, m, &mood, &Range { near: 0.10, base: 0.52, tall: 0.50, haze: 0.42 });
    range(canvas, m, &mood, &Range { near: 0.18, base: 0.60, tall: 0.40, haze: 0.24 });
    mist(canvas, m, &mood, 0.60);
    birds(canvas, m, 7, scale(mood.wood, 0.7));
    range(canvas, m, &mood, &Range { near: 0.30, base: 0.72, tall: 0.26, haze: 0.10 });
    mist(canvas, m, &mood, 0.74);
    if m.kind == 0 {
        lake(canvas, m, &mood);
    } else {
        forest(canvas, m, &mood);
    }
    if m.kind == 2 {
        falling(canvas, m, 420, false, [0.97, 0.98, 1.0]);
    }
}

/// Height of a ridge below its base: sharp crests where noise folds.
fn crest(x: f32, seed: u32) -> f32 {
    let fold = |n: f32| 1.0 - (2.0 * n - 1.0).abs();
    0.55 * fold(value1(x, seed))
        + 0.25 * fold(value1(x * 2.3, seed ^ 7))
        + 0.13 * fold(value1(x * 5.9, seed ^ 8))
        + 0.07 * fold(value1(x * 14.0, seed ^ 9))
}

struct Range {
    near: f32,
    base: f32,
    tall: f32,
    haze: f32,
}

fn range(canvas: &mut Canvas, m: &Moment, mood: &Mood, range: &Range) {
    let &Range { near, base, tall, haze } = range;
    let layer = m.view.layer(near);
    let seed = m.seed ^ (near * 1000.0) as u32;
    let pitch = 1.25 / (0.6 + near * 2.2);
    let height = |x: f32| crest(x * pitch, seed) - 0.2;
    // Which way the ridge falls, once a column: light comes from the left.
    let facing: Vec<f32> =
        (0..=canvas.w).map(|px| layer.wx(px as f32)).map(|x| height(x + 0.012) - height(x - 0.012)).collect();
    let line = base - tall * if m.kind == 2 { 0.02 } else { 0.34 };
    let top = |x: f32| base - tall * height(x);
    hill(canvas, &layer, base + 0.2, top, |x, y, under| {
        // Gullies run down from the crests and lean to and fro.
        let gully = fbm(x * 17.0 + under * 7.0, y * 7.0 - x * 4.0, 3, seed ^ 0x6C) - 0.5;
        let column = (layer.px(x, y).0.max(0.0) as usize).min(facing.len() - 1);
        let fall = (facing[column] * 5.0).clamp(-0.4, 0.4) * smooth(0.28, 0.0, under);
        let light = 0.78 + 0.55 * fall + 0.75 * gully;
        let snowy = smooth(0.025, -0.025, y - line + gully * 0.30 - fall * 0.06);
        let body = blend(mood.rock, mood.wood, smooth(0.0, 0.14, y - line) * 0.8);
        let ground = scale(blend(body, mood.snow, snowy), light.clamp(0.4, 1.1));
        let air = haze + 0.4 * smooth(base - 0.12, base + 0.08, y);
        blend(ground, mood.low, air.min(0.9))
    });
}

fn mist(canvas: &mut Canvas, m: &Moment, mood: &Mood, y: f32) {
    let layer = m.view.layer(0.22);
    let (top, bottom) = (layer.py(y - 0.09), layer.py(y + 0.1));
    canvas.tint(top, bottom, |px, py, was| {
        let (x, wy) = (layer.wx(px), layer.wy(py));
        let band = 1.0 - ((wy - y) / 0.09).abs().min(1.0);
        let n = fbm(x * 1.8 + m.t * 0.05, wy * 9.0, 3, m.seed ^ 0x315);
        blend(was, blend(mood.low, [1.0; 3], 0.25), band * smooth(0.35, 0.75, n) * 0.75)
    });
}

fn forest(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    for (i, (near, base, size)) in
        [(0.42_f32, 0.80_f32, 0.11_f32), (0.62, 0.90, 0.19), (0.9, 1.04, 0.34)].into_iter().enumerate()
    {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0xF0 + i as u32);
        let top = |x: f32| base - 0.09 * fbm1(x * 1.7, 3, seed);
        let air = [0.32, 0.14, 0.0][i];
        let snow = if m.kind == 2 { 0.55 } else { 0.0 };
        let colour = blend(blend(mood.wood, mood.snow, snow * 0.35), mood.low, air);
        let floor = blend(scale(mood.wood, 0.9), mood.snow, snow);
        let cell = size * 0.24;
        for k in layer.cells(canvas.w, cell, 2) {
            let x = (k as f32 + 0.8 * unit(k, 1, seed)) * cell;
            let foot = layer.px(x, top(x) + 0.02);
            let tall = layer.unit * size * mix(0.6, 1.15, unit(k, 2, seed));
            pine(canvas, foot, tall, scale(colour, mix(0.8, 1.15, unit(k, 3, seed))), m.t, hash(k, 4, seed));
        }
        hill(
            canvas,
            &layer,
            if i == 2 { LOWEST } else { base + 0.15 },
            |x| top(x) + 0.012,
            |x, y, _| scale(blend(floor, mood.low, air), 0.7 + 0.5 * fbm(x * 9.0, y * 22.0, 3, seed)),
        );
    }
}

fn lake(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(0.5);
    let (top, h) = (layer.py(0.76), canvas.h as f32);
    let dark = blend(mood.wood, mood.top, 0.45);
    canvas.rows(top, h + 1.0, |px, py| {
        let down = (py - top) / h;
        let x = layer.wx(px);
        let away = 0.08 / (down + 0.02);
        let ripple = fbm(x * (2.0 + away * 5.0) + m.t * 0.2, away * 16.0 + m.t * 0.4, 3, m.seed ^ 0x1A);
        // The range stands on its head in the water.
        let mirror = m.view.layer(0.2);
        let image = 0.45 * (crest(mirror.wx(px) * 0.9 + (ripple - 0.5) * 0.05, m.seed ^ 0xA1) - 0.1);
        let peak = smooth(image + 0.02, image - 0.02, down * 0.8 + (ripple - 0.5) * 0.03);
        let surface = blend(mood.low, blend(mood.rock, dark, 0.6), peak * 0.75);
        blend(scale(surface, 0.88), mood.cloud, smooth(0.55, 0.85, ripple) * 0.35)
    });
    let shore = m.view.layer(0.85);
    let edge = |x: f32| 0.99 - 0.08 * smooth(0.45, 0.8, fbm1(x * 1.1, 3, m.seed ^ 0x50));
    for k in shore.cells(canvas.w, 0.16, 2) {
        let x = (k as f32 + 0.8 * unit(k, 1, m.seed)) * 0.16;
        if edge(x) > 0.965 {
            continue;
        }
        let foot = shore.px(x, edge(x) + 0.02);
        pine(
            canvas,
            foot,
            shore.unit * mix(0.2, 0.42, unit(k, 2, m.seed)),
            mood.wood,
            m.t,
            hash(k, 4, m.seed),
        );
    }
    hill(canvas, &shore, LOWEST, edge, |x, y, _| {
        scale(blend(mood.wood, mood.rock, 0.3), 0.5 + 0.7 * fbm(x * 14.0, y * 24.0, 3, m.seed))
    });
}
