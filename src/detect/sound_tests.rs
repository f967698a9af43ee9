//! Sounds are found where they are and for what they are, and nowhere else.

use super::drawn::Thing;
use super::sound::{Detector, Heard, RATE};
use crate::needle::{Library, Look, Pack, Pcm};
use crate::time::FrameRate;

/// Noise like that of a room: sums of what came before, from a fixed generator; its level is about 1,200.
fn room(count: usize) -> Vec<f64> {
    let (mut state, mut low) = (1_u64, 0.0_f64);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1_u32 << 24) - 0.5
    };
    (0..count)
        .map(|_| {
            low = 0.9 * low + next();
            low * 1_800.0
        })
        .collect()
}

fn power(samples: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = samples.len() as f64;
    samples.map(|sample| sample * sample).sum::<f64>() / count
}

/// Mixes sounds into noise: each with its place and as loud as what it covers.
fn mixed(length: usize, sounds: &[(usize, Vec<i16>)]) -> Pcm {
    let mut sum = room(length);
    for (at, sound) in sounds {
        let under = power(sum[*at..at + sound.len()].iter().copied());
        let own = power(sound.iter().copied().map(f64::from));
        let gain = (under / own).sqrt();
        for (value, &sample) in sum[*at..].iter_mut().zip(sound) {
            *value += gain * f64::from(sample);
        }
    }
    Pcm { sample_rate: RATE, samples: sum.into_iter().map(|value| value.round() as i16).collect() }
}

/// The first of a pack's items: correlations of all its recordings would take long.
const MOST: usize = 14;

fn things(pack: &Pack) -> Vec<Thing<'_>> {
    pack.items
        .iter()
        .take(MOST)
        .map(|item| Thing { pack: &pack.id, item: &item.id, label: &item.label })
        .collect()
}

#[test]
fn every_sound_is_heard_where_it_is_and_for_what_it_is() {
    let library = Library::embedded();
    for id in ["tones", "sounds", "rhythms", "spoken_zh"] {
        let pack = library.pack(id).unwrap();
        let ears = Detector::new(&library, &things(pack), (0, 1)).unwrap();
        let (mut at, mut sounds, mut expected) = (RATE as usize, Vec::new(), Vec::new());
        for item in pack.items.iter().take(MOST) {
            // Of several recordings, the last.
            let take = item.sounds.len() as u16 - 1;
            let samples = library.heard(id, &item.id, take, RATE).unwrap().samples;
            expected.push((item.label.clone(), at, at + samples.len()));
            let length = samples.len();
            sounds.push((at, samples));
            // Places that no grid of frames falls on.
            at += length + 5_003;
        }
        let heard = ears.hear(&mixed(at + RATE as usize, &sounds));
        let found: Vec<&str> = heard.iter().map(|heard| heard.label.as_str()).collect();
        let labels: Vec<&str> = expected.iter().map(|(label, ..)| label.as_str()).collect();
        assert_eq!(found, labels, "{id}");
        for (Heard { label, start, cells, .. }, (_, at, _)) in heard.iter().zip(&expected) {
            assert!(start.abs_diff(*at as u64) <= 160, "{id} {label}: {start} for {at}");
            assert!(*cells > 20.0, "{id} {label}: {cells}");
        }
    }
}

#[test]
fn noise_and_silence_hold_no_sound() {
    let library = Library::embedded();
    for id in ["tones", "sounds", "lasting"] {
        let ears = Detector::new(&library, &things(library.pack(id).unwrap()), (0, 5)).unwrap();
        let heard = ears.hear(&mixed(6 * RATE as usize, &[]));
        assert!(heard.is_empty(), "{id}: {heard:?}");
        for count in [0, 5 * RATE as usize] {
            assert!(ears.hear(&Pcm { sample_rate: RATE, samples: vec![0; count] }).is_empty(), "{id}");
        }
    }
}

/// No two sounds of a pack are alike: what another explains of one, or of the start or end of it, is less than it explains itself.
#[test]
fn sounds_of_a_pack_are_told_apart() {
    let library = Library::embedded();
    for (id, most) in [("tones", 0.1), ("sounds", 0.6)] {
        let pack = library.pack(id).unwrap();
        let mut worst = (0.0, String::new());
        for item in pack.items.iter().take(MOST) {
            let samples = library.heard(id, &item.id, 0, RATE).unwrap().samples;
            let second = vec![0; RATE as usize];
            let pcm = Pcm { sample_rate: RATE, samples: [second.clone(), samples, second].concat() };
            let hear = |is_wanted: &dyn Fn(&str) -> bool| {
                let wanted: Vec<Thing<'_>> =
                    things(pack).into_iter().filter(|thing| is_wanted(thing.item)).collect();
                Detector::new(&library, &wanted, (-40, 1)).unwrap().hear(&pcm)
            };
            let own = hear(&|other| other == item.id);
            assert_eq!(own.len(), 1, "{id}: {own:?}");
            for heard in hear(&|other| other != item.id) {
                let share = heard.cells / own[0].cells;
                if share > worst.0 {
                    worst = (share, format!("{} for {}", heard.label, item.label));
                }
            }
        }
        assert!(worst.0 < most, "{id}: {worst:?}");
    }
}

/// A rhythm that ends with a short tone is the beginning of one that ends with a long tone instead.
#[test]
fn a_rhythm_is_not_taken_for_its_beginning() {
    let library = Library::embedded();
    let pack = library.pack("rhythms").unwrap();
    let ears = Detector::new(&library, &things(pack), (0, 1)).unwrap();
    for item in &pack.items {
        let samples = library.heard("rhythms", &item.id, 0, RATE).unwrap().samples;
        let heard = ears.hear(&mixed(samples.len() + 3 * RATE as usize, &[(RATE as usize, samples)]));
        let found: Vec<&str> = heard.iter().map(|heard| heard.label.as_str()).collect();
        assert_eq!(found, [item.label.as_str()]);
    }
}

#[test]
fn a_sound_that_lasts_ends_where_it_does() {
    let library = Library::embedded();
    let pack = library.pack("lasting").unwrap();
    for (thing, seconds) in things(pack).into_iter().zip([2_u64, 3, 4, 5, 6, 7, 8, 9]) {
        let look =
            Look::Sound { pack: "lasting".to_owned(), item: thing.item.to_owned(), take: 0, snr_db: 0 };
        let samples = library.sound(&look, seconds, FrameRate::ONE, RATE).unwrap().unwrap().samples;
        assert_eq!(samples.len() as u64, seconds * u64::from(RATE));
        let ears = Detector::new(&library, &[thing], (0, 21)).unwrap();
        let at = 3 * RATE as usize + 777;
        let heard = ears.hear(&mixed(at + samples.len() + 4 * RATE as usize, &[(at, samples.clone())]));
        let [Heard { label, start, end, .. }] = &heard[..] else { panic!("{heard:?}") };
        assert_eq!(label, thing.label);
        let close = u64::from(RATE) / 5;
        assert!(start.abs_diff(at as u64) < close, "{label}: {start} for {at}");
        // Within a rhythm's pause, nobody can tell when it ends.
        let end_at = (at + samples.len()) as u64;
        assert!(end.abs_diff(end_at) < u64::from(RATE) / 2, "{label}: {end} for {end_at}");
    }
}

/// What explains all that is heard leaves nothing, and less by rounding.
#[test]
fn a_sound_over_silence_ends_where_it_does() {
    let library = Library::embedded();
    let pack = library.pack("lasting").unwrap();
    let quiet = |seconds: usize| room(seconds * RATE as usize).into_iter().map(|value| (value / 8.0) as i16);
    for thing in things(pack).into_iter().take(3) {
        let look =
            Look::Sound { pack: "lasting".to_owned(), item: thing.item.to_owned(), take: 0, snr_db: 0 };
        let samples = library.sound(&look, 13, FrameRate::ONE, RATE).unwrap().unwrap().samples;
        let (at, end_at) = (4 * RATE as usize, 4 * RATE as usize + samples.len());
        let ears = Detector::new(&library, &[thing], (0, 21)).unwrap();
        let samples = quiet(4).chain(samples).chain(quiet(9)).collect();
        let heard = ears.hear(&Pcm { sample_rate: RATE, samples });
        let [Heard { label, start, end, .. }] = &heard[..] else { panic!("{heard:?}") };
        let far = |sample: u64, expected: usize| sample.abs_diff(expected as u64) > u64::from(RATE) / 2;
        assert!(!far(*start, at) && !far(*end, end_at), "{label}: {start}-{end} for {at}-{end_at}");
    }
}
