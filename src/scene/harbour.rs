//! A harbour: sea with ripples and glitter, sailing boats, a lighthouse, a pier, clouds.
//!
//! In: a moment. Out: its picture.

use super::canvas::{Canvas, Colour, blend, rgb, scale};
use super::film::{Layer, Moment};
use super::noise::{fbm, fbm1, mix, smooth, unit, value, wave};
use super::props::{Sky, birds, hill, sky, sun};

/// Kinds of shot: wide, close on a boat, lighthouse, pier.
pub(super) const KINDS: u32 = 4;
/// Where sea and sky meet, in world units.
const HORIZON: f32 = 0.5;

struct Mood {
    sky: Sky,
    sun: Colour,
    near: Colour,
    far: Colour,
    land: Colour,
}

fn mood(m: &Moment) -> Mood {
    let (top, low, cloud, sun, near, far, land) = match m.light {
        l if l < 0.35 => (0x35_7FC4, 0xBF_DDEA, 0xFF_FFFF, 0xFF_F3CF, 0x0F_4C63, 0x5C_A3B8, 0x5F_7F86),
        l if l < 0.65 => (0x5B_7FA8, 0xF3_D9B5, 0xFF_EEDC, 0xFF_E0A0, 0x1C_4256, 0xA9_A89C, 0x6E_7380),
        _ => (0x3B_3A6B, 0xF7_9C62, 0xFF_B48C, 0xFF_C070, 0x1B_2645, 0xC9_7C66, 0x4E_3F5E),
    };
    let sky = Sky {
        top: rgb(top),
        low: rgb(low),
        cloud: rgb(cloud),
        cover: 0.2 + 0.5 * unit(3, 3, m.seed),
        drift: 0.03,
    };
    Mood { sky, sun: rgb(sun), near: rgb(near), far: rgb(far), land: rgb(land) }
}

/// Paints a moment.
pub(super) fn paint(canvas: &mut Canvas, m: &Moment) {
    let mood = mood(m);
    sky(canvas, m, &mood.sky, HORIZON);
    let far = m.view.layer(0.06);
    let sun_x = m.centre * 0.06 + mix(-0.5, 0.5, unit(1, 1, m.seed));
    let sun_at = far.px(sun_x, mix(0.12, 0.40, m.light));
    sun(canvas, sun_at, far.unit * 0.035, mood.sun);
    coast(canvas, m, &mood);
    sea(canvas, m, &mood, sun_at.0);
    // The islet stands among the boats: the far ones pass behind it, the near ones before it.
    fleet(canvas, m, &mood, false);
    if m.kind == 2 {
        islet(canvas, m, &mood);
    }
    fleet(canvas, m, &mood, true);
    if m.kind == 3 {
        pier(canvas, m);
    }
    birds(canvas, m, if m.kind == 1 { 2 } else { 6 }, scale(mood.land, 0.6));
}

fn coast(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    for (i, near) in [0.10_f32, 0.17].into_iter().enumerate() {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0xC0A5 + i as u32);
        let low = mix(0.10, 0.05, i as f32);
        let top = |x: f32| HORIZON + 0.012 - low * smooth(0.35, 0.8, fbm1(x * 1.4, 5, seed)) * 1.6;
        let colour = blend(mood.sky.low, mood.land, 0.55 + 0.35 * i as f32);
        hill(canvas, &layer, HORIZON + 0.06, top, |x, y, under| {
            let grain = fbm(x * 14.0, y * 30.0, 2, seed);
            scale(colour, 0.88 + 0.2 * grain - 0.6 * under.min(0.1))
        });
    }
}

fn sea(canvas: &mut Canvas, m: &Moment, mood: &Mood, sun_x: f32) {
    let far = m.view.layer(0.06);
    let near = m.view.layer(0.7);
    let horizon = far.py(HORIZON);
    let (w, h) = (canvas.w as f32, canvas.h as f32);
    canvas.rows(horizon, h + 1.0, |px, py| {
        let down = ((py - horizon) / h).max(0.0);
        // Perspective: a row's distance is the inverse of its height below the horizon.
        let away = 0.09 / (down + 0.012);
        let x = (near.wx(px) - near.wx(w * 0.5)) * away + near.wx(w * 0.5) * 0.8;
        let swell = fbm(x * 5.0 + m.t * 0.25, away * 16.0 + m.t * 0.55, 3, m.seed ^ 0x5EA);
        let base = blend(mood.far, mood.near, smooth(0.0, 0.42, down));
        let strength = mix(0.10, 0.5, smooth(0.0, 0.25, down));
        let lit = blend(
            scale(base, 1.0 - 0.35 * strength),
            mood.sky.low,
            strength * smooth(0.45, 0.85, swell) * 0.75,
        );
        let aside = (px - sun_x) / h;
        let lane = 1.0 - smooth(0.03 + down * 0.10, 0.09 + down * 0.45, aside.abs());
        let glint = value(x * 30.0 + m.t * 1.3, away * 60.0 - m.t * 1.8, m.seed ^ 0x911);
        let sparkle = smooth(0.62, 0.9, glint * 0.7 + swell * 0.3) * lane;
        blend(lit, mood.sun, (sparkle * 0.85).min(1.0))
    });
}

fn boat(
    canvas: &mut Canvas,
    layer: &Layer,
    (x, y): (f32, f32),
    size: f32,
    m: &Moment,
    mood: &Mood,
    own: u32,
) {
    let rock = 0.05 * wave(m.t * 0.28 + (own % 31) as f32 * 0.1) + 0.02 * wave(m.t * 0.5);
    let bob = size * 0.03 * wave(m.t * 0.4 + (own % 17) as f32 * 0.13);
    let (cx, cy) = layer.px(x, y + bob);
    let s = size * layer.unit;
    let way = if own & 1 == 0 { 1.0 } else { -1.0 };
    let dusk = smooth(0.5, 0.9, m.light);
    let hull = [rgb(0xF1_F0EA), rgb(0x24_3B5A), rgb(0x7A_3B2E), rgb(0x2F_5D50)][(own >> 3) as usize % 4];
    let sail = blend(
        [rgb(0xFB_F7EC), rgb(0xF2_E3C6), rgb(0xE9_EEF2)][(own >> 5) as usize % 3],
        mood.land,
        dusk * 0.55,
    );
    let hull = blend(hull, mood.land, dusk * 0.5);
    // Upright first; the reflection is the same shape, squashed, darker and broken by ripples.
    for (up, alpha, dark) in [(-0.55_f32, 0.28, 0.5), (1.0, 1.0, 1.0)] {
        let lean = if up < 0.0 { rock * 1.8 + 0.04 * wave(m.t * 1.1) } else { rock };
        let p =
            |dx: f32, dy: f32| (cx + s * (way * dx + lean * dy), cy - s * up * (dy - lean * way * dx * 0.5));
        let paint = |c: Colour| scale(c, dark);
        canvas.polygon(&[p(0.03, 0.16), p(0.03, 1.12), p(-0.46, 0.2)], paint(sail), alpha);
        canvas.polygon(&[p(0.07, 0.18), p(0.06, 1.0), p(0.5, 0.17)], paint(scale(sail, 0.9)), alpha);
        canvas.stroke(p(0.04, 0.08), p(0.04, 1.16), s * 0.022, paint(rgb(0x4A_3B30)), alpha);
        let side = [p(-0.5, 0.14), p(-0.42, -0.03), p(0.4, -0.03), p(0.62, 0.16), p(0.3, 0.12)];
        canvas.polygon(&side, paint(hull), alpha);
        canvas.stroke(p(-0.48, 0.11), p(0.56, 0.13), s * 0.025, paint(scale(hull, 0.6)), alpha);
    }
    let foam = blend(mood.sky.low, [1.0; 3], 0.4);
    canvas.stroke(
        (cx - way * s * 0.9, cy + s * 0.05),
        (cx + way * s * 0.4, cy + s * 0.03),
        s * 0.02,
        foam,
        0.45,
    );
}

fn fleet(canvas: &mut Canvas, m: &Moment, mood: &Mood, close: bool) {
    let rows: &[(f32, f32, f32, f32)] = match m.kind {
        // Distance, height on the frame, size, cell.
        1 => &[(0.3, 0.54, 0.06, 0.5), (0.75, 0.74, 0.42, 2.4)],
        3 => &[(0.3, 0.55, 0.07, 0.4), (0.45, 0.62, 0.15, 0.8)],
        _ => &[(0.22, 0.53, 0.045, 0.35), (0.36, 0.57, 0.09, 0.55), (0.6, 0.69, 0.21, 1.3)],
    };
    for (row, &(near, y, size, cell)) in rows.iter().enumerate().filter(|(_, row)| (row.1 > 0.6) == close) {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0xB0A7 + row as u32);
        for i in layer.cells(canvas.w, cell, 1) {
            let own = super::noise::hash(i, 0, seed);
            // The close boat of its shot is always there.
            if own.is_multiple_of(4) && size < 0.3 {
                continue;
            }
            let way = if own & 1 == 0 { 1.0 } else { -1.0 };
            let sailed = way * (m.through - 0.5) * size * 0.9;
            let x = (i as f32 + 0.3 + 0.4 * unit(i, 1, seed)) * cell + sailed;
            let y = y + 0.03 * (unit(i, 2, seed) - 0.5) * size * 8.0;
            boat(canvas, &layer, (x, y), size * mix(0.85, 1.15, unit(i, 3, seed)), m, mood, own);
        }
    }
}

fn islet(canvas: &mut Canvas, m: &Moment, mood: &Mood) {
    let layer = m.view.layer(0.3);
    let x = m.centre * 0.3 + if m.seed & 8 == 0 { 0.28 } else { -0.28 };
    let rock = blend(rgb(0x4A_4640), mood.land, 0.4);
    // An islet: it rises from the water line, and surf runs around its foot.
    let top = |wx: f32| {
        let aside = (wx - x).abs();
        0.645 - 0.16 * (1.0 - smooth(0.02, 0.34, aside)) + 0.035 * (fbm1(wx * 9.0, 4, m.seed ^ 0x10C) - 0.2)
    };
    let foot = |wx: f32| {
        let out = ((wx - x) / 0.36).abs().min(1.0);
        0.615 + 0.05 * (1.0 - out * out).sqrt() + 0.006 * fbm1(wx * 18.0 + m.t * 0.3, 2, m.seed)
    };
    canvas.tint(layer.py(0.42), layer.py(0.70), |px, py, was| {
        let (wx, wy) = (layer.wx(px), layer.wy(py));
        if (wx - x).abs() > 0.36 {
            return was;
        }
        let (upper, lower) = (top(wx), foot(wx));
        let cover = ((wy - upper) * layer.unit).clamp(0.0, 1.0) * ((lower - wy) * layer.unit).clamp(0.0, 1.0);
        let grain = fbm(wx * 24.0 + wy * 11.0, wy * 34.0 - wx * 7.0, 4, m.seed ^ 0x20C);
        let moss = smooth(0.045, 0.0, wy - upper + 0.05 * (grain - 0.5));
        let stone = scale(blend(rock, rgb(0x62_7040), moss * 0.7), 0.45 + 0.9 * grain);
        let surf = smooth(0.012, 0.004, (lower - wy).abs() + 0.006 * wave(m.t * 0.35 + wx * 3.0)) * 0.7;
        blend(
            blend(was, stone, cover),
            blend(mood.sky.low, [1.0; 3], 0.5),
            if upper < lower { surf } else { 0.0 },
        )
    });
    let s = layer.unit;
    let (cx, cy) = layer.px(x, 0.485);
    let white = blend(rgb(0xF4_F1E8), mood.land, 0.35 * smooth(0.5, 1.0, m.light));
    let red = blend(rgb(0xB6_3A2C), mood.land, 0.3);
    for band in 0..4_u8 {
        let (low, high) = (f32::from(band) * 0.07, f32::from(band + 1) * 0.07);
        let half = |up: f32| s * (0.032 - 0.035 * up);
        let y = |up: f32| cy - s * up;
        let points = [
            (cx - half(low), y(low)),
            (cx - half(high), y(high)),
            (cx + half(high), y(high)),
            (cx + half(low), y(low)),
        ];
        canvas.polygon(&points, if band % 2 == 0 { white } else { red }, 1.0);
    }
    canvas.rect(cx - s * 0.028, cy - s * 0.292, cx + s * 0.028, cy - s * 0.28, rgb(0x33_3333));
    canvas.rect(cx - s * 0.014, cy - s * 0.325, cx + s * 0.014, cy - s * 0.292, rgb(0xFF_E9A8));
    canvas.polygon(
        &[(cx - s * 0.02, cy - s * 0.325), (cx, cy - s * 0.36), (cx + s * 0.02, cy - s * 0.325)],
        red,
        1.0,
    );
    let beat = wave(m.t * 0.35).max(0.0);
    canvas.glow((cx, cy - s * 0.308), s * 0.16, rgb(0xFF_E9A8), beat * mix(0.3, 1.1, m.light));
}

fn pier(canvas: &mut Canvas, m: &Moment) {
    let layer = m.view.layer(1.0);
    let wood = rgb(0x3B_2D22);
    let deck = layer.py(0.80);
    let bottom = canvas.h as f32 + 2.0;
    for i in layer.cells(canvas.w, 0.34, 1) {
        let x = (i as f32 + 0.1 * unit(i, 9, m.seed)) * 0.34;
        let (px, top) = layer.px(x, 0.70 + 0.02 * unit(i, 7, m.seed));
        let half = layer.unit * 0.024;
        canvas.rect(px - half, top, px + half, bottom, scale(wood, 0.8));
        canvas.rect(px - half, top, px - half * 0.3, bottom, scale(wood, 1.3));
        canvas.ellipse((px, top), (half, half * 0.35), scale(wood, 1.8), 0.0);
        let next = layer.px(x + 0.34, 0.735).0;
        let sag = layer.unit * 0.03;
        let (mid, y) = (f32::midpoint(px, next), layer.py(0.735));
        canvas.stroke((px, y), (mid, y + sag), layer.unit * 0.007, rgb(0x6B_5A45), 1.0);
        canvas.stroke((mid, y + sag), (next, y), layer.unit * 0.007, rgb(0x6B_5A45), 1.0);
    }
    canvas.rows(deck, bottom, |px, py| {
        let x = layer.wx(px) * 13.0;
        let board = super::noise::floor(x);
        let gap = smooth(0.0, 0.06, x - board as f32);
        let tone = 0.8
            + 0.4 * unit(board, 2, m.seed)
            + 0.25 * (fbm(x * 3.0, py / layer.unit * 30.0, 2, m.seed) - 0.5);
        scale(rgb(0x6E_5A48), tone * (0.45 + 0.55 * gap))
    });
    canvas.rect(0.0, deck, canvas.w as f32, deck + layer.unit * 0.012, rgb(0x8A_745E));
}
