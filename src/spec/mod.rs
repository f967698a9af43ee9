//! The spec: what a user wishes, read from TOML and checked as a whole.
//!
//! In: the path of a spec. Out: a [`CheckedSpec`], which only this module makes, or every problem at once. Files that
//! the spec names (needle packs, question families, catalogues) are read here too; videos are not opened.

mod axes;
mod controls;
mod cues;
mod difficulty;
mod durations;
mod effective;
mod export;
mod fault;
mod forms;
mod glob;
mod grid;
#[cfg(test)]
mod grid_tests;
mod haystacks;
mod lone;
mod others;
mod pools;
pub mod portable;
mod quantity;
#[cfg(test)]
mod quantity_tests;
mod reader;
mod sounds;
pub mod starter;
mod suite;
mod tasks;
mod too_short;
mod vary;
mod visibility;

pub use axes::{AXES, Axis, Concerns, Takes, axis};
pub use controls::controls_of;
pub use difficulty::{Difficulty, Place, Similarity};
pub use durations::Durations;
pub use effective::Screen;
pub use export::{ExportFormat, Exports};
pub use fault::Error;
pub use grid::Grid;
pub use haystacks::is_video;
pub use lone::lone;
pub use others::{LeftOut, Others};
pub use quantity::{Length, micros_of_text};
pub use suite::{SUITES, Suite};
pub use tasks::Task;
pub use too_short::TooShort;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::files;
use crate::haystack::{Entry, Wanted};
use crate::id;
use crate::language::Language;
use crate::needle::{FontFile, Item, Library, LookKind, Pack, Recording};
use crate::question::{self, Control, Families, QuestionKind};
use crate::sampler::Sampler;
use crate::seed::Seed;
use crate::wording;
use reader::{Problems, Section, unexpected};

/// A spec in which everything that it names exists and all values are in range.
#[derive(Debug)]
pub struct CheckedSpec {
    name: String,
    text: String,
    /// Directory of its file.
    dir: PathBuf,
    seed: Seed,
    seed_number: u64,
    entries: Vec<Entry>,
    too_short: TooShort,
    wanted: Wanted,
    subtitle_track: bool,
    library: Library,
    families: Families,
    unlike_haystack: Option<u32>,
    tasks: Vec<Task>,
    grid: Option<Grid>,
    required: Vec<Sampler>,
    exports: Exports,
    controls: Vec<Control>,
}

impl CheckedSpec {
    /// Name of the dataset.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The spec's text, as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The seed of all decisions.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The seed as the spec writes it.
    pub fn seed_number(&self) -> u64 {
        self.seed_number
    }

    /// The haystacks, not yet probed: bare paths first, sorted, then the catalogue's, by id.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What becomes of haystacks and lengths that are too short for a type.
    pub fn too_short(&self) -> TooShort {
        self.too_short
    }

    /// What haystacks have to be once prepared.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Whether lines of subtitles are a track of their videos, beside the files of them.
    pub fn subtitle_track(&self) -> bool {
        self.subtitle_track
    }

    /// All needle packs.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// All question families, by type.
    pub fn families(&self) -> &Families {
        &self.families
    }

    /// How far needles have to be from what their haystack shows, where that is looked for: of 1000.
    pub fn unlike_haystack(&self) -> Option<u32> {
        self.unlike_haystack
    }

    /// The types that are asked for, in the order of the spec; a type once for each setting that the grid varies.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// Whether any type has needles that are heard: then all videos have sound.
    pub fn mixes_sound(&self) -> bool {
        self.tasks.iter().any(|task| task.family.mixes_sound() || self.has_soundtracks(task))
    }

    /// Whether any clip of a type is heard.
    fn has_soundtracks(&self, task: &Task) -> bool {
        let others = task.others.as_ref().map(|others| &others.pack);
        let packs = std::iter::once(&task.pack).chain(others).filter_map(|pack| self.library().pack(pack));
        packs.flat_map(|pack| &pack.items).any(|item| self.soundtrack(task, item).is_some())
    }

    /// What is heard with a clip of a type. Where the direction in which clips are played is asked for, their sound would tell, and they
    /// are muted.
    pub fn soundtrack<'a>(&self, task: &Task, item: &'a Item) -> Option<&'a Recording> {
        let is_heard = self.wanted.audio
            && task.family.look() == LookKind::Clip
            && task.family.question_kind() != QuestionKind::Arrow;
        item.footage.as_ref()?.soundtrack.as_ref().filter(|_| is_heard)
    }

    /// Every pack that needles come from, keys, distractors and cues included, by id.
    pub fn packs(&self) -> Vec<&Pack> {
        let keys = self.tasks.iter().filter_map(|task| task.family.other_key_pack());
        self.named(self.shown_packs().chain(keys))
    }

    /// The same without packs of keys alone.
    pub fn packs_without_keys(&self) -> Vec<&Pack> {
        self.named(self.shown_packs())
    }

    fn shown_packs(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().flat_map(|task| {
            let others = task.others.as_ref().map(|others| others.pack.as_str());
            std::iter::once(task.pack.as_str()).chain(others).chain(task.family.cue_pack(&task.pack))
        })
    }

    fn named<'a>(&'a self, ids: impl Iterator<Item = &'a str>) -> Vec<&'a Pack> {
        let ids: BTreeSet<&str> = ids.collect();
        ids.into_iter().filter_map(|id| self.library.pack(id)).collect()
    }

    /// The grid, where one is asked for.
    pub fn grid(&self) -> Option<&Grid> {
        self.grid.as_ref()
    }

    /// Samplers that have to see every needle.
    pub fn required_samplers(&self) -> &[Sampler] {
        &self.required
    }

    /// Formats of other tools that are written beside the dataset.
    pub fn exports(&self) -> &Exports {
        &self.exports
    }

    /// Controls that are made beside the dataset, in the order of [`Control::ALL`].
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }
}

/// Reads and checks the spec at `path`.
pub fn read(path: &Path) -> Result<CheckedSpec, Error> {
    read_with(path, &BTreeMap::new())
}

/// As [`read`], where source videos that the catalogue names lie in other `places` than it says.
pub fn read_with(path: &Path, places: &BTreeMap<String, PathBuf>) -> Result<CheckedSpec, Error> {
    of_text(files::read_settings(path)?, path, places)
}

/// As [`read_with`], of a spec that is this `text`; it need not lie at `path`, from which what it names is found.
pub fn of_text(text: String, path: &Path, places: &BTreeMap<String, PathBuf>) -> Result<CheckedSpec, Error> {
    let file = path.display().to_string();
    let syntax = |source| Error::Syntax { file: file.clone(), source: Box::new(source) };
    let table: Table = toml::from_str(&text).map_err(syntax)?;
    let mut problems = Problems::default();
    let stem = path.file_stem().map(|stem| id::slug(&stem.to_string_lossy())).unwrap_or_default();
    let dir = path.parent().unwrap_or(Path::new(""));
    match check(&table, text, (dir, places), &stem, &mut problems) {
        Some(spec) if problems.list.is_empty() => Ok(spec),
        _ => Err(Error::Problems { file, problems: problems.list, hints: problems.hints }),
    }
}

fn check(
    table: &Table,
    text: String,
    (dir, places): (&Path, &BTreeMap<String, PathBuf>),
    stem: &str,
    problems: &mut Problems,
) -> Option<CheckedSpec> {
    let mut root = Section::new(table, "");
    let seed = root.read("seed", problems, |value| {
        let number = value.as_integer().ok_or_else(|| unexpected(value, "an integer"))?;
        u64::try_from(number).map_err(|_negative| format!("`{number}` is below 0"))
    });
    if root.value("seed").is_none() {
        problems.note("seed", "missing; write `seed = 1`, or any other number");
    }
    let name = root.text("name", problems);
    if name.is_some_and(|name| name.trim().is_empty() || name.contains('\n')) {
        problems.note("name", "is not one line of text");
    }
    let haystacks = haystacks::read(root.section("haystacks", problems), (dir, places), problems);
    let (wanted, subtitle_track) = haystacks::video(root.section("video", problems), problems);
    // Needles are called by their names in the language that questions are asked in; what it may be, `families` says.
    let stated = table.get("templates").and_then(|templates| templates.get("language"));
    let language = stated.and_then(|value| language(value).ok()).unwrap_or_default();
    let needles = needles(root.section("needles", problems), (dir, language), problems);
    let families = families(root.section("templates", problems), dir, problems);
    let asked = suite::asked(&mut root, &families, language, problems);
    let has_grid = root.value("grid").is_some();
    let grid = has_grid.then(|| grid::read(root.section("grid", problems), problems));
    let tasks = tasks::tasks(&asked, grid.as_ref(), &needles, problems);
    let required = visibility::read(root.section("visibility", problems), problems);
    let exports = export::read(root.section("export", problems), problems);
    let controls = controls::read(root.section("controls", problems), problems);
    root.finish(problems);
    if !wanted.audio
        && let Some(task) = tasks.iter().find(|task| task.family.mixes_sound())
    {
        let problem = format!("leaves out the sound in which `{}` hides its needles", task.family.kind());
        problems.note("video.audio", problem);
    }
    let seed = seed?;
    Some(CheckedSpec {
        name: name.unwrap_or(stem).to_owned(),
        text,
        dir: dir.to_owned(),
        seed: Seed::new(seed),
        seed_number: seed,
        entries: haystacks.entries,
        too_short: haystacks.too_short,
        wanted,
        subtitle_track,
        library: needles.library?,
        families,
        unlike_haystack: needles.unlike_haystack,
        tasks,
        grid,
        required,
        exports,
        controls,
    })
}

/// No scene without a needle comes nearer to a picture, and nine in ten pasted ones do: `docs/needles.md` has the figures.
const UNLIKE_HAYSTACK: u32 = 400;

/// What `[needles]` says.
struct Needles<'a> {
    library: Option<Library>,
    unlike_haystack: Option<u32>,
    settings: Vec<axes::Setting<'a>>,
}

fn needles<'a>(
    mut section: Section<'a>,
    (dir, language): (&Path, Language),
    problems: &mut Problems,
) -> Needles<'a> {
    let settings = axes::settings(&mut section, problems);
    let unlike_haystack =
        section.read("unlike_haystack", problems, |value| match (value.as_bool(), value.as_integer()) {
            (Some(look), _) => Ok(look.then_some(UNLIKE_HAYSTACK)),
            (_, Some(threshold @ 1..=1000)) => Ok(Some(threshold as u32)),
            _ => Err(unexpected(value, "`true`, `false`, or a distance from 1 to 1000")),
        });
    let mut dirs: Vec<PathBuf> = Vec::new();
    let before = problems.list.len();
    for (key, name) in section.texts("packs", problems) {
        let path = dir.join(name);
        if path.is_dir() {
            dirs.push(path);
        } else {
            problems.note(&key, format!("no directory `{name}`"));
        }
    }
    let key = section.key("font");
    let font = section.text("font", problems).and_then(|name| font(name, dir, &key, problems));
    let library = if problems.list.len() == before {
        Library::load(&dirs, font.as_ref(), language)
            .map_err(|error| problems.note(section.path(), wording::chain(&error)))
            .ok()
    } else {
        None
    };
    section.finish(problems);
    Needles { library, unlike_haystack: unlike_haystack.flatten(), settings }
}

/// The font that a spec names: a file, or a family that is installed.
fn font(name: &str, dir: &Path, key: &str, problems: &mut Problems) -> Option<FontFile> {
    let path = dir.join(name);
    if path.is_file() {
        return Some(FontFile::of(&path));
    }
    // What is written as a file is meant as one.
    let endings = [".ttf", ".otf", ".ttc", ".otc"];
    if name.contains('/') || endings.iter().any(|ending| name.to_lowercase().ends_with(ending)) {
        problems.note(key, format!("no file `{name}`"));
        return None;
    }
    FontFile::installed(name)
        .map_err(|nearest| {
            problems.note(key, format!("no file `{name}`, and no font of this name is installed"));
            problems.nearest("installed font", name, nearest.as_deref());
            problems.hints.push(
                "`fc-list : family` lists the fonts that are installed; on Debian and Ubuntu the packages fonts-noto-cjk and \
                 fonts-droid-fallback hold Chinese ones"
                    .to_owned(),
            );
        })
        .ok()
}

/// Reads the code of a language.
fn language(value: &Value) -> Result<Language, String> {
    value.as_str().and_then(Language::of_code).ok_or_else(|| unexpected(value, "`en` or `zh`"))
}

fn families(mut section: Section<'_>, dir: &Path, problems: &mut Problems) -> Families {
    let language = section.read("language", problems, language).unwrap_or_default();
    let mut families = question::embedded(language);
    for (key, name) in section.texts("paths", problems) {
        let path = dir.join(name);
        if path.is_dir() {
            for error in question::read_dir(&path, language, &mut families) {
                problems.note(&key, wording::chain(&error));
            }
        } else {
            problems.note(&key, format!("no directory `{name}`"));
        }
    }
    section.finish(problems);
    families
}

/// The most samples of a type, of a cell or of a plan.
pub const MOST_SAMPLES: u64 = 100_000_000;
