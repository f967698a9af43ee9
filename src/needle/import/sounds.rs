//! Folders of sounds: each file is an item of that name, or each directory a class whose files are recordings of it.
//!
//! In: the directory, what is wanted of it, and who decodes a sound: media lies above needles. Out: a pack of mono FLAC files, as long as
//! their sources, and `sources.csv`; or every problem at once, and nothing written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::super::pcm::Pcm;
use super::super::sound::{LONGEST_MILLIS, encoded, has_sound_name};
use super::super::source::is_linked_out;
use super::classes::{Class, count};
use super::fault::{Fault, ImportError, Problem};
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

/// An item with the files that it is recorded in, each with what the source calls it.
struct Sounds {
    class: Class,
    files: Vec<(PathBuf, String)>,
}

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
    if !crate::id::is_valid(&options.id) {
        problems.push(Problem::of(&options.source, "--id", Fault::BadId(options.id.clone())));
    }
    for (flag, given, expected) in [
        ("--licence", &options.licence, "the sounds' licence, such as `--licence CC-BY-4.0`"),
        ("--credit", &options.credit, "whom to credit for the sounds"),
    ] {
        if given.is_none() {
            problems.push(Problem::of(&options.source, flag, Fault::Missing(expected)));
        }
    }
    let mut notes = Vec::new();
    let found = found(&options.source, &mut notes, &mut problems)?;
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

/// What the directory holds: sounds, and directories of sounds.
fn found(
    dir: &Path,
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Sounds>, files::Error> {
    let (mut found, mut others) = (Vec::new(), 0);
    for path in files::sorted_dir(dir)? {
        let Some(name) = shown_name(&path) else { continue };
        if is_linked_out(dir, &name) {
            problems.push(Problem::of(&path, "", Fault::Linked(name)));
            continue;
        }
        let stem = if path.is_dir() { path.file_name() } else { path.file_stem() };
        let stem = stem.unwrap_or_default().to_string_lossy().replace('_', " ");
        let label = stem.split_whitespace().collect::<Vec<_>>().join(" ");
        let class = Class::new(label, (path.clone(), String::new()));
        if !path.is_dir() {
            if has_sound_name(&name) {
                found.push(Sounds { class, files: vec![(path, name)] });
            } else {
                others += 1;
            }
            continue;
        }
        let mut files = Vec::new();
        for file in files::sorted_dir(&path)? {
            let Some(own) = shown_name(&file) else { continue };
            let shown = format!("{name}/{own}");
            if is_linked_out(dir, &shown) {
                problems.push(Problem::of(&file, "", Fault::Linked(shown)));
            } else if file.is_file() && has_sound_name(&own) {
                files.push((file, shown));
            } else {
                others += 1;
            }
        }
        if files.is_empty() {
            problems.push(Problem::of(&path, "", Fault::Empty("sounds, such as `bark.wav`")));
        } else {
            found.push(Sounds { class, files });
        }
    }
    if found.is_empty() && problems.is_empty() {
        let expected = "a sound an item, or a directory a class with its sounds";
        problems.push(Problem::of(dir, "", Fault::Empty(expected)));
    }
    if others > 0 {
        notes.push(format!("{} no sound, and left aside", count(others, "file is", "files are")));
    }
    Ok(found)
}

/// Decodes all sounds; those that cannot be used are problems, or notes where they are to be left out.
fn taken(
    options: &Options,
    found: Vec<Sounds>,
    listen: &Listener,
    (notes, problems): (&mut Vec<String>, &mut Vec<Problem>),
) -> Vec<Taken> {
    let heard = |path: &Path| -> Result<Vec<u8>, Fault> {
        let pcm = listen(path).map_err(Fault::Unreadable)?;
        usable(&pcm).map_err(Fault::Unreadable)?;
        Ok(encoded(&pcm.samples, pcm.sample_rate))
    };
    let outcomes: Vec<(Sounds, Vec<Recording>)> = found
        .into_par_iter()
        .map(|sounds| {
            let heard = sounds.files.iter().take(MOST_RECORDINGS).map(|(path, _)| heard(path)).collect();
            (sounds, heard)
        })
        .collect();
    let mut taken = Vec::new();
    for (Sounds { class, files }, outcomes) in outcomes {
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
    let is_silent = pcm.samples.iter().all(|sample| sample.unsigned_abs() < SILENT);
    if is_silent { Err("nothing is to be heard".to_owned()) } else { Ok(()) }
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
        names: BTreeMap::new(),
        footage: None,
    });
    let items = items.collect();
    let mut sources = csv::Writer::from_writer(Vec::new());
    let mut put = |row: [&str; 5]| sources.write_record(row).expect("writing to memory succeeds");
    put(["label", "asset", "source", "licence", "credit"]);
    for (sound, assets) in taken.iter().zip(assets) {
        for ((source, _), asset) in sound.recordings.iter().zip(assets) {
            put([&sound.class.label, asset, source, licence, credit]);
        }
    }
    PackFiles {
        pack: PackTable { id: &options.id, licence, credit, items }.text(),
        sources: sources.into_inner().expect("writing to memory succeeds"),
    }
}

/// The name of a file that is not hidden.
fn shown_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    (!name.starts_with('.')).then_some(name)
}
