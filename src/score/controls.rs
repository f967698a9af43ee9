//! Controls: how a run does on the same questions about less.
//!
//! In: the sheet of a dataset and the answers that a model gives to one of its controls, which have the same ids. Out: accuracy
//! overall, by task and by type, to stand beside the main figures.

use super::check::check_run;
use super::figures::RuleScores;
use super::{Error, Options, Reading, Sheet, frames_taken, join, metrics, round_rule};
use crate::answers::Answers;
use crate::seed::Seed;

/// Accuracy of `answers` to a control of the dataset of this sheet, read as the main answers are; where those are read
/// by a judge too, by the robust rule that comes before it.
pub fn score_control(sheet: &Sheet, answers: &Answers, options: &Options) -> Result<RuleScores, Error> {
    check_run(sheet, answers, options.model.as_deref())?;
    let frames = frames_taken::FramesTaken::new(sheet, None);
    let samples = join::join(sheet, answers, None, &frames);
    let rule = if options.rule == Reading::Judged { Reading::Robust } else { options.rule };
    let mut rules = metrics::measure(&samples, Reading::ALL.len() - 1, Seed::new(options.seed)).rules;
    let mut own = rules.remove(rule.name()).expect("every rule without a judge is measured");
    round_rule(&mut own);
    Ok(own)
}
