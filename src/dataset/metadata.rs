//! Rows of `metadata.jsonl`: one a try, one type a column.
//!
//! In: rows. Out: rows, checked. The row is the whole truth about its question: scoring, auditing and the viewer read
//! nothing else of a dataset.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::difficulty::DifficultyRecord;
use crate::language::Language;
use crate::letter;
use crate::needle::{Effective, Motion, PixelBox};
use crate::question::span_law::SpanLaw;
use crate::question::{AnswerKind, Evidence, Form, Point, Query, QuestionKind, Scene, Sense, Sighting};
use crate::time::{FrameRate, FrameSpan};

/// One try: a question with its options in one rotation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// Unique key of the row: sample id and try.
    pub id: String,
    /// Key of the question; the tries of one question share it.
    pub sample_id: String,
    /// Video, relative to the dataset directory; empty where a control leaves the text alone. Hugging Face turns this column
    /// into the video itself.
    pub file_name: String,
    /// The same path, for readers to whom `file_name` is a video.
    pub video_path: String,
    /// `SubRip` file of the video's subtitle track, relative to the dataset directory; empty where it has none.
    #[serde(default)]
    pub subtitle_path: String,
    /// Question family: one that `vniah families list` names, or a user's own.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the family measures, such as `retrieval`, or a user's own.
    pub task: String,
    /// Language of question and options: `en` or `zh`.
    #[serde(default)]
    pub language: Language,
    /// What sort of question it is, such as `which`, `order`, `count` or `when`.
    #[serde(default)]
    pub question_kind: QuestionKind,
    /// How it is answered: by the letter of an option (`choice`), or without options (`open`).
    #[serde(default)]
    pub form: Form,
    /// What the answer is: `choice`, `number`, `label`, `set`, `list`, `spans`, `moment` or
    /// `point`.
    #[serde(default)]
    pub answer_kind: AnswerKind,
    /// The question, without its options.
    pub question: String,
    /// What it names and fixes, beside its kind.
    #[serde(default)]
    pub query: Query,
    /// The options in the order in which they are shown: A, B, C, ... Empty where the form is open.
    pub options: Vec<String>,
    /// The whole text that a model reads beside the video: the question, its options or none, and what the answer is to look like.
    #[serde(rename = "prompt", default)]
    pub prompt_text: String,
    /// Text of the right option, or of the right answer where the form is open.
    pub gt: String,
    /// Letter of the right option; empty where the form is open.
    pub gt_option: String,
    /// The right answer in its canonical text: that of the right option, `4`, `Alice`, `red, blue`, spans of seconds such as
    /// `12.40 - 15.00`, or where a point is asked for, the part of the picture in which it has to lie, `x 0 - 0.5, y 0.5 - 1`.
    #[serde(default)]
    pub answer: String,
    /// Labels that an open answer may name, each with its aliases, the label first. Empty for other kinds of answer.
    #[serde(default)]
    pub vocabulary: Vec<Vec<String>>,
    /// How much the best guess of somebody who does not look is worth, in one try: a share of 0 to 1.
    #[serde(default)]
    pub chance: f64,
    /// Key of the video; the questions about one video share it.
    #[serde(default)]
    pub video_id: String,
    /// Key of questions that are scored together, too; empty where there are none.
    #[serde(default)]
    pub group_id: String,
    /// Frames before this one may be seen when the question is asked; `num_frames` for the whole video.
    #[serde(default)]
    pub ask_frame: u64,
    /// The frames that a viewer needs to know the answer.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Whether a viewer needs the sound to know the answer.
    #[serde(default)]
    pub audio_needed: bool,
    /// 0-based rotation: the options of try 0, shifted cyclically by this many places.
    #[serde(rename = "try")]
    pub rotation: u32,
    /// Length of the video in seconds, for readers; exact is `num_frames` x `fps_den` / `fps_num`.
    pub length: f64,
    /// Length of the video in frames; 0 where there is none.
    pub num_frames: u64,
    /// Frame rate's numerator.
    pub fps_num: u32,
    /// Frame rate's denominator.
    pub fps_den: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Haystacks that the video is made of, in order.
    pub haystack_ids: Vec<String>,
    /// Requested length of the grid cell, such as `10m`; empty outside a grid.
    pub cell_length: String,
    /// Requested depth of the grid cell in per-mille; -1 outside a grid, since a column has one type.
    pub cell_depth_permille: i32,
    /// What the cell's depth is the depth of: `needle`, `window` (the one in which all needles lie), or empty outside a
    /// grid.
    #[serde(default)]
    pub cell_depth_of: String,
    /// First frame of what the cell's depth is the depth of; -1 outside a grid.
    #[serde(default = "outside")]
    pub cell_window_start: i64,
    /// The frame after its last; -1 outside a grid.
    #[serde(default = "outside")]
    pub cell_window_end: i64,
    /// Depth of each needle in per-mille of the haystack.
    pub depth_permille: Vec<u16>,
    /// Start of each needle in seconds, for readers.
    pub needle_time: Vec<f64>,
    /// Frames of each needle, half-open.
    pub needle_frames: Vec<FrameSpan>,
    /// Each needle, in the same order.
    pub needles: Vec<NeedleRow>,
    /// How hard the needles are to find.
    #[serde(default)]
    pub difficulty: DifficultyRecord,
    /// What that comes to in this video: in frames, pixels and levels.
    #[serde(default)]
    pub difficulty_effective: Effective,
    /// SHA-256 of the video.
    pub sha256: String,
}

impl Row {
    /// A row of which nothing is stated: what files of texts alone do not say.
    pub fn unstated() -> Self {
        Self {
            id: String::new(),
            sample_id: String::new(),
            file_name: String::new(),
            video_path: String::new(),
            subtitle_path: String::new(),
            kind: String::new(),
            task: String::new(),
            language: Language::En,
            question_kind: QuestionKind::default(),
            form: Form::default(),
            answer_kind: AnswerKind::default(),
            question: String::new(),
            query: Query::default(),
            options: Vec::new(),
            prompt_text: String::new(),
            gt: String::new(),
            gt_option: String::new(),
            answer: String::new(),
            vocabulary: Vec::new(),
            chance: 0.0,
            video_id: String::new(),
            group_id: String::new(),
            ask_frame: 0,
            evidence: Vec::new(),
            audio_needed: false,
            rotation: 0,
            length: 0.0,
            num_frames: 0,
            fps_num: 1,
            fps_den: 1,
            width: 0,
            height: 0,
            haystack_ids: Vec::new(),
            cell_length: String::new(),
            cell_depth_permille: -1,
            cell_depth_of: String::new(),
            cell_window_start: outside(),
            cell_window_end: outside(),
            depth_permille: Vec::new(),
            needle_time: Vec::new(),
            needle_frames: Vec::new(),
            needles: Vec::new(),
            difficulty: DifficultyRecord::default(),
            difficulty_effective: Effective::default(),
            sha256: String::new(),
        }
    }

    /// The row with what rows of earlier versions do not state: they all ask about a whole video, by options.
    #[must_use]
    pub fn completed(mut self) -> Self {
        if self.answer.is_empty() {
            self.answer.clone_from(&self.gt);
            self.question_kind = kind_of_task(&self.task);
        }
        if self.video_id.is_empty() {
            self.video_id.clone_from(&self.sample_id);
            self.ask_frame = self.num_frames;
            self.evidence = self.question_kind.evidence(&self.query, &self.scene());
        }
        if self.form == Form::Choice && self.chance <= 0.0 {
            self.chance = 1.0 / self.options.len().max(1) as f64;
        }
        if self.prompt_text.is_empty() {
            self.prompt_text = self.prompt().text();
        }
        self
    }

    /// The needles that it can ask for: no distractors, and none that is shown after the question.
    pub fn asked_needles(&self) -> impl Iterator<Item = &NeedleRow> {
        let is_there = |needle: &&NeedleRow| self.sees_all() || needle.start_frame < self.ask_frame;
        self.needles.iter().filter(|needle| !needle.is_distractor).filter(is_there)
    }

    /// What its video shows until it is asked, and can be asked for, as far as it states needles.
    pub fn scene(&self) -> Scene {
        let sightings = |needle: &NeedleRow| {
            let span = FrameSpan::new(needle.start_frame, needle.end_frame)?;
            let place = PixelBox { x: needle.x, y: needle.y, w: needle.w, h: needle.h };
            let size = (self.width, self.height);
            let sense = Sense::of_look(&needle.kind);
            let centre = (self.width > 0 && sense == Sense::Seen).then(|| Point::centre_of(place, size));
            let key = needle.key.clone();
            let still = Sighting { key, sense, centre, ..Sighting::of(&needle.label, span) };
            Some(still.in_motion(&needle.motion, size))
        };
        let scene: Scene = self.asked_needles().filter_map(sightings).flatten().collect();
        // What comes after the question is not there yet.
        if self.sees_all() { scene } else { scene.before(self.ask_frame) }
    }

    /// Whether it is answered by the letter of an option.
    pub fn has_options(&self) -> bool {
        self.form == Form::Choice
    }

    /// The law of its needle's time; nothing where times are not drawn.
    pub fn span_law(&self) -> Option<SpanLaw> {
        let Effective { duration_frames, longest_frames, .. } = self.difficulty_effective;
        let drawn = longest_frames > 0 && self.question_kind.draws_times();
        drawn.then(|| SpanLaw::new(duration_frames, longest_frames, self.num_frames)).flatten()
    }

    /// Its frame rate; one frame a second where it states none.
    pub fn fps(&self) -> FrameRate {
        FrameRate::new(self.fps_num, self.fps_den).unwrap_or(FrameRate::ONE)
    }
}

/// The kind of questions of a task of VNBench: what rows of earlier versions go by.
fn kind_of_task(task: &str) -> QuestionKind {
    match task {
        "ordering" => QuestionKind::Order,
        "counting" => QuestionKind::Count,
        _ => QuestionKind::Which,
    }
}

/// The rows of each sample, samples in the order of their first row, rows in that of the file.
pub fn samples(rows: &[Row]) -> Vec<Vec<&Row>> {
    grouped(rows, |row| &row.sample_id)
}

/// `rows` by sample, samples in the order of their first row, rows in their own.
pub(super) fn grouped<'a, T>(rows: &'a [T], sample_id: impl Fn(&'a T) -> &'a str) -> Vec<Vec<&'a T>> {
    let mut at: IndexMap<&str, usize> = IndexMap::new();
    let mut samples: Vec<Vec<&T>> = Vec::new();
    for row in rows {
        let place = *at.entry(sample_id(row)).or_insert(samples.len());
        if place == samples.len() {
            samples.push(Vec::new());
        }
        samples[place].push(row);
    }
    samples
}

fn outside() -> i64 {
    -1
}

/// One needle of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NeedleRow {
    /// What it shows, in the words of the options.
    pub label: String,
    /// What it is shown for: the key of a value, the box of a state, what a link leads from. Empty where there is none.
    #[serde(default)]
    pub key: String,
    /// `insert-text`, `insert-picture`, `overlay-text`, `overlay-patch`, ...: how it enters, and what it is.
    pub kind: String,
    /// First frame.
    pub start_frame: u64,
    /// The frame after the last.
    pub end_frame: u64,
    /// Left edge in pixels.
    pub x: u32,
    /// Upper edge in pixels.
    pub y: u32,
    /// Width in pixels.
    pub w: u32,
    /// Height in pixels.
    pub h: u32,
    /// Shown, but not asked for.
    pub is_distractor: bool,
    /// What moves in it and how, as a text of JSON; empty where nothing does. A text, since a column has one type in all rows.
    #[serde(default)]
    #[schemars(with = "String")]
    pub motion: Motion,
}

impl NeedleRow {
    /// The frame in the middle of its span. Files of others may state spans that lie outside their video.
    pub fn middle(&self) -> u64 {
        self.start_frame.saturating_add(self.end_frame.saturating_sub(self.start_frame) / 2)
    }
}

/// The letter of option `index`: A for 0. Beyond Z, which rows that are read do not reach, it is a number.
pub fn letter(index: usize) -> String {
    letter::mark(index)
}
