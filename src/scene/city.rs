//! A city: skylines in parallax, lit windows, traffic, from day to dusk.
//!
//! In: a moment. Out: its picture.

use super::canvas::{Canvas, Colour, blend, rgb, scale};
use super::film::{Layer, Moment};
use super::noise::{fbm, hash, mix, smooth, unit, wave};
use super::props::{Sky, birds, car, sky, sun, tree};

/// Kinds of shot: street, skyline from afar, avenue with trees.
pub(super) const KINDS: u32 = 3;
/// The street's far kerb in world units.
const KERB: f32 = 0.80;

struct Mood {
    low: Colour,
    /// How far the lamps and windows are on.
    lights: f32,
    /// Brightness of what the sky lights.
    day: f32,
}

/// Paints a moment.
pub(super) fn paint(canvas: &mut Canvas, m: &Moment) {
    let dusk = smooth(0.25, 0.95, m.hour * 0.8 + m.light * 0.25);
    let low = blend(
        rgb(0xDC_E6EA),
        blend(rgb(0xF6_A66A), rgb(0x54_4468), smooth(0.6, 1.0, dusk)),
        smooth(0.1, 0.6, dusk),
    );
    let top = blend(rgb(0x58_93CE), rgb(0x17_1F45), dusk);
    let cloud = blend(rgb(0xFF_FFFF), rgb(0xC9_7B7C), dusk);
    let mood = Mood { low, lights: smooth(0.35, 0.8, dusk), day: mix(1.0, 0.42, dusk) };
    sky(canvas, m, &Sky { top, low, cloud, cover: 0.15 + 0.4 * m.light, drift: 0.02 }, 0.8);
    let far = m.view.layer(0.06);
    let x = m.centre * 0.06 + mix(-0.6, 0.6, unit(1, 1, m.seed));
    sun(
        canvas,
        far.px(x, mix(0.1, 0.68, dusk)),
        far.unit * 0.04,
        blend(rgb(0xFF_F6DC), rgb(0xFF_8F4A), dusk),
    );
    let foot = if m.kind == 1 { 0.86 } else { KERB };
    for (i, (near, cell, low, high)) in
        [(0.12_f32, 0.09_f32, 0.12_f32, 0.42_f32), (0.24, 0.15, 0.14, 0.46), (0.45, 0.24, 0.10, 0.40)]
            .into_iter()
            .enumerate()
    {
        let tall = if m.kind == 2 && i == 2 { 0.75 } else { 1.0 };
        skyline(canvas, m, &mood, &Row { near, cell, low, high: high * tall, foot, index: i as u32 });
    }
    birds(canvas, m, 4, scale(rgb(0x22_2630), 1.0));
    if m.kind == 1 {
        river(canvas, m, &mood);
    } else {
        street(canvas, m, &mood);
    }
}

struct Row {
    near: f32,
    cell: f32,
    low: f32,
    high: f32,
    foot: f32,
    index: u32,
}

fn skyline(canvas: &mut Canvas, m: &Moment, mood: &Mood, row: &Row) {
    let layer = m.view.layer(row.near);
    let seed = m.seed ^ (0xC17 + row.index * 77);
    let haze = [0.62, 0.34, 0.08][row.index as usize];
    for i in layer.cells(canvas.w, row.cell, 1) {
        let own = |k| unit(i, k, seed);
        let width = row.cell * mix(0.72, 1.02, own(0));
        let tall = mix(row.low, row.high, own(1) * own(2).max(0.35));
        let x = (i as f32 + 0.1 * own(3)) * row.cell;
        let paint =
            [rgb(0x8C_7B70), rgb(0x6F_7C8A), rgb(0xA5_9484), rgb(0x5A_6470), rgb(0x94_6A58), rgb(0xB0_A79A)]
                [hash(i, 4, seed) as usize % 6];
        let wall = blend(scale(paint, mood.day), mood.low, haze);
        let (x0, y0) = layer.px(x, row.foot - tall);
        let (x1, y1) = layer.px(x + width, row.foot + 0.01);
        canvas.rect(x0, y0, x1, y1, wall);
        // The side away from the light, and what stands on the roof.
        canvas.rect(x0 + (x1 - x0) * 0.72, y0, x1, y1, scale(wall, 0.86));
        canvas.rect(x0 - 1.0, y0, x1 + 1.0, y0 + layer.unit * 0.008, scale(wall, 0.75));
        if own(5) > 0.6 {
            let mast = (x0 + x1) * 0.5;
            canvas.stroke(
                (mast, y0),
                (mast, y0 - layer.unit * 0.06 * own(6)),
                layer.unit * 0.004,
                scale(wall, 0.6),
                1.0,
            );
        } else if own(5) < 0.35 {
            let (l, r) = (mix(x0, x1, 0.2), mix(x0, x1, 0.5));
            canvas.rect(l, y0 - layer.unit * 0.022, r, y0, scale(wall, 0.8));
        }
        windows(
            canvas,
            m,
            mood,
            &layer,
            &Wall { x, width, top: row.foot - tall, foot: row.foot, colour: wall, index: i, haze, seed },
        );
    }
}

struct Wall {
    x: f32,
    width: f32,
    top: f32,
    foot: f32,
    colour: Colour,
    index: i32,
    haze: f32,
    seed: u32,
}

fn windows(canvas: &mut Canvas, m: &Moment, mood: &Mood, layer: &Layer, wall: &Wall) {
    let pitch = mix(0.022, 0.034, unit(wall.index, 8, wall.seed));
    let columns = ((wall.width - 0.012) / pitch) as i32;
    let floors = ((wall.foot - wall.top - 0.02) / (pitch * 1.25)) as i32;
    let margin = (wall.width - columns as f32 * pitch) * 0.5;
    for floor in 0..floors {
        for column in 0..columns {
            let own = hash(floor * 64 + column, wall.index, wall.seed);
            // A window changes between lit and dark every few seconds.
            let state = unit(own as i32, super::noise::floor(m.t * 0.12 + (own & 63) as f32 / 64.0), 5);
            let lit = f32::from(u8::from(state < 0.55)) * mood.lights;
            let glass =
                blend(scale(wall.colour, 0.62), mood.low, 0.22 * f32::from(u8::from(own.is_multiple_of(4))));
            let lamp = blend(rgb(0xFF_D58A), rgb(0xFF_F2D0), unit(own as i32, 2, 9));
            let colour = blend(glass, blend(lamp, mood.low, wall.haze * 0.5), lit);
            let (x0, y0) = layer.px(
                wall.x + margin + (column as f32 + 0.22) * pitch,
                wall.top + 0.018 + floor as f32 * pitch * 1.25,
            );
            canvas.rect(x0, y0, x0 + layer.unit * pitch * 0.56, y0 + layer.unit * pitch * 0.72, colour);
        }
    }
}

fn river(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(0.4);
    let top = layer.py(0.855);
    let h = canvas.h as f32;
    canvas.rows(top, h + 1.0, |px, py| {
        let down = (py - top) / h;
        let x = layer.wx(px);
        let ripple = fbm(x * 7.0, down * 90.0 - m.t * 0.9, 3, m.seed ^ 0x81F);
        // Lit windows stand in the water as broken columns.
        let column = fbm(x * 22.0 + (ripple - 0.5) * 1.2, down * 3.0 + m.t * 0.15, 2, m.seed ^ 0x3C);
        let base =
            blend(scale(mood.low, 0.62), scale(rgb(0x2C_4258), mood.day + 0.2), smooth(0.0, 0.16, down));
        let shine = smooth(0.5, 0.8, ripple) * 0.35;
        let lamps = smooth(0.58, 0.85, column) * mood.lights * 0.7;
        blend(blend(base, mood.low, shine), rgb(0xFF_CE82), lamps)
    });
    canvas.rect(
        0.0,
        top - layer.unit * 0.012,
        canvas.w as f32,
        top + layer.unit * 0.004,
        scale(rgb(0x50_4A48), mood.day),
    );
    let barge = m.view.layer(0.6);
    let way = if m.seed & 16 == 0 { 1.0 } else { -1.0 };
    let (x, y) = barge.px(m.centre * 0.6 + way * (m.through - 0.5) * 0.5, 0.90 + 0.004 * wave(m.t * 0.3));
    let s = barge.unit * 0.16;
    let p = |dx: f32, dy: f32| (x + way * dx * s, y - dy * s);
    let hull = scale(rgb(0x5B_3A34), mood.day);
    canvas.polygon(&[p(-1.2, 0.28), p(-1.1, 0.0), p(1.1, 0.0), p(1.35, 0.32), p(0.9, 0.24)], hull, 1.0);
    canvas.polygon(
        &[p(-1.0, 0.26), p(-1.0, 0.62), p(-0.55, 0.62), p(-0.5, 0.26)],
        scale(rgb(0xD8_D2C4), mood.day),
        1.0,
    );
    canvas.polygon(
        &[p(-0.92, 0.42), p(-0.92, 0.55), p(-0.64, 0.55), p(-0.62, 0.42)],
        blend(rgb(0x2B_3A46), rgb(0xFF_D58A), mood.lights),
        1.0,
    );
    canvas.polygon(
        &[p(-0.35, 0.26), p(-0.2, 0.4), p(0.75, 0.4), p(0.85, 0.26)],
        scale(rgb(0x8A_7A5C), mood.day),
        1.0,
    );
    canvas.stroke(p(-1.7, -0.03), p(1.1, -0.03), s * 0.05, mood.low, 0.5);
}

fn street(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(0.8);
    let (kerb, h) = (layer.py(KERB), canvas.h as f32);
    let tar = scale(rgb(0x4C_4D52), mood.day);
    let shop = m.view.layer(0.45).py(KERB);
    canvas.rows(shop.min(kerb), h + 1.0, |px, py| {
        let (x, down) = (layer.wx(px), (py - kerb) / h);
        let rough = fbm(x * 40.0 / (1.0 + down * 4.0), down * 120.0, 2, m.seed);
        if down < 0.018 {
            return scale(rgb(0x9A_948C), mood.day * (0.8 + 0.25 * rough));
        }
        scale(tar, 0.85 + 0.3 * rough)
    });
    for i in layer.cells(canvas.w, 0.3, 1) {
        let (x, y) = layer.px(i as f32 * 0.3, KERB + 0.095);
        let s = layer.unit;
        canvas.polygon(
            &[(x, y), (x + s * 0.13, y), (x + s * 0.126, y + s * 0.008), (x - s * 0.004, y + s * 0.008)],
            scale(rgb(0xD9_D6C8), mood.day),
            0.8,
        );
    }
    if m.kind == 2 {
        for i in layer.cells(canvas.w, 0.42, 1) {
            let foot = layer.px((i as f32 + 0.3 * unit(i, 1, m.seed)) * 0.42, KERB + 0.008);
            let size = layer.unit * mix(0.22, 0.30, unit(i, 2, m.seed));
            tree(canvas, foot, size, scale(rgb(0x5C_8A3E), mood.day), m.t, hash(i, 3, m.seed));
        }
    }
    for i in layer.cells(canvas.w, 0.55, 1) {
        lamp(canvas, &layer, (i as f32 * 0.55, KERB + 0.01), mood);
    }
    // The far lane goes left, the near lane right, nearer meaning larger and later in painting.
    for (lane, (way, y, size, near)) in
        [(-1.0_f32, KERB + 0.07, 0.068, 0.85), (1.0, KERB + 0.165, 0.085, 1.0)].into_iter().enumerate()
    {
        let layer = m.view.layer(near);
        let moved = way * m.t * mix(0.22, 0.34, unit(lane as i32, 1, m.seed));
        let cell = 0.62;
        let first = super::noise::floor((layer.wx(0.0) - moved) / cell) - 1;
        let last = super::noise::floor((layer.wx(canvas.w as f32) - moved) / cell) + 1;
        for i in first..=last {
            let own = |k| unit(i, k + lane as i32 * 10, m.seed ^ 0xCA5);
            if own(0) < 0.25 {
                continue;
            }
            let paint = [
                rgb(0xB2_2F2B),
                rgb(0x2D_5E9B),
                rgb(0xD9_D9D6),
                rgb(0x33_373C),
                rgb(0x3C_7A5A),
                rgb(0xC9_9A35),
            ][(own(1) * 5.99) as usize];
            let at = layer.px((i as f32 + own(2) * 0.4) * cell + moved, y);
            car(
                canvas,
                at,
                size * layer.unit * mix(0.92, 1.12, own(3)),
                scale(paint, mix(0.55, 1.0, mood.day)),
                way,
                mood.lights,
            );
        }
    }
}

fn lamp(canvas: &mut Canvas, layer: &Layer, (x, y): (f32, f32), mood: &Mood) {
    let s = layer.unit;
    let foot = layer.px(x, y);
    let head = layer.px(x, y - 0.27);
    let steel = scale(rgb(0x2C_3034), 0.6 + 0.4 * mood.day);
    canvas.stroke(foot, head, s * 0.008, steel, 1.0);
    canvas.stroke(head, (head.0 + s * 0.05, head.1 - s * 0.008), s * 0.006, steel, 1.0);
    let bulb = (head.0 + s * 0.05, head.1);
    canvas.ellipse(bulb, (s * 0.014, s * 0.007), blend(steel, rgb(0xFF_E2A6), mood.lights), 0.0);
    canvas.glow(bulb, s * 0.14, rgb(0xFF_CE86), 0.75 * mood.lights);
}
