//! Numbers in a text: digits, English words and Chinese ones.
//!
//! In: tokens and a position. Out: the number that begins there, exact to a millionth, and the position after it.

use super::tokens::{Kind, Tokens};

/// The parts of a unit that are told apart.
pub(in crate::answers) const MICROS: i64 = 1_000_000;
/// Characters at most of a number in Chinese.
const LONGEST_CHINESE: usize = 6;
/// Digits at most before the decimal point.
const MOST_DIGITS: usize = 9;

const SMALL: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const CHINESE: &str = "零一二三四五六七八九";

/// Whether commas group the digits of a number: "1,200".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::answers) enum Thousands {
    Grouped,
    Apart,
}

/// A number in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::answers) struct Numeral {
    /// In millionths.
    pub(in crate::answers) micros: i64,
    /// The token after it.
    pub(in crate::answers) end: usize,
}

impl Numeral {
    /// The number, if it is whole.
    pub(super) fn whole(self) -> Option<u64> {
        u64::try_from(self.micros / MICROS).ok().filter(|_| self.micros % MICROS == 0)
    }
}

/// The number that begins at `at`.
pub(in crate::answers) fn numeral(tokens: &Tokens, at: usize, thousands: Thousands) -> Option<Numeral> {
    if tokens.kind(at) != Kind::Word {
        return None;
    }
    if let Some(micros) = decimal(tokens.text(at)) {
        let mut found = Numeral { micros, end: at + 1 };
        while thousands == Thousands::Grouped && is_group(tokens, found.end) {
            let group: i64 = tokens.text(found.end + 1).parse().ok()?;
            let Some(micros) =
                found.micros.checked_mul(1000).and_then(|micros| micros.checked_add(group * MICROS))
            else {
                break;
            };
            found = Numeral { micros, end: found.end + 2 };
        }
        return Some(found);
    }
    let (value, end) = english(tokens, at).or_else(|| chinese(tokens, at))?;
    Some(Numeral { micros: value * MICROS, end })
}

/// Whether a comma and three digits, without a space, stand at `at`.
fn is_group(tokens: &Tokens, at: usize) -> bool {
    let digits = tokens.text(at + 1);
    tokens.text(at) == ","
        && !tokens.is_spaced(at)
        && !tokens.is_spaced(at + 1)
        && digits.len() == 3
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the number at `at` is said to be less than nothing: "-1", "minus two". `after` is where the number or time before it ends:
/// what stands between the two is no minus.
pub(in crate::answers) fn is_below_zero(tokens: &Tokens, at: usize, after: Option<usize>) -> bool {
    let Some(sign) = at.checked_sub(1).filter(|sign| after != Some(*sign)) else { return false };
    if matches!(tokens.text(sign), "minus" | "negative" | "负" | "負") {
        return true;
    }
    // "Covid-19" and "(3)-4" are joined by a hyphen.
    let is_joined = sign > 0
        && !tokens.is_spaced(sign)
        && (tokens.kind(sign - 1) == Kind::Word || matches!(tokens.text(sign - 1), ")" | "]" | "}" | "%"));
    tokens.text(sign) == "-" && !tokens.is_dash(sign) && !tokens.is_spaced(at) && !is_joined
}

/// `12` or `12.5` in millionths; further digits are cut off.
pub(in crate::answers) fn decimal(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > MOST_DIGITS || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    Some(whole.parse::<i64>().ok()? * MICROS + part.parse::<i64>().ok()?)
}

/// "seven", "twenty-three", "a hundred and five".
fn english(tokens: &Tokens, at: usize) -> Option<(i64, usize)> {
    if matches!(tokens.text(at), "a" | "one") && tokens.text(at + 1) == "hundred" {
        return Some(hundreds(tokens, 1, at + 2));
    }
    let (value, end) = below_hundred(tokens, at)?;
    if tokens.text(end) == "hundred" && (1..10).contains(&value) {
        return Some(hundreds(tokens, value, end + 1));
    }
    Some((value, end))
}

fn hundreds(tokens: &Tokens, count: i64, end: usize) -> (i64, usize) {
    let rest = if tokens.text(end) == "and" { end + 1 } else { end };
    match below_hundred(tokens, rest).filter(|(value, _)| *value > 0) {
        Some((value, end)) => (count * 100 + value, end),
        None => (count * 100, end),
    }
}

fn below_hundred(tokens: &Tokens, at: usize) -> Option<(i64, usize)> {
    let place = |names: &[&str], text: &str| names.iter().position(|name| *name == text);
    if let Some(value) = place(SMALL, tokens.text(at)) {
        return Some((value as i64, at + 1));
    }
    let tens = (place(TENS, tokens.text(at))? as i64 + 2) * 10;
    let next = if tokens.text(at + 1) == "-" && !tokens.is_spaced(at + 1) { at + 2 } else { at + 1 };
    match place(SMALL, tokens.text(next)).filter(|unit| (1..10).contains(unit)) {
        Some(unit) => Some((tens + unit as i64, next + 1)),
        None => Some((tens, at + 1)),
    }
}

/// "三", "两", "十二", "二十三", "一百零五".
fn chinese(tokens: &Tokens, start: usize) -> Option<(i64, usize)> {
    let digit = |text: &str| {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some('两' | '兩'), None) => Some(2),
            (Some(c), None) => CHINESE.chars().position(|digit| digit == c).map(|value| value as i64),
            _ => None,
        }
    };
    let (mut total, mut unit, mut at) = (0, None, start);
    while at < start + LONGEST_CHINESE {
        match tokens.text(at) {
            "十" if unit != Some(0) => total += unit.take().unwrap_or(1) * 10,
            "百" if unit.is_some_and(|unit| unit > 0) => total += unit.take().unwrap_or(1) * 100,
            text => match (digit(text), unit) {
                (Some(value), None | Some(0)) => unit = Some(value),
                _ => break,
            },
        }
        at += 1;
    }
    (at > start).then_some((total + unit.unwrap_or(0), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_digits_and_words() {
        for (text, want, length) in [
            ("7", 7.0, 1),
            ("2.5", 2.5, 1),
            ("1,234", 1234.0, 3),
            ("zero", 0.0, 1),
            ("nineteen", 19.0, 1),
            ("twenty-three", 23.0, 3),
            ("Forty two", 42.0, 2),
            ("a hundred", 100.0, 2),
            ("two hundred and five", 205.0, 4),
            ("两", 2.0, 1),
            ("十二", 12.0, 2),
            ("二十三", 23.0, 3),
            ("一百零五", 105.0, 4),
            ("十", 10.0, 1),
        ] {
            let found = numeral(&Tokens::new(text), 0, Thousands::Grouped);
            assert_eq!(found, Some(Numeral { micros: (want * 1e6) as i64, end: length }), "{text}");
        }
        assert_eq!(numeral(&Tokens::new("1,234"), 0, Thousands::Apart).map(|found| found.end), Some(1));
        assert_eq!(numeral(&Tokens::new("many"), 0, Thousands::Grouped), None);
        assert_eq!(numeral(&Tokens::new("12345678901"), 0, Thousands::Grouped), None);
    }
}
