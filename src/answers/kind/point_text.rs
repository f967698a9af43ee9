//! Points as replies write them: "(0.25, 0.75)", `[0.25, 0.75]`, "25%, 75%", "x = 0.25, y = 0.75", "25% from the left and 75% from the
//! top", "横坐标0.25，纵坐标0.75".
//!
//! In: tokens. Out: where points are mentioned, and the points.

use std::collections::BTreeMap;

use super::places::Places;
use super::point_axes::{AND, Axis, Direction, JOINTS, axis_before, axis_behind, is_dress, is_filler};
use crate::answers::extract::{Hit, Kind, MICROS, Mentions, Thousands, Tokens, decimal, is_measure, numeral};
use crate::question::Point;

/// What a reply names where it names a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    /// A point of the picture.
    At(Point),
    /// A box or ranges, which hold many points.
    Several,
    /// Numbers outside 0 to 1 that do not say of what they are parts.
    Scale,
}

/// What stands between the ends of a range.
const RANGES: &[&str] = &["-", "to", "~", "至", "到"];
/// What leads to a range, or follows one.
const LEADS: &[&str] = &["between", "from", "介"];
/// Words behind a number of pixels.
const PIXELS: &[&str] = &["px", "pixel", "pixels", "像"];
/// Numbers of a box.
const CORNERS: usize = 4;
/// Tokens looked at between the two numbers of a point that are called by their axes.
const REACH: usize = 10;
/// Tokens looked at for a bracket.
const NEAR: usize = 4;

/// A number that may be one of a point's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    /// The token of its first word.
    word: usize,
    /// The token after it.
    pub(super) end: usize,
    /// In millionths of the picture; nothing where it is outside.
    share: Option<u32>,
    /// Whether it is written as a part: with a point, as a fraction or in percent.
    is_part: bool,
}

/// Something that is named, and the tokens that name it.
#[derive(Clone, Copy, Debug)]
struct Named {
    spot: Spot,
    start: usize,
    end: usize,
    /// Whether it is a corner in whole numbers, which may explain what 0 and 1 are.
    is_corner: bool,
}

/// Where in `tokens` points are mentioned; new ones join `spots`.
pub(super) fn hits(tokens: &Tokens, spots: &mut Places<Spot>) -> Mentions {
    let words = tokens.words();
    let ends = (words.first().copied().unwrap_or(0), words.last().copied().unwrap_or(0));
    let mut all: Vec<Named> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(named) = by_axes(tokens, at) {
            all.push(named);
            at = named.end;
        } else if let Some((named, end)) = in_order(tokens, at, ends) {
            all.extend(named);
            at = end;
        } else {
            at += 1;
        }
    }
    // Pixels, a box or the corners of the picture count where no point in fractions stands beside them.
    let is_plain = |named: &Named| matches!(named.spot, Spot::At(_)) && !named.is_corner;
    if all.iter().any(is_plain) {
        all.retain(is_plain);
    }
    let mut hits = BTreeMap::new();
    for Named { spot, start, end, .. } in all {
        hits.insert(start, Hit { value: spots.of(spot), end });
    }
    Mentions::of_hits(hits, spots.len(), false)
}

/// The number that begins at `at`.
pub(super) fn number(tokens: &Tokens, at: usize) -> Option<Number> {
    let tight = |at: usize| !tokens.is_spaced(at);
    let is_negative = tokens.text(at) == "-" && tight(at + 1);
    let mut word = at + usize::from(is_negative || tokens.text(at) == "+" && tight(at + 1));
    let in_chinese =
        ["百", "分", "之"].iter().enumerate().all(|(skip, text)| tokens.text(word + skip) == *text);
    if in_chinese {
        let found = numeral(tokens, word + 3, Thousands::Apart)?;
        let share = u32::try_from(found.micros / 100).ok().filter(|_| found.micros <= 100 * MICROS);
        return Some(Number { word, end: found.end, share, is_part: true });
    }
    let is_pointed = tokens.text(word) == "." && tight(word + 1);
    word += usize::from(is_pointed);
    let text = tokens.text(word);
    let written = if is_pointed { decimal(&format!("0.{text}")) } else { decimal(text) };
    let (mut micros, mut end) = (written?, word + 1);
    let mut is_part = is_pointed || text.contains('.');
    if tokens.text(end) == "/" && tight(end) && tight(end + 1) && tokens.text(end + 2) != "/" {
        let whole = decimal(tokens.text(end + 1)).filter(|whole| *whole > 0)?;
        // Up, so that a third is the border of the next part, as borders are.
        micros = i64::try_from(
            (i128::from(micros) * i128::from(MICROS) + i128::from(whole) - 1) / i128::from(whole),
        )
        .ok()?;
        (end, is_part) = (end + 2, true);
    }
    let percent = percent(tokens, end);
    let is_percent = percent.is_some();
    end = percent.unwrap_or(end);
    let in_pixels = !is_percent && PIXELS.contains(&tokens.text(end));
    if in_pixels {
        end += if tokens.text(end) == "像" { 2 } else { 1 };
    } else if !is_percent && is_measure(tokens, word) {
        return None;
    }
    let micros = if is_percent { micros / 100 } else { micros };
    let is_outside = in_pixels || is_negative && micros > 0 || micros > MICROS;
    let share = u32::try_from(micros).ok().filter(|_| !is_outside);
    Some(Number { word, end, share, is_part: is_part || is_percent || in_pixels })
}

/// The position after a percent sign at `at`.
fn percent(tokens: &Tokens, at: usize) -> Option<usize> {
    match (tokens.text(at), tokens.text(at + 1)) {
        ("%" | "percent" | "pct", _) => Some(at + 1),
        ("per", "cent") => Some(at + 2),
        _ => None,
    }
}

/// The second number of a range whose first ends at `end`.
fn range(tokens: &Tokens, end: usize) -> Option<Number> {
    let is_minus = tokens.text(end) == "-" && tokens.is_spaced(end) != tokens.is_spaced(end + 1);
    (RANGES.contains(&tokens.text(end)) && !is_minus).then(|| number(tokens, end + 1)).flatten()
}

/// The numbers in a row that begin at `at`, as the point that they name, and where they end. Four numbers or ranges are a box; of any
/// other number no two are a point.
fn in_order(tokens: &Tokens, at: usize, words: (usize, usize)) -> Option<(Option<Named>, usize)> {
    let first = number(tokens, at)?;
    let before = (0..at)
        .rev()
        .take(NEAR)
        .find(|&before| !is_dress(tokens, before) && tokens.kind(before) != Kind::Break);
    let before = before.map_or("", |before| tokens.text(before));
    let is_opened = matches!(before, "(" | "[" | "{" | "<");
    let mut numbers = vec![first];
    let mut ranges = 0;
    while numbers.len() <= CORNERS {
        let last = numbers[numbers.len() - 1].end;
        if let Some(number) = range(tokens, last) {
            numbers.push(number);
            ranges += 1;
        } else if let Some(number) = next(tokens, last, is_opened) {
            numbers.push(number);
        } else {
            break;
        }
    }
    let end = numbers[numbers.len() - 1].end;
    let is_whole = words.0 >= at && words.1 < end;
    let is_meant = is_opened || is_whole || numbers.iter().all(|number| number.is_part);
    let is_between = LEADS.contains(&before) || tokens.text(end) == "之";
    let spot = match (numbers.len(), ranges) {
        _ if is_between || !is_meant => None,
        (2, 0) => Some(spot(numbers[0], numbers[1])),
        (CORNERS, _) | (3, 1) => Some(Spot::Several),
        _ => None,
    };
    let is_corner = !numbers.iter().any(|number| number.is_part);
    let named = spot.map(|spot| Named { spot, start: first.word, end, is_corner });
    Some((named, end.max(at + 1)))
}

/// The number that goes on after one that ends at `end`: behind a comma or the like, or in brackets and behind parts of a number
/// behind a space.
fn next(tokens: &Tokens, end: usize, is_opened: bool) -> Option<Number> {
    let (mut marks, mut words) = (0, 0);
    for at in end..end + NEAR {
        if let Some(found) = number(tokens, at) {
            let is_spaced = tokens.is_spaced(at) && (is_opened || found.is_part);
            let is_joined = marks + words > 0 && marks <= 1 && words <= 1;
            return (is_joined || marks + words == 0 && is_spaced).then_some(found);
        }
        let text = tokens.text(at);
        if JOINTS.contains(&text) {
            marks += 1;
        } else if AND.contains(&text) {
            words += 1;
        } else {
            let is_new_line = is_opened && tokens.kind(at) == Kind::Break && at < tokens.len();
            if !is_dress(tokens, at) && !is_new_line {
                return None;
            }
        }
    }
    None
}

fn spot(x: Number, y: Number) -> Spot {
    let point = x.share.zip(y.share).and_then(|(x, y)| Point::of_millionths(x, y));
    point.map_or(Spot::Scale, Spot::At)
}

/// A number that is called by its axis.
#[derive(Clone, Copy, Debug)]
struct Part {
    direction: Direction,
    number: Number,
    is_range: bool,
    start: usize,
    end: usize,
}

impl Part {
    /// The number as it counts from the left and from above.
    fn counted(self) -> Number {
        let Number { share, .. } = self.number;
        let share = if self.direction.is_reversed { share.map(|share| MICROS as u32 - share) } else { share };
        Number { share, ..self.number }
    }
}

/// The number at `at` with the axis before or behind it.
fn part(tokens: &Tokens, at: usize) -> Option<Part> {
    if let Some(direction) = axis_before(tokens, at) {
        let lead = (direction.end..tokens.len()).take(REACH);
        let mut lead = lead.take_while(|&at| number(tokens, at).is_some() || is_filler(tokens, at));
        let number = lead.find_map(|at| number(tokens, at))?;
        let last = range(tokens, number.end);
        let end = last.unwrap_or(number).end;
        return Some(Part { direction, number, is_range: last.is_some(), start: at, end });
    }
    let number = number(tokens, at)?;
    let last = range(tokens, number.end);
    let direction = axis_behind(tokens, last.unwrap_or(number).end)?;
    Some(Part { direction, number, is_range: last.is_some(), start: number.word, end: direction.end })
}

/// The part that goes on after one that ends at `end`.
fn next_part(tokens: &Tokens, end: usize) -> Option<Part> {
    for at in end..end + REACH {
        if let Some(found) = part(tokens, at) {
            return Some(found);
        }
        let goes_on = is_filler(tokens, at)
            || [JOINTS, AND, &[")", "}", "\n"]].iter().any(|texts| texts.contains(&tokens.text(at)));
        if !goes_on || at >= tokens.len() {
            return None;
        }
    }
    None
}

/// The point whose numbers are called by their axes.
fn by_axes(tokens: &Tokens, at: usize) -> Option<Named> {
    let first = part(tokens, at)?;
    let second =
        next_part(tokens, first.end).filter(|second| second.direction.axis != first.direction.axis)?;
    let third = next_part(tokens, second.end).filter(|third| third.number.share.is_some());
    let is_several =
        third.is_some() || [first, second].iter().any(|part| part.is_range || part.direction.is_of_box);
    let (x, y) = if first.direction.axis == Axis::Across { (first, second) } else { (second, first) };
    let spot = if is_several { Spot::Several } else { spot(x.counted(), y.counted()) };
    Some(Named { spot, start: first.start, end: third.unwrap_or(second).end, is_corner: false })
}
