//! `vniah needles`: what can be hidden.
//!
//! In: directories of packs. Out: the packs, the items of one, and a preview of all its drawings.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::pack;
use super::print::{json, put, table};
use super::sheet::write_sheet;
use crate::language::Language;
use crate::needle::{Error, FontFile, Footage, Item, Library, Pack, PackKind, Recording};
use crate::time::FrameRate;

/// List, preview and import needle packs.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the embedded packs and your own.
    List {
        #[command(flatten)]
        packs: Packs,
    },
    /// List the items of a pack. With -o, also draw them.
    Show {
        /// Id of the pack.
        pack: String,
        #[command(flatten)]
        packs: Packs,
        /// Write a preview of all items to this PNG file, which must not exist yet. Of sounds, a WAV file plays them in turn.
        #[arg(short, long, value_name = "SHEET.png")]
        output: Option<PathBuf>,
    },
    /// Make a pack from your own pictures, videos or sounds: class folders, COCO, Pascal VOC, a table or Tux Paint's stamps.
    Import(Box<pack::Args>),
}

#[derive(Debug, clap::Args)]
struct Packs {
    /// Directory of your own needle packs, or of one pack; repeatable.
    #[arg(long, value_name = "DIR")]
    needles: Vec<PathBuf>,
    /// Language of the names: `en` or `zh`.
    #[arg(long, value_name = "CODE", default_value = "en", value_parser = language)]
    language: Language,
    /// Font of the preview: a file, or the name of an installed font.
    #[arg(long, value_name = "FONT")]
    font: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn language(code: &str) -> Result<Language, String> {
    Language::of_code(code).ok_or_else(|| "expected `en` or `zh`".to_owned())
}

impl Packs {
    fn library(&self) -> Result<Library, Failure> {
        let installed = |name: &String| {
            let path = Path::new(name);
            if path.is_file() {
                return Ok(FontFile::of(path));
            }
            FontFile::installed(name).map_err(|nearest| {
                let message = format!("`{name}` is neither a file nor an installed font");
                let failure = Failure::message(Exit::Input, message);
                match nearest {
                    Some(nearest) => failure.hint(format!("the nearest installed font is `{nearest}`")),
                    None => failure.hint("`fc-list : family` lists the fonts that are installed"),
                }
            })
        };
        let font = self.font.as_ref().map(installed).transpose()?;
        Ok(Library::load(&self.needles, font.as_ref(), self.language)?)
    }
}

/// Runs `vniah needles`.
pub(super) fn run(args: Args) -> Result<(), Failure> {
    match args.action {
        Action::List { packs } => {
            let library = packs.library()?;
            let rows: Vec<PackRow<'_>> = library.packs().map(PackRow::new).collect();
            put(&if packs.json { json(&rows) } else { pack_table(&rows) })
        }
        Action::Show { pack, packs, output } => {
            let library = packs.library()?;
            let found = library.find_pack(&pack)?;
            if let Some(path) = &output {
                write_sheet(&library, found, path)?;
            }
            let rows: Vec<ItemRow<'_>> = found
                .items
                .iter()
                .map(|item| ItemRow::new(&library, found, item))
                .collect::<Result<_, _>>()?;
            put(&if packs.json {
                json(&PackItems { pack: PackRow::new(found), items: rows })
            } else {
                item_table(&rows)
            })
        }
        Action::Import(args) => pack::run(&args),
    }
}

/// A pack in a table and in JSON.
#[derive(Serialize)]
struct PackRow<'a> {
    pack: &'a str,
    count: usize,
    kind: PackKind,
    licence: &'a str,
    credit: &'a str,
    sha256: &'a str,
}

/// A pack with its items, in JSON.
#[derive(Serialize)]
struct PackItems<'a> {
    pack: PackRow<'a>,
    items: Vec<ItemRow<'a>>,
}

/// An item in a table and in JSON.
#[derive(Serialize)]
struct ItemRow<'a> {
    id: &'a str,
    label: &'a str,
    plural: Option<&'a str>,
    aliases: &'a [String],
    alike: Vec<&'a str>,
    aspect: Option<(u32, u32)>,
    /// What is known of its short video; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    footage: Option<FootageRow>,
    /// How long each of its recordings sounds, in milliseconds; nothing where that is as long as is asked for. Empty where it is no sound.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recordings_millis: Vec<Option<u64>>,
}

/// A short video in JSON.
#[derive(Serialize)]
struct FootageRow {
    width: u32,
    height: u32,
    fps: FrameRate,
    frames: u64,
    seconds: f64,
}

impl FootageRow {
    fn new(footage: &Footage) -> Self {
        let Footage { width, height, fps, frames, .. } = *footage;
        Self { width, height, fps, frames, seconds: fps.secs(frames) }
    }
}

impl<'a> PackRow<'a> {
    fn new(pack: &'a Pack) -> Self {
        Self {
            pack: &pack.id,
            count: pack.items.len(),
            kind: pack.kind(),
            licence: &pack.licence,
            credit: &pack.credit,
            sha256: &pack.sha256,
        }
    }
}

impl<'a> ItemRow<'a> {
    fn new(library: &Library, pack: &Pack, item: &'a Item) -> Result<Self, Error> {
        let aspect = match (&item.asset, &item.footage) {
            (Some(_), _) => Some(library.aspect(&pack.id, &item.id)?),
            (None, Some(footage)) => Some(footage.aspect()),
            (None, None) => None,
        };
        Ok(Self {
            id: &item.id,
            label: &item.label,
            plural: item.plural.as_deref(),
            aliases: &item.aliases,
            alike: item.alike.iter().map(String::as_str).collect(),
            aspect,
            footage: item.footage.as_ref().map(FootageRow::new),
            recordings_millis: item.sounds.iter().map(Recording::millis).collect(),
        })
    }
}

fn pack_table(rows: &[PackRow<'_>]) -> String {
    let mut table = vec![["PACK", "ITEMS", "KIND", "LICENCE"].map(str::to_owned)];
    table.extend(rows.iter().map(|row| {
        let kind = match row.kind {
            PackKind::Text => "text",
            PackKind::Picture => "picture",
            PackKind::Clip => "clip",
            PackKind::Sound => "sound",
        };
        [row.pack.to_owned(), row.count.to_string(), kind.to_owned(), row.licence.to_owned()]
    }));
    table_text(&table)
}

fn item_table(rows: &[ItemRow<'_>]) -> String {
    let mut table = vec![["ID", "LABEL", "PLURAL", "ALIASES", "ALIKE"].map(str::to_owned)];
    table.extend(rows.iter().map(|row| {
        let plural = row.plural.unwrap_or("-");
        let list = |names: String| if names.is_empty() { "-".to_owned() } else { names };
        let (aliases, alike) = (list(row.aliases.join(", ")), list(row.alike.join(", ")));
        [row.id.to_owned(), row.label.to_owned(), plural.to_owned(), aliases, alike]
    }));
    table_text(&table)
}

fn table_text<const N: usize>(rows: &[[String; N]]) -> String {
    table(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>())
}
