//! Groups: questions that are scored together, such as all that are asked about one video.
//!
//! In: joined samples with a `group_id`. Out: the share of groups that are wholly right, and the mean of `(k / n)^2`, where `k` of
//! the `n` samples of a group are right.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bootstrap::{ByCluster, Clusters, Ratio, ratios, sum_into};
use super::figures::{is_by_credit, rounded};
use super::interval::{hull, wilson};
use super::sample::Sample;
use super::sheet::SheetRow;
use crate::answers::kind::{self, Value};
use crate::question::QuestionKind;
use crate::seed::Seed;

/// Groups of all types, and of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Groups {
    /// All groups.
    pub overall: GroupShare,
    /// Groups of one type, whatever the form, by the type's name. A group of several types counts in `overall` alone.
    pub types: BTreeMap<String, GroupShare>,
}

/// How many groups are right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupShare {
    /// Number of groups.
    pub groups: u64,
    /// Groups all of whose samples are right in every try.
    pub correct: u64,
    /// Their share.
    pub right: f64,
    /// 95% interval of `right`.
    pub interval: [f64; 2],
    /// The share that one reaches who does not look, knows how groups are made, guesses the answer of every sample by itself and stays with it
    /// over the tries. A pair about two videos whose answers are the two of a coin toss has 25%; a constant answer gets no pair right.
    /// Absent where answers are right by their overlap, whose chance is no share of right answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
    /// Mean of `(k / n)^2`: credit for groups that are partly right.
    pub squared: f64,
}

/// One group.
#[derive(Default)]
struct Sums<'a> {
    kinds: BTreeSet<&'a str>,
    cluster: u32,
    right: u32,
    rows: Vec<&'a SheetRow>,
}

impl Sums<'_> {
    /// How often guesses get the whole group right; nothing where answers are right by their overlap.
    fn chance(&self) -> Option<f64> {
        let by_credit = self.rows.iter().any(|row| is_by_credit(row.answer_kind));
        let questions = self.questions();
        (!by_credit)
            .then(|| if is_of_opposites(&questions) { opposites(questions[0]) } else { each(&questions) })
    }

    /// Its questions. One that is asked in both forms has one answer, which a guess gets right in both or in neither: it counts once, in
    /// the form that is harder to guess.
    fn questions(&self) -> Vec<&SheetRow> {
        let mut questions: Vec<&SheetRow> = Vec::new();
        for row in &self.rows {
            let is_same = |other: &&mut &SheetRow| {
                (&other.file_name, other.ask_frame, &other.query)
                    == (&row.file_name, row.ask_frame, &row.query)
                    && (other.question_kind, &other.kind) == (row.question_kind, &row.kind)
                    && other.form != row.form
            };
            match questions.iter_mut().find(is_same) {
                Some(other) if row.chance < other.chance => *other = row,
                Some(_) => {}
                None => questions.push(row),
            }
        }
        questions
    }
}

/// Whether it is a pair about two videos with opposite answers, such as left and right. Of a pair of moments, one has no answer.
fn is_of_opposites(questions: &[&SheetRow]) -> bool {
    let is_of_two = questions.len() == 2 && questions[0].file_name != questions[1].file_name;
    let mut kinds = questions.iter().map(|row| row.question_kind);
    is_of_two && kinds.all(|kind| kind.members() == 2 && kind != QuestionKind::Appears)
}

/// How often one guess for each question is right.
fn each(questions: &[&SheetRow]) -> f64 {
    let is_of_hops = questions.iter().all(|row| row.question_kind == QuestionKind::Chain);
    let share_options = is_of_hops && share_options(questions);
    let guesses = (0..).zip(questions).map(|(before, row)| match row.question_kind {
        QuestionKind::Appears => in_time(row),
        QuestionKind::Conflict | QuestionKind::Last => another(row.chance, before),
        QuestionKind::Chain if share_options => another(row.chance, before),
        _ => row.chance,
    });
    guesses.product()
}

/// Whether the questions offer the same options, in whatever order: those about several distances along a ring do, and each option is
/// right about one of them at most.
fn share_options(questions: &[&SheetRow]) -> bool {
    let Some((first, others)) = questions.split_first() else { return false };
    let options: BTreeSet<&String> = first.options().iter().collect();
    !options.is_empty() && others.iter().all(|row| row.options().iter().collect::<BTreeSet<_>>() == options)
}

/// How often both of a pair are right of somebody who tosses a coin for each video. However many answers there are, it falls between the
/// two of one pair: whoever means another pair is right about none, so one pair for all is as good as any.
fn opposites(row: &SheetRow) -> f64 {
    row.chance / 2.0
}

/// How often a guess is right that keeps away from those `before`: such questions about one video have different answers, as long as
/// there are so many.
fn another(chance: f64, before: u32) -> f64 {
    let answers = (1.0 / chance).round().max(1.0);
    chance / (1.0 - chance * (f64::from(before) % answers))
}

/// How often one is right about a moment who says never as often as that is right, and else names a constant time.
fn in_time(row: &SheetRow) -> f64 {
    match kind::truth(&row.asked(), &row.answer) {
        Ok(Value::Window(Some(window))) => {
            let frames = row.fps().frames_in_millis(window.length()).min(row.num_frames);
            (1.0 - row.chance) * frames as f64 / row.num_frames.max(1) as f64
        }
        _ => row.chance,
    }
}

/// The groups under one reading; nothing where no row states a group.
pub(super) fn groups(samples: &[Sample], rule: usize, seed: Seed) -> Option<Groups> {
    let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| !sample.row.group_id.is_empty()) {
        let group = sums.entry(&sample.row.group_id).or_default();
        group.kinds.insert(&sample.row.kind);
        group.cluster = sample.cluster.rank;
        group.right += u32::from(sample.is_correct(rule));
        group.rows.push(sample.row);
    }
    if sums.is_empty() {
        return None;
    }
    let kinds: BTreeSet<&str> = sums.values().flat_map(|group| &group.kinds).copied().collect();
    let of = |kind: &str| {
        let is_of = |group: &&Sums| group.kinds.len() == 1 && group.kinds.contains(kind);
        let own: Vec<&Sums> = sums.values().filter(is_of).collect();
        (!own.is_empty()).then(|| (kind.to_owned(), share(&own, seed)))
    };
    let overall = share(&sums.values().collect::<Vec<_>>(), seed);
    Some(Groups { overall, types: kinds.into_iter().filter_map(of).collect() })
}

fn share(groups: &[&Sums], seed: Seed) -> GroupShare {
    let mut clusters = ByCluster::new();
    let mut names = BTreeSet::new();
    let mut is_clustered = false;
    let (mut correct, mut squared) = (0, 0.0);
    for group in groups {
        let is_right = group.right as usize == group.rows.len();
        is_clustered |= !names.insert(group.cluster);
        sum_into(&mut clusters, group.cluster, 0, Ratio { above: i64::from(is_right), below: 1 });
        correct += u64::from(is_right);
        let share = f64::from(group.right) / group.rows.len() as f64;
        squared += share * share;
    }
    let chances: Option<f64> = groups.iter().map(|group| group.chance()).sum();
    let number = groups.len() as u64;
    let independent = wilson(correct, number);
    let drawn = is_clustered.then(|| ratios(&Clusters::new(&clusters, 1), seed)[0]).flatten();
    let interval = drawn.map_or(independent, |drawn| hull(drawn, independent));
    GroupShare {
        groups: number,
        correct,
        right: rounded(correct as f64 / number.max(1) as f64),
        interval: interval.map(rounded),
        chance: chances.map(|chances| rounded(chances / number.max(1) as f64)),
        squared: rounded(squared / number.max(1) as f64),
    }
}
