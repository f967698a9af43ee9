//! What a guesser could know of a question without its video.
//!
//! In: rows. Out: [`Sample`]s: the contents of the options, where each try shows which, the target, and facts about the video
//! and its needles that stand in the row.

use std::collections::{BTreeMap, BTreeSet};

use crate::dataset::{self, DifficultyRecord, Row, letter};
use crate::question::{Form, QuestionKind};

/// One question with its tries.
#[derive(Clone, Debug)]
pub(super) struct Sample<'a> {
    /// The first try.
    pub(super) row: &'a Row,
    /// The texts of the options in the order of the first try.
    pub(super) contents: &'a [String],
    /// By try, then by place: which of the contents stands there.
    pub(super) shown: Vec<Vec<usize>>,
    /// Which of the contents is right.
    pub(super) target: usize,
    /// Samples with one number are one question at several lengths or settings of difficulty: they count as one trial.
    pub(super) question: usize,
    /// Where it stands among the samples of its type, from 0.
    pub(super) place: usize,
    /// How many samples of its type ask about its video in the same form before it.
    pub(super) turn: usize,
}

impl<'a> Sample<'a> {
    /// The type.
    pub(super) fn kind(&self) -> &'a str {
        &self.row.kind
    }

    /// The contents as numbers, where the question asks how many, or their starts in milliseconds, where it asks when.
    pub(super) fn numbers(&self) -> Option<Vec<i64>> {
        match self.row.question_kind {
            kind if kind.asks_how_many() => {
                self.contents.iter().map(|text| text.trim().parse().ok()).collect()
            }
            QuestionKind::When => self.contents.iter().map(|text| start(text)).collect(),
            _ => None,
        }
    }

    /// The contents as orders, where the question asks for one.
    pub(super) fn orders(&self) -> Option<Vec<Vec<&'a str>>> {
        let is_asked = matches!(self.row.question_kind, QuestionKind::Order | QuestionKind::Key);
        let orders: Vec<Vec<&str>> =
            self.contents.iter().map(|text| text.split(',').map(str::trim).collect()).collect();
        let items = orders.first()?.len();
        (is_asked && items > 1 && orders.iter().all(|order| order.len() == items)).then_some(orders)
    }
}

/// Where the first span of an option starts, in milliseconds.
fn start(text: &str) -> Option<i64> {
    let (start, _) = text.split_once(" - ")?;
    let secs: f64 = start.trim().parse().ok()?;
    Some((secs * 1000.0).round() as i64)
}

/// The index of a row's right option: by its text, or by its letter where no option has the text.
pub(super) fn target(row: &Row) -> Option<usize> {
    let by_letter = || (0..row.options.len()).find(|&at| letter(at) == row.gt_option);
    row.options.iter().position(|option| *option == row.gt).or_else(by_letter)
}

/// Rows by sample, samples in the order of the file, tries in their own.
pub(super) fn grouped(rows: &[Row]) -> Vec<Vec<&Row>> {
    let mut groups = dataset::samples(rows);
    for group in &mut groups {
        group.sort_by_key(|row| row.rotation);
    }
    groups
}

/// The samples that can be guessed at: tries that show the same distinct options and have the same target. What the others
/// are is the checks' to say.
pub(super) fn samples<'a>(groups: &[Vec<&'a Row>]) -> Vec<Sample<'a>> {
    let mut samples: Vec<Sample<'a>> = groups.iter().filter_map(|rows| sample(rows)).collect();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut turns: BTreeMap<(&str, &str, Form), usize> = BTreeMap::new();
    let mut questions = BTreeMap::new();
    let mut in_cell: BTreeMap<_, u32> = BTreeMap::new();
    let mut swept = Sweeps::of(groups.iter().filter_map(|rows| rows.first().copied()));
    for (at, sample) in samples.iter_mut().enumerate() {
        let row = sample.row;
        let turn = turns.entry((&row.kind, &row.video_id, row.form)).or_default();
        sample.turn = *turn;
        *turn += 1;
        let place = places.entry(&row.kind).or_default();
        sample.place = *place;
        *place += 1;
        if let Some(question) = swept.question(row, at) {
            sample.question = question;
            continue;
        }
        // Times differ with the length that they lie in; which of them is right does not.
        let contents = if row.question_kind == QuestionKind::When { &[] } else { sample.contents };
        let key = (&row.kind, &row.question, contents, sample.target, row.cell_depth_permille);
        // Questions of one cell, and those outside a grid of lengths, are independent draws even where they are equal.
        let before = in_cell.entry((key, &row.cell_length)).or_default();
        let of_grid = !row.cell_length.is_empty();
        sample.question = if of_grid { *questions.entry((key, *before)).or_insert(at) } else { at };
        *before += 1;
    }
    let asked = samples.iter_mut().map(|sample| (sample.row, &mut sample.question));
    join_groups(&mut asked.collect::<Vec<_>>());
    samples
}

/// Makes questions of one type and group one trial: the two of a pair and those about one chain are drawn together, so that what one
/// of them says is no independent sample, and is not to be learnt for another. Each question comes with the first row of its
/// sample.
pub(super) fn join_groups(asked: &mut [(&Row, &mut usize)]) {
    let mut first: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut joined: BTreeMap<usize, usize> = BTreeMap::new();
    let end = |joined: &BTreeMap<usize, usize>, mut question: usize| {
        while let Some(&next) = joined.get(&question) {
            question = next;
        }
        question
    };
    for (row, question) in asked.iter().filter(|(row, _)| !row.group_id.is_empty()) {
        let other = *first.entry((&row.kind, &row.group_id)).or_insert(**question);
        let (one, other) = (end(&joined, **question), end(&joined, other));
        if one != other {
            joined.insert(one.max(other), one.min(other));
        }
    }
    for (_, question) in asked {
        **question = end(&joined, **question);
    }
}

/// Where a question stands: type, depth, haystacks where videos have no stated length, and which of its cell it is.
type Asked<'a> = (&'a str, i32, &'a [String], u32);

/// Types whose difficulty is varied. Each question stands at every setting, and most of its options do: settings are no
/// independent draws, whatever they share.
pub(super) struct Sweeps<'a> {
    /// Those types.
    kinds: BTreeSet<&'a str>,
    /// Samples of each cell so far.
    in_cell: BTreeMap<(&'a str, i32, &'a [String], &'a str, &'a DifficultyRecord), u32>,
    /// The number of each question.
    questions: BTreeMap<Asked<'a>, usize>,
}

impl<'a> Sweeps<'a> {
    pub(super) fn of(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut first: BTreeMap<&str, &DifficultyRecord> = BTreeMap::new();
        let mut kinds = BTreeSet::new();
        for Row { kind, difficulty, .. } in rows {
            if *first.entry(kind).or_insert(difficulty) != difficulty {
                kinds.insert(kind.as_str());
            }
        }
        Self { kinds, in_cell: BTreeMap::new(), questions: BTreeMap::new() }
    }

    /// The question of the sample with this number, whose first row this is: the n-th of a cell is the n-th of that cell at
    /// every other setting, and at every length.
    pub(super) fn question(&mut self, row: &'a Row, at: usize) -> Option<usize> {
        if !self.kinds.contains(row.kind.as_str()) {
            return None;
        }
        let haystacks: &[String] = if row.cell_length.is_empty() { &row.haystack_ids } else { &[] };
        let (kind, depth) = (row.kind.as_str(), row.cell_depth_permille);
        let cell = (kind, depth, haystacks, row.cell_length.as_str(), &row.difficulty);
        let before = self.in_cell.entry(cell).or_default();
        let question = *self.questions.entry((kind, depth, haystacks, *before)).or_insert(at);
        *before += 1;
        Some(question)
    }
}

fn sample<'a>(rows: &[&'a Row]) -> Option<Sample<'a>> {
    let contents: &[String] = &rows[0].options;
    let is_distinct = |(at, text): (usize, &String)| !contents[..at].contains(text);
    if contents.len() < 2 || !contents.iter().enumerate().all(is_distinct) {
        return None;
    }
    let mut shown = Vec::new();
    let mut targets = Vec::new();
    for row in rows {
        let order: Option<Vec<usize>> =
            row.options.iter().map(|option| contents.iter().position(|content| content == option)).collect();
        let order = order.filter(|order| {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            sorted.iter().copied().eq(0..contents.len())
        })?;
        targets.push(order[target(row)?]);
        shown.push(order);
    }
    let target = targets[0];
    let is_one = targets.iter().all(|other| *other == target);
    is_one.then(|| Sample { row: rows[0], contents, shown, target, question: 0, place: 0, turn: 0 })
}
