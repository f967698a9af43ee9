//! What a task's needles are: how they enter the video, what is drawn, and what makes it harder to see.
//!
//! In: a task and one of its candidates. Out: looks and effects.

use crate::needle::{Effects, Look, LookKind};
use crate::question::Candidate;
use crate::seed::Stream;
use crate::spec::{Length, Task};
use crate::time::FrameRate;

/// A candidate of a task, or of its distractors.
pub(super) fn candidate_of(task: &Task, index: usize, is_distractor: bool) -> &Candidate {
    let others = task.others.as_ref().filter(|_| is_distractor);
    &others.map_or(&task.pool, |others| &others.distractors.pool).candidates()[index]
}

/// The pack of a task's needles, or of its distractors.
pub(super) fn pack(task: &Task, is_distractor: bool) -> &str {
    task.others.as_ref().filter(|_| is_distractor).map_or(&task.pack, |others| &others.pack)
}

/// What a task's needle of this candidate looks like.
pub(super) fn look(task: &Task, candidate: &Candidate, is_distractor: bool) -> Look {
    let (pack, item) = (pack(task, is_distractor).to_owned(), candidate.item.clone());
    match task.family.look() {
        LookKind::Text => Look::Text {
            text: if is_distractor {
                task.family.distractor_text(&candidate.label)
            } else {
                task.family.text(&candidate.label)
            },
            size_permille: task.difficulty.text_size_permille,
            box_opacity_permille: task.difficulty.box_opacity_permille,
        },
        LookKind::Picture => Look::Picture { pack, item, ground: task.difficulty.ground },
        LookKind::Patch => Look::Patch { pack, item },
    }
}

/// What makes a task's next needle harder to see.
pub(super) fn effects(task: &Task, fps: FrameRate, noise: &mut Stream) -> Effects {
    let own = &task.difficulty;
    let frames = |length: &Option<Length>| length.as_ref().map_or(0, |length| length.frames(fps));
    Effects {
        opacity_permille: own.opacity_permille,
        blur_permille: own.blur_permille,
        noise_permille: own.noise_permille,
        noise_seed: if own.noise_permille > 0 { noise.below(1 << 32) as u32 } else { 0 },
        tint_permille: own.tint_permille,
        fade_in: frames(&own.fade_in),
        fade_out: frames(&own.fade_out),
    }
}
