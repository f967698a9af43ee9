//! Difficulty: how long, how large and how clearly needles show, how many there are and what else is shown.
//!
//! In: keys of `[needles]`, `[[tasks]]` and `[grid]`, which mean the same in all three: the default, what holds for one type,
//! and what is varied. Out: a [`Difficulty`], every part of which the metadata states.

use super::quantity::Length;
use crate::needle::{Ground, Spot};
use crate::question::Variation;

/// How hard the needles of a type are made to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difficulty {
    /// How long a needle is visible.
    pub duration: Length,
    /// The least distance between two needles; absent where the family or the default says it.
    pub gap: Option<Length>,
    /// The distance between two needles, where it is not left to chance.
    pub distance: Option<Length>,
    /// How long before a question its evidence ends, where that is not left to chance.
    pub age: Option<Length>,
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
    /// How long what moves takes to go round once.
    pub period: Length,
    /// Opacity of the needle as a whole, in per-mille.
    pub opacity_permille: u16,
    /// Standard deviation of its blur, in per-mille of the frame's height.
    pub blur_permille: u16,
    /// Most that noise changes it by, in per-mille of the range of a channel.
    pub noise_permille: u16,
    /// How far its colours are moved to those that it covers, in per-mille.
    pub tint_permille: u16,
    /// How much louder than the haystack a sound is, in decibels.
    pub snr_db: i16,
    /// Where in the frame it stands.
    pub place: Place,
    /// What fills the frame around a picture.
    pub ground: Ground,
    /// Fewest and most needles that are asked for, instead of the family's.
    pub count: Option<(usize, usize)>,
    /// Fewest and most values of a key, links of a chain or changes of a box, instead of the family's.
    pub each: Option<(usize, usize)>,
    /// Number of needles that are shown and not asked for, instead of the family's.
    pub distractors: Option<usize>,
    /// Whether questions name keys by hints, instead of what the family says.
    pub hints: Option<bool>,
    /// How like those are to what is asked for.
    pub similarity: Similarity,
}

impl Difficulty {
    /// Size of a picture or a short video, in per-mille of what the frame allows: over footage, where `is_over`, that of a small one.
    pub fn clip_size_permille(&self, is_over: bool) -> u16 {
        if is_over { self.patch_size_permille } else { self.picture_size_permille }
    }

    /// What it wants of a family otherwise than the family's file has it.
    pub(super) fn variation(&self) -> Variation {
        Variation { count: self.count, each: self.each, distractors: self.distractors, hints: self.hints }
    }
}

/// How much louder than the haystack a sound is where nothing says otherwise, in decibels.
const DEFAULT_SNR_DB: i16 = 0;

/// Where in the frame needles stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Subtitles at the bottom, or at the top of a video that has a subtitle track; pictures in the middle, patches anywhere.
    Usual,
    /// All at one place; patches that share a frame at the places next to it.
    At(Spot),
    /// Each at one of nine places, at random.
    Random,
}

/// How like distractors are to what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
            age: None,
            fade_in: None,
            fade_out: None,
            text_size_permille: 60,
            box_opacity_permille: 600,
            picture_size_permille: 1000,
            patch_size_permille: 220,
            period: Length::from_millis(2000),
            opacity_permille: 1000,
            blur_permille: 0,
            noise_permille: 0,
            tint_permille: 0,
            snr_db: DEFAULT_SNR_DB,
            place: Place::Usual,
            ground: Ground::Plain,
            count: None,
            each: None,
            distractors: None,
            hints: None,
            similarity: Similarity::Any,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use toml::Value;

    use super::*;
    use crate::spec::axes;

    #[test]
    fn every_key_is_set_and_its_default_is_accepted() {
        let settings = [
            ("duration", Value::from("1 frame")),
            ("gap", "2s".into()),
            ("distance", "3s".into()),
            ("age", "5s".into()),
            ("fade_in", "200ms".into()),
            ("fade_out", "200ms".into()),
            ("text_size", 3.into()),
            ("box_opacity", 0.into()),
            ("picture_size", "20%".into()),
            ("patch_size", 10.into()),
            ("period", "3s".into()),
            ("opacity", 12.5.into()),
            ("blur", 1.into()),
            ("noise", 20.into()),
            ("tint", 50.into()),
            ("snr_db", (-6).into()),
            ("place", "top-left".into()),
            ("ground", "blur".into()),
            ("count", 3.into()),
            ("each", 4.into()),
            ("distractors", 2.into()),
            ("hints", true.into()),
            ("similarity", "near".into()),
        ];
        let keys: BTreeSet<&str> = settings.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, axes::AXES.iter().map(|axis| axis.key).collect());
        for (key, value) in settings {
            let mut difficulty = Difficulty::default();
            difficulty.set(key, &value).unwrap();
            assert_ne!(difficulty, Difficulty::default(), "{key}");
        }
    }

    #[test]
    fn the_table_of_the_documentation_is_the_one_in_code() {
        let text = include_str!("../../docs/spec.md");
        let (_, section) = text.split_once("\n## Difficulty\n").unwrap();
        let (section, _) = section.split_once("\n\nA setting that").unwrap();
        let cells = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once(" |"))
            .map(|(keys, _)| keys);
        let keys: Vec<&str> =
            cells.flat_map(|keys| keys.split(", ")).map(|key| key.trim_matches('`')).collect();
        assert_eq!(keys, axes::AXES.iter().map(|axis| axis.key).collect::<Vec<_>>());
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
                problem("each", 0.into()),
                problem("distractors", (-1).into()),
                problem("hints", "yes".into()),
                problem("similarity", "close".into()),
            ]
            .join("\n"),
            @r"
        share `4%` is below 5%
        share `29%` is above 28%
        `middle` is not `usual`, `random`, `top-left`, `top`, `top-right`, `left`, `centre`, `right`, `bottom-left`, `bottom`, `bottom-right`
        length `0s` is not between 1 ms and 10000000 s, in whole milliseconds
        `3` is neither `none` nor a length such as `500ms`, `1.5s`, `10m`, `2h` or `30 frames`; did you mean `3s` or `3 frames`?
        `[3, 2]` is neither a number from 1 nor two of them, fewest and most
        `0` is neither a number from 1 nor two of them, fewest and most
        `-1` is not a number from 0
        `yes` is not `true` or `false`
        `close` is not `any`, `near` or `far`
        "
        );
    }
}
