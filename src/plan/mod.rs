//! The plan: decides everything, renders nothing.
//!
//! In: a checked spec, the haystacks as probed, needle packs and question families. Out: one [`VideoPlan`] a
//! video: which needle lies on which frames of which haystack, what is asked, and what is right. A plan is a pure
//! function of these, and each sample is a pure function of the seed and its own key, so that no other sample, thread,
//! shard or order of files moves it.

mod check;
mod clips;
mod control;
#[cfg(test)]
mod control_tests;
mod difficulty;
#[cfg(test)]
mod difficulty_tests;
mod effective;
#[cfg(test)]
mod effective_tests;
mod example;
mod fillers;
mod grid;
#[cfg(test)]
mod grid_tests;
mod limits;
mod looks;
mod moments;
mod needles;
mod order;
mod patches;
mod placement;
mod planner;
mod questions;
mod room;
mod seen_starts;
mod shuffle;
mod spans;
mod subtitles;
mod summary;
#[cfg(test)]
mod summary_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod too_short_tests;
mod visibility;
mod write;
#[cfg(test)]
mod write_tests;

pub use difficulty::difficulty_record;
pub use example::{EXAMPLE_SECS, Example, QuestionExample, ShownExample, example};
pub use patches::patch_sizes;
pub use placement::WINDOW_PERMILLE;
pub use planner::{Error, Planner};
pub use summary::{Summary, TypeSummary, VideoCost, summary};
pub use write::{FORMAT_VERSION, Header, is_plan, stated, write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::DifficultyRecord;
use crate::language::Language;
use crate::needle::{Effective, Effects, Look, Motion, PixelBox, Replay, WayIn};
use crate::question::{AnswerKind, Evidence, Form, Point, Query, QuestionKind, Scene, Sense, Sighting};
use crate::subtitle::SubtitleLine;
use crate::time::{Depth, FrameRate, FrameSpan};

/// One video, and what is asked about it: a line of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VideoPlan {
    /// The video; of no frames where a control leaves the text alone.
    pub video: PlannedVideo,
    /// Where it stands in the grid.
    pub cell: Cell,
    /// How hard its needles are to find.
    pub difficulty: DifficultyRecord,
    /// What that comes to in this video: in frames, pixels and levels.
    #[serde(default)]
    pub difficulty_effective: Effective,
    /// The questions, at least one.
    pub questions: Vec<PlannedQuestion>,
}

impl VideoPlan {
    /// Number of rows that its questions make: a choice makes one for each rotation of its options.
    pub fn rows(&self) -> u64 {
        self.questions.iter().map(PlannedQuestion::tries).sum()
    }
}

/// One question about one video: one sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedQuestion {
    /// Unique name of the sample; its tries share it.
    pub sample_id: String,
    /// Question family: one that `vniah families list` names, or a user's own.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the family measures, such as `retrieval`, or a user's own.
    pub task: String,
    /// The language of question and options; English goes unsaid.
    #[serde(default, skip_serializing_if = "Language::is_english")]
    pub language: Language,
    /// What sort of question it is.
    pub question_kind: QuestionKind,
    /// How it is answered.
    pub form: Form,
    /// What the answer is.
    pub answer_kind: AnswerKind,
    /// The question, without its options.
    pub question: String,
    /// What it names and fixes.
    #[serde(default, skip_serializing_if = "Query::is_plain")]
    pub query: Query,
    /// The options in the order of try 0; try `t` shows them shifted cyclically by `t`. Empty where the form is open.
    pub options: Vec<String>,
    /// Index into [`Self::options`] of the right one; 0 where there are none.
    pub target: usize,
    /// The right answer in its canonical text.
    pub answer: String,
    /// What an open answer may name: labels with their aliases, the label first. Empty for other kinds of answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vocabulary: Vec<Vec<String>>,
    /// How much the best guess of somebody who does not look is worth, in one try: a share of 0 to 1.
    pub chance: f64,
    /// Questions of one group are scored together, too; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group_id: String,
    /// Frames before this one may be seen when the question is asked.
    pub ask_frame: u64,
    /// The frames that a viewer needs.
    pub evidence: Vec<Evidence>,
    /// Whether a viewer needs the sound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub audio_needed: bool,
}

impl PlannedQuestion {
    /// How often it is asked: once for each rotation of its options, or once.
    pub fn tries(&self) -> u64 {
        self.options.len().max(1) as u64
    }
}

/// One square of the heatmap: a requested length and depth. Both absent where haystacks keep their own length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// The requested length as the spec writes it, such as `10m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<String>,
    /// The requested depth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_permille: Option<Depth>,
    /// What lies at the requested depth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth_of: Option<DepthOf>,
    /// Frames of the finished video whose position is the depth: the needle's, or the window in which all needles lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<FrameSpan>,
    /// 0-based repeat within the cell.
    pub repeat: u64,
}

/// What a cell's depth is the depth of; never an average over several needles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DepthOf {
    /// The one needle, or the one that is asked for among distractors.
    Needle,
    /// The window in which all needles lie.
    Window,
}

impl DepthOf {
    /// As it stands in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Needle => "needle",
            Self::Window => "window",
        }
    }
}

/// A finished video: haystack frames in order, needles inserted between them or drawn onto them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedVideo {
    /// File name without directory and extension.
    pub name: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Constant frame rate.
    pub fps: FrameRate,
    /// Length of the finished video in frames, needles included.
    pub num_frames: u64,
    /// Whether the video carries sound.
    pub audio: bool,
    /// Whether all of its frames are black: a control leaves nothing to be seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_black: bool,
    /// The haystack frames that are used, joined in this order, before anything is inserted.
    pub parts: Vec<HaystackPart>,
    /// All needles, by start frame. Inserts overlap nothing; overlays that share a span lie in different places.
    pub needles: Vec<PlannedNeedle>,
    /// All lines of its subtitle track, in the order of time; no two are shown at once. Absent where it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subtitles: Vec<SubtitleLine>,
    /// Whether the lines are a track of the video, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub subtitle_track: bool,
}

impl PlannedVideo {
    /// What it shows and can be asked for.
    pub fn scene(&self) -> Scene {
        let asked = self.shown().filter(|needle| !needle.is_distractor);
        let size = (self.width, self.height);
        let sightings = |needle: &PlannedNeedle| {
            let sense = Sense::of_look(needle.look.kind().name());
            let still = Sighting {
                key: needle.key.clone(),
                centre: (sense == Sense::Seen).then(|| Point::centre_of(needle.place, size)),
                sense,
                ..Sighting::of(&needle.label, needle.span)
            };
            still.in_motion(&needle.motion(), size)
        };
        asked.flat_map(sightings).collect()
    }

    /// The needles that can be taken in: of black frames, those that are heard or read.
    pub fn shown(&self) -> impl Iterator<Item = &PlannedNeedle> {
        self.needles.iter().filter(|needle| !self.is_black || needle.mode.is_beside())
    }

    /// Whether there is no video: text alone is asked.
    pub fn is_none(&self) -> bool {
        self.num_frames == 0
    }
}

/// A run of frames of one prepared haystack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HaystackPart {
    /// Which haystack.
    pub haystack: String,
    /// Frames of the prepared haystack.
    pub span: FrameSpan,
}

/// One needle on one span of frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedNeedle {
    /// What it shows, in the words of the options.
    pub label: String,
    /// What it is shown for: the key of a value, the box of a state, what a link leads from.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Spliced in, or drawn onto haystack frames.
    pub mode: WayIn,
    /// What is drawn.
    pub look: Look,
    /// What makes it harder to see than it is drawn; absent where nothing does.
    #[serde(default, skip_serializing_if = "Effects::is_none")]
    pub effects: Effects,
    /// Frames of the finished video on which it is visible.
    pub span: FrameSpan,
    /// Where in the frame it is drawn, in pixels; of what moves, the part of the frame in which it does.
    pub place: PixelBox,
    /// Which frames of what moves are shown, where they are not all of them in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<Replay>,
    /// Where in the haystack it lies: haystack frames before it, as a share of all positions it could take.
    pub depth: Depth,
    /// Shown, but not asked for.
    pub is_distractor: bool,
}

impl PlannedNeedle {
    /// What moves in it, and how.
    pub fn motion(&self) -> Motion {
        Motion {
            movers: self.look.movers().to_vec(),
            replay: self.replay.clone(),
            is_reversed: self.look.is_reversed(),
        }
    }

    /// Which frame of what is drawn frame `at` of the finished video shows, and how many there are.
    pub fn drawn_frame(&self, at: u64) -> (u64, u64) {
        Replay::shown(self.replay.as_ref(), at - self.span.start(), self.span.count())
    }

    /// The boxes of the frame, in pixels, in which it is drawn on frame `at` of the finished video.
    pub fn drawn_places(&self, at: u64) -> Vec<PixelBox> {
        let movers = self.look.movers();
        if movers.is_empty() {
            return vec![self.place];
        }
        let (shown, count) = self.drawn_frame(at);
        movers.iter().flat_map(|mover| mover.places(shown, count)).collect()
    }
}
