//! Makes a pack of pictures out of what collections of pictures are kept in: class folders, COCO, Pascal VOC, a table.
//!
//! In: a source and what is wanted of it. Out: a directory with `pack.toml`, one picture an item, and `sources.csv`, which
//! says where each picture is from; or every problem at once, and nothing written. The order of files on disk plays no part.

mod choose;
mod classes;
mod coco;
mod fault;
mod folders;
mod names;
mod pixels;
mod table;
mod voc;
mod write;

pub use fault::{Fault, ImportError, Problem};
pub use write::{Imported, Near};

use std::path::{Path, PathBuf};

use classes::Found;

/// How the pictures are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A directory a class, named as the class.
    ImageFolder,
    /// The annotations of COCO: `instances_*.json`.
    Coco,
    /// Pascal VOC: `Annotations/*.xml` and `JPEGImages`.
    Voc,
    /// A table of paths and labels.
    Csv,
}

/// How plurals are made where none is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plurals {
    /// Not at all: counting questions leave such items out.
    Given,
    /// By the rules of English, for a person to look at.
    English,
}

/// What is imported, and what is asked of it.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the pictures are kept.
    pub form: Form,
    /// The directory or file.
    pub source: PathBuf,
    /// Where the images of COCO lie; absent, beside its file.
    pub images: Option<PathBuf>,
    /// A table of plurals and aliases by label.
    pub names: Option<PathBuf>,
    /// Id of the pack.
    pub id: String,
    /// Licence of the pictures; absent, as the source states for each.
    pub licence: Option<String>,
    /// Whom to credit for the pictures; absent, as the source states for each.
    pub credit: Option<String>,
    /// How plurals are made where none is given.
    pub plurals: Plurals,
    /// The shorter side of a picture, in pixels, at least.
    pub least_side: u32,
    /// The longer side of a picture as a multiple of the shorter, at most.
    pub most_aspect: u32,
    /// Two pictures have to be at least this far apart, on the scale of [`super::Library::distance`].
    pub least_distance: u32,
    /// Pictures that are nearer are marked as alike instead of being refused.
    pub mark_alike: bool,
    /// Pictures that cannot be used are left out instead of being refused.
    pub skip_bad: bool,
}

/// Imports a pack into `out`, which is new or empty.
pub fn import(options: &Options, out: &Path) -> Result<Imported, ImportError> {
    write::check_empty(out)?;
    let mut problems = Vec::new();
    if !crate::id::is_valid(&options.id) {
        problems.push(Problem::of(&options.source, "--id", Fault::BadId(options.id.clone())));
    }
    let Found { mut classes, mut notes } = match options.form {
        Form::ImageFolder => folders::read(&options.source, &mut problems)?,
        Form::Coco => {
            let beside = options.source.parent().unwrap_or(Path::new(""));
            coco::read(&options.source, options.images.as_deref().unwrap_or(beside), &mut problems)?
        }
        Form::Voc => voc::read(&options.source, &mut problems)?,
        Form::Csv => table::read(&options.source, &mut problems)?,
    };
    if let Some(file) = &options.names {
        names::add(file, &mut classes, &mut notes, &mut problems)?;
    }
    let mut formed = names::plurals(&mut classes, options.plurals);
    let chosen = choose::choose(options, classes, &mut notes, &mut problems);
    let is_chosen = |label: &String| chosen.iter().position(|one| one.class.label == *label);
    formed.retain(|(label, _)| is_chosen(label).is_some());
    formed.sort_by_key(|(label, _)| is_chosen(label));
    let ids = names::check(&chosen, &mut problems);
    let near = choose::near(options, &chosen, &mut problems);
    let terms = write::terms(options, &chosen, &mut problems);
    if !problems.is_empty() {
        return Err(ImportError::Problems { problems });
    }
    write::write(options, out, &write::Draft { chosen, ids, near, terms, formed, notes })
}
