//! The sound of an item, as its pack states it.
//!
//! In: an item as written, and its pack's files. Out: its recordings, or what is wrong with them. Of a file no more than its header is
//! read for what it states; the digest takes all of it.

use super::super::fault::Fault;
use super::super::pack_file;
use super::super::parse::{RawItem, Report};
use super::super::source::Source;
use super::flac;
use super::recipe::Recipe;
use super::recording::{File, Made, Recording};
use crate::digest;

/// File name extensions of sounds, of which only the first is read.
const EXTENSIONS: [&str; 8] = ["flac", "wav", "mp3", "ogg", "oga", "opus", "m4a", "aac"];

/// Whether a file of this name should be a sound.
pub(in super::super) fn has_sound_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    EXTENSIONS.iter().any(|extension| name.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.')))
}

/// Whether an item is a sound, or is meant to be one.
pub(in super::super) fn is_sound(raw: &RawItem) -> bool {
    raw.sound.is_some() || !raw.recordings.is_empty() || raw.asset.as_deref().is_some_and(has_sound_name)
}

/// Takes what is stated of its sound out of an item.
pub(in super::super) fn take(source: Source<'_>, raw: &mut RawItem, report: &mut Report) -> Vec<Recording> {
    let key = |name: &str| format!("{}.{name}", raw.key);
    let asset = raw.asset.take();
    let recordings = std::mem::take(&mut raw.recordings);
    let sound = raw.sound.take();
    let stated = [sound.is_some(), asset.is_some(), !recordings.is_empty()];
    if stated.into_iter().filter(|&is_stated| is_stated).count() > 1 {
        report.add(&raw.key, Fault::TwoSounds);
        return Vec::new();
    }
    if let Some(table) = sound {
        let recipe = Recipe::read(table).map_err(|fault| report.add(key("sound"), fault));
        return recipe.into_iter().map(|recipe| Recording(Made::Recipe(recipe))).collect();
    }
    let assets = asset.into_iter().map(|name| (key("asset"), name));
    let files =
        recordings.into_iter().enumerate().map(|(at, name)| (key(&format!("recordings[{at}]")), name));
    assets.chain(files).filter_map(|(key, name)| file(source, name, &key, report)).collect()
}

/// Reads what a file of the pack states of itself.
pub(in super::super) fn file(
    source: Source<'_>,
    name: String,
    key: &str,
    report: &mut Report,
) -> Option<Recording> {
    let pack_file::PackFile { origin, bytes } = pack_file::read(source, &name, key, report)?;
    match flac::stated(&bytes) {
        Ok(stated) => {
            let sha256 = digest::of_bytes(&bytes);
            Some(Recording(Made::File(File { name, sha256, origin, stated })))
        }
        Err(reason) => {
            report.add(key, Fault::Sound(format!("`{name}` {reason}")));
            None
        }
    }
}
