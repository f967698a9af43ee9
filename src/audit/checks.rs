//! Checks of what a question says, which need no guessing.
//!
//! In: rows by sample, and the needle packs that know which names mean one thing. Out: each check with what it found.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sample::target;
use crate::dataset::{Row, letter};
use crate::needle::{Item, Library};
use crate::question::{Form, VNBENCH};

/// Examples that are named of each check.
const EXAMPLES: usize = 3;

/// One check, and what it found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What holds where nothing is found.
    pub check: String,
    /// Samples that were looked at.
    pub samples: u64,
    /// Samples of which it does not hold.
    pub found: u64,
    /// Some of them, with the reason.
    pub examples: Vec<String>,
}

type Group<'a> = [&'a Row];

fn check<'a>(
    name: &str,
    groups: &[Vec<&'a Row>],
    mut problem: impl FnMut(&Group<'a>) -> Option<String>,
) -> Check {
    let mut check =
        Check { check: name.to_owned(), samples: groups.len() as u64, found: 0, examples: Vec::new() };
    for rows in groups {
        if let Some(problem) = problem(rows) {
            check.found += 1;
            if check.examples.len() < EXAMPLES {
                check.examples.push(format!("`{}`: {problem}", rows[0].sample_id));
            }
        }
    }
    check
}

/// Runs all checks.
pub(super) fn run(groups: &[Vec<&Row>], library: &Library) -> Vec<Check> {
    let names = Names::new(library);
    let mut videos: BTreeMap<(&str, &str, Form, u64), &Row> = BTreeMap::new();
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    let choices: Vec<Vec<&Row>> = groups.iter().filter(|rows| rows[0].has_options()).cloned().collect();
    vec![
        check("ids are unique", groups, |rows| {
            let again = rows.iter().find(|row| !ids.insert(&row.id))?;
            Some(format!("id `{}` occurs twice", again.id))
        }),
        check("the right text is the right letter's option", &choices, |rows| {
            let wrong = rows.iter().find(|row| target(row).map(letter).as_ref() != Some(&row.gt_option))?;
            let (rotation, gt, option) = (wrong.rotation, &wrong.gt, &wrong.gt_option);
            Some(format!("try {rotation}: `{gt}` is not option {option}"))
        }),
        check("tries show the same options, one of them right", &choices, tries),
        check("over the tries the right option stands in each place once", &choices, circle),
        check("options differ", &choices, |rows| rows.iter().find_map(|row| duplicate(&row.options))),
        check("no two options name one thing", &choices, |rows| names.synonyms(&rows[0].options)),
        check("file names, questions and types agree", groups, labels),
        check("needles give the right option", groups, needles),
        check("one video has one question of each wording", groups, |rows| {
            let row = rows[0];
            // Where there are no videos, no two questions are about one.
            if row.video_path.is_empty() {
                return None;
            }
            let video = if row.sha256.is_empty() { &row.file_name } else { &row.sha256 };
            // One question in both forms is asked in two ways.
            // Asked again later, it is another question.
            let other = videos.insert((video, &row.question, row.form, row.ask_frame), row)?;
            // Two draws may hide one thing in one place by chance: with one answer, and other options to tell it from, they are
            // two questions.
            if other.gt == row.gt && options(other) != options(row) {
                return None;
            }
            let same = if other.gt == row.gt { "" } else { ", with another answer" };
            Some(format!("`{}` asks the same of the same video{same}", other.sample_id))
        }),
    ]
}

/// A row's options, whatever their order.
fn options(row: &Row) -> Vec<&str> {
    let mut options: Vec<&str> = row.options.iter().map(String::as_str).collect();
    options.sort_unstable();
    options
}

fn tries(rows: &Group<'_>) -> Option<String> {
    let first = rows[0];
    let wrong = rows.iter().find(|row| {
        options(row) != options(first)
            || row.gt != first.gt
            || row.kind != first.kind
            || row.file_name != first.file_name
    });
    wrong.map(|row| format!("try {} has other options, target, type or video", row.rotation))
}

fn circle(rows: &Group<'_>) -> Option<String> {
    let letters: String = rows.iter().map(|row| row.gt_option.as_str()).collect();
    let mut sorted: Vec<&str> = rows.iter().map(|row| row.gt_option.as_str()).collect();
    sorted.sort_unstable();
    let each = (0..rows[0].options.len()).map(letter);
    (!each.eq(sorted)).then(|| format!("it stands at {letters}"))
}

/// A text without case and spaces around it.
fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

fn duplicate(options: &[String]) -> Option<String> {
    let texts: Vec<String> = options.iter().map(|text| plain(text)).collect();
    let at = (0..texts.len()).find(|&at| texts[..at].contains(&texts[at]))?;
    Some(format!("`{}` stands there twice", options[at]))
}

fn labels(rows: &Group<'_>) -> Option<String> {
    rows.iter().find_map(|row| label(row))
}

/// A type that the file's name, or the question, says, and the row does not.
fn label(row: &Row) -> Option<String> {
    let name = row.file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    if !name.contains(&row.kind)
        && let Some(other) = VNBENCH.iter().find(|kind| name.contains(*kind))
    {
        return Some(format!("the file `{name}` says `{other}`, the row says `{}`", row.kind));
    }
    // VNBench's two retrievals among pictures: 1 asks for fruits, 2 for landmarks.
    let asks = [("ret_insert1", "landmark"), ("ret_insert2", "fruit")];
    let other = asks.iter().find(|(kind, word)| row.kind == *kind && plain(&row.question).contains(word));
    other.map(|(kind, word)| format!("`{kind}` asks for a {word}"))
}

/// Whether the needles that the row states, where it states any, give its target.
fn needles(rows: &Group<'_>) -> Option<String> {
    let row = rows[0];
    let scene = row.scene();
    if scene.sightings().is_empty() {
        return None;
    }
    let answer = row.question_kind.answer(&row.query, &scene);
    let answer = answer.map(|answer| answer.stated(row.answer_kind, row.fps(), row.language));
    let says = answer.as_deref().unwrap_or("nothing that answers the question");
    (says != row.gt).then(|| format!("its needles say `{says}`, its target is `{}`", row.gt))
}

/// Items by what they are called, pack by pack.
struct Names<'a>(Vec<BTreeMap<String, &'a Item>>);

impl<'a> Names<'a> {
    fn new(library: &'a Library) -> Self {
        let of = |item: &'a Item| {
            let names = item.aliases.iter().chain(&item.plural).chain([&item.label]);
            let other =
                |names: &'a crate::needle::Names| names.aliases.iter().chain([&names.label, &names.plural]);
            names.chain(item.names.values().flat_map(other)).map(move |name| (plain(name), item))
        };
        Self(library.packs().map(|pack| pack.items.iter().flat_map(of).collect()).collect())
    }

    /// Two options that are names of one item, or of items that could be taken for each other.
    fn synonyms(&self, options: &[String]) -> Option<String> {
        let one_of = |pack: &BTreeMap<String, &Item>| {
            let known: Vec<(&String, &Item)> =
                options.iter().filter_map(|text| Some((text, *pack.get(&plain(text))?))).collect();
            known.iter().enumerate().find_map(|(at, (text, item))| {
                let (other, _) = known[..at]
                    .iter()
                    .find(|(other, earlier)| plain(other) != plain(text) && item.is_alike(earlier))?;
                Some(format!("`{other}` and `{text}` could be taken for each other"))
            })
        };
        self.0.iter().find_map(one_of)
    }
}
