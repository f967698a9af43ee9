//! What a task's needles are: how they enter the video, what is drawn, and what makes it harder to see.
//!
//! In: a task and one of its candidates. Out: looks and effects.

use crate::needle::{Effects, Look, LookKind};
use crate::question::{Candidate, Clip};
use crate::seed::Stream;
use crate::spec::{Length, Task};
use crate::subtitle::in_one_line;
use crate::time::FrameRate;

/// A candidate of a task, or of its distractors.
fn candidate_of(task: &Task, index: usize, is_distractor: bool) -> &Candidate {
    let others = task.others.as_ref().filter(|_| is_distractor);
    &others.map_or(&task.pool, |others| &others.distractors.pool).candidates()[index]
}

/// The pack of a task's needles, or of its distractors.
pub(super) fn pack(task: &Task, is_distractor: bool) -> &str {
    task.others.as_ref().filter(|_| is_distractor).map_or(&task.pack, |others| &others.pack)
}

/// Something that a task can show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    /// What it is shown for, where there are keys.
    pub(super) key: Option<&'a Candidate>,
    /// What it is.
    pub(super) candidate: &'a Candidate,
    /// Not what is asked for.
    pub(super) is_distractor: bool,
    /// Played backward.
    pub(super) is_reversed: bool,
}

/// All that a task can show: every label for every key, then its distractors.
pub(super) fn candidates(task: &Task) -> impl Iterator<Item = Shown<'_>> {
    let others = task.others.iter().flat_map(|others| others.distractors.pool.candidates());
    let others =
        others.map(|candidate| Shown { key: None, candidate, is_distractor: true, is_reversed: false });
    let keys: Vec<Option<&Candidate>> = match &task.keys {
        Some(keys) => keys.candidates().iter().map(Some).collect(),
        None => vec![None],
    };
    let labels = task.pool.candidates();
    let asked = keys.into_iter().flat_map(move |key| {
        labels.iter().map(move |candidate| Shown { key, candidate, is_distractor: false, is_reversed: false })
    });
    asked.chain(others)
}

/// Where in [`candidates`] a candidate of a clip stands.
pub(super) fn place_of(task: &Task, clip: &Clip, candidate: usize) -> usize {
    let labels = task.pool.candidates().len();
    let keys = task.keys.as_ref().map_or(1, |keys| keys.candidates().len());
    if clip.is_distractor { keys * labels + candidate } else { clip.key.unwrap_or(0) * labels + candidate }
}

/// A candidate of a clip, with what it is shown for.
pub(super) fn shown_by<'a>(task: &'a Task, clip: &Clip, candidate: usize) -> Shown<'a> {
    Shown {
        key: task.keys.as_ref().zip(clip.key).map(|(keys, key)| &keys.candidates()[key]),
        candidate: candidate_of(task, candidate, clip.is_distractor),
        is_distractor: clip.is_distractor,
        is_reversed: clip.is_reversed,
    }
}

/// What a task's subtitle says.
pub(super) fn text(task: &Task, Shown { key, candidate, is_distractor, .. }: Shown<'_>) -> String {
    if is_distractor {
        task.family.distractor_text(&candidate.label)
    } else {
        task.family.text(key.map_or("", |key| &key.label), &candidate.label)
    }
}

/// What a task's needle looks like.
pub(super) fn look(task: &Task, shown: Shown<'_>) -> Look {
    let Shown { key, candidate, is_distractor, is_reversed } = shown;
    let (pack, item) = (pack(task, is_distractor).to_owned(), candidate.item.clone());
    match task.family.look() {
        LookKind::Text => Look::Text {
            text: text(task, shown),
            size_permille: task.difficulty.text_size_permille,
            box_opacity_permille: task.difficulty.box_opacity_permille,
        },
        LookKind::Picture => {
            let from = key.map(|key| key.item.clone());
            Look::Picture { pack, item, from, ground: task.difficulty.ground }
        }
        // What moves is placed and drawn for each of its clips; what is known of it before is that of a patch.
        LookKind::Patch | LookKind::Mover => Look::Patch { pack, item },
        LookKind::Clip => {
            let ground = task.family.fills_frame().then_some(task.difficulty.ground);
            // Whether it is heard, its pack says.
            Look::Clip { pack, item, is_reversed, ground, sound: None }
        }
        // Which of its recordings is heard is drawn for each needle.
        LookKind::Sound => Look::Sound { pack, item, take: 0, snr_db: task.difficulty.snr_db },
        LookKind::Caption => Look::Caption { text: in_one_line(&text(task, shown)) },
    }
}

/// What is heard or read while a needle is shown: what it is, and its look.
pub(super) fn cue<'a>(task: &'a Task, clip: &Clip) -> Option<(&'a Candidate, Look)> {
    let candidate = &task.cues.as_ref()?.candidates()[clip.cue?];
    let look = match task.family.cue_look()? {
        LookKind::Sound => {
            let pack = task.family.cue_pack(&task.pack)?.to_owned();
            Look::Sound { pack, item: candidate.item.clone(), take: 0, snr_db: task.difficulty.snr_db }
        }
        LookKind::Caption => Look::Caption { text: in_one_line(&task.family.cue_text(&candidate.label)) },
        // What is seen is no cue, which a check of the family excludes.
        LookKind::Text | LookKind::Picture | LookKind::Patch | LookKind::Mover | LookKind::Clip => {
            return None;
        }
    };
    Some((candidate, look))
}

/// What makes a task's next needle harder to see.
pub(super) fn effects(task: &Task, fps: FrameRate, noise: &mut Stream) -> Effects {
    if task.family.look().beside_way().is_some() {
        return Effects::default();
    }
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
