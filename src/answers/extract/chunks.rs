//! A text as mentions of options, known phrases, other words and marks; and mentions as groups.
//!
//! In: tokens and options. Out: chunks in order, and groups of mentions that belong together: "B", "B. Carol", "A, C and D",
//! "B or C". Each chunk is looked at a bounded number of times.

use std::collections::BTreeSet;
use std::ops::Range;

use super::copula::{ends_clause, follows_answer};
use super::lexicon::{Role, phrase};
use super::numerals::{Thousands, numeral};
use super::options::{By, Mention, Options};
use super::tokens::{Kind, Tokens};

/// Chunks looked at between two mentions of a group.
const REACH: usize = 8;

/// What a chunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// An option.
    Mention(Mention),
    /// A known phrase.
    Role(Role),
    /// Any other word.
    Word,
    /// A mark that is not known by a role.
    Mark(char),
    /// The end of a line.
    Break,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) what: What,
    /// The first of its tokens.
    pub(super) token: usize,
}

impl Chunk {
    pub(super) fn is(&self, role: Role) -> bool {
        self.what == What::Role(role)
    }

    pub(super) fn is_mark(&self, marks: &str) -> bool {
        matches!(self.what, What::Mark(mark) if marks.contains(mark))
    }

    /// Whether it is a mark that dresses or encloses words, and separates nothing.
    pub(super) fn is_dress(&self) -> bool {
        self.is_mark("*_`\"'~$\\{}<#")
    }
}

/// Splits `tokens` into chunks.
pub(super) fn split(tokens: &Tokens, options: &Options) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut at = 0;
    // The number of the last item of a numbered list.
    let mut item = 0;
    let mut heads_line = true;
    while at < tokens.len() {
        let known = if ends_with_option(tokens, options, at) {
            Some((Role::Verb, at + 1))
        } else {
            phrase(tokens, at)
        };
        let enumerated = heads_line && options.are_numbers() && is_enumerator(tokens, at, item);
        let mention = options
            .mention(tokens, at)
            .filter(|(_, end)| !enumerated && known.is_none_or(|(_, longer)| longer <= *end));
        let (what, end) = match (mention, known) {
            (Some((mention, end)), _) => (What::Mention(mention), end),
            (None, Some((Role::Split, end))) if is_exception(tokens, at) => (What::Role(Role::Except), end),
            (None, Some((role, end))) => (What::Role(role), end),
            (None, None) => {
                let what = match tokens.kind(at) {
                    Kind::Break => What::Break,
                    Kind::Word => What::Word,
                    Kind::Mark => What::Mark(tokens.text(at).chars().next().unwrap_or(' ')),
                };
                (what, at + 1)
            }
        };
        if enumerated {
            item = numbering(tokens, at).unwrap_or(0);
        }
        chunks.push(Chunk { what, token: at });
        heads_line = what == What::Break || heads_line && matches!(what, What::Mark(_));
        at = end;
    }
    chunks
}

/// Whether the "but" at `at` is that of "every name but B".
fn is_exception(tokens: &Tokens, at: usize) -> bool {
    let all = |before: usize| {
        at.checked_sub(before)
            .is_some_and(|at| matches!(tokens.text(at), "every" | "all" | "each" | "any" | "no"))
    };
    tokens.text(at) == "but" && tokens.kind(at.saturating_sub(1)) == Kind::Word && (all(2) || all(3))
}

/// Whether `chunks` hold the items of a list: several letters at the heads of lines.
pub(super) fn is_list(chunks: &[Chunk]) -> bool {
    let mut heads_line = true;
    let mut first = None;
    for (at, chunk) in chunks.iter().enumerate() {
        if heads_line
            && let What::Mention(Mention { option, by: By::Letter }) = chunk.what
            && chunks.get(at + 1).is_some_and(|next| next.is_mark(".):]"))
            && *first.get_or_insert(option) != option
        {
            return true;
        }
        heads_line = chunk.what == What::Break || heads_line && matches!(chunk.what, What::Mark(_));
    }
    false
}

/// Whether the number at `at` numbers an item of a list that has come to `item`.
fn is_enumerator(tokens: &Tokens, at: usize, item: u64) -> bool {
    matches!(tokens.text(at + 1), "." | ")")
        && tokens.kind(at + 2) != Kind::Break
        && numbering(tokens, at)
            .is_some_and(|value| value == 1 || value == item.saturating_add(1) && item > 0)
}

/// The number that the token at `at` writes.
fn numbering(tokens: &Tokens, at: usize) -> Option<u64> {
    numeral(tokens, at, Thousands::Apart).filter(|found| found.end == at + 1)?.whole()
}

/// Whether "是否" at `at` is "是" and the option 否: "答案是否。". Before anything else it asks.
fn ends_with_option(tokens: &Tokens, options: &Options, at: usize) -> bool {
    let is_it = tokens.text(at) == "是" && tokens.text(at + 1) == "否" && follows_answer(tokens, at);
    is_it && ends_clause(tokens, at + 2) && options.mention(tokens, at + 1).is_some()
}

/// What is meant by several mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// All of them.
    All,
    /// Some of them: "or", "maybe" or the like stands between them.
    Either,
}

/// Mentions that belong together.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Its first chunk, and the one after its last.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Each option once, in the order in which they are mentioned.
    pub(super) options: Vec<usize>,
    /// All mentions in order, but those that say the one before again.
    pub(super) sequence: Vec<usize>,
    pub(super) meant: Meant,
    /// Whether a letter is among the mentions, and whether a text is.
    pub(super) letter: bool,
    pub(super) text: bool,
    /// The letter and the text beside it are of different options.
    pub(super) conflict: bool,
}

/// How the next mention belongs to those before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    None,
    Same,
    List,
    Conflict,
}

/// Where a group stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// At the head of an item of a list.
    pub(super) heads_item: bool,
    /// Behind words that set it aside ("unlike A, B ..."): a comma ends it.
    pub(super) set_aside: bool,
}

/// The group that begins with the mention at `start`.
pub(super) fn group(chunks: &[Chunk], start: usize, first: Mention, setting: Setting) -> Group {
    let mut group = Group {
        start,
        end: start + 1,
        options: vec![first.option],
        sequence: vec![first.option],
        meant: Meant::All,
        letter: first.by == By::Letter,
        text: first.by == By::Text,
        conflict: false,
    };
    // A reply may count up to its end: the options are looked up in a set.
    let mut seen = BTreeSet::from([first.option]);
    let mut last = first;
    while let Some((at, next)) = next_mention(chunks, group.end) {
        let link = link(chunks, last, group.end..at, next, setting);
        if link == Link::None {
            break;
        }
        let between = &chunks[group.end..at];
        let has = |role: Role| between.iter().any(|chunk| chunk.is(role));
        if [Role::Or, Role::Else, Role::Maybe, Role::Could].into_iter().any(has) {
            group.meant = Meant::Either;
        }
        if link != Link::Same || has(Role::And) || between.iter().any(|chunk| chunk.is_mark(",")) {
            group.sequence.push(next.option);
        }
        group.end = at + 1;
        group.letter |= next.by == By::Letter;
        group.text |= next.by == By::Text;
        group.conflict |= link == Link::Conflict;
        if seen.insert(next.option) {
            group.options.push(next.option);
        }
        last = next;
    }
    group
}

/// The next mention, if nothing but marks and joining words stands before it.
fn next_mention(chunks: &[Chunk], start: usize) -> Option<(usize, Mention)> {
    for at in start..chunks.len().min(start + REACH) {
        match chunks[at].what {
            What::Mention(mention) => return Some((at, mention)),
            What::Mark('!' | '?' | ';') | What::Break | What::Word => return None,
            What::Mark(_) => {}
            What::Role(role) => {
                let joins = matches!(
                    role,
                    Role::Or
                        | Role::And
                        | Role::Noun
                        | Role::Between
                        | Role::Maybe
                        | Role::Could
                        | Role::Relative
                        | Role::Else
                );
                let is = role == Role::Verb && at > start && chunks[at - 1].is(Role::Relative);
                if !joins && !is {
                    return None;
                }
            }
        }
    }
    None
}

fn link(chunks: &[Chunk], last: Mention, gap: Range<usize>, next: Mention, setting: Setting) -> Link {
    let at = gap.end;
    let between = &chunks[gap];
    let has_mark = |marks: &str| between.iter().any(|chunk| chunk.is_mark(marks));
    let has_role = |role: Role| between.iter().any(|chunk| chunk.is(role));
    let joined = has_role(Role::Or) || has_role(Role::And) || has_role(Role::Else);
    let words = between.iter().any(|chunk| matches!(chunk.what, What::Role(_)));
    let dotted = has_mark(".");
    if next.option == last.option {
        let goes_on = matches!(chunks.get(at + 1).map(|chunk| chunk.what), Some(What::Word | What::Role(_)));
        let apart = dotted && goes_on && last.by != next.by && !setting.heads_item;
        return if apart { Link::None } else { Link::Same };
    }
    if has_mark("~") || setting.set_aside && !joined {
        return Link::None;
    }
    if joined {
        return if dotted { Link::None } else { Link::List };
    }
    let listed = has_mark(",/&|+");
    if next.by == last.by {
        let tight = next.by == By::Letter && !words && !dotted;
        let range = next.by == By::Text && between.len() == 1 && has_mark("-");
        return if (listed || tight || range) && !dotted { Link::List } else { Link::None };
    }
    // A letter and the text of another option. Where the text of its own follows, they are items of a list.
    let goes_on = next_mention(chunks, at + 1)
        .is_some_and(|(_, further)| further.option == next.option && further.by != next.by);
    if goes_on {
        return if listed && !dotted { Link::List } else { Link::None };
    }
    let apposed = match last.by {
        By::Letter => {
            !words || has_role(Role::Relative) || between.iter().all(|chunk| !chunk.is(Role::Maybe))
        }
        By::Text => has_mark(",([-:=>") || has_role(Role::Relative),
    };
    if apposed && is_ended(chunks, at + 1, !dotted) { Link::Conflict } else { Link::None }
}

/// Whether what stands before `at` ends there: no word goes on with it.
fn is_ended(chunks: &[Chunk], start: usize, comma_ends: bool) -> bool {
    for at in start..chunks.len().min(start + REACH) {
        match chunks[at].what {
            What::Mark(',') => return comma_ends && next_mention(chunks, at + 1).is_none(),
            What::Mark('.' | '!' | '?' | ';') | What::Break => return true,
            What::Mark(')' | ']' | '}' | '*' | '"' | '\'' | '_' | '`' | '$' | '~') => {}
            _ => return false,
        }
    }
    true
}
