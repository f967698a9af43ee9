//! `scores.json`: its fields, and how it is written.
//!
//! In: scores. Out: one JSON file, indented but for one line a sample, so that it can be read by people and by `diff`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::aliased::Aliased;
use super::deaf::Unheard;
use super::details::{Counting, EffectiveLength, Letters, Ordering, Replies, Slice, Slices, Visible};
use super::figures::{Chance, Group, RuleScores, is_by_credit};
use super::groups::Groups;
use super::kinds::{Existence, Gap, Stale};
use super::lines::OneLineEach;
use super::place::DepthSource;
use super::reading::{JudgeUse, Reading};
use crate::files;
use crate::question::Control;

/// Version of `scores.json`, raised whenever a field is added, removed or changes its meaning.
pub const FORMAT_VERSION: u32 = 6;

/// The score of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scores {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u32,
    /// Who answered.
    pub model: String,
    /// The control that was asked; absent where it was the dataset itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// How replies are read in everything below but `letter_rules`.
    pub rule: Reading,
    /// Mean of the tasks.
    pub overall: Group,
    /// Each task: mean of its types.
    pub tasks: BTreeMap<String, Group>,
    /// Each type: share of its samples. Where a type is asked in both forms, `TYPE` is its choices and `TYPE (open)` the other.
    pub types: BTreeMap<String, Group>,
    /// Questions that are scored together; absent where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Groups>,
    /// What guessing reaches, averaged as `overall` is.
    pub chance: Chance,
    /// The same under each letter rule, by its name; under `judged` by the robust rule and a judge after it, if one was asked.
    pub letter_rules: BTreeMap<String, RuleScores>,
    /// Squares of the heatmap that hold samples, by type, length and depth.
    pub cells: Vec<Cell>,
    /// Samples by what they have in common.
    pub slices: Slices,
    /// How far the model holds up as videos grow, overall and by task; empty where all videos have one length.
    pub effective_length: BTreeMap<String, EffectiveLength>,
    /// How the model counts, by type.
    pub counting: BTreeMap<String, Counting>,
    /// Credit for orders that are partly right, by type.
    pub ordering: BTreeMap<String, Ordering>,
    /// How the model tells whether a thing is shown, by type; absent where no type asks it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub existence: BTreeMap<String, Existence>,
    /// Which wrong answers about states were right before, by type; absent where no type asks for states.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub states: BTreeMap<String, Stale>,
    /// Which wrong answers about motion are those that the frames suggest, by type; absent where frames are not known, or suggest none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliasing: BTreeMap<String, Aliased>,
    /// Samples of chains by the number of links to follow, by type; absent where there are none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hops: BTreeMap<String, Vec<Slice>>,
    /// What options add, by types that are asked in both forms; absent where none is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gap: BTreeMap<String, Gap>,
    /// Which letters the model favours.
    pub letters: Letters,
    /// Accuracy by whether the frames sent show the needles; null where no answer says which were sent.
    pub visible: Option<Visible>,
    /// The same questions about less, by the name of the control: what is right there does not come from what it leaves out.
    /// Empty where no answers to controls were given.
    #[serde(default)]
    pub controls: BTreeMap<String, RuleScores>,
    /// Types that need sound and that the model was probably never played, each with what says so; absent where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unheard: Vec<Unheard>,
    /// What a judge says of the replies that the robust rule cannot read; null where none was asked.
    pub judge: Option<JudgeUse>,
    /// What became of the requests, and how their replies were read.
    pub replies: Replies,
    /// What the scores were made with.
    pub settings: Settings,
    /// SHA-256 of the ids and right answers of the dataset: equal for runs that can be compared.
    pub dataset_sha256: String,
    /// Each sample.
    pub verdicts: Vec<SampleVerdicts>,
}

/// One square of the heatmap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Question family.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its task.
    pub task: String,
    /// The grid's length as the spec writes it, or a band such as `10-30s`.
    pub length: String,
    /// Length in seconds of the shortest sample in the cell, to sort and draw by.
    pub length_secs: f64,
    /// The grid's depth, or the lower end of a band of 100; null for samples without a needle.
    pub depth_permille: Option<u16>,
    /// What the depth is the depth of.
    pub depth_of: DepthSource,
    /// Share of samples that are right in every try.
    pub circular: f64,
    /// Share of tries that are right.
    pub per_try: f64,
    /// 95% interval of `circular`.
    pub interval: [f64; 2],
    /// Number of samples.
    pub samples: u64,
    /// Samples that are right in every try.
    pub correct: u64,
    /// Tries whose reply names no option, or several.
    pub unreadable: u64,
    /// Tries without a reply.
    pub missing: u64,
}

/// What the scores were made with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// How replies were read.
    pub rule: Reading,
    /// Share of intervals that hold the true value.
    pub confidence: f64,
    /// Interval of each type.
    pub interval_of_types: String,
    /// Interval of each cell.
    pub interval_of_cells: String,
    /// Interval of each task and overall.
    pub interval_of_means: String,
    /// Groups of samples of which none shares a haystack with another, directly or through others.
    pub haystack_clusters: u64,
    /// Samples drawn by the bootstrap.
    pub resamples: u32,
    /// Its seed.
    pub seed: u64,
    /// Lengths of the cells: the grid's, or the bands used.
    pub length_bins: Vec<String>,
    /// Depths of the cells.
    pub depth_bins: String,
    /// Share of the shortest length's accuracy that the effective length has to reach.
    pub threshold: f64,
    /// The sampler that was named for answers that carry no frame indices; null where none was.
    pub sampler: Option<String>,
}

/// One sample: a letter a try in `verdicts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SampleVerdicts {
    /// The sample.
    pub sample_id: String,
    /// Question family, as `types` names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its task.
    pub task: String,
    /// Its cluster: the haystacks that it shares with other samples, directly or through others, as one name.
    pub cluster: String,
    /// Length of its cell.
    pub length: String,
    /// Depth of its cell.
    pub depth_permille: Option<u16>,
    /// Whether the frames sent show every needle that is asked for; null where that is not known.
    pub seen: Option<bool>,
    /// `C` correct, `I` incorrect, `U` unreadable, `M` missing.
    pub verdicts: String,
    /// What was read: of choices the option's letter a try, of open answers their canonical text; `-` if nothing.
    pub read: String,
    /// How much of the answer is right, a number a try, 0 to 1; absent of choices, whose credit is 1 where they are right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credit: Vec<f64>,
    /// What the judge read, a letter a try: the option, `-` for none, `?` where its reply cannot be read, `.` without a
    /// verdict. Absent where no judge was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<String>,
    /// The responses; long ones without their middle.
    pub responses: Vec<Option<String>>,
}

impl SampleVerdicts {
    /// Whether it is right in every try.
    pub fn is_right(&self) -> bool {
        !self.verdicts.is_empty() && self.verdicts.bytes().all(|verdict| verdict == b'C')
    }
}

impl Scores {
    /// Whether the main figure is the mean credit of samples of this type, not the share that is right.
    pub fn is_by_credit(&self, kind: &str) -> bool {
        self.types.get(kind).is_some_and(|group| group.answer_kind.is_some_and(is_by_credit))
    }

    /// What the share of right samples of this type is called: `circular` in slices and cells.
    pub fn right_measure(&self, kind: &str) -> &str {
        // An answer of spans is right from this overlap on, so that the main figure is another.
        if self.is_by_credit(kind) {
            return "R@0.5";
        }
        self.types.get(kind).map_or("circular", |group| &group.main.measure)
    }

    /// The types of a task, by name.
    pub fn types_of(&self, task: &str) -> Vec<(&str, &Group)> {
        let own = self.verdicts.iter().filter(|sample| sample.task == task).map(|sample| &sample.kind);
        let own: BTreeSet<&String> = own.collect();
        own.into_iter().filter_map(|kind| Some((kind.as_str(), self.types.get(kind)?))).collect()
    }

    /// The text of `scores.json`.
    pub fn to_json(&self) -> String {
        let mut text = Vec::new();
        self.write_json(&mut text).expect("memory can be written to");
        String::from_utf8(text).expect("JSON is UTF-8")
    }

    /// Writes the text of `scores.json`.
    fn write_json(&self, writer: &mut impl io::Write) -> io::Result<()> {
        let mut serializer = serde_json::Serializer::with_formatter(&mut *writer, OneLineEach::default());
        self.serialize(&mut serializer)?;
        writer.write_all(b"\n")
    }
}

/// Writes `scores.json`, atomically.
pub fn write(path: &Path, scores: &Scores) -> Result<(), files::Error> {
    files::write_atomic(path, |writer| scores.write_json(writer).map_err(files::Error::io("write", path)))
}
