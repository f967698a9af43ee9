//! A text as sentences and clauses.
//!
//! In: chunks. Out: clauses in order, each with its groups of mentions, the sentence and the line it stands in, and how it is set
//! off from the clause before it. A denial, a hedge or a condition reaches no further than its clause.

use super::chunks::{Chunk, Group, Setting, What, group, is_list};
use super::lexicon::Role;
use super::options::By;

/// What sets a clause off from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// The beginning of a sentence.
    Sentence,
    /// A comma, or the end of a bracket.
    Comma,
    /// A colon, a dash, an arrow or an opening bracket.
    Aside,
    /// A word such as "but".
    Word,
}

/// A part of a sentence that says one thing.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// Its first chunk, and the one after its last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) groups: Vec<Group>,
    pub(super) edge: Edge,
    /// The number of its sentence, and of its line.
    pub(super) sentence: usize,
    pub(super) line: usize,
    /// Whether its sentence ends with a question mark.
    pub(super) asks: bool,
}

struct Splitter<'a> {
    chunks: &'a [Chunk],
    clauses: Vec<Clause>,
    groups: Vec<Group>,
    start: usize,
    edge: Edge,
    sentence: usize,
    line: usize,
    /// Whether words of the clause so far set aside what follows.
    set_aside: bool,
}

/// Splits `chunks`; `spaced` tells of a token whether a space stands before it.
pub(super) fn split(chunks: &[Chunk], spaced: impl Fn(usize) -> bool) -> Vec<Clause> {
    let mut splitter = Splitter {
        chunks,
        clauses: Vec::new(),
        groups: Vec::new(),
        start: 0,
        edge: Edge::Sentence,
        sentence: 0,
        line: 0,
        set_aside: false,
    };
    let list = is_list(chunks);
    let mut at = 0;
    while at < chunks.len() {
        at = match chunks[at].what {
            What::Mention(mention) => {
                let heads_item = list && splitter.edge == Edge::Sentence;
                let group = group(chunks, at, mention, Setting { heads_item, set_aside: splitter.set_aside });
                let end = group.end;
                splitter.groups.push(group);
                end
            }
            What::Role(role) => {
                if at > splitter.start && splitter.is_split_by(role) {
                    splitter.cut(at, at, Edge::Word);
                }
                splitter.set_aside |= role == Role::Except;
                at + 1
            }
            What::Mark(mark) => {
                splitter.mark(mark, at, spaced(chunks[at].token));
                at + 1
            }
            What::Break => {
                splitter.cut(at, at + 1, Edge::Sentence);
                splitter.line += 1;
                at + 1
            }
            What::Word => at + 1,
        };
    }
    splitter.cut(chunks.len(), chunks.len(), Edge::Sentence);
    splitter.clauses
}

impl Splitter<'_> {
    fn mark(&mut self, mark: char, at: usize, spaced: bool) {
        let next = at + 1;
        match mark {
            '.' | '!' | ';' | '…' => self.cut(at, next, Edge::Sentence),
            '?' => {
                let sentence = self.sentence;
                self.cut(at, next, Edge::Sentence);
                for clause in self.clauses.iter_mut().rev().take_while(|clause| clause.sentence == sentence) {
                    clause.asks = true;
                }
            }
            // "(B)" is a letter, not an aside.
            '(' if self.is_label(at + 1) => {}
            ')' if at > 0 && (self.is_label(at - 1) || self.closes_group(at)) => {}
            ',' | ')' => self.cut(at, next, Edge::Comma),
            '(' => self.cut(at, next, Edge::Aside),
            '-' if spaced && !self.groups.is_empty() => self.cut(at, next, Edge::Aside),
            '-' if spaced && !self.leads_on(at) => self.cut(at, next, Edge::Comma),
            ':' | '>' | '=' | '|' if !self.groups.is_empty() => self.cut(at, next, Edge::Aside),
            _ => {}
        }
    }

    /// Whether the chunk at `at` is a letter alone in brackets.
    fn is_label(&self, at: usize) -> bool {
        let is_letter = matches!(self.chunks.get(at).map(|chunk| chunk.what), Some(What::Mention(mention)) if mention.by == By::Letter);
        is_letter
            && at > 0
            && self.chunks[at - 1].is_mark("(")
            && self.chunks.get(at + 1).is_some_and(|chunk| chunk.is_mark(")"))
    }

    /// Whether the bracket at `at` closes one within the group before it: "B (Carol)".
    fn closes_group(&self, at: usize) -> bool {
        self.groups.last().is_some_and(|group| {
            group.end == at && self.chunks[group.start..group.end].iter().any(|chunk| chunk.is_mark("("))
        })
    }

    /// Whether a phrase such as "answer" stands before `at`.
    fn leads_on(&self, at: usize) -> bool {
        at > self.start
            && [Role::Answer, Role::Final, Role::Choose, Role::Noun]
                .iter()
                .any(|role| self.chunks[at - 1].is(*role))
    }

    /// Whether a word of this role begins a new clause.
    fn is_split_by(&self, role: Role) -> bool {
        match role {
            Role::Split | Role::Concede | Role::If | Role::Retract | Role::Else => true,
            // "or maybe C" after something else; "and" before a new statement.
            Role::And | Role::Or => !self.groups.is_empty(),
            _ => false,
        }
    }

    /// Ends the clause at `end`; the next begins at `next`.
    fn cut(&mut self, end: usize, next: usize, edge: Edge) {
        let says = self.chunks[self.start..end]
            .iter()
            .any(|chunk| !matches!(chunk.what, What::Mark(_) | What::Break));
        if says {
            self.clauses.push(Clause {
                start: self.start,
                end,
                groups: std::mem::take(&mut self.groups),
                edge: self.edge,
                sentence: self.sentence,
                line: self.line,
                asks: false,
            });
            self.edge = edge;
        } else if edge == Edge::Sentence || self.edge == Edge::Comma {
            self.edge = edge;
        }
        if edge == Edge::Sentence {
            self.sentence += 1;
        }
        self.start = next;
        self.set_aside = false;
    }
}
