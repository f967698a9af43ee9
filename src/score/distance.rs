//! The distance between needles, as a band of seconds.
//!
//! In: rows. Out: the band of the smallest distance between two needles that are asked for, from the end of one to the start of the
//! next.

use crate::dataset::Row;

/// Upper ends of the distances between needles in seconds, not included, and their names.
const DISTANCES: &[(u64, &str)] = &[
    (1, "0-1s"),
    (2, "1-2s"),
    (5, "2-5s"),
    (10, "5-10s"),
    (30, "10-30s"),
    (60, "30-60s"),
    (180, "1-3m"),
    (600, "3-10m"),
    (3600, "10-60m"),
];
/// The distance above the last.
const FARTHEST: &str = "1h+";

/// Position and name of the distance of `row`'s needles: the smallest between two that are asked for.
pub(super) fn distance(row: &Row) -> Option<(usize, &'static str)> {
    let mut spans: Vec<(u64, u64)> =
        row.asked_needles().map(|needle| (needle.start_frame, needle.end_frame)).collect();
    spans.sort_unstable();
    let smallest = spans.windows(2).map(|pair| pair[1].0.saturating_sub(pair[0].1)).min()?;
    let time = u128::from(smallest) * u128::from(row.fps_den);
    let below = |secs: u64| time < u128::from(secs) * u128::from(row.fps_num);
    let at = DISTANCES.iter().position(|(end, _)| below(*end)).unwrap_or(DISTANCES.len());
    Some((at, DISTANCES.get(at).map_or(FARTHEST, |(_, name)| name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::NeedleRow;
    use crate::needle::Motion;

    #[test]
    fn needles_after_the_question_are_not_counted() {
        let needle = |secs: u64| NeedleRow {
            label: "red".to_owned(),
            key: String::new(),
            kind: "overlay-text".to_owned(),
            start_frame: 25 * secs,
            end_frame: 25 * secs + 25,
            x: 0,
            y: 0,
            w: 8,
            h: 8,
            is_distractor: false,
            motion: Motion::default(),
        };
        let row = |ask_frame| Row {
            needles: [2, 10, 12].map(needle).to_vec(),
            ask_frame,
            num_frames: 500,
            fps_num: 25,
            fps_den: 1,
            ..Row::unstated()
        };
        let of = |ask_frame| (row(ask_frame).asked_needles().count(), distance(&row(ask_frame)));
        assert_eq!(of(500), (3, Some((1, "1-2s"))));
        assert_eq!(of(300), (2, Some((3, "5-10s"))));
        assert_eq!(of(100), (1, None));
    }
}
