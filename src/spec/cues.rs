//! What is heard or read while needles are shown.
//!
//! In: a family that has cues, and packs. Out: the pool of its cues, or why its pack has too few.

use std::sync::Arc;

use super::others::candidate;
use super::sounds;
use crate::needle::{Item, Library, LookKind};
use crate::question::{Family, Pool};

/// The cues of a family whose needles are of `pack`; nothing where it has none.
pub(super) fn cues_of(family: &Family, pack: &str, library: &Library) -> Result<Option<Arc<Pool>>, String> {
    let Some((name, look)) = family.cue_pack(pack).zip(family.cue_look()) else { return Ok(None) };
    let found = library
        .pack(name)
        .ok_or_else(|| format!("no needle pack `{name}`, which `{}` takes its cues from", family.kind()))?;
    let usable = |item: &&Item| is_usable(item, look);
    Ok(Some(Arc::new(Pool::new(
        found.items.iter().filter(usable).map(|item| candidate(found, item)).collect(),
    ))))
}

/// Whether an item can be a cue of this look.
fn is_usable(item: &Item, look: LookKind) -> bool {
    match look {
        LookKind::Sound => sounds::has_length(item),
        // Every item has a name, which a line can say; what is seen is no cue, which a check of the family excludes.
        LookKind::Caption
        | LookKind::Text
        | LookKind::Picture
        | LookKind::Patch
        | LookKind::Mover
        | LookKind::Clip => true,
    }
}

/// Whether there are as many cues as a family shows things.
pub(super) fn check_cues(family: &Family, pack: &str, cues: Option<&Pool>) -> Result<(), String> {
    let (needed, found) = (family.cues_needed(), cues.map_or(0, Pool::distinct));
    match family.cue_pack(pack) {
        Some(pack) if found < needed => {
            Err(format!("pack `{pack}` has {found} distinct cues, `{}` needs {needed}", family.kind()))
        }
        _ => Ok(()),
    }
}
