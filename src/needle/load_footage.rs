//! The short video of an item, as its pack states it.
//!
//! In: an item as written, and its pack's files. Out: its footage, or what is wrong with it. Nothing is decoded here: whoever shows
//! the video holds it to what is stated.

use super::fault::Fault;
use super::footage::{self, Footage};
use super::pack_file;
use super::parse::{RawItem, Report};
use super::sound;
use super::source::{Origin, Source};
use crate::digest;

/// Whether an item is a short video, or is meant to be one.
pub(super) fn is_footage(raw: &RawItem) -> bool {
    let has_video = raw.asset.as_deref().is_some_and(footage::has_video_name);
    raw.scene.is_some() || raw.footage.is_some() || raw.soundtrack.is_some() || has_video
}

/// Takes what is stated of its video out of an item.
pub(super) fn take(source: Source<'_>, raw: &mut RawItem, report: &mut Report) -> Option<Footage> {
    let key = |name: &str| format!("{}.{name}", raw.key);
    let soundtrack = raw.soundtrack.take();
    if soundtrack.is_some() && raw.asset.is_none() {
        report.add(key("soundtrack"), Fault::SoundOfNothing);
        return None;
    }
    match (raw.scene.take(), raw.footage.take(), raw.asset.take()) {
        (Some(_), _, Some(_)) => {
            report.add(&raw.key, Fault::TwoReels);
            None
        }
        (Some(scene), None, None) => {
            footage::of_scene(scene).map_err(|fault| report.add(key("scene"), fault)).ok()
        }
        (_, Some(_), None) => {
            report.add(key("footage"), Fault::FactsOfNothing);
            None
        }
        (None, Some(_), Some(name)) if !footage::has_video_name(&name) => {
            report.add(key("footage"), Fault::FactsOfNothing);
            None
        }
        (None, None, Some(name)) => {
            report.add(key("footage"), Fault::NoFacts(name));
            None
        }
        (None, Some(facts), Some(name)) => {
            let facts = footage::facts(facts).map_err(|fault| report.add(key("footage"), fault)).ok();
            let file = pack_file::read(source, &name, &key("asset"), report)?;
            let Origin::File(path) = &file.origin else {
                report.add(key("asset"), Fault::Unreadable("an embedded pack holds no videos".to_owned()));
                return None;
            };
            let heard = soundtrack.map(|name| sound::file(source, name, &key("soundtrack"), report));
            let footage = facts?.of_file(name, path, digest::of_bytes(&file.bytes));
            Some(Footage { soundtrack: heard.flatten(), ..footage })
        }
        (None, None, None) => None,
    }
}
