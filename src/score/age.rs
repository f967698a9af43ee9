//! The age of the evidence: how long before a question the last needle that it is about has ended.
//!
//! In: rows that are asked before the end of their videos. Out: the octave of their age.

use crate::dataset::Row;

/// Upper ends of the octaves in seconds, not included, and their names.
const AGES: &[(u64, &str)] = &[
    (1, "0-1s"),
    (2, "1-2s"),
    (4, "2-4s"),
    (8, "4-8s"),
    (16, "8-16s"),
    (32, "16-32s"),
    (64, "32-64s"),
    (128, "1-2m"),
    (256, "2-4m"),
    (512, "4-9m"),
    (1024, "9-17m"),
    (2048, "17-34m"),
    (4096, "34-68m"),
];
/// The age above the last.
const OLDEST: &str = "68m+";

/// Position and name of the octave of a row's age; nothing where it is asked at the end of its video.
pub fn age(row: &Row) -> Option<(usize, &'static str)> {
    let frames = row.difficulty_effective.age_frames.unwrap_or_default();
    if row.sees_all() || frames == 0 {
        return None;
    }
    let time = u128::from(frames) * u128::from(row.fps_den);
    let below = |secs: u64| time < u128::from(secs) * u128::from(row.fps_num);
    let at = AGES.iter().position(|(end, _)| below(*end)).unwrap_or(AGES.len());
    Some((at, AGES.get(at).map_or(OLDEST, |(_, name)| name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needle::Effective;

    #[test]
    fn ages_fall_into_octaves_of_seconds() {
        let row = |age_frames, ask_frame| Row {
            ask_frame,
            num_frames: 9000,
            fps_num: 25,
            difficulty_effective: Effective { age_frames: Some(age_frames), ..Effective::default() },
            ..Row::unstated()
        };
        let names: Vec<_> = [24, 25, 49, 50, 1599, 1600].map(|frames| age(&row(frames, 8000))).into();
        let names: Vec<&str> = names.into_iter().flatten().map(|(_, name)| name).collect();
        assert_eq!(names, ["0-1s", "1-2s", "1-2s", "2-4s", "32-64s", "1-2m"]);
        assert_eq!((age(&row(30, 9000)), age(&row(0, 8000))), (None, None));
    }
}
