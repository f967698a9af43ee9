//! Which option a reply names.
//!
//! In: a reply and the options as they were shown. Out: an option that exists, with the clue that gave it, or the reason
//! why the reply cannot be read. A reply that names several options, hedges or contradicts itself is unreadable: where a
//! careful reader would have to guess, so would this.
//!
//! The clues, strongest first; a weaker one counts only where the stronger are silent:
//!
//! 1. the reply is a letter, or the text of an option, and nothing else;
//! 2. `\boxed{B}`, `<answer>B</answer>`, a JSON object with an answer;
//! 3. "final answer: B"; 4. "the answer is B", "B is correct";
//! 5. a reply, or its last line, that begins with a letter as a label: "B. Carol", "(B) because ...";
//! 6. "I choose B", "option B";
//! 7. the only letter, else the only option, that is mentioned at all.

mod containers;
mod labels;
mod options;
mod phrases;
#[cfg(test)]
mod tests;
mod tokens;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use options::Reader;

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
    let found = (0..options.min(26)).find(|&index| before.contains(char::from(b'A' + index as u8)));
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
        && byte.is_ascii_alphabetic()
    {
        let index = usize::from(byte.to_ascii_uppercase() - b'A');
        return if index < options.len() {
            Extracted::Option { index, clue: Clue::Letter }
        } else {
            Extracted::Unreadable(Why::NoSuchOption)
        };
    }
    let spoken = match containers::spoken(bare) {
        Ok(text) => text,
        Err(why) => return Extracted::Unreadable(why),
    };
    if spoken.trim().is_empty() {
        return Extracted::Unreadable(Why::Empty);
    }
    let reader = Reader::new(options);
    let held = containers::contents(&spoken);
    let result = if held.is_empty() {
        reader.read(&spoken)
    } else {
        agree(held.iter().map(|inner| reader.read(inner))).map(|(index, _)| (index, Clue::Container))
    };
    match result {
        Ok((index, clue)) => Extracted::Option { index, clue },
        Err(why) => Extracted::Unreadable(why),
    }
}

/// An option and what named it, or why none can be read.
type Reading = Result<(usize, Clue), Why>;

/// The one option on which all that could be read agree.
fn agree(readings: impl Iterator<Item = Reading>) -> Reading {
    let mut agreed: Option<(usize, Clue)> = None;
    let mut failed = None;
    for reading in readings {
        match (reading, agreed) {
            (Ok((index, _)), Some((earlier, _))) if index != earlier => return Err(Why::Several),
            (Ok(found), _) => agreed = Some(found),
            (Err(Why::Several), _) => return Err(Why::Several),
            (Err(why), _) => failed = Some(why),
        }
    }
    agreed.ok_or(failed.unwrap_or(Why::NoOption))
}
