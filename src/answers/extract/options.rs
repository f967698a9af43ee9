//! Where a text mentions an option, by its letter or by its words.
//!
//! In: the options; then tokens and a position. Out: the option that is mentioned there.

use std::collections::BTreeMap;

use super::absence::is_idle_denial;
use super::copula::answer_end;
use super::lexicon::is_name;
use super::numerals::{Thousands, is_below_zero, numeral};
use super::tokens::{Kind, Tokens, is_unspaced};

/// Words at most between two items of a list: "followed by the", "and finally 4".
const MOST_BETWEEN: u32 = 6;
/// Characters of Chinese after a number in characters that counts something, and what else may stand there.
const COUNTED: &[&str] = &[
    "辆", "个", "個", "次", "只", "条", "位", "种", "张", "幅", "处", "件", "颗", "名", "台", "首", "遍",
    "回", "款", "枚", "本", "朵", "架", "艘", "匹", "头", "棵", "块", "片", "把", "双", "部", "段", "项",
    "场", ".", ",", "!", "。", "\n", "*", "\"", "",
];
/// Numbers that no option has are told apart from letters that no option has by being above this.
const FOREIGN: usize = 1 << 16;
/// Any number below zero, which no option has.
const BELOW_ZERO: usize = FOREIGN - 1;

/// Words that number or join the items of a list.
const ITEM_WORDS: &[&str] = &[
    "first", "second", "third", "fourth", "fifth", "last", "lastly", "next", "finally", "followed", "by",
    "the", "a", "an", "that", "it", "at", "which", "is", "was", "comes", "came", "appears", "appeared",
    "shown", "before", "firstly", "secondly", "thirdly", "later", "先", "是", "然", "后", "最", "再", "接",
    "着", "依", "次", "第", "一", "二", "三", "四", "五", "首", "其", "到", "出", "现", "s", "sec",
    "seconds",
];

/// Words after which a letter is an answer, not an article or part of another word.
const AFTER_LETTER: &[&str] = &[
    "because", "since", "at", "in", "on", "from", "over", "rather", "instead", "if", "when", "while", "so",
    "too", "only", "though", "although", "unless", "than", "as", "is", "was", "for", "due", "and", "or",
    "given", "seems", "would", "based", "with", "appears", "isn't", "isnt", "wasn't", "doesn't", "didn't",
    "can't", "cannot", "won't", "can", "could", "might", "may", "will", "does", "has", "hasn't", "never",
    "seemed", "appeared", "looks", "fits", "matches", "are", "were", "but", "aren't", "also", "must",
    "should", "nor", "not", "oder", "ou", "или", "и", "o", "y", "und", "et", "hoặc", "atau",
];

/// Words before and after a number that measures or numbers something else.
const NUMBERED: &[&str] = &[
    "frame",
    "frames",
    "second",
    "minute",
    "step",
    "scene",
    "clip",
    "figure",
    "image",
    "shot",
    "segment",
    "question",
    "timestamp",
    "#",
    "第",
];
const UNITS: &[&str] = &[
    "s", "sec", "secs", "second", "seconds", "minute", "minutes", "min", "mins", "hour", "hours", "fps",
    "ms", "px", "frames", "%", "秒", "分", "帧", "点", "岁", "am", "pm", "st", "nd", "rd", "th", "percent",
];
/// Words beside which "one" is a pronoun.
const BEFORE_PRONOUN: &[&str] = &[
    "this", "that", "the", "which", "each", "no", "any", "other", "another", "correct", "right", "every",
    "second", "first", "last", "wrong", "as",
];
const AFTER_PRONOUN: &[&str] =
    &["of", "that", "who", "which", "with", "can", "might", "could", "would", "by", "after", "at"];

/// How an option is mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// "B".
    Letter,
    /// "Carol".
    Text,
}

/// An option, mentioned somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// 0 for A; at or above the number of options for a letter or a number that none has.
    pub(super) option: usize,
    pub(super) by: By,
}

/// Something that is mentioned in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::answers) struct Hit {
    /// Its number.
    pub(in crate::answers) value: usize,
    /// The token after it.
    pub(in crate::answers) end: usize,
}

/// The options of one question, or what else may be mentioned.
#[derive(Clone, Debug, Default)]
pub(in crate::answers) struct Options {
    /// The words of each name; empty where two options have the same.
    words: Vec<Vec<String>>,
    /// The option of each name.
    owners: Vec<usize>,
    /// Names by the stem of their first word.
    by_stem: BTreeMap<String, Vec<usize>>,
    /// Number of options.
    count: usize,
    numeric: bool,
    /// The options of whole numbers, where all options are.
    values: BTreeMap<u64, usize>,
    /// Whether letters name options.
    letters: bool,
    /// What a text mentions, by the first token, where it was looked for before.
    hits: Option<BTreeMap<usize, Hit>>,
}

/// What a word and its plural share.
fn stem(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word).trim_end_matches('s')
}

/// The words of a name that count.
fn name(text: &str) -> Vec<String> {
    let tokens = Tokens::new(text);
    let words = tokens.words().into_iter().map(|at| tokens.text(at).to_owned());
    words.filter(|word| !is_filler(word)).collect()
}

/// Words that carry an enumeration and no content: "a, b and then c" is "a, b, c".
fn is_filler(word: &str) -> bool {
    matches!(word, "and" | "then")
}

/// Words that may stand between the items of an option that lists several: "1. a 2. b", "first a, followed by b".
fn is_between_items(word: &str) -> bool {
    ITEM_WORDS.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit())
}

impl Options {
    /// Options that are shown with letters.
    pub(super) fn new(options: &[String]) -> Self {
        let names: Vec<Vec<String>> = options.iter().map(|option| name(option)).collect();
        let mut options = Self::of_names(&names, (0..options.len()).collect());
        options.letters = true;
        let value = |words: &Vec<String>| match words.as_slice() {
            [only] => only.parse().ok(),
            _ => None,
        };
        let values: Option<Vec<u64>> = options.words.iter().map(value).collect();
        options.numeric = values.is_some();
        options.values = values.unwrap_or_default().into_iter().zip(0..).collect();
        options
    }

    /// Labels, each with its aliases.
    pub(in crate::answers) fn of_labels(vocabulary: &[Vec<String>]) -> Self {
        let mut names: Vec<Vec<String>> = Vec::new();
        let mut owners = Vec::new();
        for (label, aliases) in vocabulary.iter().enumerate() {
            let first = names.len();
            for words in aliases.iter().map(|alias| name(alias)) {
                if !names[first..].contains(&words) {
                    names.push(words);
                    owners.push(label);
                }
            }
        }
        let mut labels = Self::of_names(&names, owners);
        labels.count = vocabulary.len();
        labels
    }

    /// What was found in one text: `hits` by their first tokens, of `count` things.
    pub(in crate::answers) fn of_hits(hits: BTreeMap<usize, Hit>, count: usize, numeric: bool) -> Self {
        Self { hits: Some(hits), count, numeric, ..Self::default() }
    }

    fn of_names(all: &[Vec<String>], owners: Vec<usize>) -> Self {
        let mut times: BTreeMap<&Vec<String>, usize> = BTreeMap::new();
        for words in all {
            *times.entry(words).or_default() += 1;
        }
        let words: Vec<Vec<String>> =
            all.iter().map(|words| if times[words] == 1 { words.clone() } else { Vec::new() }).collect();
        let mut by_stem: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, words) in words.iter().enumerate() {
            if let Some(first) = words.first() {
                by_stem.entry(stem(first).to_owned()).or_default().push(index);
            }
        }
        Self { count: words.len(), words, owners, by_stem, ..Self::default() }
    }

    /// Number of options.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Whether every option is a number.
    pub(super) fn are_numbers(&self) -> bool {
        self.numeric
    }

    /// What is mentioned at `at`, and the position after it.
    pub(super) fn mention(&self, tokens: &Tokens, at: usize) -> Option<(Mention, usize)> {
        if tokens.kind(at) != Kind::Word {
            return None;
        }
        if let Some(hits) = &self.hits {
            let hit = hits.get(&at)?;
            return Some((Mention { option: hit.value, by: By::Text }, hit.end));
        }
        if self.is_label(tokens, at) {
            return Some((Mention { option: tokens.letter(at)?, by: By::Letter }, at + 1));
        }
        if self.numeric {
            let (option, end) = self.number_at(tokens, at)?;
            return counts(tokens, at, end).then_some((Mention { option, by: By::Text }, end));
        }
        self.option_at(tokens, at).map(|(option, end)| (Mention { option, by: By::Text }, end))
    }

    /// The option whose text is all that `tokens` say.
    pub(super) fn whole(&self, tokens: &Tokens) -> Option<usize> {
        let start = (0..tokens.len()).find(|&at| tokens.kind(at) == Kind::Word)?;
        let (option, end) = if let Some(hits) = &self.hits {
            hits.get(&start).map(|hit| (hit.value, hit.end))?
        } else if self.numeric {
            self.number_at(tokens, start).filter(|(option, _)| *option < self.count)?
        } else {
            self.option_at(tokens, start)?
        };
        (end..tokens.len()).all(|at| tokens.kind(at) != Kind::Word).then_some(option)
    }

    /// The option of the number that begins at `at`, or what stands for a number that none has; and the position after it.
    fn number_at(&self, tokens: &Tokens, at: usize) -> Option<(usize, usize)> {
        let found = numeral(tokens, at, Thousands::Grouped)?;
        let value = found.whole()?;
        let foreign = FOREIGN.saturating_add(usize::try_from(value).unwrap_or(usize::MAX));
        if is_below_zero(tokens, at, None) {
            return Some((BELOW_ZERO, found.end));
        }
        Some((self.values.get(&value).copied().unwrap_or(foreign), found.end))
    }

    /// The longest option whose words begin at `at`, and the position after them.
    fn option_at(&self, tokens: &Tokens, at: usize) -> Option<(usize, usize)> {
        let mut best: Option<(usize, usize)> = None;
        for &index in self.by_stem.get(stem(tokens.text(at)))? {
            if let Some(end) = self.matches(tokens, at, &self.words[index])
                && let Some(end) = answer_end(tokens, at, end)
                && best.is_none_or(|(_, longest)| end > longest)
                && !is_idle_denial(tokens, at, end)
            {
                best = Some((self.owners[index], end));
            }
        }
        best
    }

    /// The position after `words`, if they begin at `start`; marks, fillers and, in options of several words, what numbers a
    /// list do not count.
    fn matches(&self, tokens: &Tokens, start: usize, words: &[String]) -> Option<usize> {
        let mut found = 0;
        let mut between = 0;
        let mut marks = 0;
        for at in start..tokens.len() {
            let is_word = tokens.kind(at) == Kind::Word;
            let text = tokens.text(at);
            if is_word && self.same_word(text, words.get(found)?) {
                found += 1;
                (between, marks) = (0, 0);
                if found == words.len() {
                    return Some(at + 1);
                }
            } else if found == 0 || between > MOST_BETWEEN || marks > MOST_BETWEEN {
                return None;
            } else if !is_word {
                marks += 1;
            } else if !is_filler(text) {
                between += 1;
                let turned =
                    text == "after" && !matches!(tokens.text(at + 1), "that" | "which" | "this" | "it");
                if turned || text != "after" && !is_between_items(text) {
                    return None;
                }
            }
        }
        None
    }

    /// Equal, or a plural in s or the singular of one.
    fn same_word(&self, text: &str, own: &str) -> bool {
        if text == own || text.strip_suffix("'s") == Some(own) {
            return true;
        }
        let adds_s = |long: &str, short: &str| {
            long.strip_suffix('s').is_some_and(|stem| stem == short && stem.len() > 2)
        };
        (adds_s(text, own) || adds_s(own, text))
            && !self.words.iter().any(|words| words.iter().any(|word| word == text))
    }

    /// Whether the lone letter at `at` stands for an option and not for a word.
    pub(super) fn is_label(&self, tokens: &Tokens, at: usize) -> bool {
        let Some(index) = tokens.letter(at).filter(|_| self.letters) else { return false };
        if is_name(tokens, at) {
            return false;
        }
        if index == 0 && !tokens.is_upper(at) && is_emphasised(tokens, at + 1) {
            // An article before a word that is set off: "a **banana**".
            return false;
        }
        if tokens.kind(at + 1) != Kind::Word || is_unspaced(tokens.text(at + 1)) {
            // "B-roll" is a word.
            return !(tokens.text(at + 1) == "-"
                && !tokens.is_spaced(at + 1)
                && !tokens.is_spaced(at + 2)
                && tokens.kind(at + 2) == Kind::Word
                && tokens.letter(at + 2).is_none()
                && self.option_at(tokens, at + 2).is_none());
        }
        if index >= self.count {
            // A pronoun or a stray letter, not an answer.
            return false;
        }
        let next = tokens.text(at + 1);
        // A and I are words of English; the rest of the alphabet is not.
        let is_word = index == 0 || index == 8;
        if tokens.is_upper(at) && !is_word {
            return true;
        }
        AFTER_LETTER.contains(&next)
            && (tokens.is_upper(at) || matches!(next, "or" | "and" | "because" | "since"))
    }
}

/// Whether a word in marks of emphasis or quotation begins at `at`, after a space.
fn is_emphasised(tokens: &Tokens, at: usize) -> bool {
    let word = (at..tokens.len()).find(|&next| !matches!(tokens.text(next), "*" | "**" | "_" | "`" | "\""));
    word.is_some_and(|word| {
        word > at
            && tokens.is_spaced(at)
            && tokens.kind(word) == Kind::Word
            && (at + 1..=word).all(|next| !tokens.is_spaced(next))
    })
}

/// Whether the number at `at` is part of a time, a measure or a numbering.
pub(in crate::answers) fn is_measure(tokens: &Tokens, at: usize) -> bool {
    let digits =
        |at: usize| !tokens.text(at).is_empty() && tokens.text(at).bytes().all(|b| b.is_ascii_digit());
    let minutes = |at: usize| tokens.text(at + 1) == ":" && digits(at + 2) && tokens.text(at + 2).len() == 2;
    let before = at.checked_sub(1).map_or("", |before| tokens.text(before));
    let clock = digits(at) && (minutes(at) || at >= 2 && digits(at - 2) && minutes(at - 2));
    let after = if tokens.text(at + 1) == "-" { at + 2 } else { at + 1 };
    let pronoun = tokens.text(at) == "one"
        && (BEFORE_PRONOUN.contains(&before) || AFTER_PRONOUN.contains(&tokens.text(at + 1)));
    clock || pronoun || NUMBERED.contains(&before) || UNITS.contains(&tokens.text(after))
}

/// Whether the number from `start` to `end` is neither a time, a length, an ordinal, nor part of another word.
pub(in crate::answers) fn counts(tokens: &Tokens, start: usize, end: usize) -> bool {
    let first = tokens.text(start);
    let before = start.checked_sub(1).map_or("", |at| tokens.text(at));
    if !first.is_ascii() {
        return before != "第" && COUNTED.contains(&tokens.text(end));
    }
    // The "one" of "twenty-one of them" is no pronoun.
    let is_unit = end > start + 1 && tokens.text(end - 1) == "one";
    let measures = is_measure(tokens, start) || !is_unit && is_measure(tokens, end - 1);
    !measures && !UNITS.contains(&tokens.text(end))
}
