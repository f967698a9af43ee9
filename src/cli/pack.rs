//! `vniah needles import`: a pack made of pictures that are there already.
//!
//! In: class folders, COCO, Pascal VOC, a table or stamps. Out: a pack's directory, what was left aside, and perhaps a preview.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::print::{json, put, say};
use super::sheet::{check_sheet, write_sheet};
use crate::media::{self, listen, reel};
use crate::needle::import::{self, Form, Options, Plurals, Seen, Soundtracks};
use crate::needle::{Library, Pcm};

/// What is imported, and how.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Args {
    /// Source: a directory (class folders, videos, sounds, stamps, Pascal VOC), a JSON file (COCO) or a CSV table.
    source: PathBuf,
    /// Format of the source.
    #[arg(long = "as", value_name = "FORM")]
    form: Kept,
    /// Directory for the pack. It must be new or empty.
    #[arg(short, long, value_name = "PACK_DIR")]
    output: PathBuf,
    /// Id of the pack.
    #[arg(long)]
    id: String,
    /// Licence of the pictures, such as CC-BY-4.0 [default: as the source states for each].
    #[arg(long)]
    licence: Option<String>,
    /// Credit for the pictures [default: as the source states for each].
    #[arg(long)]
    credit: Option<String>,
    /// Directory of COCO's images [default: the directory of the JSON file].
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// Table of label, plural and aliases (separated by `;`).
    #[arg(long, value_name = "FILE.csv")]
    names: Option<PathBuf>,
    /// Form missing plurals by the rules of this language.
    #[arg(long, value_name = "LANGUAGE")]
    plurals: Option<Language>,
    /// Minimum length of the shorter side of a picture, in pixels.
    #[arg(long, value_name = "N", default_value_t = 64)]
    least_side: u32,
    /// Maximum ratio of the longer side to the shorter.
    #[arg(long, value_name = "N", default_value_t = 4)]
    most_aspect: u32,
    /// Frame size, such as 640x360. Pictures must fill it without being magnified more than four times.
    #[arg(long, value_name = "WxH", value_parser = frame)]
    frame: Option<(u32, u32)>,
    /// Leave out stamps in directories of this name, such as `cartoon`; repeatable.
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
    /// Table that corrects the names of stamps or leaves stamps out. Its columns: `file`, `label`, `aliases`, `chinese`,
    /// `chinese_aliases`, `drop`.
    #[arg(long, value_name = "FILE.csv")]
    labels: Option<PathBuf>,
    /// Keep the Chinese names of stamps. Some are wrong, so check them.
    #[arg(long)]
    chinese: bool,
    /// Minimum visual distance between two pictures: 0 is identical, 1000 is the largest.
    #[arg(long, value_name = "N", default_value_t = 60)]
    least_distance: u32,
    /// Keep pictures that look the same, but never use them in the same question.
    #[arg(long)]
    alike: bool,
    /// Keep the sound of short videos: a clip is then heard while it is shown.
    #[arg(long)]
    keep_sound: bool,
    /// Leave out unusable pictures and list them.
    #[arg(long)]
    skip_bad: bool,
    /// Write a preview of all items to this PNG file, which must not exist yet.
    #[arg(long, value_name = "SHEET.png")]
    sheet: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Samples a second of the sounds of packs.
const PACK_RATE: u32 = 48_000;

/// How pictures are kept.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kept {
    /// One directory per class.
    Imagefolder,
    /// COCO's `instances_*.json`.
    Coco,
    /// Pascal VOC: `Annotations` and `JPEGImages`.
    Voc,
    /// A table of path and label.
    Csv,
    /// Tux Paint's stamps: pictures, each with a text file that names it.
    Stamps,
    /// Short videos: one per label, or one directory of them per label.
    Videofolder,
    /// Sounds: one per label, or one directory of recordings per label.
    Audiofolder,
}

/// A language whose plurals are known.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    /// English.
    English,
}

fn frame(text: &str) -> Result<(u32, u32), String> {
    let sides =
        text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides
        .filter(|(width, height)| *width > 0 && *height > 0)
        .ok_or_else(|| "expected width and height in pixels, such as 640x360".to_owned())
}

/// What a video is, for a pack that holds it with its sound or without.
fn probe(path: &Path, keep_sound: bool) -> Result<Seen, String> {
    let reel::Probed { facts, notes } = reel::probed(path).map_err(reason)?;
    let sound = if keep_sound { listen::with_video(path, PACK_RATE).map_err(reason)? } else { None };
    Ok(Seen { facts, sound, notes })
}

/// What is heard in a file, for a pack that holds it.
fn heard(path: &Path) -> Result<Pcm, String> {
    listen::heard(path, PACK_RATE).map_err(reason)
}

/// Why a file cannot be used; the problem that says it names the file.
fn reason(error: media::Error) -> String {
    match error {
        media::Error::Source { reason, .. } => reason,
        media::Error::Ffmpeg { step, message, .. } => format!("FFmpeg cannot {step}: {message}"),
        other => other.to_string(),
    }
}

/// Runs `vniah needles import`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(path) = &args.sheet {
        check_sheet(path)?;
    }
    if args.labels.is_some() && !matches!(args.form, Kept::Stamps) {
        let message = "--labels corrects the names of stamps: it needs --as stamps";
        return Err(Failure::message(Exit::Usage, message).hint("--names FILE.csv adds plurals and aliases"));
    }
    if args.keep_sound && !matches!(args.form, Kept::Videofolder) {
        let message = "--keep-sound is about the sound of short videos: it needs --as videofolder";
        return Err(Failure::message(Exit::Usage, message).hint("--as audiofolder imports sounds"));
    }
    let options = Options {
        form: match args.form {
            Kept::Imagefolder => Form::ImageFolder,
            Kept::Coco => Form::Coco,
            Kept::Voc => Form::Voc,
            Kept::Csv => Form::Csv,
            Kept::Stamps => Form::Stamps,
            Kept::Videofolder => Form::VideoFolder,
            Kept::Audiofolder => Form::AudioFolder,
        },
        source: args.source.clone(),
        images: args.images.clone(),
        names: args.names.clone(),
        id: args.id.clone(),
        licence: args.licence.clone(),
        credit: args.credit.clone(),
        plurals: args.plurals.map_or(Plurals::Given, |Language::English| Plurals::English),
        least_side: args.least_side,
        most_aspect: args.most_aspect,
        frame: args.frame,
        without: args.without.clone(),
        labels: args.labels.clone(),
        chinese: args.chinese,
        least_distance: args.least_distance,
        mark_alike: args.alike,
        soundtracks: if args.keep_sound { Soundtracks::Kept } else { Soundtracks::Muted },
        skip_bad: args.skip_bad,
    };
    if Library::embedded().pack(&args.id).is_some() {
        say(&format!("warning: where a spec uses this pack, it replaces the built-in pack `{}`", args.id));
    }
    let imported = match args.form {
        Kept::Videofolder => {
            let keep_sound = args.keep_sound;
            import::import_videos(&options, &args.output, &move |path: &Path| probe(path, keep_sound))?
        }
        Kept::Audiofolder => import::import_sounds(&options, &args.output, &heard)?,
        _ => import::import(&options, &args.output)?,
    };
    put(&if args.json { json(&imported) } else { imported.to_string() })?;
    let Some(path) = &args.sheet else { return Ok(()) };
    let library = Library::load(std::slice::from_ref(&args.output), None, crate::language::Language::En)?;
    write_sheet(&library, library.find_pack(&args.id)?, path)
}
