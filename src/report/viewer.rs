//! Data of the viewer: every sample, and what each run answered.
//!
//! In: rows and runs. Out: JSON for a `<script>` element. Keys are short and options are written once a sample, so that
//! the page of 5,400 tries stays under 5 MB.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::Run;
use super::html::url_path;
use super::panel::depth_name;
use crate::dataset::{self, Row, TypeNames};
use crate::score::{SampleVerdicts, ends, place};

/// Bytes that all responses together may take.
const RESPONSES: usize = 2_500_000;
/// Fewest and most bytes of one response.
const RESPONSE: (usize, usize) = (24, 420);
/// Haystacks named; a long video may be made of hundreds.
const HAYSTACKS: usize = 6;

#[derive(Serialize)]
struct Data<'a> {
    samples: Vec<Sample<'a>>,
    runs: Vec<RunData<'a>>,
}

#[derive(Serialize)]
struct Sample<'a> {
    id: &'a str,
    /// As squares of heatmaps call it.
    #[serde(rename = "type")]
    kind: Cow<'a, str>,
    task: &'a str,
    question: &'a str,
    /// Options of the first try.
    options: Vec<&'a str>,
    /// Index of the right one among them.
    target: usize,
    /// The right answer where there are no options; else empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    answer: &'a str,
    /// Option shown in each place, for each try.
    tries: Vec<Vec<usize>>,
    video: String,
    frames: u64,
    rate: [u32; 2],
    size: [u32; 2],
    haystacks: Vec<&'a str>,
    more_haystacks: usize,
    /// Length and depth of the heatmap's square.
    cell: (String, String),
    /// What that depth is called.
    depth: String,
    needles: Vec<Needle<'a>>,
}

#[derive(Serialize)]
struct Needle<'a> {
    label: &'a str,
    kind: &'a str,
    span: [u64; 2],
    #[serde(rename = "box")]
    place: [u32; 4],
    depth: Option<u16>,
    distractor: bool,
}

#[derive(Serialize)]
struct RunData<'a> {
    name: &'a str,
    /// For each sample: verdict letters, options (or the open answer) read, responses, what a judge read.
    answers: Vec<(&'a str, &'a str, Vec<Option<String>>, &'a str)>,
}

/// The data as JSON in which nothing ends a `<script>` element.
pub(super) fn data(rows: &[Row], runs: &[Run], videos: &str) -> String {
    let mut groups = dataset::samples(rows);
    for group in &mut groups {
        group.sort_by_key(|row| row.rotation);
    }
    let (fewest, most) = RESPONSE;
    let budget = (RESPONSES / (rows.len() * runs.len()).max(1)).clamp(fewest, most);
    let names = TypeNames::of(rows.iter());
    // As the heatmaps name them.
    let is_grid = rows.iter().any(|row| row.cell_depth_permille >= 0);
    let data = Data {
        samples: groups.iter().map(|group| sample(group, &names, videos, is_grid)).collect(),
        runs: runs.iter().map(|run| run_data(run, &groups, budget)).collect(),
    };
    let json = serde_json::to_string(&data).expect("values of this crate serialise");
    json.replace('<', "\\u003c")
}

fn sample<'a>(group: &[&'a Row], names: &TypeNames<'a>, videos: &str, is_grid: bool) -> Sample<'a> {
    let row = group[0];
    // A foreign dataset may show other options in other tries: each text is kept once.
    let mut options: Vec<&str> = row.options.iter().map(String::as_str).collect();
    let tries = group
        .iter()
        .map(|row| {
            let mut place = |option: &'a String| {
                options.iter().position(|own| own == option).unwrap_or_else(|| {
                    options.push(option);
                    options.len() - 1
                })
            };
            row.options.iter().map(&mut place).collect()
        })
        .collect();
    let cell = place(row);
    Sample {
        id: &row.sample_id,
        kind: names.name(row),
        task: &row.task,
        question: &row.question,
        target: options.iter().position(|option| *option == row.gt).unwrap_or(0),
        options,
        answer: if row.has_options() { "" } else { &row.answer },
        tries,
        // Without a slash before it, a path beside the page is never taken for another host.
        video: format!("{videos}{}", url_path(row.file_name.trim_start_matches('/'))),
        frames: row.num_frames,
        rate: [row.fps_num, row.fps_den],
        size: [row.width, row.height],
        haystacks: row.haystack_ids.iter().take(HAYSTACKS).map(String::as_str).collect(),
        more_haystacks: row.haystack_ids.len().saturating_sub(HAYSTACKS),
        depth: depth_name(cell.depth_permille, is_grid),
        cell: (cell.length, cell.depth_permille.map_or_else(|| "none".to_owned(), |depth| depth.to_string())),
        needles: row
            .needles
            .iter()
            .enumerate()
            .map(|(index, needle)| Needle {
                label: &needle.label,
                kind: &needle.kind,
                span: [needle.start_frame, needle.end_frame],
                place: [needle.x, needle.y, needle.w, needle.h],
                depth: row.depth_permille.get(index).copied(),
                distractor: needle.is_distractor,
            })
            .collect(),
    }
}

fn run_data<'a>(run: &'a Run, groups: &[Vec<&Row>], budget: usize) -> RunData<'a> {
    let by_id: BTreeMap<&str, &SampleVerdicts> =
        run.scores.verdicts.iter().map(|own| (own.sample_id.as_str(), own)).collect();
    let answers = groups
        .iter()
        .map(|group| match by_id.get(group[0].sample_id.as_str()) {
            Some(own) => {
                let responses = own
                    .responses
                    .iter()
                    .map(|one| one.as_deref().map(|text| ends(text, budget / 3, budget / 2)));
                let judged = own.judged.as_deref().unwrap_or_default();
                (own.verdicts.as_str(), own.read.as_str(), responses.collect(), judged)
            }
            None => ("", "", Vec::new(), ""),
        })
        .collect();
    RunData { name: &run.name, answers }
}
