//! Rain: a wet street under lamps, a lake in a downpour, lightning.
//!
//! In: a moment. Out: its picture.

use super::canvas::{Canvas, Colour, blend, rgb, scale};
use super::film::Moment;
use super::noise::{fbm, fbm1, floor, hash, mix, smooth, unit, value1, wave};
use super::props::{LOWEST, Sky, car, falling, hill, sky, tree};

/// Kinds of shot: street, lake, hills in a storm.
pub(super) const KINDS: u32 = 3;
const KERB: f32 = 0.70;

/// Paints a moment.
pub(super) fn paint(canvas: &mut Canvas, m: &Moment) {
    let flash = lightning(m);
    let dark = mix(0.75, 1.05, m.light);
    let grey = |hex| scale(rgb(hex), dark + flash * 0.9);
    let [top, low, cloud] = match m.kind {
        0 => [0x2C_3442, 0x6A_6E78, 0x4A_5260],
        1 => [0x6E_7C88, 0xB4_BEC2, 0x8A_969E],
        _ => [0x33_3D48, 0x84_8E90, 0x52_5C66],
    };
    let low = grey(low);
    sky(canvas, m, &Sky { top: grey(top), low, cloud: grey(cloud), cover: 0.95, drift: 0.09 }, 0.66);
    match m.kind {
        0 => street(canvas, m, low),
        1 => lake(canvas, m, low),
        _ => storm(canvas, m, low, flash),
    }
    let drops = if m.kind == 0 { 260 } else { 420 };
    falling(canvas, m, drops, true, rgb(0xDD_E6EE));
    // Curtains of rain drift through the distance.
    let layer = m.view.layer(0.3);
    canvas.tint(layer.py(0.1), layer.py(0.85), |px, py, was| {
        let (x, y) = (layer.wx(px), layer.wy(py));
        let sheet = fbm(x * 2.2 + y * 0.5 - m.t * 0.5, y * 0.7, 2, m.seed ^ 0x5EE);
        let fade = smooth(0.1, 0.4, y) * smooth(0.85, 0.6, y);
        blend(was, low, 0.30 * fade * smooth(0.45, 0.85, sheet))
    });
}

/// How bright the sky flashes: in storms, twice in short succession.
fn lightning(m: &Moment) -> f32 {
    if m.kind != 2 {
        return 0.0;
    }
    let beat = m.t * 0.55 + unit(1, 2, m.seed);
    let within = beat - floor(beat) as f32;
    let peak = |at: f32| 1.0 - smooth(0.0, 0.06, (within - at).abs());
    peak(0.3).max(0.7 * peak(0.45))
}

fn street(canvas: &mut Canvas, m: &Moment, low: Colour) {
    let colours = [rgb(0x58_5E6A), rgb(0x6A_5F5C), rgb(0x4C_5660), rgb(0x74_6A60)];
    let lamp = rgb(0xFF_C878);
    for (row, (near, cell, tall)) in
        [(0.2_f32, 0.22_f32, 0.36_f32), (0.42, 0.36, 0.44)].into_iter().enumerate()
    {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0x4A1 + row as u32);
        let air = [0.6, 0.2][row];
        for i in layer.cells(canvas.w, cell, 1) {
            let high = tall * mix(0.6, 1.1, unit(i, 1, seed));
            let wall = blend(scale(colours[hash(i, 2, seed) as usize % 4], 0.62), low, air);
            let (x0, y0) = layer.px(i as f32 * cell, KERB - high);
            let (x1, y1) = layer.px((i as f32 + 0.97) * cell, KERB + 0.02);
            canvas.rect(x0, y0, x1, y1, wall);
            canvas.polygon(
                &[(x0 - 2.0, y0), (x1 + 2.0, y0), ((x0 + x1) * 0.5, y0 - layer.unit * 0.07)],
                scale(wall, 0.7),
                1.0,
            );
            for pane in 0..12_i32 {
                let own = unit(i * 16 + pane, 3, seed);
                let (column, floor_index) = ((pane % 3) as f32, (pane / 3) as f32);
                let (wx, wy) =
                    (x0 + (x1 - x0) * (0.14 + 0.28 * column), y0 + layer.unit * (0.05 + 0.085 * floor_index));
                let glass = if own > 0.45 { blend(lamp, wall, 0.15 + air * 0.5) } else { scale(wall, 0.65) };
                canvas.rect(wx, wy, wx + (x1 - x0) * 0.15, wy + layer.unit * 0.048, glass);
            }
        }
    }
    wet_road(canvas, m, low);
    let layer = m.view.layer(0.8);
    for i in layer.cells(canvas.w, 0.62, 1) {
        let (x, y) = layer.px(i as f32 * 0.62, KERB + 0.02);
        let s = layer.unit;
        let steel = rgb(0x20_242A);
        canvas.stroke((x, y), (x, y - s * 0.4), s * 0.011, steel, 1.0);
        let bulb = (x, y - s * 0.41);
        canvas.polygon(
            &[
                (x - s * 0.03, bulb.1),
                (x + s * 0.03, bulb.1),
                (x + s * 0.014, bulb.1 - s * 0.03),
                (x - s * 0.014, bulb.1 - s * 0.03),
            ],
            steel,
            1.0,
        );
        canvas.ellipse(bulb, (s * 0.018, s * 0.018), rgb(0xFF_E8BC), 0.2);
        canvas.glow(bulb, s * 0.26, lamp, 0.75 + 0.05 * wave(m.t * 2.0 + i as f32));
    }
    for (way, y, size, near) in [(-1.0_f32, KERB + 0.09, 0.085, 0.85), (1.0, KERB + 0.21, 0.115, 1.0)] {
        let layer = m.view.layer(near);
        let moved = way * m.t * 0.30;
        let first = floor((layer.wx(0.0) - moved) / 1.1) - 1;
        for i in first..first + 5 {
            if unit(i, 5, m.seed) < 0.3 {
                continue;
            }
            let at = layer.px((i as f32 + 0.4 * unit(i, 6, m.seed)) * 1.1 + moved, y);
            let paint = [rgb(0x7A_2A28), rgb(0x2C_4460), rgb(0x6E_7276), rgb(0x2A_2E32)]
                [hash(i, 7, m.seed) as usize % 4];
            car(canvas, at, size * layer.unit, paint, way, 1.0);
            canvas.glow(
                (at.0 + way * size * layer.unit, at.1 + size * layer.unit * 0.8),
                size * layer.unit,
                rgb(0xFF_F0C0),
                0.3,
            );
        }
    }
}

fn wet_road(canvas: &mut Canvas, m: &Moment, low: Colour) {
    let layer = m.view.layer(0.8);
    let (top, h) = (layer.py(KERB), canvas.h as f32);
    canvas.rows(top.min(m.view.layer(0.42).py(KERB)), h + 1.0, |px, py| {
        let (x, down) = (layer.wx(px), (py - top) / h);
        let rough = fbm(x * 9.0, down * 40.0, 3, m.seed ^ 0x33);
        let splash = fbm(x * 30.0, down * 70.0 - m.t * 3.0, 2, m.seed ^ 0x34);
        // Each lamp stands in the wet road as a long, broken streak.
        let phase = x / 0.62 - floor(x / 0.62 + 0.5) as f32 + (rough - 0.5) * 0.12;
        let streak = (1.0 - smooth(0.0, 0.10 + down * 0.2, phase.abs()))
            * smooth(0.3, 0.7, splash * 0.5 + rough * 0.5);
        let base = scale(blend(rgb(0x26_2A32), low, 0.35 * smooth(0.5, 0.75, rough)), 0.8 + 0.3 * splash);
        blend(base, rgb(0xFF_C070), streak * 0.62 * (1.0 - smooth(0.0, 0.45, down) * 0.6))
    });
    canvas.rect(0.0, top, canvas.w as f32, top + layer.unit * 0.014, rgb(0x5A_5A5E));
}

fn lake(canvas: &mut Canvas, m: &Moment, low: Colour) {
    for (i, (near, base, high)) in
        [(0.12_f32, 0.56_f32, 0.22_f32), (0.2, 0.58, 0.13), (0.3, 0.60, 0.06)].into_iter().enumerate()
    {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0x1A4E + i as u32);
        let colour = blend(rgb(0x34_4A48), low, [0.75, 0.5, 0.25][i]);
        hill(
            canvas,
            &layer,
            0.66,
            |x| base - high * fbm1(x * 1.1, 5, seed),
            |x, y, _| scale(colour, 0.85 + 0.3 * fbm(x * 12.0, y * 20.0, 3, seed)),
        );
    }
    let layer = m.view.layer(0.7);
    let (top, h) = (layer.py(0.585), canvas.h as f32);
    canvas.rows(top, h + 1.0, |px, py| {
        let down = (py - top) / h;
        let away = 0.09 / (down + 0.015);
        let ripple = fbm(layer.wx(px) * (2.0 + away * 3.0), away * 15.0 + m.t * 0.7, 3, m.seed ^ 0x1C);
        let base = blend(scale(low, 0.8), rgb(0x3E_4C54), smooth(0.0, 0.4, down));
        scale(base, 0.78 + 0.4 * ripple)
    });
    for i in 0..110_i32 {
        let own = |k| unit(i, k, m.seed ^ 0x416);
        let beat = m.t * 1.3 + own(0);
        let (lap, age) = (floor(beat), beat - floor(beat) as f32);
        let down = own(2) * own(2);
        let x = unit(i, lap, m.seed ^ 0x417) * canvas.w as f32;
        let y = top + (0.02 + down * 0.42) * h;
        let r = h * (0.006 + 0.05 * down) * age;
        ring(canvas, (x, y), r, scale(low, 1.25), 0.55 * (1.0 - age));
    }
    jetty(canvas, m);
}

fn ring(canvas: &mut Canvas, (x, y): (f32, f32), r: f32, colour: Colour, alpha: f32) {
    let mut last = (x + r, y);
    for step in 1..=12_u8 {
        let (c, s) = super::noise::turned(f32::from(step) / 12.0);
        let next = (x + r * c, y + r * s * 0.3);
        canvas.stroke(last, next, 1.1, colour, alpha);
        last = next;
    }
}

fn jetty(canvas: &mut Canvas, m: &Moment) {
    let layer = m.view.layer(0.9);
    let x = m.centre * 0.9 + mix(-0.35, 0.35, unit(2, 2, m.seed));
    let p = |dx: f32, y: f32| layer.px(x + dx, y);
    let wood = rgb(0x4A_443E);
    for (dx, y) in [(-0.06, 0.70), (0.075, 0.70), (-0.10, 0.80), (0.135, 0.80), (-0.16, 0.93), (0.22, 0.93)] {
        let (a, b) = (p(dx, y - 0.05), p(dx, y + 0.08));
        canvas.stroke(a, b, layer.unit * 0.018 * (y * 1.2), scale(wood, 0.6), 1.0);
    }
    canvas.polygon(&[p(-0.05, 0.69), p(0.06, 0.69), p(0.30, 1.08), p(-0.24, 1.08)], wood, 1.0);
    for board in 0..14_u8 {
        let near = f32::from(board) / 14.0;
        let y = 0.69 + 0.39 * near * near;
        let half = mix(0.055, 0.27, near * near);
        canvas.stroke(p(0.015 - half, y), p(0.015 + half, y), 1.0 + 2.0 * near, scale(wood, 0.55), 0.8);
    }
}

fn storm(canvas: &mut Canvas, m: &Moment, low: Colour, flash: f32) {
    if flash > 0.25 {
        bolt(canvas, m, flash);
    }
    for (i, (near, base, high)) in
        [(0.14_f32, 0.64_f32, 0.16_f32), (0.3, 0.74, 0.13), (0.55, 0.88, 0.13)].into_iter().enumerate()
    {
        let layer = m.view.layer(near);
        let seed = m.seed ^ (0x5707 + i as u32);
        let top = |x: f32| base - high * fbm1(x * 1.0, 3, seed);
        let colour = blend(scale(rgb(0x46_5A40), 0.9 + 0.6 * flash), low, [0.6, 0.3, 0.05][i]);
        let size = [0.05, 0.12, 0.26][i];
        for k in layer.cells(canvas.w, size * 1.6, 1) {
            let x = (k as f32 + 0.7 * unit(k, 1, seed)) * size * 1.6;
            if value1(x * 1.5, seed ^ 2) < 0.45 {
                continue;
            }
            // The storm bends the trees far and fast.
            let foot = layer.px(x, top(x) + 0.01);
            tree(
                canvas,
                foot,
                layer.unit * size * mix(0.7, 1.15, unit(k, 2, seed)),
                scale(colour, 0.8),
                m.t * 3.5,
                hash(k, 4, seed),
            );
        }
        let bottom = if i == 2 { LOWEST } else { base + 0.22 };
        hill(canvas, &layer, bottom, top, |x, y, _| {
            let gust = fbm(x * 1.6 - m.t * 0.7, y * 4.0, 2, m.seed ^ 0x6);
            scale(colour, 0.62 + 0.3 * fbm(x * 24.0, y * 50.0, 2, seed) + 0.35 * gust)
        });
    }
}

fn bolt(canvas: &mut Canvas, m: &Moment, flash: f32) {
    let layer = m.view.layer(0.08);
    let strike = floor(m.t * 0.55 + unit(1, 2, m.seed));
    let mut at = (m.centre * 0.08 + mix(-0.6, 0.6, unit(strike, 3, m.seed)), -0.02_f32);
    for step in 0..11_i32 {
        let next = (at.0 + 0.08 * (unit(step, strike, m.seed ^ 0xB0) - 0.5), at.1 + 0.057);
        let (a, b) = (layer.px(at.0, at.1), layer.px(next.0, next.1));
        canvas.stroke(a, b, layer.unit * 0.006, rgb(0xF2_F4FF), flash);
        canvas.glow(b, layer.unit * 0.07, rgb(0xC8_D0FF), 0.35 * flash);
        if unit(step, strike, m.seed ^ 0xB1) > 0.65 {
            let twig =
                layer.px(next.0 + 0.09 * (unit(step, strike, m.seed ^ 0xB2) - 0.5) * 2.0, next.1 + 0.07);
            canvas.stroke(b, twig, layer.unit * 0.003, rgb(0xE2_E6FF), flash * 0.8);
        }
        at = next;
    }
}
