//! Sounds are what their recipes say, and the same at every rate.

use super::flac::stated;
use super::recipe::Recipe;
use super::{resample, synth, wave};

fn recipe(text: &str) -> Recipe {
    Recipe::read(toml::from_str(text).unwrap()).unwrap()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "what the platform's own functions say is what is compared with"
)]
fn waves_are_those_of_the_platform_to_a_millionth() {
    for step in -400..400 {
        let turns = f64::from(step) / 97.0;
        let expected = (turns * std::f64::consts::TAU).sin();
        assert!((wave::sine(turns) - expected).abs() < 1e-8, "{turns}");
    }
    for step in 0..100 {
        let x = f64::from(step) / 25.0;
        assert!((wave::decay(x) - (-x).exp()).abs() < 1e-12, "{x}");
    }
}

#[test]
fn a_tone_has_its_pitch_and_its_fades() {
    let tone = recipe("millis = 500\nparts = [{ hz = 1000 }]");
    for rate in [8000_u32, 44_100, 48_000] {
        let count = rate as usize / 2;
        let samples = synth::played(&tone, count, rate);
        let rises = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((498..=500).contains(&rises), "{rises} at {rate}");
        let peak = samples.iter().map(|sample| sample.abs()).max();
        assert_eq!(peak, Some(20_000), "at {rate}");
        assert_eq!(samples[0], 0, "it begins with nothing");
    }
}

#[test]
fn another_rate_is_the_same_sound() {
    let tone = recipe("millis = 500\nparts = [{ hz = 700, harmonics = [1000, 400] }]");
    let own = synth::played(&tone, 24_000, 48_000);
    for rate in [44_100_u32, 16_000, 96_000] {
        let made = synth::played(&tone, rate as usize / 2, rate);
        let changed = resample::resampled(&own, 48_000, rate);
        assert_eq!(made.len(), changed.len());
        let worst = made.iter().zip(&changed).map(|(one, other)| (one - other).abs()).max().unwrap();
        assert!(worst < 250, "{worst} at {rate}");
    }
    assert_eq!(resample::resampled(&own, 48_000, 48_000), own);
    let loud = vec![i16::MAX; 1000];
    assert!(resample::resampled(&loud, 44_100, 48_000).iter().skip(30).take(900).all(|&s| s == i16::MAX));
}

#[test]
fn what_cannot_be_played_is_told() {
    let fault = |text: &str| Recipe::read(toml::from_str(text).unwrap()).unwrap_err().to_string();
    for (text, expected) in [
        ("millis = 5\nparts = [{ hz = 440 }]", "millis: expected 20 to 60000"),
        ("parts = []", "parts: expected 1 to 64"),
        ("parts = [{ hz = 9000 }]", "parts[0].hz: expected 20 to 7500"),
        (
            "parts = [{ hz = 900, wave = 'noise' }]",
            "parts[0].width_hz: goes with `wave = \"noise\"`, which needs it",
        ),
        ("parts = [{ hz = 900, level = 0 }]", "parts: none has a `level`, so that there is nothing to hear"),
        ("parts = [{ hz = 900, back = true }]", "parts[0].back: goes with `to_hz`"),
        (
            "parts = [{ hz = 900, to_hz = 300 }]",
            "to_hz: needs `pulse` where the sound lasts as long as is asked for",
        ),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
    assert!(fault("parts = [{ hz = 900, levle = 3 }]").starts_with("unknown field `levle`"));
    assert!(stated(b"RIFF....WAVE").unwrap_err().starts_with("is no FLAC file ("));
}
