//! Names and numbers of a dataset that somebody else may have made: what rows, manifests and parts may say.
//!
//! In: texts that become paths, keys and cells of tables, and numbers that become loops. Out: what is wrong with each. The
//! readers of this module's directory refuse a file in which anything is, so that no command has to ask again.

use std::collections::BTreeSet;

use super::metadata::{NeedleRow, Row};
use super::tries::TryColumns;
use super::{Manifest, PICTURES, SPEC, Shard, ShardFile, Store, VIDEOS};
use crate::markup::quoted;
use crate::question::OVERALL;
use crate::time::{FrameRate, MOST_FRAMES, MOST_SECS};

/// Bytes of a path within a dataset, and of each of its parts: what file systems hold.
const LONGEST_PATH: usize = 1024;
const LONGEST_PART: usize = 255;
/// Characters of an id, a type, a task and other words that are cells of tables.
const LONGEST_WORD: usize = 500;
/// Options of a question; [`consistency`](super::consistency) bounds those that are told apart by letters.
const MOST_TEXTS: usize = 1000;
/// Pixels of a side.
const LONGEST_SIDE: u32 = 1 << 16;
/// Parts of a dataset, and its samples.
const MOST_PARTS: u64 = 1_000_000;
const MOST_SAMPLES: u64 = 1_000_000_000;

/// Why `name` is no path of a file below a directory that holds it.
pub(super) fn outside(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.contains(char::is_control) {
        return Some("it holds a control character");
    }
    if name.contains('\\') {
        return Some("it holds a backslash");
    }
    if name.starts_with('/') {
        return Some("it is absolute");
    }
    if name.len() > LONGEST_PATH || name.split('/').any(|part| part.len() > LONGEST_PART) {
        return Some("it is longer than a file name may be");
    }
    name.split('/').find_map(|part| match part {
        ".." => Some("it holds `..`"),
        "" | "." => Some("it holds an empty part or `.`"),
        _ => None,
    })
}

/// As [`outside`], for a file in the directory `dir`.
fn outside_of(dir: &str, name: &str) -> Option<String> {
    let is_within = || name.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'));
    outside(name).map(str::to_owned).or_else(|| (!is_within()).then(|| format!("it is not in `{dir}`")))
}

/// Why `word` can be no cell of a table.
fn no_word(word: &str) -> Option<&'static str> {
    if word.contains(char::is_control) {
        return Some("it holds a control character");
    }
    word.chars().nth(LONGEST_WORD).map(|_| "it is longer than 500 characters")
}

/// Why `id` can be no name of a file or directory: that of a sample becomes one.
fn no_name(id: &str) -> Option<&'static str> {
    if id.is_empty() {
        return Some("it is empty");
    }
    if !id.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) {
        return Some("expected letters, digits, `_`, `-` and `.` alone");
    }
    if id.starts_with('.') {
        return Some("it begins with a dot");
    }
    no_word(id)
}

/// What is wrong with the names and numbers of a row, one sentence each.
pub(super) fn row(row: &Row) -> Vec<String> {
    let mut problems = Vec::new();
    let mut wrong = |key: &str, value: &str, verdict: &str, reason: Option<&str>| {
        problems.extend(reason.map(|reason| format!("`{key}` `{}` {verdict}: {reason}", quoted(value))));
    };
    let paths = [
        ("file_name", &row.file_name),
        ("video_path", &row.video_path),
        ("subtitle_path", &row.subtitle_path),
    ];
    for (key, name) in paths {
        // The control without videos names none.
        if !name.is_empty() {
            wrong(key, name, "is not a path within the dataset", outside_of(VIDEOS, name).as_deref());
        }
    }
    wrong("sample_id", &row.sample_id, "is not an id", no_name(&row.sample_id));
    let words = [
        ("id", &row.id),
        ("type", &row.kind),
        ("task", &row.task),
        ("gt_option", &row.gt_option),
        ("cell_length", &row.cell_length),
        ("cell_depth_of", &row.cell_depth_of),
        ("video_id", &row.video_id),
        ("group_id", &row.group_id),
        ("sha256", &row.sha256),
    ];
    for (key, name) in [("type", &row.kind), ("task", &row.task)] {
        let is_taken = name == OVERALL;
        wrong(key, name, "cannot be used", is_taken.then_some("the figures of all tasks are called so"));
    }
    let haystacks = row.haystack_ids.iter().map(|id| ("haystack_ids", id));
    let kinds = row.needles.iter().map(|needle| ("needles.kind", &needle.kind));
    for (key, word) in words.into_iter().chain(haystacks).chain(kinds) {
        wrong(key, word, "cannot be used", no_word(word));
    }
    if row.options.len() > MOST_TEXTS {
        problems.push(format!("`options` has {} texts: expected at most {MOST_TEXTS}", row.options.len()));
    }
    problems.extend(numbers(row));
    problems
}

/// Whether the columns of a try are as they may be; what it shares with a whole row is checked there.
pub(super) fn is_sound_try(own: &TryColumns) -> bool {
    no_word(&own.id).is_none() && no_word(&own.gt_option).is_none()
}

/// What is wrong with the numbers of a row: each bounds how long something is computed, or how much memory it takes.
fn numbers(row: &Row) -> Vec<String> {
    let mut problems = Vec::new();
    let mut expect = |is_sound: bool, key: &str, value: &dyn std::fmt::Display, expected: &str| {
        if !is_sound {
            problems.push(format!("`{key}` is {value}: expected {expected}"));
        }
    };
    let longest = f64::from(MOST_SECS);
    let rate = FrameRate::new(row.fps_num, row.fps_den);
    let secs = rate.map_or(0.0, |fps| fps.secs(row.num_frames));
    let stated = format!("{}/{}", row.fps_num, row.fps_den);
    let has_rate = row.num_frames == 0 || rate.is_some();
    expect(has_rate, "fps_num/fps_den", &stated, "two numbers from 1 on");
    expect(row.num_frames <= MOST_FRAMES, "num_frames", &row.num_frames, "at most 100,000,000");
    expect(
        row.num_frames > MOST_FRAMES || secs <= longest,
        "fps_num/fps_den",
        &stated,
        "a rate at which the frames last at most 10,000,000 seconds",
    );
    expect((0.0..=longest).contains(&row.length), "length", &row.length, "0 to 10,000,000 seconds");
    expect(row.width <= LONGEST_SIDE, "width", &row.width, "at most 65,536");
    expect(row.height <= LONGEST_SIDE, "height", &row.height, "at most 65,536");
    expect(
        (-1..=1000).contains(&row.cell_depth_permille),
        "cell_depth_permille",
        &row.cell_depth_permille,
        "-1 to 1000",
    );
    let frames = -1..=MOST_FRAMES as i64;
    for (key, frame) in
        [("cell_window_start", row.cell_window_start), ("cell_window_end", row.cell_window_end)]
    {
        expect(frames.contains(&frame), key, &frame, "-1 to 100,000,000");
    }
    if let Some(depth) = row.depth_permille.iter().find(|depth| **depth > 1000) {
        expect(false, "depth_permille", depth, "0 to 1000");
    }
    if let Some(secs) = row.needle_time.iter().find(|secs| !(0.0..=longest).contains(*secs)) {
        expect(false, "needle_time", secs, "0 to 10,000,000 seconds");
    }
    if let Some(span) = row.needle_frames.iter().find(|span| span.end() > MOST_FRAMES) {
        expect(false, "needle_frames", &span.end(), "at most 100,000,000");
    }
    problems.extend(row.needles.iter().find_map(needle));
    problems
}

fn needle(needle: &NeedleRow) -> Option<String> {
    let NeedleRow { start_frame, end_frame, .. } = needle;
    if start_frame > end_frame || *end_frame > MOST_FRAMES {
        return Some(format!(
            "`needles` has the frames {start_frame} to {end_frame}: expected a first and a last of at most 100,000,000"
        ));
    }
    let sides = [needle.x, needle.y, needle.w, needle.h];
    let long = sides.into_iter().find(|side| *side > LONGEST_SIDE)?;
    Some(format!("`needles` has a side or place of {long} pixels: expected at most 65,536"))
}

/// What is wrong with the names of a manifest, one sentence each.
pub(super) fn manifest(manifest: &Manifest) -> Vec<String> {
    let Manifest { store, haystacks, needles, templates, outputs, .. } = manifest;
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for output in outputs {
        let name = &output.name;
        let twice = || (!seen.insert(name.as_str())).then_some("it is named twice");
        let reason =
            outside(name).or_else(|| hidden(name)).or_else(|| other_store(*store, name)).or_else(twice);
        problems.extend(
            reason.map(|reason| {
                format!("output `{}` is not a path within the dataset: {reason}", quoted(name))
            }),
        );
    }
    let words = haystacks.iter().map(|haystack| ("haystack", &haystack.id));
    let words = words.chain(needles.iter().chain(templates).map(|needle| ("needles", &needle.name)));
    for (key, word) in words {
        problems
            .extend(no_word(word).map(|reason| format!("{key} `{}` cannot be used: {reason}", quoted(word))));
    }
    problems
}

/// What is wrong with the numbers of a part, one sentence each.
pub(super) fn shard(part: &ShardFile) -> Option<String> {
    let Shard { index, count } = part.shard;
    let is_sound = index < count && count <= MOST_PARTS && part.samples <= MOST_SAMPLES;
    (!is_sound).then(|| format!("it is part {index}/{count} of {} samples", part.samples))
}

/// The end of a list of problems of which some are not told.
pub(super) fn more(total: usize, problems: &[String]) -> String {
    if total > problems.len() { format!("; and {} more", total - problems.len()) } else { String::new() }
}

/// Files that begin with a dot are the program's own, or nobody's of a dataset.
fn hidden(name: &str) -> Option<&'static str> {
    name.split('/').any(|part| part.starts_with('.')).then_some("it begins with a dot")
}

/// The end of the name of a subtitle file.
pub const SUBTITLES: &str = ".srt";

/// Whether the output `name` of a dataset holds subtitles.
pub fn is_subtitles(name: &str) -> bool {
    let file = name.strip_prefix(VIDEOS).and_then(|name| name.strip_prefix('/'));
    file.is_some_and(|file| !file.contains('/') && file.ends_with(SUBTITLES))
}

/// Whether a manifest may name a file `name`, if it is in one of the directories of a dataset.
pub fn is_output_name(name: &str) -> bool {
    outside(name).or_else(|| hidden(name)).is_none()
}

/// Files of a dataset lie beside its manifest, in `pictures`, at any depth in `spec`, or where its videos are kept.
fn other_store(store: Store, name: &str) -> Option<&'static str> {
    let (dir, file) = name.split_once('/')?;
    if dir != SPEC && !is_subtitles(name) && (file.contains('/') || (dir != store.dir() && dir != PICTURES)) {
        return Some("files of a dataset lie in `videos`, `recipes`, `pictures` or `spec`");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_elsewhere_are_told() {
        for name in ["videos/a.mp4", "videos/a b/ü.mp4", "videos/a:1.mp4", "videos/..a.mp4", "README.md"] {
            assert_eq!(outside(name), None, "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "/etc/passwd",
            "//host/x.mp4",
            "../x",
            "videos/../../x",
            "videos/..",
            "videos//x",
            "videos/./x",
            "videos/",
            "videos\\..\\..\\x",
            "C:\\x",
            "videos/a\0.mp4",
            "videos/a\n.mp4",
            "videos/\u{85}",
        ] {
            assert!(outside(name).is_some(), "{name:?}");
        }
        assert!(outside(&format!("videos/{}.mp4", "x".repeat(300))).is_some());
        assert!(outside(&"x/".repeat(600)).is_some());
        assert!(outside_of(VIDEOS, "videosx/a.mp4").is_some());
        assert!(outside_of(VIDEOS, "pictures/a.jpg").is_some());
    }

    #[test]
    fn ids_of_samples_are_names() {
        for id in ["ret_edit1-bar-0", "Zürich.0", "東京-1"] {
            assert_eq!(no_name(id), None, "{id}");
        }
        for id in ["", ".", "..", "../x", "a/b", "a b", "x'+evil()+'", "a\n", &"x".repeat(600)] {
            assert!(no_name(id).is_some(), "{id}");
        }
    }
}
