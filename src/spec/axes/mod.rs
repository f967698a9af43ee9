//! The keys of difficulty: one table of what each is, which needles it concerns, how it is read and what it comes to.
//!
//! In: keys and values of a spec. Out: [`AXES`], from which specs are read and scores are labelled.

mod concerns;
mod takes;
#[cfg(test)]
mod tests;
mod values;

pub use concerns::Concerns;
pub use takes::Takes;

use toml::Value;

use self::values::{count, decibels, distractors, fade, flag, ground, place, similarity};
use super::difficulty::Difficulty;
use super::quantity;
use super::reader::{Problems, Section};
use crate::needle::{Effective, LookKind};
use crate::time::percent;

/// One key of difficulty.
pub struct Axis {
    /// As it stands in specs and rows.
    pub key: &'static str,
    /// What its values are of, in a few words.
    pub says: &'static str,
    /// What it does, as documented.
    pub meaning: &'static str,
    /// What holds where it is absent: a value of a spec between backticks, or words.
    pub default: &'static str,
    /// Which needles it can say anything of.
    pub concerns: Concerns,
    /// Its values.
    pub takes: Takes,
    /// Its column of `difficulty_effective`; empty where a row states it as asked for alone.
    pub effective_column: &'static str,
    /// What its value comes to in a video; empty where that is none, or always what is asked for.
    pub effective: fn(&Effective) -> String,
}

/// All keys, in the order of documentation and of sample ids; those on which others depend come first.
pub static AXES: [Axis; 23] = [
    Axis {
        key: "count",
        says: "needles asked for",
        meaning: "number of needles asked for, or of keys, chains, boxes or cups; options that are numbers are then chosen among as many as there are",
        default: "the family's",
        concerns: Concerns::All,
        takes: Takes::Other {
            values: "`3`, or fewest and most: `[1, 6]`",
            set: |of, value| set(&mut of.count, count(value).map(Some)),
        },
        effective_column: "",
        effective: as_asked,
    },
    Axis {
        key: "each",
        says: "needles of each key, chain or box",
        meaning: "number of values of each key, links of each chain (the steps that are asked for go as far) or changes of each box, or of a shell game; elsewhere than there, the number of needles is `count` times as many",
        default: "the family's",
        concerns: Concerns::Several,
        takes: Takes::Other {
            values: "`3`, or, of keys, fewest and most: `[2, 4]`",
            set: |of, value| set(&mut of.each, count(value).map(Some)),
        },
        effective_column: "",
        effective: as_asked,
    },
    Axis {
        key: "distractors",
        says: "needles shown and not asked for",
        meaning: "number of needles that are shown and not asked for: subtitles with other words, pictures of another pack (the family's `[distractors] pack`), or, where the question names what is counted, other things of the pack",
        default: "the family's",
        concerns: Concerns::Distracting,
        takes: Takes::Other {
            values: "a number from `0`",
            set: |of, value| set(&mut of.distractors, distractors(value).map(Some)),
        },
        effective_column: "",
        effective: as_asked,
    },
    Axis {
        key: "similarity",
        says: "of distractors to what is asked for",
        meaning: "`near`, `far`: distractors are among the third that is most, or least, like what is asked for, by the letters of subtitles and the [distance](needles.md) of pictures",
        default: "`\"any\"`",
        concerns: Concerns::Seen,
        takes: Takes::Other {
            values: "`\"any\"`, `\"near\"` or `\"far\"`",
            set: |of, value| set(&mut of.similarity, similarity(value)),
        },
        effective_column: "",
        effective: as_asked,
    },
    Axis {
        key: "hints",
        says: "keys named by hints",
        meaning: "whether a question names keys by [hints](needles.md) of their pack, such as \"the colour of snow\" for white, so that it shares no word with a key that is shown",
        default: "the family's",
        concerns: Concerns::Keyed,
        takes: Takes::Other {
            values: "`true` or `false`",
            set: |of, value| set(&mut of.hints, flag(value).map(Some)),
        },
        effective_column: "",
        effective: as_asked,
    },
    Axis {
        key: "duration",
        says: "how long a needle shows",
        meaning: "how long a needle is visible; families whose needles move or are read may have another default",
        default: "`\"1s\"`",
        concerns: Concerns::FixedTimes,
        takes: Takes::Other {
            values: "a length from `\"1 frame\"`",
            set: |of, value| set(&mut of.duration, quantity::length(value)),
        },
        effective_column: "duration_frames",
        effective: |of| frames(of.duration_frames),
    },
    Axis {
        key: "gap",
        says: "least distance between needles",
        meaning: "least distance between two needles",
        default: "the family's, or `\"1s\"`",
        concerns: Concerns::All,
        takes: Takes::Other {
            values: "a length",
            set: |of, value| set(&mut of.gap, quantity::length(value).map(Some)),
        },
        effective_column: "gap_frames",
        effective: |of| frames(of.gap_frames),
    },
    Axis {
        key: "distance",
        says: "distance between needles",
        meaning: "exact distance between two needles",
        default: "random",
        concerns: Concerns::Spaced,
        takes: Takes::Other {
            values: "a length",
            set: |of, value| set(&mut of.distance, quantity::length(value).map(Some)),
        },
        effective_column: "distance_frames",
        effective: |of| frames(of.distance_frames),
    },
    Axis {
        key: "age",
        says: "of the evidence when it is asked",
        meaning: "how long before a question the last needle that it is about has ended; where it is drawn, each octave is as likely, from a second on",
        default: "drawn",
        concerns: Concerns::AtTimes,
        takes: Takes::Other {
            values: "a length from `\"1 frame\"`",
            set: |of, value| set(&mut of.age, quantity::length(value).map(Some)),
        },
        effective_column: "age_frames",
        effective: |of| frames(of.age_frames.unwrap_or_default()),
    },
    Axis {
        key: "fade_in",
        says: "how long a needle appears",
        meaning: "how long a needle appears; of `n` frames, the i-th shows i of n + 1 parts",
        default: "`\"none\"`",
        concerns: Concerns::FixedTimes,
        takes: Takes::Other {
            values: "`\"none\"` or a length",
            set: |of, value| set(&mut of.fade_in, fade(value)),
        },
        effective_column: "fade_in_frames",
        effective: |of| frames(of.fade_in_frames),
    },
    Axis {
        key: "fade_out",
        says: "how long it disappears",
        meaning: "how long a needle disappears, in the same parts",
        default: "`\"none\"`",
        concerns: Concerns::FixedTimes,
        takes: Takes::Other {
            values: "`\"none\"` or a length",
            set: |of, value| set(&mut of.fade_out, fade(value)),
        },
        effective_column: "fade_out_frames",
        effective: |of| frames(of.fade_out_frames),
    },
    Axis {
        key: "text_size",
        says: "line of a subtitle, of the frame’s height",
        meaning: "height of a subtitle's line, of the frame's height; at least 10 pixels",
        default: "`\"6%\"`",
        concerns: Concerns::Look(LookKind::Text),
        takes: Takes::Share { least: 10, most: 500, of: |of| &mut of.text_size_permille },
        effective_column: "text_px",
        effective: |of| pixels(of.text_px),
    },
    Axis {
        key: "box_opacity",
        says: "of the box behind a subtitle",
        meaning: "opacity of the box behind a subtitle",
        default: "`\"60%\"`",
        concerns: Concerns::Look(LookKind::Text),
        takes: Takes::Share { least: 0, most: 1000, of: |of| &mut of.box_opacity_permille },
        effective_column: "box_alpha",
        effective: |of| of_255(of.box_alpha),
    },
    Axis {
        key: "picture_size",
        says: "of what the frame allows",
        meaning: "size of a full-frame picture, of what the frame allows",
        default: "`\"100%\"`",
        concerns: Concerns::Full,
        takes: Takes::Share { least: 50, most: 1000, of: |of| &mut of.picture_size_permille },
        effective_column: "picture_px",
        effective: |of| pixels(of.picture_px),
    },
    Axis {
        key: "patch_size",
        says: "of the frame’s shorter side",
        meaning: "longest side of a patch of the middle of three sizes, of the frame's shorter side",
        default: "`\"22%\"`",
        concerns: Concerns::Small,
        // The largest of a patch's three sizes has to fit a third of the frame.
        takes: Takes::Share { least: 20, most: 280, of: |of| &mut of.patch_size_permille },
        effective_column: "patch_px",
        effective: |of| pixels(of.patch_px),
    },
    Axis {
        key: "period",
        says: "how long what moves takes to go round once",
        meaning: "how long what moves takes to go round once, or there and back. In `mot_speed1`, the faster one goes round a whole number of times, in the nearest time",
        default: "`\"2s\"`",
        concerns: Concerns::Periodic,
        takes: Takes::Other {
            values: "a length from `\"2 frames\"`",
            set: |of, value| set(&mut of.period, quantity::length(value)),
        },
        effective_column: "period_frames",
        effective: |of| frames(of.period_frames),
    },
    Axis {
        key: "opacity",
        says: "of the needle",
        meaning: "opacity of the whole needle",
        default: "`\"100%\"`",
        concerns: Concerns::Seen,
        // Less is lost in encoding more often than not.
        takes: Takes::Share { least: 50, most: 1000, of: |of| &mut of.opacity_permille },
        effective_column: "opacity_alpha",
        effective: |of| of_255(of.opacity_alpha),
    },
    Axis {
        key: "blur",
        says: "standard deviation, of the frame’s height",
        meaning: "standard deviation of its Gaussian blur, of the frame's height; it may be less than a pixel",
        default: "`0`",
        concerns: Concerns::Seen,
        takes: Takes::Share { least: 0, most: 100, of: |of| &mut of.blur_permille },
        effective_column: "blur_px",
        effective: |of| if of.blur_px.0 > 0 { format!("{} px", of.blur_px) } else { String::new() },
    },
    Axis {
        key: "noise",
        says: "at most, of a channel’s range",
        meaning: "most that noise adds to or takes from a pixel, of the range of a channel, in whole levels of 255",
        default: "`0`",
        concerns: Concerns::Seen,
        takes: Takes::Share { least: 0, most: 1000, of: |of| &mut of.noise_permille },
        effective_column: "noise_levels",
        effective: |of| number(u64::from(of.noise_levels), "level", "levels"),
    },
    Axis {
        key: "tint",
        says: "towards the colours that it covers",
        meaning: "how far its colours are moved to the mean of what it covers",
        default: "`0`",
        concerns: Concerns::Seen,
        takes: Takes::Share { least: 0, most: 950, of: |of| &mut of.tint_permille },
        effective_column: "tint_levels",
        effective: |of| of_255(of.tint_levels),
    },
    Axis {
        key: "snr_db",
        says: "decibels above the haystack’s sound",
        meaning: "how much louder than the haystack a sound is where it is heard, in decibels of the mean square; negative is quieter",
        default: "`0`",
        concerns: Concerns::Heard,
        takes: Takes::Other {
            values: "a whole number from `-40` to `40`",
            set: |of, value| set(&mut of.snr_db, decibels(value)),
        },
        effective_column: "",
        effective: as_asked,
    },
    Axis {
        key: "place",
        says: "in the frame",
        meaning: "where it stands; `usual` is the bottom for texts, or the top where the video has a subtitle track, the middle for \
                  pictures, anywhere for patches; `random` is one of the nine places; patches that share a frame take the places next to it",
        default: "`\"usual\"`",
        concerns: Concerns::Placed,
        takes: Takes::Other {
            values: "`\"usual\"`, `\"random\"` or one of nine places: `\"top-left\"`, `\"top\"`, ... `\"bottom-right\"`",
            set: |of, value| set(&mut of.place, place(value)),
        },
        effective_column: "",
        effective: as_asked,
    },
    Axis {
        key: "ground",
        says: "around what is inserted",
        meaning: "what surrounds a full-frame picture, or fills an inserted frame in which things move: one colour, or the frame before it, blurred",
        default: "`\"plain\"`",
        concerns: Concerns::Grounded,
        takes: Takes::Other {
            values: "`\"plain\"` or `\"blur\"`",
            set: |of, value| set(&mut of.ground, ground(value)),
        },
        effective_column: "",
        effective: as_asked,
    },
];

/// The axis of a key, if it is one.
pub fn axis(key: &str) -> Option<&'static Axis> {
    AXES.iter().find(|axis| axis.key == key)
}

/// One key and its value, which [`settings`] has accepted.
pub(super) type Setting<'a> = (&'static str, &'a Value);

impl Difficulty {
    /// Sets what `key`, that of an axis, says.
    pub(super) fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        let axis = axis(key).unwrap_or_else(|| unreachable!("`{key}` is no key of difficulty"));
        axis.takes.set(self, value)
    }

    /// Sets what accepted settings say.
    pub(super) fn with(mut self, settings: &[Setting<'_>]) -> Self {
        for (key, value) in settings {
            self.set(key, value).expect("the setting was accepted");
        }
        self
    }
}

/// The settings of a section; those that are wrong are noted and left out.
pub(super) fn settings<'a>(section: &mut Section<'a>, problems: &mut Problems) -> Vec<Setting<'a>> {
    let mut settings = Vec::new();
    for Axis { key, takes, .. } in &AXES {
        if let Some(value) = section.value(key) {
            match takes.set(&mut Difficulty::default(), value) {
                Ok(()) => settings.push((*key, value)),
                Err(problem) => problems.note(&section.key(key), problem),
            }
        }
    }
    settings
}

fn set<T>(of: &mut T, value: Result<T, String>) -> Result<(), String> {
    *of = value?;
    Ok(())
}

fn as_asked(_: &Effective) -> String {
    String::new()
}

fn number(number: u64, singular: &str, plural: &str) -> String {
    match number {
        0 => String::new(),
        1 => format!("1 {singular}"),
        many => format!("{many} {plural}"),
    }
}

/// A share of 255 levels.
fn of_255(level: u8) -> String {
    percent(((u32::from(level) * 1000 + 127) / 255) as u16)
}

fn frames(count: u64) -> String {
    number(count, "frame", "frames")
}

fn pixels(count: u32) -> String {
    number(u64::from(count), "px", "px")
}
