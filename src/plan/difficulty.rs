//! What a task's difficulty is on record.
//!
//! In: a task. Out: the column of its rows.

use crate::dataset::DifficultyRecord;
use crate::needle::Ground;
use crate::needle::LookKind;
use crate::question::QuestionKind;
use crate::spec::{Difficulty, Length, Task};

/// The difficulty of a task as its rows state it.
pub fn difficulty_record(task: &Task) -> DifficultyRecord {
    let usual = Difficulty::default();
    let is_seen = task.family.look().beside_way().is_none();
    // No key of what is seen says anything of what is heard or read.
    let seen = if is_seen { &task.difficulty } else { &usual };
    let own = &task.difficulty;
    let family = &task.family;
    let of_look = |look: LookKind, permille: u16| if family.look() == look { permille } else { 0 };
    let text = |length: &Option<Length>| length.as_ref().map_or_else(String::new, Length::to_string);
    let is_alone = family.most_places() == 1;
    let ground = match own.ground {
        Ground::Plain => "plain",
        Ground::Blur => "blur",
    };
    DifficultyRecord {
        varied: task.varied.to_owned(),
        count: range(family.varied_count()),
        each: family.varied_each().map(range),
        distractors: family.distractors() as u32,
        similarity: task.others.as_ref().map_or("", |_| own.similarity.name()).to_owned(),
        hints: (family.question_kind() == QuestionKind::Key).then(|| family.asks_by_hint().to_string()),
        duration: task.durations.as_ref().map_or_else(|| own.duration.to_string(), ToString::to_string),
        gap: if is_alone { String::new() } else { task.gap.to_string() },
        distance: if is_alone { String::new() } else { text(&own.distance) },
        age: own.age.as_ref().filter(|_| family.ask_times() > 0).map(ToString::to_string),
        fade_in: text(&seen.fade_in),
        fade_out: text(&seen.fade_out),
        text_size_permille: of_look(LookKind::Text, own.text_size_permille),
        box_opacity_permille: of_look(LookKind::Text, own.box_opacity_permille),
        picture_size_permille: if family.fills_frame() { own.picture_size_permille } else { 0 },
        patch_size_permille: if family.look().is_small() || family.plays_over() {
            own.patch_size_permille
        } else {
            0
        },
        period: family.question_kind().has_period().then(|| own.period.to_string()),
        opacity_permille: seen.opacity_permille,
        blur_permille: seen.blur_permille,
        noise_permille: seen.noise_permille,
        tint_permille: seen.tint_permille,
        snr_db: family.sounds_over_footage().then(|| own.snr_db.to_string()),
        place: if is_seen { own.place.name() } else { String::new() },
        ground: if family.has_ground() { ground.to_owned() } else { String::new() },
    }
}

/// One number, or fewest and most.
fn range((least, most): (usize, usize)) -> String {
    if least == most { least.to_string() } else { format!("{least}-{most}") }
}
