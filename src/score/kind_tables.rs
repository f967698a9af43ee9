//! Tables of what single kinds of question say: groups, existence, states, hops, and the gap of both forms.
//!
//! In: scores. Out: tables of figures, a row a type, which the terminal and the page show alike, each in its own way.

use super::details::Slice;
use super::figures::Group;
use super::file::Scores;
use super::groups::GroupShare;
use crate::question::AnswerKind;

/// What a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableKind {
    /// Questions that are scored together.
    Groups,
    /// Whether a thing is shown.
    Existence,
    /// When somebody says that a thing is there.
    Moments,
    /// Wrong answers that were right before.
    States,
    /// Wrong answers that the frames suggest.
    Aliasing,
    /// Chains by their number of links.
    Hops,
    /// Types that are asked in both forms.
    Gap,
}

/// One figure of a table.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Figure {
    /// There is none.
    Absent,
    /// A number of tries, samples or groups.
    Count(u64),
    /// A share from 0 to 1, its 95% interval and what chance gives, where these are known.
    Share {
        /// The share.
        value: f64,
        /// Its 95% interval.
        interval: Option<[f64; 2]>,
        /// What is reached by chance.
        chance: Option<f64>,
    },
    /// A difference of shares, -1 to 1, with its 95% interval.
    Points {
        /// The difference.
        value: f64,
        /// Its 95% interval.
        interval: Option<[f64; 2]>,
    },
    /// A number with its 95% interval.
    Number {
        /// The number.
        value: f64,
        /// Its 95% interval.
        interval: Option<[f64; 2]>,
    },
    /// What a figure is called.
    Measure(String),
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct KindTable {
    /// What it is about.
    pub kind: TableKind,
    /// What stands above it.
    pub title: &'static str,
    /// The columns after that of the type.
    pub heads: Vec<String>,
    /// The type of each row, with its figures.
    pub rows: Vec<(String, Vec<Figure>)>,
    /// What its figures are.
    pub note: &'static str,
}

/// The tables of `scores`, as far as there is something to show.
pub fn kind_tables(scores: &Scores) -> Vec<KindTable> {
    let tables = [
        groups(scores),
        existence(scores),
        moments(scores),
        states(scores),
        aliasing(scores),
        hops(scores),
        gap(scores),
    ];
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

fn share(value: f64, interval: Option<[f64; 2]>, chance: Option<f64>) -> Figure {
    Figure::Share { value, interval, chance }
}

/// A share that is chance itself.
fn chance(value: Option<f64>) -> Figure {
    value.map_or(Figure::Absent, |value| share(value, None, None))
}

fn heads(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn groups(scores: &Scores) -> KindTable {
    let row = |(kind, figures): (&String, &GroupShare)| {
        let cells = vec![
            Figure::Count(figures.groups),
            share(figures.right, Some(figures.interval), figures.chance),
            chance(figures.chance),
            share(figures.squared, None, None),
        ];
        (kind.clone(), cells)
    };
    KindTable {
        kind: TableKind::Groups,
        title: "Groups",
        heads: heads(&["groups", "right %", "chance %", "(right / samples)^2 %"]),
        rows: scores.groups.iter().flat_map(|groups| &groups.types).map(row).collect(),
        note: "Questions that are scored together. Right: groups all of whose samples are right in every try.",
    }
}

fn existence(scores: &Scores) -> KindTable {
    let part = |part: u64, of: u64, interval: Option<[f64; 2]>| {
        if of == 0 { Figure::Absent } else { share(part as f64 / of as f64, interval, None) }
    };
    let rows = scores.existence.iter().map(|(kind, figures)| {
        let read = figures.shown + figures.absent;
        let shown = (read > 0).then(|| figures.shown as f64 / read as f64);
        let cells = vec![
            part(figures.hits, figures.shown, figures.hits_interval),
            Figure::Count(figures.shown),
            part(figures.false_alarms, figures.absent, figures.false_alarms_interval),
            Figure::Count(figures.absent),
            figures
                .d_prime
                .map_or(Figure::Absent, |value| Figure::Number { value, interval: figures.d_prime_interval }),
            if read == 0 { Figure::Absent } else { share(figures.yes, figures.yes_interval, shown) },
            chance(shown),
        ];
        (kind.clone(), cells)
    });
    KindTable {
        kind: TableKind::Existence,
        title: "Existence",
        heads: heads(&[
            "hits %",
            "tries shown",
            "false alarms %",
            "tries absent",
            "d'",
            "say yes %",
            "are yes %",
        ]),
        rows: rows.collect(),
        note: "Hits: yes where the thing is shown; false alarms: yes where it is not. By chance both are alike, and d' is 0. \
               Replies that cannot be read are in none of these figures.",
    }
}

fn moments(scores: &Scores) -> KindTable {
    let is_moment = |(_, group): &(&String, &Group)| group.answer_kind == Some(AnswerKind::Moment);
    let rows = scores.types.iter().filter(is_moment).map(|(kind, group)| {
        let of = |name: &str| group.measures.get(name).copied();
        let part = |name: &str| of(name).map_or(Figure::Absent, |value| share(value, None, None));
        let delay = of("delay").map_or(Figure::Absent, |value| Figure::Number { value, interval: None });
        let shares = ["hit", "early", "late", "miss", "false_alarm"].map(part);
        (kind.clone(), shares.into_iter().chain([delay]).collect())
    });
    KindTable {
        kind: TableKind::Moments,
        title: "Saying when",
        heads: heads(&["hits %", "too early %", "too late %", "missed %", "false alarms %", "mean delay s"]),
        rows: rows.collect(),
        note: "Hits: of what appears, a time from its first frame to 2 seconds after its last; before it is too early, after it too late. \
               False alarms: of what never appears, any time. Replies that cannot be read are in none of these figures.",
    }
}

fn states(scores: &Scores) -> KindTable {
    let rows = scores.states.iter().map(|(kind, figures)| {
        let has_wrong = figures.wrong > 0;
        let cells = vec![
            Figure::Count(figures.wrong),
            if has_wrong {
                share(figures.share, figures.interval, Some(figures.chance))
            } else {
                Figure::Absent
            },
            chance(has_wrong.then_some(figures.chance)),
        ];
        (kind.clone(), cells)
    });
    KindTable {
        kind: TableKind::States,
        title: "Stale answers",
        heads: heads(&["wrong tries", "stale %", "chance %"]),
        rows: rows.collect(),
        note: "Stale: wrong tries that name the state right before. Chance: who draws a wrong answer.",
    }
}

fn aliasing(scores: &Scores) -> KindTable {
    let rows = scores.aliasing.iter().map(|(kind, figures)| {
        let is_wrong = figures.wrong > 0;
        let aliased = share(figures.share, figures.interval, Some(figures.chance));
        let cells = vec![
            Figure::Count(figures.suggested),
            Figure::Count(figures.wrong),
            if is_wrong { aliased } else { Figure::Absent },
            chance(is_wrong.then_some(figures.chance)),
        ];
        (kind.clone(), cells)
    });
    KindTable {
        kind: TableKind::Aliasing,
        title: "Aliased answers",
        heads: heads(&["misleading tries", "wrong tries", "aliased %", "chance %"]),
        rows: rows.collect(),
        note: "Misleading: tries whose frames are too far apart and suggest another motion. Aliased: wrong tries that give the answer \
               which these frames suggest. Chance: who draws a wrong answer.",
    }
}

fn hops(scores: &Scores) -> KindTable {
    let mut numbers: Vec<&str> = Vec::new();
    for slice in scores.hops.values().flatten() {
        if !numbers.contains(&slice.value.as_str()) {
            numbers.push(&slice.value);
        }
    }
    numbers.sort_by_key(|number| (number.parse::<u64>().unwrap_or(u64::MAX), *number));
    let row = |(kind, slices): (&String, &Vec<Slice>)| {
        let group = scores.types.get(kind);
        let by_chance = group.map(Group::chance_of_content);
        let each = numbers.iter().map(|number| {
            let found = slices.iter().find(|slice| slice.value == **number);
            found.map_or(Figure::Absent, |slice| share(slice.circular, Some(slice.interval), by_chance))
        });
        let samples = slices.iter().map(|slice| slice.samples).sum();
        let fixed = [
            Figure::Measure(scores.right_measure(kind).to_owned()),
            Figure::Count(samples),
            chance(by_chance),
        ];
        (kind.clone(), fixed.into_iter().chain(each).collect())
    };
    let each =
        numbers.iter().map(|number| format!("{number} {} %", if *number == "1" { "hop" } else { "hops" }));
    KindTable {
        kind: TableKind::Hops,
        title: "Hops",
        heads: heads(&["measure", "samples", "chance %"]).into_iter().chain(each).collect(),
        rows: scores.hops.iter().map(row).collect(),
        note: "Chains by the number of links to follow. Chance: who stays with one option's content, or the best constant answer.",
    }
}

fn gap(scores: &Scores) -> KindTable {
    let rows = scores.gap.iter().map(|(kind, figures)| {
        let types = [kind.clone(), format!("{kind} (open)")];
        let mains = types.map(|kind| scores.types.get(&kind).map(|group| &group.main));
        let [choice, open] = mains.map(|main| main.map(|main| main.interval));
        let measure = mains[1].map_or(Figure::Absent, |main| Figure::Measure(main.measure.clone()));
        let cells = vec![
            share(figures.choice, choice, Some(figures.choice_chance)),
            chance(Some(figures.choice_chance)),
            measure,
            share(figures.open, open, Some(figures.open_chance)),
            chance(Some(figures.open_chance)),
            Figure::Points { value: figures.gap, interval: figures.interval },
            Figure::Points { value: figures.corrected, interval: figures.corrected_interval },
        ];
        (kind.clone(), cells)
    });
    KindTable {
        kind: TableKind::Gap,
        title: "Both forms",
        heads: heads(&["choice %", "chance %", "open is", "open %", "chance %", "gap", "gap above chance"]),
        rows: rows.collect(),
        note: "Gap: the main figure of choices less that of open answers, in points; above chance: once (figure - chance) / \
               (1 - chance) is taken of both.",
    }
}
