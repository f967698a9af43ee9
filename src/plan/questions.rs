//! The questions about a planned video.
//!
//! In: what was drawn for a slot, and the video that shows it. Out: one [`PlannedQuestion`] for each form that the task asks in.
//! The answer is that of the planned scene: the planner does not go on where it is not the one that was drawn.

use crate::haystack::Form;
use crate::question::{self, Drawn, Material};
use crate::spec::Task;

use super::grid::{Base, Slot};
use super::spans::Law;
use super::{PlannedQuestion, PlannedVideo, Planner, check};

impl Planner {
    /// What the question of a slot is drawn from.
    pub(super) fn material(&self, slot: &Slot<'_>) -> Material<'_> {
        let task = &self.spec.tasks()[slot.task];
        let left_out = match slot.base {
            Base::Whole(haystack) => &self.left_out[slot.task][haystack],
            Base::Length(_) => &self.left_out[slot.task][0],
        };
        Material {
            family: &task.family,
            pool: &task.pool,
            distractors: task.others.as_ref().map(|others| &others.distractors),
            left_out,
            pack: &task.pack,
        }
    }

    /// The law of the times of a slot's needles; nothing where these are not asked for.
    pub(super) fn law(&self, slot: &Slot<'_>, form: &Form) -> Option<Law> {
        let task = &self.spec.tasks()[slot.task];
        let frames = match slot.base {
            Base::Whole(_) => check::times(task, form.fps).finished(form.frames, task),
            Base::Length(length) => length.frames(form.fps),
        };
        let law = Law::new(task, frames, form.fps);
        task.durations.as_ref().map(|_| law.expect("the planner has found that all needles fit"))
    }

    /// The questions about a video that are drawn for it.
    pub(super) fn questions_about(
        &self,
        task: &Task,
        material: Material<'_>,
        drawn: &Drawn,
        video: &PlannedVideo,
        law: Option<Law>,
    ) -> Vec<PlannedQuestion> {
        let family = &task.family;
        let scene = video.scene();
        let kind = family.question_kind();
        let answer = kind.answer(&scene).map(|answer| answer.text(video.fps)).unwrap_or_default();
        if let Some(option) = drawn.options.get(drawn.target) {
            assert_eq!(answer, *option, "the planned scene answers as drawn");
        }
        let is_group = task.forms.len() > 1;
        let question = |&form: &question::Form| {
            let answer_kind = family.answer_kind(form);
            let options = if form == question::Form::Choice { drawn.options.clone() } else { Vec::new() };
            let chance = match form {
                question::Form::Choice => 1.0 / options.len().max(1) as f64,
                question::Form::Open => {
                    kind.guess(material).or_else(|| law.map(|law| self.chances.of(law))).unwrap_or(0.0)
                }
            };
            PlannedQuestion {
                sample_id: if is_group {
                    format!("{}-{}", video.name, form.name())
                } else {
                    video.name.clone()
                },
                kind: family.kind().to_owned(),
                task: family.task().to_owned(),
                language: family.language(),
                question_kind: kind,
                form,
                answer_kind,
                question: drawn.question.clone(),
                target: if options.is_empty() { 0 } else { drawn.target },
                options,
                answer: answer.clone(),
                vocabulary: if answer_kind.names_labels() { task.pool.vocabulary() } else { Vec::new() },
                chance,
                group_id: if is_group { video.name.clone() } else { String::new() },
                ask_frame: video.num_frames,
                evidence: kind.evidence(&scene),
            }
        };
        task.forms.iter().map(question).collect()
    }
}
