//! How loud a needle is: its ratio to the sound at its place, and the samples at which both together leave full scale.
//!
//! In: a needle's samples, the haystack's own, decibels. Out: the factor of the needle's samples, computed with operations that
//! give the same bits on every machine.

use crate::needle::Loudness;

/// The least that the haystack counts for, where it is silent: -50 dB of full scale.
const FLOOR: f64 = 0.003_162_277_660_168_379_4;

/// Full scale of a needle's samples.
const FULL: f64 = 32_768.0;

/// `10^(db / 20)` for each decibel of a decade.
const DECADE: [f64; 20] = [
    1.0,
    1.122_018_454_301_963_3,
    1.258_925_411_794_167_3,
    1.412_537_544_622_754_4,
    1.584_893_192_461_113_4,
    1.778_279_410_038_922_8,
    1.995_262_314_968_879_5,
    2.238_721_138_568_339_4,
    2.511_886_431_509_58,
    2.818_382_931_264_453_7,
    3.162_277_660_168_379_5,
    3.548_133_892_335_754_6,
    3.981_071_705_534_972_7,
    4.466_835_921_509_631,
    5.011_872_336_272_723,
    5.623_413_251_903_491,
    6.309_573_444_801_932_5,
    7.079_457_843_841_379_5,
    7.943_282_347_242_815,
    8.912_509_381_337_456,
];

/// The factor of an amplitude that so many decibels are.
pub(super) fn ratio(db: i16) -> f64 {
    let decades = i32::from(db).div_euclid(20);
    let part = DECADE[i32::from(db).rem_euclid(20) as usize];
    (0..decades.abs()).fold(part, |ratio, _| if decades > 0 { ratio * 10.0 } else { ratio / 10.0 })
}

/// Root mean square.
pub(super) fn rms(samples: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u64);
    for sample in samples {
        sum += sample * sample;
        count += 1;
    }
    (sum / count.max(1) as f64).sqrt()
}

/// The factor by which a needle's samples are taken, to be as loud as they should against the sound that they are mixed into, all of its
/// channels counted; `None` for a needle that is silent.
pub(super) fn gain<'a>(
    needle: &[i16],
    channels: impl Iterator<Item = &'a [f32]>,
    loudness: Loudness,
) -> Option<f64> {
    let own = rms(needle.iter().map(|&sample| f64::from(sample) / FULL));
    (own > 0.0).then(|| match loudness {
        Loudness::Recorded => 1.0,
        Loudness::Over { snr_db } => {
            let other = rms(channels.flatten().map(|&sample| f64::from(sample)));
            ratio(snr_db) * other.max(FLOOR) / own
        }
    })
}

/// A needle's samples at full scale 1, taken by a factor.
pub(super) fn scaled(needle: &[i16], gain: f64) -> Vec<f32> {
    needle.iter().map(|&sample| (f64::from(sample) / FULL * gain) as f32).collect()
}

/// The highest ratio in whole decibels whose factor is at most `most` where the needle's has the factor `gain`; `None` where there is
/// none, or nothing sets it.
pub(super) fn highest(loudness: Loudness, gain: f64, most: f64) -> Option<i16> {
    let Loudness::Over { snr_db } = loudness else { return None };
    (1..=120).map(|step| snr_db - step).find(|&db| gain * ratio(db) <= most * ratio(snr_db))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_are_ratios() {
        assert_eq!((ratio(0), ratio(20), ratio(-20), ratio(40)), (1.0, 10.0, 0.1, 100.0));
        for (db, wanted) in
            [(6, 1.995_262), (-6, 0.501_187), (-1, 0.891_251), (26, 19.952_623), (-46, 0.005_011_87)]
        {
            assert!((ratio(db) / wanted - 1.0).abs() < 1e-6, "{db}: {}", ratio(db));
        }
    }

    #[test]
    fn a_needle_is_as_loud_as_it_is_told_to_be() {
        let needle = [8192, -8192, 8192, -8192];
        let (left, right) = ([0.5_f32; 4], [-0.5_f32; 4]);
        let over = |snr_db| Loudness::Over { snr_db };
        let gain = |channels: [&[f32]; 2], db| super::gain(&needle, channels.into_iter(), over(db)).unwrap();
        assert!((gain([&left, &right], 0) - 2.0).abs() < 1e-12);
        assert!((gain([&left, &right], -20) - 0.2).abs() < 1e-12);
        // In silence it lies over the floor.
        assert!((gain([&[0.0; 4], &[0.0; 4]], 0) / (FLOOR * 4.0) - 1.0).abs() < 1e-12);
        assert_eq!(super::gain(&[0, 0], [&left[..]].into_iter(), over(0)), None);
        assert_eq!(super::gain(&needle, [&left[..]].into_iter(), Loudness::Recorded), Some(1.0));
        assert_eq!(scaled(&needle, 2.0), [0.5, -0.5, 0.5, -0.5]);
        assert_eq!((highest(over(6), 2.0, 1.0), highest(over(6), 2.0, 1.99)), (Some(-1), Some(5)));
    }
}
