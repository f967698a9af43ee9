//! Baselines: a solver that looks at decoded pixels alone, and one that does not look at all.
//!
//! In: the rows of a dataset; for the oracle its videos, and the packs and looks of its spec (what can be hidden, not what
//! is). Out: answers. The oracle shows that a dataset can be solved, the blind one where chance lies; neither reads a
//! needle's frames or places from the rows.

mod ocr;
mod patch;
mod picture;
mod text;
#[cfg(test)]
mod text_tests;

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
use crate::question::{Labels, Options};
use crate::seed::Seed;
use crate::spec::{CheckedSpec, Difficulty, Place, Task};
use crate::time::FrameRate;

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

/// Letters at random: each row answered alone from a stream of its own.
pub fn blind(rows: &[Row], seed: Seed) -> Vec<Answer> {
    rows.iter()
        .map(|row| {
            let choice = seed.stream(&format!("blind/{}", row.id), 0).below(row.options.len() as u64);
            answer(row, "blind", Some(letter(choice as usize)))
        })
        .collect()
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

/// Answers all tries of one sample from its video; `rows` are its tries.
pub fn oracle(
    rows: &[&Row],
    spec: &CheckedSpec,
    video: &Input,
    reader: Reader,
) -> Result<Vec<Answer>, Error> {
    let row = rows[0];
    let search = Search::new(row, spec, reader)?;
    let fps = FrameRate::new(row.fps_num, row.fps_den).ok_or_else(|| Error::Type(row.kind.clone()))?;
    let step = search.step(fps);
    let mut reader = FileReader::open(video)?;
    let mut at = 0_u64;
    let frames = std::iter::from_fn(|| {
        loop {
            let is_looked_at = at.is_multiple_of(step);
            at += 1;
            if is_looked_at {
                return reader.next_frame().transpose().map(|frame| frame.map(|(frame, _)| frame));
            }
            match reader.skip_frame() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    });
    let found = found(&search, &row.question, frames)?;
    Ok(rows.iter().map(|row| answer(row, "oracle", found.letter(row))).collect())
}

/// Answers one try from frames alone, in the order in which they are shown: the pictures of a request, for one. A needle
/// that no frame shows is not found, and two that no frame parts are one.
pub fn oracle_of_frames(
    row: &Row,
    spec: &CheckedSpec,
    frames: impl IntoIterator<Item = Yuv>,
) -> Result<Option<String>, Error> {
    let search = Search::new(row, spec, Reader::Template)?;
    Ok(found(&search, &row.question, frames.into_iter().map(Ok))?.letter(row))
}

/// What the needles say: the text of an option, if it is among them.
struct Said(Option<String>);

impl Said {
    fn letter(&self, row: &Row) -> Option<String> {
        let option = row.options.iter().position(|option| Some(option) == self.0.as_ref());
        option.map(letter)
    }
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
        if self.task.family.labels() != Labels::Same
            || self.task.family.question_kind() != QuestionKind::Count
        {
            return true;
        }
        let plural = |item: &Item| item.plural.clone().unwrap_or_else(|| item.label.clone());
        let named = self.items.iter().map(|item| plural(item)).filter(|name| question.contains(name));
        named.max_by_key(String::len) == Some(plural(item))
    }

    /// Frames from one look to the next: three looks at the shortest thing, needle or gap, so that neither is missed. Where
    /// neighbours show different words, their gap need not be seen, and reading takes long.
    fn step(&self, fps: FrameRate) -> u64 {
        let duration = self.difficulty().duration.frames(fps);
        let is_read = self.task.family.look() == LookKind::Text && self.reader == Reader::Ocr;
        let counts_alike = self.task.family.labels() == Labels::Same
            && self.task.family.question_kind() == QuestionKind::Count;
        let shortest =
            if is_read && !counts_alike { duration } else { duration.min(self.task.gap.frames(fps)) };
        (shortest / 3).max(1)
    }
}

fn found(
    search: &Search<'_>,
    question: &str,
    frames: impl Iterator<Item = Result<Yuv, media::Error>>,
) -> Result<Said, Error> {
    let mut sights = look(search, question, frames)?;
    if search.reader == Reader::Ocr && search.task.family.labels() == Labels::Distinct {
        // A look that read nothing within a subtitle cuts it in two; no two subtitles say the same.
        sights.dedup_by(|later, earlier| later.label == earlier.label);
    }
    Ok(Said(match search.task.family.options() {
        Options::Labels { .. } => sights.first().map(|sight| sight.label.clone()),
        Options::Orders { .. } => {
            Some(sights.iter().map(|sight| sight.label.as_str()).collect::<Vec<_>>().join(", "))
        }
        Options::Counts { .. } => Some(sights.iter().map(|sight| sight.count).sum::<usize>().to_string()),
    }))
}

/// What appears in frames, in order: one sight for each stretch of frames that show the same.
fn look(
    search: &Search<'_>,
    question: &str,
    frames: impl Iterator<Item = Result<Yuv, media::Error>>,
) -> Result<Vec<Sight>, Error> {
    let mut detector = Detector::new(search, question)?;
    let mut stretches: Vec<Vec<Sight>> = vec![Vec::new()];
    for frame in frames {
        let sight = detector.look(&frame?)?;
        let last = stretches.last_mut().expect("there is always a stretch");
        match sight {
            Some(sight) if last.last().is_none_or(|before| before.label == sight.label) => {
                last.push(sight);
            }
            Some(sight) => stretches.push(vec![sight]),
            None if last.is_empty() => {}
            None => stretches.push(Vec::new()),
        }
    }
    Ok(stretches.iter().filter_map(|stretch| usual(stretch)).collect())
}

/// The sight that a stretch shows most often.
fn usual(stretch: &[Sight]) -> Option<Sight> {
    let times = |sight: &Sight| stretch.iter().filter(|other| *other == sight).count();
    stretch.iter().max_by_key(|sight| (times(sight), sight.count)).cloned()
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
