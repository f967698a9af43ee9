//! Work on haystacks whose files stay as they are meanwhile.
//!
//! In: prepared haystacks, and what is made of them. Out: what was made while none of their files changed, or an error that says
//! which one did.

use std::collections::BTreeMap;

use crate::render::Error;
use crate::render::ready::Ready;
use crate::render::watch::Stamp;

/// How often work is begun anew because the files of its haystacks were touched, though not changed.
const MOST_TOUCHES: u32 = 5;

/// Stamps of all files of these haystacks; an error where one has changed.
pub(super) fn stamps<'a>(
    ready: &BTreeMap<String, Ready>,
    ids: impl Iterator<Item = &'a String>,
) -> Result<Vec<Stamp>, Error> {
    let stamps = ids.map(|id| ready[id].stamps()).collect::<Result<Vec<_>, Error>>()?;
    Ok(stamps.concat())
}

/// What `make` makes of the haystacks with these `ids`. What was made while one of them changed is dropped by `undo`: it is an error if
/// that is not what it was, and else the work is done again.
pub(super) fn steadily<'a, T, I: Iterator<Item = &'a String>>(
    ready: &BTreeMap<String, Ready>,
    ids: impl Fn() -> I,
    mut make: impl FnMut() -> Result<T, Error>,
    mut undo: impl FnMut() -> Result<(), Error>,
) -> Result<T, Error> {
    for _ in 0..MOST_TOUCHES {
        let before = stamps(ready, ids())?;
        let made = make();
        match stamps(ready, ids()) {
            Ok(after) if after == before => return made,
            // A change explains whatever else went wrong.
            changed => {
                undo()?;
                changed?;
            }
        }
    }
    Err(Error::Unsteady)
}
