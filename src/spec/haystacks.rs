//! The haystacks of a spec: files, globs, directories and a catalogue; and what they are to become.
//!
//! In: `[haystacks]`, `[video]`. Out: entries, sorted, each once; the form that is wanted of them. Paths are relative to the file that names them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::reader::{Problems, Section, unexpected};
use super::too_short::{self, TooShort};
use crate::files;
use crate::haystack::{Entry, SceneRecipe, Source, Wanted};
use crate::id;
use crate::scene;
use crate::time::{FrameRate, MOST_FRAMES, MOST_SECS};
use crate::wording;

/// What counts as a video where a directory is given; a glob may match anything.
const VIDEO_EXTENSIONS: [&str; 20] = [
    "3gp", "asf", "avi", "flv", "m2ts", "m4v", "mjpeg", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf",
    "ogv", "ts", "vob", "webm", "wmv", "y4m",
];

/// Where files lie, by the path that a catalogue has of them.
type Places = BTreeMap<String, PathBuf>;

/// What `[haystacks]` says.
#[derive(Debug, Default)]
pub(super) struct Haystacks {
    /// Bare paths first, sorted, then the catalogue's, by id.
    pub(super) entries: Vec<Entry>,
    /// What becomes of those that are too short.
    pub(super) too_short: TooShort,
}

/// Reads `[haystacks]` of a spec in `dir`.
///
/// Where `places` has the path of a catalogue, the file lies there.
pub(super) fn read(
    mut section: Section<'_>,
    (dir, places): (&Path, &Places),
    problems: &mut Problems,
) -> Haystacks {
    let before = problems.list.len();
    let mut paths = BTreeSet::new();
    for (key, pattern) in section.texts("paths", problems) {
        match expand(dir, pattern) {
            Ok(found) => paths.extend(found),
            Err(problem) => problems.note(&key, problem),
        }
    }
    let (mut catalogued, mut known) = (Vec::new(), BTreeSet::new());
    if let Some(name) = section.text("catalogue", problems) {
        let key = section.key("catalogue");
        catalogued = catalogue(&key, name, (&dir.join(name), places), problems);
        known = files_of(&catalogued, (&key, name), problems);
    }
    // A file that is named in two ways, `a.mp4` and `d/../a.mp4`, a link to it or by the catalogue, is one haystack.
    paths.retain(|path| known.insert(real(path)));
    let mut entries: Vec<Entry> = paths
        .into_iter()
        .map(|path| Entry {
            id: None,
            source: Source::File(path),
            licence: None,
            credit: None,
            shows: Vec::new(),
        })
        .collect();
    entries.extend(catalogued);
    if entries.is_empty() && problems.list.len() == before {
        problems.note(section.path(), "no haystacks; write `paths = [\"videos/*.mp4\"]`");
    }
    let too_short = section.read("too_short", problems, too_short::read).unwrap_or_default();
    section.finish(problems);
    Haystacks { entries, too_short }
}

/// The files of a catalogue, each of which has one entry.
fn files_of(entries: &[Entry], (key, name): (&str, &str), problems: &mut Problems) -> BTreeSet<PathBuf> {
    let mut files: BTreeMap<PathBuf, &Entry> = BTreeMap::new();
    for entry in entries {
        let Some(file) = entry.file() else { continue };
        if let Some(first) = files.insert(real(file), entry) {
            let [id, other] = [entry, first].map(|entry| entry.id.as_deref().unwrap_or_default());
            problems.note(key, format!("`{name}`: `{other}` and `{id}` are one file: remove one of them"));
        }
    }
    files.into_keys().collect()
}

/// The one path of a file, whatever links lead to it.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_unreadable| path.to_owned())
}

/// The files that a path, a directory or a glob stands for.
pub(super) fn expand(dir: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    let path = dir.join(pattern);
    if path.is_file() {
        return Ok(vec![path]);
    }
    if path.is_dir() {
        let listed = files::sorted_dir(&path).map_err(|error| wording::chain(&error))?;
        let videos: Vec<PathBuf> =
            listed.into_iter().filter(|path| path.is_file() && is_video(path)).collect();
        return if videos.is_empty() {
            Err(format!("no video in directory `{pattern}`"))
        } else {
            Ok(videos)
        };
    }
    if !pattern.contains(['*', '?', '[']) {
        return Err(format!("no file or directory `{pattern}`"));
    }
    let found = super::glob::files(dir, pattern)?;
    if found.is_empty() { Err(format!("no file matches `{pattern}`")) } else { Ok(found) }
}

/// Whether a path ends as that of a video.
pub fn is_video(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| VIDEO_EXTENSIONS.contains(&extension.as_str()))
}

fn catalogue(key: &str, name: &str, (path, places): (&Path, &Places), problems: &mut Problems) -> Vec<Entry> {
    let text = match files::read_settings(path) {
        Ok(text) => text,
        Err(files::Error::Io { source, .. }) => {
            problems.note(key, format!("cannot read `{name}`: {source}"));
            return Vec::new();
        }
        Err(error) => {
            problems.note(key, wording::chain(&error));
            return Vec::new();
        }
    };
    let table: Table = match toml::from_str(&text) {
        Ok(table) => table,
        Err(error) => {
            problems.note(key, format!("`{name}` is not TOML: {}", error.to_string().trim_end()));
            return Vec::new();
        }
    };
    // Problems of the catalogue name the file before the key.
    let mut root = Section::new(&table, format!("{name}: "));
    let mut entries = Vec::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let dir = path.parent().unwrap_or(Path::new(""));
    if root.value("haystack").is_none() {
        problems.note(&root.key("haystack"), "missing; write `[[haystack]]` for each");
    }
    for mut section in root.sections("haystack", problems).unwrap_or_default() {
        let at = section.path().to_owned();
        let id = section.value("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(first) = seen.get(&id::folded(&id)) {
            problems.note(&format!("{at}.id"), format!("`{id}` is the id of `{first}` already"));
        } else if !id.is_empty() {
            seen.insert(id::folded(&id), at.rsplit(' ').next().unwrap_or_default().to_owned());
        }
        entries.extend(entry(section, (dir, places), problems));
    }
    root.finish(problems);
    entries.sort_by(|one, two| one.id.cmp(&two.id));
    entries
}

fn entry(
    mut section: Section<'_>,
    (dir, places): (&Path, &Places),
    problems: &mut Problems,
) -> Option<Entry> {
    let id = section.text("id", problems);
    match id {
        Some(id) if !id::is_valid(id) => {
            problems.note(&section.key("id"), format!("`{id}` is not made of letters, digits, `_` and `-`"));
        }
        Some(id) if id.len() > id::LONGEST => {
            problems.note(&section.key("id"), format!("is longer than {} characters", id::LONGEST));
        }
        None if section.value("id").is_none() => problems.note(&section.key("id"), "missing"),
        _ => {}
    }
    let licence = section.text("licence", problems).map(str::to_owned);
    let credit = section.text("credit", problems).map(str::to_owned);
    let stated = shows(&mut section, problems);
    let path = section.text("path", problems);
    let source = match (path, section.value("scene").is_some()) {
        (Some(path), false) => {
            let file = places.get(path).cloned().unwrap_or_else(|| dir.join(path));
            if !file.is_file() {
                problems.note(&section.key("path"), format!("no file `{path}`"));
            }
            Some(Source::File(file))
        }
        (None, true) => {
            let scene = section.section("scene", problems);
            scene_recipe(scene, problems).map(Source::Scene)
        }
        (Some(_), true) => {
            problems.note(section.path(), "states both `path` and `scene`");
            None
        }
        (None, false) => {
            if section.value("path").is_none() {
                problems.note(section.path(), "states neither `path` nor `scene`");
            }
            None
        }
    };
    section.finish(problems);
    let source = source?;
    let own = match &source {
        Source::Scene(recipe) => scene::shows(&recipe.name),
        Source::File(_) => &[],
    };
    let shows: BTreeSet<String> = own.iter().map(|&label| label.to_owned()).chain(stated).collect();
    Some(Entry { id: Some(id?.to_owned()), source, licence, credit, shows: shows.into_iter().collect() })
}

/// What a haystack shows by itself, as its catalogue states it.
fn shows(section: &mut Section<'_>, problems: &mut Problems) -> Vec<String> {
    let mut shows = Vec::new();
    for (key, label) in section.texts("shows", problems) {
        match label.trim() {
            "" => problems.note(&key, "is empty; write what is shown, such as `car`"),
            label => shows.push(label.to_owned()),
        }
    }
    shows
}

fn scene_recipe(mut scene: Section<'_>, problems: &mut Problems) -> Option<SceneRecipe> {
    let before = problems.list.len();
    let name = scene.text("name", problems);
    if let Some(name) = name
        && !scene::NAMES.contains(&name)
    {
        problems.note(&scene.key("name"), format!("no scene `{name}`"));
        problems.nearest("scene", name, scene::NAMES.iter().copied());
    }
    let seed = scene.whole("seed", 0..=i64::MAX as u64, problems);
    let width = size(&mut scene, "width", problems);
    let height = size(&mut scene, "height", problems);
    let fps = scene.read("fps", problems, frame_rate);
    let seconds = scene.whole("seconds", 1..=u64::from(MOST_SECS), problems);
    let frames = scene.whole("frames", 1..=MOST_FRAMES, problems);
    let frames = match (seconds, frames, fps) {
        (Some(_), Some(_), _) => {
            problems.note(scene.path(), "states both `seconds` and `frames`");
            None
        }
        (Some(seconds), None, Some(fps)) => {
            let frames = fps.frames_in_millis(1000 * seconds);
            if frames > MOST_FRAMES {
                let problem =
                    format!("`{seconds}` are {frames} frames, and a haystack has at most {MOST_FRAMES}");
                problems.note(&scene.key("seconds"), problem);
            }
            Some(frames)
        }
        (_, frames, _) => frames,
    };
    if problems.list.len() == before {
        for (key, missing) in [
            ("name", name.is_none()),
            ("seed", seed.is_none()),
            ("width", width.is_none()),
            ("height", height.is_none()),
            ("fps", fps.is_none()),
            ("seconds", frames.is_none() && fps.is_some()),
        ] {
            if missing {
                problems.note(&scene.key(key), "missing");
            }
        }
    }
    scene.finish(problems);
    Some(SceneRecipe {
        name: name?.to_owned(),
        seed: seed?,
        width: width?,
        height: height?,
        fps: fps?,
        frames: frames?,
    })
}

/// A width or height: even, because chroma has half the resolution, and large enough for a legible needle.
fn size(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<u32> {
    let size = section.whole(key, 32..=8192, problems)?;
    if !size.is_multiple_of(2) {
        problems.note(&section.key(key), format!("`{size}` is odd"));
        return None;
    }
    u32::try_from(size).ok()
}

/// The greatest numerator and denominator of a frame rate: FFmpeg and MP4 count time in units of it.
const MOST_OF_RATE: u64 = 1_000_000;

/// Reads `25`, `29.97` or `"30000/1001"`.
fn frame_rate(value: &Value) -> Result<FrameRate, String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        _ => return Err(unexpected(value, "a frame rate such as `25`, `29.97` or `\"30000/1001\"`")),
    };
    let rate: FrameRate = text.parse()?;
    let (num, den) = (u64::from(rate.num()), u64::from(rate.den()));
    if num.max(den) > MOST_OF_RATE {
        return Err(format!(
            "frame rate `{text}` has numbers above {MOST_OF_RATE}; write it as `25` or `\"30000/1001\"`"
        ));
    }
    if (den..=240 * den).contains(&num) {
        Ok(rate)
    } else {
        Err(format!("frame rate `{text}` is outside 1..=240"))
    }
}

/// Constant rate factor where the spec states none: hard to tell from the source.
const DEFAULT_CRF: u8 = 20;

/// Reads `[video]`: what haystacks are to be, and whether subtitles are a track of the videos, too.
pub(super) fn video(mut section: Section<'_>, problems: &mut Problems) -> (Wanted, bool) {
    let wanted = Wanted {
        width: size(&mut section, "width", problems),
        height: size(&mut section, "height", problems),
        fps: section.read("fps", problems, frame_rate),
        crf: section.whole("quality", 0..=40, problems).map_or(DEFAULT_CRF, |crf| crf as u8),
        audio: section.flag("audio", problems).unwrap_or(true),
    };
    let subtitle_track = section.flag("subtitle_track", problems).unwrap_or(false);
    section.finish(problems);
    (wanted, subtitle_track)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_directories_and_files_name_each_video_once() {
        let root = tempfile::tempdir().unwrap();
        // Brackets in a directory's name are not part of a pattern.
        let dir = root.path().join("a[1]");
        std::fs::create_dir_all(dir.join("more.mp4")).unwrap();
        for name in ["b.mp4", "a.MP4", "notes.txt", "more.mp4/c.mkv"] {
            std::fs::write(dir.join(name), "").unwrap();
        }
        let table: Table = toml::from_str("paths = [\"*.mp4\", \".\", \"./b.mp4\", \"**/*.mkv\"]").unwrap();
        let mut problems = Problems::default();
        let entries = read(Section::new(&table, "haystacks"), (&dir, &Places::new()), &mut problems).entries;
        assert!(problems.list.is_empty(), "{:?}", problems.list);
        let names: Vec<String> = entries
            .iter()
            .map(|entry| match &entry.source {
                Source::File(path) => path.file_name().unwrap().to_string_lossy().into_owned(),
                Source::Scene(recipe) => recipe.name.clone(),
            })
            .collect();
        assert_eq!(names, ["a.MP4", "b.mp4", "c.mkv"]);
    }

    #[test]
    fn what_the_catalogue_names_is_no_haystack_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.mp4", "b.mp4"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let read = |catalogue: &str| {
            std::fs::write(dir.path().join("films.toml"), catalogue).unwrap();
            let table = toml::from_str("paths = [\"*.mp4\"]\ncatalogue = \"films.toml\"").unwrap();
            let mut problems = Problems::default();
            let entries =
                read(Section::new(&table, "haystacks"), (dir.path(), &Places::new()), &mut problems);
            (entries.entries, problems.list)
        };
        let (entries, problems) = read("[[haystack]]\nid = \"boat\"\npath = \"a.mp4\"\nshows = [\"dog\"]\n");
        assert!(problems.is_empty(), "{problems:?}");
        let found: Vec<_> = entries.iter().map(|entry| (entry.id.as_deref(), entry.shows.len())).collect();
        assert_eq!(found, [(None, 0), (Some("boat"), 1)]);
        let twice =
            ["one", "two"].map(|id| format!("[[haystack]]\nid = \"{id}\"\npath = \"a.mp4\"\n")).concat();
        let (_, problems) = read(&twice);
        assert!(
            problems.iter().any(|problem| problem.contains("`one` and `two` are one file")),
            "{problems:?}"
        );
    }
}
