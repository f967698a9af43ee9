//! Baselines: a solver that looks at decoded pixels alone, and one that does not look at all.
//!
//! In: the rows of a dataset; for the oracle its videos, and the packs and looks of its spec (what can be hidden, not what
//! is). Out: answers. The oracle shows that a dataset can be solved, the blind one where chance lies; neither reads a
//! needle's frames or places from the rows.

mod blind;
mod ocr;
mod patch;
mod picture;
mod text;
#[cfg(test)]
mod text_tests;

pub use blind::blind;
pub use ocr::check as check_tesseract;

use crate::answers::Answer;
use crate::dataset::{Row, letter};
use crate::media;
use crate::media::colour::Matrix;
use crate::media::decode::FileReader;
use crate::media::input::Input;
use crate::media::yuv::Yuv;
use crate::needle::{self, Item, Library, LookKind, Spot};
use crate::plan;
use crate::question::span_law::{self, SpanLaw};
use crate::question::{self, Labels, QuestionKind, Scene, Sighting};
use crate::spec::{CheckedSpec, Difficulty, Place, Task};
use crate::time::{FrameRate, FrameSpan};

/// A baseline that cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A video cannot be decoded.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// A needle cannot be drawn for comparison.
    #[error(transparent)]
    Needle(#[from] needle::Error),
    /// The spec has no such type, or its pack is gone.
    #[error("type `{0}` is not one of the spec's, or its pack is not there")]
    Type(String),
    /// Tesseract, which reads subtitles, does not.
    #[error("`tesseract`, which reads subtitles, {problem}")]
    Tesseract {
        /// What it does instead.
        problem: String,
        /// The system's reason.
        #[source]
        source: Option<std::io::Error>,
    },
}

/// How subtitles are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reader {
    /// By comparing the frame with every subtitle that could stand there.
    #[default]
    Template,
    /// By optical character recognition, with Tesseract.
    Ocr,
}

fn answer(row: &Row, model: &str, response: Option<String>) -> Answer {
    Answer { model: Some(model.to_owned()), ..Answer::new(&row.id, Some(response.unwrap_or_default())) }
}

/// What is looked for in a video.
pub(crate) struct Search<'a> {
    library: &'a Library,
    task: &'a Task,
    pack: &'a str,
    items: Vec<&'a Item>,
    size: (u32, u32),
    reader: Reader,
}

/// What one frame shows: nothing, or a label so many times.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sight {
    label: String,
    count: usize,
}

/// A sight and the frames between which it was looked at: its first, and its last.
#[derive(Clone, Debug)]
struct Stretch {
    sight: Sight,
    first: u64,
    last: u64,
}

/// Answers all tries of one sample from its video; `rows` are its tries.
pub fn oracle(
    rows: &[&Row],
    spec: &CheckedSpec,
    video: &Input,
    reader: Reader,
) -> Result<Vec<Answer>, Error> {
    let row = rows[0];
    let search = Search::new(row, spec, reader)?;
    let step = search.step(row.fps());
    let coarse = |at: u64| at.is_multiple_of(step);
    let mut stretches = look(&search, &row.question, frames_of(video, coarse)?)?;
    if step > 1 && search.task.family.question_kind().draws_times() {
        let borders = |at: u64| {
            stretches.iter().any(|stretch| {
                (stretch.first.saturating_sub(step)..=stretch.first).contains(&at)
                    || (stretch.last..=stretch.last + step).contains(&at)
            })
        };
        let fine = look(&search, &row.question, frames_of(video, borders)?)?;
        stretches = merged(stretches, &fine);
    }
    let found = scene(&search, &stretches);
    Ok(rows.iter().map(|row| answer(row, "oracle", reply(row, &found))).collect())
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
                .filter(|other| other.sight.label == stretch.sight.label)
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

/// Answers one try from frames alone, in the order in which they are shown: the pictures of a request, for one. `indices` are
/// their numbers in the video, if known: without them, no time can be told. A needle that no frame shows is not found, and
/// two that no frame parts are one.
pub fn oracle_of_frames(
    row: &Row,
    spec: &CheckedSpec,
    indices: Option<&[u64]>,
    frames: impl IntoIterator<Item = Yuv>,
) -> Result<Option<String>, Error> {
    let search = Search::new(row, spec, Reader::Template)?;
    let mut numbers = Vec::new();
    let number = |place: u64| indices.map_or(Some(place), |all| all.get(place as usize).copied());
    let numbered = (0..).zip(frames).map(|(place, frame)| {
        let number = number(place).unwrap_or(place);
        numbers.push(number);
        Ok((number, frame))
    });
    let stretches = look(&search, &row.question, numbered)?;
    if let (Some(law), Some(_)) = (row.span_law(), indices) {
        return Ok(timed_reply(row, law, &numbers, &stretches));
    }
    Ok(reply(row, &scene(&search, &stretches)))
}

/// The best estimate of times by somebody who saw these frames and knows the law.
fn timed_reply(row: &Row, law: SpanLaw, sampled: &[u64], stretches: &[Stretch]) -> Option<String> {
    let shows = |index: &u64| stretches.iter().any(|stretch| (stretch.first..=stretch.last).contains(index));
    let shown: Vec<bool> = sampled.iter().map(shows).collect();
    let runs = span_law::runs(&shown);
    let spans: Vec<FrameSpan> = match runs.as_slice() {
        [] => law.estimate(sampled, 0..0).into_iter().map(|guess| guess.span).collect(),
        [run] => law.estimate(sampled, run.clone()).into_iter().map(|guess| guess.span).collect(),
        _ => law.estimate_several(sampled, &shown).into_iter().map(|guess| guess.span).collect(),
    };
    let found = spans.into_iter().map(|span| Sighting { label: String::new(), span }).collect();
    reply(row, &found)
}

/// What a solver replies who found this scene: the letter of the option that fits it, or the answer itself.
fn reply(row: &Row, scene: &Scene) -> Option<String> {
    let found = row.question_kind.answer(scene)?;
    let text = found.text(row.fps());
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
    let shared = |option: &String| {
        let (start, end) = option.split_once(" - ")?;
        let millis = |text: &str| text.parse::<f64>().ok().map(|secs| (secs * 1000.0).round() as u64);
        let frame = |text: &str| millis(text).map(|millis| row.fps().frames_in_millis(millis));
        let option = FrameSpan::new(frame(start)?, frame(end)?)?;
        Some(option.intersection(span).map_or(0, FrameSpan::count))
    };
    let shares = row.options.iter().map(|option| shared(option).unwrap_or(0));
    (0..)
        .zip(shares)
        .max_by_key(|&(at, share)| (share, std::cmp::Reverse(at)))
        .map(|(at, _): (usize, u64)| at)
}

impl<'a> Search<'a> {
    fn new(row: &Row, spec: &'a CheckedSpec, reader: Reader) -> Result<Self, Error> {
        let unknown = || Error::Type(row.kind.clone());
        let is_of = |task: &&Task| task.family.kind() == row.kind && row.difficulty == plan::hardness(task);
        let task = spec.tasks().iter().find(is_of).ok_or_else(unknown)?;
        let pack = spec.library().pack(&task.pack).ok_or_else(unknown)?;
        Ok(Self {
            library: spec.library(),
            task,
            pack: &task.pack,
            items: pack.items.iter().collect(),
            size: (row.width, row.height),
            reader,
        })
    }

    fn difficulty(&self) -> &'a Difficulty {
        &self.task.difficulty
    }

    /// Where in the frame a subtitle or a picture may stand: `None` is where its like usually does.
    fn spots(&self) -> Vec<Option<Spot>> {
        match self.difficulty().place {
            Place::Usual => vec![None],
            Place::At(spot) => vec![Some(spot)],
            Place::Random => Spot::all().map(Some).collect(),
        }
    }

    /// Whether `question` asks for `item`, in so far as it names what it asks for: by the longest name that it holds, since
    /// "cars" is not what a question about "racing cars" asks for.
    fn asks_for(&self, question: &str, item: &Item) -> bool {
        if self.task.family.labels() != Labels::Same || !self.names_thing() {
            return true;
        }
        let names = |item: &Item| {
            let plural = item.plural.clone().unwrap_or_else(|| item.label.clone());
            if self.task.family.asks_by_noun(&self.task.pack) { item.label.clone() } else { plural }
        };
        let named = self.items.iter().map(|item| names(item)).filter(|name| question.contains(name));
        named.max_by_key(String::len) == Some(names(item))
    }

    /// Whether the question names the thing that it asks about.
    fn names_thing(&self) -> bool {
        let (family, pack) = (&self.task.family, &self.task.pack);
        family.question_kind().names_its_thing() && (family.asks_by_noun(pack) || family.asks_by_plural(pack))
    }

    /// Frames from one look to the next: three looks at the shortest thing, needle or gap, so that neither is missed. Where
    /// neighbours show different words, their gap need not be seen, and reading takes long.
    fn step(&self, fps: FrameRate) -> u64 {
        let durations = self.task.durations.as_ref();
        let duration = durations.map_or(&self.difficulty().duration, |drawn| &drawn.least).frames(fps);
        let is_read = self.task.family.look() == LookKind::Text && self.reader == Reader::Ocr;
        let counts_alike = self.task.family.labels() == Labels::Same
            && self.task.family.question_kind() == QuestionKind::Count;
        let shortest =
            if is_read && !counts_alike { duration } else { duration.min(self.task.gap.frames(fps)) };
        (shortest / 3).max(1)
    }
}

/// What the stretches of a video show.
fn scene(search: &Search<'_>, stretches: &[Stretch]) -> Scene {
    let mut stretches: Vec<&Stretch> = stretches.iter().collect();
    if search.reader == Reader::Ocr && search.task.family.labels() == Labels::Distinct {
        // A look that read nothing within a subtitle cuts it in two; no two subtitles say the same.
        stretches.dedup_by(|later, earlier| later.sight.label == earlier.sight.label);
    }
    let sightings = |stretch: &Stretch| {
        let span = FrameSpan::new(stretch.first, stretch.last + 1).expect("a stretch has a frame");
        vec![Sighting { label: stretch.sight.label.clone(), span }; stretch.sight.count]
    };
    stretches.into_iter().flat_map(sightings).collect()
}

/// What appears in frames, in order: one sight for each stretch of frames that show the same.
fn look(
    search: &Search<'_>,
    question: &str,
    frames: impl Iterator<Item = Result<(u64, Yuv), media::Error>>,
) -> Result<Vec<Stretch>, Error> {
    let mut detector = Detector::new(search, question)?;
    let mut stretches: Vec<Vec<(u64, Sight)>> = vec![Vec::new()];
    for frame in frames {
        let (at, frame) = frame?;
        let sight = detector.look(&frame)?;
        let last = stretches.last_mut().expect("there is always a stretch");
        match sight {
            Some(sight) if last.last().is_none_or(|(_, before)| before.label == sight.label) => {
                last.push((at, sight));
            }
            Some(sight) => stretches.push(vec![(at, sight)]),
            None if last.is_empty() => {}
            None => stretches.push(Vec::new()),
        }
    }
    Ok(stretches.iter().filter_map(|stretch| usual(stretch)).collect())
}

/// The sight that a stretch shows most often.
fn usual(stretch: &[(u64, Sight)]) -> Option<Stretch> {
    let times = |sight: &Sight| stretch.iter().filter(|(_, other)| other == sight).count();
    let (_, sight) = stretch.iter().max_by_key(|(_, sight)| (times(sight), sight.count))?;
    let ends = stretch.first().zip(stretch.last());
    ends.map(|((first, _), (last, _))| Stretch { sight: sight.clone(), first: *first, last: *last })
}

/// A way of looking that fits the type's needles.
enum Detector {
    Text(text::Detector),
    Ocr(ocr::Detector),
    Picture(picture::Detector),
    Patch(patch::Detector),
}

impl Detector {
    fn new(search: &Search<'_>, question: &str) -> Result<Self, Error> {
        Ok(match search.task.family.look() {
            LookKind::Text if search.reader == Reader::Ocr => Self::Ocr(ocr::Detector::new(search)?),
            LookKind::Text => Self::Text(text::Detector::new(search)?),
            LookKind::Picture => Self::Picture(picture::Detector::new(search, question)?),
            LookKind::Patch => Self::Patch(patch::Detector::new(search, question)?),
        })
    }

    fn look(&mut self, frame: &Yuv) -> Result<Option<Sight>, Error> {
        Ok(match self {
            Self::Text(detector) => detector.look(frame),
            Self::Ocr(detector) => return detector.look(frame),
            Self::Picture(detector) => detector.look(frame),
            Self::Patch(detector) => detector.look(frame),
        })
    }
}

/// A point of a drawing that hides what is below it, in its box, and the colour that it should have.
#[derive(Clone, Copy, Debug)]
struct Point {
    x: u32,
    y: u32,
    yuv: [u8; 3],
}

/// Opaque points of a drawing on a raster of `step` pixels, a multiple of 2: those whose whole chroma sample is the
/// drawing's own.
fn points(drawing: &image::RgbaImage, matrix: Matrix, step: u32) -> Vec<Point> {
    let (w, h) = drawing.dimensions();
    let colour = |x: u32, y: u32| {
        let block = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].map(|(x, y)| drawing.get_pixel(x, y).0);
        let yuv = block.map(|[r, g, b, _]| matrix.yuv([r, g, b]));
        let mean = |plane: usize| ((yuv.iter().map(|yuv| u32::from(yuv[plane])).sum::<u32>() + 2) / 4) as u8;
        block.iter().all(|pixel| pixel[3] == 255).then(|| [yuv[0][0], mean(1), mean(2)])
    };
    let columns = (0..w / step).map(|column| column * step);
    let raster = columns.flat_map(|x| (0..h / step).map(move |row| (x, row * step)));
    raster
        .filter(|&(x, y)| x + 1 < w && y + 1 < h)
        .filter_map(|(x, y)| colour(x, y).map(|yuv| Point { x, y, yuv }))
        .collect()
}

/// Sum of absolute differences of one point on all three planes; `x` and `y` are even.
fn difference(frame: &Yuv, x: u32, y: u32, wanted: [u8; 3]) -> u32 {
    let luma = (y * frame.width + x) as usize;
    let chroma = (y / 2 * (frame.width / 2) + x / 2) as usize;
    let found = [frame.y[luma], frame.u[chroma], frame.v[chroma]];
    found.iter().zip(wanted).map(|(found, wanted)| u32::from(found.abs_diff(wanted))).sum()
}

/// The matrix that frames of this height most likely have; the difference between the two is far below what tells
/// needles apart, but it is taken into account where a source is used as it is.
fn matrices() -> [Matrix; 2] {
    [Matrix::Bt709, Matrix::Bt601]
}
