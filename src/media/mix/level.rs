//! How loud a needle is: its ratio to the sound at its place, or its level where nothing else is heard, and the samples at which both
//! together leave full scale.
//!
//! In: a needle's samples, the haystack's own, decibels. Out: the factor of the needle's samples, computed with operations that
//! give the same bits on every machine.

use crate::media::sound::PACKET_SAMPLES;
use crate::needle::Loudness;

/// The least that the haystack counts for, where it is faint: -50 dB of full scale.
const FLOOR: f64 = 0.003_162_277_660_168_379_4;

/// What is softer is silence, in which a ratio says nothing: -70 dB of full scale.
const SILENT: f64 = 0.000_316_227_766_016_837_94;

/// Root mean square of a needle in silence: -20 dB of full scale.
const ALONE: f64 = 0.1;

/// How high a needle reaches in silence at most, which no fault of coding brings to full scale: -1 dB.
const HIGHEST_ALONE: f64 = 0.891_250_938_133_745_5;

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

/// How a needle's samples are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Level {
    /// Their factor.
    pub(super) gain: f64,
    /// Whether nothing else is heard, so that no ratio set it.
    pub(super) is_alone: bool,
}

impl Level {
    /// That of a needle which is to be as loud as it should against the sound that it is mixed into, all of its channels counted; where
    /// that is silent, to be heard by itself, whatever the ratio. `None` for a needle that is silent.
    pub(super) fn of(needle: &[i16], under: &[Vec<f32>], loudness: Loudness) -> Option<Self> {
        let samples = || needle.iter().map(|&sample| f64::from(sample) / FULL);
        let own = rms(samples());
        let over = |gain| Self { gain, is_alone: false };
        (own > 0.0).then(|| match loudness {
            Loudness::Recorded => over(1.0),
            Loudness::Over { .. } if is_silent(under) => {
                let peak = samples().map(f64::abs).fold(0.0, f64::max);
                Self { gain: (ALONE / own).min(HIGHEST_ALONE / peak), is_alone: true }
            }
            Loudness::Over { snr_db } => {
                let other = rms(under.iter().flatten().map(|&sample| f64::from(sample)));
                over(ratio(snr_db) * other.max(FLOOR) / own)
            }
        })
    }

    /// The same, and soft enough for sound of which `most` is the highest factor that fits.
    pub(super) fn within(self, most: f64) -> Self {
        Self { gain: self.gain.min(most * HIGHEST_ALONE), ..self }
    }
}

/// Whether most of a sound is silence. Beside it there may be the end of what sounds before and the start of what sounds after.
fn is_silent(channels: &[Vec<f32>]) -> bool {
    let blocks = || channels.iter().flat_map(|channel| channel.chunks(PACKET_SAMPLES as usize));
    let silent = blocks().filter(|block| rms(block.iter().map(|&sample| f64::from(sample))) < SILENT);
    2 * silent.count() > blocks().count()
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
        let (left, right) = ([0.5; 4], [-0.5; 4]);
        let over = |snr_db| Loudness::Over { snr_db };
        let level =
            |channels: [[f32; 4]; 2], db| Level::of(&needle, &channels.map(Vec::from), over(db)).unwrap();
        let gain = |channels, db| level(channels, db).gain;
        assert!((gain([left, right], 0) - 2.0).abs() < 1e-12);
        assert!((gain([left, right], -20) - 0.2).abs() < 1e-12);
        // Over what is faint it lies over the floor, and in silence at a level of its own.
        let faint = [0.000_4; 4];
        assert!((gain([faint, faint], 0) / (FLOOR * 4.0) - 1.0).abs() < 1e-12);
        for db in [-40, 0, 40] {
            let alone = level([[0.0; 4]; 2], db);
            assert!(alone.is_alone && (alone.gain - 0.4).abs() < 1e-12, "{alone:?}");
        }
        assert_eq!(Level::of(&[0, 0], &[left.to_vec()], over(0)), None);
        let recorded = Level::of(&needle, &[left.to_vec()], Loudness::Recorded).unwrap();
        assert_eq!(recorded, Level { gain: 1.0, is_alone: false });
        assert_eq!(scaled(&needle, 2.0), [0.5, -0.5, 0.5, -0.5]);
        assert_eq!((highest(over(6), 2.0, 1.0), highest(over(6), 2.0, 1.99)), (Some(-1), Some(5)));
    }

    #[test]
    fn a_needle_in_silence_never_reaches_full_scale() {
        let over = Loudness::Over { snr_db: 40 };
        let silence = vec![vec![0.0; 100]];
        // A stroke, whose peak lies 20 dB above its mean, and the loudest that there is.
        let mut stroke = [0; 100];
        stroke[7] = i16::MIN;
        for needle in [stroke, [i16::MIN; 100]] {
            let scaled = scaled(&needle, Level::of(&needle, &silence, over).unwrap().gain);
            let peak = scaled.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            let level = rms(scaled.iter().map(|&sample| f64::from(sample)));
            assert!(peak < 0.8913 && (0.089..0.1001).contains(&level), "{peak} {level}");
        }
    }

    #[test]
    fn silence_is_most_of_it_whatever_sounds_beside_it() {
        let packet = PACKET_SAMPLES as usize;
        let sound = |loud: usize| vec![[vec![0.1; loud * packet], vec![0.0; (8 - loud) * packet]].concat()];
        assert!(is_silent(&sound(0)) && is_silent(&sound(3)));
        assert!(!is_silent(&sound(4)) && !is_silent(&sound(8)));
        // Beside what is loud it is softer still, so that both together fit.
        let level = Level { gain: 4.0, is_alone: true };
        assert!(level.within(2.0).gain < 2.0);
        assert_eq!(level.within(8.0), level);
    }
}
