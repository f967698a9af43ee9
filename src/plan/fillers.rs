//! What lines of subtitle tracks say beside those that are asked about.
//!
//! In: a task. Out: sentences of `templates/lines` in its language. One that holds a label of the task is left out, so that none can be
//! taken for what is asked for.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::language::Language;
use crate::question::Pool;
use crate::spec::Task;
use crate::template;

/// Sentences with slots, and what fills them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentences {
    sentences: Vec<String>,
    words: BTreeMap<String, Vec<String>>,
}

/// Every sentence of a language.
fn sentences(language: Language) -> Vec<String> {
    let text = match language {
        Language::En => include_str!("../../templates/lines/en.toml"),
        Language::Zh => include_str!("../../templates/lines/zh.toml"),
    };
    let of: Sentences = toml::from_str(text).expect("embedded lines are right");
    let mut all = of.sentences;
    for (slot, words) in &of.words {
        let slot = format!("{{{slot}}}");
        let filled = |sentence: String| -> Vec<String> {
            if !sentence.contains(&slot) {
                return vec![sentence];
            }
            words.iter().map(|word| template::filled(&sentence, &[(&slot, word)])).collect()
        };
        all = all.into_iter().flat_map(filled).collect();
    }
    all
}

/// What the other lines of a task's videos may say; nothing where its videos have no subtitle track.
pub(super) fn fillers(task: &Task) -> Vec<String> {
    if !task.family.has_subtitles() {
        return Vec::new();
    }
    let others = task.others.as_ref().map(|others| &*others.distractors.pool);
    let pools = [Some(&*task.pool), task.cues.as_deref(), task.keys.as_deref(), others];
    let candidates = pools.into_iter().flatten().flat_map(Pool::candidates);
    let labels: Vec<String> =
        candidates.flat_map(|candidate| &candidate.names).map(|name| name.to_lowercase()).collect();
    let is_free = |sentence: &String| {
        let sentence = sentence.to_lowercase();
        !labels.iter().any(|label| sentence.contains(label.as_str()))
    };
    sentences(task.family.language()).into_iter().filter(is_free).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::embedded;

    #[test]
    fn no_sentence_speaks_as_a_needle_does() {
        for language in [Language::En, Language::Zh] {
            let all = sentences(language);
            assert!(all.len() > 300, "{}", all.len());
            assert!(all.iter().all(|sentence| !sentence.contains('{')), "{all:?}");
            for family in embedded(language).values().filter(|family| family.has_subtitles()) {
                let of_needle = family.text("", "X");
                let asked = [of_needle, family.distractor_text("X"), family.cue_text("X")];
                for said in asked.iter().filter(|said| *said != "X") {
                    let start: String = said.chars().take_while(|&c| c != 'X').collect();
                    assert!(all.iter().all(|sentence| !sentence.contains(start.trim())), "{start}");
                }
            }
        }
    }
}
