//! Which option a reply names.
//!
//! In: a reply and the options as they were shown. Out: an option that exists, with the clue that gave it, or the reason
//! why the reply cannot be read. A reply that names several options, hedges between them or contradicts itself is unreadable:
//! where a careful reader would have to guess, so would this. `docs/metrics.md` states the rules in full.
//!
//! A reply is read in steps, each linear in its length: reasoning is taken off and boxes, tags and JSON are opened
//! ([`containers`]); the text is split into words and marks ([`tokens`]), into mentions of options and known phrases
//! ([`chunks`], [`lexicon`], [`options`]), and into clauses ([`clauses`]); each clause states, denies or leaves open what it
//! mentions ([`stance`], [`tier`], [`layout`], [`statements`]); and over the statements one option is decided on ([`decide`]).

mod chunks;
mod clauses;
mod containers;
mod decide;
mod layout;
mod lexicon;
mod options;
mod said;
mod stance;
mod statements;
#[cfg(test)]
mod tests;
mod tier;
mod tokens;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use std::borrow::Cow;

use containers::Container;
use options::Options;
use tokens::Tokens;

use crate::letter;

/// The longest reply of which every byte is read. Of a longer one the first and the last half of this are read, as if
/// what stands between were a blank line.
const MOST_BYTES: usize = 256 << 10;

/// How a letter is read from a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The rule of this module: wordy replies are understood, ambiguous ones are unreadable.
    Robust,
    /// The rule of VNBench's scripts: the first of A, B, C, D that occurs in the text before the first full stop. It
    /// reads "Answer: C" as A; scores under it compare with published ones.
    Official,
}

impl Rule {
    /// Both rules.
    pub const ALL: [Self; 2] = [Self::Robust, Self::Official];

    /// The rule's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Robust => "robust",
            Self::Official => "official",
        }
    }
}

/// What in the reply named the option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Clue {
    /// The reply is the letter.
    Letter,
    /// The reply is the option's text.
    Text,
    /// A box, an answer tag or a JSON field.
    Container,
    /// "The answer is B".
    Declared,
    /// "B. Carol" at the beginning or in the last line.
    Label,
    /// "I choose B".
    Chosen,
    /// Nothing else is mentioned.
    Mentioned,
    /// The official rule found the letter.
    Contained,
}

/// Why a reply cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// There is no text, or none after the reasoning.
    Empty,
    /// The reasoning has no end.
    Unfinished,
    /// No option is named.
    NoOption,
    /// A letter is named that no option has.
    NoSuchOption,
    /// Several options are named.
    Several,
    /// The letter names one option and the text beside it another.
    Contradiction,
}

/// What a reply says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extracted {
    /// It names an option.
    Option {
        /// 0 for A; always below the number of options.
        index: usize,
        /// How it was found.
        clue: Clue,
    },
    /// It names none, or more than one.
    Unreadable(Why),
}

impl Extracted {
    /// The option, if one is named.
    pub fn option(self) -> Option<usize> {
        match self {
            Self::Option { index, .. } => Some(index),
            Self::Unreadable(_) => None,
        }
    }

    /// The name in files of the clue, or of why the reply cannot be read.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Option { clue, .. } => match clue {
                Clue::Letter => "letter",
                Clue::Text => "text",
                Clue::Container => "container",
                Clue::Declared => "declared",
                Clue::Label => "label",
                Clue::Chosen => "chosen",
                Clue::Mentioned => "mentioned",
                Clue::Contained => "contained",
            },
            Self::Unreadable(why) => match why {
                Why::Empty => "empty",
                Why::Unfinished => "unfinished",
                Why::NoOption => "no-option",
                Why::NoSuchOption => "no-such-option",
                Why::Several => "several",
                Why::Contradiction => "contradiction",
            },
        }
    }
}

/// Reads the option that `response` names among `options`.
pub fn extract(response: &str, options: &[String], rule: Rule) -> Extracted {
    match rule {
        Rule::Official => official(response, options.len()),
        Rule::Robust => robust(response, options),
    }
}

/// The rule of VNBench's scripts, over as many letters as there are options.
fn official(response: &str, options: usize) -> Extracted {
    let before = response.split('.').next().unwrap_or_default();
    let found = (0..options).find(|&index| letter::of(index).is_some_and(|own| before.contains(own)));
    match found {
        Some(index) => Extracted::Option { index, clue: Clue::Contained },
        None if response.trim().is_empty() => Extracted::Unreadable(Why::Empty),
        None => Extracted::Unreadable(Why::NoOption),
    }
}

fn robust(response: &str, options: &[String]) -> Extracted {
    let bare = response.trim();
    // Most replies are one letter: they need no reader.
    if let [byte] = bare.as_bytes()
        && let Some(index) = letter::index(char::from(*byte))
    {
        return if index < options.len() {
            Extracted::Option { index, clue: Clue::Letter }
        } else {
            Extracted::Unreadable(Why::NoSuchOption)
        };
    }
    let text = shortened(bare);
    let spoken = match containers::spoken(&text) {
        Ok(text) => text,
        Err(why) => return Extracted::Unreadable(why),
    };
    if spoken.trim().is_empty() {
        return Extracted::Unreadable(Why::Empty);
    }
    let options = Options::new(options);
    match read(&spoken, &options) {
        Ok((index, clue)) => Extracted::Option { index, clue },
        Err(why) => Extracted::Unreadable(why),
    }
}

/// An option and what named it, or why none can be read.
type Reading = Result<(usize, Clue), Why>;

/// Both ends of a reply that is too long.
fn shortened(reply: &str) -> Cow<'_, str> {
    if reply.len() <= MOST_BYTES {
        return Cow::Borrowed(reply);
    }
    let head = containers::boundary(reply, MOST_BYTES / 2);
    let tail = containers::boundary(reply, reply.len() - MOST_BYTES / 2);
    Cow::Owned(format!("{}\n\n{}", &reply[..head], &reply[tail..]))
}

/// Reads what a reply says apart from its reasoning.
fn read(spoken: &str, options: &Options) -> Reading {
    // A model that goes on with a question of its own has answered before it.
    if let Some(end) = containers::next_question(spoken)
        && let Ok((index, clue)) = read_one(&spoken[..end], options)
        && !matches!(clue, Clue::Chosen | Clue::Mentioned)
    {
        return Ok((index, clue));
    }
    read_one(spoken, options)
}

fn read_one(spoken: &str, options: &Options) -> Reading {
    let spoken = &containers::with_answers_named(spoken);
    let held = containers::contents(spoken);
    if held.is_empty() { read_text(spoken, options) } else { agree(spoken, &held, options) }
}

/// The one option on which all containers that can be read agree, or that of the last, where words of correction lead to it.
fn agree(spoken: &str, held: &[Container], options: &Options) -> Reading {
    let mut agreed = None;
    let mut failed = Why::NoOption;
    let mut end = 0;
    for container in held {
        let before = decide::lead(spoken.get(end..container.start).unwrap_or_default(), options);
        end = container.end;
        if before.silences {
            continue;
        }
        match (read_text(&container.text, options), agreed) {
            (Ok((index, _)), Some(earlier)) if index != earlier && !before.corrects => {
                return Err(Why::Several);
            }
            (Ok((index, _)), _) => agreed = Some(index),
            (Err(Why::Several), _) if !before.corrects => return Err(Why::Several),
            (Err(why), _) => failed = why,
        }
    }
    agreed.map(|index| (index, Clue::Container)).ok_or(failed)
}

/// Reads a text that holds no container.
fn read_text(text: &str, options: &Options) -> Reading {
    let tokens = Tokens::new(text);
    let words = tokens.words();
    let crossed = (0..tokens.len()).any(|at| matches!(tokens.text(at), "~" | "❌" | "✗" | "✘" | "×" | "☐"));
    if let [only] = words.as_slice()
        && !crossed
        && let Some(index) = tokens.letter(*only)
    {
        return if index < options.len() { Ok((index, Clue::Letter)) } else { Err(Why::NoSuchOption) };
    }
    if let Some(index) = options.whole(&tokens).filter(|_| !crossed) {
        return Ok((index, Clue::Text));
    }
    let chunks = chunks::split(&tokens, options);
    let clauses = clauses::split(&chunks, |at| tokens.is_spaced(at));
    let events = statements::Speaker::new(&tokens, &chunks, &clauses).events();
    decide::decide(&events, options)
}
