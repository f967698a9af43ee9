//! An answer that is a point of the picture.
//!
//! In: a reply. Out: the one point that it names, in millionths of width and height; its grade by the part of the picture in which it
//! has to lie; and the measures of pointing.
//!
//! The prompt asks for fractions. What is outside 0 to 1 without saying of what it is a part is unreadable: pixels depend on the
//! size that a model was shown, which nobody here knows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::places::Places;
use super::point_tags::{with_lists, without_tags};
use super::point_text::{Spot, hits};
use super::value::{Grade, Pair, Reading, Value, Why, mean};
use crate::answers::extract::{HowMany, Tokens, decimal, read_values};
use crate::question::{Point, Region};

pub(super) fn truth(answer: &str) -> Result<Value, String> {
    region(answer).filter(|region| region.to_string() == answer).map(Value::Region).ok_or_else(|| {
        format!("answer `{answer}` is not a part of the picture such as `x 0 - 0.5, y 0.5 - 1`")
    })
}

pub(super) fn given(answer: &str) -> Result<Value, String> {
    let inner = answer.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let point = inner.and_then(|inner| {
        let (x, y) = inner.split_once(", ")?;
        Point::of_millionths(millionths(x)?, millionths(y)?)
    });
    point
        .filter(|point| point.to_string() == answer)
        .map(Value::Point)
        .ok_or_else(|| format!("answer `{answer}` is not a point such as `(0.25, 0.75)`"))
}

fn region(answer: &str) -> Option<Region> {
    let (x, y) = answer.strip_prefix("x ")?.split_once(", y ")?;
    let range = |text: &str| {
        let (start, end) = text.split_once(" - ")?;
        Some([millionths(start)?, millionths(end)?])
    };
    Region::between(range(x)?, range(y)?)
}

fn millionths(text: &str) -> Option<u32> {
    u32::try_from(decimal(text)?).ok()
}

pub(super) fn read(reply: &str) -> Reading {
    let mut spots: Places<Spot> = Places::new();
    let plain = without_tags(reply);
    let plain = with_lists(&plain);
    let found =
        read_values(&plain, HowMany::One, &mut |tokens: &Tokens| Cow::Owned(hits(tokens, &mut spots)));
    match found {
        Ok(found) => match found.values.first().and_then(|&place| spots.get(place)) {
            Some(Spot::At(point)) => Reading::Value { value: Value::Point(point), clue: found.clue },
            Some(Spot::Several) => Reading::Unreadable(Why::Several),
            Some(Spot::Scale) => Reading::Unreadable(Why::Scale),
            None => Reading::Unreadable(Why::NoAnswer),
        },
        Err(why) => Reading::Unreadable(Why::of_open(why)),
    }
}

/// Right within the part, and credit alike.
pub(super) fn grade(given: Point, truth: Region) -> Grade {
    let is_right = truth.holds(given);
    Grade::new(is_right, f64::from(u8::from(is_right)))
}

pub(super) fn measures(pairs: &[Pair]) -> BTreeMap<&'static str, f64> {
    let read: Vec<(Point, Region)> = pairs
        .iter()
        .filter_map(|pair| match (&pair.given, &pair.truth) {
            (Some(Value::Point(given)), Value::Region(truth)) => Some((*given, *truth)),
            _ => None,
        })
        .collect();
    let is_inside = |(given, truth): &(Point, Region)| f64::from(u8::from(truth.holds(*given)));
    let mut measures = BTreeMap::from([
        ("exact", mean(read.iter().map(is_inside), pairs.len())),
        ("read", read.len() as f64),
    ]);
    if !read.is_empty() {
        let distances = read.iter().map(|(given, truth)| truth.distance(*given));
        measures.insert("distance", mean(distances, read.len()));
    }
    measures
}
