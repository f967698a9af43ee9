//! The reader: finds letters and option texts among tokens, and weighs the clues.
//!
//! In: the options, then texts. Out: one reading a text.

use std::collections::BTreeSet;
use std::ops::Range;

use super::phrases::{ANSWER, BETWEEN, CHOSEN, FINAL, ITEM_WORDS, NUMBERS};
use super::tokens::{Kind, Tokens};
use super::{Clue, Reading, Why};

/// Tokens looked at between a phrase and its answer.
const REACH: usize = 16;

/// Words at most between two items of a list: "followed by the", "and finally 4".
const MOST_BETWEEN: u32 = 3;

/// Reads texts against one set of options.
pub(super) struct Reader {
    /// The words of each option; empty where two options have the same.
    words: Vec<Vec<String>>,
    numeric: bool,
}

/// Words that carry an enumeration and no content: "a, b and then c" is "a, b, c".
fn is_filler(word: &str) -> bool {
    matches!(word, "and" | "then")
}

/// Words that may stand between the items of an option that lists several: "1. a 2. b", "first a, followed by b".
fn is_between_items(word: &str) -> bool {
    ITEM_WORDS.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(word: &str) -> Option<u64> {
    word.parse().ok().or_else(|| NUMBERS.iter().position(|name| *name == word).map(|value| value as u64))
}

impl Reader {
    pub(super) fn new(options: &[String]) -> Self {
        let all: Vec<Vec<String>> = options
            .iter()
            .map(|option| {
                let tokens = Tokens::new(option);
                let words = tokens.words().into_iter().map(|at| tokens.text(at).to_owned());
                words.filter(|word| !is_filler(word)).collect()
            })
            .collect();
        let words: Vec<Vec<String>> =
            all.iter()
                .map(|own| {
                    if all.iter().filter(|other| *other == own).count() > 1 {
                        Vec::new()
                    } else {
                        own.clone()
                    }
                })
                .collect();
        let numeric = words.iter().all(|own| own.len() == 1 && own[0].parse::<u64>().is_ok());
        Self { words, numeric }
    }

    /// Weighs the clues of `text`, strongest first.
    pub(super) fn read(&self, text: &str) -> Reading {
        let tokens = Tokens::new(text);
        let words = tokens.words();
        let Some(&first) = words.first() else { return Err(Why::NoOption) };
        if let ([only], Some(index)) = (words.as_slice(), tokens.letter(first)) {
            debug_assert_eq!(*only, first);
            return self.existing(index).map(|index| (index, Clue::Letter));
        }
        if let Some(index) = self.whole(&tokens, 0..tokens.len()) {
            return Ok((index, Clue::Text));
        }
        for phrases in [FINAL, ANSWER] {
            if let Some(reading) = self.stated(&tokens, phrases, Clue::Declared) {
                return reading;
            }
        }
        let listing = self.is_listing(&tokens);
        if let Some(reading) = self.labelled(&tokens, first, listing) {
            return reading;
        }
        if let Some(reading) = self.stated(&tokens, CHOSEN, Clue::Chosen) {
            return reading;
        }
        if listing { Err(Why::Several) } else { self.mentioned(&tokens) }
    }

    fn existing(&self, index: usize) -> Result<usize, Why> {
        if index < self.words.len() { Ok(index) } else { Err(Why::NoSuchOption) }
    }

    /// The longest option whose words begin at `at`, and the position after them.
    fn option_at(&self, tokens: &Tokens, at: usize) -> Option<(usize, usize)> {
        let mut best: Option<(usize, usize)> = None;
        for (index, own) in self.words.iter().enumerate() {
            if let Some(end) = self.matches(tokens, at, own)
                && best.is_none_or(|(_, longest)| end > longest)
            {
                best = Some((index, end));
            }
        }
        best
    }

    /// The position after the words of `own`, if they begin at `at`; marks, fillers and, in options of several words, what
    /// numbers a list do not count.
    fn matches(&self, tokens: &Tokens, start: usize, own: &[String]) -> Option<usize> {
        let mut found = 0;
        let mut between = 0;
        for at in start..tokens.len() {
            let is_word = tokens.kind(at) == Kind::Word;
            if is_word && self.same_word(tokens.text(at), own.get(found)?) {
                found += 1;
                between = 0;
                if found == own.len() {
                    return Some(at + 1);
                }
            } else if found == 0 || between > MOST_BETWEEN {
                return None;
            } else if is_word && !is_filler(tokens.text(at)) {
                between += 1;
                if !is_between_items(tokens.text(at)) {
                    return None;
                }
            }
        }
        None
    }

    /// Equal, a plural in s or the singular of one, or the same number written as a word.
    fn same_word(&self, text: &str, own: &str) -> bool {
        if text == own {
            return true;
        }
        if self.numeric {
            return number(text).is_some_and(|value| number(own) == Some(value));
        }
        let adds_s = |long: &str, short: &str| {
            long.strip_suffix('s').is_some_and(|stem| stem == short && stem.len() > 2)
        };
        (adds_s(text, own) || adds_s(own, text))
            && !self.words.iter().any(|words| words.iter().any(|word| word == text))
    }

    /// The option whose text is all that stands in `range`.
    fn whole(&self, tokens: &Tokens, range: Range<usize>) -> Option<usize> {
        let start = range.clone().find(|&at| tokens.kind(at) == Kind::Word)?;
        let (index, end) = self.option_at(tokens, start)?;
        (end..range.end).all(|at| tokens.kind(at) != Kind::Word).then_some(index)
    }

    /// The option named at `at`, by letter or by text; nothing if none is.
    fn named_at(&self, tokens: &Tokens, at: usize) -> Option<Result<usize, Why>> {
        if Self::is_label(tokens, at) {
            if Self::is_denied(tokens, at, at + 1) {
                return None;
            }
            if Self::has_alternative(tokens, at) {
                return Some(Err(Why::Several));
            }
            let index = tokens.letter(at)?;
            if index >= self.words.len() && tokens.kind(at + 1) == Kind::Word {
                // A pronoun or a stray letter, not an answer.
                return None;
            }
            return Some(self.existing(index).and_then(|index| self.uncontradicted(tokens, at, index)));
        }
        let (index, end) = self.option_at(tokens, at)?;
        if Self::is_denied(tokens, at, end) {
            return None;
        }
        let joined = tokens.after_marks(end);
        if matches!(tokens.text(joined), "or" | "或")
            && self.option_at(tokens, tokens.after_marks(joined + 1)).is_some()
        {
            return Some(Err(Why::Several));
        }
        Some(Ok(index))
    }

    /// `index`, unless the text beside its letter is that of another option and nothing more.
    fn uncontradicted(&self, tokens: &Tokens, at: usize, index: usize) -> Result<usize, Why> {
        if let Some((other, end)) = self.option_at(tokens, tokens.after_marks(at + 1))
            && other != index
            && tokens.kind(tokens.after_marks(end)) == Kind::Break
        {
            return Err(Why::Contradiction);
        }
        Ok(index)
    }

    /// What is said after any of `phrases`; for declarations, also what is called right.
    fn stated(&self, tokens: &Tokens, phrases: &[&[&str]], clue: Clue) -> Option<Reading> {
        let mut found = Vec::new();
        for at in tokens.words() {
            for phrase in phrases {
                if phrase.iter().enumerate().all(|(offset, word)| tokens.text(at + offset) == *word) {
                    found.extend(self.after_phrase(tokens, at + phrase.len()));
                }
            }
            if phrases == ANSWER && Self::is_called_right(tokens, at) {
                found.extend(self.named_at(tokens, at));
            }
        }
        if found.is_empty() {
            return None;
        }
        Some(super::agree(found.into_iter().map(|named| named.map(|index| (index, clue)))))
    }

    fn after_phrase(&self, tokens: &Tokens, start: usize) -> Option<Result<usize, Why>> {
        let mut breaks = 0;
        for at in start..(start + REACH).min(tokens.len()) {
            match tokens.kind(at) {
                Kind::Mark => {}
                Kind::Break => breaks += 1,
                Kind::Word => {
                    if let Some(named) = self.named_at(tokens, at) {
                        return Some(named);
                    }
                    let text = tokens.text(at);
                    let article = matches!(text, "a" | "an") && tokens.kind(at + 1) == Kind::Word;
                    if !article && !BETWEEN.contains(&text) {
                        return None;
                    }
                }
            }
            if breaks > 3 {
                return None;
            }
        }
        None
    }

    /// Whether the text lists options beside their letters instead of choosing one.
    fn is_listing(&self, tokens: &Tokens) -> bool {
        let is_delimiter = |at| matches!(tokens.text(at), "." | ")" | ":" | "]" | "-");
        let mut letters = BTreeSet::new();
        for at in tokens.words() {
            let Some(index) = tokens.letter(at) else { continue };
            let own = self.option_at(tokens, tokens.after_marks(at + 1));
            if own.is_some_and(|(option, _)| option == index) {
                letters.insert(index);
            }
        }
        for line in tokens.lines() {
            let start = tokens.after_marks(line.start);
            if let Some(index) = tokens.letter(start)
                && is_delimiter(start + 1)
            {
                letters.insert(index);
            }
        }
        letters.len() > 1
    }

    /// A letter at the head of the reply or of its last line, or a last line that is an option.
    fn labelled(&self, tokens: &Tokens, first: usize, listing: bool) -> Option<Reading> {
        let lines = tokens.lines();
        let last = lines.last()?.clone();
        let lone = |line: &Range<usize>| {
            let mut words = line.clone().filter(|&at| tokens.kind(at) == Kind::Word);
            match (words.next(), words.next()) {
                (Some(at), None) => tokens.letter(at),
                _ => None,
            }
        };
        if !listing
            && let Some(named) = Self::is_label(tokens, first).then(|| self.named_at(tokens, first)).flatten()
        {
            return Some(named.map(|index| (index, Clue::Label)));
        }
        if let Some(index) = lone(&last) {
            let others = lines.iter().filter_map(lone).any(|other| other != index);
            return Some(if others {
                Err(Why::Several)
            } else {
                self.existing(index).map(|index| (index, Clue::Label))
            });
        }
        if listing || lines.len() < 2 {
            return None;
        }
        if let Some(index) = self.whole(tokens, last.clone()) {
            return Some(Ok((index, Clue::Text)));
        }
        let head = last.clone().find(|&at| tokens.kind(at) == Kind::Word)?;
        let labels = Self::is_label(tokens, head) && tokens.kind(head + 1) == Kind::Mark;
        let named = if labels { self.named_at(tokens, head)? } else { return None };
        Some(named.map(|index| (index, Clue::Label)))
    }

    /// The only letter, else the only option, that occurs at all.
    fn mentioned(&self, tokens: &Tokens) -> Reading {
        let mut letters = BTreeSet::new();
        let mut texts = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        let mut past = 0;
        for at in tokens.words() {
            if tokens.is_upper(at) && Self::is_label(tokens, at) && !Self::is_denied(tokens, at, at + 1) {
                letters.extend(tokens.letter(at).filter(|&index| index < self.words.len()));
            }
            if Self::is_clock(tokens, at) {
                continue;
            }
            // "One" is more often a pronoun than a number.
            numbers.extend(number(tokens.text(at)).filter(|_| tokens.text(at) != "one"));
            if at >= past
                && let Some((index, end)) = self.option_at(tokens, at)
            {
                past = end;
                if !Self::is_denied(tokens, at, end) {
                    texts.insert(index);
                }
            }
        }
        let letter = letters.first().copied().filter(|_| letters.len() == 1);
        let text = texts.first().copied().filter(|_| texts.len() == 1);
        match (letter, text) {
            (Some(letter), Some(text)) if letter != text => Err(Why::Contradiction),
            (Some(letter), _) => Ok((letter, Clue::Mentioned)),
            // Of two numbers either may be the answer, whether or not it is among the options.
            (None, Some(_)) if self.numeric && numbers.len() > 1 => Err(Why::Several),
            (None, Some(text)) if letters.is_empty() => Ok((text, Clue::Mentioned)),
            _ if letters.is_empty() && texts.is_empty() => Err(Why::NoOption),
            _ => Err(Why::Several),
        }
    }
}
