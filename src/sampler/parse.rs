//! Names of samplers: `linspace(64)`, `qwen-vl-utils(fps=2,max=768)`, `uniform:32`, `fps:1,max=64`.
//!
//! In: text. Out: a [`Sampler`], or what is wrong with the text and what was expected. Parameters are `key=value`; the one
//! that a sampler is mostly set by may stand alone, and flags stand for themselves.

use std::fmt::Display;
use std::str::FromStr;

use super::{Amount, CATALOGUE, Rule, Sampler};
use crate::time::FrameRate;
use crate::wording;

/// Text that names no sampler.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a sampler: {reason}")]
pub struct ParseError {
    /// What was given.
    pub text: String,
    /// What is wrong, and what was expected.
    pub reason: String,
}

/// The most frames that a sampler can be asked for.
const MOST_FRAMES: u64 = 10_000_000;

/// The arguments between a sampler's brackets.
struct Arguments<'a> {
    given: Vec<(&'a str, &'a str)>,
}

impl<'a> Arguments<'a> {
    /// `key=value` pairs; a value alone is that of `main`, and a flag is `true`.
    fn read(text: &'a str, main: &'a str, flags: &[&'a str]) -> Result<Self, String> {
        let mut given: Vec<(&str, &str)> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = match part.split_once('=') {
                Some((key, value)) => (key.trim(), value.trim()),
                None if flags.contains(&part) => (part, "true"),
                None => (main, part),
            };
            if given.iter().any(|(other, _)| *other == key) {
                return Err(format!("`{key}` is stated twice"));
            }
            given.push((key, value));
        }
        Ok(Self { given })
    }

    fn take<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        let Some(at) = self.given.iter().position(|(given, _)| *given == key) else { return Ok(None) };
        let (_, value) = self.given.swap_remove(at);
        read(value).map(Some).map_err(|reason| format!("`{key}={value}`: {reason}"))
    }

    fn count(&mut self, key: &str) -> Result<Option<u64>, String> {
        self.take(key, |value| match value.parse() {
            Ok(count) if (1..=MOST_FRAMES).contains(&count) => Ok(count),
            _ => Err(format!("not an integer of 1 to {MOST_FRAMES}")),
        })
    }

    fn needed(&mut self, key: &str) -> Result<u64, String> {
        self.count(key)?.ok_or_else(|| format!("`{key}` is missing"))
    }

    fn pace(&mut self, key: &str) -> Result<Option<FrameRate>, String> {
        self.take(key, pace)
    }

    fn flag(&mut self, key: &str) -> Result<bool, String> {
        let read = |value: &str| value.parse().map_err(|_no| "not `true` or `false`".to_owned());
        Ok(self.take(key, read)?.unwrap_or(false))
    }

    fn finish(self) -> Result<(), String> {
        match self.given.first() {
            None => Ok(()),
            Some((key, _)) => Err(format!("it has no parameter `{key}`")),
        }
    }
}

/// Reads `2`, `0.5` or `1/3` frames a second, exactly.
fn pace(text: &str) -> Result<FrameRate, String> {
    let expected = || "not frames a second such as `2`, `0.5` or `1/3`".to_owned();
    let (num, den) = match (text.split_once('/'), text.split_once('.')) {
        (Some((num, den)), None) => (num.to_owned(), den.parse::<u32>().map_err(|_no| expected())?),
        (None, Some((whole, part))) if (1..=6).contains(&part.len()) => {
            (format!("{whole}{part}"), 10_u32.pow(part.len() as u32))
        }
        (None, None) => (text.to_owned(), 1),
        _ => return Err(expected()),
    };
    if num.is_empty() || !num.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(expected());
    }
    let rate = num.parse().ok().and_then(|num| FrameRate::new(num, den)).ok_or_else(expected)?;
    if rate.as_f64() <= 1000.0 { Ok(rate) } else { Err("above 1000 frames a second".to_owned()) }
}

fn whole_pace(number: u32) -> FrameRate {
    FrameRate::new(number, 1).expect("a pace is above 0")
}

/// The amount of a Qwen pipeline: `fps`, `min` and `max`, or `nframes`.
fn amount(arguments: &mut Arguments<'_>) -> Result<Amount, String> {
    let (fps, min, max) = (arguments.pace("fps")?, arguments.count("min")?, arguments.count("max")?);
    match arguments.count("nframes")? {
        Some(_) if fps.is_some() || min.is_some() || max.is_some() => {
            Err("`nframes` stands alone".to_owned())
        }
        Some(frames) => Ok(Amount::Frames(frames)),
        None => Ok(Amount::Pace {
            fps: fps.unwrap_or_else(|| whole_pace(2)),
            min: min.unwrap_or(4),
            max: max.unwrap_or(768),
        }),
    }
}

/// The rule called `name` with what stands in its brackets, if there are any.
fn rule(name: &str, inside: Option<&str>) -> Result<Rule, String> {
    let text = inside.unwrap_or("");
    let main = match name {
        "llava-video" | "qwen-vl-utils" | "sglang-qwen" | "hf-qwen2vl" | "hf-qwen3vl" | "videollama3"
        | "vlmevalkit-fps" | "gemini" | "fps" => "fps",
        _ => "n",
    };
    let mut own = Arguments::read(text, main, &["force"])?;
    let rule = match name {
        "linspace" => Rule::Linspace { n: own.needed("n")? },
        "vllm" => {
            let (n, fps) = (own.count("n")?, own.pace("fps")?);
            // A pace alone leaves vLLM's own 32 frames in force.
            Rule::Vllm { n: n.or(Some(32)), fps }
        }
        "llava-video" if inside.is_none() => {
            Rule::LlavaVideo { fps: FrameRate::ONE, cap: Some(64), force: true }
        }
        "llava-video" => {
            let fps = own.pace("fps")?.unwrap_or(FrameRate::ONE);
            let (cap, force) = (own.count("cap")?, own.flag("force")?);
            if force && cap.is_none() {
                return Err("`force` needs `cap`, the number of frames that it forces".to_owned());
            }
            Rule::LlavaVideo { fps, cap, force }
        }
        "qwen-vl-utils" => Rule::QwenVlUtils(amount(&mut own)?),
        "sglang-qwen" => Rule::SglangQwen(amount(&mut own)?),
        "hf-qwen2vl" => Rule::HfQwen2Vl(amount(&mut own)?),
        "hf-qwen3vl" => Rule::HfQwen3Vl(amount(&mut own)?),
        "internvl" => Rule::InternVl { n: own.count("n")?.unwrap_or(32) },
        "hf-internvl" => Rule::HfInternVl { n: own.needed("n")? },
        "videollama3" => Rule::VideoLlama3 {
            fps: own.pace("fps")?.unwrap_or(FrameRate::ONE),
            max: own.count("max")?.unwrap_or(180),
        },
        "vlmevalkit" => Rule::VlmEvalKit { n: own.needed("n")? },
        "vlmevalkit-fps" => {
            Rule::VlmEvalKitFps { fps: own.pace("fps")?.ok_or_else(|| "`fps` is missing".to_owned())? }
        }
        "hf-default" => match (own.count("n")?, own.pace("fps")?) {
            (Some(_), Some(_)) => return Err("it has either `n` or `fps`".to_owned()),
            (n, fps) => Rule::HfDefault { n, fps },
        },
        "longva-niah" => Rule::LongVaNiah,
        "gemini" => Rule::Gemini { fps: own.pace("fps")?.unwrap_or(FrameRate::ONE) },
        "uniform" => Rule::Uniform { n: own.needed("n")? },
        "fps" => Rule::Fps {
            fps: own.pace("fps")?.ok_or_else(|| "write frames a second, as in `fps:1`".to_owned())?,
            max: own.count("max")?,
        },
        "recent" => Rule::Recent { n: own.needed("n")?, fps: own.pace("fps")?.unwrap_or(FrameRate::ONE) },
        _ => return Err(unknown(name)),
    };
    own.finish()?;
    Ok(rule)
}

fn unknown(name: &str) -> String {
    let names = || CATALOGUE.iter().map(|listed| listed.name);
    let stem = name.trim_end_matches(|last: char| last.is_ascii_digit());
    let number = &name[stem.len()..];
    if !number.is_empty() && (stem.is_empty() || names().any(|known| known == stem)) {
        let stem = if stem.is_empty() { "linspace" } else { stem };
        return format!("write `{stem}({number})`");
    }
    match wording::nearest(name, names()) {
        Some(known) => format!("no sampler has this name; the nearest is `{known}`"),
        None => format!("no sampler has this name; there are {}", names().collect::<Vec<_>>().join(", ")),
    }
}

fn wrong(text: &str, reason: impl Display) -> ParseError {
    ParseError { text: text.to_owned(), reason: reason.to_string() }
}

impl FromStr for Sampler {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let rule = match (text.split_once('('), text.split_once(':')) {
            (Some((name, rest)), _) => match rest.strip_suffix(')') {
                Some(inside) if !inside.contains(['(', ')']) => rule(name.trim(), Some(inside)),
                _ => Err("its brackets do not match".to_owned()),
            },
            (None, Some((name @ ("uniform" | "fps"), rest))) => rule(name, Some(rest)),
            (None, Some((name, _))) => Err(unknown(name)),
            (None, None) => match text.strip_prefix("recent-") {
                Some(number) => rule("recent", Some(number)),
                None => rule(text, None),
            },
        };
        rule.map(|rule| Self { text: text.to_owned(), rule }).map_err(|reason| wrong(text, reason))
    }
}

/// Splits a list of samplers at the commas between them, not at those within one: `linspace(8),fps:1,max=64` holds two.
pub fn split_list(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut depth = 0_i32;
    let mut start = 0;
    for (at, character) in text.char_indices().chain([(text.len(), ',')]) {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth <= 0 || at == text.len() => {
                let part = text[start..at].trim();
                start = at + 1;
                match parts.last_mut() {
                    // `max=64` goes on with the `fps:1` before it.
                    Some(last) if !part.contains('(') && part.contains('=') && last.contains(':') => {
                        last.push(',');
                        last.push_str(part);
                    }
                    _ if part.is_empty() => {}
                    _ => parts.push(part.to_owned()),
                }
            }
            _ => {}
        }
    }
    parts
}
