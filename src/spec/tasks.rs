//! The types that a spec asks for, each with its family, its pack and how hard its needles are to find.
//!
//! In: `[[tasks]]`, or nothing, which stands for VNBench's nine, and what the grid varies. Out: tasks whose pack has what their
//! family needs; a type is one task for each of the grid's settings.

use std::sync::Arc;

use super::axes::{self, Setting};
use super::cues::{check_cues, cues_of};
use super::difficulty::Difficulty;
use super::durations::{self, Durations};
use super::forms;
use super::grid::Grid;
use super::others::{LeftOut, Others, Source};
use super::pools::{check_keys, few, keys_of, pool};
use super::quantity::Length;
use super::reader::{Problems, Section};
use super::sounds;
use super::vary::{self, Point};
use super::{MOST_SAMPLES, Needles};
use crate::needle::{Library, ROUND};
use crate::question::{Families, Family, Form, Material, Pool, VNBENCH};
use crate::time::FrameRate;

/// One type that is asked for, at one setting.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its question family, with as many needles and distractors as the spec wants.
    pub family: Family,
    /// The pack that its needles come from.
    pub pack: String,
    /// The labels of that pack that the family can use.
    pub pool: Arc<Pool>,
    /// The keys that its labels are shown for, where there are any.
    pub keys: Option<Arc<Pool>>,
    /// What is heard or read while its labels are shown, where they have cues.
    pub cues: Option<Arc<Pool>>,
    /// What distractors show; absent where there are none.
    pub others: Option<Others>,
    /// Samples of the type, or of each of its cells where the grid has lengths; the spec may leave it open.
    pub samples: Option<u64>,
    /// How hard its needles are to find.
    pub difficulty: Difficulty,
    /// The least distance between two needles.
    pub gap: Length,
    /// What the grid has set for it, as it stands in the ids of samples; empty where it has set nothing.
    pub setting: String,
    /// The key that differs from the type's own setting, where the grid varies one at a time; empty elsewhere.
    pub varied: &'static str,
    /// The forms in which each of its videos is asked about.
    pub forms: Vec<Form>,
    /// Shortest and longest duration of a needle, where durations are drawn.
    pub durations: Option<Durations>,
    /// How long the longest of its sounds is, in milliseconds, where needles are sounds of a length of their own.
    pub sound_millis: Option<u64>,
}

impl Task {
    /// The name of the type at this setting, with which ids of samples begin.
    pub fn name(&self) -> String {
        let kind = self.family.kind();
        // The form that a family takes by itself goes unsaid.
        let is_usual = self.forms.iter().eq(self.family.forms().first());
        let forms = self.forms.iter().filter(|_| !is_usual).map(|form| form.name().to_owned());
        let setting = Some(&self.setting).filter(|setting| !setting.is_empty()).cloned();
        std::iter::once(kind.to_owned()).chain(forms).chain(setting).collect::<Vec<_>>().join("-")
    }

    /// What its questions are drawn from: without what is in `left_out`, and for which of the videos that are drawn together.
    pub fn material<'a>(&'a self, left_out: &'a LeftOut, member: u64, fps: FrameRate) -> Material<'a> {
        Material {
            family: &self.family,
            pool: &self.pool,
            distractors: self.others.as_ref().map(|others| &others.distractors),
            left_out: &left_out.asked,
            others_left_out: &left_out.others,
            pack: &self.pack,
            keys: self.keys.as_deref(),
            cues: self.cues.as_deref(),
            member,
            travel: self.travel(fps),
        }
    }

    /// How far what moves goes while it is shown, in 65,536ths of a round.
    fn travel(&self, fps: FrameRate) -> i64 {
        let Difficulty { duration, period, .. } = &self.difficulty;
        let (shown, round) = (duration.frames(fps) as i64, period.frames(fps).max(1) as i64);
        shown * ROUND / round
    }

    /// Frames that a needle lasts at most, in a video of rate `fps`.
    pub fn duration_frames(&self, fps: FrameRate) -> u64 {
        match (&self.durations, self.sound_millis) {
            (Some(durations), _) => durations.most.frames(fps),
            (None, Some(millis)) => sounds::frames(millis, fps),
            (None, None) => self.difficulty.duration.frames(fps),
        }
    }

    /// What its labels can be shown for; one empty text where there are no keys.
    pub fn key_labels(&self) -> Vec<&str> {
        match &self.keys {
            Some(keys) => keys.candidates().iter().map(|key| key.label.as_str()).collect(),
            None => vec![""],
        }
    }
}

/// A type as the spec asks for it, whatever the grid varies.
pub(super) struct Asked<'a> {
    pub(super) family: Family,
    pub(super) pack: Option<String>,
    /// Where it stands in the spec.
    pub(super) key: String,
    pub(super) samples: Option<u64>,
    pub(super) settings: Vec<Setting<'a>>,
    pub(super) forms: Vec<Form>,
    pub(super) durations: Option<Durations>,
}

impl Asked<'_> {
    /// A type as its family has it, which the spec asks for at `key`.
    pub(super) fn plain(family: &Family, key: &str) -> Self {
        Self {
            family: family.clone(),
            pack: None,
            key: key.to_owned(),
            samples: None,
            settings: Vec::new(),
            forms: forms::usual(family),
            durations: Durations::of(family),
        }
    }

    /// Its difficulty without the grid.
    fn base(&self, needles: &Needles<'_>) -> Difficulty {
        let mut usual = Difficulty::default();
        if let Some(millis) = self.family.duration_millis() {
            usual.duration = Length::from_millis(millis);
        }
        // What says nothing of this type is for the others.
        let settings = needles.settings.iter().filter(|(key, _)| vary::concerns(key, &self.family));
        usual.with(&settings.copied().collect::<Vec<_>>()).with(&self.settings)
    }
}

/// The most settings of one type.
const MOST_SETTINGS: usize = 10_000;

/// Reads `[[tasks]]`.
pub(super) fn read<'a>(
    asked: Option<Vec<Section<'a>>>,
    families: &Families,
    problems: &mut Problems,
) -> Vec<Asked<'a>> {
    let Some(sections) = asked else {
        let all = VNBENCH.iter().filter_map(|kind| families.get(*kind));
        return all.map(|family| Asked::plain(family, "tasks")).collect();
    };
    let mut tasks: Vec<Asked<'a>> = Vec::new();
    for mut section in sections {
        let samples = section.whole("samples", 1..=MOST_SAMPLES, problems);
        let settings = axes::settings(&mut section, problems);
        let pack = section.text("pack", problems).map(str::to_owned);
        let forms = section.read("form", problems, forms::read);
        let durations = section.read("durations", problems, durations::read);
        let kind = section.text("type", problems);
        if section.value("type").is_none() {
            problems.note(&section.key("type"), "missing");
        }
        if let Some(kind) = kind {
            let key = section.key("type");
            match families.get(kind) {
                None => {
                    problems.note(&key, format!("no type `{kind}`"));
                    problems.nearest("type", kind, families.keys().map(String::as_str));
                }
                Some(family) if tasks.iter().any(|task| is_again(task, family, forms.as_deref())) => {
                    problems.note(&key, format!("type `{kind}` is listed twice"));
                }
                Some(family) => {
                    for (key, _) in settings.iter().filter(|(key, _)| !vary::concerns(key, family)) {
                        let reason = vary::reason(key);
                        let problem = format!("says nothing of the needles of `{kind}`{reason}");
                        problems.note(&section.key(key), problem);
                    }
                    let forms = forms::checked(family, forms, &section.key("form"), problems);
                    if durations.is_some() && !family.question_kind().draws_times() {
                        let problem = format!("`{kind}` asks for no times; its needles last `duration`");
                        problems.note(&section.key("durations"), problem);
                    }
                    let durations = Durations::of(family).map(|own| durations.unwrap_or(own));
                    let (family, key) = (family.clone(), section.path().to_owned());
                    tasks.push(Asked { family, pack, key, samples, settings, forms, durations });
                }
            }
        }
        section.finish(problems);
    }
    tasks
}

/// Whether a task asks a type in a form in which another one asks it already.
fn is_again(task: &Asked<'_>, family: &Family, forms: Option<&[Form]>) -> bool {
    let forms = forms.unwrap_or_else(|| family.forms().get(..1).unwrap_or_default());
    task.family.kind() == family.kind() && task.forms.iter().any(|form| forms.contains(form))
}

/// All settings of each type; `None` where they are too many.
fn points(
    asked: &[Asked<'_>],
    grid: Option<&Grid>,
    needles: &Needles<'_>,
    problems: &mut Problems,
) -> Option<Vec<Vec<Point>>> {
    let settings = grid.map_or(1, vary::most_points);
    if settings > MOST_SETTINGS {
        let problem = format!(
            "its keys make up to {settings} settings of a type, and {MOST_SETTINGS} are the most; name fewer values, or set \
             `vary = \"one at a time\"`"
        );
        problems.note("grid", problem);
        return None;
    }
    let points = |of: &Asked<'_>| vary::points(grid, &of.family, &of.base(needles));
    let points: Vec<Vec<Point>> = asked.iter().map(points).collect();
    for axis in grid.iter().flat_map(|grid| &grid.axes) {
        let says = |(of, points): (&Asked<'_>, &Vec<Point>)| {
            points.iter().any(|point| vary::says(axis.key, &of.family, &point.difficulty))
        };
        if !asked.is_empty() && !asked.iter().zip(&points).any(says) {
            problems.note(&format!("grid.{}", axis.key), "says nothing of the needles of any type");
        }
    }
    Some(points)
}

/// The tasks of all types at all settings of the grid.
pub(super) fn tasks(
    asked: &[Asked<'_>],
    grid: Option<&Grid>,
    needles: &Needles<'_>,
    problems: &mut Problems,
) -> Vec<Task> {
    let Some(library) = &needles.library else { return Vec::new() };
    let Some(points) = points(asked, grid, needles, problems) else { return Vec::new() };
    let mut tasks = Vec::new();
    for (of, points) in asked.iter().zip(points) {
        let Some((pack, pool)) = pool_of(of, library, problems) else { continue };
        // A question keeps its keys whether hints name them or not: if they do at any setting, keys without hints are left out at all.
        let with_hints =
            points.iter().any(|point| point.difficulty.hints.unwrap_or_else(|| of.family.asks_by_hint()));
        let keys = keys_of(&of.family, with_hints, &pool, library);
        let found = keys.and_then(|keys| Ok((keys, cues_of(&of.family, &pack, library)?)));
        let found = found.map_err(|problem| problems.note(&of.key, problem));
        let Ok((keys, cues)) = found else { continue };
        let mut source = Source::new(library, &pack, Arc::clone(&pool));
        for point in points {
            let key = if point.setting.is_empty() { of.key.as_str() } else { "grid" };
            let family = of.family.with(point.difficulty.variation());
            let made = family.map_err(|problems| in_words_of_specs(&problems)).and_then(|family| {
                let needed = family.labels_needed();
                if pool.distinct() < needed {
                    return Err(few(&family, &pack, pool.distinct()));
                }
                check_keys(&family, with_hints, keys.as_deref())?;
                check_cues(&family, &pack, cues.as_deref())?;
                let others = source.others(&family, point.difficulty.similarity)?;
                Ok((family, others))
            });
            match made {
                Ok((family, others)) => {
                    let beside =
                        others.as_ref().map(|others| (others.pack.as_str(), &*others.distractors.pool));
                    let sound_millis = sounds::longest(library, &family, (&pack, &pool), beside);
                    let mut difficulty = point.difficulty;
                    if let Some(millis) = sound_millis {
                        difficulty.duration = Length::from_millis(millis);
                        difficulty.distance = None;
                    }
                    tasks.push(Task {
                        pack: pack.clone(),
                        pool: Arc::clone(&pool),
                        keys: keys.clone(),
                        cues: cues.clone(),
                        others,
                        samples: of.samples,
                        gap: difficulty.gap.clone().unwrap_or_else(|| vary::usual_gap(&family)),
                        difficulty,
                        setting: point.setting,
                        varied: point.varied,
                        forms: of.forms.clone(),
                        durations: of.durations.clone(),
                        sound_millis,
                        family,
                    });
                }
                Err(problem) => problems.note(key, format!("{}: {problem}", of.family.kind())),
            }
        }
    }
    tasks
}

/// The pack of a type and the labels of it that its family can use.
fn pool_of(asked: &Asked<'_>, library: &Library, problems: &mut Problems) -> Option<(String, Arc<Pool>)> {
    let family = &asked.family;
    let name = asked.pack.as_deref().unwrap_or(family.pack());
    let key = if asked.pack.is_some() { format!("{}.pack", asked.key) } else { asked.key.clone() };
    let kind = family.kind();
    let Some(found) = library.pack(name) else {
        problems.note(&key, format!("no needle pack `{name}`, which `{kind}` takes its needles from"));
        problems.nearest("pack", name, library.packs().map(|pack| pack.id.as_str()));
        return None;
    };
    match pool(family, found) {
        Ok(pool) => Some((name.to_owned(), Arc::new(pool))),
        Err(problem) => {
            problems.note(&key, problem);
            None
        }
    }
}

/// What a family cannot have, in one line: `each` is a key of specs, too.
fn in_words_of_specs(problems: &[String]) -> String {
    let words = problems.iter().map(|problem| match problem.strip_prefix("needle.each: ") {
        Some(rest) => format!("each: {rest}"),
        None => problem.clone(),
    });
    words.collect::<Vec<_>>().join("; ")
}
