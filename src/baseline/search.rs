//! Searching frames for the needles of a type.
//!
//! In: a row's type at its difficulty, from the spec; frames with their numbers. Out: stretches of frames that show one thing,
//! and the scene that they make. Nothing is read of where the row says that its needles are.

use super::{Error, Reader};
use crate::dataset::Row;
use crate::detect::{
    self, Clips, Detection, Detector, Drawn, Ocr, Patches, Phrase, Pictures, Text, Texts, Thing,
};
use crate::media;
use crate::media::yuv::Yuv;
use crate::needle::{Item, Library, LookKind, PixelBox, Spot};
use crate::plan;
use crate::question::{Labels, Played, Point, Query, QuestionKind, Scene, Sighting};
use crate::spec::{CheckedSpec, Difficulty, Place, Task};
use crate::time::{FrameRate, FrameSpan};

/// What is looked for in a video.
pub(super) struct Search<'a> {
    library: &'a Library,
    task: &'a Task,
    pack: &'a str,
    items: Vec<&'a Item>,
    size: (u32, u32),
    reader: Reader,
}

/// A sight and the frames between which it was looked at: its first, and its last.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) sight: Detection,
    pub(super) first: u64,
    pub(super) last: u64,
    /// Which frame of a short video each frame shows.
    pub(super) played: Vec<Played>,
}

impl<'a> Search<'a> {
    pub(super) fn new(row: &Row, spec: &'a CheckedSpec, reader: Reader) -> Result<Self, Error> {
        let unknown = || Error::Type(row.kind.clone());
        let is_of = |task: &&Task| {
            task.family.kind() == row.kind
                && task.forms.contains(&row.form)
                && row.difficulty.is_as(&plan::difficulty_record(task))
        };
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

    /// The type.
    pub(super) fn task(&self) -> &'a Task {
        self.task
    }

    fn difficulty(&self) -> &'a Difficulty {
        &self.task.difficulty
    }

    /// Where in the frame a subtitle or a picture may stand: `None` is where its like usually does.
    fn spots(&self) -> Vec<Option<Spot>> {
        match self.difficulty().place {
            Place::Random => Spot::all().map(Some).collect(),
            Place::At(_) | Place::Usual => vec![self.task.spot()],
        }
    }

    /// Whether `question` asks for `item`, in so far as it names what it asks for. The whole question is compared: "when" holds
    /// "hen", and a question about "racing cars" holds "cars".
    fn asks_for(&self, question: &str, item: &Item) -> bool {
        // Whoever is asked whether a thing is there looks for whatever may be there in its place.
        let is_open = self.task.family.question_kind().shows_another();
        if is_open || self.task.family.labels() != Labels::Same || !self.names_thing() {
            return true;
        }
        let plural = item.plural.as_ref().unwrap_or(&item.label);
        self.task.family.asks_about(question, self.pack, &item.label, plural)
    }

    /// Whether the question names the thing that it asks about.
    fn names_thing(&self) -> bool {
        let (family, pack) = (&self.task.family, self.pack);
        family.question_kind().names_its_thing() && (family.asks_by_noun(pack) || family.asks_by_plural(pack))
    }

    /// The items that a question may ask for.
    pub(super) fn asked_items<'q>(&'q self, question: &'q str) -> impl Iterator<Item = &'a Item> + 'q {
        self.items.iter().copied().filter(move |item| self.asks_for(question, item))
    }

    /// The items of the type's pack.
    pub(super) fn items(&self) -> impl Iterator<Item = &'a Item> {
        self.items.iter().copied()
    }

    /// What draws and plays needles.
    pub(super) fn library(&self) -> &'a Library {
        self.library
    }

    /// A way of looking that fits the type's needles.
    pub(super) fn detector(&self, question: &str, query: &Query) -> Result<Detector, Error> {
        let drawn = Drawn {
            library: self.library,
            size: self.size,
            difficulty: self.difficulty(),
            spots: self.spots(),
        };
        let things: Vec<Thing<'_>> = self
            .asked_items(question)
            .map(|item| Thing { pack: self.pack, item: &item.id, label: &item.label })
            .collect();
        Ok(match self.task.family.look() {
            LookKind::Sound | LookKind::Caption => Detector::Nothing,
            LookKind::Text if self.reader == Reader::Ocr => {
                Detector::Ocr(Ocr::new(&drawn, &self.texts(), self.phrase())?)
            }
            LookKind::Text => Detector::Text(Texts::new(&drawn, &self.texts())?),
            LookKind::Picture if self.task.keys.is_some() => {
                Detector::Picture(Pictures::of_links(&drawn, &things)?)
            }
            LookKind::Picture => Detector::Picture(Pictures::new(&drawn, &things)?),
            LookKind::Clip => Detector::Clip(Clips::new(&drawn, &things, self.task.family.plays_over())?),
            LookKind::Patch | LookKind::Mover => {
                let named = |thing: &&Thing<'_>| query.things.iter().any(|label| label == thing.label);
                let is_named = things.iter().any(|thing| named(&thing));
                let of = things.iter().filter(|thing| !is_named || named(thing));
                let patches = of.map(|&thing| {
                    let aspect = self.library.aspect(thing.pack, thing.item).map_err(detect::Error::from)?;
                    let sizes = plan::patch_sizes(aspect, self.difficulty().patch_size_permille, self.size);
                    // What moves has the size in the middle.
                    if self.moves() {
                        return Ok(Patches::of_mover(&drawn, thing, &sizes[1..2])?);
                    }
                    Ok(Patches::new(&drawn, thing, &sizes)?)
                });
                Detector::Patch(patches.collect::<Result<_, Error>>()?)
            }
        })
    }

    /// Whether the type's needles move.
    pub(super) fn moves(&self) -> bool {
        self.task.family.look() == LookKind::Mover
    }

    /// Whether what moves leaves the picture on one side and comes back on the other.
    pub(super) fn crosses_borders(&self) -> bool {
        self.task.family.question_kind().crosses_borders()
    }

    /// Width and height of the frames.
    pub(super) fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Every text that could stand in a frame, with its label if it is asked for.
    fn texts(&self) -> Vec<Text> {
        let family = &self.task.family;
        let asked = self.task.key_labels().into_iter().flat_map(|key| {
            self.items.iter().map(move |item| Text {
                text: family.text(key, &item.label),
                label: Some(item.label.clone()),
                key: key.to_owned(),
            })
        });
        let others = self.task.others.iter().flat_map(|others| others.distractors.pool.candidates());
        let others = others.map(|candidate| Text {
            text: family.distractor_text(&candidate.label),
            label: None,
            key: String::new(),
        });
        asked.chain(others).collect()
    }

    /// What the type's subtitles say. What follows the label is read with it, and left off: a full stop, most often.
    fn phrase(&self) -> Phrase {
        let around = self.task.family.text("", "\n");
        Phrase {
            before: around.split('\n').next().unwrap_or_default().to_owned(),
            labels: self.items.iter().map(|item| item.label.clone()).collect(),
            language: self.task.family.language(),
        }
    }

    /// Frames from one look to the next: three looks at the shortest thing, needle or gap, so that neither is missed. Where
    /// neighbours show different words, their gap need not be seen, and reading takes long.
    pub(super) fn step(&self, fps: FrameRate) -> u64 {
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
pub(super) fn scene(search: &Search<'_>, stretches: &[Stretch]) -> Scene {
    let mut stretches: Vec<&Stretch> = stretches.iter().collect();
    if search.reader == Reader::Ocr && search.task.family.labels() == Labels::Distinct {
        // A look that read nothing within a subtitle cuts it in two; no two subtitles say the same.
        stretches.dedup_by(|later, earlier| later.sight.is_like(&earlier.sight));
    }
    let sightings = |stretch: &Stretch| {
        let span = FrameSpan::new(stretch.first, stretch.last + 1).expect("a stretch has a frame");
        let centre = |place: &PixelBox| Point::centre_of(*place, search.size);
        let sighting = |at: usize| Sighting {
            key: stretch.sight.key.clone(),
            centre: stretch.sight.places.get(at).map(centre),
            played: stretch.played.clone(),
            ..Sighting::of(&stretch.sight.label, span)
        };
        (0..stretch.sight.count).map(sighting).collect::<Vec<_>>()
    };
    stretches.into_iter().flat_map(sightings).collect()
}

/// What appears in frames, in order: one sight for each stretch of frames that show the same.
pub(super) fn look(
    search: &Search<'_>,
    (question, query): (&str, &Query),
    frames: impl Iterator<Item = Result<(u64, Yuv), media::Error>>,
) -> Result<Vec<Stretch>, Error> {
    let detector = search.detector(question, query)?;
    let mut stretches: Vec<Vec<(u64, Detection)>> = vec![Vec::new()];
    for frame in frames {
        let (at, frame) = frame?;
        let sight = detector.look(&frame)?;
        let last = stretches.last_mut().expect("there is always a stretch");
        match sight {
            Some(sight) if last.last().is_none_or(|(_, before)| before.is_like(&sight)) => {
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
fn usual(stretch: &[(u64, Detection)]) -> Option<Stretch> {
    let is_same = |one: &Detection, other: &Detection| one.is_like(other) && one.count == other.count;
    let times = |sight: &Detection| stretch.iter().filter(|(_, other)| is_same(other, sight)).count();
    let (_, sight) = stretch.iter().max_by_key(|(_, sight)| (times(sight), sight.count))?;
    let ends = stretch.first().zip(stretch.last());
    let moments = stretch.iter().filter(|(_, other)| other.is_like(sight));
    let played = moments.filter_map(|(frame, seen)| Some(Played { frame: *frame, moment: seen.moment? }));
    let played = played.collect();
    ends.map(|((first, _), (last, _))| Stretch { sight: sight.clone(), first: *first, last: *last, played })
}
