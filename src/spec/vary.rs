//! What a grid makes of one type: its settings.
//!
//! In: the keys of difficulty that the grid varies, a family, the type's own difficulty. Out: points, each a difficulty and its
//! name. Keys that say nothing of a family's needles do not vary it: else it would have the same videos several times.

use toml::Value;

use super::axes;
use super::difficulty::Difficulty;
use super::grid::{Axis, Grid};
use super::quantity::Length;
use crate::id;
use crate::question::Family;

/// One setting of a type.
#[derive(Debug)]
pub(super) struct Point {
    pub(super) difficulty: Difficulty,
    /// As it stands in the ids of samples; empty for the type's own.
    pub(super) setting: String,
    /// The key that was varied, where one is at a time.
    pub(super) varied: &'static str,
}

/// The most settings that a grid can make of a type.
pub(super) fn most_points(grid: &Grid) -> usize {
    let values = grid.axes.iter().map(|axis| axis.values.len());
    if grid.one_at_a_time { values.sum::<usize>() + 1 } else { values.fold(1, usize::saturating_mul) }
}

/// All settings of a type; its own alone where nothing varies it.
pub(super) fn points(grid: Option<&Grid>, family: &Family, base: &Difficulty) -> Vec<Point> {
    let own = || Point { difficulty: base.clone(), setting: String::new(), varied: "" };
    let Some(grid) = grid else { return vec![own()] };
    let says = |point: &Point, axis: &Axis| says(axis.key, family, &point.difficulty);
    if !grid.one_at_a_time {
        return grid.axes.iter().fold(vec![own()], |points, axis| {
            let vary = |point: Point| -> Vec<Point> {
                if says(&point, axis) {
                    axis.values.iter().map(|value| varied(&point, axis.key, value)).collect()
                } else {
                    vec![point]
                }
            };
            points.into_iter().flat_map(vary).collect()
        });
    }
    let mut points = vec![own()];
    for axis in grid.axes.iter().filter(|axis| says(&own(), axis)) {
        let all =
            axis.values.iter().map(|value| Point { varied: axis.key, ..varied(&own(), axis.key, value) });
        // What says the same as without the grid is the type's own point.
        points.extend(all.filter(|point| settled(&point.difficulty, family) != settled(base, family)));
    }
    points
}

/// A difficulty in which the numbers that the family decides are stated.
fn settled(at: &Difficulty, family: &Family) -> Difficulty {
    let Ok(family) = family.with(at.variation()) else { return at.clone() };
    let usual = usual_gap(&family);
    Difficulty {
        count: Some(family.varied_count()),
        each: family.varied_each(),
        distractors: Some(family.distractors()),
        hints: Some(family.asks_by_hint()),
        gap: Some(at.gap.clone().filter(|gap| !gap.is_same(&usual)).unwrap_or(usual)),
        ..at.clone()
    }
}

/// How far needles of a family are apart where a spec says nothing of it: as its file states, or VNBench's second.
pub(super) fn usual_gap(family: &Family) -> Length {
    Length::from_millis(family.gap_millis().unwrap_or(1000))
}

/// Whether `key` can say anything of the needles of `family`, however many there are.
pub(super) fn concerns(key: &str, family: &Family) -> bool {
    axes::axis(key).is_some_and(|axis| axis.concerns.family(family))
}

/// Why `key` says nothing of the needles of a family, where that is not plain from the key.
pub(super) fn reason(key: &str) -> &'static str {
    axes::axis(key).map_or("", |axis| axis.concerns.reason())
}

/// Whether `key` says anything of the needles of `family` at a difficulty: how many of them and of distractors there are may
/// decide it. A difficulty that the family cannot have is a problem, which the task itself tells.
pub(super) fn says(key: &str, family: &Family, at: &Difficulty) -> bool {
    let Ok(family) = family.with(at.variation()) else { return false };
    concerns(key, &family)
        && match key {
            "similarity" => family.distractors() > 0,
            "gap" | "distance" => family.most_places() > 1,
            _ => true,
        }
}

/// A number as a name has it, in which `-` parts words: `m6` is below zero.
fn signed(number: &Value) -> String {
    let text = number.to_string();
    text.strip_prefix('-').map_or_else(|| text.clone(), |below| format!("m{below}"))
}

fn varied(point: &Point, key: &'static str, value: &Value) -> Point {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(ends) => ends.iter().map(signed).collect::<Vec<_>>().join("-"),
        other => signed(other),
    };
    let name = format!("{}-{}", key.replace('_', ""), id::slug(&text));
    let setting = if point.setting.is_empty() { name } else { format!("{}-{name}", point.setting) };
    Point { difficulty: point.difficulty.clone().with(&[(key, value)]), setting, varied: point.varied }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_zero_has_a_name_of_its_own() {
        let own = Point { difficulty: Difficulty::default(), setting: String::new(), varied: "" };
        let name = |value: &Value| varied(&own, "snr_db", value).setting;
        let names = [-12, -6, 0, 6, 12].map(|decibels| name(&decibels.into()));
        assert_eq!(names, ["snrdb-m12", "snrdb-m6", "snrdb-0", "snrdb-6", "snrdb-12"]);
    }
}
