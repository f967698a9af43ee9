//! Where in a reply a group of mentions stands: at its head, alone in a line, in the last line, in bold.
//!
//! In: tokens, chunks and clauses. Out: yes or no.

use std::collections::BTreeMap;

use super::chunks::{Chunk, Group, What};
use super::clauses::Clause;
use super::options::By;
use super::tier::Tier;
use super::tokens::{Kind, Tokens};

/// The lines of a reply.
pub(super) struct Layout<'a> {
    tokens: &'a Tokens,
    chunks: &'a [Chunk],
    /// Letters at the heads of lines or beside their texts, and how often.
    listed: BTreeMap<usize, usize>,
    /// The second of them.
    second: Option<usize>,
    first_word: usize,
    last_line: usize,
    /// No letters are shown.
    open: bool,
}

/// Words after which a number is the sum of what was said, and words behind it that call it one.
const CONCLUDING: &[&str] = &["so", "therefore", "thus", "hence", "altogether", "overall", "所以", "因此"];
const SUMMED: &[&str] = &["total", "altogether", "overall"];
/// Words that go on from what was said before.
const ADDING: &[&str] = &[
    "also",
    "again",
    "another",
    "second",
    "third",
    "fourth",
    "too",
    "then",
    "later",
    "finally",
    "next",
    "once",
    "又",
    "再",
    "也",
    "还",
    "二",
    "三",
    "四",
    "最",
    "additionally",
    "reappears",
    "returns",
];

impl<'a> Layout<'a> {
    pub(super) fn new(tokens: &'a Tokens, chunks: &'a [Chunk], clauses: &[Clause], open: bool) -> Self {
        let is_word = |chunk: &Chunk| !matches!(chunk.what, What::Mark(_) | What::Break);
        let mut layout = Self {
            tokens,
            chunks,
            listed: BTreeMap::new(),
            second: None,
            first_word: chunks.iter().position(is_word).unwrap_or(0),
            last_line: clauses.last().map_or(0, |clause| clause.line),
            open,
        };
        layout.count_listed(clauses);
        layout
    }

    /// Letters that stand at the head of a line, or beside their own text, and how often.
    fn count_listed(&mut self, clauses: &[Clause]) {
        let mut listed = BTreeMap::new();
        let mut order = Vec::new();
        for clause in clauses {
            for group in &clause.groups {
                let delimited = self.chunks.get(group.start + 1).is_some_and(|chunk| chunk.is_mark(".):]-*"));
                let paired = group.letter && group.text && !group.conflict;
                if group.letter && (paired || delimited && self.heads_line(group.start)) {
                    order.push(group.options[0]);
                    for option in &group.options {
                        *listed.entry(*option).or_insert(0) += 1;
                    }
                }
            }
        }
        self.second = order.get(1).copied();
        self.listed = listed;
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether a word beside a group goes on from what was said before it.
    pub(super) fn adds(&self, left: &[Chunk], right: &[Chunk]) -> bool {
        let adding = |chunk: &Chunk| ADDING.contains(&self.tokens.text(chunk.token));
        self.open && left.iter().chain(right).any(adding)
    }

    /// Whether the words beside a group call it the sum of what was said: "so there are 5", "5 in total".
    pub(super) fn concludes(&self, group: &Group, left: &[Chunk], right: &[Chunk]) -> bool {
        let has = |chunks: &[Chunk], words: &[&str]| {
            chunks.iter().any(|chunk| words.contains(&self.tokens.text(chunk.token)))
        };
        let before = self.chunks[..group.start].iter().rev().take(4).find(|chunk| !chunk.is_dress());
        let equals = before.is_some_and(|chunk| chunk.is_mark("="));
        self.open && (has(left, CONCLUDING) || has(right, SUMMED) || equals)
    }

    pub(super) fn is_listing(&self) -> bool {
        self.listed.len() > 1
    }

    /// Whether nothing but marks stands before `at` in its line.
    pub(super) fn heads_line(&self, at: usize) -> bool {
        let mut before = self.chunks[..at].iter().rev().take(8);
        before
            .find(|chunk| !matches!(chunk.what, What::Mark(_)))
            .is_none_or(|chunk| chunk.what == What::Break)
    }

    /// Whether nothing but marks stands from `at` to the end of the line.
    pub(super) fn ends_line(&self, at: usize) -> bool {
        let mut after = self.chunks[at..].iter().take(8);
        after.find(|chunk| !matches!(chunk.what, What::Mark(_))).is_none_or(|chunk| chunk.what == What::Break)
    }

    /// Whether nothing but marks stands behind the group in its clause, and the clause ends with its sentence.
    fn ends_clause(&self, clause: &Clause, group: &Group) -> bool {
        let is_mark = |chunk: &Chunk| matches!(chunk.what, What::Mark(_));
        self.chunks[group.end..clause.end].iter().all(is_mark)
            && self
                .chunks
                .get(clause.end)
                .is_none_or(|chunk| chunk.what == What::Break || chunk.is_mark(".!;:(-"))
    }

    pub(super) fn is_wrapped(&self, group: &Group, mark: &str) -> bool {
        let pair = |chunks: &[Chunk]| chunks.len() == 2 && chunks.iter().all(|chunk| chunk.is_mark(mark));
        let behind = |from: usize| self.chunks.get(from..from + 2).is_some_and(pair);
        group.start >= 2
            && pair(&self.chunks[group.start - 2..group.start])
            && (behind(group.end) || behind(group.end + 1))
    }

    pub(super) fn is_struck(&self, group: &Group) -> bool {
        self.is_wrapped(group, "~")
    }

    /// Whether the group is the head of the reply, a line of its own, or the last line.
    pub(super) fn label(&self, clause: &Clause, group: &Group) -> Option<Tier> {
        let first = self.chunks[group.start];
        let What::Mention(mention) = first.what else { return None };
        let heads = self.heads_line(group.start);
        let alone = heads && self.ends_line(group.end);
        let is_last = clause.line == self.last_line;
        let several_lines = self.last_line > 0;
        if mention.by == By::Text {
            let several = group.options.len() > 1;
            let at_head = self.open && group.start == self.first_word && self.ends_clause(clause, group);
            let at_end = alone && is_last && several_lines && (self.open || !several);
            return (at_end || at_head).then_some(Tier::Label);
        }
        if alone && !group.text && group.options.len() == 1 {
            return Some(Tier::Label);
        }
        let repeated = self.listed.get(&mention.option).is_some_and(|&times| times > 1);
        // An answer before a list of all options is not the first of its items.
        let before_list = self.listed.len() > 2
            && group.start == self.first_word
            && self.second != Some(mention.option + 1);
        if self.is_listing() && !repeated && !before_list {
            return None;
        }
        let next = first.token + 1;
        let strict = self.tokens.kind(next) != Kind::Word;
        let loose = group.text && !group.conflict
            || matches!(
                self.tokens.text(next),
                "because" | "since" | "as" | "for" | "due" | "given" | "based"
            );
        let at_head = group.start == self.first_word && (strict || loose);
        let at_last = heads && is_last && several_lines && self.tokens.kind(next) == Kind::Mark;
        (at_head || at_last).then_some(Tier::Label)
    }
}
