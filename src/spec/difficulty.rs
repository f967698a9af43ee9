//! Difficulty: how long, how large and how clearly needles show, how many there are and what else is shown.
//!
//! In: keys of `[needles]`, `[[tasks]]` and `[grid]`, which mean the same in all three: the default, what holds for one type,
//! and what is varied. Out: a [`Difficulty`], every part of which the metadata states.

use toml::Value;

use super::quantity::{self, Length};
use super::reader::{Problems, Section, unexpected};
use crate::needle::{Ground, Spot};
use crate::question::{self, Family, LookKind};
use crate::time::percent;

/// How hard the needles of a type are made to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difficulty {
    /// How long a needle is visible.
    pub duration: Length,
    /// The least distance between two needles; absent where the family or the default says it.
    pub gap: Option<Length>,
    /// The distance between two needles, where it is not left to chance.
    pub distance: Option<Length>,
    /// How long a needle appears.
    pub fade_in: Option<Length>,
    /// How long it disappears.
    pub fade_out: Option<Length>,
    /// Height of a subtitle's line, in per-mille of the frame's height.
    pub text_size_permille: u16,
    /// Opacity of the box behind a subtitle, in per-mille.
    pub box_opacity_permille: u16,
    /// Size of a full-frame picture, in per-mille of what the frame allows.
    pub picture_size_permille: u16,
    /// Longest side of a patch of the middle size, in per-mille of the frame's shorter side.
    pub patch_size_permille: u16,
    /// Opacity of the needle as a whole, in per-mille.
    pub opacity_permille: u16,
    /// Standard deviation of its blur, in per-mille of the frame's height.
    pub blur_permille: u16,
    /// Most that noise changes it by, in per-mille of the range of a channel.
    pub noise_permille: u16,
    /// How far its colours are moved to those that it covers, in per-mille.
    pub tint_permille: u16,
    /// Where in the frame it stands.
    pub place: Place,
    /// What fills the frame around a picture.
    pub ground: Ground,
    /// Fewest and most needles that are asked for, instead of the family's.
    pub count: Option<(usize, usize)>,
    /// Number of needles that are shown and not asked for, instead of the family's.
    pub distractors: Option<usize>,
    /// How like those are to what is asked for.
    pub similarity: Similarity,
}

/// Where in the frame needles stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Subtitles at the bottom, pictures in the middle, patches anywhere.
    Usual,
    /// All at one place; patches that share a frame at the places next to it.
    At(Spot),
    /// Each at one of nine places, at random.
    Random,
}

/// How like distractors are to what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Similarity {
    /// As it happens.
    Any,
    /// Among the third of all candidates that is most like it.
    Near,
    /// Among the third that is least like it.
    Far,
}

impl Similarity {
    /// As it stands in specs and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Near => "near",
            Self::Far => "far",
        }
    }
}

impl Place {
    /// As it stands in specs and files.
    pub fn name(self) -> String {
        match self {
            Self::Usual => "usual".to_owned(),
            Self::At(spot) => spot.to_string(),
            Self::Random => "random".to_owned(),
        }
    }
}

impl Default for Difficulty {
    /// VNBench's: a second, and a subtitle of 6% of the height on a box of 60%, as its figures show.
    fn default() -> Self {
        Self {
            duration: Length::from_millis(1000),
            gap: None,
            distance: None,
            fade_in: None,
            fade_out: None,
            text_size_permille: 60,
            box_opacity_permille: 600,
            picture_size_permille: 1000,
            patch_size_permille: 220,
            opacity_permille: 1000,
            blur_permille: 0,
            noise_permille: 0,
            tint_permille: 0,
            place: Place::Usual,
            ground: Ground::Plain,
            count: None,
            distractors: None,
            similarity: Similarity::Any,
        }
    }
}

/// All keys, in the order of documentation and of sample ids; those on which others depend come first.
pub(super) const KEYS: [&str; 18] = [
    "count",
    "distractors",
    "similarity",
    "duration",
    "gap",
    "distance",
    "fade_in",
    "fade_out",
    "text_size",
    "box_opacity",
    "picture_size",
    "patch_size",
    "opacity",
    "blur",
    "noise",
    "tint",
    "place",
    "ground",
];

/// One key and its value, which [`Difficulty::set`] has accepted.
pub(super) type Setting<'a> = (&'static str, &'a Value);

impl Difficulty {
    /// Sets what `key`, one of [`KEYS`], says.
    pub(super) fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        match key {
            "duration" => self.duration = quantity::length(value)?,
            "gap" => self.gap = Some(quantity::length(value)?),
            "distance" => self.distance = Some(quantity::length(value)?),
            "fade_in" => self.fade_in = fade(value)?,
            "fade_out" => self.fade_out = fade(value)?,
            "text_size" => self.text_size_permille = share(value, 10, 500)?,
            "box_opacity" => self.box_opacity_permille = share(value, 0, 1000)?,
            "picture_size" => self.picture_size_permille = share(value, 50, 1000)?,
            // The largest of a patch's three sizes has to fit a third of the frame.
            "patch_size" => self.patch_size_permille = share(value, 20, 280)?,
            // Less is lost in encoding more often than not.
            "opacity" => self.opacity_permille = share(value, 50, 1000)?,
            "blur" => self.blur_permille = share(value, 0, 100)?,
            "noise" => self.noise_permille = share(value, 0, 1000)?,
            "tint" => self.tint_permille = share(value, 0, 950)?,
            "place" => self.place = place(value)?,
            "ground" => {
                self.ground = match value.as_str() {
                    Some("plain") => Ground::Plain,
                    Some("blur") => Ground::Blur,
                    _ => return Err(unexpected(value, "`plain` or `blur`")),
                }
            }
            "count" => self.count = Some(count(value)?),
            "distractors" => {
                let number = value.as_integer().and_then(|number| usize::try_from(number).ok());
                self.distractors = Some(number.ok_or_else(|| unexpected(value, "a number from 0"))?);
            }
            "similarity" => {
                self.similarity = match value.as_str() {
                    Some("any") => Similarity::Any,
                    Some("near") => Similarity::Near,
                    Some("far") => Similarity::Far,
                    _ => return Err(unexpected(value, "`any`, `near` or `far`")),
                }
            }
            _ => unreachable!("`{key}` is no key of difficulty"),
        }
        Ok(())
    }

    /// Sets what accepted settings say.
    pub(super) fn with(mut self, settings: &[Setting<'_>]) -> Self {
        for (key, value) in settings {
            self.set(key, value).expect("the setting was accepted");
        }
        self
    }

    /// Whether the needle is drawn as clearly as by default, so that whoever sees its frames can tell what it is.
    pub fn is_clear(&self) -> bool {
        let usual = Self::default();
        self.text_size_permille >= usual.text_size_permille
            && self.box_opacity_permille >= usual.box_opacity_permille
            && self.picture_size_permille >= 500
            && self.patch_size_permille >= usual.patch_size_permille
            && self.opacity_permille == 1000
            && (self.blur_permille, self.noise_permille, self.tint_permille) == (0, 0, 0)
            && (&self.fade_in, &self.fade_out) == (&None, &None)
    }
}

/// Whether `key` can say anything of the needles of `family`, however many there are.
pub(super) fn concerns(key: &str, family: &Family) -> bool {
    match key {
        "text_size" | "box_opacity" => family.look() == LookKind::Text,
        "picture_size" | "ground" => family.look() == LookKind::Picture,
        "patch_size" => family.look() == LookKind::Patch,
        "distractors" => family.can_distract(),
        _ => true,
    }
}

/// The settings of a section; those that are wrong are noted and left out.
pub(super) fn settings<'a>(section: &mut Section<'a>, problems: &mut Problems) -> Vec<Setting<'a>> {
    let mut settings = Vec::new();
    for key in KEYS {
        if let Some(value) = section.value(key) {
            match Difficulty::default().set(key, value) {
                Ok(()) => settings.push((key, value)),
                Err(problem) => problems.note(&section.key(key), problem),
            }
        }
    }
    settings
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_set_and_its_default_is_accepted() {
        for (key, value) in [
            ("duration", Value::from("1 frame")),
            ("gap", "2s".into()),
            ("distance", "3s".into()),
            ("fade_in", "200ms".into()),
            ("fade_out", "200ms".into()),
            ("text_size", 3.into()),
            ("box_opacity", 0.into()),
            ("picture_size", "20%".into()),
            ("patch_size", 10.into()),
            ("opacity", 12.5.into()),
            ("blur", 1.into()),
            ("noise", 20.into()),
            ("tint", 50.into()),
            ("place", "top-left".into()),
            ("ground", "blur".into()),
            ("count", 3.into()),
            ("distractors", 2.into()),
            ("similarity", "near".into()),
        ] {
            let mut difficulty = Difficulty::default();
            difficulty.set(key, &value).unwrap();
            assert_ne!(difficulty, Difficulty::default(), "{key}");
            assert!(KEYS.contains(&key));
        }
    }

    #[test]
    fn values_that_no_needle_can_have_are_refused() {
        let problem = |key: &str, value: Value| Difficulty::default().set(key, &value).unwrap_err();
        insta::assert_snapshot!(
            [
                problem("opacity", 4.into()),
                problem("patch_size", 29.into()),
                problem("place", "middle".into()),
                problem("fade_in", "0s".into()),
                problem("fade_out", 3.into()),
                problem("count", vec![3, 2].into()),
                problem("distractors", (-1).into()),
                problem("similarity", "close".into()),
            ]
            .join("\n"),
            @r"
        share `4%` is below 5%
        share `29%` is above 28%
        `middle` is not `usual`, `random`, `top-left`, `top`, `top-right`, `left`, `centre`, `right`, `bottom-left`, `bottom`, `bottom-right`
        length `0s` is not between 1 ms and a year, in whole milliseconds
        `3` is neither `none` nor a length such as `500ms`, `1.5s`, `10m`, `2h` or `30 frames`; did you mean `3s` or `3 frames`?
        `[3, 2]` is neither a number from 1 nor two of them, fewest and most
        `-1` is not a number from 0
        `close` is not `any`, `near` or `far`
        "
        );
    }
}
