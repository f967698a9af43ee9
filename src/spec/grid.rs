//! `[grid]`: the cells that are asked for.
//!
//! In: lengths (times, frames or the tokens of a context), depths, what else is varied, repeats; a list of numbers may be a
//! range. Out: [`Grid`].

use toml::Value;

use super::MOST_SAMPLES;
use super::axes;
use super::difficulty::Difficulty;
use super::quantity::{self, Filling, Length, Unit};
use super::reader::{Problems, Section, unexpected};
use crate::sampler::Sampler;
use crate::time::{Depth, percent};

/// The cells that are asked for.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Lengths of the finished videos; absent where haystacks keep their own.
    pub lengths: Option<Vec<Length>>,
    /// Depths of the needles; absent where they are random.
    pub depths: Option<Vec<Depth>>,
    /// What of needles is varied.
    pub(super) axes: Vec<Axis>,
    /// Whether each is varied by itself, all others being as they are without the grid.
    pub(super) one_at_a_time: bool,
    /// Samples a cell.
    pub repeats: u64,
}

/// A key of difficulty that the grid varies.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// That of one of [`axes::AXES`].
    pub(super) key: &'static str,
    /// Its values, each accepted.
    pub(super) values: Vec<Value>,
}

/// The most steps of a range.
const MOST_STEPS: u64 = 1000;

/// Reads `[grid]`.
pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Grid {
    let filling = filling(&mut section, problems);
    let lengths = lengths(&mut section, filling.as_ref(), problems);
    let depths = depths(&mut section, problems);
    let axes = axes::AXES.iter().filter_map(|of| axis(&mut section, of.key, problems)).collect();
    let vary = section.text("vary", problems);
    if let Some(other) = vary.filter(|vary| !["together", "one at a time"].contains(vary)) {
        problems.note(&section.key("vary"), format!("`{other}` is not `together` or `one at a time`"));
    }
    let one_at_a_time = vary == Some("one at a time");
    let repeats = section.whole("repeats", 1..=MOST_SAMPLES, problems).unwrap_or(1);
    section.finish(problems);
    Grid { lengths, depths, axes, one_at_a_time, repeats }
}

/// The values of one key of difficulty; shares may be a range.
fn axis(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<Axis> {
    let mut values: Vec<Value> = Vec::new();
    let mut add =
        |path: &str, value: Value, problems: &mut Problems| match Difficulty::default().set(key, &value) {
            Ok(()) if values.iter().any(|other| is_same(key, other, &value)) => {
                problems.note(path, format!("{value} is listed twice"));
            }
            Ok(()) => values.push(value),
            Err(problem) => problems.note(path, problem),
        };
    if section.value(key)?.is_table() {
        let range = section.section(key, problems);
        let path = range.path().to_owned();
        let bare = range_within_one(&range);
        let range = Range::read(range, &["linear"], problems, |value| quantity::permille("share", value))?;
        if bare && range.steps > 2 && key != "blur" {
            problems.note(&path, WITHIN_ONE);
            return None;
        }
        for index in 0..range.steps {
            let permille = linear(u64::from(range.from), u64::from(range.to), index, range.steps);
            add(&path, Value::from(percent(permille as u16)), problems);
        }
    } else {
        for (path, value) in section.list(key, problems)? {
            add(&path, value.clone(), problems);
        }
    }
    Some(Axis { key, values })
}

/// Whether two values of a key mean the same.
fn is_same(key: &'static str, one: &Value, other: &Value) -> bool {
    let of = |value| Difficulty::default().with(&[(key, value)]);
    of(one) == of(other)
}

/// What turns tokens into lengths; both keys or neither.
fn filling(section: &mut Section<'_>, problems: &mut Problems) -> Option<Filling> {
    let sampler = section.read("sampler", problems, |value| {
        let text = value.as_str().ok_or_else(|| unexpected(value, "a sampler such as `\"fps:1\"`"))?;
        text.parse::<Sampler>().map_err(|error| error.to_string())
    });
    let tokens = section.read("tokens_per_frame", problems, quantity::milli_tokens);
    for (key, other) in [("sampler", "tokens_per_frame"), ("tokens_per_frame", "sampler")] {
        if section.value(key).is_some() && section.value(other).is_none() {
            problems.note(&section.key(key), format!("needs `grid.{other}` beside it"));
        }
    }
    Some(Filling { sampler: sampler?, milli_tokens_per_frame: tokens? })
}

fn lengths(
    section: &mut Section<'_>,
    filling: Option<&Filling>,
    problems: &mut Problems,
) -> Option<Vec<Length>> {
    let read = |value: &Value| quantity::length_or_tokens(value, filling);
    let mut lengths: Vec<Length> = Vec::new();
    if section.value("lengths").is_some_and(Value::is_table) {
        let range = section.section("lengths", problems);
        let path = range.path().to_owned();
        let scales = &["linear", "log"];
        let Some(range) = Range::read(range, scales, problems, read) else { return Some(lengths) };
        match range.lengths(filling) {
            Ok(found) => lengths = found,
            Err(problem) => problems.note(&path, problem),
        }
        return Some(lengths);
    }
    let asked = section.list("lengths", problems)?;
    for (key, value) in asked {
        match read(value) {
            Ok(length) if lengths.iter().any(|other| other.is_same(&length)) => {
                problems.note(&key, format!("length `{length}` is listed twice"));
            }
            Ok(length) => lengths.push(length),
            Err(problem) => problems.note(&key, problem),
        }
    }
    Some(lengths)
}

fn depths(section: &mut Section<'_>, problems: &mut Problems) -> Option<Vec<Depth>> {
    let read = |value: &Value| quantity::permille("depth", value);
    let mut depths: Vec<Depth> = Vec::new();
    if section.value("depths").is_some_and(Value::is_table) {
        let range = section.section("depths", problems);
        let path = range.path().to_owned();
        let bare = range_within_one(&range);
        let Some(range) = Range::read(range, &["linear"], problems, read) else { return Some(depths) };
        let step = |index| linear(u64::from(range.from), u64::from(range.to), index, range.steps);
        depths = (0..range.steps).filter_map(|index| Depth::from_permille(step(index) as u16)).collect();
        if depths.windows(2).any(|pair| pair[0] >= pair[1]) {
            problems.note(&path, format!("{} depths do not fit between them", range.steps));
        } else if bare && range.steps > 2 {
            problems.note(&path, WITHIN_ONE);
        }
        return Some(depths);
    }
    let path = section.key("depths");
    let asked = section.list("depths", problems)?;
    let fraction = asked.iter().find_map(|(_, value)| quantity::fraction(value));
    if let Some(number) = fraction.filter(|_| asked.iter().all(|(_, value)| quantity::is_within_one(value))) {
        problems.note(&path, quantity::not_a_fraction("depth", number));
        return Some(depths);
    }
    for (key, value) in asked {
        match read(value).map(Depth::from_permille) {
            Ok(Some(depth)) if depths.contains(&depth) => {
                problems.note(&key, format!("depth `{depth}` is listed twice"));
            }
            Ok(depth) => depths.extend(depth),
            Err(problem) => problems.note(&key, problem),
        }
    }
    Some(depths)
}

/// Why shares from 0 to 1, with others between them, are refused.
const WITHIN_ONE: &str =
    "shares are per cent, so this ends at 1%; write `to = 100`, or `to = \"1%\"` if that is meant";

/// Whether a range of shares is written as if they were fractions of one.
fn range_within_one(range: &Section<'_>) -> bool {
    ["from", "to"].iter().all(|key| range.peek(key).is_some_and(quantity::is_within_one))
}

/// `{ from, to, steps, scale }`.
struct Range<T> {
    from: T,
    to: T,
    steps: u64,
    is_log: bool,
}

impl<T> Range<T> {
    fn read(
        mut section: Section<'_>,
        scales: &[&'static str],
        problems: &mut Problems,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Option<Self> {
        let before = problems.list.len();
        let from = section.read("from", problems, &read);
        let to = section.read("to", problems, &read);
        let steps = section.whole("steps", 2..=MOST_STEPS, problems);
        let scale = section.text("scale", problems);
        if let Some(scale) = scale.filter(|scale| !scales.contains(scale)) {
            let known = scales.iter().map(|scale| format!("`{scale}`")).collect::<Vec<_>>().join(" or ");
            problems.note(&section.key("scale"), format!("`{scale}` is not {known}"));
        }
        for key in ["from", "to", "steps"] {
            if section.value(key).is_none() {
                problems.note(&section.key(key), "missing");
            }
        }
        section.finish(problems);
        (problems.list.len() == before).then_some(())?;
        Some(Self { from: from?, to: to?, steps: steps?, is_log: scale == Some("log") })
    }
}

impl Range<Length> {
    /// Its lengths: the ends as they are written, and those between them.
    fn lengths(self, filling: Option<&Filling>) -> Result<Vec<Length>, String> {
        let ((unit, from), (other, to)) = (self.from.counted(), self.to.counted());
        if unit != other {
            return Err(format!("`{}` and `{}` are not counted in the same", self.from, self.to));
        }
        if from >= to {
            return Err(format!("`{}` is not below `{}`", self.from, self.to));
        }
        let mut lengths = vec![self.from.clone()];
        for index in 1..self.steps - 1 {
            let text = if self.is_log {
                rounded(unit, geometric(from, to, index, self.steps))
            } else {
                exact(unit, linear(from, to, index, self.steps))
            };
            lengths.push(quantity::length_or_tokens(&Value::from(text), filling)?);
        }
        lengths.push(self.to.clone());
        if lengths.windows(2).any(|pair| pair[0].counted().1 >= pair[1].counted().1) {
            return Err(format!(
                "{} lengths do not fit between `{}` and `{}`",
                self.steps, self.from, self.to
            ));
        }
        Ok(lengths)
    }
}

/// Number `index` of `steps` that lie at equal distances, rounded half up.
fn linear(from: u64, to: u64, index: u64, steps: u64) -> u64 {
    let (rise, last) = (u128::from(to.saturating_sub(from)), u128::from(steps - 1));
    from + ((2 * rise * u128::from(index) + last) / (2 * last)) as u64
}

/// Number `index` of `steps` at equal ratios. Made of products and quotients alone, which round alike everywhere;
/// logarithms do not.
fn geometric(from: u64, to: u64, index: u64, steps: u64) -> f64 {
    let ratio = to as f64 / from as f64;
    let power = |base: f64, exponent: u64| (0..exponent).fold(1.0, |product, _| product * base);
    let (mut low, mut high) = (1.0, ratio);
    // Each halves what is left: then nothing is.
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        if power(middle, steps - 1) < ratio { low = middle } else { high = middle }
    }
    from as f64 * power(low, index)
}

/// The text of exactly so many.
fn exact(unit: Unit, count: u64) -> String {
    match unit {
        Unit::Frames => format!("{count} frames"),
        Unit::Tokens if count.is_multiple_of(1_000_000) => format!("{}M", count / 1_000_000),
        Unit::Tokens if count.is_multiple_of(1000) => format!("{}k", count / 1000),
        Unit::Tokens => format!("{count} tokens"),
        Unit::Millis if count.is_multiple_of(3_600_000) => format!("{}h", count / 3_600_000),
        Unit::Millis if count.is_multiple_of(60_000) => format!("{}m", count / 60_000),
        Unit::Millis => decimal(count, "s"),
    }
}

/// The text of about so many, with three digits.
fn rounded(unit: Unit, count: f64) -> String {
    // By the size of a thousandth of each name.
    let names: &[(f64, &str)] = match unit {
        Unit::Millis => &[(3600.0, "h"), (60.0, "m"), (1.0, "s")],
        Unit::Tokens => &[(1000.0, "M"), (1.0, "k")],
        Unit::Frames => return format!("{} frames", three_digits(count.round() as u64)),
    };
    let fitting = names.iter().find(|(size, _)| count >= 1000.0 * size);
    let (size, name) = fitting.unwrap_or(&names[names.len() - 1]);
    decimal(three_digits((count / size).round() as u64), name)
}

/// Rounded half up to three digits.
fn three_digits(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 1000 {
        unit *= 10;
    }
    (number + unit / 2) / unit * unit
}

/// Thousandths as a decimal with its unit.
fn decimal(thousandths: u64, unit: &str) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}
