//! How hard the needles of a row are to find, as the spec set it.
//!
//! In: what a plan states. Out: one column of the row, and its values by key, so that accuracy can be told by each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::percent;

/// What the keys of difficulty say of a row's needles. Times are as the spec writes them; a size is 0, and a text empty,
/// where it says nothing of needles of this look.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "Difficulty")]
pub struct DifficultyRecord {
    /// The key that was varied, where the grid varies one at a time; empty for rows of the type's own setting, and elsewhere.
    pub varied: String,
    /// Number of needles asked for, or of keys, chains or boxes: `4`, or fewest and most, `1-6`.
    pub count: String,
    /// Number of values of each key, links of each chain or changes of each box: `3`, or fewest and most, `2-4`. Rows of other types
    /// have an empty text, and plans leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// Number of needles that are shown and not asked for.
    pub distractors: u32,
    /// How like those are to what is asked for: `any`, `near`, `far`; empty where there are none.
    pub similarity: String,
    /// Whether questions name keys by hints: `true` or `false`. Rows of types that ask for no key have an empty text, and plans leave it
    /// out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hints: Option<String>,
    /// How long a needle is visible.
    pub duration: String,
    /// The least distance between two needles; empty where there is one.
    pub gap: String,
    /// The distance between two needles; empty where it is random.
    pub distance: String,
    /// How long before a question the last needle that it is about has ended: empty where that is drawn, and in rows of types that are
    /// asked at the end of a video. Plans leave it out there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<String>,
    /// How long a needle appears; empty where it is there at once.
    pub fade_in: String,
    /// How long it disappears; empty where it is gone at once.
    pub fade_out: String,
    /// Height of a subtitle's line, in per-mille of the frame's height.
    pub text_size_permille: u16,
    /// Opacity of the box behind a subtitle, in per-mille.
    pub box_opacity_permille: u16,
    /// Size of a full-frame picture, in per-mille of what the frame allows.
    pub picture_size_permille: u16,
    /// Longest side of a patch of the middle size, in per-mille of the frame's shorter side.
    pub patch_size_permille: u16,
    /// How long what moves takes to go round once; absent where nothing moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Opacity of the needle as a whole, in per-mille.
    pub opacity_permille: u16,
    /// Standard deviation of its blur, in per-mille of the frame's height.
    pub blur_permille: u16,
    /// Most that noise changes it by, in per-mille of the range of a channel.
    pub noise_permille: u16,
    /// How far its colours are moved to those that it covers, in per-mille.
    pub tint_permille: u16,
    /// How much louder than the haystack a sound is, in decibels. Rows of types that let nothing hear have an empty text, and plans
    /// leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snr_db: Option<String>,
    /// Where in the frame it stands: `usual`, `random`, or one of nine places; empty where it is heard, of which no key between
    /// `fade_in` and this one says anything but `snr_db`.
    pub place: String,
    /// What fills the frame around a picture.
    pub ground: String,
}

impl DifficultyRecord {
    /// As rows have it: all of one dataset have the same columns.
    #[must_use]
    pub fn completed(mut self) -> Self {
        self.each.get_or_insert_default();
        self.hints.get_or_insert_default();
        self.age.get_or_insert_default();
        self.period.get_or_insert_default();
        self.snr_db.get_or_insert_default();
        self
    }

    /// Whether both say the same, whether or not columns that say nothing are left out.
    pub fn is_as(&self, other: &Self) -> bool {
        self.clone().completed() == other.clone().completed()
    }

    /// Each key as a spec has it, with its value; those that say nothing of the row's needles are left out.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        let text = |text: &String| (!text.is_empty()).then(|| text.clone());
        let none = |text: &String| if text.is_empty() { "none".to_owned() } else { text.clone() };
        let is_seen = !self.place.is_empty();
        let share = |permille: u16| is_seen.then(|| percent(permille));
        let size = |permille: u16| (permille > 0).then(|| percent(permille));
        if self.duration.is_empty() {
            return Vec::new();
        }
        let is_text = self.text_size_permille > 0;
        let all = [
            ("count", text(&self.count)),
            ("each", self.each.as_ref().and_then(text)),
            ("distractors", Some(self.distractors.to_string())),
            ("similarity", text(&self.similarity)),
            ("hints", self.hints.as_ref().and_then(text)),
            ("duration", text(&self.duration)),
            ("gap", text(&self.gap)),
            ("distance", text(&self.distance)),
            ("age", self.age.as_ref().and_then(text)),
            ("fade_in", is_seen.then(|| none(&self.fade_in))),
            ("fade_out", is_seen.then(|| none(&self.fade_out))),
            ("text_size", size(self.text_size_permille)),
            ("box_opacity", is_text.then(|| percent(self.box_opacity_permille))),
            ("picture_size", size(self.picture_size_permille)),
            ("patch_size", size(self.patch_size_permille)),
            ("period", self.period.as_ref().and_then(text)),
            ("opacity", share(self.opacity_permille)),
            ("blur", share(self.blur_permille)),
            ("noise", share(self.noise_permille)),
            ("tint", share(self.tint_permille)),
            ("snr_db", self.snr_db.as_ref().and_then(text)),
            ("place", text(&self.place)),
            ("ground", text(&self.ground)),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}
