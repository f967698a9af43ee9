//! Values of keys of difficulty.
//!
//! In: a TOML value. Out: what it says, or what is wrong with it.

use toml::Value;

use crate::needle::{Ground, Spot};
use crate::question;
use crate::spec::difficulty::{Place, Similarity};
use crate::spec::quantity::{self, Length};
use crate::spec::reader::unexpected;
use crate::time::percent;

pub(super) fn share(value: &Value, least: u16, most: u16) -> Result<u16, String> {
    // Of a blur, whose greatest share is small, less than one per cent is usual.
    if let Some(number) = quantity::fraction(value).filter(|_| most > 100) {
        return Err(quantity::not_a_fraction("share", number));
    }
    let permille = quantity::permille("share", value)?;
    if permille < least {
        return Err(format!("share `{}` is below {}", percent(permille), percent(least)));
    }
    if permille > most {
        return Err(format!("share `{}` is above {}", percent(permille), percent(most)));
    }
    Ok(permille)
}

/// A length, or none.
pub(super) fn fade(value: &Value) -> Result<Option<Length>, String> {
    if value.as_str() == Some("none") {
        return Ok(None);
    }
    quantity::length(value).map(Some).map_err(|problem| match problem.split_once(" is not a length") {
        Some((given, rest)) => format!("{given} is neither `none` nor a length{rest}"),
        None => problem,
    })
}

pub(super) fn place(value: &Value) -> Result<Place, String> {
    match value.as_str() {
        Some("usual") => Ok(Place::Usual),
        Some("random") => Ok(Place::Random),
        Some(name) if Spot::named(name).is_some() => Ok(Place::At(Spot::named(name).expect("it has a name"))),
        _ => {
            let names = Spot::names().collect::<Vec<_>>().join("`, `");
            Err(unexpected(value, &format!("`usual`, `random`, `{names}`")))
        }
    }
}

pub(super) fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| unexpected(value, "`true` or `false`"))
}

/// A number of needles, or the fewest and the most.
pub(super) fn count(value: &Value) -> Result<(usize, usize), String> {
    let wrong = || format!("`{value}` is neither a number from 1 nor two of them, fewest and most");
    question::fewest_and_most(value).ok_or_else(wrong)
}

pub(super) fn distractors(value: &Value) -> Result<usize, String> {
    let number = value.as_integer().and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| unexpected(value, "a number from 0"))
}

/// Signal-to-noise ratios that a needle may have, in decibels.
const DECIBELS: std::ops::RangeInclusive<i64> = -40..=40;

/// A signal-to-noise ratio.
pub(super) fn decibels(value: &Value) -> Result<i16, String> {
    let number = value.as_integer().filter(|number| DECIBELS.contains(number));
    let expected = || format!("a whole number of decibels from {} to {}", DECIBELS.start(), DECIBELS.end());
    number.map(|number| number as i16).ok_or_else(|| unexpected(value, &expected()))
}

pub(super) fn similarity(value: &Value) -> Result<Similarity, String> {
    match value.as_str() {
        Some("any") => Ok(Similarity::Any),
        Some("near") => Ok(Similarity::Near),
        Some("far") => Ok(Similarity::Far),
        _ => Err(unexpected(value, "`any`, `near` or `far`")),
    }
}

pub(super) fn ground(value: &Value) -> Result<Ground, String> {
    match value.as_str() {
        Some("plain") => Ok(Ground::Plain),
        Some("blur") => Ok(Ground::Blur),
        _ => Err(unexpected(value, "`plain` or `blur`")),
    }
}
