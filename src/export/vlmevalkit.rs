//! Tables for `VLMEvalKit`: one of pictures, which needs no code, and one of videos, with the script that registers it.
//!
//! In: rows, and for pictures a sampler. Out: `vlmevalkit/NAME_frames.tsv` with `frames/`, and `register.py`, `scoring.py`
//! and `video/NAME.tsv`. The table of videos lies where `VLMEvalKit` does not look by itself: without the script it would
//! take it for questions about nothing. Paths of pictures are relative to `vlmevalkit/`, which `VLMEvalKit` has to be
//! started in, since it takes them as they are.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::place::Placed;
use super::{Error, Export, SCORING};
use crate::dataset::{Row, letter};
use crate::files;
use crate::frames::{self, Format};
use crate::sampler::Sampler;

/// Directory of everything.
const DIR: &str = "vlmevalkit";
/// Directory of the pictures.
const FRAMES: &str = "frames";
/// Quality of the pictures as JPEG, that of `vniah frames`.
const QUALITY: u8 = 90;

const REGISTER: &str = include_str!("../../templates/export/vlmevalkit_register.py");

pub(super) fn write(export: &Export<'_>, placed: &mut Placed) -> Result<(), Error> {
    let dir = export.out.join(DIR);
    let name = &export.options.name;
    let table = video_table(export.rows);
    placed.put(&dir.join("video").join(format!("{name}.tsv")), |fresh| tsv(fresh, &table))?;
    let register = REGISTER.replace("{name}", name).replace("{instruction}", export.instruction());
    placed.text(&dir.join("register.py"), &register)?;
    placed.text(&dir.join("scoring.py"), SCORING)?;
    if let Some(sampler) = &export.options.sampler {
        let pictures = pictures(export, sampler, &dir.join(FRAMES), placed)?;
        let table = frames_table(export.rows, &pictures);
        placed.put(&dir.join(format!("{name}_frames.tsv")), |fresh| tsv(fresh, &table))?;
    }
    export.place_videos(placed)
}

/// Letters of the row with the most options.
fn letters(rows: &[Row]) -> Vec<String> {
    (0..rows.iter().map(|row| row.options.len()).max().unwrap_or(0)).map(letter).collect()
}

/// Question, options and answer, as both tables have them.
fn question<'a>(row: &'a Row, letters: &[String]) -> impl Iterator<Item = String> + use<'a> {
    let options: Vec<String> =
        (0..letters.len()).map(|at| row.options.get(at).cloned().unwrap_or_default()).collect();
    std::iter::once(row.question.clone())
        .chain(options)
        .chain([&row.gt_option, &row.kind, &row.id].map(String::clone))
}

fn heads(first: &[&str], letters: &[String], last: &[&str]) -> Vec<String> {
    let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    [own(first), own(&["question"]), letters.to_vec(), own(&["answer", "category", "id"]), own(last)].concat()
}

/// `video` is a path without its ending, which `VLMEvalKit` puts behind it.
fn video_table(rows: &[Row]) -> Vec<Vec<String>> {
    let letters = letters(rows);
    let head = heads(&["index", "video"], &letters, &["sample_id", "task", "haystack"]);
    let line = |(at, row): (usize, &Row)| {
        let video = Path::new(&row.video_path).with_extension("").to_string_lossy().into_owned();
        let mut haystacks = row.haystack_ids.clone();
        haystacks.sort_unstable();
        haystacks.dedup();
        let more = [row.sample_id.clone(), row.task.clone(), haystacks.join("+")];
        [at.to_string(), video].into_iter().chain(question(row, &letters)).chain(more).collect()
    };
    std::iter::once(head).chain(rows.iter().enumerate().map(line)).collect()
}

/// `image_path` is a list as Python writes it.
fn frames_table(rows: &[Row], pictures: &BTreeMap<String, Vec<String>>) -> Vec<Vec<String>> {
    let letters = letters(rows);
    let head = heads(&["index", "image_path"], &letters, &[]);
    let line = |(at, row): (usize, &Row)| {
        let paths = pictures[&row.sample_id].iter().map(|path| format!("'{FRAMES}/{path}'"));
        let list = format!("[{}]", paths.collect::<Vec<_>>().join(", "));
        [at.to_string(), list].into_iter().chain(question(row, &letters)).collect()
    };
    std::iter::once(head).chain(rows.iter().enumerate().map(line)).collect()
}

fn tsv(path: &Path, table: &[Vec<String>]) -> Result<(), files::Error> {
    files::write_atomic(path, |writer| {
        let mut tsv = csv::WriterBuilder::new().delimiter(b'\t').from_writer(writer);
        table
            .iter()
            .try_for_each(|line| tsv.write_record(line).map_err(std::io::Error::from))
            .and_then(|()| tsv.flush())
            .map_err(files::Error::io("write", path))
    })
}

/// A line of the frames' index.
#[derive(Debug, Deserialize)]
struct Taken {
    sample_id: String,
    frame: u64,
    file: String,
}

/// Takes the pictures, unless they are there. Returns the files of each sample, in order.
fn pictures(
    export: &Export<'_>,
    sampler: &Sampler,
    dir: &Path,
    placed: &mut Placed,
) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let options = frames::Options { format: Format::Jpeg(QUALITY), shard_bytes: None };
    if !dir.join(frames::INDEX).exists() {
        files::make_dir(dir)?;
        let outcome = frames::write(export.videos, export.rows, sampler, dir, options, |_| {})?;
        placed.count(outcome.pictures, 0);
    }
    let mut found: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
    for line in files::read_json_lines::<Taken>(&dir.join(frames::INDEX))? {
        let line = line?;
        found.entry(line.sample_id).or_default().push((line.frame, line.file));
    }
    for row in export.rows {
        let (_, wanted) = frames::taken(row, sampler)?;
        let there = found.get(&row.sample_id).map(|taken| taken.iter().map(|(frame, _)| *frame));
        if there.is_none_or(|there| !there.eq(wanted)) {
            return Err(Error::Different(dir.display().to_string()));
        }
    }
    let files = |taken: Vec<(u64, String)>| taken.into_iter().map(|(_, file)| file).collect();
    Ok(found.into_iter().map(|(sample, taken)| (sample, files(taken))).collect())
}
