//! Folders of short videos: each video is an item of that name, or each directory a class of which one video is taken.
//!
//! In: the directory, what is wanted of it, and who probes a video: media lies above needles. Out: a pack whose list states size, rate
//! and number of frames of each video, the videos as they are, and `sources.csv`; or every problem at once, and nothing written.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::super::footage::{Facts, has_video_name};
use super::super::pcm::Pcm;
use super::super::sound::{LONGEST_MILLIS, encoded};
use super::classes::{Class, count};
use super::fault::{Fault, ImportError, Problem};
use super::media_dir::{self, Candidate, Medium};
use super::names;
use super::options::{Options, Soundtracks};
use super::sounds::is_silent;
use super::write::{self, FactsTable, Imported, ItemTable, PackFiles, PackTable};
use crate::files;

/// Tells what a video is, or why it cannot be used.
pub type Prober = dyn Fn(&Path) -> Result<Seen, String> + Sync;

/// A video that can be used.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What a pack states of it.
    pub facts: Facts,
    /// What is heard with it; nothing where it has no sound.
    pub sound: Option<Pcm>,
    /// What is unusual about it, one sentence each.
    pub notes: Vec<String>,
}

/// What the source holds.
const VIDEOS: Medium = Medium {
    noun: "video",
    has_name: has_video_name,
    licence: "the videos' licence, such as `--licence CC-BY-4.0`",
    credit: "whom to credit for the videos",
    of_class: "short videos, such as `running.mp4`",
    of_source: "a video an item, or a directory a class with its videos",
};

/// An item with its video.
struct Taken {
    class: Class,
    path: PathBuf,
    name: String,
    facts: Facts,
    /// What is heard with it, as a file of FLAC.
    soundtrack: Option<Vec<u8>>,
}

/// Imports a pack of short videos into `out`, which is new or empty.
///
/// # Errors
/// The videos cannot become a pack: every problem, and nothing is written. Or a file cannot be read or written.
pub fn import_videos(options: &Options, out: &Path, probe: &Prober) -> Result<Imported, ImportError> {
    write::check_empty(out)?;
    let mut problems = Vec::new();
    media_dir::check(options, &VIDEOS, &mut problems);
    let mut notes = Vec::new();
    let candidates = media_dir::found(&options.source, &VIDEOS, &mut notes, &mut problems)?;
    let mut taken = take(options, candidates, probe, (&mut notes, &mut problems));
    let mut classes: Vec<Class> = taken.iter().map(|one| one.class.clone()).collect();
    if let Some(file) = &options.names {
        names::add(file, &mut classes, &mut notes, &mut problems)?;
    }
    let formed = names::plurals(&mut classes, options.plurals);
    let ids = names::check(&classes.iter().collect::<Vec<_>>(), &mut problems);
    if !problems.is_empty() {
        return Err(ImportError::Problems { problems });
    }
    for (one, class) in taken.iter_mut().zip(classes) {
        one.class = class;
    }
    write_pack(options, out, &Draft { taken, ids, notes, formed })
}

/// Takes the first video of each class that can be used.
fn take(
    options: &Options,
    candidates: Vec<Candidate>,
    probe: &Prober,
    (notes, problems): (&mut Vec<String>, &mut Vec<Problem>),
) -> Vec<Taken> {
    let look = |path: &Path| {
        let mut seen = probe(path).map_err(Fault::Unreadable)?;
        usable(options, seen.facts)?;
        if let Some(sound) = &mut seen.sound {
            let Facts { fps, frames, .. } = seen.facts;
            sound.samples.truncate(fps.audio_sample(frames, sound.sample_rate) as usize);
            fits(sound)?;
        }
        Ok::<Seen, Fault>(seen)
    };
    let outcomes: Vec<(Candidate, Vec<Result<Seen, Fault>>)> = candidates
        .into_par_iter()
        .map(|candidate| {
            let mut looked = Vec::new();
            for (path, _) in &candidate.files {
                looked.push(look(path));
                if looked.last().is_some_and(Result::is_ok) {
                    break;
                }
            }
            (candidate, looked)
        })
        .collect();
    let mut taken = Vec::new();
    for (Candidate { class, files: videos }, looked) in outcomes {
        let tried = looked.len();
        let mut faults = Vec::new();
        for ((path, name), seen) in videos.iter().zip(looked) {
            match seen {
                Ok(Seen { facts, sound, notes: own }) => {
                    notes.extend(own.iter().map(|note| format!("`{name}`: {note}")));
                    let heard = sound.filter(|sound| !is_silent(sound));
                    if heard.is_none() && options.soundtracks == Soundtracks::Kept {
                        notes.push(format!("`{name}`: nothing is to be heard, and it is muted"));
                    }
                    let soundtrack = heard.map(|sound| encoded(&sound.samples, sound.sample_rate));
                    let (path, name) = (path.clone(), name.clone());
                    taken.push(Taken { class: class.clone(), path, name, facts, soundtrack });
                }
                Err(fault) => faults.push((path.clone(), name.clone(), fault)),
            }
        }
        let is_taken = tried > faults.len();
        let aside = videos.len() - tried;
        if aside > 0 {
            let of = &class.label;
            notes.push(format!(
                "{} left aside: `{of}` has one already",
                count(aside, "video is", "videos are")
            ));
        }
        let said = |(_, name, fault): &(PathBuf, String, Fault)| format!("left out: `{name}`: {fault}");
        match (is_taken, options.skip_bad, faults.first()) {
            (_, true, _) | (true, ..) => notes.extend(faults.iter().map(said)),
            (false, false, Some((path, _, fault))) if faults.len() == 1 => {
                problems.push(Problem::of(path, "", fault.clone()));
            }
            (false, false, Some((_, _, first))) => {
                let (label, first) = (class.label.clone(), Box::new(first.clone()));
                problems.push(Problem::of(&class.stated.0, "", Fault::NoVideo { label, tried, first }));
            }
            (false, false, None) => {}
        }
    }
    if taken.is_empty() && problems.is_empty() {
        problems.push(Problem::of(&options.source, "", Fault::Empty("at least one video that can be used")));
    }
    taken
}

/// Whether a soundtrack is no longer than a needle's sound may be.
fn fits(sound: &Pcm) -> Result<(), Fault> {
    let most = LONGEST_MILLIS * u64::from(sound.sample_rate) / 1000;
    if sound.samples.len() as u64 <= most {
        return Ok(());
    }
    let secs = LONGEST_MILLIS / 1000;
    let reason = format!("its sound lasts longer than {secs} seconds: cut it, or leave out --keep-sound");
    Err(Fault::Unreadable(reason))
}

/// Whether a video has a size that can be shown.
fn usable(options: &Options, Facts { width, height, .. }: Facts) -> Result<(), Fault> {
    let (least, most) = (options.least_side, options.most_aspect);
    if width.min(height) < least {
        return Err(Fault::Small { width, height, least });
    }
    if u64::from(width.max(height)) > u64::from(width.min(height)) * u64::from(most) {
        return Err(Fault::Long { width, height, most });
    }
    Ok(())
}

/// Everything that a pack is written from.
struct Draft {
    taken: Vec<Taken>,
    ids: Vec<String>,
    notes: Vec<String>,
    formed: Vec<(String, String)>,
}

/// The files of an item, by the names that they have in the pack.
struct Assets {
    video: String,
    soundtrack: Option<String>,
}

/// Writes the pack under another name, loads it, and puts it in its place.
fn write_pack(options: &Options, out: &Path, draft: &Draft) -> Result<Imported, ImportError> {
    let left = write::install(out, |dir| {
        let mut assets = Vec::new();
        for (one, id) in draft.taken.iter().zip(&draft.ids) {
            let extension = one.path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            let asset = format!("{id}.{extension}");
            fs::copy(&one.path, dir.join(&asset)).map_err(files::Error::io("copy", &one.path))?;
            let soundtrack = one.soundtrack.as_ref().map(|bytes| (format!("{id}.flac"), bytes));
            if let Some((name, bytes)) = &soundtrack {
                files::write_bytes(&dir.join(name), bytes)?;
            }
            assets.push(Assets { video: asset, soundtrack: soundtrack.map(|(name, _)| name) });
        }
        Ok(pack_files(options, draft, &assets))
    })?;
    let without = draft.taken.iter().filter(|one| one.class.plural.is_none());
    Ok(Imported {
        pack: options.id.clone(),
        items: draft.taken.len(),
        without_plural: without.map(|one| one.class.label.clone()).collect(),
        formed_plurals: draft.formed.clone(),
        alike: Vec::new(),
        notes: draft.notes.iter().cloned().chain(left).collect(),
    })
}

/// The list of items, and where each is from.
fn pack_files(options: &Options, draft: &Draft, assets: &[Assets]) -> PackFiles {
    let (licence, credit) = (options.licence.as_deref(), options.credit.as_deref());
    let (licence, credit) = (licence.unwrap_or_default(), credit.unwrap_or_default());
    let each = draft.taken.iter().zip(&draft.ids).zip(assets);
    let items = each.map(|((one, id), assets)| item_table(one, id, assets)).collect();
    let from = draft.taken.iter().zip(assets).flat_map(|(one, assets)| {
        let files = std::iter::once(&assets.video).chain(&assets.soundtrack);
        files.map(|asset| [one.class.label.as_str(), asset.as_str(), one.name.as_str()])
    });
    let sources = media_dir::sources(from, (licence, credit));
    PackFiles { pack: PackTable { id: &options.id, licence, credit, items }.text(), sources }
}

fn item_table<'a>(one: &'a Taken, id: &'a str, assets: &'a Assets) -> ItemTable<'a> {
    let Facts { width, height, fps, frames } = one.facts;
    ItemTable {
        id,
        label: &one.class.label,
        plural: one.class.plural.as_deref(),
        aliases: &one.class.aliases,
        asset: Some(&assets.video),
        recordings: &[],
        alike: Vec::new(),
        soundtrack: assets.soundtrack.as_deref(),
        names: write::names(&one.class),
        footage: Some(FactsTable { width, height, fps: fps.to_string(), frames }),
    }
}
