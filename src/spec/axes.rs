//! The keys of difficulty: one table of what each is, which needles it concerns, how it is read and what it comes to.
//!
//! In: keys and values of a spec. Out: [`AXES`], from which specs are read and scores are labelled.

use toml::Value;

use super::difficulty::{Difficulty, Place, Similarity};
use super::quantity::{self, Length};
use super::reader::{Problems, Section, unexpected};
use crate::needle::{Effective, Ground, LookKind, Spot};
use crate::question::{self, Family};
use crate::time::percent;

/// One key of difficulty.
pub struct Axis {
    /// As it stands in specs and rows.
    pub key: &'static str,
    /// What its values are of, in a few words.
    pub says: &'static str,
    /// Whether it can say anything of the needles of a family, however many there are.
    pub(super) concerns: fn(&Family) -> bool,
    /// Reads a value.
    set: fn(&mut Difficulty, &Value) -> Result<(), String>,
    /// What its value comes to in a video; empty where that is none, or always what is asked for.
    pub effective: fn(&Effective) -> String,
}

/// All keys, in the order of documentation and of sample ids; those on which others depend come first.
pub static AXES: [Axis; 18] = [
    Axis {
        key: "count",
        says: "needles asked for",
        concerns: any,
        set: |of, value| set(&mut of.count, count(value).map(Some)),
        effective: as_asked,
    },
    Axis {
        key: "distractors",
        says: "needles shown and not asked for",
        concerns: Family::can_distract,
        set: |of, value| set(&mut of.distractors, distractors(value).map(Some)),
        effective: as_asked,
    },
    Axis {
        key: "similarity",
        says: "of distractors to what is asked for",
        concerns: any,
        set: |of, value| set(&mut of.similarity, similarity(value)),
        effective: as_asked,
    },
    Axis {
        key: "duration",
        says: "how long a needle shows",
        concerns: has_fixed_times,
        set: |of, value| set(&mut of.duration, quantity::length(value)),
        effective: |of| frames(of.duration_frames),
    },
    Axis {
        key: "gap",
        says: "least distance between needles",
        concerns: any,
        set: |of, value| set(&mut of.gap, quantity::length(value).map(Some)),
        effective: |of| frames(of.gap_frames),
    },
    Axis {
        key: "distance",
        says: "distance between needles",
        concerns: has_fixed_times,
        set: |of, value| set(&mut of.distance, quantity::length(value).map(Some)),
        effective: |of| frames(of.distance_frames),
    },
    Axis {
        key: "fade_in",
        says: "how long a needle appears",
        concerns: has_fixed_times,
        set: |of, value| set(&mut of.fade_in, fade(value)),
        effective: |of| frames(of.fade_in_frames),
    },
    Axis {
        key: "fade_out",
        says: "how long it disappears",
        concerns: has_fixed_times,
        set: |of, value| set(&mut of.fade_out, fade(value)),
        effective: |of| frames(of.fade_out_frames),
    },
    Axis {
        key: "text_size",
        says: "line of a subtitle, of the frame’s height",
        concerns: |family| family.look() == LookKind::Text,
        set: |of, value| set(&mut of.text_size_permille, share(value, 10, 500)),
        effective: |of| pixels(of.text_px),
    },
    Axis {
        key: "box_opacity",
        says: "of the box behind a subtitle",
        concerns: |family| family.look() == LookKind::Text,
        set: |of, value| set(&mut of.box_opacity_permille, share(value, 0, 1000)),
        effective: |of| of_255(of.box_alpha),
    },
    Axis {
        key: "picture_size",
        says: "of what the frame allows",
        concerns: |family| family.look() == LookKind::Picture,
        set: |of, value| set(&mut of.picture_size_permille, share(value, 50, 1000)),
        effective: |of| pixels(of.picture_px),
    },
    Axis {
        key: "patch_size",
        says: "of the frame’s shorter side",
        concerns: |family| family.look() == LookKind::Patch,
        // The largest of a patch's three sizes has to fit a third of the frame.
        set: |of, value| set(&mut of.patch_size_permille, share(value, 20, 280)),
        effective: |of| pixels(of.patch_px),
    },
    Axis {
        key: "opacity",
        says: "of the needle",
        concerns: any,
        // Less is lost in encoding more often than not.
        set: |of, value| set(&mut of.opacity_permille, share(value, 50, 1000)),
        effective: |of| of_255(of.opacity_alpha),
    },
    Axis {
        key: "blur",
        says: "standard deviation, of the frame’s height",
        concerns: any,
        set: |of, value| set(&mut of.blur_permille, share(value, 0, 100)),
        effective: |of| if of.blur_px.0 > 0 { format!("{} px", of.blur_px) } else { String::new() },
    },
    Axis {
        key: "noise",
        says: "at most, of a channel’s range",
        concerns: any,
        set: |of, value| set(&mut of.noise_permille, share(value, 0, 1000)),
        effective: |of| number(u64::from(of.noise_levels), "level", "levels"),
    },
    Axis {
        key: "tint",
        says: "towards the colours that it covers",
        concerns: any,
        set: |of, value| set(&mut of.tint_permille, share(value, 0, 950)),
        effective: |of| of_255(of.tint_levels),
    },
    Axis {
        key: "place",
        says: "in the frame",
        concerns: any,
        set: |of, value| set(&mut of.place, place(value)),
        effective: as_asked,
    },
    Axis {
        key: "ground",
        says: "around a picture",
        concerns: |family| family.look() == LookKind::Picture,
        set: |of, value| set(&mut of.ground, ground(value)),
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
        (axis.set)(self, value)
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
    for Axis { key, set, .. } in &AXES {
        if let Some(value) = section.value(key) {
            match set(&mut Difficulty::default(), value) {
                Ok(()) => settings.push((*key, value)),
                Err(problem) => problems.note(&section.key(key), problem),
            }
        }
    }
    settings
}

/// Whether needles last as long as the spec says, and no border of theirs is asked for.
fn has_fixed_times(family: &Family) -> bool {
    !family.question_kind().draws_times()
}

fn any(_: &Family) -> bool {
    true
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

fn share(value: &Value, least: u16, most: u16) -> Result<u16, String> {
    // Of a blur, whose greatest share is small, less than one per cent is usual.
    if let Some(number) = quantity::fraction(value).filter(|_| most > 100) {
        return Err(quantity::not_a_fraction("share", number));
    }
    let permille = quantity::permille("share", value)?;
    if permille < least {
        return Err(format!("share `{}` is below {}", percent(permille), percent(least)));
    }
    if permille > most {
        return Err(format!("share `{}` is above {}", percent(permille), percent(most)));
    }
    Ok(permille)
}

/// A length, or none.
fn fade(value: &Value) -> Result<Option<Length>, String> {
    if value.as_str() == Some("none") {
        return Ok(None);
    }
    quantity::length(value).map(Some).map_err(|problem| match problem.split_once(" is not a length") {
        Some((given, rest)) => format!("{given} is neither `none` nor a length{rest}"),
        None => problem,
    })
}

fn place(value: &Value) -> Result<Place, String> {
    match value.as_str() {
        Some("usual") => Ok(Place::Usual),
        Some("random") => Ok(Place::Random),
        Some(name) if Spot::named(name).is_some() => Ok(Place::At(Spot::named(name).expect("it has a name"))),
        _ => {
            let names = Spot::names().collect::<Vec<_>>().join("`, `");
            Err(unexpected(value, &format!("`usual`, `random`, `{names}`")))
        }
    }
}

/// A number of needles, or the fewest and the most.
fn count(value: &Value) -> Result<(usize, usize), String> {
    let wrong = || format!("`{value}` is neither a number from 1 nor two of them, fewest and most");
    question::fewest_and_most(value).ok_or_else(wrong)
}

fn distractors(value: &Value) -> Result<usize, String> {
    let number = value.as_integer().and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| unexpected(value, "a number from 0"))
}

fn similarity(value: &Value) -> Result<Similarity, String> {
    match value.as_str() {
        Some("any") => Ok(Similarity::Any),
        Some("near") => Ok(Similarity::Near),
        Some("far") => Ok(Similarity::Far),
        _ => Err(unexpected(value, "`any`, `near` or `far`")),
    }
}

fn ground(value: &Value) -> Result<Ground, String> {
    match value.as_str() {
        Some("plain") => Ok(Ground::Plain),
        Some("blur") => Ok(Ground::Blur),
        _ => Err(unexpected(value, "`plain` or `blur`")),
    }
}
