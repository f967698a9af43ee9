//! Question families: what is hidden, what is asked, and what the options are.
//!
//! In: what a file states. Out: a [`Family`], which only reading makes, so that drawing from it cannot fail.

use std::collections::BTreeMap;

use super::answer::{AnswerKind, Form};
use super::pool::Candidate;
use super::query::Query;
use super::question_kind::QuestionKind;
use super::raw::{Labels, Raw};
use super::sense::Sense;
use super::wording;
use crate::files;
use crate::language::Language;
use crate::needle::{LookKind, WayIn};
use crate::template;

/// How often cups change places where a family does not say.
pub(super) const USUAL_SWAPS: u32 = 6;

/// Families by type.
pub type Families = BTreeMap<String, Family>;

/// A family that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file or its directory cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// The file does not have the form of a family.
    #[error("`{file}` is not a question family")]
    Syntax {
        /// The file.
        file: String,
        /// What the parser found.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The family asks for what cannot be.
    #[error("question family has {} in {file}\n  {}", crate::wording::count(problems.len(), "problem"), problems.join("\n  "))]
    Invalid {
        /// The file.
        file: String,
        /// One a line, each with its key.
        problems: Vec<String>,
    },
}

/// The most needles of one video, or distractors: nobody counts further.
pub(super) const MOST_NEEDLES: usize = 50;
/// Cells on each side of the picture, where a family does not say.
pub(super) const USUAL_CELLS: u32 = 2;

/// A question family, checked.
#[derive(Clone, Debug)]
pub struct Family {
    pub(super) raw: Raw,
    pub(super) question_kind: QuestionKind,
    pub(super) count: (usize, usize),
    pub(super) window: usize,
    pub(super) durations_millis: (u64, u64),
    pub(super) each: (usize, usize),
    pub(super) asked: Asked,
    pub(super) sha256: String,
}

/// What a family's questions name and fix, beside their kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Fewest and most keys of one question.
    pub(super) things: (usize, usize),
    /// Steps that are asked for.
    pub(super) steps: Vec<i64>,
}

impl Family {
    /// The language that it asks in.
    pub fn language(&self) -> Language {
        self.raw.language
    }

    /// Name of the family.
    pub fn kind(&self) -> &str {
        &self.raw.kind
    }

    /// What it measures, such as `retrieval`.
    pub fn task(&self) -> &str {
        &self.raw.task
    }

    /// The kind of its questions.
    pub fn question_kind(&self) -> QuestionKind {
        self.question_kind
    }

    /// The forms that its questions can have; the first is taken where a spec names none.
    pub fn forms(&self) -> &[Form] {
        self.raw.forms.as_deref().unwrap_or_else(|| self.question_kind.forms(self.count.1))
    }

    /// What answers are where the form is open, or else.
    pub fn answer_kind(&self, form: Form) -> AnswerKind {
        match form {
            Form::Choice => AnswerKind::Choice,
            Form::Open => self.open_answer(),
        }
    }

    /// What answers are where the form is open.
    fn open_answer(&self) -> AnswerKind {
        match self.question_kind {
            QuestionKind::Order | QuestionKind::Sequence => AnswerKind::List,
            QuestionKind::Count | QuestionKind::Blink | QuestionKind::Cups | QuestionKind::Bounces => {
                AnswerKind::Number
            }
            QuestionKind::When => AnswerKind::Spans,
            QuestionKind::Cell => AnswerKind::Point,
            QuestionKind::Appears => AnswerKind::Moment,
            QuestionKind::Key if self.ask_things().1 > 1 => AnswerKind::List,
            QuestionKind::Key if self.each().1 > 1 => AnswerKind::Set,
            QuestionKind::Which
            | QuestionKind::Last
            | QuestionKind::Seen
            | QuestionKind::Exists
            | QuestionKind::Key
            | QuestionKind::Chain
            | QuestionKind::Next
            | QuestionKind::Side
            | QuestionKind::Heading
            | QuestionKind::Spin
            | QuestionKind::Turn
            | QuestionKind::Faster
            | QuestionKind::Arrow
            | QuestionKind::During
            | QuestionKind::Conflict
            | QuestionKind::State => AnswerKind::Label,
        }
    }

    /// Shortest and longest duration of a needle in milliseconds, where durations are drawn.
    pub fn durations_millis(&self) -> (u64, u64) {
        self.durations_millis
    }

    /// The question about a thing where needles come from `pack`.
    pub(super) fn question_about(&self, pack: &str, thing: &Candidate) -> String {
        wording::filled(self.question(pack), &thing.plural, &thing.label)
    }

    /// Whether `question` is the family's question about a thing of `pack` that is called `label`, and several of it `plural`.
    pub fn asks_about(&self, question: &str, pack: &str, label: &str, plural: &str) -> bool {
        let wordings = self.raw.wordings.values().map(String::as_str).chain([self.question(pack)]);
        wordings.into_iter().any(|wording| wording::filled(wording, plural, label) == question)
    }

    /// The question about a thing in the wording of a variant; nothing where the family has none.
    pub(super) fn variant_about(&self, variant: &str, thing: &Candidate) -> Option<String> {
        let wording = self.raw.wordings.get(variant)?;
        Some(wording::filled(wording, &thing.plural, &thing.label))
    }

    /// The question that names `things`, in the wording of a variant of it; `steps` is how many of something it is about.
    pub(super) fn question_naming(&self, pack: &str, variant: &str, things: &[String], steps: i64) -> String {
        let wording = self.raw.wordings.get(variant).map_or_else(|| self.question(pack), String::as_str);
        wording::naming(wording, things, steps, self.language())
    }

    /// The question that names no thing, where needles come from `pack`.
    pub(super) fn plain_question(&self, pack: &str) -> String {
        wording::filled(self.question(pack), "", "")
    }

    /// Whether the question names what it asks for in the plural, where needles come from `pack`.
    pub fn asks_by_plural(&self, pack: &str) -> bool {
        wording::holds(self.question(pack), wording::PLURAL)
    }

    /// Whether the question names what it asks for as one thing, where needles come from `pack`.
    pub fn asks_by_noun(&self, pack: &str) -> bool {
        wording::holds(self.question(pack), wording::NOUN)
    }

    /// The question's wording where needles come from `pack`, with its placeholders.
    pub fn question(&self, pack: &str) -> &str {
        self.raw.questions.get(pack).unwrap_or(&self.raw.question)
    }

    /// How needles enter the video.
    pub fn mode(&self) -> WayIn {
        self.raw.needle.mode
    }

    /// What needles look like.
    pub fn look(&self) -> LookKind {
        self.raw.needle.look
    }

    /// Whether any of its needles are heard.
    pub fn mixes_sound(&self) -> bool {
        self.look() == LookKind::Sound || self.cue_look() == Some(LookKind::Sound)
    }

    /// Whether any of them is heard over a haystack's own sound: what is inserted has none.
    pub fn sounds_over_footage(&self) -> bool {
        self.mixes_sound() && self.mode() != WayIn::Insert
    }

    /// Whether a viewer needs the sound to answer a question: not where one asks for what the picture shows while another is heard.
    pub fn needs_sound(&self, query: &Query) -> bool {
        let is_heard = || query.things.first().is_some_and(|sense| sense == Sense::Heard.name());
        self.mixes_sound() && (self.question_kind != QuestionKind::Conflict || is_heard())
    }

    /// A subtitle's text for `label`, which is shown for `key`; the label itself where the family states no text.
    pub fn text(&self, key: &str, label: &str) -> String {
        let text = self.raw.needle.text.as_deref().unwrap_or("{label}");
        template::filled(text, &[("{label}", label), ("{key}", key)])
    }

    /// The pack of the keys that things are shown for; none where they are shown for themselves.
    pub fn key_pack(&self) -> Option<&str> {
        self.raw.needle.keys.as_deref()
    }

    /// As [`Self::key_pack`], where it is another than that of the things: links of a chain lead from what they lead to.
    pub fn other_key_pack(&self) -> Option<&str> {
        self.key_pack().filter(|_| self.question_kind != QuestionKind::Chain)
    }

    /// Whether links close to a ring.
    pub fn is_cyclic(&self) -> bool {
        self.raw.ask.ring == Some(true)
    }

    /// Whether states are asked for at moments before the end, too.
    pub(super) fn asks_moments(&self) -> bool {
        self.raw.ask.moments == Some(true)
    }

    /// Whether questions name keys by a hint instead of by their own words.
    pub fn asks_by_hint(&self) -> bool {
        self.raw.ask.hints == Some(true)
    }

    /// Fewest and most keys that one question names.
    pub(super) fn ask_things(&self) -> (usize, usize) {
        self.asked.things
    }

    /// Steps that are asked for: links of a chain, or places after a thing, negative before it.
    pub fn ask_steps(&self) -> &[i64] {
        &self.asked.steps
    }

    /// Cells on each side of the picture.
    pub(super) fn ask_cells(&self) -> u32 {
        self.raw.ask.cells.unwrap_or(USUAL_CELLS)
    }

    /// How often cups change places.
    pub(super) fn ask_swaps(&self) -> u32 {
        self.raw.ask.swaps.unwrap_or(USUAL_SWAPS)
    }

    /// Questions about one video.
    pub fn asks(&self) -> u64 {
        match self.question_kind {
            QuestionKind::Chain => self.ask_steps().len() as u64,
            kind => kind.asks_of_one().max(self.ask_times() as u64),
        }
    }

    /// Fewest and most needles of one key, links of one chain, changes of one box; 1 elsewhere.
    pub fn each(&self) -> (usize, usize) {
        self.each
    }

    /// Whether the family can show needles that it does not ask for.
    pub fn can_distract(&self) -> bool {
        self.raw.distractors.is_some()
    }

    /// The pack that distractors come from, where it is not the needles' own.
    pub fn distractor_pack(&self) -> Option<&str> {
        self.raw.distractors.as_ref()?.pack.as_deref()
    }

    /// How many needles are shown and not asked for.
    pub fn distractors(&self) -> usize {
        self.raw.distractors.as_ref().map_or(0, |distractors| distractors.count)
    }

    /// The text of a distractor for `label`; the label itself where the family has none.
    pub fn distractor_text(&self, label: &str) -> String {
        let text = self.raw.distractors.as_ref().and_then(|distractors| distractors.text.as_deref());
        text.unwrap_or("{label}").replace("{label}", label)
    }

    /// The pack that the family takes needles from unless a spec says otherwise.
    pub fn pack(&self) -> &str {
        &self.raw.needle.pack
    }

    /// Fewest and most needles of one video, or of one clip where the family has clips.
    pub fn count(&self) -> (usize, usize) {
        self.count
    }

    /// Number of clips that hold several needles each; `None` where each needle stands alone.
    pub fn clips(&self) -> Option<usize> {
        self.raw.needle.clips
    }

    /// Fewest and most needles of one video.
    pub fn totals(&self) -> (usize, usize) {
        if let Some(totals) = self.totals_at_times() {
            return totals;
        }
        let of = |count: usize, each: usize| count * self.clips().unwrap_or(1) * each;
        (of(self.count.0, self.each.0), of(self.count.1, self.each.1))
    }

    /// The most places in time that the needles of one video take.
    pub fn most_places(&self) -> usize {
        self.clips().unwrap_or(self.totals().1) + self.distractors()
    }

    /// The fewest places in time that the needles of one video take.
    pub fn fewest_places(&self) -> usize {
        self.clips().unwrap_or(self.totals().0) + self.distractors()
    }

    /// Whether the needles of one video show one thing.
    pub fn labels(&self) -> Labels {
        self.raw.needle.labels
    }

    /// Fewest milliseconds between two needles, where the family states them.
    pub fn gap_millis(&self) -> Option<u64> {
        self.raw.needle.gap_millis
    }

    /// Whether needles are short videos that lie over footage.
    pub fn plays_over(&self) -> bool {
        self.look() == LookKind::Clip && self.mode() == WayIn::Overlay
    }

    /// Whether a needle's picture, still or played, has the whole frame.
    pub fn fills_frame(&self) -> bool {
        self.look() == LookKind::Picture || self.look() == LookKind::Clip && self.mode() == WayIn::Insert
    }

    /// Whether something has to fill the frame around a needle: what is inserted has no footage behind it.
    pub fn has_ground(&self) -> bool {
        self.fills_frame() || self.look() == LookKind::Mover && self.mode() == WayIn::Insert
    }

    /// How long a needle shows where a spec says nothing, in milliseconds; nothing where that is what it is for all types.
    pub fn duration_millis(&self) -> Option<u64> {
        self.raw.needle.duration_millis
    }

    /// Among how many neighbouring integers the options are chosen, where needles are counted.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Number of options.
    pub fn options_number(&self) -> usize {
        self.raw.options.number
    }

    /// Whether exactly one needle is asked for, whatever is drawn.
    pub fn asks_for_one(&self) -> bool {
        self.clips().is_none() && self.totals() == (1, 1)
    }

    /// Whether one needle is asked for among distractors: then the depth of a cell is that needle's.
    pub fn asks_for_one_among_others(&self) -> bool {
        self.distractors() > 0 && self.asks_for_one()
    }

    /// SHA-256 of what the family's file states: comments and layout are no part of it.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}
