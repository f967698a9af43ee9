//! How strongly the words before a group name it.
//!
//! In: the chunks of a clause before a group. Out: a tier.

use super::chunks::{Chunk, What};
use super::lexicon::Role;

/// How strongly a statement names an option, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    /// It is mentioned.
    Mention,
    /// It is all that its clause says.
    Bare,
    /// It is set in bold, or is called a sum.
    Stressed,
    /// "I choose B".
    Chosen,
    /// The head or the last line of the reply.
    Label,
    /// "The answer is B".
    Declared,
    /// "Final answer: B".
    Final,
}

/// Whether `chunks` deny something.
pub(super) fn denies(chunks: &[Chunk]) -> bool {
    chunks.iter().any(|chunk| chunk.is(Role::Not) || chunk.is(Role::Deny))
}

/// Whether `chunks` carry no content of their own.
pub(super) fn is_empty(chunks: &[Chunk]) -> bool {
    chunks.iter().all(|chunk| match chunk.what {
        What::Mark(_) => true,
        What::Role(role) => matches!(
            role,
            Role::Between
                | Role::Split
                | Role::Verb
                | Role::Points
                | Role::Yes
                | Role::Turn
                | Role::Retract
                | Role::Noun
                | Role::Maybe
                | Role::Right
                | Role::Not
                | Role::Could
                | Role::Choose
                | Role::Sure
        ),
        _ => false,
    })
}

/// Whether `chunks` are only what may lead to an answer.
pub(super) fn leads(chunks: &[Chunk]) -> bool {
    chunks.iter().all(|chunk| match chunk.what {
        What::Mark(_) => true,
        What::Role(role) => {
            matches!(
                role,
                Role::Split
                    | Role::Between
                    | Role::Verb
                    | Role::Maybe
                    | Role::Noun
                    | Role::Right
                    | Role::Not
                    | Role::Could
                    | Role::Sure
            )
        }
        _ => false,
    })
}

/// The strength of the phrase that leads to what follows `left`.
pub(super) fn named_by(left: &[Chunk]) -> Option<Tier> {
    let mut named = None;
    // "Correct: B".
    let calls = left.iter().any(|chunk| chunk.is_mark(":"));
    for chunk in left.iter().rev() {
        let tier = match chunk.what {
            What::Mark(_) => continue,
            What::Role(role) => match role {
                Role::Final => Tier::Final,
                Role::Answer => Tier::Declared,
                Role::Choose | Role::Points => Tier::Chosen,
                Role::Right if calls => Tier::Declared,
                Role::Between
                | Role::Maybe
                | Role::Could
                | Role::Sure
                | Role::Right
                | Role::Verb
                | Role::Not
                | Role::Deny
                | Role::That
                | Role::Except
                | Role::Noun
                | Role::Or
                | Role::Relative => continue,
                _ => break,
            },
            _ => break,
        };
        named = named.max(Some(tier));
    }
    if named.is_some() {
        return named;
    }
    // "The answer that fits what is shown is B".
    let last = left.iter().rev().find(|chunk| {
        !matches!(
            chunk.what,
            What::Mark(_) | What::Role(Role::Between | Role::Noun | Role::Maybe | Role::Not)
        )
    })?;
    let stated = |role: Role| last.is(Role::Verb) && left.iter().any(|chunk| chunk.is(role));
    if stated(Role::Final) { Some(Tier::Final) } else { stated(Role::Answer).then_some(Tier::Declared) }
}

/// "option B", with nothing said of it.
pub(super) fn is_noun_of(left: &[Chunk], right: &[Chunk]) -> bool {
    let noun = left.iter().rev().find(|chunk| !matches!(chunk.what, What::Mark(_)));
    noun.is_some_and(|chunk| chunk.is(Role::Noun))
        && right.iter().all(|chunk| matches!(chunk.what, What::Mark(_)) || chunk.is(Role::Turn))
}
