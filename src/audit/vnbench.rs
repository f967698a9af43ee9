//! VNBench's own annotation, `VNBench-main-4try.json`, as rows.
//!
//! In: an array with one object per try: `video`, `question`, `options`, `gt`, `gt_option`, `needle_time`, `length`, `type`, `try`.
//! Out: rows as a dataset would hold them, as far as the file says: needles have starts alone. Texts that are written as
//! numbers are read as texts. Types are taken as `type` gives them: where the file's name says another, the checks tell.

use std::path::Path;

use serde_json::{Map, Value};

use crate::answers::import::vnbench::Stem;
use crate::dataset::{Row, letter};
use crate::files;
use crate::question::task_of;

/// An annotation that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// The file is not an array of objects.
    #[error("`{path}` is not VNBench's annotation: expected a JSON array with one object per try")]
    Json {
        /// The file.
        path: String,
        /// What the parser found.
        #[source]
        source: serde_json::Error,
    },
    /// An object is not a try.
    #[error("`{path}`: try {number} of the file: {problem}")]
    Row {
        /// The file.
        path: String,
        /// Which object, from 1.
        number: usize,
        /// What was expected.
        problem: String,
    },
}

/// Reads the annotation at `path`.
pub fn read(path: &Path) -> Result<Vec<Row>, Error> {
    let text = files::read_text(path)?;
    let name = || path.display().to_string();
    let objects: Vec<Map<String, Value>> =
        serde_json::from_str(&text).map_err(|source| Error::Json { path: name(), source })?;
    let one = |(at, object): (usize, &Map<String, Value>)| {
        row(object).map_err(|problem| Error::Row { path: name(), number: at + 1, problem })
    };
    objects.iter().enumerate().map(one).collect()
}

/// A text, or a number as one.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn row(object: &Map<String, Value>) -> Result<Row, String> {
    let get = |key: &str| {
        object.get(key).and_then(text).ok_or_else(|| format!("expected a text at the key `{key}`"))
    };
    let number = |key: &str| {
        let number = get(key)?.trim().parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| format!("expected a number at the key `{key}`"))
    };
    let list = |key: &str| {
        object.get(key).and_then(Value::as_array).ok_or_else(|| format!("expected a list at the key `{key}`"))
    };
    let (video, kind, question) = (get("video")?, get("type")?, get("question")?);
    let options: Vec<String> = list("options")?.iter().filter_map(text).collect();
    if options.len() < 2 || options.len() != list("options")?.len() {
        return Err("expected two texts or more in `options`".to_owned());
    }
    let times = list("needle_time")?.iter().map(Value::as_f64).collect();
    let needle_time: Vec<f64> = Option::ok_or(times, "expected numbers at the key `needle_time`")?;
    let rotation = number("try")?;
    if rotation < 0.0 || rotation.fract() > 0.0 {
        return Err("expected a whole number from 0 at the key `try`".to_owned());
    }
    let (gt, stem) = (get("gt")?, stem(&video));
    let by_text = options.iter().position(|option| *option == gt).map(letter);
    let gt_option = object.get("gt_option").and_then(text).or(by_text);
    let sample_id = format!("{stem}_{kind}");
    Ok(Row {
        id: format!("{sample_id}_{rotation}"),
        sample_id,
        file_name: video.clone(),
        video_path: video.clone(),
        task: task_of(&kind).to_owned(),
        haystack_ids: vec![Stem::of(stem).haystack.to_owned()],
        kind,
        question,
        options,
        gt,
        gt_option: gt_option.ok_or("expected `gt` to be an option, or a letter at the key `gt_option`")?,
        rotation: rotation as u32,
        length: number("length")?,
        needle_time,
        ..Row::unstated()
    }
    .completed())
}

/// A video's file name without its ending.
fn stem(video: &str) -> &str {
    let name = video.rsplit(['/', '\\']).next().unwrap_or(video);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
