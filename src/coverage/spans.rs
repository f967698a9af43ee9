//! Ceilings of questions that ask for times: how near the best estimate comes on average.
//!
//! In: a row and the frames that a sampler takes. Out: the mean IoU and R@k of the best answer of somebody who sees these frames
//! and knows the law of durations and places. For one span it is the mean over the law, so that it is the same for all videos of
//! a length; for several it is what a viewer reaches on this very row who takes each run of frames alone, and no bound.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::answers::kind;
use crate::dataset::Row;
use crate::question::span_law::{RECALL_AT, SpanLaw};
use crate::question::{Answer, AnswerKind};
use crate::score::asked;

/// What the best estimates reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpanCeiling {
    /// Mean IoU.
    pub mean_iou: f64,
    /// R@k in the order of [`RECALL_AT`].
    pub recall: [f64; RECALL_AT.len()],
    /// Whether no viewer of the frames passes it but by luck.
    pub is_bound: bool,
}

/// Ceilings that are known: of one sampler, by law, frame rate and the time of asking.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<BTreeMap<[u64; 6], SpanCeiling>>);

impl Known {
    /// The ceiling of a row of which these frames, which ascend, are seen; nothing where it asks for no times.
    pub(super) fn of(&self, row: &Row, indices: &[u64]) -> Option<SpanCeiling> {
        if row.answer_kind != AnswerKind::Spans {
            return None;
        }
        let law = row.span_law()?;
        if row.asks_for_several_spans() {
            return several(row, law, indices);
        }
        let (num, den) = (u64::from(row.fps_num), u64::from(row.fps_den));
        let key = [law.least(), law.most(), law.frames(), num, den, row.ask_frame];
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        Some(known.unwrap_or_else(|| {
            let ceiling = law.ceiling(indices);
            let ceiling = SpanCeiling { mean_iou: ceiling.mean_iou, recall: ceiling.recall, is_bound: true };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, ceiling);
            ceiling
        }))
    }
}

/// What a viewer reaches on this row who takes each run of frames that show the thing alone.
fn several(row: &Row, law: SpanLaw, indices: &[u64]) -> Option<SpanCeiling> {
    let scene = row.scene();
    let shows = |index: &u64| scene.sightings().iter().any(|sighting| sighting.span.contains(*index));
    let shown: Vec<bool> = indices.iter().map(shows).collect();
    let spans = law.estimates(indices, &shown).into_iter().map(|guess| guess.span).collect();
    let asked = asked(row);
    let estimate = kind::truth(&asked, &Answer::Spans(spans).text(row.fps(), row.language)).ok()?;
    let credit = kind::grade(&estimate, &kind::truth(&asked, &row.answer).ok()?).credit;
    let reached =
        RECALL_AT.map(|share| if credit * share.den as f64 >= share.num as f64 { 1.0 } else { 0.0 });
    Some(SpanCeiling { mean_iou: credit, recall: reached, is_bound: false })
}
