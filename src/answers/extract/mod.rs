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
//!
//! Answers of other kinds are read by the same steps ([`reader`]): numbers, names and spans are mentions, too, and where an answer is
//! several things, they are put together ([`items`], [`combine`]).

mod absence;
mod chunks;
mod clauses;
mod clue;
mod combine;
mod containers;
mod copula;
mod decide;
mod event;
mod items;
mod layout;
mod lexicon;
mod numerals;
mod options;
mod reader;
mod refusal;
mod stance;
mod statements;
#[cfg(test)]
mod tests;
mod tier;
mod tokens;
mod wanted;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use std::borrow::Cow;

use options::Options;
use reader::Found;
use wanted::Wanted;

use crate::letter;

pub(in crate::answers) use absence::never;
pub use clue::{Clue, Why};
pub(in crate::answers) use numerals::{MICROS, Thousands, decimal, is_below_zero, numeral};
pub(in crate::answers) use options::{Hit, Options as Mentions, counts, is_measure};
pub(in crate::answers) use reader::read as read_values;
pub(in crate::answers) use tokens::{Kind, Tokens};
pub(in crate::answers) use wanted::Wanted as HowMany;

/// How a letter is read from a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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

/// What a reply says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
            Self::Option { clue, .. } => clue.name(),
            Self::Unreadable(why) => why.name(),
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
    let options = Options::new(options);
    match reader::read(bare, Wanted::Option, &mut |_| Cow::Borrowed(&options)) {
        Ok(Found { values, clue }) => Extracted::Option { index: values[0], clue },
        Err(why) => Extracted::Unreadable(why),
    }
}
