//! A desert: dunes with wind ripples, blown sand, mesas, a car that raises dust.
//!
//! In: a moment. Out: its picture.

use super::canvas::{Canvas, Colour, blend, rgb, scale};
use super::film::{Layer, Moment};
use super::noise::{fbm, fbm1, floor, hash, mix, smooth, unit, wave};
use super::props::{Sky, birds, car, hill, sky, sun};

use super::props::LOWEST;

/// Kinds of shot: dunes, mesas with a car, cacti.
pub(super) const KINDS: u32 = 3;

struct Mood {
    sky: Sky,
    sun: Colour,
    sand: Colour,
    shade: Colour,
    rock: Colour,
}

fn mood(m: &Moment) -> Mood {
    let [top, low, cloud, sun, sand, shade, rock] = match m.light {
        l if l < 0.4 => [0x3C_86C8, 0xE6_E2CC, 0xFF_FFFF, 0xFF_F6DA, 0xE2_B36B, 0x9C_6A3C, 0xA6_5A3C],
        l if l < 0.7 => [0x7C_9CBE, 0xF8_DCA6, 0xFF_EFD2, 0xFF_E3A0, 0xE0_9E58, 0x8A_4F38, 0x8F_4A38],
        _ => [0x45_3C72, 0xFA_8F5E, 0xFF_A78A, 0xFF_AE60, 0xC8_6E4C, 0x5A_3350, 0x5E_2F44],
    }
    .map(rgb);
    let cover = 0.05 + 0.3 * unit(4, 4, m.seed);
    Mood { sky: Sky { top, low, cloud, cover, drift: 0.02 }, sun, sand, shade, rock }
}

/// Paints a moment.
pub(super) fn paint(canvas: &mut Canvas, m: &Moment) {
    let mood = mood(m);
    sky(canvas, m, &mood.sky, 0.58);
    let far = m.view.layer(0.05);
    let x = m.centre * 0.05 + mix(-0.5, 0.5, unit(1, 1, m.seed));
    sun(canvas, far.px(x, mix(0.12, 0.42, m.light)), far.unit * 0.04, mood.sun);
    birds(canvas, m, 3, rgb(0x2A_1E1A));
    if m.kind != 0 {
        mesas(canvas, m, &mood);
    }
    let rows: &[(f32, f32, f32)] = match m.kind {
        0 => &[(0.15, 0.56, 0.10), (0.28, 0.66, 0.16), (0.5, 0.80, 0.20), (0.85, 0.98, 0.18)],
        _ => &[(0.2, 0.60, 0.03), (0.45, 0.70, 0.04)],
    };
    for (i, &(near, base, high)) in rows.iter().enumerate() {
        dune(canvas, m, &mood, &Dune { near, base, high, index: i as u32, last: rows.len() as u32 - 1 });
    }
    match m.kind {
        1 => drive(canvas, m, &mood),
        2 => cacti(canvas, m, &mood),
        _ => {}
    }
    blown(canvas, m, &mood);
}

struct Dune {
    near: f32,
    base: f32,
    high: f32,
    index: u32,
    last: u32,
}

fn dune(canvas: &mut Canvas, m: &Moment, mood: &Mood, dune: &Dune) {
    let layer = m.view.layer(dune.near);
    let seed = m.seed ^ (0xD07E + dune.index * 13);
    let air = 0.55 * (1.0 - dune.index as f32 / dune.last as f32);
    let fold = |n: f32| 1.0 - (2.0 * n - 1.0).abs();
    let body = |x: f32| -dune.high * 0.75 * fold(fbm1(x * 0.75, 1, seed));
    let top = |x: f32| dune.base + body(x) - dune.high * 0.25 * fbm1(x * 1.9, 2, seed ^ 1);
    let bottom = if dune.index == dune.last { LOWEST } else { dune.base + 0.2 };
    hill(canvas, &layer, bottom, top, |x, y, under| {
        // A dune's crest runs down its face as a curve: sun on one side of it, shade on the other.
        let bend = 0.55 * under + 0.05 * (fbm(x * 3.0, y * 5.0, 2, seed ^ 3) - 0.5);
        let slope = body(x + 0.03 - bend) - body(x - 0.03 - bend);
        let lit = smooth(-0.016, 0.012, slope * 0.06 / dune.high.max(0.03) * 2.0);
        let ripple =
            wave((y + under * 0.6) * 46.0 / (0.35 + under * 2.0) + fbm(x * 5.0, y * 6.0, 2, seed ^ 4) * 5.0);
        let grain = fbm(x * 60.0, y * 120.0, 2, seed ^ 5) - 0.5;
        let face = blend(mood.shade, mood.sand, mix(0.25, 1.0, lit));
        let near = smooth(0.3, 0.9, dune.near);
        blend(scale(face, 1.0 + 0.05 * ripple * near + 0.12 * grain * (0.3 + near)), mood.sky.low, air)
    });
}

fn mesas(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    for (i, near) in [0.09_f32, 0.14].into_iter().enumerate() {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0x3E5A + i as u32);
        let air = [0.5, 0.25][i];
        let top = |x: f32| {
            let n = fbm1(x * 1.7, 3, seed);
            // Steep walls between flat tops at two heights.
            let table = 0.13 * smooth(0.50, 0.53, n) + 0.08 * smooth(0.62, 0.635, n) + 0.03 * n;
            0.59 - table * (1.1 - 0.3 * i as f32)
        };
        hill(canvas, &layer, 0.7, top, |x, y, under| {
            let strata = fbm(x * 2.0 + y * 5.0, y * 55.0 + x * 1.2, 3, seed ^ 2);
            let crack = fbm(x * 30.0 + y * 14.0, y * 9.0 - x * 2.0, 3, seed ^ 3);
            let light = 0.65 + 0.35 * strata + 0.35 * (crack - 0.5) + 0.1 * smooth(0.02, 0.0, under);
            blend(scale(mood.rock, light), mood.sky.low, air)
        });
    }
}

fn drive(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(0.7);
    let way = if m.seed & 32 == 0 { 1.0 } else { -1.0 };
    let x = m.centre * 0.7 + way * (m.through - 0.5) * 1.5;
    let road = 0.845;
    let (y0, y1) = (layer.py(road - 0.012), layer.py(road + 0.035));
    canvas.tint(y0, y1, |px, py, was| {
        let rut = fbm(layer.wx(px) * 5.0, layer.wy(py) * 150.0, 2, m.seed ^ 0x80AD);
        blend(was, scale(mood.shade, 0.8 + 0.5 * rut), 0.5)
    });
    let size = layer.unit * 0.075;
    // Puffs keep their place where the wheels raised them, grow and fade.
    for puff in (0..26_i32).rev() {
        let age = puff as f32 / 26.0;
        let drift = unit(puff, floor(m.t * 6.0) & 1, m.seed) * 0.01;
        let at = layer.px(
            x - way * (0.07 + age * 0.62),
            road - 0.012 - age * 0.05 - drift + 0.008 * wave(age * 7.0 + m.t),
        );
        let r = layer.unit * (0.012 + 0.05 * age);
        let colour = blend(mood.sand, mood.sky.low, 0.35 + 0.45 * age);
        canvas.glow(at, r, scale(colour, 0.3), 0.6 * (1.0 - age));
        canvas.ellipse(at, (r, r * 0.6), blend(colour, mood.sand, 0.5), 3.0 + 4.0 * age);
    }
    let bounce = 0.002 * wave(m.t * 2.3);
    car(canvas, layer.px(x, road + bounce), size, rgb(0x3F_6A74), way, smooth(0.6, 0.9, m.light));
}

fn cactus(canvas: &mut Canvas, layer: &Layer, at: (f32, f32), size: f32, colour: Colour, own: u32) {
    let (x, y) = layer.px(at.0, at.1);
    let s = size * layer.unit;
    let width = s * 0.13;
    canvas.ellipse((x + s * 0.25, y), (s * 0.5, s * 0.05), scale(colour, 0.3), 1.0);
    let mut limb = |from: (f32, f32), to: (f32, f32), w: f32| {
        let (a, b) = ((x + from.0 * s, y - from.1 * s), (x + to.0 * s, y - to.1 * s));
        canvas.stroke(a, b, w, scale(colour, 0.8), 1.0);
        canvas.ellipse(a, (w * 0.5, w * 0.5), scale(colour, 0.8), 0.0);
        canvas.ellipse(b, (w * 0.5, w * 0.5), scale(colour, 0.8), 0.0);
        canvas.stroke((a.0 - w * 0.18, a.1), (b.0 - w * 0.18, b.1), w * 0.22, scale(colour, 1.15), 0.8);
    };
    limb((0.0, 0.0), (0.0, 0.95), width);
    for (side, bit) in [(-1.0_f32, 1_u32), (1.0, 2)] {
        if own & (bit | 4) != 0 {
            let low = 0.35 + 0.1 * ((own >> (3 * bit)) % 3) as f32;
            limb((0.0, low), (side * 0.24, low + 0.02), width * 0.7);
            limb((side * 0.24, low + 0.02), (side * 0.24, low + 0.3), width * 0.7);
        }
    }
}

fn cacti(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let green = blend(rgb(0x56_7A4A), mood.shade, 0.3 + 0.4 * smooth(0.5, 1.0, m.light));
    for (i, (near, y, size, cell)) in
        [(0.5_f32, 0.70_f32, 0.11_f32, 0.2_f32), (0.7, 0.80, 0.2, 0.5), (1.0, 1.0, 0.5, 1.3)]
            .into_iter()
            .enumerate()
    {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0xCAC + i as u32);
        for k in layer.cells(canvas.w, cell, 1) {
            if unit(k, 1, seed) < 0.3 {
                continue;
            }
            let x = (k as f32 + 0.7 * unit(k, 2, seed)) * cell;
            let at = (x, y + 0.08 * (unit(k, 3, seed) - 0.3) * (0.5 + near));
            cactus(
                canvas,
                &layer,
                at,
                size * mix(0.7, 1.1, unit(k, 4, seed)),
                blend(green, mood.sky.low, 0.3 * (1.0 - near)),
                hash(k, 5, seed),
            );
        }
    }
}

fn blown(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(0.8);
    let (top, bottom) = (layer.py(0.66), canvas.h as f32 + 1.0);
    canvas.tint(top, bottom, |px, py, was| {
        let (x, y) = (layer.wx(px), layer.wy(py));
        let sheet = fbm(x * 1.6 - m.t * 0.55, y * 13.0, 3, m.seed ^ 0xB10);
        blend(was, mood.sky.low, 0.40 * smooth(0.52, 0.85, sheet))
    });
}
