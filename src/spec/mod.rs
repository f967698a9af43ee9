//! The spec: what a user wishes, read from TOML and checked as a whole.
//!
//! In: the path of a spec. Out: a [`CheckedSpec`], which only this module makes, or every problem at once. Files that
//! the spec names (needle packs, question families, catalogues) are read here too; videos are not opened.

mod export;
mod grid;
mod haystacks;
mod quantity;
mod reader;
mod tasks;
mod visibility;

pub use export::{ExportFormat, Exports};
pub use grid::Grid;
pub use quantity::Length;
pub use tasks::Task;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::files;
use crate::haystack::{Entry, Wanted};
use crate::id;
use crate::language::Language;
use crate::needle::{FontFile, Ground, Library};
use crate::question::{self, Families};
use crate::sampler::Sampler;
use crate::seed::Seed;
use crate::time::Depth;
use reader::{Problems, Section, unexpected};

/// A spec that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] files::Error),
    /// The file is not TOML.
    #[error("`{file}` is not TOML")]
    Syntax {
        /// The spec.
        file: String,
        /// What the parser found.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The spec says what cannot be.
    #[error("spec has {} in {file}{}", number(problems.len()), lines(problems))]
    Problems {
        /// The spec.
        file: String,
        /// One a line, each with its key path.
        problems: Vec<String>,
        /// What may have been meant.
        hints: Vec<String>,
    },
}

impl Error {
    /// What the user may have meant.
    pub fn hints(&self) -> &[String] {
        if let Self::Problems { hints, .. } = self { hints } else { &[] }
    }
}

fn number(problems: usize) -> String {
    if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") }
}

fn lines(problems: &[String]) -> String {
    problems.iter().fold(String::new(), |mut text, problem| {
        write!(text, "\n  {}", problem.replace('\n', "\n    ")).expect("writing to a string succeeds");
        text
    })
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, ": {cause}").expect("writing to a string succeeds");
        source = cause.source();
    }
    text.trim_end().to_owned()
}

/// A spec in which everything that it names exists and all values are in range.
#[derive(Debug)]
pub struct CheckedSpec {
    name: String,
    text: String,
    seed: Seed,
    seed_number: u64,
    entries: Vec<Entry>,
    wanted: Wanted,
    library: Library,
    families: Families,
    style: Style,
    tasks: Vec<Task>,
    grid: Option<Grid>,
    required: Vec<Sampler>,
    exports: Exports,
}

/// How needles are drawn, in so far as a family does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Height of a subtitle's line, in per-mille of the frame's height.
    pub text_size_permille: u16,
    /// Opacity of the box behind a subtitle, in per-mille.
    pub box_opacity_permille: u16,
    /// Opacity of patches, in per-mille.
    pub patch_opacity_permille: u16,
    /// What fills the frame around a picture.
    pub ground: Ground,
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

    /// What haystacks have to be once prepared.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// All needle packs.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// All question families, by type.
    pub fn families(&self) -> &Families {
        &self.families
    }

    /// How needles are drawn.
    pub fn style(&self) -> &Style {
        &self.style
    }

    /// The types that are asked for, in the order of the spec.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
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
}

/// Reads and checks the spec at `path`.
pub fn read(path: &Path) -> Result<CheckedSpec, Error> {
    let text = files::read_text(path)?;
    let file = path.display().to_string();
    let table: Table = toml::from_str(&text)
        .map_err(|source| Error::Syntax { file: file.clone(), source: Box::new(source) })?;
    let dir = path.parent().unwrap_or(Path::new(""));
    let mut problems = Problems::default();
    let stem = path.file_stem().map(|stem| id::slug(&stem.to_string_lossy())).unwrap_or_default();
    let spec = check(&table, text, dir, &stem, &mut problems);
    match spec {
        Some(spec) if problems.list.is_empty() => Ok(spec),
        _ => Err(Error::Problems { file, problems: problems.list, hints: problems.hints }),
    }
}

fn check(
    table: &Table,
    text: String,
    dir: &Path,
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
    let entries = haystacks::read(root.section("haystacks", problems), dir, problems);
    let wanted = video(root.section("video", problems), problems);
    // Needles are called by their names in the language that questions are asked in; what it may be, `families` says.
    let stated = table.get("templates").and_then(|templates| templates.get("language"));
    let language = stated.and_then(|value| language(value).ok()).unwrap_or_default();
    let needles = needles(root.section("needles", problems), (dir, language), problems);
    let families = families(root.section("templates", problems), dir, problems);
    let asked = root.sections("tasks", problems);
    let tasks = tasks::read(asked, &families, &needles, problems);
    let has_grid = root.value("grid").is_some();
    let grid = has_grid.then(|| grid::read(root.section("grid", problems), problems));
    let required = visibility::read(root.section("visibility", problems), problems);
    let exports = export::read(root.section("export", problems), problems);
    root.finish(problems);
    let seed = seed?;
    Some(CheckedSpec {
        name: name.unwrap_or(stem).to_owned(),
        text,
        seed: Seed::new(seed),
        seed_number: seed,
        entries,
        wanted,
        library: needles.library?,
        families,
        style: needles.style,
        tasks,
        grid,
        required,
        exports,
    })
}

/// Constant rate factor where the spec states none: hard to tell from the source.
const DEFAULT_CRF: u8 = 20;

fn video(mut section: Section<'_>, problems: &mut Problems) -> Wanted {
    let wanted = Wanted {
        width: haystacks::size(&mut section, "width", problems),
        height: haystacks::size(&mut section, "height", problems),
        fps: section.read("fps", problems, haystacks::frame_rate),
        crf: section.whole("quality", 0..=40, problems).map_or(DEFAULT_CRF, |crf| crf as u8),
        audio: section.flag("audio", problems).unwrap_or(true),
    };
    section.finish(problems);
    wanted
}

/// What `[needles]` says.
struct Needles {
    library: Option<Library>,
    style: Style,
    duration: Option<Length>,
    gap: Option<Length>,
}

fn needles(mut section: Section<'_>, (dir, language): (&Path, Language), problems: &mut Problems) -> Needles {
    let duration = section.read("duration", problems, quantity::length);
    let gap = section.read("gap", problems, quantity::length);
    let mut share = |key, least: u16, default: u16| {
        let read = |value| match quantity::permille("share", value)? {
            low if low < least => {
                Err(format!("share `{}` is below {}%", Depth::of(u64::from(low), 1000), least / 10))
            }
            permille => Ok(permille),
        };
        section.read(key, problems, read).unwrap_or(default)
    };
    // A subtitle of 6% of the height on a box of 60% is what VNBench's figures show. Less than 10% opacity is unseen.
    let text_size_permille = share("text_size", 10, 60);
    let box_opacity_permille = share("box_opacity", 0, 600);
    let patch_opacity_permille = share("patch_opacity", 100, 1000);
    let ground = section.read("ground", problems, |value| match value.as_str() {
        Some("plain") => Ok(Ground::Plain),
        Some("blur") => Ok(Ground::Blur),
        _ => Err(unexpected(value, "`plain` or `blur`")),
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
            .map_err(|error| problems.note(section.path(), chain(&error)))
            .ok()
    } else {
        None
    };
    section.finish(problems);
    let style = Style {
        text_size_permille,
        box_opacity_permille,
        patch_opacity_permille,
        ground: ground.unwrap_or(Ground::Plain),
    };
    Needles { library, style, duration, gap }
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
    let found = Language::ALL.into_iter().find(|language| value.as_str() == Some(language.code()));
    found.ok_or_else(|| unexpected(value, "`en` or `zh`"))
}

fn families(mut section: Section<'_>, dir: &Path, problems: &mut Problems) -> Families {
    let language = section.read("language", problems, language).unwrap_or_default();
    let mut families = question::embedded(language);
    for (key, name) in section.texts("paths", problems) {
        let path = dir.join(name);
        if path.is_dir() {
            for error in question::read_dir(&path, language, &mut families) {
                problems.note(&key, chain(&error));
            }
        } else {
            problems.note(&key, format!("no directory `{name}`"));
        }
    }
    section.finish(problems);
    families
}

/// The most samples of a type or a cell.
const MOST_SAMPLES: u64 = 100_000_000;
