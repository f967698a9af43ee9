//! What a guesser could know of a question without its video.
//!
//! In: rows. Out: [`Sample`]s: the contents of the options, where each try shows which, the target, and facts about the video
//! and its needles that stand in the row.

use std::collections::BTreeMap;

use crate::dataset::{self, Row, letter};

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
    /// Samples with one number are one question at several lengths: they count as one trial.
    pub(super) question: usize,
    /// Where it stands among the samples of its type, from 0.
    pub(super) place: usize,
}

impl<'a> Sample<'a> {
    /// The type.
    pub(super) fn kind(&self) -> &'a str {
        &self.row.kind
    }

    /// The contents as numbers, if all are.
    pub(super) fn numbers(&self) -> Option<Vec<i64>> {
        self.contents.iter().map(|text| text.trim().parse().ok()).collect()
    }

    /// The contents as orders of the same things, if all are; no two things of one order are alike.
    pub(super) fn orders(&self) -> Option<Vec<Vec<&'a str>>> {
        let orders: Vec<Vec<&str>> =
            self.contents.iter().map(|text| text.split(',').map(str::trim).collect()).collect();
        let sorted = |order: &Vec<&'a str>| {
            let mut things = order.clone();
            things.sort_unstable();
            things
        };
        let things = sorted(orders.first()?);
        let is_order = things.len() > 1 && things.windows(2).all(|pair| pair[0] != pair[1]);
        (is_order && orders.iter().all(|order| sorted(order) == things)).then_some(orders)
    }
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
    let mut questions = BTreeMap::new();
    let mut in_cell: BTreeMap<_, u32> = BTreeMap::new();
    for (at, sample) in samples.iter_mut().enumerate() {
        let row = sample.row;
        let place = places.entry(&row.kind).or_default();
        sample.place = *place;
        *place += 1;
        let key = (&row.kind, &row.question, sample.contents, sample.target, row.cell_depth_permille);
        // Questions of one cell, and those outside a grid of lengths, are independent draws even where they are equal.
        let before = in_cell.entry((key, &row.cell_length)).or_default();
        let of_grid = !row.cell_length.is_empty();
        sample.question = if of_grid { *questions.entry((key, *before)).or_insert(at) } else { at };
        *before += 1;
    }
    samples
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
    is_one.then(|| Sample { row: rows[0], contents, shown, target, question: 0, place: 0 })
}
