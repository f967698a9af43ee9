//! What can be said of options: a statement with its stance, its strength and its manner.
//!
//! In: nothing. Out: types.

use std::collections::BTreeSet;

use super::chunks::Meant;
use super::tier::Tier;

/// What a statement does with its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stance {
    /// It names them.
    Firm,
    /// It names them with "maybe".
    Tentative,
    /// It leaves them open: "C is possible", "or C".
    Open,
    /// "B?".
    Asked,
    /// "Is it B?".
    Questioned,
    /// "between B and D".
    Among,
    /// "not B".
    Denied,
    /// A condition, an example, the words of others, or of the prompt.
    Silent,
}

/// How a statement is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// In none of these ways.
    Plain,
    /// A denial that is flat: "B is not", "not B".
    Flat,
    /// A denial that sets aside: "except B".
    SetAside,
    /// "The word is Carol", and no more.
    Asserted,
    /// It is ticked off: "Carol: yes".
    Ticked,
}

/// By what some options are named.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) letter: bool,
    pub(super) text: bool,
    /// The letter and the text beside it are of different options.
    pub(super) conflict: bool,
}

/// What is said of some options.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// Each option once.
    pub(super) options: Vec<usize>,
    /// All mentions in order.
    pub(super) sequence: Vec<usize>,
    pub(super) meant: Meant,
    pub(super) named: Named,
    pub(super) tier: Tier,
    pub(super) stance: Stance,
    pub(super) manner: Manner,
    pub(super) clause: usize,
    /// The number of its sentence.
    pub(super) sentence: usize,
    /// It goes on from what was said before: "also", "again".
    pub(super) adds: bool,
}

/// What a text says, in order.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Stated(Statement),
    Turn,
    TakenBack,
}

/// Options named by `statements`.
pub(super) fn options_of<'a>(statements: impl Iterator<Item = &'a Statement>) -> BTreeSet<usize> {
    statements.flat_map(|statement| statement.options.iter().copied()).collect()
}
