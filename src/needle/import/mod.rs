//! Makes a pack of pictures, of short videos or of sounds, out of what collections of pictures are kept in: class folders, COCO, Pascal VOC, a table,
//! stamps.
//!
//! In: a source and what is wanted of it. Out: a directory with `pack.toml`, one picture an item, and `sources.csv`, which
//! says where each picture is from; or every problem at once, and nothing written. The order of files on disk plays no part.

mod choose;
mod classes;
mod coco;
mod draft_dir;
mod fault;
mod folders;
mod media_dir;
mod names;
mod options;
mod pixels;
mod sounds;
mod stamp_labels;
mod stamp_names;
mod stamps;
mod table;
mod videos;
mod voc;
mod write;

pub use choose::Near;
pub use fault::{Fault, ImportError, Problem};
pub use options::{Form, Options, Plurals, Soundtracks};
pub use sounds::{Listener, import_sounds};
pub use videos::{Prober, Seen, import_videos};
pub use write::Imported;

use std::path::Path;

use classes::Found;

/// Imports a pack into `out`, which is new or empty.
pub fn import(options: &Options, out: &Path) -> Result<Imported, ImportError> {
    write::check_empty(out)?;
    let mut problems = Vec::new();
    options.check_id(&mut problems);
    let Found { mut classes, mut notes } = match options.form {
        Form::ImageFolder => folders::read(&options.source, &mut problems)?,
        Form::Coco => {
            let beside = options.source.parent().unwrap_or(Path::new(""));
            coco::read(&options.source, options.images.as_deref().unwrap_or(beside), &mut problems)?
        }
        Form::Voc => voc::read(&options.source, &mut problems)?,
        Form::Csv => table::read(&options.source, &mut problems)?,
        Form::Stamps => stamps::read(options, &mut problems)?,
        Form::VideoFolder | Form::AudioFolder => {
            problems.push(Problem::of(
                &options.source,
                "",
                Fault::Empty("pictures: videos and sounds are imported by themselves"),
            ));
            Found::default()
        }
    };
    if let Some(file) = &options.names {
        names::add(file, &mut classes, &mut notes, &mut problems)?;
    }
    let mut formed = names::plurals(&mut classes, options.plurals);
    let mut chosen = choose::choose(options, classes, &mut notes, &mut problems);
    if options.form == Form::Stamps {
        stamps::tell_apart(&mut chosen, &mut notes);
    }
    let is_chosen = |label: &String| chosen.iter().position(|one| one.class.label == *label);
    formed.retain(|(label, _)| is_chosen(label).is_some());
    formed.sort_by_key(|(label, _)| is_chosen(label));
    let classes: Vec<&classes::Class> = chosen.iter().map(|one| &one.class).collect();
    let ids = names::check(&classes, &mut problems);
    let near = choose::near(options, &chosen, &mut problems);
    let terms = write::terms(options, &chosen, &mut problems);
    if !problems.is_empty() {
        return Err(ImportError::Problems { problems });
    }
    write::write(options, out, &write::Draft { chosen, ids, near, terms, formed, notes })
}
