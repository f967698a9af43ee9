//! Which column of a foreign table holds ids, and which replies.
//!
//! In: the names of the columns, and what the user says. Out: the two that are taken, and a word on what else there was, so
//! that no guess goes unsaid. A name that as often means the right answer as the model's is never guessed.

/// Names of columns that may hold an id, and a response, best first; the user's own replace them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Id columns.
    pub id: Vec<String>,
    /// Response columns.
    pub response: Vec<String>,
}

/// Names under which as many tools keep the right answer as the model's reply.
const AMBIGUOUS: [&str; 5] = ["answer", "target", "label", "gt", "gt_option"];

impl Default for Columns {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            id: names(&["id", "sample_id", "question_id", "qid"]),
            response: names(&[
                "response",
                "prediction",
                "predict",
                "pred",
                "model_answer",
                "model_output",
                "output",
                "completion",
                "generated_text",
                "reply",
                "text",
            ]),
        }
    }
}

/// The columns that were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Holds the ids.
    pub id: String,
    /// Holds the replies.
    pub response: String,
    /// Others that could have held the replies.
    pub others: Vec<String>,
}

impl Columns {
    /// The columns among `names` that hold ids and replies, or what is missing.
    pub(super) fn find(&self, names: &[&str]) -> Result<Taken, String> {
        let first = |wanted: &[String]| wanted.iter().find(|name| names.contains(&name.as_str())).cloned();
        let found = || {
            let shown: Vec<&str> = names.iter().copied().take(20).collect();
            shown.join(", ")
        };
        let id = first(&self.id).ok_or_else(|| {
            format!("expected one of the columns {}; found {}", self.id.join(", "), found())
        })?;
        let Some(response) = first(&self.response) else {
            let problem =
                format!("expected one of the columns {}; found {}", self.response.join(", "), found());
            return Err(match AMBIGUOUS.iter().find(|name| names.contains(name)) {
                Some(name) => format!(
                    "{problem}. `{name}` often holds the right answer; if it holds replies here, state --response-column {name}"
                ),
                None => problem,
            });
        };
        let could = |name: &&&str| **name != response && self.response.iter().any(|known| known == **name);
        let others = names.iter().filter(could).map(|&name| name.to_owned()).collect();
        Ok(Taken { id, response, others })
    }
}
