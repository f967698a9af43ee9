//! Night: stars, a moon, curtains of aurora over conifers and a lake.
//!
//! In: a moment. Out: its picture.

use super::canvas::{Canvas, blend, rgb, scale};
use super::film::{Layer, Moment};
use super::noise::{fbm, fbm1, hash, mix, smooth, unit, value, value1, wave};
use super::props::{LOWEST, hill, pine};

/// Kinds of shot: aurora over hills, moon over a lake, stars among trees.
pub(super) const KINDS: u32 = 3;
const SHORE: f32 = 0.74;

/// Paints a moment.
pub(super) fn paint(canvas: &mut Canvas, m: &Moment) {
    heavens(canvas, m);
    stars(canvas, m);
    if m.kind == 1 {
        moon(canvas, m);
    }
    for (i, (near, base, high)) in
        [(0.12_f32, 0.70_f32, 0.16_f32), (0.22, 0.745, 0.10)].into_iter().enumerate()
    {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0x417 + i as u32);
        let colour = [rgb(0x1A_2744), rgb(0x11_1B33)][i];
        hill(
            canvas,
            &layer,
            0.82,
            |x| base - high * fbm1(x * 1.3, 5, seed),
            |x, y, _| scale(colour, 0.75 + 0.5 * fbm(x * 11.0, y * 18.0, 3, seed)),
        );
    }
    if m.kind == 2 {
        snowfield(canvas, m);
    } else {
        lake(canvas, m);
    }
    trees(canvas, m);
}

/// The aurora in one column of the sky: where each of its two curtains ends below, and how bright its ray is.
type Column = [(f32, f32); 2];

/// The aurora's columns, one a pixel of the sky's layer.
fn curtains(m: &Moment, far: &Layer, width: usize) -> Vec<Column> {
    let column = |px: usize| {
        let x = far.wx(px as f32 + 0.5);
        [0.0_f32, 1.0].map(|band| {
            let fold = fbm1(x * 0.9 + band * 7.0 + m.t * 0.05, 3, m.seed ^ 0xA0);
            let foot = 0.30 + 0.16 * band + 0.34 * (fold - 0.5) + 0.03 * wave(x * 0.8 + m.t * 0.11);
            // Rays stand upright on the fold and flicker along it.
            let ray = value1(x * 26.0 + fold * 9.0 - m.t * 0.6, m.seed ^ 0xA1) * 0.6
                + value1(x * 7.0 + m.t * 0.35, m.seed ^ 0xA2) * 0.4;
            (foot, ray * (1.0 - 0.33 * band))
        })
    };
    (0..width).map(column).collect()
}

/// Light of the aurora at a height of the sky: green below, violet above.
fn aurora(m: &Moment, column: &Column, y: f32) -> [f32; 3] {
    let mut light = [0.0_f32; 3];
    let strength = if m.kind == 1 { 0.26 } else { 0.75 };
    for &(foot, ray) in column {
        let up = foot - y;
        if !(-0.03..0.34).contains(&up) {
            continue;
        }
        let body = smooth(-0.03, 0.015, up) * (1.0 - smooth(0.05, 0.34, up));
        let glow = body * mix(0.25, 1.0, ray) * strength;
        let violet = smooth(0.06, 0.26, up);
        light[0] += glow * mix(0.10, 0.52, violet);
        light[1] += glow * mix(0.85, 0.18, violet);
        light[2] += glow * mix(0.45, 0.72, violet);
    }
    light
}

fn heavens(canvas: &mut Canvas, m: &Moment) {
    let far = m.view.layer(0.08);
    let columns = curtains(m, &far, canvas.w);
    let (top, low) = (rgb(0x06_0A1E), blend(rgb(0x1B_2F55), rgb(0x3A_3560), m.light));
    canvas.rows(-1.0, far.py(0.76), |px, py| {
        let (x, y) = (far.wx(px), far.wy(py));
        let base = blend(top, low, smooth(0.0, 0.75, y));
        let band = fbm(x * 2.0 + y * 1.5, y * 2.6 - x, 3, m.seed ^ 0x317);
        let milky = smooth(0.5, 0.8, band) * 0.10;
        let light = aurora(m, &columns[px as usize], y);
        [base[0] + milky + light[0], base[1] + milky + light[1], base[2] + milky * 1.2 + light[2]]
    });
}

fn stars(canvas: &mut Canvas, m: &Moment) {
    let far = m.view.layer(0.08);
    let cell = 0.055;
    let rows = 13;
    for i in far.cells(canvas.w, cell, 0) {
        for j in 0..rows {
            let own = |k| unit(i * 64 + j, k, m.seed ^ 0x57A);
            let at = far.px((i as f32 + own(0)) * cell, (j as f32 + own(1)) * cell);
            let bright = own(2) * own(2);
            let twinkle = 0.7 + 0.3 * wave(m.t * mix(0.4, 1.4, own(3)) + own(4));
            let tint = blend(rgb(0xBF_D4FF), rgb(0xFF_E6C8), own(5));
            let size = far.unit * mix(0.003, 0.0075, bright);
            canvas.glow(at, size.max(1.2), tint, (0.35 + bright) * twinkle);
        }
    }
    // A shooting star in the middle of some shots.
    let flight = (m.through - 0.45) / 0.09;
    if m.seed & 3 != 0 && (0.0..1.0).contains(&flight) {
        let start = m.centre * 0.08 - 0.5 + unit(8, 8, m.seed) * 0.6;
        let head = far.px(start + flight * 0.5, 0.08 + flight * 0.17);
        let tail = far.px(start + (flight - 0.3).max(0.0) * 0.5, 0.08 + (flight - 0.3).max(0.0) * 0.17);
        canvas.stroke(tail, head, far.unit * 0.0035, [1.0; 3], 0.8);
        canvas.glow(head, far.unit * 0.02, [1.0; 3], 0.8);
    }
}

fn moon(canvas: &mut Canvas, m: &Moment) {
    let far = m.view.layer(0.08);
    let at = far.px(m.centre * 0.08 + mix(-0.4, 0.4, unit(1, 1, m.seed)), 0.2);
    let r = far.unit * 0.055;
    canvas.glow(at, r * 6.0, rgb(0xBF_CFF0), 0.28);
    canvas.ellipse(at, (r, r), rgb(0xF2_EFE2), 0.0);
    for crater in 0..6_i32 {
        let own = |k| unit(crater, k, 0x300) - 0.5;
        let size = r * (0.14 + 0.10 * own(2));
        canvas.ellipse((at.0 + own(0) * r * 1.1, at.1 + own(1) * r * 1.1), (size, size), rgb(0xD6_D2C2), 0.5);
    }
}

fn lake(canvas: &mut Canvas, m: &Moment) {
    let far = m.view.layer(0.08);
    let columns = curtains(m, &far, canvas.w);
    let layer = m.view.layer(0.4);
    let (top, h) = (layer.py(SHORE), canvas.h as f32);
    let moon_x = far.px(m.centre * 0.08 + mix(-0.4, 0.4, unit(1, 1, m.seed)), 0.2).0;
    canvas.rows(top, h + 1.0, |px, py| {
        let down = (py - top) / h;
        let away = 0.08 / (down + 0.02);
        let ripple = fbm(layer.wx(px) * (2.0 + away * 4.0), away * 14.0 + m.t * 0.45, 3, m.seed ^ 0x1B);
        let bend = (ripple - 0.5) * (0.05 + down * 0.3);
        // The sky mirrored at the shore, dimmed, shaken by ripples.
        let column = ((px + bend * far.unit).max(0.0) as usize).min(columns.len() - 1);
        let light = aurora(m, &columns[column], 0.5 - down * 1.3 + bend);
        let base = blend(rgb(0x16_2746), rgb(0x07_0C1C), smooth(0.0, 0.25, down));
        let lane = 1.0 - smooth(0.02 + down * 0.15, 0.06 + down * 0.5, ((px - moon_x) / h).abs());
        let glint = if m.kind == 1 { lane * smooth(0.5, 0.75, ripple) * 0.8 } else { 0.0 };
        let sheen = 0.55 + 0.5 * ripple;
        [
            (base[0] + light[0] * 0.5) * sheen + glint * 0.85,
            (base[1] + light[1] * 0.5) * sheen + glint * 0.88,
            (base[2] + light[2] * 0.5) * sheen + glint * 0.9,
        ]
    });
}

fn snowfield(canvas: &mut Canvas, m: &Moment) {
    let layer = m.view.layer(0.6);
    let green = 0.5 + 0.5 * value1(m.t * 0.3, m.seed);
    hill(
        canvas,
        &layer,
        LOWEST,
        |x| 0.77 - 0.05 * fbm1(x * 1.2, 2, m.seed ^ 0x5F),
        |x, y, under| {
            let drift = fbm(x * 4.0, y * 12.0 + under * 6.0, 3, m.seed ^ 0x5E);
            let base = blend(rgb(0x35_4A70), rgb(0x5C_8C92), green * 0.4);
            let crystal =
                smooth(0.93, 1.0, value(x * 160.0, y * 160.0, m.seed)) * (0.5 + 0.5 * wave(m.t * 0.7 + x));
            blend(scale(base, 0.6 + 0.6 * drift - under * 0.5), [0.9, 0.95, 1.0], crystal * 0.5)
        },
    );
}

fn trees(canvas: &mut Canvas, m: &Moment) {
    for (i, (near, base, size)) in [(0.5_f32, 0.80_f32, 0.20_f32), (0.95, 1.04, 0.52)].into_iter().enumerate()
    {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0x9E + i as u32);
        let cell = size * 0.34;
        let shore = |x: f32| base - 0.035 * fbm1(x * 2.0, 3, seed);
        let wooded = |x: f32| smooth(0.42, 0.62, value1(x * 0.8, seed ^ 1));
        let ground = rgb([0x0C_1426, 0x05_080F][i]);
        let strip = if m.kind == 2 { 2.0 } else { 0.0 };
        hill(canvas, &layer, LOWEST, |x| shore(x) + strip + 0.12 * (1.0 - wooded(x)), |_, _, _| ground);
        for k in layer.cells(canvas.w, cell, 2) {
            let x = (k as f32 + 0.7 * unit(k, 1, seed)) * cell;
            if wooded(x) < 0.5 {
                continue;
            }
            let tall = layer.unit * size * mix(0.55, 1.15, unit(k, 2, seed));
            pine(canvas, layer.px(x, shore(x) + 0.02), tall, ground, m.t, hash(k, 4, seed));
        }
    }
}
