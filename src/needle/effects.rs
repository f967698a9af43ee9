//! Effects: what makes a needle harder to see than it is drawn.
//!
//! In: a drawing and the effects of its needle. Out: the same drawing, translucent, blurred or noisy; and, for each frame of
//! the needle, how much of it shows while it fades. What depends on the frame below (tint) is the renderer's.

use image::RgbaImage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::gauss;
use crate::seed::Seed;

/// A narrower blur, in thousandths of a pixel, gives a pixel less than half a level of its neighbour.
const LEAST_BLUR_MILLI_PX: u32 = 63;

/// What is done to a drawing. The default does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Effects {
    /// Opacity of the whole needle, in per-mille; multiplies its own transparency.
    pub opacity_permille: u16,
    /// Standard deviation of the blur, in per-mille of the frame's height.
    pub blur_permille: u16,
    /// Most that noise adds to or takes from each channel, in per-mille of its range.
    pub noise_permille: u16,
    /// What the noise is drawn from.
    pub noise_seed: u32,
    /// How far its colours are moved to the mean of what it covers, in per-mille.
    pub tint_permille: u16,
    /// Frames over which it appears.
    pub fade_in: u64,
    /// Frames over which it disappears.
    pub fade_out: u64,
}

impl Default for Effects {
    fn default() -> Self {
        Self {
            opacity_permille: 1000,
            blur_permille: 0,
            noise_permille: 0,
            noise_seed: 0,
            tint_permille: 0,
            fade_in: 0,
            fade_out: 0,
        }
    }
}

impl Effects {
    /// Whether they do nothing.
    pub fn is_none(&self) -> bool {
        *self == Self { noise_seed: self.noise_seed, ..Self::default() }
    }

    /// Whether all frames of the needle show as much of it.
    pub fn is_still(&self) -> bool {
        self.fade_in == 0 && self.fade_out == 0
    }

    /// How much of the needle shows on frame `at` of `count`, in per-mille: while it fades in, frame `i` of `n` shows
    /// `(i + 1) / (n + 1)` of it, so that none shows nothing; of two fades that overlap, the lower counts.
    pub fn level(&self, at: u64, count: u64) -> u16 {
        let step = |step: u64, of: u64| ((step + 1) * 1000 / (of + 1)).min(1000) as u16;
        step(at, self.fade_in).min(step(count.saturating_sub(at + 1), self.fade_out))
    }

    /// Standard deviation of the blur in a frame of this height, in thousandths of a pixel; 0 where it is too narrow to change a
    /// pixel.
    pub fn blur_milli_px(&self, frame_h: u32) -> u32 {
        let milli = frame_h * u32::from(self.blur_permille);
        if milli < LEAST_BLUR_MILLI_PX { 0 } else { milli }
    }

    /// Most that noise adds to or takes from a channel, in levels of 255.
    pub fn noise_levels(&self) -> u8 {
        (u32::from(self.noise_permille) * 255 / 1000).min(255) as u8
    }

    /// The drawing as it is blended where it shows in full; `frame_h` is the height of the frame.
    pub fn apply(&self, mut drawing: RgbaImage, frame_h: u32) -> RgbaImage {
        let milli = self.blur_milli_px(frame_h);
        if milli > 0 {
            drawing = blurred(&drawing, milli);
        }
        if self.noise_levels() > 0 {
            self.add_noise(&mut drawing);
        }
        if self.opacity_permille < 1000 {
            for pixel in drawing.pixels_mut() {
                let alpha = u32::from(pixel.0[3]) * u32::from(self.opacity_permille);
                pixel.0[3] = ((alpha + 500) / 1000) as u8;
            }
        }
        drawing
    }

    /// Adds the same random amount to all channels of a pixel: video keeps little of noise in colour.
    fn add_noise(&self, drawing: &mut RgbaImage) {
        let most = u64::from(self.noise_levels());
        let mut stream = Seed::new(u64::from(self.noise_seed)).stream("noise", 0);
        for pixel in drawing.pixels_mut() {
            let added = stream.below(2 * most + 1) as i32 - most as i32;
            for channel in &mut pixel.0[..3] {
                *channel = (i32::from(*channel) + added).clamp(0, 255) as u8;
            }
        }
    }
}

/// A Gaussian of a standard deviation of `milli` thousandths of a pixel. Beyond its edges a drawing is transparent, and
/// colours are weighted by their alpha, so that invisible ones do not seep in.
fn blurred(drawing: &RgbaImage, milli: u32) -> RgbaImage {
    let (w, h) = (drawing.width() as usize, drawing.height() as usize);
    let plane = |channel: usize| -> Vec<u32> {
        drawing
            .pixels()
            .map(|pixel| {
                let alpha = u32::from(pixel.0[3]);
                if channel == 3 { alpha * 255 } else { u32::from(pixel.0[channel]) * alpha }
            })
            .collect()
    };
    let planes: [Vec<u32>; 4] = std::array::from_fn(|channel| gauss::blurred(&plane(channel), (w, h), milli));
    RgbaImage::from_fn(w as u32, h as u32, |x, y| {
        let at = y as usize * w + x as usize;
        let weight = planes[3][at];
        let colour = |channel: usize| {
            let mixed = (planes[channel][at] * 255 + weight / 2).checked_div(weight).unwrap_or(0);
            mixed.min(255) as u8
        };
        image::Rgba([colour(0), colour(1), colour(2), ((weight + 127) / 255) as u8])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> RgbaImage {
        RgbaImage::from_fn(40, 30, |x, y| {
            image::Rgba(if (10..30).contains(&x) && (8..22).contains(&y) {
                [200, 40, 90, 255]
            } else {
                [0; 4]
            })
        })
    }

    #[test]
    fn nothing_changes_nothing() {
        let effects = Effects { noise_seed: 5, ..Effects::default() };
        assert!(effects.is_none());
        assert_eq!(effects.apply(square(), 1000), square());
        assert!((0..9).all(|at| effects.level(at, 9) == 1000));
    }

    #[test]
    fn a_blur_keeps_colours_and_softens_edges() {
        let drawn = Effects { blur_permille: 2, ..Effects::default() }.apply(square(), 1000);
        let alpha = |x: u32| drawn.get_pixel(x, 15).0[3];
        assert_eq!((alpha(0), alpha(20)), (0, 255));
        assert!((1..20).all(|x| alpha(x) >= alpha(x - 1)) && (60..200).contains(&alpha(10)));
        for pixel in drawn.pixels().filter(|pixel| pixel.0[3] > 8) {
            let [r, g, b, _] = pixel.0;
            assert!(r.abs_diff(200) < 4 && g.abs_diff(40) < 4 && b.abs_diff(90) < 4, "{pixel:?}");
        }
        // What is spread is not lost: the sum of alpha stays.
        let sum = |image: &RgbaImage| image.pixels().map(|pixel| u64::from(pixel.0[3])).sum::<u64>();
        assert!(sum(&drawn).abs_diff(sum(&square())) * 50 < sum(&square()));
    }

    #[test]
    fn noise_is_of_its_seed_and_within_bounds() {
        let noisy = |noise_seed| {
            Effects { noise_permille: 100, noise_seed, ..Effects::default() }.apply(square(), 1000)
        };
        assert_eq!(noisy(1), noisy(1));
        assert_ne!(noisy(1), noisy(2));
        let inside = noisy(1);
        let values: Vec<u8> = (10..30).map(|x| inside.get_pixel(x, 15).0[0]).collect();
        assert!(values.iter().all(|&value| value.abs_diff(200) <= 25), "{values:?}");
        assert!(values.iter().any(|&value| value.abs_diff(200) > 8), "{values:?}");
    }

    #[test]
    fn opacity_multiplies_alpha() {
        let drawn = Effects { opacity_permille: 300, ..Effects::default() }.apply(square(), 1000);
        assert_eq!((drawn.get_pixel(20, 15).0, drawn.get_pixel(0, 0).0[3]), ([200, 40, 90, 77], 0));
    }

    #[test]
    fn fades_rise_and_fall_and_never_hide_a_frame() {
        let effects = Effects { fade_in: 3, fade_out: 1, ..Effects::default() };
        let levels: Vec<u16> = (0..8).map(|at| effects.level(at, 8)).collect();
        assert_eq!(levels, [250, 500, 750, 1000, 1000, 1000, 1000, 500]);
        let long = Effects { fade_in: 100, fade_out: 100, ..Effects::default() };
        assert!((0..5).all(|at| (1..100).contains(&long.level(at, 5))));
    }
}
