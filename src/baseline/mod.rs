//! Baselines: a solver that looks at decoded pixels alone, one that looks at them without their order, and one that does not
//! look at all.
//!
//! In: the rows of a dataset; for those that look its videos, and the packs and looks of its spec (what can be hidden, not what
//! is). Out: answers. The oracle shows that a dataset can be solved, single frames what can be solved without the order of time,
//! the blind one where chance lies; none reads a needle's frames or places from the rows.

mod blind;
mod frames_only;
mod heard;
mod read;
mod search;
#[cfg(test)]
mod text_tests;
mod tracks;

pub use blind::blind;
pub use frames_only::reply_unordered;

use crate::answers::Answer;
use crate::answers::kind::{self, AnswerKind, Asked, Value};
use crate::dataset::{Row, letter};
use crate::detect;
use crate::media;
use crate::media::decode::FileReader;
use crate::media::input::Input;
use crate::media::seek::FramePicker;
use crate::media::yuv::Yuv;
use crate::question::span_law::{self, SpanLaw};
use crate::question::{self, Scene, Sighting};
use crate::score::asked;
use crate::seed::Seed;
use crate::spec::CheckedSpec;
use crate::subtitle::TimedLine;
use crate::time::FrameSpan;
use search::{Search, Stretch, look, scene};

/// A baseline that cannot answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A video cannot be decoded.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// What is searched for cannot be drawn, or what searches cannot run.
    #[error(transparent)]
    Detect(#[from] detect::Error),
    /// The spec has no such type, or its pack is gone.
    #[error("type `{0}` is not one of the spec's, or its pack is not there")]
    Type(String),
}

/// How subtitles are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reader {
    /// By comparing the frame with every subtitle that could stand there.
    #[default]
    Template,
    /// By optical character recognition, with Tesseract.
    Ocr,
}

/// How spoken words are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Speech {
    /// By comparing the sound with every recording that could be heard.
    #[default]
    Template,
    /// By automatic speech recognition, with PocketSphinx: where one of the recordings is heard, it says which word that is.
    Asr,
}

/// How a solver reads and hears.
#[derive(Clone, Copy, Debug, Default)]
pub struct Senses {
    /// How subtitles are read.
    pub reader: Reader,
    /// How spoken words are told apart.
    pub speech: Speech,
}

/// That the order of frames and their times are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unordered {
    /// Seed of what is guessed in their place.
    pub seed: Seed,
}

/// As [`told`], for rows about one video.
fn told_all(rows: &[&Row], found: &Scene, unordered: Option<Unordered>) -> Vec<Answer> {
    rows.iter().map(|row| told(row, found, unordered)).collect()
}

/// The answer to a row of somebody who found this scene, of which what comes after the question is not there yet.
fn told(row: &Row, found: &Scene, unordered: Option<Unordered>) -> Answer {
    let seen = (!row.sees_all()).then(|| found.before(row.ask_frame));
    let found = seen.as_ref().unwrap_or(found);
    match unordered {
        Some(unordered) => answer(row, "frames-only", frames_only::reply_unordered(row, found, unordered)),
        None => answer(row, "oracle", reply(row, found)),
    }
}

fn answer(row: &Row, model: &str, response: Option<String>) -> Answer {
    Answer {
        model: Some(model.to_owned()),
        row_sha256: Some(row.asked_sha256()),
        ..Answer::new(&row.id, Some(response.unwrap_or_default()))
    }
}

/// Answers rows about one video that search for the same things: the tries of a sample, or of several. `lines` are those of its subtitle
/// track. Where `unordered` is stated, from single frames.
pub fn oracle(
    rows: &[&Row],
    spec: &CheckedSpec,
    video: &Input,
    senses: Senses,
    (lines, unordered): (&[TimedLine], Option<Unordered>),
) -> Result<Vec<Answer>, Error> {
    let row = rows[0];
    let search = Search::new(row, spec, senses.reader)?;
    let mut read = search.read(lines, row.fps());
    read.extend(search.heard(&row.question, video, (row.fps(), senses.speech))?);
    if search.is_beside() {
        let found = read.into_iter().collect();
        return Ok(told_all(rows, &found, unordered));
    }
    let step = search.step(row.fps());
    let end = rows.iter().map(|row| row.ask_frame).max().unwrap_or_default();
    let coarse = |at: u64| at < end && at.is_multiple_of(step);
    if search.moves() {
        let detectors = tracks::detectors(&search, (&row.question, &row.query))?;
        // What comes and goes can be away for as long as its needle lasts.
        let gap = row.difficulty_effective.duration_frames.max(step);
        let found = match tracks::seen(&tracks::tracks(&search, &detectors, frames_of(video, coarse)?)?) {
            Some(span) => {
                let near =
                    |at: u64| (span.start().saturating_sub(step)..(span.end() + step).min(end)).contains(&at);
                let tracks = tracks::tracks(&search, &detectors, frames_of(video, near)?)?;
                tracks::scene(&tracks, gap, row.question_kind.is_spread())
            }
            None => Scene::default(),
        };
        return Ok(told_all(rows, &found, unordered));
    }
    let mut stretches = look(&search, (&row.question, &row.query), frames_of(video, coarse)?)?;
    if step > 1 && row.question_kind.asks_for_times() {
        let borders = |at: u64| {
            at < end
                && stretches.iter().any(|stretch| {
                    (stretch.first.saturating_sub(step)..=stretch.first).contains(&at)
                        || (stretch.last..=stretch.last + step).contains(&at)
                })
        };
        let fine = look(&search, (&row.question, &row.query), frames_of(video, borders)?)?;
        stretches = merged(stretches, &fine);
    }
    let found = scene(&search, &stretches).sightings().iter().cloned().chain(read).collect();
    Ok(told_all(rows, &found, unordered))
}

/// Answers rows about one video that search for the same things from the lines of its subtitle track alone: where there is no video.
pub fn oracle_of_lines(
    rows: &[&Row],
    spec: &CheckedSpec,
    (lines, unordered): (&[TimedLine], Option<Unordered>),
) -> Result<Vec<Answer>, Error> {
    let search = Search::new(rows[0], spec, Reader::Template)?;
    let found = search.read(lines, rows[0].fps()).into_iter().collect();
    Ok(told_all(rows, &found, unordered))
}

/// The frames of a video that are `wanted`, with their numbers.
fn frames_of<'f>(
    video: &Input,
    wanted: impl Fn(u64) -> bool + 'f,
) -> Result<impl Iterator<Item = Result<(u64, Yuv), media::Error>> + 'f, Error> {
    let mut reader = FileReader::open(video)?;
    let mut at = 0_u64;
    Ok(std::iter::from_fn(move || {
        loop {
            let number = at;
            at += 1;
            if wanted(number) {
                return reader.next_frame().transpose().map(|frame| frame.map(|(frame, _)| (number, frame)));
            }
            match reader.skip_frame() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }))
}

/// Stretches with their borders as a closer look found them.
fn merged(coarse: Vec<Stretch>, fine: &[Stretch]) -> Vec<Stretch> {
    let close = |stretch: Stretch| {
        let of_it = || {
            fine.iter()
                .filter(|other| other.sight.is_like(&stretch.sight))
                .filter(|other| other.first <= stretch.last && other.last >= stretch.first)
        };
        Stretch {
            first: of_it().map(|other| other.first).min().unwrap_or(stretch.first).min(stretch.first),
            last: of_it().map(|other| other.last).max().unwrap_or(stretch.last).max(stretch.last),
            ..stretch
        }
    };
    coarse.into_iter().map(close).collect()
}

/// Answers one try from frames alone, in the order in which they are shown: the pictures of a request, for one.
///
/// `indices` are their numbers in the video, if known: without them, no time can be told. A needle that no frame shows is not
/// found, and two that no frame parts are one.
pub fn oracle_of_frames(
    row: &Row,
    spec: &CheckedSpec,
    indices: Option<&[u64]>,
    frames: impl IntoIterator<Item = Yuv>,
) -> Result<Option<String>, Error> {
    let number = |place: u64| indices.and_then(|all| all.get(place as usize).copied()).unwrap_or(place);
    let numbered = (0..).zip(frames).map(|(place, frame)| Ok((number(place), frame)));
    Ok(reply(row, &sampled(row, spec, (indices, &[], None), numbered)?))
}

/// Answers rows about one video that search for the same things from the frames that were sampled; `indices` ascend. `lines` are those of
/// its subtitle track. Its sound is heard as a whole.
pub fn oracle_of_sampled(
    rows: &[&Row],
    spec: &CheckedSpec,
    video: &Input,
    indices: &[u64],
    (lines, unordered): (&[TimedLine], Option<Unordered>),
) -> Result<Vec<Answer>, Error> {
    let row = rows[0];
    let mut picker = FramePicker::open(video, row.fps())?;
    let frames = indices.iter().map(|&index| Ok((index, picker.frame(index)?)));
    // One look serves them all.
    let found = sampled(row, spec, (Some(indices), lines, Some(video)), frames)?;
    Ok(told_all(rows, &found, unordered))
}

/// What the sampled frames show: of times that are asked for, their best estimate.
fn sampled(
    row: &Row,
    spec: &CheckedSpec,
    (indices, lines, video): (Option<&[u64]>, &[TimedLine], Option<&Input>),
    frames: impl Iterator<Item = Result<(u64, Yuv), media::Error>>,
) -> Result<Scene, Error> {
    let search = Search::new(row, spec, Reader::Template)?;
    if search.moves() {
        // Between two frames that were sampled there may be as much as the needle lasts.
        let gap = row.difficulty_effective.duration_frames.max(1);
        let detectors = tracks::detectors(&search, (&row.question, &row.query))?;
        let tracks = tracks::tracks(&search, &detectors, frames)?;
        return Ok(tracks::scene(&tracks, gap, row.question_kind.is_spread()));
    }
    let mut read = search.read(lines, row.fps());
    if let Some(video) = video {
        read.extend(search.heard(&row.question, video, (row.fps(), Speech::Template))?);
    }
    if search.is_beside() {
        return Ok(read.into_iter().collect());
    }
    let stretches = look(&search, (&row.question, &row.query), frames)?;
    Ok(match (row.span_law(), indices) {
        (Some(law), Some(indices)) => estimated(law, indices, &stretches),
        _ => scene(&search, &stretches).sightings().iter().cloned().chain(read).collect(),
    })
}

/// The best estimate of times by somebody who saw these frames and knows the law.
fn estimated(law: SpanLaw, sampled: &[u64], stretches: &[Stretch]) -> Scene {
    let shows = |index: &u64| stretches.iter().any(|stretch| (stretch.first..=stretch.last).contains(index));
    let shown: Vec<bool> = sampled.iter().map(shows).collect();
    let sighting = |guess: span_law::Guess| Sighting::of("", guess.span);
    law.estimates(sampled, &shown).into_iter().map(sighting).collect()
}

/// What a solver replies who found this scene: the letter of the option that fits it, or the answer itself.
fn reply(row: &Row, scene: &Scene) -> Option<String> {
    let found = row.question_kind.answer(&row.query, scene)?;
    let text = found.replied(row.answer_kind, row.fps(), row.language);
    if !row.has_options() {
        return Some(text);
    }
    let same = row.options.iter().position(|option| *option == text);
    let option = match &found {
        // Of times, the option that they lie in: borders are found but to the frame.
        question::Answer::Spans(spans) => same.or_else(|| nearest_span(row, spans.first().copied()?)),
        _ => same,
    };
    option.map(letter)
}

/// The option that shares most frames with `span`.
fn nearest_span(row: &Row, span: FrameSpan) -> Option<usize> {
    let asked = Asked { kind: AnswerKind::Spans, ..asked(row) };
    let shared = |option: &String| {
        let Ok(Value::Spans(spans)) = kind::truth(&asked, option) else { return None };
        let [option] = spans[..] else { return None };
        let frame = |millis: u64| row.fps().frames_in_millis(millis);
        let option = FrameSpan::new(frame(option.start()), frame(option.end()))?;
        Some(option.intersection(span).map_or(0, FrameSpan::count))
    };
    let shares = row.options.iter().map(|option| shared(option).unwrap_or(0));
    (0..)
        .zip(shares)
        .max_by_key(|&(at, share)| (share, std::cmp::Reverse(at)))
        .map(|(at, _): (usize, u64)| at)
}
