//! Which option a text names, from what it says of each.
//!
//! In: events in order. Out: one option and the clue that gave it, or why there is none.

use std::collections::BTreeSet;

use super::chunks;
use super::clue::{Clue, Why};
use super::event::{Event, Manner, Stance, Statement, options_of};
use super::lexicon::Role;
use super::options::Options;
use super::stance;
use super::tier::Tier;
use super::tokens::Tokens;

/// An option and what named it, or why none can be read.
type Reading = Result<(usize, Clue), Why>;

/// Decides on `events`.
pub(super) fn decide(events: &[Event], options: &Options) -> Reading {
    let statements = standing(events)?;
    let named: Vec<&Statement> =
        statements.iter().copied().filter(|statement| is_naming(statement)).collect();
    let best = named.iter().map(|statement| statement.tier).max();
    match best {
        Some(tier) if tier >= Tier::Stressed => {
            let chosen = leading(&named, tier);
            settle(&chosen, &statements, options)
        }
        _ => mentioned(&statements, options),
    }
}

/// Whether a statement names its options.
pub(super) fn is_naming(statement: &Statement) -> bool {
    matches!(statement.stance, Stance::Firm | Stance::Tentative)
}

fn stated(events: &[Event]) -> impl Iterator<Item = &Statement> {
    events.iter().filter_map(|event| match event {
        Event::Stated(statement) => Some(statement),
        _ => None,
    })
}

/// The statements that stand: those after the last turn to another answer.
pub(super) fn standing(events: &[Event]) -> Result<Vec<&Statement>, Why> {
    let names = |event: &Event| matches!(event, Event::Stated(statement) if is_naming(statement));
    let is_turn = |event: &Event| !matches!(event, Event::Stated(_));
    let firm = |event: &Event| matches!(event, Event::Stated(statement) if is_naming(statement) && statement.tier >= Tier::Bare);
    let last_firm = events.iter().rposition(firm);
    let mut start = 0;
    if let Some(last) = last_firm
        && let Some(turn) = events[..last].iter().rposition(is_turn)
        && events[..turn].iter().any(names)
    {
        start = turn + 1;
    }
    // What was taken back, and nothing put in its place.
    if let Some(back) = events.iter().rposition(|event| matches!(event, Event::TakenBack))
        && back >= start
        && events[start..back].iter().any(names)
        && !events[back..].iter().any(names)
    {
        return Err(Why::Several);
    }
    // "The answer is A, wait, the subtitle says Carol": it does not say what holds.
    let earlier = |at: usize| options_of(stated(&events[start..at]).filter(|statement| is_naming(statement)));
    if let Some(turn) = events.iter().rposition(is_turn)
        && turn >= start
    {
        let before = earlier(turn);
        let after = options_of(stated(&events[turn..]).filter(|statement| is_naming(statement)));
        if !before.is_empty() && after.iter().any(|option| !before.contains(option)) {
            return Err(Why::Several);
        }
    }
    Ok(stated(&events[start..]).collect())
}

/// The statements that lead: of the final answer, else all that are as strong as a label, else of `tier`; and of these the firm
/// ones, where they come after the tentative.
pub(super) fn leading<'a>(named: &[&'a Statement], tier: Tier) -> Vec<&'a Statement> {
    let least = if tier == Tier::Declared { Tier::Label } else { tier };
    let strong: Vec<&Statement> = named.iter().copied().filter(|statement| statement.tier >= least).collect();
    let last_firm = strong.iter().rposition(|statement| statement.stance == Stance::Firm);
    let Some(last) = last_firm else { return strong };
    strong
        .iter()
        .enumerate()
        .filter(|(at, statement)| statement.stance == Stance::Firm || *at > last)
        .map(|(_, statement)| *statement)
        .collect()
}

fn settle(chosen: &[&Statement], all: &[&Statement], options: &Options) -> Reading {
    if chosen.iter().any(|statement| statement.named.conflict) {
        return Err(Why::Contradiction);
    }
    let named = options_of(chosen.iter().copied());
    let letters = options_of(chosen.iter().copied().filter(|statement| statement.named.letter));
    let Some(&option) = named.first() else { return Err(Why::NoOption) };
    if named.len() > 1 {
        let texts = options_of(chosen.iter().copied().filter(|statement| !statement.named.letter));
        let differ = letters.len() == 1 && texts.len() == 1;
        return Err(if differ { Why::Contradiction } else { Why::Several });
    }
    if option >= options.len() {
        return Err(if letters.is_empty() { Why::NoOption } else { Why::NoSuchOption });
    }
    let from = chosen.last().map_or(0, |statement| statement.clause);
    let first = chosen.first().map_or(0, |statement| statement.clause);
    let differs = |statement: &Statement| statement.options.iter().any(|other| *other != option);
    // "B, though it could be C".
    let hedged = all.iter().any(|statement| {
        statement.clause > first
            && (statement.stance == Stance::Open
                || statement.stance == Stance::Tentative && statement.clause > from)
            && differs(statement)
    });
    if hedged {
        return Err(Why::Several);
    }
    let taken_back = all.iter().any(|statement| {
        statement.stance == Stance::Denied
            && statement.manner == Manner::Flat
            && statement.clause > from
            && statement.named.letter
            && statement.options.contains(&option)
    });
    let tier = chosen.iter().map(|statement| statement.tier).max().unwrap_or(Tier::Mention);
    let bare_letter = all.iter().any(|statement| {
        is_naming(statement)
            && statement.tier >= Tier::Bare
            && statement.named.letter
            && statement.options.len() == 1
            && differs(statement)
    });
    if bare_letter && tier == Tier::Label {
        return Err(Why::Several);
    }
    let bare_letter = bare_letter && tier <= Tier::Chosen && letters.is_empty();
    if taken_back || bare_letter || is_told_otherwise(option, &letters, first, all) {
        return Err(Why::Contradiction);
    }
    Ok((option, clue(tier, letters.is_empty())))
}

/// "B. The secret word is Alice.": after the letter, the text of another option is all that is stated.
fn is_told_otherwise(option: usize, letters: &BTreeSet<usize>, from: usize, all: &[&Statement]) -> bool {
    let after = || {
        all.iter().filter(|statement| statement.clause > from && statement.named.text && is_naming(statement))
    };
    let texts = options_of(after().copied());
    let asserted = after().any(|statement| statement.manner == Manner::Asserted);
    !letters.is_empty() && asserted && texts.len() == 1 && !texts.contains(&option)
}

pub(super) fn clue(tier: Tier, by_text: bool) -> Clue {
    match tier {
        Tier::Mention | Tier::Bare | Tier::Stressed => Clue::Mentioned,
        Tier::Chosen => Clue::Chosen,
        Tier::Label if by_text => Clue::Text,
        Tier::Label => Clue::Label,
        Tier::Declared | Tier::Final => Clue::Declared,
    }
}

/// The only letter, else the only text, that is mentioned at all.
fn mentioned(all: &[&Statement], options: &Options) -> Reading {
    let live: Vec<&Statement> = all.iter().copied().filter(|statement| is_naming(statement)).collect();
    let open: Vec<&Statement> = all
        .iter()
        .copied()
        .filter(|statement| matches!(statement.stance, Stance::Open | Stance::Among))
        .collect();
    let asked: Vec<&Statement> =
        all.iter().copied().filter(|statement| statement.stance == Stance::Asked).collect();
    let live = if live.is_empty() { asked } else { live };
    let firm: Vec<&Statement> =
        live.iter().copied().filter(|statement| statement.stance != Stance::Tentative).collect();
    // A bare answer that follows what was only thought of.
    let live = match firm.last() {
        Some(last) if last.tier == Tier::Bare && live.last().is_some_and(|end| end.clause == last.clause) => {
            firm
        }
        _ => live,
    };
    if live.iter().any(|statement| statement.named.conflict) {
        return Err(Why::Contradiction);
    }
    let exists = |set: BTreeSet<usize>| -> BTreeSet<usize> {
        set.into_iter().filter(|&option| option < options.len() || options.are_numbers()).collect()
    };
    let letters: BTreeSet<usize> =
        options_of(live.iter().copied().filter(|statement| statement.named.letter))
            .into_iter()
            .filter(|&option| option < options.len())
            .collect();
    let texts = exists(options_of(
        live.iter().copied().filter(|statement| statement.named.text && !statement.named.letter),
    ));
    let others = options_of(open.into_iter());
    let only = |set: &BTreeSet<usize>| set.first().copied().filter(|_| set.len() == 1);
    match (only(&letters), only(&texts)) {
        (Some(letter), Some(text)) if letter != text => Err(Why::Contradiction),
        (Some(letter), _) if others.iter().all(|other| *other == letter) => Ok((letter, Clue::Mentioned)),
        (None, Some(text)) if letters.is_empty() && others.iter().all(|other| *other == text) => {
            if text < options.len() { Ok((text, Clue::Mentioned)) } else { Err(Why::NoOption) }
        }
        _ if letters.is_empty() && texts.is_empty() && others.len() < 2 => Err(Why::NoOption),
        _ => Err(Why::Several),
    }
}

/// What the words before a container do to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lead {
    /// They correct what came before.
    pub(super) corrects: bool,
    /// They deny what it holds, or call it an example.
    pub(super) silences: bool,
}

/// Reads the words between one container and the next.
pub(super) fn lead(text: &str, options: &Options) -> Lead {
    let tokens = Tokens::new(text);
    let chunks = chunks::split(&tokens, options);
    let has = |chunks: &[chunks::Chunk], roles: &[Role]| {
        chunks.iter().any(|chunk| roles.iter().any(|role| chunk.is(*role)))
    };
    let sentence = chunks.iter().rposition(|chunk| {
        chunk.is_mark(".!?;,")
            || chunk.what == chunks::What::Break
            || chunk.is(Role::Split)
            || chunk.is(Role::Turn)
    });
    let last = &chunks[sentence.map_or(0, |at| at + 1)..];
    Lead {
        corrects: has(&chunks, &[Role::Turn, Role::Retract, Role::Final]),
        silences: stance::before(&tokens, last).denials % 2 == 1
            || has(last, &[Role::Example, Role::Instruct, Role::If]),
    }
}
