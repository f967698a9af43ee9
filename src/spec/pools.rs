//! Which items of packs a type can use: what it asks for, and the keys that this is shown for.
//!
//! In: a family, packs. Out: pools of candidates, or why a pack has too few.

use std::sync::Arc;

use super::others::candidate;
use super::sounds;
use crate::needle::{Item, Library, LookKind, Pack};
use crate::question::{Family, Pool, QuestionKind};

/// The items of `pack` that `family` can use, or why there are too few.
pub(super) fn pool(family: &Family, pack: &Pack) -> Result<Pool, String> {
    let (kind, name) = (family.kind(), &pack.id);
    if pack.items.is_empty() {
        let code = family.language().code();
        return Err(format!(
            "no item of pack `{name}` has a name in `{code}`; give items `names.{code} = {{ label = \"...\" }}` in its pack.toml"
        ));
    }
    let played = family.look() == LookKind::Clip;
    let heard = family.look() == LookKind::Sound;
    let drawn = !played && !heard && !matches!(family.look(), LookKind::Text | LookKind::Caption);
    let plural = family.asks_by_plural(name);
    if drawn && pack.items.iter().all(|item| item.asset.is_none()) {
        return Err(format!("pack `{name}` has no pictures, which `{kind}` shows"));
    }
    if played && pack.items.iter().all(|item| item.footage.is_none()) {
        return Err(format!("pack `{name}` has no short videos, which `{kind}` shows"));
    }
    sounds::check(family, pack)?;
    let usable = |item: &&Item| {
        (!drawn || item.asset.is_some())
            && (!played || item.footage.is_some())
            && (!heard || sounds::fits(family, item))
            && (!plural || item.plural.is_some())
    };
    let pool = Pool::new(pack.items.iter().filter(usable).map(|item| candidate(pack, item)).collect());
    if pool.distinct() < family.labels_needed() {
        return Err(few(family, name, pool.distinct()));
    }
    Ok(pool)
}

/// The keys of a family, of all that its pack of them has; of those with hints alone, where hints name them.
pub(super) fn keys_of(
    family: &Family,
    with_hints: bool,
    pool: &Arc<Pool>,
    library: &Library,
) -> Result<Option<Arc<Pool>>, String> {
    if family.key_pack().is_none() {
        return Ok(None);
    }
    let Some(name) = family.other_key_pack() else { return Ok(Some(Arc::clone(pool))) };
    let pack = library
        .pack(name)
        .ok_or_else(|| format!("no needle pack `{name}`, which `{}` takes its keys from", family.kind()))?;
    let is_named = family.question_kind() == QuestionKind::Key && with_hints;
    let hinted = |item: &&Item| !is_named || !item.hints.is_empty();
    Ok(Some(Arc::new(Pool::new(
        pack.items.iter().filter(hinted).map(|item| candidate(pack, item)).collect(),
    ))))
}

/// Whether there are as many keys as a family names.
pub(super) fn check_keys(family: &Family, with_hints: bool, keys: Option<&Pool>) -> Result<(), String> {
    let (needed, found) = (family.keys_needed(), keys.map_or(0, Pool::distinct));
    match family.key_pack() {
        Some(pack) if found < needed && with_hints && family.question_kind() == QuestionKind::Key => {
            let code = family.language().code();
            let of_item = if family.language().is_english() { "hints" } else { "names.CODE.hints" };
            Err(format!(
                "pack `{pack}` has {found} distinct keys with hints in `{code}`, `{}` needs {needed}; give its items `{}`, or set \
                 `hints = false`",
                family.kind(),
                of_item.replace("CODE", code)
            ))
        }
        Some(pack) if found < needed => {
            Err(format!("pack `{pack}` has {found} distinct keys, `{}` needs {needed}", family.kind()))
        }
        _ => Ok(()),
    }
}

/// That a pack has too few labels.
pub(super) fn few(family: &Family, pack: &str, distinct: usize) -> String {
    let plural = family.asks_by_plural(pack);
    let (what, remedy) = if plural {
        ("distinct labels with a plural", "; list its items under `[[items]]`, each with `plural = \"...\"`")
    } else {
        ("distinct labels", "")
    };
    format!(
        "pack `{pack}` has {distinct} {what}, `{}` needs {}{remedy}",
        family.kind(),
        family.labels_needed()
    )
}
