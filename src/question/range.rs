//! Ranges of numbers, as families and specs state them.
//!
//! In: a value. Out: the least and the most.

/// A number from 1, which is both, or a list of the fewest and the most.
pub fn fewest_and_most(value: &toml::Value) -> Option<(usize, usize)> {
    let whole = |value: &toml::Value| value.as_integer().and_then(|number| usize::try_from(number).ok());
    let range = match value {
        toml::Value::Array(ends) if ends.len() == 2 => whole(&ends[0]).zip(whole(&ends[1])),
        other => whole(other).map(|number| (number, number)),
    };
    range.filter(|&(least, most)| 1 <= least && least <= most)
}
