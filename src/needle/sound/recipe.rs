//! Recipes: sounds as a pack states them, part by part.
//!
//! In: the table `sound` of an item. Out: a recipe in which all numbers are in range.

use serde::Deserialize;
use toml::{Table, Value};

use super::super::fault::Fault;
use super::flac::LONGEST_MILLIS;

/// A sound as the sum of its parts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    /// How long it sounds; absent where that is as long as is asked for.
    pub(super) millis: Option<u64>,
    /// How far what is quiet is raised to what is loud: short strokes would reach far above the level of the whole.
    #[serde(default)]
    pub(super) drive: u32,
    /// What sounds together.
    pub(super) parts: Vec<Part>,
}

/// One part of a sound: a pulse, once or again and again.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// What it is made of.
    #[serde(default)]
    pub(super) wave: Wave,
    /// Its pitch, or the middle of a noise's band, in hertz.
    pub(super) hz: u32,
    /// The pitch at which a pulse ends.
    pub(super) to_hz: Option<u32>,
    /// Whether the pitch goes to `to_hz` and back within a pulse.
    #[serde(default)]
    pub(super) back: bool,
    /// Width of a noise's band, in hertz.
    pub(super) width_hz: Option<u32>,
    /// Strength of each multiple of the pitch, from the first, in per-mille.
    #[serde(default = "pure")]
    pub(super) harmonics: Vec<u16>,
    /// Its strength among the parts, in per-mille.
    #[serde(default = "whole")]
    pub(super) level: u16,
    /// When its pulses start, in milliseconds.
    #[serde(default = "at_once")]
    pub(super) at: Vec<u64>,
    /// How long a pulse lasts, in milliseconds; to the end where absent.
    pub(super) pulse: Option<u64>,
    /// After how many milliseconds all pulses come again; never where absent.
    pub(super) every: Option<u64>,
    /// How long a pulse appears, in milliseconds.
    #[serde(default = "soft")]
    pub(super) attack: u64,
    /// How long it ends, in milliseconds.
    #[serde(default = "soft")]
    pub(super) release: u64,
    /// In how many milliseconds it falls to a half, again and again; never where absent.
    pub(super) half: Option<u64>,
}

/// What a part is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Wave {
    /// Sine waves.
    #[default]
    Sine,
    /// A band of noise.
    Noise,
}

fn pure() -> Vec<u16> {
    vec![1000]
}

fn whole() -> u16 {
    1000
}

fn at_once() -> Vec<u64> {
    vec![0]
}

fn soft() -> u64 {
    4
}

/// Pitches that a part may have: what every sample rate holds.
const PITCHES: std::ops::RangeInclusive<u32> = 20..=7500;
/// The most that quiet is raised.
const MOST_DRIVE: u32 = 100;
/// The most parts, pulses and multiples of a pitch.
const MOST: usize = 64;
/// The least time after which pulses come again, in milliseconds.
const LEAST_EVERY: u64 = 10;

impl Recipe {
    /// Reads the table `sound`.
    pub(super) fn read(table: Table) -> Result<Self, Fault> {
        let recipe: Self = Value::Table(table).try_into().map_err(|error: toml::de::Error| {
            let expected = "`{ millis = 500, parts = [{ hz = 440 }] }`";
            Fault::Sound(format!("{}; expected such as {expected}", error.message()))
        })?;
        let problem = recipe.problem();
        problem.map_or(Ok(recipe), |problem| Err(Fault::Sound(problem)))
    }

    fn problem(&self) -> Option<String> {
        if self.millis.is_some_and(|millis| !(20..=LONGEST_MILLIS).contains(&millis)) {
            return Some(format!("millis: expected 20 to {LONGEST_MILLIS}"));
        }
        if self.drive > MOST_DRIVE {
            return Some(format!("drive: expected 0 to {MOST_DRIVE}"));
        }
        if self.parts.is_empty() || self.parts.len() > MOST {
            return Some(format!("parts: expected 1 to {MOST}"));
        }
        if self.parts.iter().all(|part| part.level == 0) {
            return Some("parts: none has a `level`, so that there is nothing to hear".to_owned());
        }
        let is_swept = |part: &Part| part.to_hz.is_some() && part.pulse.is_none();
        if self.millis.is_none() && self.parts.iter().any(is_swept) {
            return Some("to_hz: needs `pulse` where the sound lasts as long as is asked for".to_owned());
        }
        self.parts
            .iter()
            .enumerate()
            .find_map(|(at, part)| part.problem().map(|problem| format!("parts[{at}].{problem}")))
    }
}

impl Part {
    fn problem(&self) -> Option<String> {
        let (least, most) = (PITCHES.start(), PITCHES.end());
        let pitches = [("hz", Some(self.hz)), ("to_hz", self.to_hz)];
        for (key, pitch) in pitches {
            if pitch.is_some_and(|pitch| !PITCHES.contains(&pitch)) {
                return Some(format!("{key}: expected {least} to {most}"));
            }
        }
        if self.back && self.to_hz.is_none() {
            return Some("back: goes with `to_hz`".to_owned());
        }
        if (self.wave == Wave::Noise) != self.width_hz.is_some() {
            return Some("width_hz: goes with `wave = \"noise\"`, which needs it".to_owned());
        }
        if self.width_hz.is_some_and(|width| !(10..=4000).contains(&width)) {
            return Some("width_hz: expected 10 to 4000".to_owned());
        }
        if self.harmonics.is_empty() || self.harmonics.len() > MOST {
            return Some(format!("harmonics: expected 1 to {MOST}"));
        }
        if self.level > 1000 || self.harmonics.iter().any(|&level| level > 1000) {
            return Some("level: expected per-mille, 0 to 1000".to_owned());
        }
        if self.at.is_empty() || self.at.len() > MOST || self.at.iter().any(|&at| at > LONGEST_MILLIS) {
            return Some(format!("at: expected 1 to {MOST} times of 0 to {LONGEST_MILLIS}"));
        }
        let times = [("pulse", self.pulse, 1), ("every", self.every, LEAST_EVERY), ("half", self.half, 1)];
        for (key, time, least) in times {
            if time.is_some_and(|time| !(least..=LONGEST_MILLIS).contains(&time)) {
                return Some(format!("{key}: expected {least} to {LONGEST_MILLIS}"));
            }
        }
        (self.attack.max(self.release) > LONGEST_MILLIS)
            .then(|| format!("attack, release: expected 0 to {LONGEST_MILLIS}"))
    }
}
