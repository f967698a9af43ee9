//! A small painter: colours as floats, edges antialiased, so that slow motion glides instead of stepping.
//!
//! In: shapes in pixels, colours in `0..=1` per channel. Out: a picture, graded and grained into 8 bits at the end.

use image::RgbImage;

use super::noise::{floor, hash};

/// Red, green and blue, 0 to 1.
pub(super) type Colour = [f32; 3];

/// Sub-scanlines of a polygon's row; across a row, coverage is exact.
const SUBLINES: i32 = 4;
/// Side of the tile of film grain, a power of two.
const GRAIN: usize = 256;

/// The colour of `0xRRGGBB`.
pub(super) const fn rgb(hex: u32) -> Colour {
    [(hex >> 16 & 255) as f32 / 255.0, (hex >> 8 & 255) as f32 / 255.0, (hex & 255) as f32 / 255.0]
}

/// `a` at 0, `b` at 1.
pub(super) fn blend(a: Colour, b: Colour, t: f32) -> Colour {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

/// A colour made lighter or darker.
pub(super) fn scale(colour: Colour, by: f32) -> Colour {
    [colour[0] * by, colour[1] * by, colour[2] * by]
}

/// A picture being painted.
pub(super) struct Canvas {
    /// Width in pixels.
    pub(super) w: usize,
    /// Height in pixels.
    pub(super) h: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// A black picture.
    pub(super) fn new(w: u32, h: u32) -> Self {
        let (w, h) = (w as usize, h as usize);
        Self { w, h, pixels: vec![[0.0; 3]; w * h] }
    }

    /// Paints all pixels of the rows from `top` to `bottom`.
    pub(super) fn rows(&mut self, top: f32, bottom: f32, shade: impl Fn(f32, f32) -> Colour) {
        let (top, bottom) = (clip(top, self.h), clip(bottom, self.h));
        for y in top..bottom {
            for (x, pixel) in self.pixels[y * self.w..][..self.w].iter_mut().enumerate() {
                *pixel = shade(x as f32 + 0.5, y as f32 + 0.5);
            }
        }
    }

    /// Changes all pixels of the rows from `top` to `bottom`.
    pub(super) fn tint(&mut self, top: f32, bottom: f32, shade: impl Fn(f32, f32, Colour) -> Colour) {
        let (top, bottom) = (clip(top, self.h), clip(bottom, self.h));
        for y in top..bottom {
            for (x, pixel) in self.pixels[y * self.w..][..self.w].iter_mut().enumerate() {
                *pixel = shade(x as f32 + 0.5, y as f32 + 0.5, *pixel);
            }
        }
    }

    /// Paints everything below a line, down to `bottom`; `shade` gets x, y and the depth below the line.
    pub(super) fn below(
        &mut self,
        bottom: f32,
        line: impl Fn(f32) -> f32,
        shade: impl Fn(f32, f32, f32) -> Colour,
    ) {
        let tops: Vec<f32> = (0..self.w).map(|x| line(x as f32 + 0.5)).collect();
        let first = tops.iter().fold(self.h as f32, |least, &top| least.min(top));
        for y in clip(first, self.h)..clip(bottom, self.h) {
            for (x, pixel) in self.pixels[y * self.w..][..self.w].iter_mut().enumerate() {
                let cover = (y as f32 + 1.0 - tops[x]).min(1.0);
                if cover > 0.0 {
                    let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
                    let colour = shade(px, py, (py - tops[x]).max(0.0));
                    *pixel = if cover < 1.0 { blend(*pixel, colour, cover) } else { colour };
                }
            }
        }
    }

    /// An axis-parallel rectangle.
    pub(super) fn rect(&mut self, x0: f32, y0: f32, x1: f32, y1: f32, colour: Colour) {
        for y in clip(y0 as i32 as f32, self.h)..clip(y1 + 1.0, self.h) {
            let down = (y1.min(y as f32 + 1.0) - y0.max(y as f32)).max(0.0);
            for x in clip(x0 as i32 as f32, self.w)..clip(x1 + 1.0, self.w) {
                let across = (x1.min(x as f32 + 1.0) - x0.max(x as f32)).max(0.0);
                self.put(x, y, colour, down * across);
            }
        }
    }

    /// A filled polygon (even-odd).
    pub(super) fn polygon(&mut self, points: &[(f32, f32)], colour: Colour, alpha: f32) {
        let least = |pick: fn(&(f32, f32)) -> f32| points.iter().map(pick).fold(f32::MAX, f32::min);
        let most = |pick: fn(&(f32, f32)) -> f32| points.iter().map(pick).fold(f32::MIN, f32::max);
        let (left, right) = (clip(least(|p| p.0), self.w), clip(most(|p| p.0) + 1.0, self.w));
        let (top, bottom) = (clip(least(|p| p.1), self.h), clip(most(|p| p.1) + 1.0, self.h));
        if left >= right {
            return;
        }
        let mut cover = vec![0.0_f32; right - left];
        let mut crossings: Vec<f32> = Vec::new();
        for y in top..bottom {
            cover.fill(0.0);
            for line in 0..SUBLINES {
                let at = y as f32 + (line as f32 + 0.5) / SUBLINES as f32;
                crossings.clear();
                for (i, &(x0, y0)) in points.iter().enumerate() {
                    let (x1, y1) = points[(i + 1) % points.len()];
                    if (y0 <= at) != (y1 <= at) {
                        crossings.push(x0 + (at - y0) / (y1 - y0) * (x1 - x0));
                    }
                }
                crossings.sort_by(f32::total_cmp);
                for pair in crossings.chunks_exact(2) {
                    for x in clip(pair[0], self.w).max(left)..clip(pair[1] + 1.0, self.w).min(right) {
                        let across = pair[1].min(x as f32 + 1.0) - pair[0].max(x as f32);
                        cover[x - left] += across.max(0.0) / SUBLINES as f32;
                    }
                }
            }
            for x in left..right {
                self.put(x, y, colour, cover[x - left] * alpha);
            }
        }
    }

    /// A straight stroke.
    pub(super) fn stroke(
        &mut self,
        from: (f32, f32),
        to: (f32, f32),
        width: f32,
        colour: Colour,
        alpha: f32,
    ) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt().max(1e-3);
        let (nx, ny) = (-dy / length * width * 0.5, dx / length * width * 0.5);
        let corners = [
            (from.0 + nx, from.1 + ny),
            (to.0 + nx, to.1 + ny),
            (to.0 - nx, to.1 - ny),
            (from.0 - nx, from.1 - ny),
        ];
        self.polygon(&corners, colour, alpha);
    }

    /// An ellipse; its edge fades over `soft` of its radius, and over a pixel at least.
    pub(super) fn ellipse(&mut self, (cx, cy): (f32, f32), (rx, ry): (f32, f32), colour: Colour, soft: f32) {
        let edge = (soft * rx.min(ry)).max(1.0);
        for y in clip(cy - ry - 1.0, self.h)..clip(cy + ry + 2.0, self.h) {
            for x in clip(cx - rx - 1.0, self.w)..clip(cx + rx + 2.0, self.w) {
                let (dx, dy) = ((x as f32 + 0.5 - cx) / rx, (y as f32 + 0.5 - cy) / ry);
                let inside = (1.0 - (dx * dx + dy * dy).sqrt()) * rx.min(ry);
                self.put(x, y, colour, (inside / edge + if soft > 0.0 { 0.0 } else { 0.5 }).clamp(0.0, 1.0));
            }
        }
    }

    /// Light added around a point, falling to nothing at `radius`.
    pub(super) fn glow(&mut self, (cx, cy): (f32, f32), radius: f32, colour: Colour, strength: f32) {
        for y in clip(cy - radius, self.h)..clip(cy + radius + 1.0, self.h) {
            for x in clip(cx - radius, self.w)..clip(cx + radius + 1.0, self.w) {
                let (dx, dy) = ((x as f32 + 0.5 - cx) / radius, (y as f32 + 0.5 - cy) / radius);
                let near = (1.0 - dx * dx - dy * dy).max(0.0);
                let light = near * near * strength;
                let pixel = &mut self.pixels[y * self.w + x];
                for channel in 0..3 {
                    pixel[channel] += colour[channel] * light;
                }
            }
        }
    }

    fn put(&mut self, x: usize, y: usize, colour: Colour, alpha: f32) {
        if alpha > 0.0 {
            let pixel = &mut self.pixels[y * self.w + x];
            *pixel = blend(*pixel, colour, alpha.min(1.0));
        }
    }

    /// Exposure, vignette and film grain, then 8 bits a channel.
    pub(super) fn develop(&self, exposure: f32, grain: &Grain, frame: u32) -> RgbImage {
        let offset = hash(frame as i32, 0, 0xF11A) as usize;
        let (w, h) = (self.w as f32, self.h as f32);
        let mut bytes = Vec::with_capacity(self.w * self.h * 3);
        for (y, row) in self.pixels.chunks_exact(self.w).enumerate() {
            let down = (y as f32 - h * 0.5) / h;
            let tile = &grain.0[((y + (offset >> 8)) & (GRAIN - 1)) * GRAIN..][..GRAIN];
            for (x, pixel) in row.iter().enumerate() {
                let across = (x as f32 - w * 0.5) / w;
                let gain = 255.0 * exposure * (1.0 - 0.35 * (across * across + down * down));
                let noise = tile[(x + offset) & (GRAIN - 1)];
                bytes.extend(pixel.map(|level| (level * gain + noise) as u8));
            }
        }
        RgbImage::from_raw(self.w as u32, self.h as u32, bytes).expect("three bytes a pixel")
    }
}

/// A tile of film grain, in levels of 8 bits, with the rounding's half added.
pub(super) struct Grain(Vec<f32>);

impl Grain {
    /// Grain of up to `levels` levels either way, in a triangular distribution.
    pub(super) fn new(levels: f32, seed: u32) -> Self {
        let one = |i: i32, seed| (hash(i, 1, seed) >> 16) as f32 / 65_536.0;
        let tile = (0..(GRAIN * GRAIN) as i32).map(|i| (one(i, seed) - one(i, seed ^ 0x5EED)) * levels + 0.5);
        Self(tile.collect())
    }
}

/// A coordinate as an index of `0..=end`.
fn clip(at: f32, end: usize) -> usize {
    floor(at).clamp(0, end as i32) as usize
}
