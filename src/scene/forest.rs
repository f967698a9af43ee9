//! A forest: trunks in deep parallax, shafts of light, ferns, falling leaves.
//!
//! In: a moment. Out: its picture.

use super::canvas::{Canvas, Colour, blend, rgb, scale};
use super::film::{Layer, Moment};
use super::noise::{fbm, fbm1, floor, hash, mix, smooth, turned, unit, value, value1, wave};
use super::props::{LOWEST, hill};

/// Kinds of shot: summer, autumn, a path in mist.
pub(super) const KINDS: u32 = 3;

struct Mood {
    /// Light between the farthest trunks.
    glow: Colour,
    /// Canopy overhead.
    leaf: Colour,
    ground: Colour,
    bark: Colour,
    shaft: Colour,
}

fn mood(m: &Moment) -> Mood {
    let [glow, leaf, ground, bark, shaft] = match (m.kind, m.light < 0.5) {
        (0, true) => [0xD6_E8A6, 0x4C_7E32, 0x4A_6A2C, 0x3E_3226, 0xFF_F8C8],
        (0, false) => [0xF2_E2A0, 0x6A_8A34, 0x5C_6A2C, 0x44_3424, 0xFF_EEB0],
        (1, true) => [0xFB_DC94, 0xC4_7A24, 0x8A_5A2A, 0x3C_2C24, 0xFF_E9B0],
        (1, false) => [0xF6_C08A, 0xB2_4E26, 0x7C_4428, 0x36_2628, 0xFF_D8A0],
        (_, true) => [0xD4_DEDC, 0x5A_7A68, 0x50_665A, 0x34_3C3C, 0xF2_F8F6],
        (_, false) => [0xC4_CCDA, 0x5C_6C80, 0x52_5E68, 0x30_3440, 0xE6_EEFF],
    }
    .map(rgb);
    Mood { glow, leaf, ground, bark, shaft }
}

/// Paints a moment.
pub(super) fn paint(canvas: &mut Canvas, m: &Moment) {
    let mood = mood(m);
    let far = m.view.layer(0.05);
    let sun_x = m.centre * 0.05 + mix(-0.4, 0.4, unit(1, 1, m.seed));
    let air = if m.kind == 2 { 0.16 } else { 0.0 };
    canvas.rows(-1.0, far.py(0.8), |px, py| {
        let (x, y) = (far.wx(px), far.wy(py));
        let leaves = fbm(x * 7.0, y * 7.0 + m.t * 0.03, 3, m.seed ^ 0x1EAF);
        let bright = 1.0 - smooth(0.0, 0.9, (x - sun_x).abs() * 0.8 + (y - 0.35).abs());
        let crown = smooth(0.55, 0.0, y) * 0.55 + smooth(0.42, 0.7, leaves) * 0.4;
        blend(
            scale(mood.glow, 0.85 + 0.25 * bright),
            mood.leaf,
            (crown * (1.0 - 0.6 * bright)).clamp(0.0, 1.0),
        )
    });
    let rows = [
        (0.10_f32, 0.60_f32, 0.018_f32, 0.07_f32),
        (0.18, 0.64, 0.026, 0.11),
        (0.30, 0.69, 0.04, 0.18),
        (0.5, 0.77, 0.06, 0.34),
    ];
    for (i, (near, base, thick, cell)) in rows.into_iter().enumerate() {
        let layer = m.view.layer(near);
        let haze = ([0.78_f32, 0.58, 0.36, 0.14][i] + air).min(0.9);
        wood(canvas, m, &mood, &layer, &Wood { base, thick, cell, haze, index: i as u32 });
        if i == 2 {
            shafts(canvas, m, &mood);
        }
    }
    walker(canvas, m, &mood);
    wood(
        canvas,
        m,
        &mood,
        &m.view.layer(0.85),
        &Wood { base: 0.90, thick: 0.1, cell: 0.95, haze: 0.0, index: 9 },
    );
    ferns(canvas, m, &mood);
    leaves(canvas, m, &mood);
}

struct Wood {
    base: f32,
    thick: f32,
    cell: f32,
    haze: f32,
    index: u32,
}

fn wood(canvas: &mut Canvas, m: &Moment, mood: &Mood, layer: &Layer, wood: &Wood) {
    let seed = m.seed ^ (0xF04E + wood.index * 17);
    let top = |x: f32| wood.base - 0.045 * fbm1(x * 2.0, 3, seed);
    let ground = blend(mood.ground, mood.glow, wood.haze * 0.8);
    let bottom = if wood.index == 9 { LOWEST } else { wood.base + 0.16 };
    hill(canvas, layer, bottom, top, |x, y, under| {
        let litter = fbm(x * 12.0, y * 30.0, 2, seed);
        // Patches where the sun comes through the leaves.
        let patch = smooth(0.52, 0.68, fbm(x * 3.2 + 0.1 * wave(m.t * 0.08), y * 9.0, 2, seed ^ 3));
        blend(
            scale(ground, 0.60 + 0.55 * litter - 0.5 * under.min(0.3)),
            mood.shaft,
            patch * 0.30 * (1.0 - under).max(0.0),
        )
    });
    for k in layer.cells(canvas.w, wood.cell, 2) {
        let own = |n| unit(k, n, seed);
        if own(0) < 0.2 {
            continue;
        }
        let x = (k as f32 + 0.75 * own(1)) * wood.cell;
        let thick = wood.thick * mix(0.6, 1.2, own(2));
        let lean = (own(3) - 0.5) * 0.10 + 0.003 * wave(m.t * 0.2 + own(4));
        trunk(
            canvas,
            mood,
            layer,
            &Trunk { x, foot: top(x) + 0.02, thick, lean, haze: wood.haze, own: hash(k, 9, seed) },
        );
    }
}

struct Trunk {
    x: f32,
    foot: f32,
    thick: f32,
    lean: f32,
    haze: f32,
    own: u32,
}

fn trunk(canvas: &mut Canvas, mood: &Mood, layer: &Layer, trunk: &Trunk) {
    let bark = blend(scale(mood.bark, 0.8 + 0.5 * unit(1, 1, trunk.own)), mood.glow, trunk.haze);
    let tall = 1.15;
    let p = |aside: f32, up: f32| {
        layer.px(trunk.x + trunk.lean * up + aside * trunk.thick * (1.0 - 0.4 * up), trunk.foot - up * tall)
    };
    let foot = [
        p(-0.5, 1.0),
        p(-0.5, 0.1),
        p(-0.62, 0.03),
        p(-1.0, 0.0),
        p(1.0, 0.0),
        p(0.62, 0.03),
        p(0.5, 0.1),
        p(0.5, 1.0),
    ];
    canvas.polygon(&foot, bark, 1.0);
    canvas.polygon(
        &[p(-0.5, 1.0), p(-0.5, 0.06), p(-0.25, 0.04), p(-0.28, 1.0)],
        blend(bark, mood.shaft, 0.22),
        0.8,
    );
    canvas.polygon(
        &[p(0.2, 1.0), p(0.2, 0.02), p(0.6, 0.03), p(0.5, 0.1), p(0.5, 1.0)],
        scale(bark, 0.72),
        0.8,
    );
    if layer.unit * trunk.thick > 12.0 {
        for crack in 0..22_i32 {
            let own = |n| unit(crack, n, trunk.own);
            let (aside, up) = (own(0) * 0.8 - 0.4, own(1) * 0.8);
            canvas.stroke(
                p(aside, up),
                p(aside + 0.06 * (own(2) - 0.5), up + 0.05 + 0.06 * own(3)),
                layer.unit * 0.004,
                scale(bark, 0.6),
                0.7,
            );
        }
    }
    for branch in 0..3_i32 {
        let own = |n| unit(branch, n, trunk.own ^ 0xB4);
        let up = 0.38 + 0.4 * own(0);
        let side = if own(1) < 0.5 { -1.0 } else { 1.0 };
        canvas.stroke(
            p(side * 0.3, up),
            p(side * (2.0 + 2.0 * own(2)), up + 0.12),
            layer.unit * trunk.thick * 0.14,
            bark,
            1.0,
        );
    }
}

fn shafts(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(0.2);
    let strength = if m.kind == 2 { 0.30 } else { 0.36 };
    canvas.tint(-1.0, layer.py(0.86), |px, py, was| {
        let (x, y) = (layer.wx(px), layer.wy(py));
        let beam = value1((x + y * 0.45) * 5.5, m.seed ^ 0x5AF) * 0.7
            + value1((x + y * 0.45) * 15.0 + m.t * 0.10, m.seed ^ 0x5B0) * 0.3;
        let dust = 0.75 + 0.5 * (value(x * 6.0 + m.t * 0.06, y * 6.0 - m.t * 0.04, m.seed) - 0.5);
        let fade = smooth(0.95, 0.2, y);
        blend(was, mood.shaft, strength * fade * dust * smooth(0.48, 0.85, beam))
    });
}

/// A walker crosses behind the nearest trunks.
fn walker(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(0.6);
    let way = if m.seed & 64 == 0 { 1.0 } else { -1.0 };
    let (x, y) = layer.px(m.centre * 0.6 + way * (m.through - 0.5) * 0.7, 0.86);
    let s = layer.unit * 0.19;
    let step = m.t * 0.9;
    let coat = [rgb(0x8A_3A30), rgb(0x2F_4A6A), rgb(0xB0_8A3C), rgb(0x4A_4A52)][(m.seed >> 9) as usize % 4];
    let rise = s * 0.015 * wave(step * 2.0);
    let p = |dx: f32, dy: f32| (x + way * dx * s, y - dy * s - rise);
    canvas.ellipse((x, y), (s * 0.22, s * 0.03), scale(mood.ground, 0.4), 0.9);
    for (phase, shade) in [(0.5_f32, 0.55), (0.0, 0.8)] {
        let swing = wave(step + phase);
        let lift = 0.05 * wave(step + phase + 0.25).max(0.0);
        canvas.stroke(
            p(0.0, 0.48),
            p(0.09 * swing + 0.02, 0.25),
            s * 0.10,
            scale(rgb(0x2E_3038), shade),
            1.0,
        );
        canvas.stroke(
            p(0.09 * swing + 0.02, 0.26),
            p(0.19 * swing, lift),
            s * 0.08,
            scale(rgb(0x2E_3038), shade),
            1.0,
        );
        canvas.stroke(p(0.0, 0.78), p(-0.13 * swing, 0.5), s * 0.065, scale(coat, shade * 0.9), 1.0);
    }
    canvas.polygon(&[p(-0.10, 0.44), p(-0.09, 0.82), p(0.07, 0.84), p(0.10, 0.44)], coat, 1.0);
    canvas.polygon(&[p(-0.09, 0.55), p(-0.20, 0.58), p(-0.19, 0.8), p(-0.08, 0.82)], rgb(0x5A_5238), 1.0);
    canvas.ellipse(p(0.01, 0.93), (s * 0.065, s * 0.08), rgb(0xC4_9474), 0.0);
    canvas.ellipse(p(0.0, 0.975), (s * 0.075, s * 0.045), scale(coat, 0.6), 0.0);
}

fn ferns(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(1.0);
    let green = blend(mood.leaf, mood.ground, 0.5);
    for k in layer.cells(canvas.w, 0.085, 4) {
        let own = |n| unit(k, n, m.seed ^ 0xFE4);
        let x = (k as f32 + own(0)) * 0.085;
        let size = mix(0.08, 0.2, own(1));
        let shade = scale(green, mix(0.35, 0.75, own(2)));
        for frond in 0..7_u8 {
            let spread = (f32::from(frond) - 3.0) / 3.0;
            let sway = 0.02 * wave(m.t * 0.3 + own(3) + spread * 0.2);
            let tip =
                layer.px(x + (spread * 0.85 + sway) * size, 1.03 - size * (1.0 - 0.45 * spread * spread));
            let bend = layer.px(x + spread * 0.35 * size, 1.03 - size * 0.72);
            let foot = layer.px(x, 1.05);
            let half = layer.unit * size * 0.06;
            canvas.polygon(
                &[
                    (foot.0 - half * 0.4, foot.1),
                    (bend.0 - half, bend.1 - half),
                    tip,
                    (bend.0 + half, bend.1 + half),
                    (foot.0 + half * 0.4, foot.1),
                ],
                shade,
                1.0,
            );
        }
    }
}

fn leaves(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let (w, h) = (canvas.w as f32, canvas.h as f32);
    let count = [16, 70, 10][m.kind as usize];
    for i in 0..count {
        let own = |k| unit(i, k, m.seed ^ 0x1EA);
        let along = own(0) + m.t * mix(0.10, 0.2, own(1));
        let lap = floor(along);
        let y = (along - lap as f32) * 1.15 - 0.07;
        let x = unit(i, lap, m.seed ^ 0x1EB) * 1.1 - 0.05 + 0.04 * wave(m.t * 0.35 + own(2)) + 0.1 * y;
        let size = h * mix(0.006, 0.013, own(3));
        let (c, s) = turned(m.t * mix(0.3, 0.8, own(4)) + own(5));
        // A leaf tumbles: it is seen from its edge twice a turn.
        let flat = 0.25 + 0.75 * wave(m.t * 0.9 + own(6)).abs();
        let at =
            |u: f32, v: f32| (x * w + size * (c * u - s * v * flat), y * h + size * (s * u + c * v * flat));
        let colour = blend(scale(mood.leaf, mix(0.8, 1.4, own(7))), mood.shaft, 0.25 * own(2));
        canvas.polygon(&[at(-1.0, 0.0), at(-0.2, 0.5), at(1.0, 0.0), at(-0.2, -0.5)], colour, 0.95);
    }
}
