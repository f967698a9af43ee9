//! What a clause does with the options that it mentions: states, denies, doubts, or none of these.
//!
//! In: the chunks of a clause before and after a group of mentions. Out: counts of denials, and yes or no.

use super::chunks::{Chunk, What};
use super::lexicon::Role;
use super::tokens::{Tokens, is_unspaced};

/// Other words that a denial reaches over.
const DENIAL_REACH: usize = 8;
/// Chunks after a group that may say something of it.
const PREDICATE: usize = 9;

/// Words that deny only what follows them.
const FORWARD: &[&str] =
    &["no", "without", "nothing", "none", "nobody", "neither", "nor", "无", "無", "别", "勿", "kein", "non"];
/// Words that change nothing between a verb and what it denies.
const ADVERBS: &[&str] =
    &["also", "itself", "both", "all", "ever", "quite", "almost", "too", "just", "even", "more", "been"];

/// Whether a word stands between a verb and its denial without weight.
fn is_adverb(tokens: &Tokens, chunk: &Chunk) -> bool {
    let text = tokens.text(chunk.token);
    text.ends_with("ly") || ADVERBS.contains(&text) || is_unspaced(text)
}

/// Whether `chunks` are only articles, nouns such as "option" and marks.
fn leads_on(chunks: &[Chunk]) -> bool {
    chunks.iter().all(|chunk| match chunk.what {
        What::Mark(mark) => !matches!(mark, ',' | ';' | '.'),
        What::Role(role) => {
            matches!(
                role,
                Role::Between
                    | Role::Noun
                    | Role::Verb
                    | Role::Choose
                    | Role::Right
                    | Role::Answer
                    | Role::Or
            )
        }
        _ => false,
    })
}

/// Denials of what follows `left`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Before {
    pub(super) denials: usize,
    /// Whether one of them sets aside: "all but B".
    pub(super) excepts: bool,
}

/// Denials that stand before a group and reach it.
pub(super) fn before(tokens: &Tokens, left: &[Chunk]) -> Before {
    let mut found = Before::default();
    for (at, chunk) in left.iter().enumerate() {
        let rest = &left[at + 1..];
        match chunk.what {
            What::Role(Role::Except) if leads_on(rest) => {
                found.denials += 1;
                found.excepts = true;
            }
            What::Role(Role::Not | Role::Deny) if reaches(tokens, rest) => found.denials += 1,
            _ => {}
        }
    }
    found
}

/// Whether a denial reaches over `rest` to the group behind it.
fn reaches(tokens: &Tokens, rest: &[Chunk]) -> bool {
    let is_phrase = |chunk: &Chunk| {
        matches!(
            chunk.what,
            What::Role(Role::Answer | Role::Final | Role::Points | Role::Choose | Role::Total)
        )
    };
    let has = |chunks: &[Chunk], role: Role| chunks.iter().any(|chunk| chunk.is(role));
    let words = |chunks: &[Chunk]| {
        chunks.iter().filter(|chunk| chunk.what == What::Word && !is_adverb(tokens, chunk)).count()
    };
    if has(rest, Role::And) {
        return false;
    }
    let passes_on = has(rest, Role::Attitude);
    if let Some(at) = rest.iter().position(is_phrase) {
        // "There is no audio the answer is B" denies the audio; "no proof that the answer is B" denies the answer.
        let between = &rest[..at];
        let speaks = |chunk: &Chunk| matches!(tokens.text(chunk.token), "i" | "we" | "i'd" | "i'll");
        let apart = !rest[at].is(Role::Choose) || between.iter().any(speaks) || speaks(&rest[at]);
        return words(between) == 0 || has(between, Role::Attitude) || has(between, Role::That) || !apart;
    }
    passes_on || words(rest) <= DENIAL_REACH
}

/// Denials of a group by what follows it, and how many chunks they take.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct After {
    pub(super) denials: usize,
    pub(super) used: usize,
}

/// Denials that stand after a group and are of it: "B is not", "B never appears", "B can be ruled out". `goes_on` tells that
/// another group follows `right`.
pub(super) fn after(tokens: &Tokens, right: &[Chunk], goes_on: bool) -> After {
    let mut found = After::default();
    let (mut verb, mut words) = (false, 0);
    for (at, chunk) in right.iter().enumerate().take(PREDICATE) {
        match chunk.what {
            What::Role(Role::Not) => {
                let text = tokens.text(chunk.token);
                let forward = text == "without" || !verb && FORWARD.contains(&text);
                if words > 0 || forward || goes_on && leads_on(&right[at + 1..]) {
                    break;
                }
                found = After { denials: found.denials + 1, used: at + 1 };
                verb = true;
            }
            What::Role(Role::Deny) => {
                if words > 1 {
                    break;
                }
                found = After { denials: found.denials + 1, used: at + 1 };
            }
            What::Role(Role::Verb | Role::Could) => verb = true,
            What::Role(
                Role::Maybe
                | Role::Between
                | Role::Noun
                | Role::Right
                | Role::Answer
                | Role::Choose
                | Role::Possible,
            ) => {}
            What::Mark(_) if chunk.is_dress() || chunk.is_mark("])") => {}
            What::Word if is_adverb(tokens, chunk) => {}
            What::Word if verb => words += 1,
            _ => break,
        }
    }
    found
}

/// "B is correct", "C is the right answer", "D ✅": what follows a group calls it right.
pub(super) fn is_called_right(tokens: &Tokens, right: &[Chunk]) -> bool {
    let mut verb = false;
    for (at, chunk) in right.iter().enumerate().take(PREDICATE) {
        match chunk.what {
            What::Role(Role::Right | Role::Yes) => {
                let text = tokens.text(chunk.token);
                let plain = text.bytes().all(|byte| byte.is_ascii_alphabetic());
                return verb || !plain || at + 1 == right.len();
            }
            What::Role(Role::Answer | Role::Final | Role::Choose) => return verb,
            What::Role(Role::Verb) => verb = true,
            What::Role(Role::Maybe | Role::Between | Role::Noun | Role::Could | Role::Sure) => {}
            What::Mark(_) if chunk.is_dress() || chunk.is_mark("])") => {}
            What::Word if is_adverb(tokens, chunk) => {}
            _ => return false,
        }
    }
    false
}

/// Whether `role` stands in what is said directly of the group before `right`.
pub(super) fn says(tokens: &Tokens, right: &[Chunk], roles: &[Role]) -> bool {
    for chunk in right.iter().take(PREDICATE) {
        match chunk.what {
            What::Role(role) if roles.contains(&role) => return true,
            What::Role(
                Role::Verb | Role::Maybe | Role::Between | Role::Right | Role::Noun | Role::Could | Role::And,
            ) => {}
            What::Mark(_) if chunk.is_dress() || chunk.is_mark("])") => {}
            What::Word if is_adverb(tokens, chunk) => {}
            _ => return false,
        }
    }
    false
}

/// What a clause without an option says of the option before it: "not shown", "correct".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Denied,
    None,
}

/// Words that "not" takes with it to a verdict on an option.
const SHOWN: &[&str] = &[
    "shown",
    "seen",
    "present",
    "mentioned",
    "visible",
    "displayed",
    "appear",
    "appears",
    "appearing",
    "found",
    "supported",
    "there",
    "in",
    "match",
    "matches",
    "matching",
    "fit",
    "fits",
    "appeared",
    "it",
    "show",
    "consistent",
    "depicted",
    "出",
    "出现",
    "现",
    "符",
    "提",
    "见",
    "显",
    "在",
    "有",
    "是",
];

/// Reads `chunks` as a verdict.
pub(super) fn verdict(tokens: &Tokens, chunks: &[Chunk]) -> Verdict {
    let said: Vec<&Chunk> = chunks.iter().filter(|chunk| !matches!(chunk.what, What::Mark(_))).collect();
    let skip = said.iter().take_while(|chunk| chunk.is(Role::Verb) || chunk.is(Role::Between)).count();
    let Some(first) = said.get(skip) else { return Verdict::None };
    let rest = &said[skip + 1..];
    match first.what {
        What::Role(Role::Right | Role::Yes) if rest.len() <= 1 => Verdict::Right,
        What::Role(Role::Deny) if rest.len() <= 2 => Verdict::Denied,
        What::Role(Role::Not) => {
            let next = rest.iter().find(|chunk| !chunk.is(Role::Verb) && !chunk.is(Role::Between));
            let denies =
                next.is_none_or(|chunk| chunk.is(Role::Right) || SHOWN.contains(&tokens.text(chunk.token)));
            if denies { Verdict::Denied } else { Verdict::None }
        }
        _ => Verdict::None,
    }
}
