//! Words that say that something is not there: "never", "does not appear", "there is no kiwi in the video", "没有出现". Those of
//! somebody who sees no video, or who does not know, only look like them.
//!
//! In: tokens and a position. Out: where the words end that begin there, and whether a "no" is an answer.

use super::copula::{ends_clause, follows_answer};
use super::refusal::{
    Source, has_subject, is_ability, is_source, names_source, refuses, refuses_in_chinese, spells,
};
use super::tokens::{Kind, Tokens};

/// Words that deny.
const DENIALS: &[&str] = &[
    "not", "never", "doesn't", "doesnt", "didn't", "didnt", "isn't", "isnt", "wasn't", "wasnt", "hasn't",
    "don't", "can't", "cannot",
];
/// Words that say that something is there.
const APPEARS: &[&str] = &[
    "appear",
    "appears",
    "appeared",
    "appearing",
    "shown",
    "show",
    "shows",
    "seen",
    "see",
    "visible",
    "present",
    "displayed",
    "occur",
    "occurs",
    "occurred",
    "there",
    "included",
    "contain",
    "contained",
    "featured",
];
/// Words between the two.
const BETWEEN: &[&str] = &[
    "ever", "actually", "once", "been", "be", "seem", "to", "clearly", "at", "all", "in", "fact", "is",
    "was", "does", "did",
];
/// Words after which a denial is of a time alone: "not shown before", "never again".
const OF_A_TIME: &[&str] = &["before", "until", "till", "again", "after", "earlier", "later", "yet", "mind"];
/// Words at most between "no" and what says where something is not.
const NAME: usize = 12;
/// Words between the two that say something else: "no longer visible", "no cuts and the kiwi appears".
const APART: &[&str] = &[
    "longer", "more", "other", "need", "doubt", "and", "but", "so", "because", "since", "when", "until",
    "before", "after", "while", "if", "except", "than",
];
/// Words after which "no" is an answer by itself: "no it is not".
const ANSWERED: &[&str] = &[
    "it", "there", "they", "i", "we", "the", "a", "an", "this", "that", "he", "she", "because", "since",
    "as", "but", "and", "or", "so", "for", "is", "was", "in", "not", "based", "if", "at",
];
/// Words at most of a thing that there is not: "there is no racing car".
const THING: usize = 4;
/// Ways to say it in Chinese, the longest first.
const CHINESE: &[&str] =
    &["从来没有", "从未", "从没", "未曾", "并未", "没有", "没出现", "未出现", "不出现", "没看到", "未看到"];
/// What may follow these.
const CHINESE_APPEARS: &[&str] = &["出现过", "出现", "显示", "看到"];
/// Characters before 否 that make a question of it.
const WHETHER: &[&str] = &["能", "可", "是", "与", "会", "当"];

/// The end of the words that say never from `at` on.
pub(in crate::answers) fn never(tokens: &Tokens, at: usize) -> Option<usize> {
    denied(tokens, at).or_else(|| nothing(tokens, at)).or_else(|| chinese(tokens, at))
}

/// Whether the words from `start` to `end`, which name an answer, are one that denies and yet deny nothing that was asked: the "no"
/// of "no video", the "没有" of "没有办法".
pub(super) fn is_idle_denial(tokens: &Tokens, start: usize, end: usize) -> bool {
    let last = tokens.text(end.saturating_sub(1));
    match tokens.text(start) {
        "no" if end == start + 1 => !is_answer(tokens, start),
        "否" if end == start + 1 => {
            let is_told = start > 0 && follows_answer(tokens, start - 1) && ends_clause(tokens, end);
            let asks = start > 0 && WHETHER.contains(&tokens.text(start - 1)) && !is_told;
            asks || is_word(tokens, end, &["定", "认", "则"]) || refuses(tokens, end)
        }
        _ if last == "not" => names_source(tokens, end, Source::Seen),
        _ => chinese_denial(tokens, start).is_some() && chinese(tokens, start).is_none(),
    }
}

/// Whether the "no" at `at` answers, by itself or by what there is not.
fn is_answer(tokens: &Tokens, at: usize) -> bool {
    if nothing(tokens, at).is_some() {
        return true;
    }
    let next = at + 1;
    if tokens.kind(next) != Kind::Word || is_word(tokens, next, ANSWERED) {
        return !refuses(tokens, next);
    }
    let there =
        at >= 2 && is_word(tokens, at - 2, &["there"]) || at >= 1 && is_word(tokens, at - 1, &["there's"]);
    let ends = (next..=next + THING).any(|at| tokens.kind(at) != Kind::Word);
    there && ends && !names_source(tokens, next, Source::Seen) && !refuses(tokens, next)
}

fn is_word(tokens: &Tokens, at: usize, words: &[&str]) -> bool {
    words.contains(&tokens.text(at))
}

/// "never", "never appears", "does not appear", "is not shown".
fn denied(tokens: &Tokens, at: usize) -> Option<usize> {
    let word = tokens.text(at);
    if !DENIALS.contains(&word) {
        return None;
    }
    let rest = (at + 1..tokens.len()).take(4).find(|&next| !is_word(tokens, next, BETWEEN));
    let seems = rest.filter(|&next| is_word(tokens, next, APPEARS));
    // "It does not appear to contain one": what seems so is what counts.
    let infinitive = |seems: usize| tokens.text(seems + 1) == "to" && is_word(tokens, seems + 2, APPEARS);
    let verb = seems.map(|seems| if infinitive(seems) { seems + 2 } else { seems });
    let end = match verb {
        Some(verb) => verb + 1,
        None if word == "never" => at + 1,
        None => return None,
    };
    let is_source = match verb {
        Some(verb) => is_of_source(tokens, at, verb),
        None => {
            has_subject(tokens, at, is_source)
                || names_source(tokens, end, Source::Seen)
                || names_source(tokens, end + 1, Source::Seen)
        }
    };
    (!is_word(tokens, end, OF_A_TIME) && !is_source).then_some(end)
}

/// Whether the denial at `at` of `verb` is of the video, or of what the viewer can see of it or knows.
fn is_of_source(tokens: &Tokens, at: usize, verb: usize) -> bool {
    let end = verb + 1;
    match tokens.text(verb) {
        "see" => is_ability(tokens, at) || names_source(tokens, end, Source::Seen),
        "show" | "shows" | "contain" => {
            let message =
                ["message", "prompt", "request", "query", "conversation", "question", "input", "you"];
            let sent = has_subject(tokens, at, |word| message.contains(&word));
            names_source(tokens, end, if sent { Source::Seen } else { Source::Shown })
        }
        _ => {
            let is_time = |word: &str| {
                matches!(word, "time" | "times" | "timestamp" | "timestamps" | "moment" | "answer")
            };
            has_subject(tokens, at, |word| is_source(word) || is_time(word))
                || names_source(tokens, end, Source::Seen)
        }
    }
}

/// "No.", "no, it ...", "no kiwi appears", "there is no kiwi in the video".
fn nothing(tokens: &Tokens, at: usize) -> Option<usize> {
    if tokens.text(at) != "no" {
        return None;
    }
    let next = tokens.text(at + 1);
    if at + 1 >= tokens.len() || matches!(next, "," | "." | "!" | ";" | "-" | "\n" | "*") {
        return (!refuses(tokens, at + 1)).then_some(at + 1);
    }
    if names_source(tokens, at + 1, Source::Seen)
        || is_word(tokens, at + 1, ANSWERED) && refuses(tokens, at + 1)
    {
        return None;
    }
    for end in (at + 1..tokens.len()).take(NAME) {
        let word = tokens.text(end);
        if APPEARS.contains(&word) || matches!(word, "video" | "clip" | "footage") {
            return (!is_word(tokens, end + 1, OF_A_TIME)).then_some(end + 1);
        }
        if matches!(word, "," | "." | "!" | ";" | "?" | ":") || APART.contains(&word) {
            return None;
        }
    }
    None
}

/// The end of a word of Chinese that denies.
fn chinese_denial(tokens: &Tokens, at: usize) -> Option<usize> {
    let word = CHINESE.iter().find(|word| spells(tokens, at, word))?;
    Some(at + word.chars().count())
}

fn chinese(tokens: &Tokens, at: usize) -> Option<usize> {
    let denial = chinese_denial(tokens, at)?;
    let more = CHINESE_APPEARS.iter().find(|word| spells(tokens, denial, word));
    let end = denial + more.map_or(0, |word| word.chars().count());
    let is_alone = tokens.kind(end) != Kind::Word;
    let is_refusal = refuses_in_chinese(tokens, at, end) || is_alone && refuses(tokens, end);
    (!is_refusal).then_some(end)
}
