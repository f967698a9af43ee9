//! Options that are verbs of Chinese, too: 是 and 有. Most of the time they say nothing by themselves.
//!
//! In: tokens and where an option's words stand. Out: whether they are an answer, and where it ends.

use super::lexicon::{Role, is_verb, phrase};
use super::tokens::{Kind, Tokens, is_unspaced};

/// Particles that may end an answer.
const PARTICLES: &[&str] = &["的", "啊", "呀", "了"];
/// Characters of a phrase such as 答案.
const PHRASE: usize = 2;

/// The end of the answer whose words stand from `start` to `end`; nothing if they are a verb and do not fill their clause.
pub(super) fn answer_end(tokens: &Tokens, start: usize, end: usize) -> Option<usize> {
    let word = tokens.text(start);
    if end != start + 1 || !is_unspaced(word) || word != "有" && !is_verb(word) {
        return Some(end);
    }
    let past = end + usize::from(PARTICLES.contains(&tokens.text(end)));
    (opens(tokens, start) && ends_clause(tokens, past)).then_some(past)
}

/// Whether nothing stands before `at` in its clause but a letter, or words that lead to an answer: "A 是", "答案是是".
fn opens(tokens: &Tokens, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|before| tokens.kind(*before) == Kind::Word) else {
        return true;
    };
    let heads = before == 0 || tokens.kind(before - 1) != Kind::Word;
    match tokens.text(before) {
        "是" | "为" | "為" => follows_answer(tokens, before),
        "选" | "選" => true,
        _ => heads && tokens.letter(before).is_some(),
    }
}

/// Whether a phrase such as 答案 stands right before `at`.
pub(super) fn follows_answer(tokens: &Tokens, at: usize) -> bool {
    let found = at.checked_sub(PHRASE).and_then(|start| phrase(tokens, start));
    found.is_some_and(|(role, end)| end == at && matches!(role, Role::Answer | Role::Final | Role::Choose))
}

/// Whether the clause ends before `at`, and nothing is announced by a colon.
pub(super) fn ends_clause(tokens: &Tokens, at: usize) -> bool {
    let is_closing =
        |at: &usize| matches!(tokens.text(*at), "*" | "\"" | "'" | "`" | "_" | "]" | ")" | "}" | "~");
    let end = (at..=tokens.len()).find(|at| !is_closing(at)).unwrap_or(at);
    tokens.kind(end) == Kind::Break
        || matches!(tokens.text(end), "." | "," | "!" | "?" | ";" | "(" | "-" | "<")
}
