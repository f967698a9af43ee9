//! Our own frame: planar YUV 4:2:0, 8 bits, limited range, without padding.
//!
//! In: planes. Out: planes that can be compared, blended and digested. Rows are tight, so equal pictures are equal bytes.

/// One frame of even width and height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Yuv {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Luma, `width` x `height` bytes.
    pub y: Vec<u8>,
    /// Blue difference, a quarter of that.
    pub u: Vec<u8>,
    /// Red difference, a quarter of that.
    pub v: Vec<u8>,
}

impl Yuv {
    /// A frame of one colour.
    pub fn filled(width: u32, height: u32, [y, u, v]: [u8; 3]) -> Self {
        let luma = width as usize * height as usize;
        let chroma = (width as usize / 2) * (height as usize / 2);
        Self { width, height, y: vec![y; luma], u: vec![u; chroma], v: vec![v; chroma] }
    }

    /// Sum of squared luma differences and number of pixels within the box `x, y, w, h`, clipped to the frame.
    pub fn luma_difference(&self, other: &Self, area: [u32; 4]) -> (u64, u64) {
        plane_difference([&self.y, &other.y], (self.width, self.height), area)
    }

    /// As [`Self::luma_difference`], over all three planes: a needle may differ from what it covers in colour alone.
    pub fn difference(&self, other: &Self, area: [u32; 4]) -> (u64, u64) {
        let (size, half) = ((self.width / 2, self.height / 2), area.map(|edge| edge / 2));
        let (y, luma) = self.luma_difference(other, area);
        let (u, one) = plane_difference([&self.u, &other.u], size, half);
        let (v, two) = plane_difference([&self.v, &other.v], size, half);
        (y + u + v, luma + one + two)
    }
}

fn plane_difference(planes: [&[u8]; 2], (width, height): (u32, u32), [x, y, w, h]: [u32; 4]) -> (u64, u64) {
    let (right, bottom) = ((x + w).min(width), (y + h).min(height));
    let mut sum = 0_u64;
    for row in y..bottom {
        let span = (row * width + x.min(right)) as usize..(row * width + right) as usize;
        // A row's sum fits 32 bits up to 65,000 pixels, which lets the processor add many at once.
        let row_sum: u32 = planes[0][span.clone()]
            .iter()
            .zip(&planes[1][span])
            .map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2))
            .sum();
        sum += u64::from(row_sum);
    }
    (sum, u64::from(right.saturating_sub(x)) * u64::from(bottom.saturating_sub(y)))
}

/// Peak signal-to-noise ratio in decibels of 8-bit samples, from a sum of squared differences over `count` samples;
/// 100 where they are equal.
pub fn psnr(sum_of_squares: u64, count: u64) -> f64 {
    if sum_of_squares == 0 || count == 0 {
        return 100.0;
    }
    let mean = sum_of_squares as f64 / count as f64;
    // Of this crate, since the platform's last bit differs.
    10.0 * libm::log10(255.0 * 255.0 / mean)
}

/// Whether the mean of squared differences, `sum_of_squares / count`, is above `thousandths / 1000`: in whole numbers, so that
/// a decision is the same on every machine.
pub fn differs_by_more(sum_of_squares: u64, count: u64, thousandths: u64) -> bool {
    u128::from(sum_of_squares) * 1000 > u128::from(count) * u128::from(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_squared_differences_are_those_of_their_decibels() {
        // 65,025 / 10^2.4 and 65,025 / 10^1.85.
        for (decibels, thousandths) in [(24.0, 258_869_u64), (18.5, 918_502)] {
            let count = 1_000_000;
            let at = thousandths * 1000;
            assert!((psnr(at, count) - decibels).abs() < 1e-5);
            assert!(!differs_by_more(at, count, thousandths));
            assert!(differs_by_more(at + 1, count, thousandths));
        }
        assert!(!differs_by_more(0, 0, 0), "nothing differs by nothing");
    }

    #[test]
    fn decibels_have_fixed_bits() {
        assert_eq!(psnr(65_025, 1).to_bits(), 0.0_f64.to_bits());
        assert_eq!(psnr(65_025, 100).to_bits(), 20.0_f64.to_bits());
        assert_eq!(psnr(0, 5).to_bits(), 100.0_f64.to_bits());
    }
}
