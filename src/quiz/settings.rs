//! What a quiz is asked with, and where each annotator's answers go.
//!
//! In: options of whoever asks. Out: settings, checked.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;
use crate::seed::Seed;

/// Characters of an annotator's name.
const LONGEST_NAME: usize = 40;

/// How a video may be watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Watch {
    /// With pauses, forwards and backwards, as often as the annotator likes; the answer can be given at any time.
    #[default]
    Free,
    /// From the start to the end without a pause; the answer can be given once the video has ended.
    Once,
}

impl fmt::Display for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Free => "free",
            Self::Once => "once",
        })
    }
}

/// What a quiz is asked with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How videos may be watched.
    pub watch: Watch,
    /// Seed of the order of questions and options.
    pub seed: u64,
    /// The types that are asked; all where none is named.
    pub types: Vec<String>,
    /// Questions that each annotator is asked this time, at most.
    pub limit: Option<usize>,
    /// Who answers; nobody by name where it is empty.
    pub annotators: Vec<String>,
}

impl Settings {
    /// Fails if a name cannot be part of a file's name, or is there twice.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut seen = BTreeSet::new();
        for name in &self.annotators {
            let is_allowed = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
            let length = name.chars().count();
            if length == 0 || length > LONGEST_NAME || !name.chars().all(is_allowed) {
                return Err(Error::Name { name: name.clone(), most: LONGEST_NAME });
            }
            if !seen.insert(name.to_lowercase()) {
                return Err(Error::Twice { name: name.clone() });
            }
        }
        Ok(())
    }

    /// Each annotator's name and file: `output` itself for one, `answers-NAME.jsonl` beside it for several.
    pub(super) fn files(&self, output: &Path) -> Vec<(String, PathBuf)> {
        match self.annotators.as_slice() {
            [] => vec![(String::new(), output.to_owned())],
            [name] => vec![(name.clone(), output.to_owned())],
            several => several.iter().map(|name| (name.clone(), named(output, name))).collect(),
        }
    }

    /// The seed of its choices.
    pub(super) fn seed(&self) -> Seed {
        Seed::new(self.seed)
    }
}

/// `answers.jsonl` as `answers-NAME.jsonl`.
fn named(output: &Path, name: &str) -> PathBuf {
    let stem = output.file_stem().unwrap_or_default().to_string_lossy();
    let file = match output.extension() {
        Some(extension) => format!("{stem}-{name}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{name}"),
    };
    output.with_file_name(file)
}

/// What answers name as the model: `human`, or `human: NAME`.
pub fn model_of(annotator: &str) -> String {
    if annotator.is_empty() { "human".to_owned() } else { format!("human: {annotator}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Settings {
        Settings { annotators: names.iter().map(|name| (*name).to_owned()).collect(), ..Settings::default() }
    }

    #[test]
    fn several_annotators_have_a_file_each() {
        let files = |names: &[&str], output: &str| {
            let files = of(names).files(Path::new(output));
            files.into_iter().map(|(_, path)| path.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(files(&[], "a/human.jsonl"), ["a/human.jsonl"]);
        assert_eq!(files(&["anna"], "human.jsonl"), ["human.jsonl"]);
        assert_eq!(
            files(&["anna", "ben"], "a/human.x.jsonl"),
            ["a/human.x-anna.jsonl", "a/human.x-ben.jsonl"]
        );
        assert_eq!(files(&["anna", "ben"], "human"), ["human-anna", "human-ben"]);
        assert_eq!((model_of(""), model_of("anna")), ("human".to_owned(), "human: anna".to_owned()));
    }

    #[test]
    fn names_are_parts_of_names_of_files() {
        assert!(of(&["anna", "Zoë_2", "王"]).check().is_ok());
        for name in ["", "a/b", "..", "a b", "<b>", &"x".repeat(41)] {
            assert!(matches!(of(&[name]).check(), Err(Error::Name { .. })), "{name}");
        }
        assert!(matches!(of(&["anna", "Anna"]).check(), Err(Error::Twice { .. })));
    }
}
