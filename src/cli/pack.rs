//! `vniah needles import`: a pack made of pictures that are there already.
//!
//! In: class folders, COCO, Pascal VOC, a table or stamps. Out: a pack's directory, what was left aside, and perhaps a preview.

use std::path::PathBuf;

use clap::ValueEnum;

use super::exit::{Exit, Failure};
use super::print::{json, put, say};
use super::sheet::{check_sheet, write_sheet};
use crate::needle::Library;
use crate::needle::import::{self, Form, Options, Plurals};

/// What is imported, and how.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Args {
    /// Directory of class folders, of stamps or of VOC, JSON file of COCO, or CSV table.
    source: PathBuf,
    /// How the pictures are kept.
    #[arg(long = "as", value_name = "FORM")]
    form: Kept,
    /// Directory of the pack: new, or empty.
    #[arg(short, long, value_name = "PACK_DIR")]
    output: PathBuf,
    /// Id of the pack.
    #[arg(long)]
    id: String,
    /// Licence of the pictures, such as CC-BY-4.0 [default: as the source states for each].
    #[arg(long)]
    licence: Option<String>,
    /// Whom to credit for the pictures [default: as the source states for each].
    #[arg(long)]
    credit: Option<String>,
    /// Directory of COCO's images [default: that of its file].
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// Table of label, plural and aliases (separated by `;`).
    #[arg(long, value_name = "FILE.csv")]
    names: Option<PathBuf>,
    /// Form plurals that are not given by the rules of a language.
    #[arg(long, value_name = "LANGUAGE")]
    plurals: Option<Language>,
    /// Shorter side of a picture, in pixels, at least.
    #[arg(long, value_name = "N", default_value_t = 64)]
    least_side: u32,
    /// Longer side as a multiple of the shorter, at most.
    #[arg(long, value_name = "N", default_value_t = 4)]
    most_aspect: u32,
    /// Frame that a picture is to fill, such as 640x360: it may be magnified four times at most.
    #[arg(long, value_name = "WxH", value_parser = frame)]
    frame: Option<(u32, u32)>,
    /// Leave out stamps in directories of this name, such as `cartoon`; may be given more than once.
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
    /// Table that mends the names of stamps or drops them: `file`, `label`, `aliases`, `chinese`, `chinese_aliases`, `drop`.
    #[arg(long, value_name = "FILE.csv")]
    labels: Option<PathBuf>,
    /// Keep the Chinese names of stamps; some are wrong, so look at them.
    #[arg(long)]
    chinese: bool,
    /// Pictures have to look this far apart: 0 is the same, 1000 the farthest.
    #[arg(long, value_name = "N", default_value_t = 60)]
    least_distance: u32,
    /// Mark pictures that look the same as alike, so that they never meet in a question.
    #[arg(long)]
    alike: bool,
    /// Leave out pictures that cannot be used, and say which.
    #[arg(long)]
    skip_bad: bool,
    /// Write a preview of all items to this PNG file.
    #[arg(long, value_name = "SHEET.png")]
    sheet: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// How pictures are kept.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kept {
    /// A directory a class.
    Imagefolder,
    /// COCO's `instances_*.json`.
    Coco,
    /// Pascal VOC: `Annotations` and `JPEGImages`.
    Voc,
    /// A table of path and label.
    Csv,
    /// Tux Paint's: pictures, each beside a text that names it.
    Stamps,
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

/// Runs `vniah needles import`.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(path) = &args.sheet {
        check_sheet(path)?;
    }
    if args.labels.is_some() && !matches!(args.form, Kept::Stamps) {
        let message = "--labels mends names of stamps: it needs --as stamps";
        return Err(Failure::message(Exit::Usage, message).hint("--names FILE.csv adds plurals and aliases"));
    }
    let options = Options {
        form: match args.form {
            Kept::Imagefolder => Form::ImageFolder,
            Kept::Coco => Form::Coco,
            Kept::Voc => Form::Voc,
            Kept::Csv => Form::Csv,
            Kept::Stamps => Form::Stamps,
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
        skip_bad: args.skip_bad,
    };
    if Library::embedded().pack(&args.id).is_some() {
        say(&format!(
            "warning: a pack `{}` comes with the program; where this one is named, it takes its place",
            args.id
        ));
    }
    let imported = import::import(&options, &args.output)?;
    put(&if args.json { json(&imported) } else { imported.to_string() })?;
    let Some(path) = &args.sheet else { return Ok(()) };
    let library = Library::load(std::slice::from_ref(&args.output), None, crate::language::Language::En)?;
    write_sheet(&library, library.find_pack(&args.id)?, path)
}
