//! Quantities as a spec writes them: lengths of time and shares.
//!
//! In: TOML values such as `"1.5s"`, `"30 frames"`, `"8k"` tokens, `25`, `"12.5%"`. Out: integers: milliseconds, frames or
//! tokens, per-mille.

use std::fmt;
use std::sync::Arc;

use toml::Value;

use super::reader::unexpected;
use crate::id;
use crate::sampler::Sampler;
use crate::time::{FrameRate, MOST_FRAMES, MOST_SECS};
use crate::wording;

/// A length of time, at least a millisecond or a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Length {
    text: String,
    amount: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Amount {
    Millis(u64),
    Frames(u64),
    /// The longest video of which a sampler takes no more frames than a context has room for.
    Tokens(Arc<Context>),
}

/// A context and what fills it.
#[derive(Debug, PartialEq, Eq)]
struct Context {
    tokens: u64,
    /// Frames that it has room for.
    room: u64,
    sampler: Sampler,
}

/// How a sampler fills a context.
#[derive(Clone, Debug)]
pub(super) struct Filling {
    pub(super) sampler: Sampler,
    /// Thousandths of a token that a frame takes.
    pub(super) milli_tokens_per_frame: u64,
}

/// What a length is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Millis,
    Frames,
    Tokens,
}

/// Lengths beyond it are no video's, and arithmetic on them stays far from overflow.
const MOST_MILLIS: u64 = MOST_SECS as u64 * 1000;
/// Far beyond any context.
const MOST_TOKENS: u64 = 1_000_000_000_000;
/// A video of which a sampler takes no more than of any shorter one has no end.
const ENDLESS: u64 = MOST_MILLIS / 1000 * 240;

impl Length {
    /// A length of so many milliseconds.
    pub(super) fn from_millis(millis: u64) -> Self {
        let text =
            if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") };
        Self { text, amount: Amount::Millis(millis) }
    }

    /// Its frames at `fps`, rounded half up, at least one.
    pub fn frames(&self, fps: FrameRate) -> u64 {
        match &self.amount {
            Amount::Millis(millis) => fps.frames_in_millis(*millis).max(1),
            Amount::Frames(frames) => *frames,
            Amount::Tokens(context) => context.longest(fps),
        }
    }

    /// Why there is no such length at `fps`: more frames than a video can have, a sampler that never takes so many, or that
    /// takes more of any video.
    pub fn problem(&self, fps: FrameRate) -> Option<String> {
        self.sampler_problem(fps).or_else(|| {
            let frames = Some(self.frames(fps)).filter(|&frames| frames > MOST_FRAMES)?;
            Some(format!(
                "it is {frames} frames at {fps} frames a second, and a video has at most {MOST_FRAMES}; shorten \
                 `grid.lengths`"
            ))
        })
    }

    fn sampler_problem(&self, fps: FrameRate) -> Option<String> {
        let Amount::Tokens(context) = &self.amount else { return None };
        let (sampler, room) = (&context.sampler, context.room);
        let frames = context.longest(fps);
        match sampler.count(frames, fps) {
            Err(refused) => Some(refused.to_string()),
            Ok(count) if count > room => Some(format!(
                "{} tokens hold {}, and `{sampler}` takes at least {count}",
                context.tokens,
                wording::count(room, "frame")
            )),
            Ok(count) if frames >= ENDLESS => Some(format!(
                "{} tokens hold {room} frames, and `{sampler}` takes {count} however long the video is",
                context.tokens
            )),
            Ok(_) => None,
        }
    }

    /// As the length stands in the ids of samples: `10M` tokens and `10m` differ by more than a capital.
    pub fn id(&self) -> String {
        match self.amount {
            Amount::Tokens(_) => format!("{}-tokens", id::slug(self.text.trim_end_matches("tokens"))),
            _ => id::slug(&self.text),
        }
    }

    /// As the spec writes it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether both are the same length at any frame rate.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.amount == other.amount
    }

    /// What it is counted in, and how many of these it is.
    pub(super) fn counted(&self) -> (Unit, u64) {
        match &self.amount {
            Amount::Millis(millis) => (Unit::Millis, *millis),
            Amount::Frames(frames) => (Unit::Frames, *frames),
            Amount::Tokens(context) => (Unit::Tokens, context.tokens),
        }
    }
}

impl Context {
    /// Frames of the longest video of which the sampler takes at most `room` frames.
    fn longest(&self, fps: FrameRate) -> u64 {
        // A video that the sampler refuses for being short gives no frames.
        let fits = |frames: u64| self.sampler.count(frames, fps).map_or(true, |count| count <= self.room);
        let (mut low, mut high) = (1, 2);
        while high < ENDLESS && fits(high) {
            (low, high) = (high, 2 * high);
        }
        if high >= ENDLESS {
            return ENDLESS;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if fits(middle) { low = middle } else { high = middle }
        }
        // Some libraries fail on single lengths; a frame less is then as good.
        let taken = |frames: &u64| self.sampler.count(*frames, fps).is_ok_and(|count| count <= self.room);
        (low.saturating_sub(8).max(1)..=low).rev().find(taken).unwrap_or(low)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads `500ms`, `1.5s`, `10m`, `1h30m`, `2 minutes` or `30 frames`.
pub(super) fn length(value: &Value) -> Result<Length, String> {
    let expected = || {
        let expected = "a length such as `500ms`, `1.5s`, `10m`, `2h` or `30 frames`";
        let meant = meant(value).map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
        format!("{}{meant}", unexpected(value, expected))
    };
    let text = value.as_str().ok_or_else(expected)?.trim();
    if let Some(number) = text.strip_suffix("frames").or_else(|| text.strip_suffix("frame")) {
        let thousandths = thousandths(number.trim()).filter(|thousandths| thousandths % 1000 == 0);
        let frames = thousandths.ok_or_else(expected)? / 1000;
        if !(1..=MOST_FRAMES).contains(&frames) {
            return Err(format!("length `{text}` is outside 1..={MOST_FRAMES} frames"));
        }
        return Ok(Length { text: text.to_owned(), amount: Amount::Frames(frames) });
    }
    let micros = micros(text).ok_or_else(expected)?;
    let millis = u64::try_from(micros / 1000).ok().filter(|millis| (1..=MOST_MILLIS).contains(millis));
    match millis {
        Some(millis) if micros.is_multiple_of(1000) => {
            Ok(Length { text: text.to_owned(), amount: Amount::Millis(millis) })
        }
        _ => Err(format!("length `{text}` is not between 1 ms and {MOST_SECS} s, in whole milliseconds")),
    }
}

/// Microseconds of a length as a spec writes it, at this rate where it is counted in frames; nothing where it is none.
pub fn micros_of_text(text: &str, fps: FrameRate) -> Option<u128> {
    match length(&Value::from(text)).ok()?.amount {
        Amount::Millis(millis) => Some(u128::from(millis) * 1000),
        Amount::Frames(frames) => Some(fps.micros(frames)),
        Amount::Tokens(_) => None,
    }
}

/// Microseconds of numbers with their units, the larger units first: `90s`, `1h30m`, `2 minutes 5 seconds`.
fn micros(text: &str) -> Option<u128> {
    let (mut rest, mut last, mut sum) = (text, u128::MAX, 0_u128);
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, tail) = rest.split_at(unit_at);
        let (unit, tail) = tail.split_at(tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len()));
        let millis = match unit {
            "ms" | "millisecond" | "milliseconds" => 1,
            "s" | "sec" | "secs" | "second" | "seconds" => 1000,
            "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000,
            _ => return None,
        };
        if millis >= last {
            return None;
        }
        sum = sum.checked_add(u128::from(thousandths(number.trim())?) * millis)?;
        (rest, last) = (tail.trim_start(), millis);
    }
    (last < u128::MAX).then_some(sum)
}

/// What somebody means who writes a number without a unit, or minutes and seconds with colons.
fn meant(value: &Value) -> Option<String> {
    let text = match value {
        Value::Integer(_) | Value::Float(_) => value.to_string(),
        _ => value.as_str()?.trim().to_owned(),
    };
    let parts: Vec<u64> = text.split(':').map(str::parse).collect::<Result<_, _>>().unwrap_or_default();
    match parts[..] {
        [0] => None,
        [1] => Some("`1s` or `1 frame`".to_owned()),
        [number] => Some(format!("`{number}s` or `{number} frames`")),
        [minutes, seconds] => Some(format!("`{minutes}m{seconds}s`")),
        [hours, minutes, seconds] => Some(format!("`{hours}h{minutes}m{seconds}s`")),
        _ => thousandths(&text).map(|_| format!("`{text}s`")),
    }
}

/// Reads a length, or the tokens of a context, which `filling` turns into one: `8k`, `1.5M`, `32000 tokens`.
pub(super) fn length_or_tokens(value: &Value, filling: Option<&Filling>) -> Result<Length, String> {
    let Some(tokens) = value.as_str().and_then(tokens) else { return length(value) };
    let text = value.as_str().unwrap_or_default().trim();
    let Some(filling) = filling else {
        return Err(format!(
            "`{text}` is a number of tokens, which needs `grid.sampler` and `grid.tokens_per_frame`"
        ));
    };
    of_tokens(text.to_owned(), tokens, filling)
}

/// The length that `tokens` are.
pub(super) fn of_tokens(text: String, tokens: u64, filling: &Filling) -> Result<Length, String> {
    let room = (u128::from(tokens) * 1000 / u128::from(filling.milli_tokens_per_frame)) as u64;
    if room == 0 {
        return Err(format!("`{text}` tokens do not hold a frame"));
    }
    let context = Context { tokens, room, sampler: filling.sampler.clone() };
    Ok(Length { text, amount: Amount::Tokens(Arc::new(context)) })
}

/// A number of tokens with its unit: `k` is a thousand and `M` a million.
pub(super) fn tokens(text: &str) -> Option<u64> {
    let text = text.trim();
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let thousandths = thousandths(number.trim())?;
    let times = match unit {
        "k" | "k tokens" => 1000,
        "M" | "M tokens" => 1_000_000,
        "tokens" => 1,
        _ => return None,
    };
    let product = u128::from(thousandths) * times;
    let tokens = u64::try_from(product / 1000).ok().filter(|tokens| (1..=MOST_TOKENS).contains(tokens))?;
    product.is_multiple_of(1000).then_some(tokens)
}

/// Tokens that a frame takes, in thousandths of one: `64`, `64.5`.
pub(super) fn milli_tokens(value: &Value) -> Result<u64, String> {
    let text = match value {
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        _ => return Err(unexpected(value, "a number such as `64` or `64.5`")),
    };
    match thousandths(&text) {
        Some(thousandths) if (1000..=100_000_000).contains(&thousandths) => Ok(thousandths),
        _ => Err(format!("`{text}` is not between 1 and 100000, with three decimals at most")),
    }
}

/// Reads a share of 0% to 100% as per-mille: `25`, `12.5`, `"25%"`.
pub(super) fn permille(what: &str, value: &Value) -> Result<u16, String> {
    let text = match value {
        Value::String(text) => text.trim().trim_end_matches('%').trim_end().to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        _ => return Err(unexpected(value, "a share such as `25` or `\"25%\"`")),
    };
    let outside = || format!("{what} `{text}%` is outside 0%..=100%");
    let Some(thousandths) = thousandths(&text) else {
        let negative = text.strip_prefix('-').is_some_and(|text| self::thousandths(text).is_some());
        return Err(if negative {
            outside()
        } else {
            unexpected(value, "a share such as `25` or `\"25%\"`")
        });
    };
    if thousandths > 100_000 {
        return Err(outside());
    }
    if thousandths % 100 == 0 {
        Ok((thousandths / 100) as u16)
    } else {
        Err(format!("{what} `{text}%` has more than one decimal"))
    }
}

/// A share that is written as a fraction of one without a unit, such as `0.5`: whoever writes it means half as often as half a
/// per cent.
pub(super) fn fraction(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        Value::Float(number) => *number,
        _ => return None,
    };
    (0.0 < number && number < 1.0).then_some(number)
}

/// Whether a share is a number from 0 to 1 without a unit.
pub(super) fn is_within_one(value: &Value) -> bool {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Float(number) => Some(*number),
        Value::Integer(number) => Some(*number as f64),
        _ => None,
    };
    number.is_some_and(|number| (0.0..=1.0).contains(&number))
}

/// What to write instead of a fraction.
pub(super) fn not_a_fraction(what: &str, number: f64) -> String {
    // Rounded to the decimal that a share may have.
    let percent = (number * 1000.0).round() / 10.0;
    format!(
        "{what} `{number}` is {number} per cent; write `{percent}` or `\"{percent}%\"`, or `\"{number}%\"` if that is meant"
    )
}

/// A decimal with at most three digits after its point, times a thousand.
fn thousandths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 3 {
        return None;
    }
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(part)
}
