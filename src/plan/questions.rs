//! The questions about a planned video.
//!
//! In: what was drawn for a slot, and the video that shows it. Out: one [`PlannedQuestion`] for each form that the task asks in.
//! The answer is that of the planned scene: the planner does not go on where it is not the one that was drawn.

use crate::haystack::Form;
use crate::question::{self, Ask, Drawn, Material};
use crate::spec::Task;

use super::grid::{Base, Slot};
use super::moments::MomentLaw;
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
        // Durations and periods are rounded to the frames of one rate, whichever haystacks a length takes.
        let first = if let Base::Whole(haystack) = slot.base { haystack } else { 0 };
        task.material(left_out, slot.member.unwrap_or(0), self.haystacks[first].form.fps)
    }

    /// The law of the times of a slot's needles; nothing where these are not asked for.
    pub(super) fn law(&self, slot: &Slot<'_>, form: &Form) -> Option<Law> {
        let task = &self.spec.tasks()[slot.task];
        let law = Law::new(task, frames(task, slot, form), form.fps);
        task.durations.as_ref().map(|_| law.expect("the planner has found that all needles fit"))
    }

    /// The law of the times at which a slot's questions are asked; nothing where they are asked at the end.
    pub(super) fn moment_law(&self, slot: &Slot<'_>, form: &Form) -> Option<MomentLaw> {
        let task = &self.spec.tasks()[slot.task];
        MomentLaw::new(task, frames(task, slot, form), form.fps)
    }

    /// The questions about a video that are drawn for it, with the frames at which each is asked; `id` is what all videos share that are drawn together.
    pub(super) fn questions_about(
        &self,
        (task, id): (&Task, &str),
        material: Material<'_>,
        (drawn, asked_at): (&Drawn, &[u64]),
        video: &PlannedVideo,
        law: Option<Law>,
    ) -> Vec<PlannedQuestion> {
        let family = &task.family;
        let scene = video.scene();
        let kind = family.question_kind();
        let several_forms = task.forms.len() > 1;
        // What is scored together is asked in one form, unless it is one question in both.
        let are_together = drawn.asks.len() > 1 || kind.members() > 1;
        let question = |ask: &Ask, asked_at: u64, &form: &question::Form| {
            let scene = scene.before(asked_at);
            let answer = kind.answer(&ask.query, &scene);
            if let Some(option) = ask.options.get(ask.target) {
                let text = answer.as_ref().map(|answer| answer.text(video.fps, family.language()));
                assert_eq!(
                    text.as_ref(),
                    Some(option),
                    "the planned scene of `{}` answers as drawn",
                    video.name
                );
            }
            let answer_kind = family.answer_kind(form);
            let stated =
                answer.as_ref().map(|answer| answer.stated(answer_kind, video.fps, family.language()));
            let options = if form == question::Form::Choice { ask.options.clone() } else { Vec::new() };
            let chance = match form {
                question::Form::Choice => 1.0 / options.len().max(1) as f64,
                question::Form::Open => {
                    let labels = answer.as_ref().map_or(1, question::Answer::labels);
                    let guess = kind.guess(material, &ask.query, labels);
                    guess.or_else(|| law.map(|law| self.chances.of(law))).unwrap_or(0.0)
                }
            };
            let form_name = if several_forms { form.name() } else { "" };
            let ask_name = if drawn.asks.len() > 1 { ask.name.as_str() } else { "" };
            let group_id = match (are_together, several_forms) {
                (true, _) => joined(&[id, form_name]),
                (false, true) => video.name.clone(),
                (false, false) => String::new(),
            };
            PlannedQuestion {
                sample_id: joined(&[&video.name, ask_name, form_name]),
                kind: family.kind().to_owned(),
                task: family.task().to_owned(),
                language: family.language(),
                question_kind: kind,
                form,
                answer_kind,
                question: ask.worded(form).to_owned(),
                query: ask.query.clone(),
                target: if options.is_empty() { 0 } else { ask.target },
                options,
                answer: stated.unwrap_or_default(),
                vocabulary: if answer_kind.names_labels() {
                    kind.vocabulary(&ask.query, &task.pool, family.language())
                } else {
                    Vec::new()
                },
                chance,
                group_id,
                ask_frame: asked_at,
                evidence: kind.evidence(&ask.query, &scene),
                audio_needed: family.needs_sound(&ask.query),
            }
        };
        let asks = drawn.asks.iter().zip(asked_at);
        asks.flat_map(|(ask, &at)| task.forms.iter().map(move |form| question(ask, at, form))).collect()
    }
}

/// Frames of the finished video of a slot.
fn frames(task: &Task, slot: &Slot<'_>, form: &Form) -> u64 {
    match slot.base {
        Base::Whole(_) => check::times(task, form.fps).finished(form.frames, task),
        Base::Length(length) => length.frames(form.fps),
    }
}

/// The parts of an id that are not empty.
fn joined(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
