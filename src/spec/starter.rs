//! A spec to start with: a short text, with comments, that a user edits and generates from.
//!
//! In: videos, types and lengths. Out: the text. What it names is checked when it is read, as that of any spec.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use toml::Value;

use super::haystacks;
use super::quantity::{self, Length};
use super::suite::SUITES;

/// The suite of a spec that names no types.
const USUAL_SUITE: &str = "core";
/// The catalogue of a spec that names no videos.
pub const DRAWN_CATALOGUE: &str = "haystacks.toml";

/// What a spec is started from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starter {
    /// Files, directories and globs; without any, the scenes of the catalogue [`DRAWN_CATALOGUE`] are taken.
    pub videos: Vec<PathBuf>,
    /// A suite, or types; without any, the suite `core`.
    pub types: Vec<String>,
    /// Lengths of the finished videos; without any, each haystack keeps its own.
    pub lengths: Vec<String>,
}

/// A path that a spec cannot state.
#[derive(Debug, thiserror::Error)]
#[error("the path `{}` is not UTF-8, so a spec cannot name it: rename it", path.display())]
pub struct Unnamable {
    /// The path.
    pub path: PathBuf,
}

impl Starter {
    /// The text of a spec in `dir`. Paths of videos start at the working directory; those below `dir` are stated from there, and
    /// all others as they are from the root, unless `dir` is the working directory.
    pub fn text(&self, dir: &Path) -> Result<String, Unnamable> {
        let mut text = "# What to hide, where, and how often. Edit it, check it with `vniah plan`, make it with `vniah generate`.\n\
             # docs/spec.md lists all keys; `vniah init` writes a longer spec with comments.\n\n\
             # Every decision follows from this number: the same spec and videos give the same dataset.\nseed = 1\n\n[haystacks]\n"
            .to_owned();
        if self.videos.is_empty() {
            line(&mut text, "# Drawn scenes. With videos of your own, write paths = [\"videos/\"] instead.");
            line(&mut text, &format!("catalogue = {}", Value::from(DRAWN_CATALOGUE)));
        } else {
            let paths = self.videos.iter().map(|path| stated(path, dir)).collect::<Result<Vec<_>, _>>()?;
            line(&mut text, &format!("paths = {}", Value::from(paths)));
        }
        text.push_str(
            "# A type does without the videos that are too short for it, and a warning says so; \"error\" refuses them.\n\
             too_short = \"skip\"\n\n",
        );
        self.put_types(&mut text);
        if self.lengths.is_empty() {
            text.push_str("\n# Without a grid, each video keeps its own length.\n# [grid]\n# lengths = [\"1m\", \"10m\"]\n");
        } else {
            line(
                &mut text,
                &format!(
                    "\n[grid]\n# Lengths of the finished videos: videos are joined or cut to them.\nlengths = {}",
                    Value::from(self.lengths.clone())
                ),
            );
        }
        Ok(text)
    }

    fn put_types(&self, text: &mut String) {
        let suite = match self.types.as_slice() {
            [] => Some(USUAL_SUITE),
            [only] => SUITES.iter().map(|suite| suite.name).find(|name| name == only),
            _ => None,
        };
        let Some(name) = suite else {
            line(text, "# `vniah families list` shows all types.");
            for (at, kind) in self.types.iter().enumerate() {
                let gap = if at == 0 { "" } else { "\n" };
                line(text, &format!("{gap}[[tasks]]\ntype = {}", Value::from(kind.as_str())));
            }
            return;
        };
        let others = SUITES.iter().filter(|suite| suite.name != name).map(|suite| suite.name);
        let others = others.map(|other| format!("\"{other}\"")).collect::<Vec<_>>().join(", ");
        line(text, "[suite]");
        line(
            text,
            &format!("# Others are {others}; or name types, each below [[tasks]], instead of a suite."),
        );
        line(text, &format!("name = {}", Value::from(name)));
        line(text, "# samples = 10             # of each type; absent: one for each video");
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("writing to a string succeeds");
}

/// A path as a spec in `dir` states it.
fn stated(path: &Path, dir: &Path) -> Result<String, Unnamable> {
    let full = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        std::path::absolute(path).unwrap_or_else(|_no_directory| path.to_owned())
    };
    let stated = if path.is_absolute() || full(dir) == full(Path::new("")) {
        path.to_owned()
    } else {
        let (path, dir) = (full(path), full(dir));
        path.strip_prefix(&dir).map_or_else(|_elsewhere| path.clone(), Path::to_owned)
    };
    let stated = if stated.as_os_str().is_empty() { PathBuf::from(".") } else { stated };
    stated.to_str().map(str::to_owned).ok_or_else(|| Unnamable { path: path.to_owned() })
}

/// The videos that a path, a directory or a glob in `dir` stands for, or why there are none.
pub fn videos(dir: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    haystacks::expand(dir, pattern)
}

/// Reads a length as the grid of a spec states it.
pub fn length(text: &str) -> Result<Length, String> {
    quantity::length(&Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_stated_from_the_directory_of_the_spec() {
        let here = std::env::current_dir().unwrap();
        let stated = |path: &str, dir: &str| stated(Path::new(path), Path::new(dir)).unwrap();
        // In the working directory, as they were given.
        assert_eq!(stated("videos/", ""), "videos/");
        assert_eq!(stated("../videos/*.mp4", "."), "../videos/*.mp4");
        assert_eq!(stated("/data/a.mp4", ""), "/data/a.mp4");
        // Elsewhere, from that directory where they lie below it, and from the root where they do not.
        assert_eq!(stated("sets/videos", "sets"), "videos");
        assert_eq!(stated("sets", "sets"), ".");
        assert_eq!(Path::new(&stated("videos", "sets")), here.join("videos"));
    }

    #[test]
    fn a_starter_is_toml_whatever_names_hold() {
        let starter = Starter {
            videos: vec!["a \"b\" \\ [c].mp4".into()],
            types: vec!["ret_edit1".to_owned(), "cnt_insert1".to_owned()],
            lengths: vec!["1m".to_owned()],
        };
        let table: toml::Table = starter.text(Path::new("")).unwrap().parse().unwrap();
        assert_eq!(table["haystacks"]["paths"][0].as_str(), Some("a \"b\" \\ [c].mp4"));
        assert_eq!(table["haystacks"]["too_short"].as_str(), Some("skip"));
        assert_eq!(table["tasks"].as_array().unwrap().len(), 2);
        assert_eq!(table["grid"]["lengths"][0].as_str(), Some("1m"));
        for suite in &SUITES {
            let starter = Starter { types: vec![suite.name.to_owned()], ..Starter::default() };
            let table: toml::Table = starter.text(Path::new("")).unwrap().parse().unwrap();
            assert_eq!(table["suite"]["name"].as_str(), Some(suite.name));
            assert_eq!(table["haystacks"]["catalogue"].as_str(), Some(DRAWN_CATALOGUE));
        }
    }
}
