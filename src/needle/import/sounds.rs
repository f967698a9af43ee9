//! Folders of sounds: each file is an item of that name, or each directory a class whose files are recordings of it.
//!
//! In: the directory, what is wanted of it, and who decodes a sound: media lies above needles. Out: a pack of mono FLAC files, as long as
//! their sources, and `sources.csv`; or every problem at once, and nothing written.

use std::path::Path;

use rayon::prelude::*;

use super::super::pcm::Pcm;
use super::super::sound::{LONGEST_MILLIS, encoded, has_sound_name};
use super::classes::{Class, count};
use super::fault::{Fault, ImportError, Problem};
use super::media_dir::{self, Candidate, Medium};
use super::names;
use super::options::Options;
use super::write::{self, Imported, ItemTable, PackFiles, PackTable};
use crate::files;

/// What a file gives: a file of FLAC, or why it cannot be heard.
type Recording = Result<Vec<u8>, Fault>;

/// Decodes a sound to mono, or says why it cannot be used.
pub type Listener = dyn Fn(&Path) -> Result<Pcm, String> + Sync;

/// The most recordings of one item: each needle takes one of them.
const MOST_RECORDINGS: usize = 100;
/// Samples below which a sound is silent.
const SILENT: u16 = 8;

/// What the source holds.
const SOUNDS: Medium = Medium {
    noun: "sound",
    has_name: has_sound_name,
    licence: "the sounds' licence, such as `--licence CC-BY-4.0`",
    credit: "whom to credit for the sounds",
    of_class: "sounds, such as `bark.wav`",
    of_source: "a sound an item, or a directory a class with its sounds",
};

/// An item with its sounds as FLAC files.
struct Taken {
    class: Class,
    recordings: Vec<(String, Vec<u8>)>,
}

/// Imports a pack of sounds into `out`, which is new or empty.
///
/// # Errors
/// The sounds cannot become a pack: every problem, and nothing is written. Or a file cannot be read or written.
pub fn import_sounds(options: &Options, out: &Path, listen: &Listener) -> Result<Imported, ImportError> {
    write::check_empty(out)?;
    let mut problems = Vec::new();
    media_dir::check(options, &SOUNDS, &mut problems);
    let mut notes = Vec::new();
    let found = media_dir::found(&options.source, &SOUNDS, &mut notes, &mut problems)?;
    let mut taken = taken(options, found, listen, (&mut notes, &mut problems));
    let mut classes: Vec<Class> = taken.iter().map(|sound| sound.class.clone()).collect();
    if let Some(file) = &options.names {
        names::add(file, &mut classes, &mut notes, &mut problems)?;
    }
    let formed = names::plurals(&mut classes, options.plurals);
    let ids = names::check(&classes.iter().collect::<Vec<_>>(), &mut problems);
    if !problems.is_empty() {
        return Err(ImportError::Problems { problems });
    }
    for (sound, class) in taken.iter_mut().zip(classes) {
        sound.class = class;
    }
    let left = write::install(out, |dir| {
        let mut assets = Vec::new();
        for (sound, id) in taken.iter().zip(&ids) {
            let is_one = sound.recordings.len() == 1;
            let name =
                |at: usize| if is_one { format!("{id}.flac") } else { format!("{id}-{}.flac", at + 1) };
            let names: Vec<String> = (0..sound.recordings.len()).map(name).collect();
            for ((_, bytes), name) in sound.recordings.iter().zip(&names) {
                files::write_bytes(&dir.join(name), bytes)?;
            }
            assets.push(names);
        }
        Ok(pack_files(options, &taken, &ids, &assets))
    })?;
    let without = taken.iter().filter(|sound| sound.class.plural.is_none());
    Ok(Imported {
        pack: options.id.clone(),
        items: taken.len(),
        without_plural: without.map(|sound| sound.class.label.clone()).collect(),
        formed_plurals: formed,
        alike: Vec::new(),
        notes: notes.into_iter().chain(left).collect(),
    })
}

/// Decodes all sounds; those that cannot be used are problems, or notes where they are to be left out.
fn taken(
    options: &Options,
    found: Vec<Candidate>,
    listen: &Listener,
    (notes, problems): (&mut Vec<String>, &mut Vec<Problem>),
) -> Vec<Taken> {
    let heard = |path: &Path| -> Result<Vec<u8>, Fault> {
        let pcm = listen(path).map_err(Fault::Unreadable)?;
        usable(&pcm).map_err(Fault::Unreadable)?;
        Ok(encoded(&pcm.samples, pcm.sample_rate))
    };
    let outcomes: Vec<(Candidate, Vec<Recording>)> = found
        .into_par_iter()
        .map(|sounds| {
            let heard = sounds.files.iter().take(MOST_RECORDINGS).map(|(path, _)| heard(path)).collect();
            (sounds, heard)
        })
        .collect();
    let mut taken = Vec::new();
    for (Candidate { class, files }, outcomes) in outcomes {
        let aside = files.len() - outcomes.len();
        if aside > 0 {
            let sounds = count(aside, "sound is", "sounds are");
            notes.push(format!("{sounds} left aside: `{}` has {MOST_RECORDINGS} already", class.label));
        }
        let mut recordings = Vec::new();
        for ((path, name), outcome) in files.into_iter().zip(outcomes) {
            match outcome {
                Ok(bytes) => recordings.push((name, bytes)),
                Err(fault) if options.skip_bad => notes.push(format!("left out: `{name}`: {fault}")),
                Err(fault) => problems.push(Problem::of(&path, "", fault)),
            }
        }
        if !recordings.is_empty() {
            taken.push(Taken { class, recordings });
        }
    }
    if taken.is_empty() && problems.is_empty() {
        problems.push(Problem::of(&options.source, "", Fault::Empty("at least one sound that can be used")));
    }
    taken
}

/// Whether anything is heard, and not for too long.
fn usable(pcm: &Pcm) -> Result<(), String> {
    let millis = pcm.samples.len() as u64 * 1000 / u64::from(pcm.sample_rate.max(1));
    if millis > LONGEST_MILLIS {
        let (secs, most) = (millis.div_ceil(1000), LONGEST_MILLIS / 1000);
        return Err(format!(
            "lasts {secs} s, and a needle's sound at most {most} s; cut out what is to be heard"
        ));
    }
    if is_silent(pcm) { Err("nothing is to be heard".to_owned()) } else { Ok(()) }
}

/// Whether nothing is to be heard.
pub(super) fn is_silent(pcm: &Pcm) -> bool {
    pcm.samples.iter().all(|sample| sample.unsigned_abs() < SILENT)
}

/// The list of items, and where each is from.
fn pack_files(options: &Options, taken: &[Taken], ids: &[String], assets: &[Vec<String>]) -> PackFiles {
    let (licence, credit) = (options.licence.as_deref(), options.credit.as_deref());
    let (licence, credit) = (licence.unwrap_or_default(), credit.unwrap_or_default());
    let each = taken.iter().zip(ids).zip(assets);
    let items = each.map(|((sound, id), assets)| ItemTable {
        id,
        label: &sound.class.label,
        plural: sound.class.plural.as_deref(),
        aliases: &sound.class.aliases,
        asset: None,
        recordings: assets,
        alike: Vec::new(),
        soundtrack: None,
        names: write::names(&sound.class),
        footage: None,
    });
    let items = items.collect();
    let from = taken.iter().zip(assets).flat_map(|(sound, assets)| {
        let recordings = sound.recordings.iter().zip(assets);
        recordings.map(|((source, _), asset)| [sound.class.label.as_str(), asset.as_str(), source.as_str()])
    });
    let sources = media_dir::sources(from, (licence, credit));
    PackFiles { pack: PackTable { id: &options.id, licence, credit, items }.text(), sources }
}
