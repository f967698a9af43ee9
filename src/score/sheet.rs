//! The sheet: the rows of a dataset as far as scoring needs them, so that a million of them have room.
//!
//! In: rows, or the directory that holds them. Out: per question what its tries share, once; per try what it has of its own. What is
//! computed of needles is computed when a row is read; texts and records that come again are kept once.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexSet;
use rayon::prelude::*;

use super::age::age;
use super::distance::distance;
use super::place::{DepthSource, band_of, place, secs};
use crate::answers::kind::Asked;
use crate::dataset::{self, Claiming, Claims, DifficultyRecord, Row, RowRead, TypeNames};
use crate::interned::once;
use crate::language::Language;
use crate::needle::Effective;
use crate::question::{AnswerKind, Evidence, Form, Query, QuestionKind, Scene};
use crate::time::FrameRate;

/// The rows of a dataset, as far as scoring needs them.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub(super) rows: Vec<SheetRow>,
}

/// One row: a try.
#[derive(Clone, Debug)]
pub(super) struct SheetRow {
    pub(super) id: Box<str>,
    pub(super) rotation: u32,
    pub(super) gt_option: Arc<str>,
    /// Digest of what it asks about what, where that is wanted.
    pub(super) asked_sha256: Option<Box<str>>,
    pub(super) options: Options,
    pub(super) shared: Arc<Shared>,
}

/// What the tries of a question share: the columns of a row, and what is computed of its needles.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shared {
    pub(super) sample_id: Box<str>,
    pub(super) file_name: Box<str>,
    pub(super) kind: Arc<str>,
    pub(super) task: Arc<str>,
    pub(super) language: Language,
    pub(super) question_kind: QuestionKind,
    pub(super) form: Form,
    pub(super) answer_kind: AnswerKind,
    pub(super) question: Arc<str>,
    pub(super) query: Arc<Query>,
    pub(super) gt: Arc<str>,
    pub(super) answer: Arc<str>,
    pub(super) vocabulary: Arc<Vec<Vec<String>>>,
    pub(super) chance: f64,
    pub(super) group_id: Box<str>,
    pub(super) ask_frame: u64,
    pub(super) evidence: Box<[Evidence]>,
    pub(super) audio_needed: bool,
    pub(super) num_frames: u64,
    pub(super) fps_num: u32,
    pub(super) fps_den: u32,
    pub(super) haystack_ids: Box<[Arc<str>]>,
    pub(super) cell_length: Arc<str>,
    /// Whether it stands in a grid of depths.
    pub(super) has_grid_depth: bool,
    pub(super) difficulty: Arc<DifficultyRecord>,
    pub(super) difficulty_effective: Arc<Effective>,
    /// What the video shows, for questions whose wrong answers are looked at by it: about states and motion.
    pub(super) scene: Option<Box<Scene>>,
    /// Where it stands in the heatmap.
    pub(super) length: Arc<str>,
    pub(super) depth_permille: Option<u16>,
    pub(super) depth_of: DepthSource,
    /// Length of the video in seconds, and the band into which it falls.
    pub(super) secs: f64,
    pub(super) band: (usize, &'static str),
    /// Needles that are asked for.
    pub(super) asked_needles: usize,
    /// The smallest distance between two of them.
    pub(super) distance: Option<(usize, &'static str)>,
    /// The octave of the age of its evidence.
    pub(super) age: Option<(usize, &'static str)>,
}

/// The options of a try: a stretch of those of its question, which stand there twice, so that each rotation is one.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) all: Arc<[String]>,
    start: u32,
    count: u32,
}

impl Options {
    /// Those of the first try of a question: all rotations of them.
    fn of_first(options: &[String]) -> Self {
        let again = &options[..options.len().saturating_sub(1)];
        Self { all: options.iter().chain(again).cloned().collect(), start: 0, count: options.len() as u32 }
    }

    /// Those of another try, which are a rotation of these or stand by themselves.
    fn of_try(&self, options: &[String]) -> Self {
        let count = self.count as usize;
        let is_rotation = |start: &usize| self.all[*start..].starts_with(options);
        match (0..count).find(is_rotation).filter(|_| options.len() == count) {
            Some(start) => Self { all: Arc::clone(&self.all), start: start as u32, count: self.count },
            None => Self { start: 0, count: options.len() as u32, all: options.into() },
        }
    }
}

impl SheetRow {
    /// The options in the order in which the try shows them.
    pub(super) fn options(&self) -> &[String] {
        let Options { all, start, count } = &self.options;
        &all[*start as usize..][..*count as usize]
    }

    /// What it asks, as far as reading its replies needs it.
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            kind: self.answer_kind,
            options: self.options(),
            vocabulary: &self.vocabulary,
            num_frames: self.num_frames,
            fps: self.fps(),
        }
    }

    /// The right letter of a choice, the right answer of an open row.
    pub(super) fn truth(&self) -> &str {
        if self.has_options() { &self.gt_option } else { &self.answer }
    }

    /// Whether both are tries of one question, as far as that was seen when they were read.
    pub(super) fn shares_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Deref for SheetRow {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl Shared {
    /// Whether it is answered by the letter of an option.
    pub(super) fn has_options(&self) -> bool {
        self.form == Form::Choice
    }

    pub(super) fn fps(&self) -> FrameRate {
        FrameRate::new(self.fps_num, self.fps_den).unwrap_or(FrameRate::ONE)
    }
}

impl Claiming for SheetRow {
    fn claims(&self) -> Claims<'_> {
        Claims {
            id: &self.id,
            sample_id: &self.sample_id,
            group_id: &self.group_id,
            file_name: &self.file_name,
            kind: &self.kind,
            task: &self.task,
            form: self.form,
            answer_kind: self.answer_kind,
            options: self.options(),
            gt: &self.gt,
            gt_option: &self.gt_option,
            answer: &self.answer,
            rotation: self.rotation,
            ask_frame: self.ask_frame,
            num_frames: self.num_frames,
            evidence: &self.evidence,
        }
    }
}

/// Keeps rows one after the other.
#[derive(Default)]
struct Keeper {
    texts: IndexSet<Arc<str>>,
    queries: BTreeSet<Arc<Query>>,
    vocabularies: BTreeSet<Arc<Vec<Vec<String>>>>,
    difficulties: BTreeSet<Arc<DifficultyRecord>>,
    effectives: BTreeSet<Arc<Effective>>,
    last: Option<SheetRow>,
    /// Whether digests of what rows ask are kept.
    is_asked: bool,
}

impl Keeper {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&text));
        text
    }

    /// A row of a file.
    fn keep_read(&mut self, read: RowRead<'_>) -> SheetRow {
        let asked_sha256 = self.is_asked.then(|| read.asked_sha256().into());
        let row = match (read, self.last.take()) {
            (RowRead::Try(_, own), Some(last)) => {
                self.keep_try(last, (&own.id, own.rotation), &own.options, &own.gt_option)
            }
            (read, last) => {
                self.last = last;
                self.keep(&read.into_row())
            }
        };
        SheetRow { asked_sha256, ..row }
    }

    /// A try of the question of the row before.
    fn keep_try(
        &mut self,
        last: SheetRow,
        (id, rotation): (&str, u32),
        options: &[String],
        gt_option: &str,
    ) -> SheetRow {
        let row = SheetRow {
            id: id.into(),
            rotation,
            gt_option: self.text(gt_option),
            asked_sha256: None,
            options: last.options.of_try(options),
            shared: Arc::clone(&last.shared),
        };
        self.last = Some(last);
        row
    }

    /// Any row.
    fn keep(&mut self, row: &Row) -> SheetRow {
        let question = self.question(row);
        if let Some(last) = self.last.take().filter(|last| *last.shared == question) {
            return self.keep_try(last, (&row.id, row.rotation), &row.options, &row.gt_option);
        }
        let kept = SheetRow {
            id: row.id.as_str().into(),
            rotation: row.rotation,
            gt_option: self.text(&row.gt_option),
            asked_sha256: None,
            options: Options::of_first(&row.options),
            shared: Arc::new(question),
        };
        self.last = Some(kept.clone());
        kept
    }

    fn question(&mut self, row: &Row) -> Shared {
        let place = place(row);
        let is_seen = row.question_kind == QuestionKind::State || row.question_kind.is_motion();
        Shared {
            sample_id: row.sample_id.as_str().into(),
            file_name: row.file_name.as_str().into(),
            kind: self.text(&row.kind),
            task: self.text(&row.task),
            language: row.language,
            question_kind: row.question_kind,
            form: row.form,
            answer_kind: row.answer_kind,
            question: self.text(&row.question),
            query: once(&mut self.queries, &row.query),
            gt: self.text(&row.gt),
            answer: self.text(&row.answer),
            vocabulary: once(&mut self.vocabularies, &row.vocabulary),
            chance: row.chance,
            group_id: row.group_id.as_str().into(),
            ask_frame: row.ask_frame,
            evidence: row.evidence.as_slice().into(),
            audio_needed: row.audio_needed,
            num_frames: row.num_frames,
            fps_num: row.fps_num,
            fps_den: row.fps_den,
            haystack_ids: row.haystack_ids.iter().map(|id| self.text(id)).collect(),
            cell_length: self.text(&row.cell_length),
            has_grid_depth: row.cell_depth_permille >= 0,
            difficulty: once(&mut self.difficulties, &row.difficulty),
            difficulty_effective: once(&mut self.effectives, &row.difficulty_effective),
            scene: is_seen.then(|| Box::new(row.scene())),
            length: self.text(&place.length),
            depth_permille: place.depth_permille,
            depth_of: place.depth_of,
            secs: secs(row),
            band: band_of(row),
            asked_needles: row.asked_needles().count(),
            distance: distance(row),
            age: age(row),
        }
    }
}

impl Sheet {
    /// That of the dataset in `dir`, whose rows are checked as [`dataset::read_rows`] does.
    pub fn read(dir: &Path) -> Result<Self, dataset::Error> {
        Self::read_as(dir, false)
    }

    /// The same, with digests of what each row asks: what answers that state it are compared with.
    pub fn read_asked(dir: &Path) -> Result<Self, dataset::Error> {
        Self::read_as(dir, true)
    }

    fn read_as(dir: &Path, is_asked: bool) -> Result<Self, dataset::Error> {
        let keeper = || {
            let mut keeper = Keeper { is_asked, ..Keeper::default() };
            move |read: RowRead<'_>| keeper.keep_read(read)
        };
        Ok(Self { rows: dataset::read_rows_as(dir, keeper)? })
    }

    /// That of these rows.
    pub fn of(rows: &[Row]) -> Self {
        let mut keeper = Keeper::default();
        Self { rows: rows.iter().map(|row| keeper.keep(row)).collect() }
    }

    /// That of these rows, with digests of what each asks.
    pub fn of_asked(rows: &[Row]) -> Self {
        let mut sheet = Self::of(rows);
        let kept = sheet.rows.par_iter_mut().zip(rows);
        kept.for_each(|(kept, row)| kept.asked_sha256 = Some(row.asked_sha256().into()));
        sheet
    }

    /// Choices, each with its id, its question and its options: what a judge may be asked about.
    pub fn choices(&self) -> impl Iterator<Item = (&str, &str, &[String])> {
        let choices = self.rows.iter().filter(|row| row.has_options());
        choices.map(|row| (&*row.id, &*row.question, row.options()))
    }

    /// One row of each stretch of rows that share a question.
    pub(super) fn questions(&self) -> impl Iterator<Item = &SheetRow> {
        self.rows.chunk_by(SheetRow::shares_with).map(|rows| &rows[0])
    }

    /// What its types are called.
    pub(super) fn type_names(&self) -> TypeNames<'_> {
        TypeNames::of_types(self.questions().map(|row| (&*row.kind, row.form)))
    }
}
