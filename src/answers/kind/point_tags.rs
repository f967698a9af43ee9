//! Tags that hold a point, whose numbers have a scale of their own.
//!
//! In: a reply. Out: the same with points as fractions or percent: `<point x="25.0" y="75.0">` is in percent, as Molmo writes it;
//! whole numbers within `<point>` or `<box>` are thousandths, as Qwen-VL and `InternVL` write them.

use std::borrow::Cow;

use super::tags::{Tag, replaced};
use crate::answers::extract::{MICROS, decimal};

/// Bytes at most of a tag, or of what stands in one.
const LONGEST: usize = 400;
/// Names of tags.
const TAGS: [&str; 3] = ["points", "point", "box"];
/// What says that a point is of no scale that can be told: it is outside the picture in each.
const NO_SCALE: &str = "(2, 2)";
/// Parts in which numbers within tags are whole.
const THOUSAND: i64 = 1000;
const HUNDRED: i64 = 100;

/// `reply` with points in tags as text.
pub(super) fn without_tags(reply: &str) -> Cow<'_, str> {
    let text = |(text, length)| Tag { text: Cow::Owned(format!(" {text} ")), length };
    let space = |length| Tag { text: Cow::Borrowed(" "), length };
    replaced(reply, |tail| opened(tail).map(text).or_else(|| closed(tail).map(space)))
}

/// `text` with square brackets in place of round ones around numbers: those of a point are no aside, so that "not (0.5, 0.5)" denies it.
pub(super) fn with_lists(text: &str) -> Cow<'_, str> {
    if !text.contains(['(', '（']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // Of each bracket that is open, whether it is square now.
    let mut open: Vec<bool> = Vec::new();
    for (at, c) in text.char_indices() {
        let replaced = match c {
            '(' | '（' => {
                open.push(leads_to_number(&text[at + c.len_utf8()..]));
                open.last().is_some_and(|is_list| *is_list).then_some('[')
            }
            ')' | '）' => open.pop().is_some_and(|is_list| is_list).then_some(']'),
            _ => None,
        };
        out.push(replaced.unwrap_or(c));
    }
    Cow::Owned(out)
}

/// Whether `text` begins with a number, or with the axis of one.
fn leads_to_number(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !c.is_whitespace());
    match chars.next() {
        Some('x' | 'X' | 'y' | 'Y') => matches!(chars.next(), Some('=' | ':' | '：')),
        first => first.is_some_and(|c| c.is_ascii_digit() || ".+-*".contains(c)),
    }
}

/// The tag's name that `text` begins with.
fn name(text: &str) -> Option<&'static str> {
    TAGS.into_iter().find(|tag| {
        text.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag))
            && !text[tag.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

/// The end of a closing tag, behind its `<`.
fn closed(tail: &str) -> Option<usize> {
    let tag = name(tail.strip_prefix('/')?)?;
    let end = 1 + tag.len();
    tail[end..].starts_with('>').then_some(end + 1)
}

/// What an opening tag says, behind its `<`, and where it ends.
fn opened(tail: &str) -> Option<(String, usize)> {
    let tag = name(tail)?;
    let near = near(tail);
    let end = near.find('>')?;
    let attributes = &near[tag.len()..end];
    if attributes.trim_matches(['/', ' ']).is_empty() {
        return Some(held(&tail[end + 1..]).map_or_else(
            // Not numbers alone: what stands there is read as it stands.
            || (String::new(), end + 1),
            |(text, length)| (text, end + 1 + length),
        ));
    }
    Some((stated(attributes)?, end + 1))
}

/// The beginning of `text`, which ends between characters.
fn near(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}

/// The points of attributes `x`, `y`, or `x1`, `y1`, `x2`, ...; nothing if there are none.
fn stated(attributes: &str) -> Option<String> {
    let all: Vec<(&str, &str)> = pairs(attributes).collect();
    let numbered = |axis: [char; 2]| {
        all.iter().filter_map(move |(name, value)| Some((name.strip_prefix(axis)?, *value)))
    };
    let points: Vec<String> = numbered(['x', 'X'])
        .filter_map(|(number, x)| {
            let (_, y) = numbered(['y', 'Y']).find(|(other, _)| *other == number)?;
            Some(of_percent(x, y))
        })
        .collect();
    (!points.is_empty()).then(|| points.join(" "))
}

/// Names and values of attributes.
fn pairs(attributes: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = attributes;
    std::iter::from_fn(move || {
        let (before, after) = rest.split_once('=')?;
        let name =
            before.trim_end().rsplit(|c: char| c.is_whitespace() || c == '"').next().unwrap_or_default();
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => after[1..].split(quote).next().unwrap_or_default(),
            None => after.split([' ', '/', '>']).next().unwrap_or_default(),
        };
        rest = &after[(value.len() + 2 * usize::from(quote.is_some())).min(after.len())..];
        Some((name, value))
    })
}

/// A point in percent. Two numbers that may be fractions as well, such as 0.5 and 0.5, have no scale that can be told.
fn of_percent(x: &str, y: &str) -> String {
    let is_signed = x.ends_with('%') && y.ends_with('%');
    let number = |text: &str| decimal(text.trim().trim_end_matches('%').trim_end());
    let (Some(left), Some(upper)) = (number(x), number(y)) else { return NO_SCALE.to_owned() };
    if !is_signed && is_either(left, upper) || left.max(upper) > HUNDRED * MICROS {
        return NO_SCALE.to_owned();
    }
    let text = |micros: i64| format!("{}.{:06}", micros / MICROS, micros % MICROS);
    format!("({}%, {}%)", text(left), text(upper))
}

/// Whether both numbers are fractions of 1, too, and not 0, which is the same in any scale.
fn is_either(x: i64, y: i64) -> bool {
    x.max(y) <= MICROS && (x, y) != (0, 0)
}

/// The point that stands between tags in whole numbers, and where the closing tag begins; nothing if anything else stands there.
fn held(text: &str) -> Option<(String, usize)> {
    let near = near(text);
    let end = near.find("</").unwrap_or(near.len());
    let content = &near[..end];
    if !content.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || ",()[];，（）".contains(c)) {
        return None;
    }
    let parts = content.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers: Vec<i64> = parts.filter_map(decimal).map(|micros| micros / MICROS).collect();
    let [x, y] = numbers[..] else {
        // Several numbers are a box, or several points.
        let several = numbers.len() > 2;
        return several.then(|| ("[2, 2, 2, 2]".to_owned(), end));
    };
    if is_either(x * MICROS, y * MICROS) || x.max(y) > THOUSAND {
        return Some((NO_SCALE.to_owned(), end));
    }
    let text = |number: i64| format!("{}.{:03}", number / THOUSAND, number % THOUSAND);
    Some((format!("({}, {})", text(x), text(y)), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_around_numbers_are_those_of_a_list() {
        for (reply, text) in [
            ("not (0.5, 0.5)", "not [0.5, 0.5]"),
            ("a (see (1, 2)) b", "a (see [1, 2]) b"),
            ("（0.5，1）", "[0.5，1]"),
            ("(x=1, y = 0) (x)", "[x=1, y = 0] (x)"),
            (")(", ")("),
        ] {
            assert_eq!(with_lists(reply), text);
        }
    }

    #[test]
    fn points_in_tags_are_text() {
        for (reply, text) in [
            ("no tag", "no tag"),
            ("a < b", "a < b"),
            (r#"<point x="25.0" y="75.5" alt="cup">cup</point>"#, " (25.000000%, 75.500000%) cup "),
            (
                r#"<points x1="10" y1="20" x2='30' y2='40'/>"#,
                " (10.000000%, 20.000000%) (30.000000%, 40.000000%) ",
            ),
            (r#"<point x="0.5" y="0.5">"#, " (2, 2) "),
            (r#"<point x="0.5%" y="0.5%">"#, " (0.500000%, 0.500000%) "),
            (r#"<point x="320" y="180">"#, " (2, 2) "),
            (r#"<point y="1" alt="x">"#, r#"<point y="1" alt="x">"#),
            ("<point>(250,1000)</point>", " (0.250, 1.000)  "),
            ("<POINT>250 750</POINT>", " (0.250, 0.750)  "),
            ("<point>(0, 0)</point>", " (0.000, 0.000)  "),
            ("<point>(1, 0)</point>", " (2, 2)  "),
            ("<point>(0.25, 0.75)</point>", "  (0.25, 0.75) "),
            ("<box>[[1, 2, 300, 400]]</box>", " [2, 2, 2, 2]  "),
            ("<pointer>", "<pointer>"),
            ("<point>", "  "),
        ] {
            assert_eq!(without_tags(reply), text, "{reply}");
        }
    }
}
