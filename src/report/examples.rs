//! Examples: of each type one sample, with frames of its needles, its question and what the runs reply.
//!
//! In: rows, runs, frames as JPEG. Out: which frames are wanted; HTML that holds them. Frames are added round by round, the first of
//! each type before the second of any, until they would take too much room.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Run;
use super::errors::encoded;
use super::html::{count, duration, escape, put};
use super::tasks;
use crate::dataset::{NeedleRow, Row, TypeNames};
use crate::id;
use crate::score::{SampleVerdicts, ends};

/// Frames of one example.
const FRAMES: usize = 3;
/// Bytes that the frames of all examples may take in the page.
const ROOM: usize = 1_000_000;
/// Bytes of a reply's beginning and end.
const REPLY: (usize, usize) = (160, 80);
/// Bytes of a question's beginning and end.
const QUESTION: (usize, usize) = (500, 200);
/// Runs whose reply is shown; the viewer shows all.
const RUNS: usize = 8;

/// One sample of a type.
pub struct Example<'a> {
    /// The first of its rows.
    pub row: &'a Row,
    /// Its type, as scores name it.
    pub kind: String,
    /// The frames to show.
    pub wanted: Vec<u64>,
    /// These frames as JPEG, as far as they could be read.
    pub pictures: Vec<Vec<u8>>,
    /// Why frames are absent, if some are.
    pub trouble: Option<String>,
}

/// The frames in the middle of a row's needles, in order; of a video that holds none, its middle.
fn wanted(row: &Row) -> Vec<u64> {
    let last = row.num_frames.saturating_sub(1);
    let middles: BTreeSet<u64> = row.asked_needles().map(|needle| needle.middle().min(last)).collect();
    if middles.is_empty() { vec![last / 2] } else { middles.into_iter().take(FRAMES).collect() }
}

/// One sample of each type, without its pictures: the first that has a video and a needle, else the first that has a video, else the
/// first.
pub fn chosen(rows: &[Row], has_video: impl Fn(&Row) -> bool) -> Vec<Example<'_>> {
    let names = TypeNames::of(rows.iter());
    // The better row of each type: more counts for more.
    let mut best: BTreeMap<String, (u8, &Row)> = BTreeMap::new();
    // The tries of a sample may stand in any order: its first is the one whose reply is shown.
    for row in rows.iter().filter(|row| row.rotation == 0) {
        let kind = names.name(row);
        if best.get(&*kind).is_some_and(|(points, _)| *points == 3) {
            continue;
        }
        let has_needle = row.needles.iter().any(|needle| !needle.is_distractor);
        let points = if has_video(row) { 2 + u8::from(has_needle) } else { 0 };
        if best.get(&*kind).is_none_or(|(most, _)| points > *most) {
            best.insert(kind.into_owned(), (points, row));
        }
    }
    best.into_iter()
        .map(|(kind, (_, row))| Example {
            row,
            kind,
            wanted: wanted(row),
            pictures: Vec::new(),
            trouble: None,
        })
        .collect()
}

/// Where a type's example stands in the page.
pub(super) fn anchor(kind: &str) -> String {
    format!("example-{}", id::slug(kind))
}

/// How many pictures of each example have room.
fn fitting(examples: &[&[Vec<u8>]]) -> Vec<usize> {
    let mut fitting = vec![0; examples.len()];
    let mut room = ROOM;
    for round in 0..FRAMES {
        for (pictures, own) in examples.iter().zip(&mut fitting) {
            let Some(picture) = pictures.get(round) else { continue };
            let bytes = picture.len().div_ceil(3) * 4;
            if *own == round && bytes <= room {
                room -= bytes;
                *own += 1;
            }
        }
    }
    fitting
}

/// The section, by task.
pub(super) fn section(runs: &[Run], examples: &[Example<'_>]) -> String {
    let fitting = fitting(&examples.iter().map(|example| example.pictures.as_slice()).collect::<Vec<_>>());
    let by_sample: Vec<BTreeMap<&str, &SampleVerdicts>> = runs
        .iter()
        .take(RUNS)
        .map(|run| run.scores.verdicts.iter().map(|own| (own.sample_id.as_str(), own)).collect())
        .collect();
    let mut body = String::new();
    for task in tasks::ordered(examples.iter().map(|example| example.row.task.as_str())) {
        let tests = tasks::tests(task);
        let tests = if tests.is_empty() { String::new() } else { format!(" <small>{tests}</small>") };
        put!(body, "<h3>{}{tests}</h3>\n<div class=\"examples\">\n", escape(task));
        for (example, &pictures) in examples.iter().zip(&fitting).filter(|(own, _)| own.row.task == task) {
            body.push_str(&card(example, pictures, runs, &by_sample));
        }
        body.push_str("</div>\n");
    }
    format!(
        "<section id=\"examples\"><h2>Examples</h2>\n<p class=\"note\">One sample of each type: frames from the middle of its needles, \
         which are framed, and the replies to its first try. The title leads to the sample below.</p>\n{body}</section>"
    )
}

fn card(
    example: &Example<'_>,
    pictures: usize,
    runs: &[Run],
    by_sample: &[BTreeMap<&str, &SampleVerdicts>],
) -> String {
    let row = example.row;
    let mut frames = String::new();
    for (&at, jpeg) in example.wanted.iter().zip(&example.pictures).take(pictures) {
        frames.push_str(&frame(row, at, jpeg));
    }
    if let Some(trouble) = &example.trouble {
        put!(frames, "<p class=\"note\">{}</p>", escape(trouble));
    } else if pictures == 0 && !example.pictures.is_empty() {
        frames.push_str("<p class=\"note\">The page has no room for its frames.</p>");
    }
    let right = if row.has_options() { format!("{}: {}", row.gt_option, row.gt) } else { row.answer.clone() };
    let mut replies = String::new();
    for (index, (run, samples)) in runs.iter().zip(by_sample).enumerate() {
        let Some(own) = samples.get(row.sample_id.as_str()) else { continue };
        let verdict = own.verdicts.chars().next().unwrap_or('M');
        let (letter, word) = match verdict {
            'C' => ('C', "correct"),
            'I' => ('I', "incorrect"),
            'U' => ('U', "unreadable"),
            _ => ('M', "missing"),
        };
        let reply = own.responses.first().and_then(Option::as_deref).unwrap_or("–");
        put!(
            replies,
            "<div><dt><i class=\"key k{}\"></i>{} <span class=\"v v{letter}\">{word}</span></dt><dd>{}</dd></div>",
            index % 6,
            escape(&run.name),
            escape(&ends(reply, REPLY.0, REPLY.1))
        );
    }
    let more = match runs.len().saturating_sub(RUNS) {
        0 => String::new(),
        more => format!("<p class=\"note\">{more} more runs: see the sample.</p>"),
    };
    format!(
        "<article class=\"example\" id=\"{}\"><h4><a href=\"#sample={}\">{}</a></h4>\n<div class=\"frames\">{frames}</div>\n\
         <p class=\"asked\">{}</p>\n<p class=\"note\">Right: <b>{}</b></p>\n<dl class=\"replies\">{replies}</dl>{more}</article>\n",
        anchor(&example.kind),
        encoded(&row.sample_id),
        escape(&example.kind),
        escape(&ends(&row.question, QUESTION.0, QUESTION.1)),
        escape(&ends(&right, REPLY.0, REPLY.1))
    )
}

/// One frame, with the boxes of the needles that it shows.
fn frame(row: &Row, at: u64, jpeg: &[u8]) -> String {
    let (wide, tall) = (f64::from(row.width.max(1)), f64::from(row.height.max(1)));
    let mut boxes = String::new();
    let mut labels = Vec::new();
    // What is heard, or read in a subtitle track, has no place in the picture.
    let is_shown = |needle: &&NeedleRow| needle.w > 0 && (needle.start_frame..needle.end_frame).contains(&at);
    for needle in row.needles.iter().filter(is_shown) {
        let class = if needle.is_distractor { " class=\"decoy\"" } else { "" };
        put!(
            boxes,
            "<i{class} style=\"left:{:.2}%;top:{:.2}%;width:{:.2}%;height:{:.2}%\"></i>",
            f64::from(needle.x) / wide * 100.0,
            f64::from(needle.y) / tall * 100.0,
            f64::from(needle.w) / wide * 100.0,
            f64::from(needle.h) / tall * 100.0
        );
        labels.push(needle.label.as_str());
    }
    let time = duration(row.fps().secs(at));
    let shows = if labels.is_empty() { String::new() } else { format!(": {}", labels.join(", ")) };
    format!(
        "<figure><div class=\"shot\"><img loading=\"lazy\" alt=\"Frame {at}{}\" width=\"{}\" height=\"{}\" \
         src=\"data:image/jpeg;base64,{}\">{boxes}</div><figcaption>{time} · frame {}</figcaption></figure>",
        escape(&shows),
        row.width,
        row.height,
        BASE64.encode(jpeg),
        count(at as usize)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_the_first_try_of_its_sample_wherever_that_stands() {
        let row = |rotation| Row { kind: "ret".to_owned(), rotation, ..Row::unstated() };
        let rows = [row(1), row(0)];
        let chosen: Vec<u32> = chosen(&rows, |_| true).iter().map(|example| example.row.rotation).collect();
        assert_eq!(chosen, [0]);
    }

    #[test]
    fn the_first_frame_of_each_type_comes_before_the_second_of_any() {
        let fit = |sizes: &[&[usize]]| {
            let pictures = |sizes: &&[usize]| sizes.iter().map(|&size| vec![0; size]).collect::<Vec<_>>();
            let examples: Vec<Vec<Vec<u8>>> = sizes.iter().map(pictures).collect();
            fitting(&examples.iter().map(Vec::as_slice).collect::<Vec<_>>())
        };
        let third = ROOM / 4;
        assert_eq!(fit(&[&[third, third, third], &[9], &[third]]), [1, 1, 1]);
        assert_eq!(fit(&[&[third], &[9, 9, 9], &[]]), [1, 3, 0]);
        assert_eq!(fit(&[&[ROOM, 9]]), [0], "what comes after a frame without room is left out, too");
    }
}
