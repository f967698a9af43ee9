//! Tables for `VLMEvalKit`: one of pictures, which needs no code, and one of videos, with the script that registers it.
//!
//! In: rows, and for pictures a sampler. Out: `vlmevalkit/NAME_frames.tsv` (`NAME_frames_open.tsv` of open questions) with `frames/`, and `register.py`, `scoring.py`
//! and `video/NAME.tsv`; beside it `metadata.jsonl`, which replies are graded by. The table of videos lies where `VLMEvalKit` does not look by itself: without the script it would
//! take it for questions about nothing. Paths of pictures are relative to `vlmevalkit/`, which `VLMEvalKit` has to be
//! started in, since it takes them as they are.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::place::Placed;
use super::sounds::Sounds;
use super::{Error, Export, SCORING, is_plain, right};
use crate::dataset::{Row, letter};
use crate::files;
use crate::frames::{self, Format};
use crate::question::{AnswerKind, seconds};
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
    // First of all: where the rows of another dataset are, its pictures may be, too.
    export.place_rows(placed)?;
    let sounds = export.place_sounds(placed)?;
    let table = video_table(export, &sounds);
    placed.put(&dir.join("video").join(format!("{name}.tsv")), |fresh| tsv(fresh, &table))?;
    let register = REGISTER
        .replace("{name}", name)
        .replace("{type}", kind_of(export.rows))
        .replace("{instruction}", export.instruction());
    placed.text(&dir.join("register.py"), &register)?;
    placed.text(&dir.join("scoring.py"), SCORING)?;
    if let Some(sampler) = &export.options.sampler {
        let pictures = pictures(export, sampler, &dir.join(FRAMES), placed)?;
        // Questions without options would be wrong ones among those with them.
        let (choices, open): (Vec<&Row>, Vec<&Row>) = export.rows.iter().partition(|row| row.has_options());
        for (rows, table) in [(choices, "frames"), (open, "frames_open")] {
            if !rows.is_empty() {
                let table = (frames_table(export, &rows, &pictures), dir.join(format!("{name}_{table}.tsv")));
                placed.put(&table.1, |fresh| tsv(fresh, &table.0))?;
            }
        }
    }
    export.place_videos(placed)
}

/// What `VLMEvalKit` calls a data set of these rows.
fn kind_of(rows: &[Row]) -> &'static str {
    if rows.iter().any(Row::has_options) {
        "Video-MCQ"
    } else if rows.iter().all(|row| row.answer_kind == AnswerKind::Spans) {
        "Video-Temporal-Grounding"
    } else {
        "Video-VQA"
    }
}

/// Letters of the row with the most options.
fn letters<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<String> {
    (0..rows.into_iter().map(|row| row.options.len()).max().unwrap_or(0)).map(letter).collect()
}

/// Question, options and answer, as both tables have them.
fn question<'a>(
    row: &'a Row,
    question: String,
    letters: &[String],
) -> impl Iterator<Item = String> + use<'a> {
    let options: Vec<String> =
        (0..letters.len()).map(|at| row.options.get(at).cloned().unwrap_or_default()).collect();
    std::iter::once(question).chain(options).chain([right(row), &row.kind, &row.id].map(str::to_owned))
}

fn heads(first: &[&str], letters: &[String], last: &[&str]) -> Vec<String> {
    let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    [own(first), own(&["question"]), letters.to_vec(), own(&["answer", "category", "id"]), own(last)].concat()
}

/// `video` is a path without its ending, which `VLMEvalKit` puts behind it.
fn video_table(export: &Export<'_>, sounds: &Sounds<'_>) -> Vec<Vec<String>> {
    let rows = export.rows;
    let letters = letters(rows);
    let is_plain = rows.iter().all(is_plain);
    let more: Vec<&str> = if is_plain { Vec::new() } else { MORE.to_vec() };
    let heard: &[&str] = if sounds.is_empty() { &[] } else { &[SOUND] };
    let head = heads(
        &["index", "video"],
        &letters,
        &[&["sample_id", "task", "haystack"], more.as_slice(), heard].concat(),
    );
    let line = |(at, row): (usize, &Row)| {
        let video = Path::new(&row.video_path).with_extension("").to_string_lossy().into_owned();
        let mut haystacks = row.haystack_ids.clone();
        haystacks.sort_unstable();
        haystacks.dedup();
        let own = [row.sample_id.clone(), row.task.clone(), haystacks.join("+")];
        let more = if is_plain { Vec::new() } else { asked(export, row) };
        let question = question(row, row.question.clone(), &letters);
        let sound = sounds.get(row.video_path.as_str()).filter(|_| row.audio_needed).cloned();
        let sound = (!sounds.is_empty()).then(|| sound.unwrap_or_default());
        [at.to_string(), video].into_iter().chain(question).chain(own).chain(more).chain(sound).collect()
    };
    std::iter::once(head).chain(rows.iter().enumerate().map(line)).collect()
}

/// Columns of a table of videos with rows that are not asked as `VNBench` asks.
const MORE: [&str; 7] = ["answer_kind", "prompt", "vocabulary", "count", "times", "num_frames", "fps"];

/// The column that names the sound of a row's video, where any row needs it.
const SOUND: &str = "sound";

/// What `register.py` asks such a row with, and grades a reply by.
fn asked(export: &Export<'_>, row: &Row) -> Vec<String> {
    vec![
        row.answer_kind.name().to_owned(),
        if is_plain(row) { String::new() } else { export.text(row) },
        serde_json::to_string(&row.vocabulary).expect("texts serialise"),
        row.difficulty.count.clone(),
        if export.are_times_sent(row) { "yes".to_owned() } else { String::new() },
        row.num_frames.to_string(),
        format!("{}/{}", row.fps_num, row.fps_den),
    ]
}

/// The question of a row whose pictures come without a word: their times before it, where they are asked about, and what `VLMEvalKit`
/// would not ask of itself.
fn pictured(export: &Export<'_>, row: &Row, frames: &[Taken]) -> String {
    let prompt = export.prompt(row);
    let mut lines = Vec::new();
    if export.are_times_sent(row) {
        let times: Vec<String> = frames.iter().map(|frame| seconds(frame.frame, row.fps()) + "s").collect();
        let (count, times) = (frames.len(), times.join(", "));
        lines.push(format!(
            "A total of {count} frames are sampled. Their corresponding timestamps are: {times}."
        ));
    }
    // VLMEvalKit lists options, and says what is to be answered with, by itself.
    lines.push(if row.has_options() { prompt.stated() } else { prompt.text() });
    export.after_lines(row, lines.join("\n"))
}

/// `image_path` is a list as Python writes it.
fn frames_table(
    export: &Export<'_>,
    rows: &[&Row],
    pictures: &BTreeMap<String, Vec<Taken>>,
) -> Vec<Vec<String>> {
    let letters = letters(rows.iter().copied());
    let head = heads(&["index", "image_path"], &letters, &[]);
    let line = |(at, row): (usize, &&Row)| {
        let frames = &pictures[&row.sample_id];
        let paths: Vec<String> = frames.iter().map(|frame| format!("'{FRAMES}/{}'", frame.file)).collect();
        let (list, text) = (format!("[{}]", paths.join(", ")), pictured(export, row, frames));
        [at.to_string(), list].into_iter().chain(question(row, text, &letters)).collect()
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

/// Takes the pictures, unless they are there. Returns those of each sample, in order.
fn pictures(
    export: &Export<'_>,
    sampler: &Sampler,
    dir: &Path,
    placed: &mut Placed,
) -> Result<BTreeMap<String, Vec<Taken>>, Error> {
    let options = frames::Options { format: Format::Jpeg(QUALITY), shard_bytes: None };
    if !dir.join(frames::INDEX).exists() {
        files::make_dir(dir)?;
        let outcome = frames::write(export.videos, export.rows, sampler, dir, options, &export.job)?;
        placed.count(outcome.pictures, 0);
    }
    let mut found: BTreeMap<String, Vec<Taken>> = BTreeMap::new();
    for line in files::read_json_lines::<Taken>(&dir.join(frames::INDEX))? {
        let line = line?;
        found.entry(line.sample_id.clone()).or_default().push(line);
    }
    for row in export.rows {
        let (_, wanted) = frames::taken(row, sampler)?;
        let there = found.get(&row.sample_id).map(|taken| taken.iter().map(|line| line.frame));
        if there.is_none_or(|there| !there.eq(wanted)) {
            return Err(Error::Different(dir.display().to_string()));
        }
    }
    Ok(found)
}
