//! Makes a pack out of its directory: finds the pictures, gives ids, and checks what the fields mean together.
//!
//! In: a source. Out: a pack without a fault, or every problem of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use super::art;
use super::fault::{Fault, Problem};
use super::footage;
use super::load_footage;
use super::pack::{Asset, Item, Pack};
use super::pack_file::{self, PackFile, nearest_file, reason};
use super::parse::{self, RawItem, RawPack, Report};
use super::sound::{self, Recording};
use super::source::{Source, is_inside};
use crate::digest;
use crate::files;
use crate::id;
use crate::language::Language;
use crate::wording::nearest;

/// Loads one pack.
pub(super) fn pack(source: Source<'_>) -> Result<Pack, Vec<Problem>> {
    let mut report = Report::new(&source.shown("pack.toml"));
    let made = make(source, &mut report);
    match made {
        Some(pack) if report.problems.is_empty() => Ok(pack),
        _ => Err(report.problems),
    }
}

fn make(source: Source<'_>, report: &mut Report) -> Option<Pack> {
    let text = read_toml(source, report)?;
    let (mut raw, stated) = parse::parse(&text, report)?;
    if !raw.id.is_empty() && !id::is_valid(&raw.id) {
        report.add("id", Fault::BadId(raw.id.clone()));
    }
    add_folder(source, &mut raw, report);
    if raw.items.is_empty() && report.problems.is_empty() {
        report.add("items", Fault::EmptyPack);
    }
    let mut items: Vec<(String, Item)> = Vec::new();
    let any_footage = raw.items.iter().any(load_footage::is_footage);
    let any_sound = !any_footage && raw.items.iter().any(sound::is_sound);
    let any_asset = !any_footage && !any_sound && raw.items.iter().any(|item| item.asset.is_some());
    for raw in raw.items {
        if any_footage && !load_footage::is_footage(&raw) {
            report.add(&raw.key, Fault::MixedFootage);
        } else if any_sound && !sound::is_sound(&raw) {
            report.add(&raw.key, Fault::MixedSound);
        } else if any_asset && raw.asset.is_none() {
            report.add(format!("{}.asset", raw.key), Fault::Mixed);
        }
        let key = raw.key.clone();
        if let Some(item) = item(source, raw, report) {
            items.push((key, item));
        }
    }
    check_ids(&items, report);
    check_names(&items, report);
    for language in Language::ALL {
        check_names_in(language, &items, report);
    }
    link_alike(&mut items, report);
    let items: Vec<Item> = items.into_iter().map(|(_, item)| item).collect();
    let pictures: Vec<(&str, &str)> = items
        .iter()
        .filter_map(|item| item.asset.as_ref())
        .map(|asset| (asset.name.as_str(), asset.sha256.as_str()))
        .chain(items.iter().filter_map(|item| item.footage.as_ref()?.file()))
        .chain(items.iter().flat_map(Item::recordings).filter_map(Recording::file))
        .collect();
    let sha256 = digest::of_value(&(stated, &pictures));
    let text_sha256 = digest::of_value(&(digest::of_bytes(text.as_bytes()), pictures));
    Some(Pack { id: raw.id, licence: raw.licence, credit: raw.credit, items, sha256, text_sha256 })
}

fn read_toml(source: Source<'_>, report: &mut Report) -> Option<String> {
    if source.is_linked_out("pack.toml") {
        report.add("", Fault::Linked("pack.toml".to_owned()));
        return None;
    }
    let unreadable = |reason: &dyn std::fmt::Display| Fault::Unreadable(reason.to_string());
    let read = source.file("pack.toml").ok_or_else(|| unreadable(&"no such file")).and_then(|origin| {
        let bytes = origin.read_settings().map_err(|error| match &error {
            files::Error::TooLong { what, .. } => unreadable(what),
            error => unreadable(&reason(error)),
        })?;
        String::from_utf8(bytes.into_owned()).map_err(|error| unreadable(&error.utf8_error()))
    });
    read.map_err(|fault| report.add("", fault)).ok()
}

/// Adds an item for each picture of the pack's folder that no listed item has as its asset.
fn add_folder(source: Source<'_>, raw: &mut RawPack, report: &mut Report) {
    let Some(folder) = &raw.folder else { return };
    if !is_inside(folder) {
        report.add("folder", Fault::Outside(folder.clone()));
        return;
    }
    if source.is_linked_out(folder) {
        report.add("folder", Fault::Linked(folder.clone()));
        return;
    }
    let names = match source.list(folder) {
        Some(Ok(names)) => names,
        Some(Err(error)) => {
            report.add("folder", Fault::Unreadable(reason(&error)));
            return;
        }
        None => {
            let nearest = nearest_file(source, folder);
            report.add("folder", Fault::MissingAsset { asset: folder.clone(), nearest });
            return;
        }
    };
    for name in names {
        let asset = format!("{folder}/{name}");
        if raw.items.iter().any(|item| item.asset.as_ref() == Some(&asset)) {
            continue;
        }
        let key = format!("folder[{name}]");
        if footage::has_video_name(&name) {
            report.add(key, Fault::VideoInFolder { asset });
            continue;
        }
        if !art::has_picture_name(&name) && !sound::has_sound_name(&name) {
            let reason = "expected a PNG, JPEG, WebP, BMP or SVG picture".to_owned();
            report.add(key, Fault::NotPicture { asset, reason });
            continue;
        }
        let stem = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().replace('_', " ");
        raw.items.push(RawItem {
            key,
            id: None,
            label: Some(stem.split_whitespace().collect::<Vec<_>>().join(" ")),
            plural: None,
            aliases: Vec::new(),
            hints: Vec::new(),
            asset: Some(asset),
            scene: None,
            footage: None,
            soundtrack: None,
            sound: None,
            recordings: Vec::new(),
            alike: Vec::new(),
            names: BTreeMap::new(),
        });
    }
}

fn item(source: Source<'_>, mut raw: RawItem, report: &mut Report) -> Option<Item> {
    let footage =
        load_footage::is_footage(&raw).then(|| load_footage::take(source, &mut raw, report)).flatten();
    let sounds = if sound::is_sound(&raw) { sound::take(source, &mut raw, report) } else { Vec::new() };
    let asset = raw.asset.and_then(|name| load_asset(source, name, &format!("{}.asset", raw.key), report));
    let Some(label) = raw.label else {
        // A label of another type or of blanks only is reported where it is read.
        let at = format!("{}.label", raw.key);
        if !report.problems.iter().any(|problem| problem.key == at) {
            report.add(at, Fault::Missing("what the item is called in questions"));
        }
        return None;
    };
    if label.is_empty() {
        report.add(format!("{}.label", raw.key), Fault::Blank("what the item is called in questions"));
    }
    let id = raw.id.unwrap_or_else(|| id_of(&label));
    if !id::is_valid(&id) {
        report.add(format!("{}.id", raw.key), Fault::BadId(id.clone()));
    }
    let alike = raw.alike.into_iter().collect();
    let RawItem { plural, aliases, hints, names, .. } = raw;
    Some(Item { id, label, plural, aliases, hints, names, alike, asset, footage, sounds })
}

/// The id of an item that states none.
pub(super) fn id_of(label: &str) -> String {
    let slug = id::slug(label).to_lowercase();
    if label.is_ascii() {
        return slug;
    }
    // Letters beyond ASCII are lost in a slug; the digest keeps apart what they kept apart.
    format!("{slug}-{}", &digest::of_bytes(label.as_bytes())[..8])
}

fn load_asset(source: Source<'_>, name: String, key: &str, report: &mut Report) -> Option<Asset> {
    let PackFile { origin, bytes } = pack_file::read(source, &name, key, report)?;
    match art::shape(&name, &bytes) {
        Ok(shape) => {
            Some(Asset { sha256: digest::of_bytes(&bytes), name, origin, shape, signature: OnceLock::new() })
        }
        Err(error) => {
            report.add(key, Fault::NotPicture { asset: name, reason: error.to_string() });
            None
        }
    }
}

fn check_ids(items: &[(String, Item)], report: &mut Report) {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    for (key, item) in items {
        match first.get(&item.id.to_lowercase()) {
            Some(other) => {
                let fault = Fault::Duplicate { name: item.id.clone(), first: format!("{other}.id") };
                report.add(format!("{key}.id"), fault);
            }
            None => {
                first.insert(item.id.to_lowercase(), key);
            }
        }
    }
}

/// No two items share a name of any sort: an option set could then hold one thing twice.
fn check_names(items: &[(String, Item)], report: &mut Report) {
    let mut first = Firsts::new();
    for (index, (key, item)) in items.iter().enumerate() {
        let mut names = vec![(format!("{key}.label"), &item.label)];
        names.extend(item.plural.iter().map(|plural| (format!("{key}.plural"), plural)));
        names.extend(
            item.aliases.iter().enumerate().map(|(at, alias)| (format!("{key}.aliases[{at}]"), alias)),
        );
        check_new(index, names, &mut first, report);
    }
}

/// The same in a language other than English, of which English names are no part.
fn check_names_in(language: Language, items: &[(String, Item)], report: &mut Report) {
    let mut first = Firsts::new();
    for (index, (key, item)) in items.iter().enumerate() {
        let Some(own) = item.names.get(&language) else { continue };
        let key = format!("{key}.names.{}", language.code());
        let mut names = vec![(format!("{key}.label"), &own.label), (format!("{key}.plural"), &own.plural)];
        names.extend(
            own.aliases.iter().enumerate().map(|(at, alias)| (format!("{key}.aliases[{at}]"), alias)),
        );
        check_new(index, names, &mut first, report);
    }
}

/// Who has a name in lower case first: an item and the key.
type Firsts = BTreeMap<String, (usize, String)>;

fn check_new(index: usize, names: Vec<(String, &String)>, first: &mut Firsts, report: &mut Report) {
    for (at, name) in names {
        match first.get(&name.to_lowercase()) {
            // "Sheep" is its own plural.
            Some((owner, _)) if *owner == index && at.ends_with(".plural") => {}
            Some((_, other)) => {
                report.add(at, Fault::Duplicate { name: name.clone(), first: other.clone() });
            }
            None => {
                first.insert(name.to_lowercase(), (index, at));
            }
        }
    }
}

/// Checks `alike` and makes it symmetric.
fn link_alike(items: &mut [(String, Item)], report: &mut Report) {
    let ids: Vec<String> = items.iter().map(|(_, item)| item.id.clone()).collect();
    let known: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (key, item) in items.iter() {
        for other in &item.alike {
            if *other == item.id {
                report.add(format!("{key}.alike"), Fault::AlikeItself);
            } else if known.contains(other.as_str()) {
                pairs.push((other.clone(), item.id.clone()));
            } else {
                let nearest = nearest(other, known.iter().copied()).map(str::to_owned);
                report.add(format!("{key}.alike"), Fault::UnknownItem { id: other.clone(), nearest });
            }
        }
    }
    for (id, other) in pairs {
        if let Some((_, item)) = items.iter_mut().find(|(_, item)| item.id == id) {
            item.alike.insert(other);
        }
    }
}
