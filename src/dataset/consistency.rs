//! What rows contradict: themselves, others of their sample, their group.
//!
//! In: rows. Out: problems, one sentence each.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use rayon::prelude::*;

use super::metadata::{Row, grouped, letter};
use crate::letter;
use crate::question::{AnswerKind, Evidence, Form};
use crate::wording;

/// What of a row others of its sample, of its group, or it itself may contradict: the columns of [`Row`].
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the column of its name")]
pub struct Claims<'a> {
    pub id: &'a str,
    pub sample_id: &'a str,
    pub group_id: &'a str,
    pub file_name: &'a str,
    pub kind: &'a str,
    pub task: &'a str,
    pub form: Form,
    pub answer_kind: AnswerKind,
    pub options: &'a [String],
    pub gt: &'a str,
    pub gt_option: &'a str,
    pub answer: &'a str,
    pub rotation: u32,
    pub ask_frame: u64,
    pub num_frames: u64,
    pub evidence: &'a [Evidence],
}

/// A row, or what is kept of one, that can be checked against the others.
pub trait Claiming {
    /// What it says.
    fn claims(&self) -> Claims<'_>;
}

impl Claiming for Row {
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
            options: &self.options,
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

/// Everything that is wrong with `rows` as a whole, one sentence each.
pub(super) fn problems<T: Claiming + Sync>(rows: &[T]) -> Vec<String> {
    let rotations = || {
        let samples = grouped(rows, |row| row.claims().sample_id);
        samples.par_iter().filter_map(|tries| missing_rotations(tries)).collect::<Vec<_>>()
    };
    let ((mut problems, lone), rotations) =
        rayon::join(|| (contradictions(rows), lone_groups(rows)), rotations);
    problems.extend(lone);
    problems.extend(rotations);
    let more = problems.len().saturating_sub(wording::MOST_PROBLEMS);
    if more > 0 {
        problems.truncate(wording::MOST_PROBLEMS);
        problems.push(format!("and {more} more"));
    }
    problems
}

/// What says that a sample is not asked once in each rotation of its options: without one of them, `circular` would be
/// a figure of fewer tries than the dataset has.
fn missing_rotations<T: Claiming>(tries: &[&T]) -> Option<String> {
    let first = tries[0].claims();
    let options = first.options.len();
    let id = first.sample_id;
    if first.form == Form::Open {
        let rows = tries.len();
        return (rows != 1)
            .then(|| format!("sample `{id}` is open and has {rows} rows: expected one, of `try` 0"));
    }
    let rotations: BTreeSet<u32> = tries.iter().map(|row| row.claims().rotation).collect();
    let all = rotations.iter().copied().eq(0..u32::try_from(options).unwrap_or(u32::MAX));
    if !all || tries.len() != options {
        let found: Vec<String> = tries.iter().map(|row| row.claims().rotation.to_string()).collect();
        let rows = wording::count(tries.len(), "row");
        return Some(format!(
            "sample `{id}` has {options} options but {rows}, of `try` {}: expected one row for each rotation, `try` 0 to {}",
            found.join(", "),
            options.saturating_sub(1),
        ));
    }
    let mut rows = tries.iter().map(|row| row.claims());
    let start = rows.clone().find(|row| row.rotation == 0)?;
    let is_shift = |row: &Claims<'_>| {
        let shift = row.rotation as usize;
        row.options.len() == options
            && (0..options).all(|at| row.options[at] == start.options[(at + shift) % options])
    };
    let wrong = rows.find(|row| !is_shift(row))?;
    Some(format!("`{}`: its options are not those of try 0 shifted by {}", wrong.id, wrong.rotation))
}

/// Rows that contradict themselves, or others of their sample.
fn contradictions<T: Claiming>(rows: &[T]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut ids = IndexSet::with_capacity(rows.len());
    let mut samples: IndexMap<&str, Claims<'_>> = IndexMap::new();
    let mut types: BTreeMap<&str, Claims<'_>> = BTreeMap::new();
    for row in rows.iter().map(Claiming::claims) {
        let id = row.id;
        if !ids.insert(id) {
            problems.push(format!("id `{id}` occurs twice"));
        }
        if row.options.len() > letter::MOST {
            let (options, most) = (row.options.len(), letter::MOST);
            problems.push(format!("`{id}`: has {options} options, where letters tell {most} apart"));
        }
        problems.extend(row.contradiction().map(|problem| format!("`{id}`: {problem}")));
        let target = row.options.iter().position(|option| option == row.gt);
        if row.form == Form::Choice && target.map(letter).as_deref() != Some(row.gt_option) {
            problems.push(format!("`{id}`: gt `{}` is not option {}", row.gt, row.gt_option));
        }
        if has_twins(row.options) {
            problems.push(format!("`{id}`: two options have the same text"));
        }
        let first = samples.entry(row.sample_id).or_insert(row);
        if first.gt != row.gt || first.file_name != row.file_name || first.kind != row.kind {
            problems.push(format!("`{id}` disagrees with `{}` on type, video or target", first.id));
        }
        let first = types.entry(row.kind).or_insert(row);
        if first.task != row.task {
            let (kind, task) = (row.kind, row.task);
            problems.push(format!(
                "`{id}`: type `{kind}` is of task `{task}`, in `{}` of `{}`",
                first.id, first.task
            ));
        }
    }
    problems
}

/// Whether two of `options` are the same text.
fn has_twins(options: &[String]) -> bool {
    if options.len() > letter::MOST {
        return options.iter().collect::<BTreeSet<_>>().len() != options.len();
    }
    options.iter().enumerate().any(|(at, option)| options[..at].contains(option))
}

/// Groups of one sample: nothing is scored together.
fn lone_groups<T: Claiming>(rows: &[T]) -> Vec<String> {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows.iter().map(Claiming::claims).filter(|row| !row.group_id.is_empty()) {
        groups.entry(row.group_id).or_default().insert(row.sample_id);
    }
    let lone = groups.into_iter().filter(|(_, samples)| samples.len() == 1);
    lone.map(|(group, _)| format!("group `{group}` has one sample: expected two or more")).collect()
}

impl Claims<'_> {
    /// What the columns of form, answer and evidence contradict.
    fn contradiction(&self) -> Option<String> {
        let is_open = self.form == Form::Open;
        if is_open != (self.answer_kind != AnswerKind::Choice) {
            let (form, kind) = (self.form.name(), self.answer_kind.name());
            return Some(format!("form `{form}` and answer kind `{kind}` do not go together"));
        }
        if is_open && !(self.options.is_empty() && self.gt_option.is_empty()) {
            return Some("form `open` has no `options` and no `gt_option`".to_owned());
        }
        if self.answer != self.gt {
            return Some(format!("answer `{}` is not gt `{}`", self.answer, self.gt));
        }
        if self.ask_frame > self.num_frames {
            return Some(format!("ask_frame {} is beyond its {} frames", self.ask_frame, self.num_frames));
        }
        let late = self.evidence.iter().find(|evidence| evidence.span.end() > self.ask_frame)?;
        Some(format!("ask_frame {} is before its evidence ends, frame {}", self.ask_frame, late.span.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::FrameSpan;

    #[test]
    fn a_row_of_more_options_than_letters_is_refused() {
        let row = |options: usize| {
            let options: Vec<String> = (0..options).map(|at| format!("option {at}")).collect();
            let (gt, gt_option) = (options[0].clone(), letter(0));
            Row { id: "x_0".to_owned(), options, gt, gt_option, ..Row::unstated() }.completed()
        };
        assert_eq!(contradictions(&[row(26)]), Vec::<String>::new());
        assert_eq!(contradictions(&[row(27)]), ["`x_0`: has 27 options, where letters tell 26 apart"]);
    }

    #[test]
    fn what_forms_groups_and_ask_times_contradict_is_told() {
        let open = || Row {
            id: "x_0".to_owned(),
            sample_id: "x".to_owned(),
            form: Form::Open,
            answer_kind: AnswerKind::Number,
            gt: "4".to_owned(),
            answer: "4".to_owned(),
            video_id: "x".to_owned(),
            num_frames: 100,
            ask_frame: 100,
            evidence: vec![Evidence::of(FrameSpan::new(10, 20).unwrap())],
            ..Row::unstated()
        };
        assert_eq!(problems(&[open()]), Vec::<String>::new());
        let told = |change: fn(&mut Row)| {
            let mut row = open();
            change(&mut row);
            problems(&[row]).join("; ")
        };
        insta::assert_snapshot!(
            [
                told(|row| row.ask_frame = 15),
                told(|row| row.ask_frame = 101),
                told(|row| row.group_id = "g".to_owned()),
                told(|row| row.answer = "5".to_owned()),
                told(|row| row.answer_kind = AnswerKind::Choice),
                told(|row| row.gt_option = "A".to_owned()),
            ]
            .join("\n"),
            @r"
        `x_0`: ask_frame 15 is before its evidence ends, frame 20
        `x_0`: ask_frame 101 is beyond its 100 frames
        group `g` has one sample: expected two or more
        `x_0`: answer `5` is not gt `4`
        `x_0`: form `open` and answer kind `choice` do not go together
        `x_0`: form `open` has no `options` and no `gt_option`
        "
        );
    }
}
