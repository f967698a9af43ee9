//! Exact time: frame rates, frame spans and depths.
//!
//! In: integers read from a spec or a stream. Out: typed values that cannot hold an impossible time. Nothing here
//! is a float but what `secs` and `as_f64` give, for tables that people read.
//!
//! Every range of frames in this project is half-open: a span `[a, b)` holds frame `a` and does not hold frame `b`.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most frames of a haystack or a video: 46 days of 25 a second. The tables of an MP4 file name each, and have to be held in memory.
pub const MOST_FRAMES: u64 = 100_000_000;
/// The most seconds of a haystack, a video or a length: 115 days.
pub const MOST_SECS: u32 = 10_000_000;

/// Frames per second as a reduced fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "[u32; 2]", into = "[u32; 2]")]
#[schemars(with = "[u32; 2]")]
pub struct FrameRate {
    num: NonZeroU32,
    den: NonZeroU32,
}

impl FrameRate {
    /// One frame a second.
    pub const ONE: Self = Self { num: NonZeroU32::MIN, den: NonZeroU32::MIN };

    /// `num / den` frames per second, reduced; `None` if either is zero.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        Self::reduced(num.into(), den.into())
    }

    /// The same of larger numbers; `None` also if the reduced ones are too large.
    pub fn reduced(num: u64, den: u64) -> Option<Self> {
        let divisor = gcd(num, den);
        let part = |number: u64| NonZeroU32::new(u32::try_from(number.checked_div(divisor)?).ok()?);
        Some(Self { num: part(num)?, den: part(den)? })
    }

    /// Numerator of the reduced fraction: frames in [`Self::den`] seconds.
    pub fn num(self) -> u32 {
        self.num.get()
    }

    /// Denominator of the reduced fraction, in seconds.
    pub fn den(self) -> u32 {
        self.den.get()
    }

    /// Frames per second, for readers.
    pub fn as_f64(self) -> f64 {
        f64::from(self.num()) / f64::from(self.den())
    }

    /// Start time of `frame` in seconds, for readers.
    pub fn secs(self, frame: u64) -> f64 {
        (frame as f64 * f64::from(self.den())) / f64::from(self.num())
    }

    /// Start time of `frame` in microseconds, rounded down.
    pub fn micros(self, frame: u64) -> u128 {
        u128::from(frame) * 1_000_000 * u128::from(self.den()) / u128::from(self.num())
    }

    /// Start time of `frame` in milliseconds, rounded down.
    pub fn millis(self, frame: u64) -> u64 {
        u64::try_from(self.micros(frame) / 1000).unwrap_or(u64::MAX)
    }

    /// Frames in `millis` milliseconds, rounded half up.
    pub fn frames_in_millis(self, millis: u64) -> u64 {
        let num = u128::from(millis) * u128::from(self.num());
        let den = 1000 * u128::from(self.den());
        ((2 * num + den) / (2 * den)) as u64
    }

    /// Index of the sound sample at which `frame` starts, rounded half up, at `sample_rate` samples a second.
    pub fn audio_sample(self, frame: u64, sample_rate: u32) -> u64 {
        let num = u128::from(frame) * u128::from(self.den()) * u128::from(sample_rate);
        let den = u128::from(self.num());
        ((2 * num + den) / (2 * den)) as u64
    }
}

impl TryFrom<[u32; 2]> for FrameRate {
    type Error = String;

    fn try_from([num, den]: [u32; 2]) -> Result<Self, String> {
        Self::new(num, den).ok_or_else(|| format!("frame rate `{num}/{den}` holds a zero"))
    }
}

impl From<FrameRate> for [u32; 2] {
    fn from(rate: FrameRate) -> Self {
        [rate.num(), rate.den()]
    }
}

impl fmt::Display for FrameRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den() == 1 { write!(f, "{}", self.num()) } else { write!(f, "{}/{}", self.num(), self.den()) }
    }
}

impl FromStr for FrameRate {
    type Err = String;

    /// Reads `25`, `30000/1001`, or the usual decimal names `23.976`, `29.97` and `59.94`.
    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("frame rate `{text}` is not of the form `25`, `29.97` or `30000/1001`");
        let (num, den) = match text.trim() {
            "23.976" | "23.98" => (24000, 1001),
            "29.97" => (30000, 1001),
            "59.94" => (60000, 1001),
            other => match other.split_once('/') {
                Some((num, den)) => (
                    num.trim().parse().map_err(|_e| expected())?,
                    den.trim().parse().map_err(|_e| expected())?,
                ),
                None => match other.split_once('.') {
                    Some((whole, decimals)) if (1..=3).contains(&decimals.len()) => {
                        let den = 10_u32.pow(decimals.len() as u32);
                        let whole: u32 = whole.parse().map_err(|_e| expected())?;
                        let part: u32 = decimals.parse().map_err(|_e| expected())?;
                        (whole.checked_mul(den).and_then(|w| w.checked_add(part)).ok_or_else(expected)?, den)
                    }
                    _ => (other.parse().map_err(|_e| expected())?, 1),
                },
            },
        };
        Self::new(num, den).ok_or_else(expected)
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// A half-open, never empty range of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "[u64; 2]", into = "[u64; 2]")]
#[schemars(with = "[u64; 2]")]
pub struct FrameSpan {
    start: u64,
    end: u64,
}

impl FrameSpan {
    /// Frames `start..end`; `None` if that holds no frame.
    pub fn new(start: u64, end: u64) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// First frame of the span.
    pub fn start(self) -> u64 {
        self.start
    }

    /// The frame after the last of the span.
    pub fn end(self) -> u64 {
        self.end
    }

    /// Number of frames, at least 1.
    pub fn count(self) -> u64 {
        self.end - self.start
    }

    /// Whether `frame` lies in the span.
    pub fn contains(self, frame: u64) -> bool {
        (self.start..self.end).contains(&frame)
    }

    /// The frames in both spans, if any.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}

impl TryFrom<[u64; 2]> for FrameSpan {
    type Error = String;

    fn try_from([start, end]: [u64; 2]) -> Result<Self, String> {
        Self::new(start, end).ok_or_else(|| format!("span `[{start}, {end})` holds no frame"))
    }
}

impl From<FrameSpan> for [u64; 2] {
    fn from(span: FrameSpan) -> Self {
        [span.start, span.end]
    }
}

impl fmt::Display for FrameSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {})", self.start, self.end)
    }
}

/// Where in a haystack something lies, in per-mille: 0 is its start, 1000 its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u16", into = "u16")]
#[schemars(with = "u16")]
pub struct Depth(u16);

impl Depth {
    /// `permille` of the haystack; `None` above 1000.
    pub fn from_permille(permille: u16) -> Option<Self> {
        (permille <= 1000).then_some(Self(permille))
    }

    /// The depth of position `at` in `0..=last`, rounded half up; the start if `last` is 0.
    pub fn of(at: u64, last: u64) -> Self {
        if last == 0 {
            return Self(0);
        }
        let (at, last) = (u128::from(at.min(last)), u128::from(last));
        Self(((2 * at * 1000 + last) / (2 * last)) as u16)
    }

    /// The position of this depth in `0..=last`, rounded half up.
    pub fn position(self, last: u64) -> u64 {
        ((2 * u128::from(self.0) * u128::from(last) + 1000) / 2000) as u64
    }

    /// Per-mille, 0 to 1000.
    pub fn permille(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Depth {
    type Error = String;

    fn try_from(permille: u16) -> Result<Self, String> {
        Self::from_permille(permille).ok_or_else(|| format!("depth `{permille}` per-mille is above 1000"))
    }
}

impl From<Depth> for u16 {
    fn from(depth: Depth) -> Self {
        depth.0
    }
}

impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&percent(self.0))
    }
}

/// Per-mille as specs and readers have it: `25%`, `12.5%`.
pub fn percent(permille: u16) -> String {
    match permille % 10 {
        0 => format!("{}%", permille / 10),
        part => format!("{}.{part}%", permille / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_rates_reduce_and_parse() {
        assert_eq!(FrameRate::new(50, 2), FrameRate::new(25, 1));
        assert_eq!("29.97".parse(), Ok(FrameRate::new(30000, 1001).unwrap()));
        assert_eq!("12.5".parse(), Ok(FrameRate::new(25, 2).unwrap()));
        assert_eq!("90000/2999".parse(), Ok(FrameRate::new(90000, 2999).unwrap()));
        for bad in ["", "0", "25/0", "x", "-25", "1.2.3", "25/", "99999999999"] {
            assert!(bad.parse::<FrameRate>().is_err(), "{bad}");
        }
        assert!(FrameRate::new(0, 0).is_none());
    }

    #[test]
    fn a_day_of_ntsc_frames_has_no_drift() {
        let rate = FrameRate::new(30000, 1001).unwrap();
        let frames = rate.frames_in_millis(86_400_000);
        assert_eq!(frames, 2_589_411);
        assert_eq!(rate.audio_sample(30000, 48000), 1001 * 48000);
    }

    #[test]
    fn empty_spans_do_not_exist() {
        assert!(FrameSpan::new(3, 3).is_none());
        assert!(serde_json::from_str::<FrameSpan>("[4, 3]").is_err());
        let span = FrameSpan::new(2, 5).unwrap();
        assert_eq!(span.count(), 3);
        assert!(span.contains(2) && !span.contains(5));
        assert_eq!(span.intersection(FrameSpan::new(4, 9).unwrap()), FrameSpan::new(4, 5));
    }

    #[test]
    fn depth_touches_both_ends() {
        let end = Depth::from_permille(1000).unwrap();
        assert_eq!(end.position(249), 249);
        assert_eq!(Depth::from_permille(0).unwrap().position(249), 0);
        assert_eq!(Depth::of(249, 249), end);
        assert_eq!(Depth::of(0, 0).permille(), 0);
        assert_eq!(Depth::from_permille(125).unwrap().to_string(), "12.5%");
        assert!(Depth::from_permille(1001).is_none());
    }
}
