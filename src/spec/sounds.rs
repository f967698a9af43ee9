//! The sounds of types whose needles are heard.
//!
//! In: families, packs. Out: which items a family can use, and how long its needles sound at most.

use crate::needle::{Item, Library, LookKind, Pack, Recording};
use crate::question::{Family, Pool};
use crate::time::FrameRate;

/// Whether a family can let an item hear: a sound whose times are asked for lasts as long as is drawn, and any other has a length of its
/// own.
pub(super) fn fits(family: &Family, item: &Item) -> bool {
    if family.question_kind().draws_times() { is_open(item) } else { has_length(item) }
}

/// Whether an item is a sound of a length of its own.
pub(super) fn has_length(item: &Item) -> bool {
    !item.sounds.is_empty() && item.sounds.iter().all(|sound| sound.millis().is_some())
}

/// Whether an item is a sound that lasts as long as is asked for.
fn is_open(item: &Item) -> bool {
    !item.sounds.is_empty() && item.sounds.iter().all(|sound| sound.millis().is_none())
}

/// Whether a pack has any sound that a family can let hear.
pub(super) fn check(family: &Family, pack: &Pack) -> Result<(), String> {
    if family.look() != LookKind::Sound || pack.items.iter().any(|item| fits(family, item)) {
        return Ok(());
    }
    let (name, kind) = (&pack.id, family.kind());
    if pack.items.iter().all(|item| item.sounds.is_empty()) {
        return Err(format!("pack `{name}` has no sounds, which `{kind}` lets hear"));
    }
    let which = if family.question_kind().draws_times() {
        "last as long as is asked for (`millis` absent)"
    } else {
        "have a length"
    };
    Err(format!("pack `{name}` has no sounds that {which}, and `{kind}` needs such"))
}

/// How long the longest sound that a family can let hear lasts, in milliseconds; `None` where its needles are no sounds, or last as long
/// as is drawn.
pub(super) fn longest(
    library: &Library,
    family: &Family,
    (pack, pool): (&str, &Pool),
    others: Option<(&str, &Pool)>,
) -> Option<u64> {
    if family.look() != LookKind::Sound {
        return None;
    }
    let pools = std::iter::once((pack, pool)).chain(others);
    let items = pools.flat_map(|(pack, pool)| {
        pool.candidates().iter().filter_map(move |candidate| library.pack(pack)?.item(&candidate.item))
    });
    items.flat_map(|item| &item.sounds).filter_map(Recording::millis).max()
}

/// The frames in which a sound of so many milliseconds is heard, the last perhaps in part.
pub(super) fn frames(millis: u64, fps: FrameRate) -> u64 {
    let num = u128::from(millis) * u128::from(fps.num());
    num.div_ceil(1000 * u128::from(fps.den())) as u64
}
