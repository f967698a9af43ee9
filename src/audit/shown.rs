//! Attacks of somebody who sees what is shown, but not what belongs to what.
//!
//! In: one sample, whose row states its needles. Out: which of its options each attack takes. They apply where seeing what is shown is
//! not the answer: to keys, chains, neighbours and states. Which wordings can be true of a place in time at all is no leak: what comes
//! before a thing is not shown last.

use std::collections::BTreeMap;

use super::options::{Attack, negated, things};
use super::sample::Sample;
use crate::dataset::Row;
use crate::question::{QuestionKind, Scene, Sighting};

/// What the attacks of this file know.
pub(super) const KNOWS: &str = "what is shown, not what belongs to what";

/// What somebody knows who looks on.
pub(super) const KNOWS_REST: &str = "the rest of the video";

/// What is shown, where that is not what is asked.
struct Shown<'a> {
    sample: &'a Sample<'a>,
    scene: Scene,
}

impl<'a> Shown<'a> {
    fn of(sample: &'a Sample<'a>) -> Option<Self> {
        use QuestionKind::{Chain, Key, Last, Next, State};
        let is_asked = matches!(sample.row.question_kind, Key | Chain | Last | Next | State);
        let scene = sample.row.scene();
        (is_asked && !scene.sightings().is_empty()).then_some(Self { sample, scene })
    }

    /// The mean over the things that each option names.
    fn means(&self, of: impl Fn(&str) -> f64) -> Vec<f64> {
        let mean = |text: &String| {
            let things = things(text);
            things.iter().map(|thing| of(thing)).sum::<f64>() / things.len() as f64
        };
        self.sample.contents.iter().map(mean).collect()
    }

    /// Places in the order of time of those sights that `is_one` takes.
    fn places(&self, is_one: impl Fn(&Sighting) -> bool) -> Vec<usize> {
        let sightings = self.scene.sightings().iter().enumerate();
        sightings.filter(|(_, sighting)| is_one(sighting)).map(|(at, _)| at).collect()
    }

    /// When each option is shown first: things that are not shown come last.
    fn first(&self) -> Vec<f64> {
        let never = self.scene.sightings().len();
        self.means(|thing| {
            self.places(|sighting| sighting.label == thing).first().copied().unwrap_or(never) as f64
        })
    }

    /// When each option is shown last before a place: things that are not shown come first.
    fn last_before(&self, end: usize) -> Vec<f64> {
        self.means(|thing| {
            let places = self.places(|sighting| sighting.label == thing);
            places.into_iter().rfind(|place| *place < end).map_or(-1.0, |place| place as f64)
        })
    }

    /// The place of the change that the question names, if it names one.
    fn moment(&self) -> Option<usize> {
        let [_, key, label] = self.sample.row.query.things.as_slice() else { return None };
        self.scene.sightings().iter().position(|sighting| sighting.key == *key && sighting.label == *label)
    }

    /// How often each option is shown.
    fn number(&self) -> Vec<f64> {
        self.means(|thing| self.places(|sighting| sighting.label == thing).len() as f64)
    }

    /// How often the key changed for which each option was shown last.
    fn updates(&self) -> Vec<f64> {
        self.means(|thing| {
            let shown = self.scene.sightings().iter().rfind(|sighting| sighting.label == thing);
            shown.map_or(0.0, |shown| self.places(|other| other.key == shown.key).len() as f64)
        })
    }
}

/// Links of the longest path through each option.
fn paths(shown: &Shown<'_>) -> Option<Vec<f64>> {
    if shown.sample.row.question_kind != QuestionKind::Chain {
        return None;
    }
    let links = shown.scene.sightings();
    let (mut next, mut before) = (BTreeMap::new(), BTreeMap::new());
    for Sighting { key, label, .. } in links {
        next.insert(key.as_str(), label.as_str());
        before.insert(label.as_str(), key.as_str());
    }
    let length = |thing: &str, along: &BTreeMap<&str, &str>| {
        // A ring has no end: it is as long as its links are many.
        let path = std::iter::successors(Some(thing), |at| along.get(at).copied());
        path.take(links.len() + 1).count() - 1
    };
    Some(shown.means(|thing| (length(thing, &next) + length(thing, &before)) as f64))
}

/// Pairs of things that each option names in the order of time, where options are orders.
fn in_time(shown: &Shown<'_>) -> Option<Vec<f64>> {
    let orders = shown.sample.orders()?;
    let place = |thing: &str| shown.places(|sighting| sighting.label == thing).first().copied();
    let pairs = |order: &Vec<&str>| {
        let places: Vec<Option<usize>> = order.iter().map(|thing| place(thing)).collect();
        let ahead = |late: usize| places[..late].iter().filter(|early| **early < places[late]).count();
        (0..places.len()).map(ahead).sum::<usize>() as f64
    };
    Some(orders.iter().map(pairs).collect())
}

/// All attacks.
pub(super) fn attacks() -> Vec<Attack> {
    let attack = |name: &str, scores: fn(&Shown<'_>) -> Option<Vec<f64>>| {
        Attack::scored(name, move |sample| scores(&Shown::of(sample)?))
    };
    vec![
        attack("shown first", |shown| Some(negated(shown.first()))),
        attack("shown last", |shown| {
            // That is what is asked for.
            let is_it = shown.sample.row.question_kind == QuestionKind::Last;
            (!is_it).then(|| shown.last_before(usize::MAX))
        }),
        attack("most recent before the moment", |shown| Some(shown.last_before(shown.moment()?))),
        attack("shown most often", |shown| Some(shown.number())),
        attack("shown least often", |shown| Some(negated(shown.number()))),
        attack("most updated", |shown| Some(shown.updates())),
        attack("least updated", |shown| Some(negated(shown.updates()))),
        attack("longest chain", paths),
        attack("shortest chain", |shown| paths(shown).map(negated)),
        attack("order of time", in_time),
    ]
}

/// The attack of somebody who looks on to the end of the video: takes what would be right then, or the number next to it.
pub(super) fn looking_on() -> Attack {
    Attack::scored("right at the end of the video", |sample| {
        let row = sample.row;
        if row.sees_all() {
            return None;
        }
        let scene = Row { ask_frame: row.num_frames, ..row.clone() }.scene();
        let answer = row.question_kind.answer(&row.query, &scene)?.text(row.fps(), row.language);
        let score = |text: &String| match (text.parse::<f64>(), answer.parse::<f64>()) {
            (Ok(number), Ok(at_end)) => -(number - at_end).abs(),
            _ => f64::from(u8::from(*text == answer)),
        };
        Some(sample.contents.iter().map(score).collect())
    })
}
