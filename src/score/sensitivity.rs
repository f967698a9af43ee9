//! Sensitivity: how much of a run's accuracy hangs on the order of the video, and how much on the options.
//!
//! In: scores. Out: differences of main figures, overall and by task, with their 95% intervals.

use std::collections::BTreeMap;

use super::figures::{Group, Main};
use super::file::Scores;
use super::try_shares::difference;
use crate::question::OVERALL;

/// The control whose videos are in another order.
const SHUFFLED: &str = "shuffled";

/// A difference of shares, -1 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// The difference.
    pub value: f64,
    /// Its 95% interval, as if both shares were independent; none where a part of it has none.
    pub interval: Option<[f64; 2]>,
}

/// The differences of one task, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sensitivity {
    /// Order sensitivity: the main figure less that of the control `shuffled`. None where the scores hold no such control of the
    /// same samples.
    pub order: Option<Contrast>,
    /// Guessing gap: choice less open, both corrected for chance, the mean of the types that were asked in both forms.
    /// None where no type was.
    pub guessing: Option<Contrast>,
}

fn ends(main: &Main) -> [f64; 3] {
    [main.interval[0], main.value, main.interval[1]]
}

/// A difference means something if both are of the same samples: a control may be of some types only.
fn order(whole: &Group, control: Option<&Group>) -> Option<Contrast> {
    let control = control.filter(|control| control.samples == whole.samples)?;
    Some(Contrast {
        value: whole.main.value - control.main.value,
        interval: Some(difference(ends(&whole.main), ends(&control.main))),
    })
}

/// The mean of independent differences. The distances of its ends add up as squares.
fn mean(parts: &[Contrast]) -> Option<Contrast> {
    let count = parts.len() as f64;
    let value = parts.iter().map(|part| part.value).sum::<f64>() / count;
    let distance = |end: usize| -> Option<f64> {
        let square = |part: &Contrast| {
            let apart = part.interval?[end] - part.value;
            Some(apart * apart)
        };
        Some(parts.iter().map(square).sum::<Option<f64>>()?.sqrt() / count)
    };
    let interval = distance(0).zip(distance(1)).map(|(low, high)| [value - low, value + high]);
    (!parts.is_empty()).then_some(Contrast { value, interval })
}

/// The differences of each task, and under `overall` of all. The gap of all is the mean of the tasks' gaps.
pub fn sensitivity(scores: &Scores) -> BTreeMap<String, Sensitivity> {
    let control = scores.controls.get(SHUFFLED);
    let mut tasks: BTreeMap<String, Sensitivity> = BTreeMap::new();
    for (task, group) in &scores.tasks {
        let gaps: Vec<Contrast> = scores
            .types_of(task)
            .iter()
            .filter_map(|(kind, _)| scores.gap.get(*kind))
            .map(|gap| Contrast { value: gap.corrected, interval: gap.corrected_interval })
            .collect();
        let own = Sensitivity {
            order: order(group, control.and_then(|control| control.tasks.get(task))),
            guessing: mean(&gaps),
        };
        tasks.insert(task.clone(), own);
    }
    let gaps: Vec<Contrast> = tasks.values().filter_map(|task| task.guessing).collect();
    let overall = Sensitivity {
        order: order(&scores.overall, control.map(|control| &control.overall)),
        guessing: mean(&gaps),
    };
    tasks.insert(OVERALL.to_owned(), overall);
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_of_differences_is_surer_than_each() {
        let part = |value, low, high| Contrast { value, interval: Some([low, high]) };
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[part(0.25, 0.0, 0.5)]), Some(part(0.25, 0.0, 0.5)));
        let two = mean(&[part(0.5, 0.2, 0.6), part(0.0, -0.4, 0.0)]).unwrap();
        let [low, high] = two.interval.unwrap();
        // Below: sqrt(0.3^2 + 0.4^2) / 2; above: 0.1 / 2.
        assert!(
            (two.value - 0.25).abs() < 1e-12 && low.abs() < 1e-12 && (high - 0.3).abs() < 1e-12,
            "{two:?}"
        );
        let unknown = Contrast { value: 0.5, interval: None };
        assert_eq!(mean(&[unknown, part(0.0, 0.0, 0.0)]), Some(Contrast { value: 0.25, interval: None }));
    }
}
