//! Baselines: a solver that looks at decoded pixels alone, and one that does not look at all.
//!
//! In: the rows of a dataset; for the oracle its videos, and the packs and looks of its spec (what can be hidden, not what
//! is). Out: answers. The oracle shows that a dataset can be solved, the blind one where chance lies; neither reads a
//! needle's frames or places from the rows.

#[cfg(test)]
mod text_tests;

use crate::answers::Answer;
use crate::dataset::{Row, letter};
use crate::detect::{self, Detector, Drawn, Ocr, Patches, Phrase, Pictures, Sight, Text, Texts, Thing};
use crate::media;
use crate::media::decode::FileReader;
use crate::media::input::Input;
use crate::media::yuv::Yuv;
use crate::needle::{Item, Library, LookKind, Spot};
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
    /// What is searched for cannot be drawn, or what searches cannot run.
    #[error(transparent)]
    Detect(#[from] detect::Error),
    /// The spec has no such type, or its pack is gone.
    #[error("type `{0}` is not one of the spec's, or its pack is not there")]
    Type(String),
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
            || !matches!(self.task.family.options(), Options::Counts { .. })
        {
            return true;
        }
        let plural = |item: &Item| item.plural.clone().unwrap_or_else(|| item.label.clone());
        let named = self.items.iter().map(|item| plural(item)).filter(|name| question.contains(name));
        named.max_by_key(String::len) == Some(plural(item))
    }

    /// A way of looking that fits the type's needles.
    fn detector(&self, question: &str) -> Result<Detector, Error> {
        let drawn = Drawn {
            library: self.library,
            size: self.size,
            difficulty: self.difficulty(),
            spots: self.spots(),
        };
        let asked = self.items.iter().filter(|item| self.asks_for(question, item));
        let things: Vec<Thing<'_>> =
            asked.map(|item| Thing { pack: self.pack, item: &item.id, label: &item.label }).collect();
        Ok(match self.task.family.look() {
            LookKind::Text if self.reader == Reader::Ocr => {
                Detector::Ocr(Ocr::new(&drawn, &self.texts(), self.phrase())?)
            }
            LookKind::Text => Detector::Text(Texts::new(&drawn, &self.texts())?),
            LookKind::Picture => Detector::Picture(Pictures::new(&drawn, &things)?),
            LookKind::Patch => {
                let thing = *things.first().ok_or_else(|| Error::Type(self.task.family.kind().to_owned()))?;
                let aspect = self.library.aspect(thing.pack, thing.item).map_err(detect::Error::from)?;
                let sizes = plan::patch_sizes(aspect, self.difficulty().patch_size_permille, self.size);
                Detector::Patch(Patches::new(&drawn, thing, &sizes)?)
            }
        })
    }

    /// Every text that could stand in a frame, with its label if it is asked for.
    fn texts(&self) -> Vec<Text> {
        let family = &self.task.family;
        let asked = self
            .items
            .iter()
            .map(|item| Text { text: family.text(&item.label), label: Some(item.label.clone()) });
        let others = self.task.others.iter().flat_map(|others| others.distractors.pool.candidates());
        let others =
            others.map(|candidate| Text { text: family.distractor_text(&candidate.label), label: None });
        asked.chain(others).collect()
    }

    /// What the type's subtitles say. What follows the label is read with it, and left off: a full stop, most often.
    fn phrase(&self) -> Phrase {
        let around = self.task.family.text("\n");
        Phrase {
            before: around.split('\n').next().unwrap_or_default().to_owned(),
            labels: self.items.iter().map(|item| item.label.clone()).collect(),
            language: self.task.family.language(),
        }
    }

    /// Frames from one look to the next: three looks at the shortest thing, needle or gap, so that neither is missed. Where
    /// neighbours show different words, their gap need not be seen, and reading takes long.
    fn step(&self, fps: FrameRate) -> u64 {
        let duration = self.difficulty().duration.frames(fps);
        let is_read = self.task.family.look() == LookKind::Text && self.reader == Reader::Ocr;
        let counts_alike = self.task.family.labels() == Labels::Same
            && matches!(self.task.family.options(), Options::Counts { .. });
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
    let detector = search.detector(question)?;
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
