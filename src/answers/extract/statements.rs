//! What a text says of its options, clause by clause.
//!
//! In: chunks and clauses. Out: events in order: a statement of one or several options, with its stance and its strength; a turn
//! ("wait"), or that what was said is taken back.

use super::chunks::{Chunk, Group, What};
use super::clauses::{Clause, Edge};
use super::event::{Event, Manner, Named, Stance, Statement};
use super::layout::Layout;
use super::lexicon::{Role, asks};
use super::stance::{self, After, Before, Verdict};
use super::tier::{Tier, denies, is_empty, is_noun_of, leads, named_by};
use super::tokens::Tokens;

/// Chunks before a group that are looked at.
const LEFT: usize = 48;
/// Lines at most between a heading such as "Answer:" and the answer.
const HEADING_REACH: usize = 4;

/// Reads statements from clauses.
pub(super) struct Speaker<'a> {
    tokens: &'a Tokens,
    chunks: &'a [Chunk],
    clauses: &'a [Clause],
    layout: Layout<'a>,
    events: Vec<Event>,
    /// A phrase that waits for its answer, and its line.
    pending: Option<(Tier, usize)>,
    /// Sentences of which the rest names nothing, of prompt, condition or the words of others.
    instructed: Option<usize>,
    supposed: Option<usize>,
    /// The clause that the words of others reach.
    others: Option<usize>,
    /// The clause that "for example," reaches.
    example: Option<usize>,
    questioned: bool,
    /// The last statement among the events.
    last: Option<usize>,
    /// What the words of the clause so far take from its options.
    reach: Reach,
}

/// Words of a clause that reach all groups after them.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    /// "if", or the words of others.
    silences: bool,
    /// "although".
    grants: bool,
    /// "would", with a condition after the clause.
    supposes: bool,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(tokens: &'a Tokens, chunks: &'a [Chunk], clauses: &'a [Clause], open: bool) -> Self {
        Self {
            tokens,
            chunks,
            clauses,
            layout: Layout::new(tokens, chunks, clauses, open),
            events: Vec::new(),
            pending: None,
            instructed: None,
            supposed: None,
            others: None,
            example: None,
            questioned: false,
            last: None,
            reach: Reach::default(),
        }
    }

    pub(super) fn events(mut self) -> Vec<Event> {
        for index in 0..self.clauses.len() {
            self.clause(index);
        }
        self.events
    }

    fn clause(&mut self, index: usize) {
        let clauses = self.clauses;
        let clause = &clauses[index];
        let chunks = &self.chunks[clause.start..clause.end];
        let opens = index == 0 || clauses[index - 1].sentence != clause.sentence;
        if opens {
            self.questioned = clause.asks && self.is_question(clause);
        }
        let head = chunks.iter().find(|chunk| !matches!(chunk.what, What::Mark(_) | What::Break));
        match head.map(|chunk| chunk.what) {
            Some(What::Role(Role::Turn)) => self.events.push(Event::Turn),
            Some(What::Role(Role::Retract)) => self.events.push(Event::TakenBack),
            _ => {}
        }
        if clause.groups.is_empty() {
            self.bare_words(index);
            return;
        }
        self.reach = Reach { supposes: self.supposes(index), ..Reach::default() };
        let mut from = clause.start;
        let mut seen = clause.start;
        for (at, group) in clause.groups.iter().enumerate() {
            let until = clause.groups.get(at + 1).map_or(clause.end, |next| next.start);
            for chunk in &self.chunks[seen..group.start] {
                self.reach.silences |= chunk.is(Role::If) || chunk.is(Role::Others);
                self.reach.grants |= chunk.is(Role::Concede);
            }
            seen = group.end;
            let used = self.group(index, at, from, until);
            from = group.end + used;
        }
        self.pending = None;
        if chunks.iter().any(|chunk| chunk.is(Role::If)) {
            self.supposed = Some(clause.sentence);
        }
    }

    /// Whether the sentence that opens with `clause` asks something of its own.
    fn is_question(&self, clause: &Clause) -> bool {
        let mut words =
            self.chunks[clause.start..clause.end].iter().filter(|chunk| !matches!(chunk.what, What::Mark(_)));
        let first = words.next().map_or("", |chunk| self.tokens.text(chunk.token));
        let particle = |at: usize| matches!(self.tokens.text(at), "吗" | "呢" | "哪" | "何" | "什");
        let end = self.chunks.get(clause.end).map_or(self.tokens.len(), |chunk| chunk.token);
        asks(first) || (self.chunks[clause.start].token..end).any(particle)
    }

    /// A clause that names no option: a verdict on the one before it, a turn, or a phrase that waits for its answer.
    fn bare_words(&mut self, index: usize) {
        let clause = &self.clauses[index];
        let chunks = &self.chunks[clause.start..clause.end];
        let said = || chunks.iter().filter(|chunk| !matches!(chunk.what, What::Mark(_)));
        let only_no = said().count() == 1
            && said().all(|chunk| {
                chunk.is(Role::Not)
                    && matches!(self.tokens.text(chunk.token), "no" | "not" | "不" | "非" | "nein")
                    || chunk.is(Role::Deny)
            });
        let only_yes = said().count() <= 2 && said().next().is_some_and(|chunk| chunk.is(Role::Yes));
        let verdict = stance::verdict(self.tokens, chunks);
        let last = match self.last.and_then(|at| self.events.get_mut(at)) {
            Some(Event::Stated(statement)) => Some(statement),
            _ => None,
        };
        if let Some(last) = last.filter(|last| last.clause + 2 >= index) {
            let next = last.clause + 1 == index;
            let asked = next && matches!(last.stance, Stance::Asked | Stance::Questioned);
            // "Carol? I never saw that name."
            let refers = |chunk: &Chunk| {
                matches!(
                    self.tokens.text(chunk.token),
                    "that" | "it" | "this" | "him" | "her" | "such" | "there"
                )
            };
            let refused = asked && denies(chunks) && chunks.iter().any(refers);
            let aside = next && clause.edge == Edge::Aside && !clause.asks;
            // "The others (A, C and D) are not shown".
            let bracketed = clause.start > 0 && self.chunks[clause.start - 1].is_mark(")");
            let predicate = bracketed && stance::after(self.tokens, chunks, false).denials % 2 == 1;
            let others_denied =
                next && last.manner == Manner::SetAside && clause.edge == Edge::Comma && denies(chunks);
            if aside && verdict == Verdict::Denied
                || predicate
                || refused
                || asked && (only_no || verdict == Verdict::Denied)
            {
                last.stance = Stance::Denied;
                last.manner = if aside { Manner::Flat } else { Manner::Plain };
                return;
            }
            if aside && verdict == Verdict::Right || asked && only_yes {
                (last.stance, last.tier) = (Stance::Firm, last.tier.max(Tier::Declared));
                last.manner = if self.layout.is_open() { Manner::Ticked } else { last.manner };
                return;
            }
            if others_denied {
                (last.stance, last.manner) = (Stance::Firm, Manner::Plain);
                return;
            }
        }
        if only_no {
            self.events.push(Event::TakenBack);
        }
        if chunks.iter().any(|chunk| chunk.is(Role::Others)) {
            self.others = Some(index + 1);
        }
        if said().all(|chunk| chunk.is(Role::Example)) {
            self.example = Some(index + 1);
        }
        if self.is_instruction(chunks) {
            self.instructed = Some(clause.sentence);
        }
        self.wait_for_answer(clause);
    }

    /// Notes a phrase such as "Answer:", or "the answer" of "the answer, as I see it, is B".
    fn wait_for_answer(&mut self, clause: &Clause) {
        let chunks = &self.chunks[clause.start..clause.end];
        let ending = named_by(chunks).filter(|_| !denies(chunks));
        if let Some(tier) = ending {
            self.pending = Some((tier, clause.line));
        } else if self.pending.is_some_and(|(_, line)| line != clause.line) {
            self.pending = None;
        }
    }

    /// Whether `chunks` are words of the prompt.
    fn is_instruction(&self, chunks: &[Chunk]) -> bool {
        let Some(at) = chunks.iter().position(|chunk| chunk.is(Role::Instruct)) else {
            // "Options: A, B, C, D".
            let lists = |(at, pair): (usize, &[Chunk])| {
                pair[0].is(Role::Noun)
                    && matches!(self.tokens.text(pair[0].token), "options" | "choices")
                    && pair[1].is_mark(":")
                    && leads(&chunks[..at])
            };
            return chunks.windows(2).enumerate().any(lists);
        };
        let speaks = |chunk: &Chunk| {
            matches!(self.tokens.text(chunk.token), "i" | "i'll" | "i'd" | "we" | "my" | "我")
        };
        !chunks[..at].iter().any(speaks)
    }

    /// Reads the group number `at` of a clause; `from` is where what concerns it begins. Gives how many chunks after it are
    /// used up.
    fn group(&mut self, index: usize, at: usize, from: usize, until: usize) -> usize {
        let clause = &self.clauses[index];
        let group = &clause.groups[at];
        let from = from.max(group.start.saturating_sub(LEFT)).min(group.start);
        let left = &self.chunks[from..group.start];
        let right = &self.chunks[group.end..until];
        let goes_on = at + 1 < clause.groups.len();
        let before = stance::before(self.tokens, left);
        let after = stance::after(self.tokens, right, goes_on);
        let denials = before.denials + after.denials;
        if self.is_instruction(left) {
            self.instructed = Some(clause.sentence);
        }
        let right_called = stance::is_called_right(self.tokens, right);
        let named = self.tier(clause, group, left, right);
        let tier = if right_called || self.is_ticked(left) { named.max(Tier::Declared) } else { named };
        let stance = if self.is_silent(index, at, left, right, denials) {
            Stance::Silent
        } else if self.layout.is_struck(group) || denials % 2 == 1 {
            Stance::Denied
        } else if denials > 0 && !before.excepts {
            Stance::Open
        } else {
            self.affirmed(index, group, left, right)
        };
        self.last = Some(self.events.len());
        self.events.push(Event::Stated(Statement {
            options: group.options.clone(),
            sequence: group.sequence.clone(),
            meant: group.meant,
            named: Named { letter: group.letter, text: group.text, conflict: group.conflict },
            tier,
            stance,
            manner: if self.layout.is_open() && right_called {
                Manner::Ticked
            } else {
                self.manner(stance, left, right, before, after)
            },
            clause: index,
            sentence: clause.sentence,
            adds: self.layout.adds(left, right),
        }));
        after.used
    }

    fn manner(
        &self,
        stance: Stance,
        left: &[Chunk],
        right: &[Chunk],
        before: Before,
        after: After,
    ) -> Manner {
        let last = left.iter().rev().find(|chunk| !chunk.is_dress() && !chunk.is(Role::Between));
        let denied = |chunk: &Chunk| chunk.is(Role::Not) || chunk.is(Role::Deny);
        let says = |chunk: &Chunk| {
            chunk.is(Role::Verb)
                || chunk.is(Role::Total)
                || chunk.is_mark(":")
                || matches!(self.tokens.text(chunk.token), "reads" | "says" | "said")
        };
        match stance {
            Stance::Denied if before.excepts => Manner::SetAside,
            Stance::Denied if after.denials > 0 || last.is_some_and(denied) => Manner::Flat,
            Stance::Firm if last.is_some_and(says) && is_empty(right) => Manner::Asserted,
            _ => Manner::Plain,
        }
    }

    /// The stance of a group that is not denied.
    fn affirmed(&self, index: usize, group: &Group, left: &[Chunk], right: &[Chunk]) -> Stance {
        let clause = &self.clauses[index];
        let has = |role: Role| left.iter().any(|chunk| chunk.is(role));
        let first = |role: Role| left.first().is_some_and(|chunk| chunk.is(role));
        let alone = first(Role::Else) || first(Role::Or) && self.last.is_some();
        let possible = stance::says(self.tokens, right, &[Role::Possible]);
        let could = has(Role::Could) || stance::says(self.tokens, right, &[Role::Could]);
        if self.questioned {
            Stance::Questioned
        } else if group.options.len() > 1 && has(Role::Among) {
            Stance::Among
        } else if possible || has(Role::Possible) || alone {
            Stance::Open
        } else if clause.asks && !has(Role::Answer) {
            Stance::Asked
        } else if could || has(Role::Maybe) || stance::says(self.tokens, right, &[Role::Maybe]) {
            Stance::Tentative
        } else {
            Stance::Firm
        }
    }

    /// Whether the words of the clause take any weight from its options.
    fn is_silent(&self, index: usize, at: usize, left: &[Chunk], right: &[Chunk], denials: usize) -> bool {
        let clause = &self.clauses[index];
        let has = |role: Role| left.iter().any(|chunk| chunk.is(role));
        let example = left.iter().rposition(|chunk| chunk.is(Role::Example)).is_some_and(|at| {
            left[at + 1..].iter().all(|chunk| {
                matches!(
                    chunk.what,
                    What::Mark(_) | What::Role(Role::Between | Role::Noun | Role::Answer | Role::Verb)
                )
            })
        });
        let granted = self.reach.grants
            && denials < 2
            && !has(Role::Could)
            && !stance::says(self.tokens, right, &[Role::Possible, Role::Could]);
        example
            || self.example == Some(index) && is_empty(left) && is_empty(right)
            || self.instructed == Some(clause.sentence) && !self.ends_instruction(index, at, left)
            || self.supposed == Some(clause.sentence)
            || self.reach.silences
            || self.others == Some(index) && !self.chunks[clause.start].is(Role::Split)
            || stance::says(self.tokens, right, &[Role::Others])
            || self.reach.supposes
            || granted
    }

    /// Whether the clause says what would be, or hangs on an option, under a condition that follows it.
    fn supposes(&self, index: usize) -> bool {
        let clause = &self.clauses[index];
        let conditioned = self.clauses.get(index + 1).is_some_and(|next| {
            next.sentence == clause.sentence
                && next.edge == Edge::Word
                && self.chunks[next.start].is(Role::If)
        });
        let named = self.clauses.get(index + 1).is_some_and(|next| !next.groups.is_empty());
        conditioned
            && (named
                || (self.chunks[clause.start].token..self.chunks[clause.end - 1].token)
                    .any(|token| self.tokens.text(token) == "would"))
    }

    /// Whether a colon ends the words of the prompt, and one option follows it: "Answer with a letter: B".
    fn ends_instruction(&self, index: usize, at: usize, left: &[Chunk]) -> bool {
        let clause = &self.clauses[index];
        let group = &clause.groups[at];
        let colon = match left.iter().rev().find(|chunk| !chunk.is_dress()) {
            Some(chunk) => chunk.is_mark(":"),
            None => clause.start > 0 && self.chunks[clause.start - 1].is_mark(":"),
        };
        colon && group.options.len() == 1 && self.layout.ends_line(group.end)
    }

    /// Whether a tick stands before the group.
    fn is_ticked(&self, left: &[Chunk]) -> bool {
        left.iter().rev().find(|chunk| !chunk.is_dress() && !chunk.is_mark("-")).is_some_and(|chunk| {
            chunk.is(Role::Right) && !self.tokens.text(chunk.token).chars().all(char::is_alphanumeric)
        })
    }

    fn tier(&self, clause: &Clause, group: &Group, left: &[Chunk], right: &[Chunk]) -> Tier {
        let label = self.layout.label(clause, group).unwrap_or(Tier::Mention);
        let waits = self.pending.filter(|(_, line)| {
            let opens = leads(left);
            opens
                && (*line == clause.line
                    || clause.line - line <= HEADING_REACH && self.layout.heads_line(group.start))
        });
        let phrase = named_by(left).or_else(|| is_noun_of(left, right).then_some(Tier::Chosen));
        let named = phrase.or(waits.map(|(tier, _)| tier)).unwrap_or(Tier::Mention);
        let stressed = if self.layout.is_wrapped(group, "*")
            || left.iter().any(|chunk| chunk.is(Role::Total))
            || self.layout.concludes(group, left, right)
        {
            Tier::Stressed
        } else if is_empty(left) && is_empty(right) && !self.layout.is_listing() {
            Tier::Bare
        } else {
            Tier::Mention
        };
        label.max(named).max(stressed)
    }
}
