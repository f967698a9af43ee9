//! Result files of `VNBench`'s scripts as rows and answers, scored without a dataset.
//!
//! In: rows that carry their right answers. Out: rows as a dataset would hold them, as far as the file says, and answers.
//! Lengths, depths and needles are not in such a file, so that there are no slices by them.

use std::collections::BTreeMap;

use crate::answers::import::vnbench::Own;
use crate::answers::{Answer, Answers};
use crate::dataset::{Row, letter};
use crate::question::task_of;

/// What the cells of a file without lengths are called.
const NO_LENGTH: &str = "not stated";

/// Rows and answers. Of rows that stand twice, the first holds; the number of others is the third value.
pub fn rows_and_answers(own: &[Own]) -> (Vec<Row>, Answers, usize) {
    let mut first: BTreeMap<String, &Own> = BTreeMap::new();
    let mut order = Vec::new();
    for one in own {
        let id = format!("{}_{}_{}", one.stem, one.kind, one.rotation);
        first.entry(id).or_insert_with_key(|id| {
            order.push(id.clone());
            one
        });
    }
    let rows: Vec<Row> = order.iter().map(|id| row(id, first[id])).collect();
    let answers = order.iter().map(|id| Answer::new(id, first[id].response.clone())).collect();
    (rows, answers, own.len() - order.len())
}

fn row(id: &str, own: &Own) -> Row {
    Row {
        id: id.to_owned(),
        sample_id: format!("{}_{}", own.stem, own.kind),
        file_name: format!("{}.mp4", own.stem),
        video_path: format!("{}.mp4", own.stem),
        kind: own.kind.clone(),
        task: task_of(&own.kind).to_owned(),
        question: own.prompt.lines().next().unwrap_or_default().to_owned(),
        options: own.options.clone(),
        gt: own.options[own.target].clone(),
        gt_option: letter(own.target),
        rotation: own.rotation,
        haystack_ids: vec![own.haystack.clone()],
        cell_length: NO_LENGTH.to_owned(),
        ..Row::unstated()
    }
    .completed()
}
