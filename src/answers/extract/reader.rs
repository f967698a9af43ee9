//! A reply read to what it names, whatever kind of thing that is.
//!
//! In: a reply, what is wanted of it, and a finder that tells of tokens where they mention something. Out: what is named, by the
//! numbers that the finder gives it, and the clue; or why nothing can be read.

use std::borrow::Cow;

use super::chunks;
use super::clauses;
use super::clue::{Clue, Why};
use super::combine;
use super::containers::{self, Container};
use super::decide;
use super::items;
use super::options::Options;
use super::statements::Speaker;
use super::tokens::Tokens;
use super::wanted::Wanted;

/// The longest reply of which every byte is read. Of a longer one the first and the last half of this are read, as if
/// what stands between were a blank line.
pub(super) const MOST_BYTES: usize = 256 << 10;

/// What a reply names: at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::answers) struct Found {
    /// The numbers of the things, as the finder has them, in the order in which they are named.
    pub(in crate::answers) values: Vec<usize>,
    pub(in crate::answers) clue: Clue,
}

/// What is named, or why nothing can be read.
pub(super) type Reading = Result<Found, Why>;

/// Tells of a text's tokens what they mention.
pub(in crate::answers) type Finder<'a, 'o> = dyn FnMut(&Tokens) -> Cow<'o, Options> + 'a;

/// Reads what `reply` names.
pub(in crate::answers) fn read(reply: &str, wanted: Wanted, finder: &mut Finder<'_, '_>) -> Reading {
    let text = shortened(reply.trim());
    let spoken = containers::spoken(&text)?;
    if spoken.trim().is_empty() {
        return Err(Why::Empty);
    }
    // A model that goes on with a question of its own has answered before it.
    if let Some(end) = containers::next_question(&spoken)
        && let Ok(found) = read_one(&spoken[..end], wanted, finder)
        && !matches!(found.clue, Clue::Chosen | Clue::Mentioned)
    {
        return Ok(found);
    }
    read_one(&spoken, wanted, finder)
}

/// Both ends of a reply that is too long.
fn shortened(reply: &str) -> Cow<'_, str> {
    if reply.len() <= MOST_BYTES {
        return Cow::Borrowed(reply);
    }
    let head = containers::boundary(reply, MOST_BYTES / 2);
    let tail = containers::boundary(reply, reply.len() - MOST_BYTES / 2);
    Cow::Owned(format!("{}\n\n{}", &reply[..head], &reply[tail..]))
}

fn read_one(spoken: &str, wanted: Wanted, finder: &mut Finder<'_, '_>) -> Reading {
    let spoken = &containers::with_answers_named(spoken);
    let fields = if wanted.is_open() { containers::Fields::Any } else { containers::Fields::Words };
    let held = containers::contents(spoken, fields);
    if held.is_empty() { read_text(spoken, wanted, finder) } else { agree(spoken, &held, wanted, finder) }
}

/// What all containers that can be read agree on, or that of the last, where words of correction lead to it.
fn agree(spoken: &str, held: &[Container], wanted: Wanted, finder: &mut Finder<'_, '_>) -> Reading {
    let mut agreed: Option<Vec<usize>> = None;
    let mut failed = Why::NoOption;
    let mut end = 0;
    for container in held {
        let between = spoken.get(end..container.start).unwrap_or_default();
        let before = decide::lead(between, &finder(&Tokens::new(between)));
        end = container.end;
        if before.silences {
            continue;
        }
        match (read_text(&container.text, wanted, finder), &agreed) {
            (Ok(found), Some(earlier)) if !is_same(&found.values, earlier, wanted) && !before.corrects => {
                return Err(Why::Several);
            }
            (Ok(found), _) => agreed = Some(found.values),
            (Err(Why::Several), _) if !before.corrects => return Err(Why::Several),
            (Err(why), _) => failed = why,
        }
    }
    agreed.map(|values| Found { values, clue: Clue::Container }).ok_or(failed)
}

/// Whether two answers are one.
fn is_same(one: &[usize], other: &[usize], wanted: Wanted) -> bool {
    combine::is_same(one, other, wanted == Wanted::Ordered)
}

/// Reads a text that holds no container.
fn read_text(text: &str, wanted: Wanted, finder: &mut Finder<'_, '_>) -> Reading {
    let tokens = Tokens::new(text);
    let options = finder(&tokens);
    let crossed = (0..tokens.len()).any(|at| matches!(tokens.text(at), "~" | "❌" | "✗" | "✘" | "×" | "☐"));
    if !wanted.is_plural() && !crossed {
        let words = tokens.words();
        if let [only] = words.as_slice()
            && wanted == Wanted::Option
            && let Some(index) = tokens.letter(*only)
        {
            let found = Found { values: vec![index], clue: Clue::Letter };
            return if index < options.len() { Ok(found) } else { Err(Why::NoSuchOption) };
        }
        if let Some(index) = options.whole(&tokens) {
            return Ok(Found { values: vec![index], clue: Clue::Text });
        }
    }
    let mut chunks = chunks::split(&tokens, &options);
    if wanted.is_plural() {
        chunks = items::join(&tokens, &chunks, options.len(), wanted);
    }
    let clauses = clauses::split(&chunks, |at| tokens.is_spaced(at));
    let events = Speaker::new(&tokens, &chunks, &clauses, wanted.is_open()).events();
    if wanted.is_plural() {
        let (values, clue) = combine::combine(&events, wanted)?;
        return Ok(Found { values, clue });
    }
    let (index, clue) = decide::decide(&events, &options)?;
    Ok(Found { values: vec![index], clue })
}
