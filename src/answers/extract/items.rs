//! The items of a list, put together: "1. red 2. blue", one a line, "first red, then blue".
//!
//! In: chunks of a text of which several things are wanted. Out: the same chunks, where what stands between two items and says
//! nothing else is a comma; and a word that stands where an item would is one that is not known.

use std::collections::BTreeMap;
use std::ops::Range;

use super::chunks::{Chunk, What};
use super::lexicon::Role;
use super::options::{By, Mention};
use super::tokens::Tokens;
use super::wanted::Wanted;

/// Chunks at most between two items.
const REACH: usize = 40;
/// Words at most of an item that is not known.
const LONGEST_ITEM: usize = 2;

/// Words that may stand between items and say nothing of them.
const PLAIN: &[&str] = &[
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "last",
    "lastly",
    "next",
    "finally",
    "followed",
    "by",
    "the",
    "a",
    "an",
    "that",
    "it",
    "at",
    "which",
    "is",
    "was",
    "comes",
    "came",
    "appears",
    "appeared",
    "appear",
    "shown",
    "before",
    "firstly",
    "secondly",
    "thirdly",
    "later",
    "then",
    "s",
    "sec",
    "seconds",
    "second's",
    "minutes",
    "minute",
    "mark",
    "in",
    "start",
    "end",
    "beginning",
    "middle",
    "video",
    "around",
    "about",
    "frame",
    "from",
    "to",
    "until",
    "again",
    "also",
    "another",
    "one",
    "on",
    "screen",
    "time",
    "times",
    "colour",
    "color",
    "先",
    "是",
    "然",
    "后",
    "最",
    "再",
    "接",
    "着",
    "依",
    "次",
    "第",
    "一",
    "二",
    "三",
    "四",
    "五",
    "首",
    "其",
    "到",
    "出",
    "现",
    "秒",
    "在",
    "色",
    "个",
];
/// Words that alone join two items.
const JOINING: &[&str] =
    &["then", "followed", "next", "finally", "lastly", "later", "before", "然", "再", "接", "后", "到"];
/// Words that follow a list or lead to it, and are no items.
const NO_ITEMS: &[&str] = &[
    "respectively",
    "obviously",
    "order",
    "total",
    "please",
    "thanks",
    "well",
    "ok",
    "okay",
    "sure",
    "certainly",
    "colors",
    "colours",
    "words",
    "names",
    "here",
    "looking",
    "etc",
    "together",
    "all",
    "today",
    "first",
    "then",
    "too",
    "once",
    "twice",
    "sequence",
    "overall",
    "alright",
];

/// Joins the items among `chunks`; things from `known` on are not known.
pub(super) fn join(tokens: &Tokens, chunks: &[Chunk], known: usize, wanted: Wanted) -> Vec<Chunk> {
    let chunks = without_numbering(tokens, chunks);
    let mut joined: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let mut items = Unknown { known, words: BTreeMap::new() };
    let named = wanted != Wanted::Spans;
    let mentions: Vec<usize> = (0..chunks.len()).filter(|&at| is_mention(&chunks[at])).collect();
    let mut from = 0;
    for (place, &at) in mentions.iter().enumerate() {
        if place == 0 {
            let lead = if named { items.leading(tokens, &chunks, at) } else { None };
            match lead {
                Some((start, item)) => {
                    joined.extend_from_slice(&chunks[..start]);
                    joined.extend([item, comma(&chunks[at])]);
                }
                None => joined.extend_from_slice(&chunks[..at]),
            }
        } else {
            items.between(tokens, &chunks, from..at, named, &mut joined);
        }
        joined.push(chunks[at]);
        from = at + 1;
    }
    let tail = if named && !mentions.is_empty() { items.trailing(tokens, &chunks, from) } else { None };
    if let Some((end, item)) = tail {
        joined.extend([comma(&item), item]);
        from = end;
    }
    joined.extend_from_slice(&chunks[from..]);
    joined
}

fn is_mention(chunk: &Chunk) -> bool {
    matches!(chunk.what, What::Mention(_))
}

fn comma(beside: &Chunk) -> Chunk {
    Chunk { what: What::Mark(','), token: beside.token }
}

/// The chunks, with "1." or "2)" before an item as a comma.
fn without_numbering(tokens: &Tokens, chunks: &[Chunk]) -> Vec<Chunk> {
    let mut out: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let mut at = 0;
    while at < chunks.len() {
        let is_number = chunks[at].what == What::Word
            && tokens.text(chunks[at].token).bytes().all(|byte| byte.is_ascii_digit());
        let delimited = chunks.get(at + 1).is_some_and(|next| next.is_mark(".):"));
        let item = chunks[at..].iter().skip(2).take(6).find(|chunk| !chunk.is_dress());
        let apart = out.last().is_none_or(|last| !matches!(last.what, What::Word));
        if is_number && delimited && apart && item.is_some_and(is_mention) {
            out.push(comma(&chunks[at]));
            at += 2;
        } else {
            out.push(chunks[at]);
            at += 1;
        }
    }
    out
}

/// Whether nothing but marks stands between the beginning of a line and `at`.
fn heads_line(chunks: &[Chunk], at: usize) -> bool {
    let mut before = chunks[..at].iter().rev().take(8);
    before.find(|chunk| !matches!(chunk.what, What::Mark(_))).is_none_or(|chunk| chunk.what == What::Break)
}

/// Whether words of `chunks` deny, doubt or judge.
fn judges(chunks: &[Chunk]) -> bool {
    let roles = [
        Role::Not,
        Role::Deny,
        Role::Except,
        Role::Or,
        Role::Else,
        Role::Maybe,
        Role::Could,
        Role::Possible,
        Role::Right,
        Role::Yes,
        Role::Turn,
        Role::Retract,
        Role::If,
        Role::Concede,
        Role::Others,
        Role::Answer,
        Role::Final,
        Role::Choose,
    ];
    chunks.iter().any(|chunk| matches!(chunk.what, What::Role(role) if roles.contains(&role)))
}

/// Items that are not known, as they are met.
struct Unknown {
    known: usize,
    /// What they are called, and their places in the order in which they are met.
    words: BTreeMap<String, usize>,
}

impl Unknown {
    /// What stands between the items before and after `gap`.
    fn between(
        &mut self,
        tokens: &Tokens,
        chunks: &[Chunk],
        gap: Range<usize>,
        named: bool,
        joined: &mut Vec<Chunk>,
    ) {
        let between = &chunks[gap.clone()];
        if between.is_empty() || between.len() > REACH || judges(between) {
            joined.extend_from_slice(between);
            return;
        }
        let and = between.iter().find(|chunk| chunk.is(Role::And));
        let unknown = if named { self.within(tokens, between) } else { None };
        let listed = gap.start > 0 && heads_line(chunks, gap.start - 1) && heads_line(chunks, gap.end);
        if let Some(item) = unknown {
            joined.extend([comma(&item), item, comma(&item)]);
        } else if is_joint(tokens, between) || listed && breaks(between) == 1 {
            joined.push(comma(&between[0]));
            joined.extend(and);
        } else {
            joined.extend_from_slice(between);
        }
    }

    /// The item between two commas.
    fn within(&mut self, tokens: &Tokens, between: &[Chunk]) -> Option<Chunk> {
        let separates =
            |chunk: &Chunk| chunk.is_mark(",;/|") || chunk.is(Role::And) || chunk.what == What::Break;
        let first = between.iter().position(|chunk| !chunk.is_dress())?;
        let last = between.iter().rposition(|chunk| !chunk.is_dress() && !chunk.is_mark("-"))?;
        if last <= first || !separates(&between[first]) || !separates(&between[last]) {
            return None;
        }
        self.item(tokens, &between[first + 1..last])
    }

    /// The item before the first that is known, and where it begins.
    fn leading(&mut self, tokens: &Tokens, chunks: &[Chunk], at: usize) -> Option<(usize, Chunk)> {
        let comma = (0..at).rev().take(4).find(|&at| !chunks[at].is_dress())?;
        if !chunks[comma].is_mark(",") {
            return None;
        }
        let start = (0..comma).rev().take(LONGEST_ITEM + 6).find(|&at| {
            chunks[at].is_mark(":.!,") || chunks[at].what == What::Break || chunks[at].is(Role::Verb)
        });
        let start = start.map_or(0, |start| start + 1);
        (comma - start <= LONGEST_ITEM + 6).then_some(())?;
        self.item(tokens, &chunks[start..comma]).map(|item| (start, item))
    }

    /// The item behind the last that is known, and where it ends.
    fn trailing(&mut self, tokens: &Tokens, chunks: &[Chunk], from: usize) -> Option<(usize, Chunk)> {
        let separates = |chunk: &Chunk| chunk.is_mark(",/|") || chunk.is(Role::And);
        let comma = (from..chunks.len()).take(4).find(|&at| !chunks[at].is_dress())?;
        if !separates(&chunks[comma]) {
            return None;
        }
        let is_end = |at: &usize| {
            chunks.get(*at).is_none_or(|chunk| chunk.is_mark(".!]})") || chunk.what == What::Break)
        };
        let end = (comma + 1..=chunks.len()).take(LONGEST_ITEM + 6).find(is_end)?;
        let rest = chunks[end..].iter().any(|chunk| !matches!(chunk.what, What::Mark(_) | What::Break));
        let item = self.item(tokens, &chunks[comma + 1..end]).filter(|_| !rest)?;
        Some((end, item))
    }

    /// `chunks` as an item, if they are one or two plain words.
    fn item(&mut self, tokens: &Tokens, chunks: &[Chunk]) -> Option<Chunk> {
        let words: Vec<&Chunk> =
            chunks.iter().filter(|chunk| !chunk.is_dress() && !chunk.is(Role::And)).collect();
        let is_item = |chunk: &&Chunk| {
            let text = tokens.text(chunk.token);
            chunk.what == What::Word
                && !PLAIN.contains(&text)
                && !NO_ITEMS.contains(&text)
                && text.chars().all(char::is_alphabetic)
        };
        if words.is_empty() || words.len() > LONGEST_ITEM || !words.iter().all(is_item) {
            return None;
        }
        let text: Vec<&str> = words.iter().map(|chunk| tokens.text(chunk.token)).collect();
        let text = text.join(" ");
        let next = self.words.len();
        let place = *self.words.entry(text).or_insert(next);
        let mention = Mention { option: self.known + place, by: By::Text };
        Some(Chunk { what: What::Mention(mention), token: words[0].token })
    }
}

fn breaks(chunks: &[Chunk]) -> usize {
    chunks.iter().filter(|chunk| chunk.what == What::Break).count()
}

/// Whether `between` joins two items and says nothing else.
fn is_joint(tokens: &Tokens, between: &[Chunk]) -> bool {
    let mut joins = false;
    let mut depth = 0_u32;
    for chunk in between {
        let text = tokens.text(chunk.token);
        match chunk.what {
            What::Mark('(') => depth += 1,
            What::Mark(')') => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            What::Mark('.' | '!' | '?' | '=' | '~') | What::Mention(_) => return false,
            What::Mark(mark) => joins |= ",;/&|+>-•·".contains(mark),
            What::Break | What::Role(Role::And) => joins = true,
            What::Role(Role::Between | Role::Verb | Role::Relative | Role::That) => {
                joins |= JOINING.contains(&text);
            }
            What::Role(_) => return false,
            What::Word => {
                let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                if !PLAIN.contains(&text) && !digits {
                    return false;
                }
                joins |= JOINING.contains(&text);
            }
        }
    }
    joins && depth == 0 && breaks(between) <= 2
}
