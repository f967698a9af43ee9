//! Replies graded as they come, for tools that evaluate a model themselves.
//!
//! In: a dataset, and replies one by one. Out: of each what it reads as, whether it is right, and what an average of such
//! verdicts needs to know of its row. The rules are those of scores.

use std::sync::Arc;

use serde::Serialize;

use super::error::Error;
use super::opened::Dataset;
use super::replies::{Reply, grade};
use crate::answers::import::markers;
use crate::answers::kind;
use crate::answers::{Answer, Answers, Rule};
use crate::dataset::{self, Row, TypeNames};
use crate::question::{AnswerKind, Form};
use crate::score::{self, Sheet};

/// Grades replies to the rows of one dataset.
#[derive(Debug)]
pub struct Grader {
    dataset: Dataset,
    rows: Arc<[Row]>,
    /// Of each row, in their order.
    of_rows: Vec<OfRow>,
}

/// What scores know of a row.
#[derive(Debug)]
struct OfRow {
    kind: String,
    cluster: String,
    tries: usize,
}

/// What became of a reply.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Graded<'a> {
    /// The row.
    pub id: &'a str,
    /// Its sample.
    pub sample_id: &'a str,
    /// Its type as `scores.json` names it: with the form where the dataset asks the type in both.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// Its task.
    pub task: &'a str,
    /// Its cluster: samples of one cluster share footage.
    pub cluster: &'a str,
    /// Whether it was asked with options.
    pub form: Form,
    /// What kind of answer it asks for.
    pub answer_kind: AnswerKind,
    /// The main figure of its type.
    pub measure: &'static str,
    /// How many tries its sample has.
    pub tries: usize,
    /// What the reply reads as, by the robust rule.
    #[serde(flatten)]
    pub robust: Verdict,
    /// Of a choice, what it reads as by VNBench's rule.
    pub official: Option<Verdict>,
}

/// What a reply reads as by one rule, and what that is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// The answer in its canonical text: of a choice, the text of the option; nothing where none can be read.
    pub answer: Option<String>,
    /// Of a choice, the letter of the option.
    pub letter: Option<String>,
    /// What in the reply gave the answer, or why none can be read; `missing` where no reply came.
    pub reason: &'static str,
    /// Whether it is right. What cannot be read is not.
    pub correct: bool,
    /// How much of it is right, from 0 to 1.
    pub credit: f64,
}

impl Verdict {
    /// Where no reply came.
    fn missing() -> Self {
        Self { answer: None, letter: None, reason: "missing", correct: false, credit: 0.0 }
    }
}

impl From<Reply> for Verdict {
    fn from(reply: Reply) -> Self {
        let Reply { answer, letter, reason, correct, credit } = reply;
        Self { answer, letter, reason, correct: correct.unwrap_or(false), credit: credit.unwrap_or(0.0) }
    }
}

impl Dataset {
    /// Grades replies to its rows, which have to be rows that can be scored.
    pub fn grader(&self) -> Result<Grader, Error> {
        let rows = self.rows()?;
        score::check(&Sheet::of(&rows), &Answers::default(), None)?;
        let mut of_rows: Vec<OfRow> = {
            let names = TypeNames::of(rows.iter());
            let clusters = score::cluster_names(rows.iter());
            let of_row = |(row, cluster)| OfRow { kind: names.name(row).into_owned(), cluster, tries: 0 };
            rows.iter().zip(clusters).map(of_row).collect()
        };
        for tries in dataset::samples(&rows) {
            for row in &tries {
                of_rows[self.position(&row.id)?].tries = tries.len();
            }
        }
        Ok(Grader { dataset: self.clone(), rows, of_rows })
    }
}

impl Grader {
    /// Grades an answer. What a tool writes in place of a reply when a request has failed counts as none.
    pub fn grade(&self, answer: Answer) -> Result<Graded<'_>, Error> {
        let at = self.dataset.position(&answer.id)?;
        let (row, of_row) = (&self.rows[at], &self.of_rows[at]);
        let reply = answer.response.and_then(markers::reply);
        let verdict = |rule| {
            reply.as_ref().map_or_else(Verdict::missing, |reply| Verdict::from(grade(row, reply, rule)))
        };
        Ok(Graded {
            id: &row.id,
            sample_id: &row.sample_id,
            kind: &of_row.kind,
            task: &row.task,
            cluster: &of_row.cluster,
            form: row.form,
            answer_kind: row.answer_kind,
            measure: kind::main_measure(row.answer_kind),
            tries: of_row.tries,
            robust: verdict(Rule::Robust),
            official: row.has_options().then(|| verdict(Rule::Official)),
        })
    }
}
