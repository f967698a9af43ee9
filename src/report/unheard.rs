//! What a reader has to know before any figure: types that a run was probably never played the sound of.
//!
//! In: runs. Out: a box for each run that has such types.

use super::Run;
use super::html::{escape, put};

/// The boxes; nothing where all that needs sound was heard.
pub(super) fn boxes(runs: &[Run]) -> String {
    let mut out = String::new();
    for (index, run) in runs.iter().enumerate().filter(|(_, run)| !run.scores.unheard.is_empty()) {
        let mut lines = String::new();
        for of in &run.scores.unheard {
            put!(lines, "<li>{}</li>", escape(&of.sentence()));
        }
        put!(
            out,
            "<aside class=\"unheard\"><p><i class=\"key k{}\"></i><b>{}</b> was probably never played the sound. Its figures of these types \
             say nothing of how the model hears.</p><ul>{lines}</ul></aside>\n",
            index % 6,
            escape(&run.name)
        );
    }
    out
}
