//! A meadow: rolling hills under cloud shadows, trees, a windmill, grass that sways.
//!
//! In: a moment. Out: its picture.

use super::canvas::{Canvas, Colour, blend, rgb, scale};
use super::film::Moment;
use super::noise::{fbm, fbm1, hash, mix, smooth, turned, unit, value1, wave};
use super::props::{LOWEST, Sky, birds, hill, sky, sun, tree};

/// Kinds of shot: wide, windmill, low in the grass.
pub(super) const KINDS: u32 = 3;

struct Mood {
    sky: Sky,
    sun: Colour,
    grass: [Colour; 3],
}

fn mood(m: &Moment) -> Mood {
    let (top, low, cloud, sun, grass) = match m.light {
        l if l < 0.45 => (0x3F_86CF, 0xCD_E6EF, 0xFF_FFFF, 0xFF_F4D0, [0x8F_B36A, 0x6F_9E46, 0x4E_8430]),
        l if l < 0.75 => (0x6B_9CCB, 0xF4_E6C4, 0xFF_F4E0, 0xFF_E29A, [0xB5_AE6A, 0x98_9A48, 0x6B_7E30]),
        _ => (0x52_5C93, 0xF9_B27C, 0xFF_C9A0, 0xFF_B866, [0x9A_7F66, 0x74_7044, 0x44_5430]),
    };
    let cover = 0.3 + 0.35 * unit(2, 2, m.seed);
    let sky = Sky { top: rgb(top), low: rgb(low), cloud: rgb(cloud), cover, drift: 0.05 };
    Mood { sky, sun: rgb(sun), grass: grass.map(rgb) }
}

/// Paints a moment.
pub(super) fn paint(canvas: &mut Canvas, m: &Moment) {
    let mood = mood(m);
    sky(canvas, m, &mood.sky, 0.62);
    let far = m.view.layer(0.05);
    let x = m.centre * 0.05 + mix(-0.55, 0.55, unit(1, 1, m.seed));
    sun(canvas, far.px(x, mix(0.11, 0.36, m.light)), far.unit * 0.036, mood.sun);
    birds(canvas, m, 5, scale(mood.grass[2], 0.4));
    for (i, (near, base, roll)) in
        [(0.14_f32, 0.58_f32, 0.12_f32), (0.28, 0.68, 0.14), (0.5, 0.80, 0.13)].into_iter().enumerate()
    {
        rise(canvas, m, &mood, &Rise { near, base, roll, index: i });
    }
    sward(canvas, m, &mood);
}

struct Rise {
    near: f32,
    base: f32,
    roll: f32,
    index: usize,
}

fn rise(canvas: &mut Canvas, m: &Moment, mood: &Mood, rise: &Rise) {
    let layer = m.view.layer(rise.near);
    let seed = m.seed ^ (0x3EAD + rise.index as u32 * 31);
    let top = |x: f32| rise.base - rise.roll * fbm1(x * 0.9, 2, seed);
    let air = [0.45, 0.2, 0.05][rise.index];
    let colour = blend(mood.grass[rise.index], mood.sky.low, air);
    let wood = blend(scale(mood.grass[2], 0.85), mood.sky.low, air * 0.8);
    let size = [0.055, 0.11, 0.24][rise.index];
    let cell = size * [0.7, 1.1, 1.9][rise.index];
    if rise.index == 1 && m.kind == 1 {
        mill(canvas, m, mood, &layer, top(m.centre * rise.near) + 0.01);
    }
    for k in layer.cells(canvas.w, cell, 1) {
        let x = (k as f32 + 0.7 * unit(k, 1, seed)) * cell;
        // Trees stand in groves, and none stands before the mill.
        let grove = value1(x * 2.2 / (1.0 + rise.near), seed ^ 5) < 0.45;
        if grove
            || (m.kind == 1 && (x - m.centre * rise.near).abs() < 0.25)
            || (m.kind == 2 && rise.index == 2)
        {
            continue;
        }
        let foot = layer.px(x, top(x) + 0.008);
        let leaf = scale(wood, mix(0.85, 1.2, unit(k, 3, seed)));
        tree(canvas, foot, layer.unit * size * mix(0.7, 1.2, unit(k, 2, seed)), leaf, m.t, hash(k, 4, seed));
    }
    let bottom = if rise.index == 2 { LOWEST } else { rise.base + 0.22 };
    hill(canvas, &layer, bottom, top, |x, y, under| {
        let field = fbm(x * 3.0, (y + under) * 7.0, 3, seed ^ 0xF1);
        let tuft = fbm(x * 40.0, y * 90.0, 2, seed ^ 0xF2);
        // The wind drives the clouds' shadows over the land.
        let shadow =
            smooth(0.45, 0.65, fbm(x * 0.9 / (0.4 + rise.near) - m.t * 0.16, y * 2.0, 2, m.seed ^ 0x5AD));
        let lit = (0.78 + 0.36 * field + 0.16 * (tuft - 0.5)) * mix(1.06, 0.74, shadow);
        let ripe = blend(colour, mood.sun, 0.32 * smooth(0.55, 0.75, field));
        scale(ripe, lit * (1.08 - 0.5 * under.min(0.3)))
    });
}

fn mill(canvas: &mut Canvas, m: &Moment, mood: &Mood, layer: &super::film::Layer, foot: f32) {
    let (x, y) = layer.px(m.centre * 0.28 + 0.05, foot);
    let s = layer.unit * 0.30;
    let dusk = smooth(0.6, 1.0, m.light);
    let wall = blend(rgb(0xEC_E4D4), mood.sky.low, 0.15 + 0.2 * dusk);
    let p = |dx: f32, dy: f32| (x + dx * s, y - dy * s);
    canvas.polygon(
        &[p(-0.2, 0.0), p(-0.12, 0.62), p(0.12, 0.62), p(0.2, 0.0)],
        scale(wall, 1.0 - 0.3 * dusk),
        1.0,
    );
    canvas.polygon(
        &[p(0.04, 0.0), p(0.02, 0.62), p(0.12, 0.62), p(0.2, 0.0)],
        scale(wall, 0.8 - 0.3 * dusk),
        1.0,
    );
    canvas.polygon(&[p(-0.15, 0.6), p(-0.05, 0.78), p(0.05, 0.78), p(0.15, 0.6)], rgb(0x6E_4334), 1.0);
    canvas.polygon(&[p(-0.045, 0.0), p(-0.045, 0.15), p(0.045, 0.15), p(0.045, 0.0)], rgb(0x4A_362A), 1.0);
    canvas.rect(p(-0.03, 0.42).0, p(0.0, 0.42).1, p(0.03, 0.0).0, p(0.0, 0.34).1, rgb(0x45_4A52));
    let hub = p(0.0, 0.62);
    for arm in 0..4_u8 {
        let (c, d) = turned(m.t * 0.11 + f32::from(arm) * 0.25);
        let at = |along: f32, aside: f32| {
            (hub.0 + s * (c * along - d * aside), hub.1 + s * (d * along + c * aside))
        };
        let cloth = blend(rgb(0xF8_F2E4), mood.sky.low, 0.2);
        canvas.polygon(
            &[at(0.1, 0.0), at(0.56, 0.0), at(0.56, 0.11), at(0.1, 0.09)],
            scale(cloth, 0.95 - 0.3 * dusk),
            0.9,
        );
        canvas.stroke(hub, at(0.58, 0.0), s * 0.022, rgb(0x4A_362A), 1.0);
    }
}

fn sward(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let tall = if m.kind == 2 { 0.30 } else { 0.10 };
    for (i, near) in [0.75_f32, 0.9, 1.05].into_iter().enumerate() {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0x6A55 + i as u32);
        let base = 1.0 + 0.03 * i as f32;
        let colour = blend(mood.grass[2], mood.grass[1], 0.5 - 0.3 * i as f32);
        hill(
            canvas,
            &layer,
            LOWEST,
            |x| base - tall * 0.45 + 0.02 * fbm1(x * 3.0, 2, seed),
            |x, y, under| scale(colour, 0.62 + 0.4 * fbm(x * 30.0, y * 14.0, 2, seed) - under),
        );
        let cell = 0.011 + 0.004 * i as f32;
        for k in layer.cells(canvas.w, cell, 6) {
            let own = |n| unit(k, n, seed);
            let x = (k as f32 + own(0)) * cell;
            let high = tall * mix(0.45, 1.1, own(1));
            // Gusts run across the field; each blade adds a tremble of its own.
            let gust = wave(x * 0.35 - m.t * 0.32) * 0.5 + 0.5;
            let lean = high * (0.10 + 0.38 * gust + 0.06 * wave(m.t * 1.1 + own(2)));
            let (fx, fy) = layer.px(x, base);
            let (tx, ty) = layer.px(x + lean, base - high);
            let (mx, my) = layer.px(x + lean * 0.35, base - high * 0.55);
            let half = layer.unit * mix(0.0022, 0.0045, own(3));
            let blade = scale(blend(colour, mood.sun, 0.18 * gust), mix(0.7, 1.25, own(4)));
            let points =
                [(fx - half, fy), (mx - half * 0.8, my), (tx, ty), (mx + half * 0.8, my), (fx + half, fy)];
            canvas.polygon(&points, blade, 1.0);
            if own(5) > 0.93 {
                let petal = [rgb(0xF6_E27A), rgb(0xF4_F1EC), rgb(0xC7_7FC0), rgb(0xE2_5B4A)]
                    [(own(6) * 3.99) as usize];
                let r = layer.unit * mix(0.006, 0.010, own(7));
                canvas.ellipse((tx, ty), (r, r * 0.8), scale(petal, 0.95), 0.3);
            }
        }
    }
}
