//! What readers find: classes, each with the pictures that could stand for it.
//!
//! In: nothing. Out: the types that pass from the readers to the choice.

use std::path::PathBuf;

/// A part of a picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Region {
    /// Left, top, right and lower edge, in pixels of the picture as stored.
    pub(super) edges: [f64; 4],
    /// Outlines of what is seen within; without any, the whole box is.
    pub(super) outlines: Vec<Vec<(f32, f32)>>,
}

/// A picture, or a part of one, that could stand for a class.
#[derive(Clone, Debug)]
pub(super) struct Shot {
    /// The file of the picture.
    pub(super) path: PathBuf,
    /// What the source calls it: a path in it, with `/`.
    pub(super) name: String,
    /// File and key of what states it.
    pub(super) stated: (PathBuf, String),
    /// The part; absent where the picture is taken as it is.
    pub(super) region: Option<Region>,
    /// Area by which pictures of a class are ranked, where the source states it.
    pub(super) area: Option<f64>,
    /// Licence, where the source states one.
    pub(super) licence: Option<String>,
    /// Whom to credit, where the source states it.
    pub(super) credit: Option<String>,
}

/// What becomes one item.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) label: String,
    /// File and key of the label.
    pub(super) stated: (PathBuf, String),
    pub(super) plural: Option<String>,
    pub(super) aliases: Vec<String>,
    /// What it is called in Chinese.
    pub(super) chinese: Option<String>,
    /// What else it is called in Chinese; nothing without the former.
    pub(super) chinese_aliases: Vec<String>,
    /// Labels of items that could be taken for it.
    pub(super) alike: Vec<String>,
    /// The pictures, in the order of the source.
    pub(super) shots: Vec<Shot>,
}

/// What a reader finds.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In order of label.
    pub(super) classes: Vec<Class>,
    /// What was left aside: one sentence each.
    pub(super) notes: Vec<String>,
}

impl Class {
    pub(super) fn new(label: String, stated: (PathBuf, String)) -> Self {
        Self {
            label,
            stated,
            plural: None,
            aliases: Vec::new(),
            chinese: None,
            chinese_aliases: Vec::new(),
            alike: Vec::new(),
            shots: Vec::new(),
        }
    }
}

/// A count with its noun.
pub(super) fn count(number: usize, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}
