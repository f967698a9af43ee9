//! Packs and their items, once loaded and checked.
//!
//! In: nothing; `load` alone makes them. Out: what questions need (names, look-alikes) and what drawing needs (pictures).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::art::Shape;
use super::footage::{Footage, Reel};
use super::signature::Signature;
use super::sound::Recording;
use super::source::Origin;
use crate::language::Language;

/// A set of needles of one sort.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Id, unique in the library.
    pub id: String,
    /// Licence of the pictures.
    pub licence: String,
    /// Whom to credit for the pictures.
    pub credit: String,
    /// The items, in the order of the file; never empty.
    pub items: Vec<Item>,
    /// Digest of what the pack's file states, comments and layout aside, and of all its pictures.
    pub sha256: String,
    /// Digest of the file's text and of all pictures, by which the cache knows the pack's pictures.
    pub(super) text_sha256: String,
}

/// What the items of a pack are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PackKind {
    /// Names to write: no item has a picture.
    Text,
    /// Every item has a picture.
    Picture,
    /// Every item has a short video.
    Clip,
    /// Every item has a sound.
    Sound,
}

/// One needle of a pack.
#[derive(Clone, Debug)]
pub struct Item {
    /// Id, unique in the pack.
    pub id: String,
    /// What questions and options call it.
    pub label: String,
    /// What questions call several of it; absent where it is never counted.
    pub plural: Option<String>,
    /// Other names that a reader could give it; no two items share one.
    pub aliases: Vec<String>,
    /// What means it without naming it, such as "the colour of the sky" for blue.
    pub hints: Vec<String>,
    /// What it is called in other languages than English; the fields above are those of the library's language.
    pub names: BTreeMap<Language, Names>,
    /// Ids of the items that must never share an option set or a video's question with it; symmetric.
    pub alike: BTreeSet<String>,
    /// The picture; absent in packs of texts and of short videos.
    pub asset: Option<Asset>,
    /// The short video; absent in other packs.
    pub footage: Option<Footage>,
    /// Renditions of the sound, any of which may be heard; none in other packs.
    pub sounds: Vec<Recording>,
}

/// What an item is called in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// In questions and options.
    pub label: String,
    /// Several of it; the label itself in languages whose nouns do not change.
    pub plural: String,
    /// Other names; no two items share one in a language.
    pub aliases: Vec<String>,
    /// What means it without naming it.
    pub hints: Vec<String>,
}

/// The picture of an item.
#[derive(Clone, Debug)]
pub struct Asset {
    /// File, relative to the pack.
    pub name: String,
    /// Digest of the file.
    pub sha256: String,
    pub(super) origin: Origin,
    pub(super) shape: Shape,
    /// What the picture looks like, once somebody has asked.
    pub(super) signature: OnceLock<Signature>,
}

impl Pack {
    /// What the pack's pictures are known by in the cache, where earlier versions have kept what haystacks show of them.
    pub fn cache_key(&self) -> &str {
        &self.text_sha256
    }

    /// The item with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The English pack in another language: items that have no name in it are left out. A reader could still call an item
    /// by its English names, so they are aliases.
    pub(super) fn speaking(mut self, language: Language) -> Self {
        if language.is_english() {
            return self;
        }
        self.items.retain_mut(|item| {
            let Some(names) = item.names.get(&language).cloned() else { return false };
            item.aliases.extend(names.aliases);
            item.aliases.extend(item.plural.replace(names.plural).filter(|plural| *plural != item.label));
            item.aliases.push(std::mem::replace(&mut item.label, names.label));
            item.hints = names.hints;
            true
        });
        self
    }

    /// Whether the pack is of names, of pictures, of short videos or of sounds.
    pub fn kind(&self) -> PackKind {
        if self.items.iter().any(|item| item.footage.is_some()) {
            return PackKind::Clip;
        }
        if self.items.iter().any(|item| !item.sounds.is_empty()) {
            return PackKind::Sound;
        }
        if self.items.iter().any(|item| item.asset.is_some()) { PackKind::Picture } else { PackKind::Text }
    }
}

impl Item {
    /// Whether its sounds are recordings, not recipes.
    pub fn is_recorded(&self) -> bool {
        self.sounds.iter().any(|sound| sound.file().is_some())
    }

    /// The files of its picture, short video or sounds, relative to the pack; none where all of it is drawn or played.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let picture = self.asset.as_ref().map(|asset| asset.name.as_str());
        let video = self.footage.as_ref().and_then(|footage| match &footage.reel {
            Reel::File { name, .. } => Some(name.as_str()),
            Reel::Scene { .. } => None,
        });
        let sounds = self.recordings().filter_map(|sound| sound.file().map(|file| file.0));
        picture.or(video).into_iter().chain(sounds)
    }

    /// All of it that is heard: renditions of a sound, or what is heard with a short video.
    pub(super) fn recordings(&self) -> impl Iterator<Item = &Recording> {
        let soundtrack = self.footage.iter().filter_map(|footage| footage.soundtrack.as_ref());
        self.sounds.iter().chain(soundtrack)
    }

    /// Whether the two could be taken for each other.
    pub fn is_alike(&self, other: &Item) -> bool {
        self.id == other.id || self.alike.contains(&other.id)
    }
}
